"""The scenario's part on quality: tasks with their tolerance, how a checkpoint came about, own evaluation results."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from advisor.catalog.records import RequestClass
from advisor.resolved_names import PrecisionName
from advisor.scenario_base import Part, field

ScenarioTask = RequestClass
TOLERANCE_PRESETS = {"strict": 1.0, "standard": 2.0, "relaxed": 3.0}
"""Named tolerances in points: the bands of arXiv 2504.04823 (lossless up to 1, fair up to 3) with a middle."""


class Task(Part):
    """One task class of the workload and the loss it may show, in points on its 0-100 scale."""

    task_class: ScenarioTask = field(label="Task class", alias="class")
    share_fraction: float = field(1.0, label="Share of requests", unit="fraction", gt=0, le=1)
    tolerance_points: float = field(
        2.0,
        label="Tolerance",
        unit="points",
        help="Largest loss on a 0-100 scale; a number, or strict (1), standard (2), relaxed (3).",
        gt=0,
        le=100,
    )

    model_config = ConfigDict(populate_by_name=True)

    @field_validator("tolerance_points", mode="before")
    @classmethod
    def _preset(cls, value: Any) -> Any:
        if isinstance(value, str):
            if value not in TOLERANCE_PRESETS:
                known = ", ".join(TOLERANCE_PRESETS)
                raise PydanticCustomError("preset", "must be a number of points, or one of {known}", {"known": known})
            return TOLERANCE_PRESETS[value]
        return value


class OwnResult(Part):
    """One own evaluation: candidate minus baseline on a task. ``advisor quality`` prints these from result files."""

    task_class: ScenarioTask = field(label="Task class", alias="class")
    task: str = field(label="Task", help="Name of the task in the harness.", min_length=1, max_length=100)
    format: PrecisionName = field(label="Candidate format")
    baseline: PrecisionName | None = field(None, label="Baseline format", help="Left out: today's.")
    baseline_points: float | None = field(None, label="Baseline score", unit="points", ge=0, le=100)
    delta_points: float = field(label="Difference", unit="points", help="Candidate minus baseline.", ge=-100, le=100)
    stderr_points: float | None = field(None, label="Standard error", unit="points", ge=0, le=100)
    items: int | None = field(None, label="Items", unit="items", ge=1, le=100_000_000)
    lost: int | None = field(None, label="Items lost", unit="items", help="Right before, wrong after; paired runs.", ge=0)
    gained: int | None = field(
        None, label="Items gained", unit="items", help="Wrong before, right after; paired runs.", ge=0
    )
    output_length_ratio: float | None = field(
        None, label="Answer length", unit="ratio", help="Mean answer length, candidate over baseline.", gt=0, le=20
    )
    kv_cache_only: bool = field(False, label="KV cache only", help="Only the KV cache was narrowed, not the model.")

    model_config = ConfigDict(populate_by_name=True)

    @model_validator(mode="after")
    def _consistent(self) -> OwnResult:
        if (self.lost is None) != (self.gained is None):
            raise PydanticCustomError("flips", "lost and gained are needed together", {})
        if (
            self.lost is not None
            and self.gained is not None
            and (self.items is None or self.lost + self.gained > self.items)
        ):
            raise PydanticCustomError("flips", "lost and gained need items, and cannot exceed them together", {})
        return self


class Quality(Part):
    """How the quality tolerance is judged."""

    high_stakes: bool = field(False, label="High stakes", help="Published evidence alone can then never pass.")
    calibration: Literal["ptq", "qad", "own", "dynamic"] = field(
        "ptq",
        label="Calibration",
        help="ptq: published, calibrated; qad: trained by distillation; own: quantized by you; dynamic: on the fly.",
    )
    kv_cache: Literal["recipe", "bf16", "fp8", "fp4"] = field(
        "recipe", label="KV cache of the candidate", help="recipe: as the format's usual checkpoint has it."
    )
    results: tuple[OwnResult, ...] = Field(
        default=(), title="Own results", description="They override published evidence for their task class.", max_length=200
    )
