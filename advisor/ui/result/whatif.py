"""What-if: price, utilization, interactivity and tolerance as sliders, answered without leaving the page."""

from __future__ import annotations

from typing import Any

import streamlit as st

from advisor.decision import Decision
from advisor.errors import AdvisorError, ScenarioError
from advisor.report.differences import arrow, differences
from advisor.report.words import verdict_sentence
from advisor.scenario import Scenario
from advisor.ui import state
from advisor.ui.mount import key
from advisor.ui.text import escape, table

PRICE_SPAN = (0.4, 2.0)
LONGEST_TOLERANCE_POINTS = 10.0
FASTEST_TOK_S = 300.0


@st.fragment
def what_if(token: str) -> None:
    """Draw sliders and their answer. ``token`` ties the sliders to the scenario they start from."""
    known = state.session()
    decision = state.decision_for(known.scenario)
    st.subheader("What if", anchor=False)
    st.caption("Nothing here changes your scenario until you take it in.")
    changed = _ask(decision, token)
    try:
        other = decision if changed is None else state.decision_for(changed)
    except AdvisorError as error:
        st.error(escape(str(error)))
        return
    st.markdown(f"**{escape(verdict_sentence(other))}**")
    st.caption(_effect(decision, other))
    rows = [
        {"figure": new.title, "as entered": arrow(old), "what if": arrow(new)}
        for old, new in zip(differences(decision), differences(other), strict=True)
    ]
    table(rows, "As entered and what if")
    left, right, _ = st.columns([2, 1, 3])
    with left:
        taken = st.button("Take it into the scenario", key=key("whatif.take"), type="primary", disabled=changed is None)
        if taken and changed is not None:
            state.commit(changed, "result")
    with right:
        st.button("Reset", key=key("whatif.reset"), on_click=_reset, args=(token,))


def _effect(decision: Decision, other: Decision) -> str:
    if other is decision:
        return "The sliders stand where your scenario does."
    return "The advice stays the same." if other.verdict.code == decision.verdict.code else "The advice changes."


def _reset(token: str) -> None:
    for name in ("price", "utilization", "interactivity", "tolerance"):
        st.session_state.pop(_key(name, token), None)


def _key(name: str, token: str) -> str:
    return key(f"whatif.{name}.{token[-10:]}")


def _ask(decision: Decision, token: str) -> Scenario | None:
    """The scenario the sliders stand for, None where none was moved."""
    columns = st.columns(4)
    scenario = decision.scenario
    answers: dict[str, Any] = {}
    with columns[0]:
        answers |= _ask_price(decision, token)
    with columns[1]:
        answers |= _ask_utilization(decision, token)
    targets, several = scenario.workload.targets, len(scenario.workloads) > 1
    with columns[2]:
        start = float(targets.interactivity_tok_s_per_user)
        top = max(FASTEST_TOK_S, 2 * start)
        label = "Interactivity, workload 1 (tok/s per user)" if several else "Interactivity (tok/s per user)"
        speed = st.slider(label, 1.0, top, start, 1.0, key=_key("interactivity", token))
    with columns[3]:
        start_points = max(task.tolerance_points for workload in scenario.workloads for task in workload.tasks)
        top_points = max(LONGEST_TOLERANCE_POINTS, start_points)
        points = st.slider(
            "Tolerance, every task (points)", 0.1, top_points, start_points, 0.1, key=_key("tolerance", token)
        )
    workloads: dict[int, dict[str, Any]] = answers.pop("workloads", {})
    if speed != start:
        workloads.setdefault(0, {})["targets"] = {"interactivity_tok_s_per_user": speed}
    if points != start_points:
        for number, workload in enumerate(scenario.workloads):
            tasks = ({**task.model_dump(by_alias=True), "tolerance_points": points} for task in workload.tasks)
            workloads.setdefault(number, {})["tasks"] = tuple(tasks)
    if workloads:
        answers["workloads"] = workloads
    if not answers:
        return None
    try:
        return state.with_answers(scenario, answers)
    except ScenarioError as error:
        st.error(escape(str(error)))
        return None


def _ask_price(decision: Decision, token: str) -> dict[str, Any]:
    other = decision.challenger
    if other is None or other.price is None:
        st.caption("No candidate has a price to move.")
        return {}
    name = decision.catalog.hardware[other.key.hardware].name
    now = round(other.price.usd_per_gpu_hour, 2)
    low, high = (round(now * factor, 2) for factor in PRICE_SPAN)
    chosen = st.slider(f"Price of {name} (USD/GPU-hour)", low, high, now, 0.01, key=_key("price", token))
    if chosen == now:
        return {}
    price = decision.scenario.candidates.price
    overrides = {**price.overrides, other.key.hardware: chosen}
    return {"candidates": {"price": {**price.model_dump(), "overrides": overrides}}}


def _ask_utilization(decision: Decision, token: str) -> dict[str, Any]:
    """Utilization is an outcome: moving it scales the demand, or sets the field the demand follows from."""
    fleet, scenario = decision.baseline.fleet, decision.scenario
    if fleet is None:
        st.caption("Today's utilization is not known.")
        return {}
    if len(scenario.workloads) > 1:
        st.caption("Utilization moves with every workload's demand: change those instead.")
        return {}
    now = round(100 * fleet.utilization_fraction, 1)
    top = max(100.0, now)
    chosen = st.slider("Utilization of today's fleet (%)", 1.0, top, max(now, 1.0), 0.1, key=_key("utilization", token))
    if chosen == max(now, 1.0):
        return {}
    demand = scenario.workload.demand
    if demand is None or not demand.is_given:
        return {"current": {"utilization_fraction": chosen / 100}}
    factor = chosen / 100 / fleet.utilization_fraction
    given = {name: value for name, value in demand.model_dump().items() if value is not None}
    for name in ("requests_per_second_mean", "tokens_per_day", "active_users"):
        if name in given:
            given[name] = given[name] * factor
    return {"workloads": {0: {"demand": given}}}
