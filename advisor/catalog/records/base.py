"""What all records share: field types, strictness, sources and assumptions."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

PartialDate = Annotated[str, Field(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")]
"""A day, a month or a year, as exact as the source is: 2026-11-22, 2026-11, 2026."""

Identifier = Annotated[str, Field(min_length=1, pattern=r"^\S+$")]
Positive = Annotated[float, Field(gt=0)]
PositiveInt = Annotated[int, Field(gt=0)]
Fraction = Annotated[float, Field(ge=0, le=1)]

Decoding = Literal["none", "mtp"]
PriceBasis = Literal["on_demand", "spot", "reserved_1y", "reserved_3y", "capacity_block", "owner_cost"]
Confidence = Literal["high", "medium", "low"]
SizeBand = Literal["under_10b", "10_to_40b", "40_to_150b", "over_150b"]
RequestClass = Literal[
    "conversation",
    "summarization",
    "classification",
    "code",
    "factual_qa",
    "reasoning_math",
    "long_context",
    "agentic_tools",
]
TaskClass = Literal[RequestClass, "mixed"]
"""What a benchmark measures: one class of requests, or several in one score."""
SupportLevel = Literal["native", "weight_only", "none"]


class Record(BaseModel):
    """Base of every record: frozen, no unknown fields, no silent conversion, no NaN."""

    # deferred: a record type is compiled when the first of its records is read, not when the package is imported
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, defer_build=True)

    source_fields: ClassVar[tuple[str, ...]] = ("source",)

    def source_ids(self) -> tuple[str, ...]:
        """Ids of the sources this record names."""
        values = [getattr(self, field) for field in self.source_fields]
        return tuple(name for value in values for name in ((value,) if isinstance(value, str) else value))


class Source(Record):
    """Where figures come from. ``licence`` and ``address`` are None where the source states none."""

    source_fields: ClassVar[tuple[str, ...]] = ()

    id: Identifier
    title: str
    publisher: str
    date: PartialDate | None
    licence: str | None
    address: str | None
    note: str | None = None


class Assumption(Record):
    """A named figure that no record gives: shown with its reason wherever it enters."""

    id: Identifier
    value: float
    unit: str
    why: str
    source: Identifier
