"""Open a file in the wizard: a scenario (YAML, JSON) or an edited workbook; what differs from its own figures is listed."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from advisor.errors import AdvisorError, Problem, ScenarioError
from advisor.report.words import verdict_sentence
from advisor.scenario import Scenario
from advisor.scenario_io import MAX_FILE_BYTES, parse_scenario
from advisor.ui import state
from advisor.ui.mount import catalog, key
from advisor.ui.text import bullets, escape, folded

KINDS = ["xlsx", "yaml", "yml", "json"]
AGREES = "The file's own figures are those of this run"


@dataclass(frozen=True)
class Opened:
    """A file that was read: its scenario, and where a fresh run differs from the file's own figures."""

    name: str
    scenario: Scenario
    differences: tuple[str, ...]
    is_workbook: bool
    verdict: str


def ask_file(place: str, label: str) -> None:
    """Draw the fold: the upload, what is wrong by cell or field, what was read, and the buttons that open it."""
    with folded(label, key(f"open.{place}")) as is_open:
        if not is_open:
            return
        st.caption(
            "A workbook of this advisor with inputs you changed (XLSX), or a scenario file (YAML, JSON). It replaces "
            "everything entered so far, once you say so."
        )
        file = st.file_uploader("Workbook or scenario", KINDS, key=key(f"open.{place}.file"))
        if file is None:
            return
        try:
            opened = read_file(file.name, file.getvalue())
        except ScenarioError as error:
            st.error(f"{escape(file.name)} cannot be used. Please correct:")
            bullets(str(problem) for problem in error.problems)
            return
        except AdvisorError as error:
            st.error(escape(f"{file.name}: {error}"))
            return
        _offer(opened, place)


def read_file(name: str, content: bytes) -> Opened:
    """A file as a scenario with its verdict now.

    Raises:
        ScenarioError: it cannot be read, or inputs are wrong, each named by its cell or field.
        AdvisorError: the scenario has no answer.
    """
    from advisor.report.workbook.readback import differences_to_file, is_workbook, read_workbook

    if is_workbook(content):
        scenario, figures = read_workbook(content, catalog(), name)
        decision = state.decision_for(scenario)
        return Opened(name, scenario, differences_to_file(figures, decision), True, verdict_sentence(decision))
    if len(content) > MAX_FILE_BYTES:
        raise ScenarioError([Problem(name, f"larger than {MAX_FILE_BYTES:,} bytes: no scenario file")])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ScenarioError([Problem(name, "is neither a workbook nor UTF-8 text")]) from error
    scenario = _parsed(text, name)
    return Opened(name, scenario, (), False, verdict_sentence(state.decision_for(scenario)))


def _parsed(text: str, name: str) -> Scenario:
    try:
        return parse_scenario(text, catalog(), name)
    except ScenarioError as error:
        beside = "names a file beside the scenario, which is not uploaded: write its 24 values into profile_24h"
        raise ScenarioError(
            Problem(p.where, beside) if p.where.endswith("profile_csv") else p for p in error.problems
        ) from error


def _offer(opened: Opened, place: str) -> None:
    st.markdown(f"**{escape(opened.verdict)}**")
    _list(opened)
    one, two, _ = st.columns([2, 2, 4])
    with one:
        to_result = st.button("Open its result", key=key(f"open.{place}.result"), type="primary", width="stretch")
    with two:
        to_first = st.button("Open it from the first step", key=key(f"open.{place}.first"), width="stretch")
    if to_result or to_first:
        known = state.session()
        state.replace_scenario(known, opened.scenario)
        known.file = opened if opened.is_workbook else None
        state.commit(opened.scenario, "result" if to_result else state.STEPS[0])


def _list(opened: Opened) -> None:
    if not opened.is_workbook:
        return
    if opened.differences:
        st.caption("This run differs from the file's own figures")
        bullets(opened.differences)
    else:
        st.caption(f"{AGREES}.")


def since_file(opened: Opened | None, scenario: Scenario) -> None:
    """On the result: which workbook it was read from and what differs, while the scenario is still that of the file."""
    if opened is None or opened.scenario != scenario:
        return
    if not opened.differences:
        st.caption(escape(f"Read from {opened.name}. {AGREES}."))
        return
    with st.expander(escape(f"Read from {opened.name}: {len(opened.differences)} figures differ from the file's own")):
        bullets(opened.differences)
