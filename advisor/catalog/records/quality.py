"""Fitted numbers of the quality prior, and what is known of the tasks evaluations run."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from advisor.catalog.records.base import Fraction, Identifier, PartialDate, Positive, PositiveInt, Record, TaskClass


class EffectSpreads(Record):
    """Standard deviations of the prior's effects, in units of a format's severity."""

    source_fields: ClassVar[tuple[str, ...]] = ()

    format: Positive
    format_class: Positive
    calibration: Positive
    size_band: Positive
    baseline: Positive
    model: Positive
    model_format: Positive
    benchmark_format: Positive
    evaluator: Positive
    source: Positive


class QualityPriorFit(Record):
    """One fit of the prior on published pairs.

    ``mean`` is the loss in units of severity; severities are logs of points at 30 B parameters; ``noise`` is the log
    spread of one more benchmark of a class, in units of severity; ``weight`` holds pairs that count less because they
    lie far off.
    ``width_factor`` widens every scale so that left-out models are covered as they should be.
    """

    id: Identifier
    fitted_on: PartialDate
    source: Identifier
    mean: float
    severity: dict[str, float]
    severity_per_log_size: float
    severity_by_baseline: dict[str, float]
    effects: EffectSpreads
    noise: dict[str, float]
    stderr_fraction: Fraction
    typical_stderr_points: dict[str, float]
    tail_dof: float = Field(gt=2)
    skew: float
    width_factor: Positive = 1.0
    weight: dict[str, Fraction] = Field(default_factory=dict)


class EvalTask(Record):
    """A task of evaluation harnesses: its class, the guessing level, and what a run of it takes.

    ``id`` is the beginning of the task's name. ``repeats`` are runs an item needs with sampling; ``output_tokens`` is
    what an item's answer takes at most in planning.
    """

    id: Identifier
    task_class: TaskClass
    metric: str | None = None
    chance_points: float | None = Field(default=None, ge=0, lt=100)
    items: PositiveInt | None = None
    repeats: PositiveInt = 1
    output_tokens: PositiveInt | None = None
    suggest: bool = False
    aliases: tuple[str, ...] = ()
    source: Identifier
    note: str | None = None
