"""A comparison of two evaluation arms as text and as plain data."""

from __future__ import annotations

from typing import Any

from advisor.quality.compare import Comparison, TaskComparison
from advisor.quality.words import own_sentence
from advisor.report.tables import table

SCHEMA = 1
NUMBER_COLUMNS = frozenset({0, 1, 9})


def comparison_text(comparison: Comparison) -> str:
    """Verdict first, then the table, then what each task says and what would settle it."""
    tolerances = sorted({task.tolerance_points for task in comparison.tasks})
    held = ", ".join(f"{value:g}" for value in tolerances) or "none"
    lines = [
        f"{comparison.verdict}: {comparison.candidate.model or 'candidate'} against "
        f"{comparison.baseline.model or 'baseline'}, tolerance {held} points, one-sided {1 - comparison.risk.alpha:.0%}",
        "",
        *table(HEADER, [_row(task) for task in comparison.tasks], NUMBER_COLUMNS),
        "",
        *(f"  {own_sentence(task)}" for task in comparison.tasks),
    ]
    for task in comparison.tasks:
        lines += [f"  {task.task}: {note}" for note in task.notes]
        if task.mcnemar_p is not None and task.difference is not None and task.difference.flips is not None:
            flips = task.difference.flips
            lines.append(
                f"  {task.task}: {flips.lost} items lost, {flips.gained} gained of {flips.items:,}; any difference at all: "
                f"exact McNemar p = {task.mcnemar_p:.3f}"
            )
    lines += [f"  both arms: {note}" for note in comparison.notes]
    return "\n".join(lines)


HEADER = ("task", "metric", "n", "base", "cand.", "delta", "SE", "low", "high", "verdict")


def _row(task: TaskComparison) -> tuple[str, ...]:
    def number(value: float | None) -> str:
        return "-" if value is None else f"{value:.2f}"

    difference = task.difference
    return (
        task.task,
        ",".join(part for part in (task.metric, task.filter) if part and part != "none") or "-",
        "-" if task.items is None else f"{task.items:,}",
        number(task.baseline_points),
        number(task.candidate_points),
        number(difference.delta_points if difference else None),
        number(difference.stderr_points if difference else None),
        number(task.judgement.low_points),
        number(task.judgement.high_points),
        task.verdict,
    )


def comparison_as_dict(comparison: Comparison, entries: list[dict[str, Any]]) -> dict[str, Any]:
    """A comparison under its documented keys; ``entries`` are the results as a scenario takes them."""
    return {
        "schema": SCHEMA,
        "verdict": comparison.verdict,
        "alpha": comparison.risk.alpha,
        "power": comparison.risk.power,
        "baseline": {"model": comparison.baseline.model, "files": list(comparison.baseline.files)},
        "candidate": {"model": comparison.candidate.model, "files": list(comparison.candidate.files)},
        "harness": comparison.baseline.harness,
        "harness_version": comparison.baseline.harness_version,
        "notes": list(comparison.notes),
        "tasks": [_task_as_dict(task) for task in comparison.tasks],
        "scenario_results": entries,
    }


def _task_as_dict(task: TaskComparison) -> dict[str, Any]:
    difference, judgement = task.difference, task.judgement
    flips = difference.flips if difference else None
    return {
        "task": task.task,
        "class": task.task_class,
        "metric": task.metric,
        "filter": task.filter,
        "verdict": task.verdict,
        "tolerance_points": task.tolerance_points,
        "items": task.items,
        "paired": difference.paired if difference else None,
        "baseline_points": task.baseline_points,
        "candidate_points": task.candidate_points,
        "delta_points": difference.delta_points if difference else None,
        "stderr_points": difference.stderr_points if difference else None,
        "low_points": judgement.low_points,
        "high_points": judgement.high_points,
        "needed_items_unpaired": task.needed_unpaired,
        "needed_items_paired": task.needed_paired,
        "lost": flips.lost if flips else None,
        "gained": flips.gained if flips else None,
        "mcnemar_p": task.mcnemar_p,
        "output_length_ratio": task.output_length_ratio,
        "sentence": own_sentence(task),
        "reason": task.reason,
        "notes": list(task.notes),
    }
