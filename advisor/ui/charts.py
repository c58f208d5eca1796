"""The frontier chart: measured curves of the options shown, with the points they would run at."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from advisor.decision import Decision
from advisor.options import Option
from advisor.report.words import option_name

SAMPLES = 48
SHOWN = 4
ACCENT, TODAY, OTHER, TARGET = "#0b7a75", "#b35c00", "#8a8f98", "#6b7280"
HEIGHT = 380


def shown_options(decision: Decision) -> list[Option]:
    """Today's setup and the best few options, each once, as far as they have a curve."""
    feasible = [option for option in decision.options if option.rank is not None]
    wanted = [decision.baseline, *(option for option in feasible if option.key.id != decision.baseline.key.id)]
    return [option for option in wanted if option.curve is not None][: SHOWN + 1]


def role_of(decision: Decision, option: Option) -> str:
    """What an option is in the chart: advised, today, or another."""
    if decision.chosen is not None and option.key.id == decision.chosen.key.id:
        return "advised"
    return "today" if option.key.id == decision.baseline.key.id else "other"


def curve_table(decision: Decision) -> pd.DataFrame:
    """Sampled curves: one row per option and interactivity."""
    rows: list[dict[str, Any]] = []
    for option in shown_options(decision):
        curve = option.curve
        assert curve is not None  # shown options have one
        span = curve.fastest - curve.slowest
        for index in range(SAMPLES + 1):
            at = min(curve.slowest + span * index / SAMPLES, curve.fastest)
            rows.append(
                {
                    "option": option_name(decision, option),
                    "role": role_of(decision, option),
                    "interactivity": at,
                    "throughput": curve.throughput(at),
                }
            )
    return pd.DataFrame(rows)


def point_table(decision: Decision) -> pd.DataFrame:
    """Where each shown option would run."""
    rows = [
        {
            "option": option_name(decision, option),
            "role": role_of(decision, option),
            "interactivity": point.interactivity_tok_s_per_user,
            "throughput": point.tok_s_per_gpu,
        }
        for option in shown_options(decision)
        if (point := option.operating_point) is not None
    ]
    return pd.DataFrame(rows, columns=["option", "role", "interactivity", "throughput"])


def frontier_chart(decision: Decision) -> alt.LayerChart | alt.FacetChart:
    """Throughput over interactivity, lines named at their ends, the target drawn as a line."""
    curves, points = curve_table(decision), point_table(decision)
    x = alt.X("interactivity:Q", title="tok/s per user (how fast one answer streams)")
    y = alt.Y("throughput:Q", title="tok/s per GPU (input and output)")
    domain = ["advised", "today", "other"]
    colour = alt.Color("role:N", scale=alt.Scale(domain=domain, range=[ACCENT, TODAY, OTHER]), legend=None)
    dash = alt.StrokeDash("role:N", scale=alt.Scale(domain=domain, range=[[1, 0], [6, 3], [2, 2]]), legend=None)
    shape = alt.Shape("role:N", scale=alt.Scale(domain=domain, range=["circle", "square", "triangle"]), legend=None)
    tooltip = ["option:N", alt.Tooltip("interactivity:Q", format=".1f"), alt.Tooltip("throughput:Q", format=",.0f")]
    detail = alt.Detail("option:N")
    lines = alt.Chart(curves).mark_line().encode(x, y, colour, dash, detail, tooltip=tooltip)
    marks = alt.Chart(points).mark_point(size=110, filled=True).encode(x, y, colour, shape, detail, tooltip=tooltip)
    ends = curves.sort_values("interactivity").groupby("option", as_index=False).first()
    names = alt.Chart(ends).mark_text(align="left", dx=6, dy=-8).encode(x, y, colour, text="option:N")
    target = decision.scenario.workload.targets.interactivity_tok_s_per_user
    aim = pd.DataFrame({"interactivity": [target], "label": [f"target {target:g}"]})
    rule = alt.Chart(aim).mark_rule(color=TARGET, strokeDash=[4, 4]).encode(alt.X("interactivity:Q"))
    rule_name = (
        alt.Chart(aim).mark_text(align="left", dx=4, y=10, color=TARGET).encode(alt.X("interactivity:Q"), text="label:N")
    )
    return alt.layer(lines, marks, names, rule, rule_name).properties(height=HEIGHT)


def chart_words(decision: Decision) -> str:
    """The chart's takeaway, for readers who do not see it."""
    points = point_table(decision)
    parts = [
        f"{row.option}: {row.throughput:,.0f} tok/s per GPU at {row.interactivity:.0f} tok/s per user"
        for row in points.itertuples()
    ]
    return "Measured frontiers. " + "; ".join(parts)
