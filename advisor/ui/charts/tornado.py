"""The tornado: how far each driver moves the outcome between its low and its high, the widest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from advisor.ui.charts import parts
from advisor.ui.palette import palette


@dataclass(frozen=True)
class Swing:
    """One driver: its name, the outcome at its low and high value, and those values in words."""

    driver: str
    at_low: float
    at_high: float
    low_words: str
    high_words: str


def tornado(swings: Sequence[Swing], base: float, title: str) -> None:
    """Draw the chart with its table.

    Args:
        swings: drivers in any order.
        base: the outcome as it stands, drawn as a named line.
        title: what the outcome is, with its unit.
    """
    ordered = sorted(swings, key=lambda swing: -abs(swing.at_high - swing.at_low))
    names = [swing.driver for swing in ordered]
    colours = palette()
    rows = [
        {"driver": swing.driver, "from": min(swing.at_low, swing.at_high), "to": max(swing.at_low, swing.at_high)}
        for swing in ordered
    ]
    y = parts.nominal("driver", sort=names)
    x = parts.Axis("from", title, from_zero=False)
    line = [{"base": base, "label": f"as entered: {base:,.3g}"}]
    rule = {"type": "rule", "color": colours.rule, "strokeDash": [4, 4]}
    text = {"type": "text", "align": "left", "dx": 4, "baseline": "top", "color": colours.rule}
    layers = [
        parts.layer(rows, {"type": "bar", "color": colours.accent, "opacity": 0.75}, x=x.of(), x2={"field": "to"}, y=y),
        parts.layer(line, rule, x=x.of("base")),
        parts.layer(line, text, x=x.of("base"), y={"value": 2}, text=parts.nominal("label")),
    ]
    numbers = [
        {
            "driver": swing.driver,
            "low": swing.low_words,
            "outcome at low": f"{swing.at_low:,.3g}",
            "high": swing.high_words,
            "outcome at high": f"{swing.at_high:,.3g}",
        }
        for swing in ordered
    ]
    words = f"{title} by driver; the widest swing is {names[0]}." if names else f"{title}: no driver was varied."
    parts.show(layers, words, numbers, title)
