"""What all charts share: axes, lines with bands and names on them, vertical targets, the frame a chart stands in.

Charts are Vega-Lite written as plain data: building and validating them through a library took four fifths of a rerun.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from advisor.ui.mount import key
from advisor.ui.palette import Palette
from advisor.ui.text import folded, table

HEIGHT = 340
LEGEND_LINE_HEIGHT = 22
LEGEND_MARGIN = 45
DASHES = ([1, 0], [7, 4], [2, 3], [9, 3, 2, 3], [4, 2], [12, 3])
BAND_OPACITY = 0.16
LINE_WIDTH = 2.2
LEGEND = {
    "title": None,
    "orient": "bottom",
    "columns": 1,
    "labelLimit": 200,
    "symbolType": "stroke",
    "symbolSize": 600,
    "symbolOpacity": 1,
    "symbolStrokeWidth": LINE_WIDTH,
}
"""Below the chart, each series as its line: the band's symbol would hide the dash."""
NAME_STEP = 0.16
NAME_SIZE = 12
NOTE_SIZE = 11
Rows = Sequence[Mapping[str, Any]]
Layer = dict[str, Any]
"""One layer of a Vega-Lite chart: its data, mark and encoding."""


@dataclass(frozen=True)
class Axis:
    """A column on an axis: its name in the rows, the title with its unit, and how it is drawn."""

    column: str
    title: str
    log: bool = False
    from_zero: bool = True
    number: str = ""
    nice: bool = True

    def of(self, column: str = "") -> dict[str, Any]:
        """The axis as an encoding, of another column if one is named."""
        scale: dict[str, Any] = {"type": "log"} if self.log else {"zero": self.from_zero, "nice": self.nice}
        encoding = {"field": column or self.column, "type": "quantitative", "title": self.title, "scale": scale}
        return {**encoding, "axis": {"format": self.number}} if self.number else encoding


def layer(rows: Rows, mark: Mapping[str, Any], **encoding: Any) -> Layer:
    """One layer: a mark over rows of its own."""
    return {"data": {"values": list(rows)}, "mark": dict(mark), "encoding": encoding}


def nominal(column: str, title: str | None = None, **options: Any) -> dict[str, Any]:
    """A column of names as an encoding."""
    return {"field": column, "type": "nominal", "title": title, **options}


def colour_of(colours: Mapping[str, str]) -> dict[str, Any]:
    """A fixed colour a series, without a legend: lines are named where they are."""
    return nominal("series", scale={"domain": list(colours), "range": list(colours.values())}, legend=None)


def hints(**formats: str) -> list[dict[str, Any]]:
    """What a pointer over a mark shows: columns with their number format, names where it is empty."""
    return [
        {"field": column, "type": "quantitative", "format": form} if form else {"field": column, "type": "nominal"}
        for column, form in formats.items()
    ]


def line_layers(rows: Rows, colours: Mapping[str, str], x: Axis, y: Axis, *, legend: bool = False) -> list[Layer]:
    """Lines by ``series`` with the bands of ``low`` and ``high``; each line has its own dash.

    ``legend`` names them below the chart, for lines that lie too close to carry their names.
    """
    below = LEGEND if legend else None
    colour = {**colour_of(colours), "legend": below}
    dashes = [DASHES[place % len(DASHES)] for place in range(len(colours))]
    dash = nominal("series", scale={"domain": list(colours), "range": dashes}, legend=below)
    hint = hints(series="", **{x.column: ",.4~g", y.column: ",.4~g"})
    banded = [row for row in rows if row["low"] is not None and row["high"] is not None]
    layers = []
    if banded:
        mark = {"type": "area", "opacity": BAND_OPACITY}
        layers.append(layer(banded, mark, x=x.of(), y=y.of("low"), y2={"field": "high"}, color=colour))
    mark = {"type": "line", "strokeWidth": LINE_WIDTH}
    layers.append(layer(rows, mark, x=x.of(), y=y.of(), color=colour, strokeDash=dash, tooltip=hint))
    return layers


def names(rows: Rows, colours: Mapping[str, str], x: Axis, y: Axis, *, from_start: bool = True) -> Layer:
    """The name of each series on its line, each a step further in: lines that begin together stay readable."""
    places = []
    for order, name in enumerate(dict.fromkeys(row["series"] for row in rows)):
        line = sorted((row for row in rows if row["series"] == name), key=lambda row: float(row[x.column]))
        shift = int(min(order * NAME_STEP, 1) * (len(line) - 1))
        places.append(line[shift if from_start else len(line) - 1 - shift])
    align, shift_px = ("left", 8) if from_start else ("right", -8)
    mark = {"type": "text", "align": align, "dx": shift_px, "dy": -9, "fontSize": NAME_SIZE}
    return layer(places, mark, x=x.of(), y=y.of(), color=colour_of(colours), text=nominal("series"))


def targets(values: Sequence[float], name: str, x: Axis, palette: Palette) -> list[Layer]:
    """Vertical lines with their name."""
    rows = [{x.column: value, "label": f"{name} {value:g}"} for value in values]
    rule = {"type": "rule", "color": palette.rule, "strokeDash": [4, 4]}
    text = {"type": "text", "align": "left", "dx": 4, "baseline": "top", "color": palette.rule, "fontSize": NOTE_SIZE}
    return [layer(rows, rule, x=x.of()), layer(rows, text, x=x.of(), y={"value": 2}, text=nominal("label"))]


def show(
    layers: Sequence[Layer],
    words: str,
    numbers: Rows,
    name: str,
    *,
    legend: int = 0,
    more: Rows | None = None,
    height: int = HEIGHT,
) -> None:
    """A chart with its words for those who do not see it, and its numbers in a table beside it.

    ``legend`` is the number of lines of a legend below, which makes it taller; ``more`` a second table, of every point.
    """
    height += LEGEND_MARGIN + legend * LEGEND_LINE_HEIGHT if legend else 0
    st.vega_lite_chart(spec={"layer": list(layers), "height": height}, alt=words, width="stretch")
    with folded(f"Numbers of the chart: {name}", key(f"numbers.{name}")) as is_open:
        if is_open:
            table(numbers, f"Numbers of the chart: {name}")
            if more:
                table(more, f"Points of the chart: {name}")
