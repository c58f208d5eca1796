"""Quality by task class: the change in points with its interval, against the tolerance of each class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from advisor.decision import Decision
from advisor.ui.charts import parts
from advisor.ui.palette import palette
from advisor.ui.text import DASH


@dataclass(frozen=True)
class ClassChange:
    """One task class: change in points (candidate minus today), its bounds if known, the tolerance, the verdict in words."""

    task_class: str
    points: float | None
    low: float | None
    high: float | None
    tolerance: float
    verdict: str
    basis: str


def class_changes(decision: Decision) -> list[ClassChange]:
    """The task classes of the advised option, else of the challenger."""
    option = decision.chosen if decision.chosen is not decision.baseline else decision.challenger
    if option is None:
        return []
    return [
        ClassChange(
            item.task_class.replace("_", " "),
            item.median_delta_points,
            None,
            None,
            item.tolerance_points,
            item.status,
            f"{item.pairs} published pairs",
        )
        for item in option.quality.classes
    ]


def quality(changes: Sequence[ClassChange], reason: str) -> None:
    """Draw the chart with its table; ``reason`` is said where there is nothing to draw."""
    known = [change for change in changes if change.points is not None]
    numbers = [
        {
            "task class": change.task_class,
            "change (points)": DASH if change.points is None else f"{change.points:+.2f}",
            "80 % interval": DASH
            if change.low is None or change.high is None
            else f"{change.low:+.2f} to {change.high:+.2f}",
            "tolerance (points)": f"{change.tolerance:g}",
            "verdict": change.verdict,
            "evidence": change.basis,
        }
        for change in changes
    ]
    if not known:
        st.info(f"No change of quality to draw: {reason}")
        return
    colours = palette()
    rows = [
        {
            "class": c.task_class,
            "points": c.points,
            "low": c.low,
            "high": c.high,
            "limit": -c.tolerance,
            "label": "tolerance",
        }
        for c in known
    ]
    y = parts.nominal("class", sort=[change.task_class for change in known])
    x = parts.Axis("points", "change in points (candidate minus today)")
    note = {"type": "text", "color": colours.rule, "dy": -24, "fontSize": parts.NOTE_SIZE}
    point = {"type": "point", "size": 120, "filled": True, "color": colours.accent, "opacity": 1}
    layers = [
        parts.layer(rows, {"type": "tick", "color": colours.rule, "thickness": 2, "size": 34}, x=x.of("limit"), y=y),
        parts.layer(rows, note, x=x.of("limit"), y=y, text=parts.nominal("label")),
        parts.layer(rows, point, x=x.of(), y=y),
    ]
    banded = [row for row in rows if row["low"] is not None and row["high"] is not None]
    if banded:
        band = {"type": "rule", "color": colours.accent, "strokeWidth": 3}
        layers.insert(0, parts.layer(banded, band, x=x.of("low"), x2={"field": "high"}, y=y))
    words = "; ".join(f"{change.task_class}: {change.points:+.1f} points, {change.verdict}" for change in known)
    parts.show(layers, f"Change of quality by task class. {words}", numbers, "quality")
