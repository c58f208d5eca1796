"""Step 1: model, request sizes, demand."""

from __future__ import annotations

from typing import Any

import streamlit as st

from advisor.scenario import Demand, Scenario, Workload
from advisor.ui.fields import choose, number
from advisor.ui.state import catalog

UNITS = {
    "requests": "Requests per second",
    "tokens": "Tokens per day",
    "users": "Active users",
    "utilization": "From utilization",
}


def ask(scenario: Scenario) -> dict[str, Any] | None:
    """Draw the step; what was submitted as changes to the first workload, or None."""
    records, workload = catalog(), scenario.workload
    demand = workload.demand or Demand()
    unit = choose(
        "Demand given as", UNITS, _unit_of(workload), help_text="From utilization: today's fleet and how busy it is."
    )
    with st.form("workload"):
        measured = {
            model.id: f"{model.name} ({model.total_params_b:g} B, measured)"
            for model in records.models.values()
            if model.id in records.workloads_by_model
        }
        others = {
            m.id: f"{m.name} ({m.total_params_b:g} B, not measured yet)"
            for m in records.models.values()
            if m.id not in measured
        }
        model = choose("Model", {**measured, **others}, workload.model_id)
        left, right = st.columns(2)
        with left:
            input_tokens = number(Workload, "input_tokens", workload.input_tokens, step=256)
        with right:
            output_tokens = number(Workload, "output_tokens", workload.output_tokens, step=256)
        st.caption("Measured request sizes: " + _measured_sizes(model))
        volume = _ask_volume(unit, demand)
        volume["peak_to_mean_ratio"] = number(Demand, "peak_to_mean_ratio", demand.peak_to_mean_ratio, step=0.1)
        if not st.form_submit_button("Next", type="primary"):
            return None
    changes = {"model": model, "input_tokens": input_tokens, "output_tokens": output_tokens, "demand": volume}
    return {"workload": {key: value for key, value in changes.items() if value is not None}}


def _measured_sizes(model: str) -> str:
    sizes = catalog().workloads_by_model.get(model, ())
    return ", ".join(f"{isl:,} in / {osl:,} out" for isl, osl in sizes) or "none for this model"


def _unit_of(workload: Workload) -> str:
    demand = workload.demand
    if demand is None or not demand.is_given:
        return "utilization"
    if demand.tokens_per_day is not None:
        return "tokens"
    return "users" if demand.active_users is not None else "requests"


def _ask_volume(unit: str, demand: Demand) -> dict[str, Any]:
    if unit == "requests":
        value = number(Demand, "requests_per_second_mean", demand.requests_per_second_mean, step=0.5)
        return {"requests_per_second_mean": value}
    if unit == "tokens":
        return {"tokens_per_day": number(Demand, "tokens_per_day", demand.tokens_per_day, step=1e6)}
    if unit == "users":
        users = number(Demand, "active_users", demand.active_users, step=10)
        return {
            "active_users": users,
            "requests_per_user_minute": number(
                Demand, "requests_per_user_minute", demand.requests_per_user_minute, step=0.1
            ),
        }
    st.caption("The demand will follow from the GPUs and the utilization of the next step.")
    return {}
