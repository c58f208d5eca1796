"""What a future's money goes to, one bar a future."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from advisor.phrases import usd
from advisor.ui.charts import parts
from advisor.ui.palette import palette

TINTS = (1.0, 0.72, 0.5, 0.32, 0.2)


def cost_split(futures: Mapping[str, Mapping[str, float]], shares: Sequence[str]) -> None:
    """Draw the chart with its table.

    Args:
        futures: USD over the horizon by future and share.
        shares: names of the shares in the order they are stacked.
    """
    rows = [
        {"future": future, "share": share, "usd": split.get(share, 0.0), "order": place}
        for future, split in futures.items()
        for place, share in enumerate(shares)
    ]
    colours = palette()
    tints = {"domain": list(shares), "range": list(TINTS[: len(shares)])}
    bars = parts.layer(
        rows,
        {"type": "bar", "color": colours.accent},
        x=parts.Axis("usd", "USD over the horizon", number="~s").of(),
        y=parts.nominal("future", sort=list(futures)),
        opacity=parts.nominal("share", scale=tints, legend={"title": None, "orient": "bottom"}),
        order={"field": "order", "type": "quantitative"},
        tooltip=parts.hints(future="", share="", usd=",.0f"),
    )
    numbers = [
        {"future": future, **{share: usd(split.get(share, 0.0)) for share in shares}} for future, split in futures.items()
    ]
    totals = [f"{future}: {usd(sum(split.values()))}" for future, split in futures.items()]
    parts.show([bars], "Cost over the horizon. " + "; ".join(totals), numbers, "cost split")
