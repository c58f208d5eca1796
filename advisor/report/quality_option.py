"""The quality of an option as plain data and as lines of text."""

from __future__ import annotations

from typing import Any

from advisor.quality import ClassVerdict, QualityVerdict
from advisor.quality.words import class_words


def quality_as_dict(quality: QualityVerdict) -> dict[str, Any]:
    """The quality of an option under its documented keys."""
    plan = quality.plan
    return {
        "status": quality.status,
        "reason": quality.reason,
        "classes": [_class_as_dict(item) for item in quality.classes],
        "kv_cache": [_class_as_dict(item) for item in quality.kv_cache],
        "output_length_ratio": quality.output_length_ratio,
        "plan": None
        if plan is None
        else {
            "sentence": plan.sentence,
            "gpu_hours": plan.gpu_hours,
            "tasks": [
                {
                    "task": task.task,
                    "class": task.task_class,
                    "items": task.items,
                    "needed_items": task.needed_items,
                    "repeats": task.repeats,
                    "gpu_hours": task.gpu_hours,
                }
                for task in plan.tasks
            ],
        },
    }


def _class_as_dict(item: ClassVerdict) -> dict[str, Any]:
    return {
        "class": item.task_class,
        "tolerance_points": item.tolerance_points,
        "status": item.status,
        "basis": item.basis,
        "low_points": item.low_points,
        "median_delta_points": item.median_delta_points,
        "high_points": item.high_points,
        "probability_within": item.probability_within,
        "pairs": item.pairs,
        "pairs_on_model": item.pairs_on_model,
        "estimated_errors": item.estimated_errors,
        "reason": item.reason,
        "own": [
            {
                "task": own.result.task,
                "verdict": own.judgement.verdict,
                "delta_points": own.result.delta_points,
                "low_points": own.judgement.low_points,
                "high_points": own.judgement.high_points,
                "sentence": own.sentence,
            }
            for own in item.own
        ],
        "rows": [pair.id for pair in item.rows],
        "sources": list(item.sources),
    }


def quality_lines(quality: QualityVerdict) -> list[str]:
    """The quality of an option, a line a class, the cache's line, and the plan."""
    lines = [f"  {class_words(item.task_class)}: {item.status}: {item.reason}" for item in quality.classes]
    lines += [f"  KV cache, {class_words(item.task_class)}: {item.status}: {item.reason}" for item in quality.kv_cache]
    if quality.output_length_ratio != 1:
        change = quality.output_length_ratio - 1
        lines.append(
            f"  your own results: answers are {abs(change):.1%} {'longer' if change > 0 else 'shorter'}, counted in the cost"
        )
    if quality.plan is not None:
        lines.append(f"  To settle it: {quality.plan.sentence}.")
    return lines
