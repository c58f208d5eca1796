"""Comparisons as the results a scenario holds, so that own evaluations enter a recommendation and its link."""

from __future__ import annotations

from typing import Any, get_args

from advisor.catalog import Catalog
from advisor.catalog.names import normalized
from advisor.quality.compare import Comparison, TaskComparison
from advisor.quality.runs import Arm
from advisor.scenario_quality import OwnResult, ScenarioTask

NAME_MARKS = (
    ("nvfp4", "nvfp4"),
    ("mxfp4", "mxfp4"),
    ("w4a16", "int4"),
    ("int4", "int4"),
    ("awq", "int4"),
    ("w8a8", "int8"),
    ("fp8", "fp8"),
    ("fp4", "nvfp4"),
)
"""Marks in a model's name or arguments, and the format they usually stand for."""


def format_of(catalog: Catalog, arm: Arm) -> str | None:
    """The format an arm's name or arguments suggest; None where they tell nothing (``dtype`` auto tells nothing)."""
    told = normalized(f"{arm.arguments.get('quantization', '')} {arm.model or ''}")
    return next((name for mark, name in NAME_MARKS if mark in told and name in catalog.precisions), None)


def scenario_entries(
    catalog: Catalog, comparison: Comparison, baseline_format: str | None, candidate_format: str | None
) -> list[dict[str, Any]]:
    """Every comparable task of a known class as an entry of ``quality.results``.

    Args:
        catalog: for format names.
        comparison: both arms.
        baseline_format: as declared; None: today's format, whatever the scenario says.
        candidate_format: as declared; None: what the candidate's name suggests, else None in the entry.
    """
    name = candidate_format or format_of(catalog, comparison.candidate)
    return [
        _entry(task, name, baseline_format)
        for task in comparison.tasks
        if task.verdict != "NOT COMPARABLE" and task.task_class in get_args(ScenarioTask)
    ]


def _entry(task: TaskComparison, name: str | None, baseline: str | None) -> dict[str, Any]:
    difference = task.difference
    assert difference is not None  # comparable tasks have one
    flips = difference.flips

    def rounded(value: float | None) -> float | None:
        return None if value is None else round(value, 4)

    entry = {
        "class": task.task_class,
        "task": task.task,
        "format": name,
        "baseline": baseline,
        "baseline_points": rounded(task.baseline_points),
        "delta_points": rounded(difference.delta_points),
        "stderr_points": rounded(difference.stderr_points),
        "items": difference.items,
        "lost": flips.lost if flips else None,
        "gained": flips.gained if flips else None,
        "output_length_ratio": rounded(task.output_length_ratio),
    }
    return {key: value for key, value in entry.items() if value is not None or key == "format"}


def own_results(
    comparison: Comparison, candidate_format: str, baseline_format: str | None, catalog: Catalog
) -> tuple[OwnResult, ...]:
    """The same as scenario records, for callers in Python (the wizard)."""
    entries = scenario_entries(catalog, comparison, baseline_format, candidate_format)
    return tuple(OwnResult.model_validate(entry, context={"catalog": catalog}) for entry in entries)
