"""Quality by task class: the change in points with its interval, against the tolerance of each class."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from advisor.decision import Decision
from advisor.quality import ClassVerdict
from advisor.quality.words import class_words
from advisor.report.words import looked_at
from advisor.ui.charts import parts
from advisor.ui.palette import Palette, palette
from advisor.ui.text import DASH, escape

SHAPES = {
    "unchanged": "circle",
    "proven": "circle",
    "unproven": "diamond",
    "inconclusive": "triangle-up",
    "unknown": "square",
    "fails": "cross",
}
MARKS = {"unchanged": "●", "proven": "●", "unproven": "◆", "inconclusive": "▲", "unknown": "■", "fails": "✚"}
"""The shape of a status, in the chart and in words."""

Line = tuple[str, ClassVerdict]
"""A name for the reader and what is known of it."""


def class_lines(decision: Decision) -> list[Line]:
    """The task classes of the option looked at, the KV cache's lines after them."""
    option = looked_at(decision)
    if option is None:
        return []
    lines = [(class_words(item.task_class), item) for item in option.quality.classes]
    return lines + [(f"KV cache, {class_words(item.task_class)}", item) for item in option.quality.kv_cache]


def class_numbers(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """The same as a table, what cannot be drawn included."""
    return [
        {
            "task class": name,
            "verdict": f"{MARKS[item.status]} {item.status}",
            "change (points)": _signed(item.median_delta_points),
            "interval": DASH
            if item.low_points is None or item.high_points is None
            else f"{item.low_points:+.2f} to {item.high_points:+.2f} ({'90' if item.basis == 'own' else '80'} %)",
            "tolerance (points)": f"−{item.tolerance_points:g}",
            "evidence": item.reason,
        }
        for name, item in lines
    ]


def quality(decision: Decision) -> None:
    """Draw the chart with its table, or say why there is nothing to draw."""
    option, lines = looked_at(decision), class_lines(decision)
    known = [line for line in lines if line[1].median_delta_points is not None]
    if not known:
        reason = option.quality.reason if option else "there is no other option"
        st.info(escape(f"No change of quality to draw: {reason}"))
        return
    words = "; ".join(
        f"{name}: {item.median_delta_points:+.1f} points, {item.status}, tolerance {item.tolerance_points:g}"
        for name, item in known
    )
    layers = _layers(known, palette())
    parts.show(layers, f"Change of quality by task class. {words}", class_numbers(lines), "quality")
    st.caption(
        "Bars are 80 % intervals of published evidence, 90 % of your own results. A class holds where its bar stays right "
        "of its tolerance. ● unchanged or proven, ◆ unproven, ▲ inconclusive, ■ unknown, ✚ fails."
    )


def _layers(known: Sequence[Line], colours: Palette) -> list[parts.Layer]:
    rows = [
        {
            "class": name,
            "points": item.median_delta_points,
            "low": item.low_points,
            "high": item.high_points,
            "limit": -item.tolerance_points,
            "limit words": f"tolerance −{item.tolerance_points:g}",
            "status": item.status,
        }
        for name, item in known
    ]
    y = parts.nominal("class", sort=[name for name, _ in known], axis={"labelLimit": 130})
    x = parts.Axis("points", "change in points (candidate minus today)")
    shape = parts.nominal("status", scale={"domain": list(SHAPES), "range": list(SHAPES.values())}, legend=None)
    shades = [colours.red if status == "fails" else colours.accent for status in SHAPES]
    colour = parts.nominal("status", scale={"domain": list(SHAPES), "range": shades}, legend=None)
    tick = {"type": "tick", "color": colours.rule, "thickness": 2, "size": 34}
    note = {"type": "text", "color": colours.rule, "dy": -24, "fontSize": parts.NOTE_SIZE}
    said = {"type": "text", "color": colours.text, "dy": 18, "fontSize": parts.NAME_SIZE}
    point = {"type": "point", "size": 120, "filled": True, "opacity": 1}
    band = {"type": "rule", "strokeWidth": 3}
    banded = [row for row in rows if row["low"] is not None and row["high"] is not None]
    hint = parts.hints(**{"class": "", "low": "+.2f", "points": "+.2f", "high": "+.2f", "status": ""})
    return [
        parts.layer(banded, band, x=x.of("low"), x2={"field": "high"}, y=y, color=colour, tooltip=hint),
        parts.layer(rows, tick, x=x.of("limit"), y=y),
        parts.layer(rows, note, x=x.of("limit"), y=y, text=parts.nominal("limit words")),
        parts.layer(rows, point, x=x.of(), y=y, shape=shape, color=colour, tooltip=hint),
        parts.layer(rows, said, x=x.of(), y=y, text=parts.nominal("status")),
    ]


def _signed(value: float | None) -> str:
    return DASH if value is None else f"{value:+.2f}"
