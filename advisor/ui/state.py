"""One frozen scenario in the session, one token ``?s=`` in the address: refresh, Back and links all work.

The address is the truth: a token that differs from the session's (a new link, Back, Forward, another tab) is
decoded. An address without a token (another page was visited, or the very first one) keeps what the session holds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import streamlit as st

from advisor import link
from advisor.decision import Decision
from advisor.errors import AdvisorError, LinkError, ScenarioError
from advisor.pricing import offer_price
from advisor.scenario import Scenario
from advisor.scenario_io import build_scenario, plain
from advisor.ui.mount import catalog, key, mounted
from advisor.ui.runtime import decision_of

if TYPE_CHECKING:
    from advisor.ui.opening import Opened

STEPS = ("workload", "today", "targets", "money", "result")
TITLES = {
    "workload": "Workload",
    "today": "Today",
    "targets": "Targets",
    "money": "Money and limits",
    "result": "Result",
}
START_HARDWARE = "h200"
START_FLEET: dict[str, Any] = {"gpus": 64}
START_WORKLOAD: dict[str, Any] = {
    "model": "llama-3.3-70b",
    "input_tokens": 8192,
    "demand": {"requests_per_second_mean": 6.0, "peak_to_mean_ratio": 2.5},
    "targets": {"interactivity_tok_s_per_user": 40.0},
}


@dataclass
class Session:
    """What one visitor has said so far. ``drafts`` keeps fields as typed, wrong ones too, until their step is accepted.

    ``generation`` is part of every widget's key: it moves on when the scenario comes from elsewhere than the widgets.
    """

    scenario: Scenario
    token: str | None = None
    opened: link.LinkContent | None = None
    problem: str | None = None
    drafts: dict[str, dict[str, Any]] = field(default_factory=dict)
    generation: int = 0
    whole: dict[str, Scenario] = field(default_factory=dict)
    """Scenarios of this session of whose own files a token does not hold everything, by token: Back must not lose it."""
    file: Opened | None = None
    """The workbook the scenario was read from, with what differs from its own figures."""


def session() -> Session:
    """The visitor's session, brought in line with the address first."""
    token = st.query_params.get("s")
    known: Session | None = st.session_state.get(key("session"))
    if known is None:
        known = Session(start_scenario())
        st.session_state[key("session")] = known
        if token is not None:
            _open(known, token)
    elif token is not None and token != known.token:
        _open(known, token)
    return known


def _open(known: Session, token: str) -> None:
    known.token, known.problem, known.opened = token, None, None
    if token in known.whole:
        replace_scenario(known, known.whole[token])
        return
    try:
        known.opened = link.decode(token, catalog())
    except LinkError as error:
        known.problem = str(error)
    replace_scenario(known, known.opened.scenario if known.opened else start_scenario())


def replace_scenario(known: Session, scenario: Scenario) -> None:
    """Put another scenario in place of the session's, widgets and drafts included."""
    known.scenario = scenario
    known.drafts = {}
    known.generation += 1


def start_scenario() -> Scenario:
    """Where a new session starts: the host's scenario, or an assistant with long prompts on 64 H200 at today's median."""
    given = mounted().scenario
    records = catalog()
    if given is not None:
        return build_scenario(plain(given), records)
    price = offer_price(records, START_HARDWARE, "on_demand")
    assert price is not None  # a test holds the shipped catalog to it
    rate = round(price.usd_per_gpu_hour, 2)
    current: dict[str, Any] = {"hardware": START_HARDWARE, "price": {"usd_per_gpu_hour": rate}, **START_FLEET}
    return build_scenario({"schema": 1, "workloads": (START_WORKLOAD,), "current": current}, records)


def step() -> str:
    """The step the address names; the first one if it names none of ours."""
    named = st.query_params.get("step", STEPS[0])
    return named if named in STEPS else STEPS[0]


def workload_number(scenario: Scenario) -> int:
    """Which workload's fields the address names, from 0; the first if it names none there is."""
    named = st.query_params.get("workload", "1")
    number = int(named) - 1 if named.isascii() and named.isdigit() else 0
    return number if 0 <= number < len(scenario.workloads) else 0


def commit(scenario: Scenario, next_step: str, workload: int = 0) -> None:
    """Keep a scenario, write its token, the next step and its workload into the address, and go there."""
    known = session()
    known.scenario = scenario
    known.token = token_of(scenario)
    known.opened = known.problem = None
    if link.left_out(known.token) or scenario.candidates.price.offers:
        known.whole[known.token] = scenario
    place = {"workload": str(workload + 1)} if workload else {}
    kept = {name: value for name, value in st.query_params.items() if name != "workload"}
    # all at once: each change of the address is a page of its own to the browser's Back
    st.query_params.from_dict({**kept, "s": known.token, "step": next_step, **place})
    st.rerun()


def start_anew() -> None:
    """Forget everything this visitor said."""
    known = session()
    replace_scenario(known, start_scenario())
    known.problem = known.opened = known.token = known.file = None
    st.query_params.from_dict({n: v for n, v in st.query_params.items() if n not in ("s", "step", "workload")})
    st.rerun()


def decision_for(scenario: Scenario) -> Decision:
    """The decision of a scenario with the mounted catalog. Raises AdvisorError."""
    return decision_of(scenario, catalog())


def decision_or_none(scenario: Scenario) -> Decision | None:
    """The same, or None where the scenario has no answer yet."""
    try:
        return decision_for(scenario)
    except AdvisorError:
        return None


def token_of(scenario: Scenario) -> str:
    """The share token of a scenario, with its outcome if there is one yet."""
    decision = decision_or_none(scenario)
    return link.encode(decision) if decision else link.encode_scenario(scenario, catalog().version)


def with_answers(scenario: Scenario, answers: dict[str, Any]) -> Scenario:
    """A scenario with some parts replaced, validated. Raises ScenarioError."""
    return build_scenario(merged(scenario, answers), catalog())


def tried(scenario: Scenario, answers: dict[str, Any]) -> tuple[Scenario | None, ScenarioError | None]:
    """The scenario with answers laid over it, or what is wrong with them."""
    try:
        return with_answers(scenario, answers), None
    except ScenarioError as error:
        return None, error


WHOLE = frozenset({"demand", "price", "model", "overrides"})
"""Parts replaced whole: they hold one of several units or names, and the one left out must go."""


def merged(scenario: Scenario, answers: dict[str, Any]) -> dict[str, Any]:
    """The scenario as plain data with a step's answers laid over it, field by field; ``workloads`` by number, from 0."""
    data = plain(scenario)
    for part, changes in answers.items():
        if part == "workloads":
            for number, change in changes.items():
                _lay(data[part][number], change)
        else:
            _lay(data[part], changes)
    return data


def _lay(target: dict[str, Any], changes: dict[str, Any]) -> None:
    for name, value in changes.items():
        known = target.get(name)
        if isinstance(value, dict) and isinstance(known, dict) and name not in WHOLE:
            _lay(known, value)
        else:
            target[name] = value
