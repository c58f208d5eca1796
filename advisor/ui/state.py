"""One frozen scenario in the session, one token ``?s=`` in the address: refresh, Back and links all work.

The address is the truth. A token that differs from the session's (a new link, Back, Forward, another tab) is
decoded; a damaged one says so and the session starts clean.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import streamlit as st

from advisor import link
from advisor.catalog import Catalog, load_catalog
from advisor.decision import Decision
from advisor.errors import AdvisorError, LinkError
from advisor.pricing import offer_price
from advisor.recommend import recommend
from advisor.scenario import Scenario
from advisor.scenario_io import build_scenario, dump_json, parse_scenario

STEPS = ("workload", "today", "targets", "money", "result")
TITLES = {
    "workload": "Workload",
    "today": "Today's fleet and spend",
    "targets": "Latency and quality",
    "money": "Prices and limits",
    "result": "Result",
}
CACHED_DECISIONS = 256
START_HARDWARE = "h200"
START_FLEET: dict[str, Any] = {"gpus": 64}
START_WORKLOAD: dict[str, Any] = {
    "model": "llama-3.3-70b",
    "input_tokens": 8192,
    "demand": {"requests_per_second_mean": 6.0, "peak_to_mean_ratio": 2.5},
    "targets": {"interactivity_tok_s_per_user": 40.0},
}


@st.cache_resource(show_spinner="Loading the catalog …")
def shared_catalog(overlays: str) -> Catalog:
    """The catalog, once per server; frozen, so sessions may share it."""
    return load_catalog(*(Path(part) for part in overlays.split(os.pathsep) if part))


def catalog() -> Catalog:
    """The catalog with the own folders of ADVISOR_CATALOG laid over it."""
    return shared_catalog(os.environ.get("ADVISOR_CATALOG", ""))


@st.cache_resource(max_entries=CACHED_DECISIONS, show_spinner=False)
def _decision(scenario_json: str, digest: str) -> Decision:
    records = catalog()
    assert records.digest == digest  # the digest is the key; the records come from the shared catalog
    return recommend(parse_scenario(scenario_json, records), records)


def decision_for(scenario: Scenario) -> Decision:
    """The decision of a scenario, cached by its content and the catalog's digest. Raises AdvisorError."""
    return _decision(dump_json(scenario), catalog().digest)


def start_scenario() -> Scenario:
    """Where a new session starts: an assistant with long prompts on 64 H200 at today's median offer."""
    records = catalog()
    price = offer_price(records, START_HARDWARE, "on_demand")
    assert price is not None  # a test holds the shipped catalog to it
    rate = round(price.usd_per_gpu_hour, 2)
    current: dict[str, Any] = {"hardware": START_HARDWARE, "price": {"usd_per_gpu_hour": rate}, **START_FLEET}
    return build_scenario({"schema": 1, "workloads": (START_WORKLOAD,), "current": current}, records)


def current() -> Scenario:
    """The session's scenario, brought in line with the address first."""
    token = st.query_params.get("s")
    if "scenario" not in st.session_state or token != st.session_state.get("token"):
        _open(token)
    scenario: Scenario = st.session_state.scenario
    return scenario


def _open(token: str | None) -> None:
    st.session_state.token = token
    st.session_state.link_problem = None
    st.session_state.link_content = None
    try:
        content = link.decode(token, catalog()) if token else None
    except LinkError as error:
        st.session_state.link_problem = str(error)
        content = None
    st.session_state.link_content = content
    st.session_state.scenario = content.scenario if content else start_scenario()


def step() -> str:
    """The step the address names; the first one if it names none of ours."""
    named = st.query_params.get("step", STEPS[0])
    return named if named in STEPS else STEPS[0]


def commit(scenario: Scenario, next_step: str) -> None:
    """Keep a scenario, write its token and the next step into the address, and go there."""
    st.session_state.scenario = scenario
    st.session_state.token = _token(scenario)
    st.session_state.link_content = None
    st.session_state.link_problem = None
    st.query_params.from_dict({"s": st.session_state.token, "step": next_step})
    st.rerun()


def go(next_step: str) -> None:
    """Go to a step with the scenario as it stands."""
    commit(st.session_state.scenario, next_step)


def _token(scenario: Scenario) -> str:
    try:
        return link.encode(decision_for(scenario))
    except AdvisorError:  # no outcome yet: the link holds the scenario alone
        return link.encode_scenario(scenario, catalog().version)
