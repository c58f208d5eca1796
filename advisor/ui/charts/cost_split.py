"""What a future's money goes to, one bar a future."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt
import pandas as pd

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
    tints = alt.Scale(domain=list(shares), range=list(TINTS[: len(shares)]))
    bars = (
        alt.Chart(pd.DataFrame(rows))
        .mark_bar(color=colours.accent)
        .encode(
            alt.X("usd:Q", title="USD over the horizon", axis=alt.Axis(format="~s")),
            alt.Y("future:N", title=None, sort=list(futures)),
            alt.Opacity("share:N", scale=tints, legend=alt.Legend(title=None, orient="bottom")),
            alt.Order("order:Q"),
            tooltip=["future:N", "share:N", alt.Tooltip("usd:Q", format=",.0f")],
        )
    )
    numbers = [
        {"future": future, **{share: usd(split.get(share, 0.0)) for share in shares}} for future, split in futures.items()
    ]
    totals = [f"{future}: {usd(sum(split.values()))}" for future, split in futures.items()]
    parts.show(bars, "Cost over the horizon. " + "; ".join(totals), numbers, "cost split")
