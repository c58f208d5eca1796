"""The wizard page: which step is shown, what happens when one is submitted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from advisor.errors import ScenarioError
from advisor.scenario import Scenario
from advisor.scenario_io import build_scenario, plain
from advisor.ui import state
from advisor.ui.fields import escape, show_problems
from advisor.ui.steps import money, result, targets, today, workload

ASKS: Mapping[str, Callable[[Scenario], dict[str, Any] | None]] = {
    "workload": workload.ask,
    "today": today.ask,
    "targets": targets.ask,
    "money": money.ask,
}


def wizard_page() -> None:
    """Draw the step the address names."""
    scenario = state.current()
    step = state.step()
    number = state.STEPS.index(step)
    st.subheader("GPU migration advisor", anchor=False)
    if st.session_state.link_problem:
        st.error(escape(f"{st.session_state.link_problem}. A new scenario was started."))
    st.caption(f"Step {number + 1} of {len(state.STEPS)} · {state.TITLES[step]}")
    if step == "result":
        result.show(scenario, st.session_state.link_content)
    else:
        _ask(step, scenario)
    _navigation(number)


def _ask(step: str, scenario: Scenario) -> None:
    answers = ASKS[step](scenario)
    if answers is None:
        return
    try:
        updated = build_scenario(merged(scenario, answers), state.catalog())
    except ScenarioError as error:
        show_problems(error.problems)
        return
    state.commit(updated, state.STEPS[state.STEPS.index(step) + 1])


def merged(scenario: Scenario, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The scenario as plain data with a step's answers laid over it, field by field.

    ``demand`` and ``price`` are replaced whole: they hold one of several units, and the one left out must go.
    """
    data = plain(scenario)
    for part, changes in answers.items():
        target = data["workloads"][0] if part == "workload" else data[part]
        for name, value in changes.items():
            keeps_rest = isinstance(value, dict) and isinstance(target.get(name), dict) and name not in ("demand", "price")
            target[name] = {**target[name], **value} if keeps_rest else value
    return data


def _navigation(number: int) -> None:
    if number == 0:
        return
    if st.button("Back", key="back"):
        state.go(state.STEPS[number - 1])
