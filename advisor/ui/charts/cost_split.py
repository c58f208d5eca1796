"""What a future's money goes to, one bar a future."""

from __future__ import annotations

from advisor.decision import Decision
from advisor.phrases import usd
from advisor.report.cash import SHARES, split_of
from advisor.report.money_text import FUTURE_NAMES
from advisor.ui.charts import parts
from advisor.ui.palette import palette

TINTS = (1.0, 0.72, 0.5, 0.36, 0.25, 0.16)


def cost_split(decision: Decision) -> None:
    """Draw the chart with its table; shares nobody pays are left out."""
    splits = {FUTURE_NAMES[future.name]: split_of(future) for future in decision.futures}
    shares = [share for share in SHARES if any(split[share] for split in splits.values())]
    rows = [
        {"future": future, "share": share, "usd": split[share], "order": place}
        for future, split in splits.items()
        for place, share in enumerate(shares)
    ]
    tints = {"type": "ordinal", "domain": shares, "range": list(TINTS[: len(shares)])}
    bars = parts.layer(
        rows,
        {"type": "bar", "color": palette().accent},
        x=parts.Axis("usd", "USD over the horizon, undiscounted", number="~s").of(),
        y=parts.nominal("future", sort=list(splits), axis={"labelLimit": 140}),
        opacity=parts.nominal("share", scale=tints, legend={"title": None, "orient": "bottom", "columns": 2}),
        order={"field": "order", "type": "quantitative"},
        tooltip=parts.hints(future="", share="", usd=",.0f"),
    )
    numbers = [
        {"future": future, **{share: usd(split[share]) for share in shares}, "total": usd(sum(split.values()))}
        for future, split in splits.items()
    ]
    words = "Cost over the horizon. " + "; ".join(f"{row['future']}: {row['total']}" for row in numbers)
    parts.show([bars], words, numbers, "cost split", legend=-(-len(shares) // 2))
