"""Whether a number format keeps within the buyer's tolerance, per task class, from published pairs.

Published evidence can let a format through as *unproven*; only the buyer's own run can prove it. No evidence is
*unknown*, never a pass.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from typing import Literal

from advisor.catalog import Catalog
from advisor.catalog.records import Model, Precision, QualityPair, SizeBand
from advisor.scenario import Task

QualityStatus = Literal["unchanged", "unproven", "unknown", "fails"]
SEVERITY: tuple[QualityStatus, ...] = ("unchanged", "unproven", "unknown", "fails")

SIZE_BANDS: tuple[tuple[float, SizeBand], ...] = ((10, "under_10b"), (40, "10_to_40b"), (150, "40_to_150b"))


@dataclass(frozen=True)
class ClassVerdict:
    """What is known of one task class: published pairs, their median change, and the tolerance it is held to."""

    task_class: str
    tolerance_points: float
    status: QualityStatus
    pairs: int
    median_delta_points: float | None
    reason: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class QualityVerdict:
    """Verdicts of all classes in the mix; the worst decides, and nothing is averaged over classes."""

    status: QualityStatus
    reason: str
    classes: tuple[ClassVerdict, ...]


def size_band(total_params_b: float) -> SizeBand:
    """The size band a model falls into, by total parameters."""
    for below, band in SIZE_BANDS:
        if total_params_b < below:
            return band
    return "over_150b"


def judge(
    catalog: Catalog, model: Model | None, total_params_b: float, now: Precision, then: Precision, tasks: Iterable[Task]
) -> QualityVerdict:
    """Judge a change of format for every task class of the mix.

    Args:
        catalog: where the published pairs stand.
        model: the catalog's record, None for a custom model.
        total_params_b: size of the model, billion parameters.
        now: today's format.
        then: the candidate's format.
        tasks: classes with their tolerance in points.
    """
    unchanged = _why_unchanged(model, now, then)
    if unchanged is not None:
        return QualityVerdict("unchanged", unchanged, ())
    band = size_band(total_params_b)
    classes = tuple(_judge_class(catalog.quality, then, task, band) for task in tasks)
    worst = max(classes, key=lambda verdict: SEVERITY.index(verdict.status))
    return QualityVerdict(worst.status, worst.reason, classes)


def _why_unchanged(model: Model | None, now: Precision, then: Precision) -> str | None:
    if then.id == now.id:
        return f"same format as today ({then.name})"
    if model is not None and model.native_precision == then.id:
        return f"{then.name} is the format the model is published in"
    if then.weight_bits >= now.weight_bits and then.activation_bits >= now.activation_bits:
        return f"{then.name} is no narrower than today's {now.name}"
    return None


def _judge_class(pairs: Iterable[QualityPair], then: Precision, task: Task, band: SizeBand) -> ClassVerdict:
    rows = [
        pair
        for pair in pairs
        if pair.usable
        and pair.task_class == task.task_class
        and pair.size_band == band
        and pair.format in then.evidence_formats
    ]
    label = task.task_class.replace("_", " ")
    if not rows:
        reason = f"no published pair for {then.name} on {label} in this model size"
        return ClassVerdict(task.task_class, task.tolerance_points, "unknown", 0, None, reason, ())
    middle = median(pair.delta_points for pair in rows)
    within = middle >= -task.tolerance_points
    status: QualityStatus = "unproven" if within else "fails"
    pairs_word = "pair" if len(rows) == 1 else "pairs"
    found = f"{len(rows)} published {pairs_word} on {label} in this model size: median {middle:+.1f} points"
    verdict = "within" if within else "beyond"
    reason = f"{found}, {verdict} the tolerance of {task.tolerance_points:g}; not shown on your model and data"
    sources = tuple(dict.fromkeys(pair.source for pair in rows))
    return ClassVerdict(task.task_class, task.tolerance_points, status, len(rows), middle, reason, sources)
