"""The frontier chart: curves of today's setup and the best options with their bands, and the points they would run at."""

from __future__ import annotations

from typing import Any

import streamlit as st

from advisor.decision import Decision
from advisor.options import Option
from advisor.report.consequences import workload_words
from advisor.report.series import METRICS, Setting, sample_curve
from advisor.report.words import option_name
from advisor.ui.charts import parts
from advisor.ui.mount import key
from advisor.ui.palette import Palette, palette
from advisor.ui.text import DASH, grade_words

SHOWN = 3
"""Options drawn beside today's setup: more lines cannot be told apart."""

POINT_SIZE = 120
CACHED_CURVES = 128
SHAPES = {"advised": "circle", "today": "square", "other": "triangle-up"}


def shown_options(decision: Decision, workload: int = 0) -> list[Option]:
    """Today's setup and the best few options for a workload, each once, as far as they have a curve."""
    feasible = [option for option in decision.options if option.rank is not None]
    wanted = [decision.baseline, *(option for option in feasible if option.key.id != decision.baseline.key.id)]
    parts = [option.parts[workload] if option.parts else option for option in wanted]
    return [part for part in parts if part.curve is not None][: SHOWN + 1]


def role_of(decision: Decision, option: Option) -> str:
    """What an option is in the chart: advised, today, or another."""
    if decision.chosen is not None and option.key.id == decision.chosen.key.id:
        return "advised"
    return "today" if option.key.id == decision.baseline.key.id else "other"


def curve_rows(decision: Decision, workload: int = 0) -> list[dict[str, Any]]:
    """Sampled curves: one row per option and interactivity, with the 80 % interval."""
    rows = []
    for option in shown_options(decision, workload):
        assert option.curve is not None  # shown options have one
        for sample in sample_curve(option.curve, METRICS["throughput"], Setting(1.0, None, None)):
            rows.append(
                {
                    "series": _name(decision, option),
                    "interactivity": sample.at,
                    "value": sample.value,
                    "low": sample.low,
                    "high": sample.high,
                }
            )
    return rows


def point_rows(decision: Decision, workload: int = 0) -> list[dict[str, Any]]:
    """Where each shown option would run."""
    return [
        {
            "series": _name(decision, option),
            "role": role_of(decision, option),
            "interactivity": point.interactivity_tok_s_per_user,
            "value": point.tok_s_per_gpu,
            "low": point.low,
            "high": point.high,
            "grade": point.grade,
        }
        for option in shown_options(decision, workload)
        if (point := option.operating_point) is not None
    ]


@st.cache_resource(max_entries=CACHED_CURVES, show_spinner=False)
def _rows_of(
    token: str, digest: str, workload: int, _decision: Decision
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    assert token, "the token stands for the scenario in the key"
    assert _decision.catalog.digest == digest
    return curve_rows(_decision, workload), point_rows(_decision, workload)


def frontier(decision: Decision, token: str) -> None:
    """Draw the chart with its table, or say why there is none. ``token`` stands for the decision in the cache."""
    workload = _ask_workload(decision)
    rows, points = _rows_of(token, decision.catalog.digest, workload, decision)
    if not rows:
        st.info("Nothing was measured for this model and request size, so there is no frontier to draw.")
        return
    shades = shades_of(decision, palette(), workload)
    numbers = [
        {
            "option": row["series"],
            "runs at (tok/s per user)": f"{row['interactivity']:.1f}",
            "tok/s per GPU": f"{row['value']:,.0f}",
            "80 % interval": DASH if row["low"] is None else f"{row['low']:,.0f}–{row['high']:,.0f}",
            "evidence": grade_words(row["grade"]),
        }
        for row in points
    ]
    target = decision.scenario.workloads[workload].targets.interactivity_tok_s_per_user
    layers = chart(rows, points, shades, target, palette())
    parts.show(layers, chart_words(points), numbers, "frontiers", legend=len(shades))


def _ask_workload(decision: Decision) -> int:
    """Which workload's curves are drawn, from 0; nothing is asked where there is but one."""
    workloads = decision.scenario.workloads
    if len(workloads) == 1:
        return 0
    names = [f"{n}: {workload_words(decision.catalog, workload)}" for n, workload in enumerate(workloads, start=1)]
    numbers = range(len(workloads))
    return st.selectbox("Curves of workload", numbers, format_func=lambda n: names[n], key=key("frontier.workload"))


def shades_of(decision: Decision, colours: Palette, workload: int = 0) -> dict[str, str]:
    """A colour a series: the accent for what is advised, one for today, grey for the rest."""
    shade = {"advised": colours.accent, "today": colours.today, "other": colours.other}
    return {_name(decision, option): shade[role_of(decision, option)] for option in shown_options(decision, workload)}


def chart(
    rows: list[dict[str, Any]], points: list[dict[str, Any]], shades: dict[str, str], target: float, colours: Palette
) -> list[parts.Layer]:
    """Throughput over interactivity."""
    x = parts.Axis("interactivity", "tok/s per user (how fast one answer streams)")
    y = parts.Axis("value", "tok/s per GPU (input and output)")
    layers = [*parts.line_layers(rows, shades, x, y, legend=True), *parts.targets([target], "target", x, colours)]
    if points:
        shape = parts.nominal("role", scale={"domain": list(SHAPES), "range": list(SHAPES.values())}, legend=None)
        mark = {"type": "point", "size": POINT_SIZE, "filled": True, "opacity": 1}
        layers.append(parts.layer(points, mark, x=x.of(), y=y.of(), color=parts.colour_of(shades), shape=shape))
    return layers


def chart_words(points: list[dict[str, Any]]) -> str:
    """The chart's takeaway, for readers who do not see it."""
    words = [
        f"{row['series']}: {row['value']:,.0f} tok/s per GPU at {row['interactivity']:.0f} tok/s per user" for row in points
    ]
    return "Throughput over interactivity with 80 % bands. " + "; ".join(words)


def _name(decision: Decision, option: Option) -> str:
    name = option_name(decision, option)
    return f"{name} (today)" if option.key.id == decision.baseline.key.id else name
