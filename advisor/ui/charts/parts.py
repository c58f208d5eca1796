"""What all charts share: lines with bands and names at their ends, vertical targets, the frame they stand in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from advisor.ui.palette import Palette
from advisor.ui.text import table

HEIGHT = 340
DASHES = ([1, 0], [7, 4], [2, 3], [9, 3, 2, 3], [4, 2])
BAND_OPACITY = 0.16
NAME_STEP = 0.16
Rows = Sequence[Mapping[str, Any]]
Drawn = alt.Chart | alt.LayerChart | alt.FacetChart


@dataclass(frozen=True)
class Axis:
    """A column on an axis: its name in the rows, the title with its unit, and how it is drawn."""

    column: str
    title: str
    log: bool = False
    from_zero: bool = True
    number: str = ""

    def _options(self) -> dict[str, Any]:
        scale = alt.Scale(type="log") if self.log else alt.Scale(zero=self.from_zero)
        axis = alt.Axis(format=self.number) if self.number else alt.Axis()
        return {"title": self.title, "scale": scale, "axis": axis}

    def x(self, column: str = "") -> alt.X:
        """The axis as x, of another column if one is named."""
        return alt.X(f"{column or self.column}:Q", **self._options())

    def y(self, column: str = "") -> alt.Y:
        """The axis as y, of another column if one is named."""
        return alt.Y(f"{column or self.column}:Q", **self._options())


def colour_of(colours: Mapping[str, str]) -> alt.Color:
    """A fixed colour a series, without a legend: lines are named where they are."""
    return alt.Color("series:N", scale=alt.Scale(domain=list(colours), range=list(colours.values())), legend=None)


def line_layers(rows: Rows, colours: Mapping[str, str], x: Axis, y: Axis) -> list[alt.Chart]:
    """Lines by ``series`` with the bands of ``low`` and ``high``; each line has its own dash."""
    data = pd.DataFrame(rows)
    colour = colour_of(colours)
    dashes = [DASHES[place % len(DASHES)] for place in range(len(colours))]
    dash = alt.StrokeDash("series:N", scale=alt.Scale(domain=list(colours), range=dashes), legend=None)
    hint = ["series:N", *(alt.Tooltip(f"{column}:Q", format=",.4~g") for column in (x.column, y.column))]
    layers = []
    banded = data.dropna(subset=["low", "high"])
    if not banded.empty:
        band = alt.Chart(banded).mark_area(opacity=BAND_OPACITY)
        layers.append(band.encode(x.x(), y.y("low"), alt.Y2("high:Q"), colour))
    layers.append(alt.Chart(data).mark_line(strokeWidth=2.2).encode(x.x(), y.y(), colour, dash, tooltip=hint))
    return layers


def names(rows: Rows, colours: Mapping[str, str], x: Axis, y: Axis, *, from_start: bool = True) -> alt.Chart:
    """The name of each series on its line, each a step further in: lines that begin together stay readable."""
    places = []
    for order, (_, line) in enumerate(pd.DataFrame(rows).sort_values(x.column).groupby("series", sort=False)):
        shift = int(min(order * NAME_STEP, 1) * (len(line) - 1))
        places.append(line.iloc[shift if from_start else len(line) - 1 - shift])
    text = alt.Chart(pd.DataFrame(places))
    mark = (
        text.mark_text(align="left", dx=8, dy=-9, fontSize=12)
        if from_start
        else text.mark_text(align="right", dx=-8, dy=-9, fontSize=12)
    )
    chart: alt.Chart = mark.encode(x.x(), y.y(), colour_of(colours), text="series:N")
    return chart


def targets(values: Sequence[float], name: str, x: Axis, palette: Palette) -> list[alt.Chart]:
    """Vertical lines with their name."""
    data = pd.DataFrame([{x.column: value, "label": f"{name} {value:g}"} for value in values])
    rule = alt.Chart(data).mark_rule(color=palette.rule, strokeDash=[4, 4]).encode(x.x())
    text = alt.Chart(data).mark_text(align="left", dx=4, baseline="top", color=palette.rule, fontSize=11)
    return [rule, text.encode(x.x(), y=alt.value(2), text="label:N")]


def show(chart: Drawn, alt_text: str, numbers: Rows, name: str) -> None:
    """A chart with its words for those who do not see it, and its numbers in a table beside it."""
    st.altair_chart(chart.properties(height=HEIGHT), alt=alt_text, width="stretch")
    with st.expander(f"Numbers of the chart: {name}"):
        table(numbers, f"Numbers of the chart: {name}")
