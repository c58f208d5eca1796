"""Step 1: model, request sizes, demand."""

from __future__ import annotations

from typing import Any

import streamlit as st

from advisor.presets import PRESETS, Preset
from advisor.scenario import CustomModel, CustomModelChoice, Demand, Scenario, Workload
from advisor.ui import state
from advisor.ui.fields import Sheet
from advisor.ui.mount import catalog, key
from advisor.ui.text import escape

OWN = "own"
STOPS = (128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536, 131072)
UNITS = {
    "requests": "Requests per second",
    "tokens": "Tokens per day",
    "users": "Active users",
    "utilization": "From today's utilization",
}
PATH = "workloads[0]."
CUSTOM_START = {"total_params_b": 70.0, "active_params_b": 70.0, "layers": 80, "kv_values_per_token": 163840}
"""A dense 70 B model with eight key-value heads, to be typed over."""


def ask(scenario: Scenario, sheet: Sheet) -> dict[str, Any]:
    """Draw the step; its answers as changes to the first workload."""
    workload = scenario.workload
    _presets()
    model = _ask_model(scenario, sheet)
    exact = st.toggle("Type exact request sizes", key=key(f"workload.{sheet.generation}.exact"))
    left, right = st.columns(2)
    tokens: dict[str, Any] = {}
    for column, name in ((left, "input_tokens"), (right, "output_tokens")):
        with column:
            value = getattr(workload, name)
            if exact:
                tokens[name] = sheet.number(Workload, name, PATH + name, value, step=256)
            else:
                tokens[name] = sheet.slider(Workload, name, PATH + name, _on_scale(sheet, PATH + name, value), STOPS)
    demand = _ask_demand(workload.demand or Demand(), _unit_of(workload), sheet)
    with st.expander("Growth and prefix cache"):
        left, right = st.columns(2)
        with left:
            growth = sheet.percent(
                Workload, "growth_per_year_fraction", PATH + "growth_per_year_fraction", workload.growth_per_year_fraction
            )
        with right:
            hits = sheet.percent(
                Workload, "prefix_cache_hit_fraction", PATH + "prefix_cache_hit_fraction", workload.prefix_cache_hit_fraction
            )
    changes = {**tokens, "growth_per_year_fraction": growth, "prefix_cache_hit_fraction": hits}
    known = {name: value for name, value in changes.items() if value is not None}
    return {"workload": {"model": model, "demand": demand, **known}}


def follows_from_utilization(sheet: Sheet) -> bool:
    """Whether the demand is to be derived from the fleet of the next step."""
    return sheet.step == "workload" and sheet.draft.get(PATH + "demand") == "utilization"


def _on_scale(sheet: Sheet, path: str, value: int) -> int:
    """The slider's place: a size typed as half a token stays with the exact field."""
    typed = sheet.draft.get(path)
    if typed is None or not float(typed).is_integer() or typed < 1:
        sheet.draft[path] = value
        return value
    sheet.draft[path] = int(typed)
    return int(typed)


def _presets() -> None:
    st.markdown("Start from a kind of traffic, or set the fields yourself:")
    columns = st.columns(len(PRESETS))
    for column, preset in zip(columns, PRESETS.values(), strict=True):
        with column:
            size = f"{preset.input_tokens:,} in, {preset.output_tokens:,} out, {preset.interactivity_tok_s_per_user:g} tok/s"
            st.button(
                preset.name,
                key=key(f"preset.{preset.id}"),
                help=escape(f"{preset.meaning}. {size}."),
                on_click=_apply,
                args=(preset,),
                width="stretch",
            )


def _apply(preset: Preset) -> None:
    known = state.session()
    changed = state.with_answers(known.scenario, {"workload": preset.as_workload()})
    state.replace_scenario(known, changed)


def _ask_model(scenario: Scenario, sheet: Sheet) -> Any:
    records, workload = catalog(), scenario.workload
    names = {}
    for model in records.models.values():
        measured = "measured" if model.id in records.workloads_by_model else "not measured yet"
        names[model.id] = f"{model.name} ({model.total_params_b:g} B, {measured})"
    ordered = dict(sorted(names.items(), key=lambda item: "not measured" in item[1]))
    ordered[OWN] = "My own model, by parameters"
    chosen = sheet.choose(
        PATH + "model", "Model (type to search)", ordered, workload.model_id or OWN, help_text="Measured models come first."
    )
    return _ask_custom(workload, sheet) if chosen == OWN else chosen


def _ask_custom(workload: Workload, sheet: Sheet) -> dict[str, Any]:
    records = catalog()
    known = workload.model.custom if isinstance(workload.model, CustomModelChoice) else None
    answers: dict[str, Any] = {}
    columns = st.columns(len(CUSTOM_START) + 1)
    steps = {"total_params_b": 10.0, "active_params_b": 10.0, "layers": 1.0, "kv_values_per_token": 1024.0}
    for column, (name, start) in zip(columns, CUSTOM_START.items(), strict=False):
        with column:
            value = getattr(known, name) if known else start
            answers[name] = sheet.number(CustomModel, name, f"{PATH}model.custom.{name}", value, step=steps[name])
    for name in ("total_params_b", "active_params_b"):
        answers[name] = None if answers[name] is None else float(answers[name])
    with columns[-1]:
        formats = {precision.id: precision.name for precision in records.precisions.values()}
        start_format = known.native_precision if known else "bf16"
        answers["native_precision"] = sheet.choose(
            f"{PATH}model.custom.native_precision", "Native precision", formats, start_format
        )
    st.caption(
        "Cached values per token: 2 × layers × key-value heads × head size, from the model's config.json. "
        "Nobody has measured your model, so every figure for it is an estimate and says so."
    )
    sheet.slot(f"{PATH}model.custom")
    return {"custom": answers}


def _unit_of(workload: Workload) -> str:
    demand = workload.demand
    if demand is None or not demand.is_given:
        return "utilization"
    if demand.tokens_per_day is not None:
        return "tokens"
    return "users" if demand.active_users is not None else "requests"


def _ask_demand(demand: Demand, unit: str, sheet: Sheet) -> dict[str, Any]:
    chosen = sheet.radio(
        PATH + "demand", "Demand given as", UNITS, unit, help_text="The last one derives it from the fleet of the next step."
    )
    fields = {
        "requests": {"requests_per_second_mean": 0.5},
        "tokens": {"tokens_per_day": 1e8},
        "users": {"active_users": 10.0, "requests_per_user_minute": 0.1},
        "utilization": {},
    }[chosen]
    columns = st.columns(len(fields) + 1)
    answers: dict[str, Any] = {}
    for column, (name, step) in zip(columns, {**fields, "peak_to_mean_ratio": 0.1}.items(), strict=True):
        with column:
            answers[name] = sheet.number(Demand, name, f"{PATH}demand.{name}", getattr(demand, name), step=step)
    if demand.profile_24h:
        st.caption(f"The scenario's profile of a day sets the peak: {demand.peak_ratio:.2f} times the mean.")
        answers["profile_24h"] = demand.profile_24h
    return {name: value for name, value in answers.items() if value is not None}
