"""Step 3: what a user must feel, and what loss of quality each task may show."""

from __future__ import annotations

from typing import Any, get_args

import streamlit as st

from advisor.scenario import Quality, Scenario, ScenarioTask, Targets, Task
from advisor.ui.fields import number, percent
from advisor.units import MS_PER_S, SECONDS_PER_MINUTE

WORDS_PER_TOKEN = 0.75


def ask(scenario: Scenario) -> dict[str, Any] | None:
    """Draw the step; what was submitted as changes to targets, tasks and quality, or None."""
    workload = scenario.workload
    known = {task.task_class: task for task in workload.tasks}
    labels = {name: name.replace("_", " ") for name in get_args(ScenarioTask)}
    chosen = st.multiselect("Tasks of this workload", list(labels), list(known), format_func=lambda name: labels[name])
    with st.form("targets"):
        left, right = st.columns(2)
        with left:
            speed = number(Targets, "interactivity_tok_s_per_user", workload.targets.interactivity_tok_s_per_user, step=5)
            rate = workload.targets.interactivity_tok_s_per_user
            words = rate * WORDS_PER_TOKEN * SECONDS_PER_MINUTE
            st.caption(f"{rate:g} tok/s is {MS_PER_S / rate:.0f} ms per token, about {words:,.0f} words a minute")
        with right:
            ttft = number(Targets, "ttft_ms", workload.targets.ttft_ms, step=100)
        tasks = [_ask_task(name, labels[name], known.get(name), len(chosen)) for name in chosen]
        high_stakes = st.checkbox(
            "High stakes", value=scenario.quality.high_stakes, help=Quality.model_fields["high_stakes"].description
        )
        if not st.form_submit_button("Next", type="primary"):
            return None
    return {
        "workload": {"targets": {"interactivity_tok_s_per_user": speed, "ttft_ms": ttft}, "tasks": tuple(tasks)},
        "quality": {"high_stakes": high_stakes},
    }


def _ask_task(name: str, label: str, task: Task | None, count: int) -> dict[str, Any]:
    left, right = st.columns(2)
    default = task or Task(task_class="conversation", share_fraction=round(1 / count, 4))
    with left:
        st.markdown(f"**{label}**")
        share = percent(Task, "share_fraction", default.share_fraction, step=5, key=f"share_{name}")
    with right:
        st.markdown("&nbsp;")
        tolerance = number(Task, "tolerance_points", default.tolerance_points, step=0.5, key=f"tolerance_{name}")
    return {"class": name, "share_fraction": share, "tolerance_points": tolerance}
