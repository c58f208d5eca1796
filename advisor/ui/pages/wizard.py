"""The wizard: which step is shown, what each answer leads to, what happens on Back and Next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from advisor import link
from advisor.errors import AdvisorError, ScenarioError
from advisor.report import consequences
from advisor.scenario import Scenario
from advisor.scenario_io import build_scenario
from advisor.ui import state
from advisor.ui.examples import examples
from advisor.ui.fields import Sheet
from advisor.ui.mount import catalog, key
from advisor.ui.opening import ask_file, since_file
from advisor.ui.result import page as result
from advisor.ui.state import Session
from advisor.ui.steps import money, targets, today, workload
from advisor.ui.steps.workloads import Wish, ask_another, changed_list, list_workloads
from advisor.ui.text import escape

ASKS: Mapping[str, Callable[[Scenario, Sheet], dict[str, Any]]] = {
    "workload": workload.ask,
    "today": today.ask,
    "targets": targets.ask,
    "money": money.ask,
}
QUESTIONS = {
    "workload": "What do your users ask for?",
    "today": "What do you run now, and what does it cost?",
    "targets": "What must your users feel, and what may quality lose?",
    "money": "What may it cost, and what would you accept?",
}


BY_WORKLOAD = ("workload", "targets")
"""Steps whose fields belong to one workload."""


def wizard_page() -> None:
    """Draw the step the address names."""
    known = state.session()
    step = state.step()
    number = state.STEPS.index(step)
    _to_the_top(f"{step} {state.workload_number(known.scenario)}")
    if known.problem:
        st.error(escape(f"{known.problem}. A new scenario was started."))
    if known.opened is not None and known.opened.left_out:
        st.warning(escape(f"{link.left_out_words(known.opened.left_out)}."))
    dots = " ".join("●" if place <= number else "○" for place in range(len(state.STEPS)))
    st.caption(f"Step {number + 1} of {len(state.STEPS)} · {state.TITLES[step]} &nbsp; {dots}")
    if step == "result":
        since_file(known.file, known.scenario)
        result.show(known)
        if st.query_params.get("view") != "print":
            ask_file("result", "I have changed the workbook: read it back")
        _edit()
    else:
        st.subheader(QUESTIONS[step], anchor=False)
        if number == 0:
            _start_from()
            ask_file("first", "Open a file: an edited workbook or a scenario")
        _ask(step, number, known)


def _to_the_top(place: str) -> None:
    """Begin a step at its top: the page would stay where the button was. Drawn first and alike, it runs once a place."""
    script = f"""<script>/* {place} */ document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0)</script>"""
    st.html(script, unsafe_allow_javascript=True)


def _ask(step: str, number: int, known: Session) -> None:
    shown, several = state.workload_number(known.scenario), len(known.scenario.workloads) > 1
    sheet = Sheet(step, known.drafts.setdefault(step, {}), known.generation, shown, several)
    wish = list_workloads(known.scenario, shown, may_remove=step == "workload") if step in BY_WORKLOAD else None
    answers = ASKS[step](known.scenario, sheet)
    if step == "workload":
        wish = ask_another(known.scenario) or wish
    scenario, error = state.tried(known.scenario, answers)
    waits = error is not None and workload.follows_from_utilization(sheet) and _only_demand(error)
    if error is not None and not waits:
        sheet.tell(error.problems)
    if wish is not None:
        _follow(wish, sheet, known, scenario)
    line = _consequence(step, scenario, shown) if scenario else _waiting(known, answers) if waits else ""
    st.info(escape(line or "The consequence is shown once every field can be used."))
    _navigation(step, number, known, scenario, answers, waits)


def _only_demand(error: ScenarioError) -> bool:
    """Whether all that is missing is a demand, which may still follow from the utilization of the next step."""
    return all(problem.where == "workloads[0].demand" for problem in error.problems)


def _waiting(known: Session, answers: dict[str, Any]) -> str:
    scenario = state.with_answers(known.scenario, {**answers, "current": {"utilization_fraction": 0.5}})
    return consequences.of_workload(catalog(), scenario.workload)


def _follow(wish: Wish, sheet: Sheet, known: Session, scenario: Scenario | None) -> None:
    """Edit, add or remove a workload; what is entered for the one shown must be usable first, unless it goes."""
    step, shown = sheet.step, sheet.workload
    goes = wish.kind == "remove" and wish.number == shown
    if workload.follows_from_utilization(sheet):
        st.error("Several workloads need a demand each: give this one its own first, in another unit.")
        return
    if scenario is None and not goes:
        st.error(f"Please correct the fields of workload {shown + 1} marked above before going to another workload.")
        return
    kept = scenario or known.scenario
    if wish.kind == "edit":
        known.drafts.pop(step, None)
        state.commit(kept, step, wish.number)
        return
    changed = build_scenario(changed_list(kept, wish, shown), catalog())
    state.replace_scenario(known, changed)
    last = len(changed.workloads) - 1
    state.commit(changed, step, wish.number if wish.kind == "add" else min(wish.number, last))


def _consequence(step: str, scenario: Scenario, shown: int) -> str:
    if step == "workload":
        return consequences.of_workloads(catalog(), scenario, shown)
    try:
        decision = state.decision_for(scenario)
    except AdvisorError as error:
        return consequences.of_failure(error)
    if step == "targets":
        return consequences.of_targets(decision, shown)
    return (consequences.of_today if step == "today" else consequences.of_money)(decision)


def _navigation(
    step: str, number: int, known: Session, scenario: Scenario | None, answers: dict[str, Any], waits: bool
) -> None:
    back, ahead, straight, _ = st.columns([1, 1, 2, 4])
    with back:
        if number > 0 and st.button("Back", key=key("back"), width="stretch"):
            _leave(step, state.STEPS[number - 1], known, scenario)
    with ahead:
        last = state.STEPS[number + 1] == "result"
        pressed = st.button("Show the result" if last else "Next", key=key("next"), type="primary", width="stretch")
    with straight:
        skip = not last and st.button("Straight to the result", key=key("straight"))
    if waits and (pressed or skip):
        _carry_demand(known, answers)
    elif (pressed or skip) and scenario is not None:
        _leave(step, "result" if skip else state.STEPS[number + 1], known, scenario)
    elif pressed or skip:
        st.error("Please correct the fields marked above before going on.")


def _leave(step: str, to: str, known: Session, scenario: Scenario | None) -> None:
    """Go to another step. What can be used is kept in the scenario; fields that cannot stay as typed in their draft."""
    if scenario is not None:
        known.drafts.pop(step, None)
    state.commit(scenario or known.scenario, to)


def _carry_demand(known: Session, answers: dict[str, Any]) -> None:
    """A demand to be derived needs a utilization: take a start for it and ask on the next step."""
    start = {"utilization_fraction": START_UTILIZATION}
    known.drafts.pop("workload", None)
    known.drafts.pop("today", None)
    scenario = state.with_answers(known.scenario, {**answers, "current": start})
    known.generation += 1
    state.commit(scenario, "today")


START_UTILIZATION = 0.5
"""What the utilization field shows first where the demand is to follow from it."""


def _start_from() -> None:
    found = examples(catalog())
    if not found:
        return
    titles = {"": "a new scenario", **{example.id: example.title for example in found}}
    place = key("example")
    st.selectbox(
        "Start from an example",
        list(titles),
        key=place,
        format_func=lambda name: titles[name],
        on_change=_open_example,
        help="Replaces everything entered so far.",
    )


def _open_example() -> None:
    chosen = st.session_state[key("example")]
    known = state.session()
    scenario = next((example.scenario for example in examples(catalog()) if example.id == chosen), state.start_scenario())
    state.replace_scenario(known, scenario)


def _edit() -> None:
    st.subheader("Change an answer", anchor=False)
    columns = st.columns(len(state.STEPS))
    for column, name in zip(columns, state.STEPS[:-1], strict=False):
        with column:
            if st.button(state.TITLES[name], key=key(f"edit.{name}"), width="stretch"):
                state.commit(state.session().scenario, name)
    with columns[-1]:
        if st.button("Start anew", key=key("anew"), width="stretch"):
            state.start_anew()
