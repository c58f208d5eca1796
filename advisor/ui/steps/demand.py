"""How much is asked, in the user's own unit, and how it spreads over a day; part of the workload step."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import streamlit as st

from advisor.presets import DAYS
from advisor.report.consequences import day_words
from advisor.scenario import Demand, Workload
from advisor.scenario_io import readable
from advisor.ui.charts.day import day
from advisor.ui.fields import Sheet
from advisor.ui.text import escape

UTILIZATION = "utilization"
UNITS = {
    "requests": "Requests per second",
    "tokens": "Tokens per day",
    "users": "Active users",
    UTILIZATION: "From today's utilization",
}
FIELDS = {
    "requests": {"requests_per_second_mean": 0.5},
    "tokens": {"tokens_per_day": 1e8},
    "users": {"active_users": 10.0, "requests_per_user_minute": 0.1},
    UTILIZATION: {},
}
RATIO, OWN = "ratio", "own"
SHAPES = {RATIO: "A peak-to-mean ratio", **{name: shape.name for name, shape in DAYS.items()}, OWN: "Own, hour by hour"}
START_OF_OWN = "office"
"""The day an own profile starts from, to be typed over."""


def ask_demand(workload: Workload, path: str, sheet: Sheet, *, alone: bool) -> dict[str, Any]:
    """Draw the fields; the demand as entered. Of several workloads none can follow from the utilization."""
    demand = workload.demand or Demand()
    units = UNITS if alone else {name: words for name, words in UNITS.items() if name != UTILIZATION}
    help_text = "The last one derives it from the fleet of the next step." if alone else None
    unit = sheet.radio(path, "Demand given as", units, _unit_of(demand), help_text=help_text)
    columns = st.columns(len(FIELDS[unit]) + 2)
    answers: dict[str, Any] = {}
    for column, (name, step) in zip(columns, FIELDS[unit].items(), strict=False):
        with column:
            answers[name] = sheet.number(Demand, name, f"{path}.{name}", getattr(demand, name), step=step)
    with columns[-2]:
        shape = sheet.choose(
            f"{path}.shape",
            "Over the day",
            SHAPES,
            _shape_of(demand),
            help_text="The fleet is sized for the peak; what a token costs depends on how far the mean lies below it.",
        )
    name = "peak_to_mean_ratio"
    answers[name] = demand.peak_to_mean_ratio
    if shape == RATIO:
        with columns[-1]:
            answers[name] = sheet.number(Demand, name, f"{path}.{name}", answers[name], step=0.1)
    else:
        answers["profile_24h"] = _ask_day(demand, shape, f"{path}.profile_24h", sheet)
    return {name: value for name, value in answers.items() if value is not None}


def _unit_of(demand: Demand) -> str:
    if demand.tokens_per_day is not None:
        return "tokens"
    if demand.active_users is not None:
        return "users"
    return "requests" if demand.is_given else UTILIZATION


def _shape_of(demand: Demand) -> str:
    if not demand.profile_24h:
        return RATIO
    return next((name for name, shape in DAYS.items() if shape.profile == demand.profile_24h), OWN)


def _ask_day(demand: Demand, shape: str, path: str, sheet: Sheet) -> Sequence[Any]:
    """24 values, as typed where they cannot be read; the chart and what they mean."""
    profile: Sequence[Any] = DAYS[shape].profile if shape in DAYS else ()
    if shape == OWN:
        start = demand.profile_24h if _shape_of(demand) == OWN else DAYS[START_OF_OWN].profile
        profile = typed_values(sheet.area(Demand, "profile_24h", path, as_text(start)))
        for hour in range(len(profile)):
            sheet.alias(f"{path}[{hour}]", path, f"hour {hour}")
    known = readable(Demand, profile_24h=tuple(profile))
    if known is not None and known.profile_24h:
        day(known.profile_24h)
        st.caption(escape(day_words(known)))
    return tuple(profile) or ("",)  # nothing typed is no profile of a day, and not the wish for none


def as_text(profile: Sequence[float]) -> str:
    """A profile as it is typed: ``5 5 10 …``, every digit kept."""
    return " ".join(repr(value).removesuffix(".0") for value in profile)


def typed_values(text: str | None) -> tuple[float | str, ...]:
    """The values of a typed profile, parted by spaces, commas, semicolons or lines; what is no number stays as typed."""
    return tuple(_value(word) for word in re.split(r"[\s,;]+", text or "") if word)


def _value(word: str) -> float | str:
    try:
        return float(word)
    except ValueError:
        return word
