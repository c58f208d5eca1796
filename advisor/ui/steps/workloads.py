"""Several workloads on one fleet: the list above the fields, and what is wished of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import streamlit as st

from advisor.presets import PRESETS
from advisor.report.consequences import workload_words
from advisor.scenario import MAX_WORKLOADS, Scenario, Workload
from advisor.scenario_io import plain
from advisor.ui.mount import catalog, key
from advisor.ui.text import escape

ADDED_PRESET = "chat"
ADDED_DEMAND = {"requests_per_second_mean": 1.0}
"""Where an added workload starts: the same model, chat, one request a second; all of it to be typed over."""


@dataclass(frozen=True)
class Wish:
    """What was pressed, about the workload at ``number``."""

    kind: Literal["edit", "add", "remove"]
    number: int


def list_workloads(scenario: Scenario, shown: int, *, may_remove: bool) -> Wish | None:
    """Draw one line a workload with its buttons; nothing where there is but one."""
    if len(scenario.workloads) == 1:
        return None
    wish = None
    st.caption("One fleet serves all of these workloads. Each has its own model, sizes, demand and targets.")
    with st.container(border=True):
        for number, workload in enumerate(scenario.workloads):
            title, edit, remove = st.columns([5, 2, 2], vertical_alignment="center")
            words = escape(f"{number + 1} · {workload_words(catalog(), workload)}")
            title.markdown(f"**{words}**" if number == shown else words)
            name = f"workload {number + 1}"
            here = number == shown
            with edit:
                label = f"{name.capitalize()} is below" if here else f"Edit {name}"
                if st.button(label, key=key(f"edit.workload.{number}"), disabled=here, width="stretch"):
                    wish = Wish("edit", number)
            with remove:
                if may_remove and st.button(f"Remove {name}", key=key(f"remove.workload.{number}"), width="stretch"):
                    wish = Wish("remove", number)
    return wish


def ask_another(scenario: Scenario) -> Wish | None:
    """The button that adds a workload; at the limit it says so."""
    count = len(scenario.workloads)
    full = count >= MAX_WORKLOADS
    help_text = f"At most {MAX_WORKLOADS}." if full else "Another stream of requests on the same fleet."
    pressed = st.button("Add another workload", key=key("add.workload"), help=help_text, disabled=full)
    return Wish("add", count) if pressed else None


def another(like: Workload) -> dict[str, Any]:
    """A further workload of the same model, as plain data."""
    ratio = like.demand.peak_to_mean_ratio if like.demand is not None else None
    demand = ADDED_DEMAND if ratio is None else {**ADDED_DEMAND, "peak_to_mean_ratio": ratio}
    return {"model": like.model_dump(by_alias=True)["model"], **PRESETS[ADDED_PRESET].as_workload(), "demand": demand}


def changed_list(scenario: Scenario, wish: Wish, like: int) -> dict[str, Any]:
    """The scenario's data with a workload added or removed."""
    data = plain(scenario)
    workloads = list(data["workloads"])
    if wish.kind == "add":
        workloads.append(another(scenario.workloads[like]))
    else:
        del workloads[wish.number]
    return {**data, "workloads": tuple(workloads)}
