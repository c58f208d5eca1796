"""Step 3: what a user must feel, and what loss of quality each task may show."""

from __future__ import annotations

from typing import Any, get_args

import streamlit as st

from advisor.scenario import Quality, Scenario, ScenarioTask, Targets, Task, Workload
from advisor.scenario_quality import TOLERANCE_PRESETS
from advisor.ui.fields import Sheet, choices_of
from advisor.ui.steps.evaluations import ask_evaluations

OWN = "own"
CACHES = {
    "recipe": "As the format's usual checkpoint has it",
    "bf16": "16-bit",
    "fp8": "FP8",
    "fp4": "4-bit",
}
CALIBRATIONS = {
    "ptq": "Calibrated after training (PTQ)",
    "qad": "Quantization-aware distillation",
    "own": "Our own recipe",
    "dynamic": "None (dynamic)",
}


def ask(scenario: Scenario, sheet: Sheet) -> dict[str, Any]:
    """Draw the step; its answers as changes to targets, tasks and quality."""
    workload = scenario.workloads[sheet.workload]
    path, targets = f"workloads[{sheet.workload}].", workload.targets
    one, two, three = st.columns(3)
    name = "interactivity_tok_s_per_user"
    with one:
        speed = sheet.number(Targets, name, f"{path}targets.{name}", targets.interactivity_tok_s_per_user, step=5)
    with two:
        ttft = sheet.number(Targets, "ttft_ms", f"{path}targets.ttft_ms", targets.ttft_ms, step=100)
    with three:
        percentiles = {value: f"{value} %" for value in choices_of(Targets, "percentile")}
        percentile = sheet.choose(
            f"{path}targets.percentile",
            "Percentile of both",
            percentiles,
            targets.percentile,
            help_text="50 is the median, as the catalog's runs state it.",
        )
    tasks = _ask_tasks(workload, path, sheet)
    one, two, three = st.columns(3, vertical_alignment="bottom")
    with one:
        calibration = sheet.choose("quality.calibration", "Calibration", CALIBRATIONS, scenario.quality.calibration)
    with two:
        cache = sheet.choose("quality.kv_cache", "KV cache of the candidate", CACHES, scenario.quality.kv_cache)
    with three:
        high_stakes = sheet.tick(Quality, "high_stakes", "quality.high_stakes", scenario.quality.high_stakes)
    ask_evaluations(scenario, tasks)
    return {
        "workloads": {
            sheet.workload: {
                "targets": {name: speed, "ttft_ms": ttft, "percentile": percentile},
                "tasks": tuple(tasks),
            }
        },
        "quality": {"high_stakes": high_stakes, "calibration": calibration, "kv_cache": cache},
    }


def _ask_tasks(workload: Workload, path: str, sheet: Sheet) -> list[dict[str, Any]]:
    known: dict[str, Task] = {task.task_class: task for task in workload.tasks}
    labels = {name: name.replace("_", " ") for name in get_args(ScenarioTask)}
    chosen = sheet.several(
        f"{path}tasks",
        "Tasks of this workload",
        labels,
        list(known),
        placeholder="name at least one",
        help_text="Quality is judged for each task on its own; nothing is averaged over them.",
    )
    tasks = []
    for place, name in enumerate(chosen):
        task = known.get(name) or Task(task_class="conversation", share_fraction=round(1 / len(chosen), 4))
        title, left, right = st.columns([1, 1, 2], vertical_alignment="bottom")
        with title:
            st.markdown(f"**{labels[name]}**")
        with left:
            share = sheet.percent(Task, "share_fraction", f"{path}tasks.{name}.share", task.share_fraction, step=5)
        with right:
            points = _ask_tolerance(task, f"{path}tasks.{name}", sheet)
        sheet.alias(f"{path}tasks[{place}].share_fraction", f"{path}tasks.{name}.share")
        sheet.alias(f"{path}tasks[{place}].tolerance_points", f"{path}tasks.{name}.tolerance")
        tasks.append({"class": name, "share_fraction": share, "tolerance_points": points})
    return tasks


def _ask_tolerance(task: Task, path: str, sheet: Sheet) -> float | None:
    """A named tolerance, or a figure of one's own."""
    bands = {name: f"{name.capitalize()}: {points:g} points" for name, points in TOLERANCE_PRESETS.items()} | {
        OWN: "Own figure"
    }
    given = next((name for name, points in TOLERANCE_PRESETS.items() if points == task.tolerance_points), OWN)
    left, right = st.columns(2)
    with left:
        help_text = Task.model_fields["tolerance_points"].description
        band = sheet.choose(f"{path}.band", "May lose", bands, given, help_text=help_text)
    if band != OWN:
        sheet.alias(f"{path}.tolerance", f"{path}.band")
        return TOLERANCE_PRESETS[band]
    with right:
        return sheet.number(Task, "tolerance_points", f"{path}.tolerance", task.tolerance_points, step=0.5)
