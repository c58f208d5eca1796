"""Step 2: today's GPUs, bill and contract."""

from __future__ import annotations

from typing import Any

import streamlit as st

from advisor.formats import legality, resolve_precision
from advisor.options import family_name, precision_names
from advisor.pricing import current_price
from advisor.scenario import Commitment, Current, CurrentPrice, Scenario
from advisor.ui.fields import choose, number, percent
from advisor.ui.state import catalog

BASES = {
    "on_demand": "On demand",
    "reserved_1y": "Reserved, one year",
    "reserved_3y": "Reserved, three years",
    "spot": "Spot",
    "capacity_block": "Capacity block",
    "owner_cost": "Own hardware (owner's cost)",
}
BILLS = {"usd_per_gpu_hour": "Per GPU and hour", "usd_per_month": "Per month, whole fleet"}


def ask(scenario: Scenario) -> dict[str, Any] | None:
    """Draw the step; what was submitted as changes to ``current``, or None."""
    records, now = catalog(), scenario.current
    left, right = st.columns(2)
    with left:
        hardware = choose("GPU", {gpu.id: gpu.name for gpu in records.hardware.values()}, now.hardware)
    with right:
        typed = now.price or CurrentPrice(usd_per_gpu_hour=_owners_rate(scenario))
        given = "usd_per_month" if typed.usd_per_month is not None else "usd_per_gpu_hour"
        bill = choose("Bill given", BILLS, given)
    with st.form("today"):
        one, two, three = st.columns(3)
        with one:
            gpus = number(Current, "gpus", now.gpus)
        with two:
            precision = choose("Precision", _legal_precisions(scenario, hardware), _precision_id(scenario))
        with three:
            decodings = {"none": "plain", "mtp": "MTP (speculative)"}
            decoding = choose("Decoding", decodings, now.decoding)
        one, two, three = st.columns(3)
        with one:
            price = number(CurrentPrice, bill, getattr(typed, bill), step=0.1)
        with two:
            basis = choose("Basis", BASES, typed.basis)
        with three:
            utilization = percent(Current, "utilization_fraction", now.utilization_fraction)
        one, two = st.columns(2)
        with one:
            months = number(Commitment, "months_left", now.commitment.months_left)
        with two:
            recoverable = percent(Commitment, "recoverable_fraction", now.commitment.recoverable_fraction)
        if not st.form_submit_button("Next", type="primary"):
            return None
    return {
        "current": {
            "hardware": hardware,
            "gpus": gpus,
            "precision": precision,
            "decoding": decoding,
            "price": {bill: price, "basis": basis},
            "utilization_fraction": utilization,
            "commitment": {"months_left": months, "recoverable_fraction": recoverable},
        }
    }


def _owners_rate(scenario: Scenario) -> float:
    """What own hardware costs an hour: the form asks for a bill, so the owner's cost stands in it."""
    return current_price(catalog(), scenario.current, scenario.finance).usd_per_gpu_hour


def _precision_id(scenario: Scenario) -> str:
    records, now = catalog(), scenario.current
    model = records.models[scenario.workload.model_id] if scenario.workload.model_id else None
    resolved = resolve_precision(records, now.precision, now.hardware, model)
    return family_name(records, resolved) if resolved else now.precision


def _legal_precisions(scenario: Scenario, hardware: str) -> dict[str, str]:
    """Only formats this GPU serves the model in; the words name the resolved format."""
    records = catalog()
    model = records.models[scenario.workload.model_id] if scenario.workload.model_id else None
    names = {}
    for name in precision_names(records):
        precision = resolve_precision(records, name, hardware, model)
        if precision is not None and legality(records, hardware, precision, model).legal:
            names[name] = records.precisions[precision].name
    return names
