"""Step 1: model, request sizes, demand, of the workload the address names."""

from __future__ import annotations

from typing import Any

import streamlit as st

from advisor.presets import PRESETS, Preset
from advisor.scenario import CustomModel, CustomModelChoice, Scenario, Workload
from advisor.ui import state
from advisor.ui.fields import Sheet
from advisor.ui.mount import catalog, key
from advisor.ui.steps.demand import UTILIZATION, ask_demand
from advisor.ui.text import escape

OWN = "own"
STOPS = (128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536, 131072)
CUSTOM_START = {"total_params_b": 70.0, "active_params_b": 70.0, "layers": 80, "kv_values_per_token": 163840}
"""A dense 70 B model with eight key-value heads, to be typed over."""


def ask(scenario: Scenario, sheet: Sheet) -> dict[str, Any]:
    """Draw the step; its answers as changes to one workload."""
    workload, path = scenario.workloads[sheet.workload], f"workloads[{sheet.workload}]."
    _presets(sheet.workload)
    model = _ask_model(workload, path, sheet)
    exact = st.toggle("Type exact request sizes", key=key(f"workload.{sheet.generation}.exact"))
    left, right = st.columns(2)
    tokens: dict[str, Any] = {}
    for column, name in ((left, "input_tokens"), (right, "output_tokens")):
        with column:
            value = getattr(workload, name)
            if exact:
                tokens[name] = sheet.number(Workload, name, path + name, value, step=256)
            else:
                tokens[name] = sheet.slider(Workload, name, path + name, _on_scale(sheet, path + name, value), STOPS)
    demand = ask_demand(workload, f"{path}demand", sheet, alone=len(scenario.workloads) == 1)
    more = {}
    with st.expander("Growth and prefix cache"):
        for column, name in zip(st.columns(2), ("growth_per_year_fraction", "prefix_cache_hit_fraction"), strict=True):
            with column:
                more[name] = sheet.percent(Workload, name, path + name, getattr(workload, name))
    known = {name: value for name, value in {**tokens, **more}.items() if value is not None}
    return {"workloads": {sheet.workload: {"model": model, "demand": demand, **known}}}


def follows_from_utilization(sheet: Sheet) -> bool:
    """Whether the demand is to be derived from the fleet of the next step."""
    return sheet.step == "workload" and not sheet.one_of_many and sheet.draft.get("workloads[0].demand") == UTILIZATION


def _on_scale(sheet: Sheet, path: str, value: int) -> int:
    """The slider's place: a size typed as half a token stays with the exact field."""
    typed = sheet.draft.get(path)
    if typed is None or not float(typed).is_integer() or typed < 1:
        sheet.draft[path] = value
        return value
    sheet.draft[path] = int(typed)
    return int(typed)


def _presets(number: int) -> None:
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
                args=(preset, number),
                width="stretch",
            )


def _apply(preset: Preset, number: int) -> None:
    """Lay a preset over one workload; what else was typed stays in its draft."""
    known = state.session()
    changes = preset.as_workload()
    drafts, path = known.drafts, f"workloads[{number}]."
    kept = {place: value for place, value in drafts.get("workload", {}).items() if place.removeprefix(path) not in changes}
    state.replace_scenario(known, state.with_answers(known.scenario, {"workloads": {number: changes}}))
    known.drafts = {**{step: draft for step, draft in drafts.items() if step != "targets"}, "workload": kept}


def _ask_model(workload: Workload, path: str, sheet: Sheet) -> Any:
    records = catalog()
    names = {}
    for model in records.models.values():
        measured = "measured" if model.id in records.workloads_by_model else "not measured yet"
        names[model.id] = f"{model.name} ({model.total_params_b:g} B, {measured})"
    ordered = dict(sorted(names.items(), key=lambda item: "not measured" in item[1]))
    ordered[OWN] = "My own model, by parameters"
    chosen = sheet.choose(
        f"{path}model", "Model (type to search)", ordered, workload.model_id or OWN, help_text="Measured models come first."
    )
    return _ask_custom(workload, f"{path}model.custom", sheet) if chosen == OWN else chosen


def _ask_custom(workload: Workload, path: str, sheet: Sheet) -> dict[str, Any]:
    records = catalog()
    known = workload.model.custom if isinstance(workload.model, CustomModelChoice) else None
    answers: dict[str, Any] = {}
    columns = st.columns(len(CUSTOM_START) + 1)
    steps = {"total_params_b": 10.0, "active_params_b": 10.0, "layers": 1.0, "kv_values_per_token": 1024.0}
    for column, (name, start) in zip(columns, CUSTOM_START.items(), strict=False):
        with column:
            value = getattr(known, name) if known else start
            answers[name] = sheet.number(CustomModel, name, f"{path}.{name}", value, step=steps[name])
    for name in ("total_params_b", "active_params_b"):
        answers[name] = None if answers[name] is None else float(answers[name])
    with columns[-1]:
        formats = {precision.id: precision.name for precision in records.precisions.values()}
        start_format = known.native_precision if known else "bf16"
        answers["native_precision"] = sheet.choose(f"{path}.native_precision", "Native precision", formats, start_format)
    st.caption(
        "Cached values per token: 2 × layers × key-value heads × head size, from the model's config.json. "
        "Nobody has measured your model, so every figure for it is an estimate and says so."
    )
    sheet.slot(path)
    return {"custom": answers}
