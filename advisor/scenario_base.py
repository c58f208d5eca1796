"""What the parts of a scenario share: how a field is declared, and strictness."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


def field(default: Any = ..., *, label: str, unit: str = "", help: str = "", **bounds: Any) -> Any:
    """A scenario field: its default, label, unit, help and bounds, in the one place all readers share."""
    return Field(default, title=label, description=help, json_schema_extra={"unit": unit}, **bounds)


class Part(BaseModel):
    """Base of the scenario's parts: frozen, strict, no unknown fields, no NaN."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)
