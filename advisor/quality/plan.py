"""The pilot's evaluation: which tasks, how many items and repeats, and about how many GPU-hours for both arms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from advisor.catalog import Catalog
from advisor.catalog.records import EvalTask
from advisor.quality.compare import risk_of
from advisor.quality.statistics import needed_paired
from advisor.units import SECONDS_PER_HOUR

ARMS = 2


@dataclass(frozen=True)
class PlannedTask:
    """One task of the plan. ``items`` are what a paired run needs for the tolerance, at most those the set holds.

    ``needed_items`` above ``items`` means that the set alone cannot settle the tolerance.
    """

    task: str
    task_class: str
    tolerance_points: float
    items: int
    needed_items: int
    repeats: int
    output_tokens: int
    gpu_hours: float | None


@dataclass(frozen=True)
class EvalPlan:
    """Tasks to run on both arms with per-item logs. ``gpu_hours`` None: no throughput to size them with."""

    tasks: tuple[PlannedTask, ...]
    gpu_hours: float | None
    sentence: str


def eval_plan(
    catalog: Catalog,
    classes: Sequence[tuple[str, float]],
    input_tokens: int,
    output_tokens: int,
    tok_s_per_gpu: float | None,
) -> EvalPlan | None:
    """Plan a paired evaluation.

    Args:
        catalog: the tasks and assumptions.
        classes: task classes that are open, with their tolerance in points.
        input_tokens: of a request of the workload, counted for every item: prompts with shots are long.
        output_tokens: of a request, where the task has no planning value of its own.
        tok_s_per_gpu: throughput of the candidate, input and output, at its operating point; the baseline is taken alike.

    Returns:
        The plan, or None for no classes.
    """
    tasks = [
        planned
        for task_class, tolerance in classes
        for planned in _class_plan(catalog, task_class, tolerance, (input_tokens, output_tokens), tok_s_per_gpu)
    ]
    if not tasks:
        return None
    hours = [task.gpu_hours for task in tasks]
    total = None if tok_s_per_gpu is None else sum(hour for hour in hours if hour is not None)
    return EvalPlan(tuple(tasks), total, _sentence(tasks, total))


def _class_plan(
    catalog: Catalog, task_class: str, tolerance: float, tokens: tuple[int, int], tok_s_per_gpu: float | None
) -> list[PlannedTask]:
    """Suggested tasks of a class, largest set last, until their items together settle the tolerance."""
    needed = needed_paired(50.0, catalog.assume("quality_flipped_fraction"), tolerance, risk_of(catalog))
    suggested = [task for task in catalog.eval_tasks.values() if task.task_class == task_class and task.suggest]
    large = [task for task in suggested if (task.items or 0) >= needed]
    chosen = (
        [min(large, key=lambda task: task.items or 0)]
        if large
        else sorted(suggested, key=lambda task: -(task.items or 0))[:2]
    )
    return [_planned(task, tolerance, needed, tokens, tok_s_per_gpu) for task in chosen]


def _planned(
    task: EvalTask, tolerance: float, needed: int, tokens: tuple[int, int], tok_s_per_gpu: float | None
) -> PlannedTask:
    items = min(needed, task.items or needed)
    output = task.output_tokens or tokens[1]
    total = ARMS * items * task.repeats * (tokens[0] + output)
    hours = None if tok_s_per_gpu is None else total / tok_s_per_gpu / SECONDS_PER_HOUR
    return PlannedTask(task.id, task.task_class, tolerance, items, needed, task.repeats, output, hours)


def _sentence(tasks: Sequence[PlannedTask], hours: float | None) -> str:
    parts = [
        f"{task.items:,} items of {task.task}" + (f" ({task.repeats} runs each)" if task.repeats > 1 else "")
        for task in tasks
    ]
    short = [task for task in tasks if task.items < task.needed_items]
    cost = "" if hours is None else f", about {max(1, ceil(hours)):,} GPU-hours" if hours >= 1 else ", under 1 GPU-hour"
    text = f"Run both formats on {', '.join(parts)}, with per-item logs{cost}"
    if short:
        needed = max(task.needed_items for task in short)
        text += f"; {needed:,} items a class settle the tolerance, so add items of your own"
    return text
