"""Quality pairs, engine support, checkpoints."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from advisor.catalog.records.base import Identifier, PartialDate, Positive, PositiveInt, Record, SizeBand, TaskClass


class QualityPair(Record):
    """One published (model, format, benchmark) pair; ``delta_points`` is candidate minus baseline, on 0-100."""

    id: Identifier
    model: str
    total_params_b: Positive | None = None
    active_params_b: Positive | None = None
    moe: bool | None = None
    size_band: SizeBand | None = None
    format: Identifier
    weights: str
    activations: str
    kv_cache: str | None = None
    calibration: str | None = None
    calibration_family: str | None = None
    benchmark: Identifier
    variant: str | None = None
    task_class: TaskClass
    metric: str | None = None
    baseline_precision: str
    baseline_score: float
    candidate_score: float
    delta_points: float
    items: PositiveInt | None = None
    items_basis: str | None = None
    repeats: str | None = None
    stderr_baseline_points: float | None = Field(default=None, ge=0)
    stderr_candidate_points: float | None = Field(default=None, ge=0)
    stderr_delta_points: float | None = Field(default=None, ge=0)
    pairing: Identifier
    evaluator: Identifier
    hardware: str | None = None
    usable: bool
    flags: str | None = None
    as_of: PartialDate | None = None
    note: str | None = None
    source: Identifier
    source_detail: str | None = None


class EngineSupport(Record):
    """What an engine's documentation, wheel or issue tracker says about a format on a GPU."""

    id: Identifier
    engine: Identifier
    version_from: str | None = None
    format: str
    compute_target: str
    gpus: str
    support: str
    evidence_kind: str
    as_of: PartialDate | None = None
    note: str | None = None
    source: Identifier
    source_detail: str | None = None


class Checkpoint(Record):
    """A published FP4 checkpoint; ``evidence`` says whether its card was read or its name only met."""

    id: Identifier
    publisher: str
    base_model: str
    model: Identifier | None = None
    total_params_b: Positive | None = None
    moe: bool | None = None
    format: Identifier
    recipe: str
    calibration: str | None = None
    published: str | None = None
    evidence: Literal["read", "mentioned"]
    note: str | None = None
    source: Identifier
