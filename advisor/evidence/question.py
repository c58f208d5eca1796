"""Which curve is meant: a cell, its decoding, its deployment, its engines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

DecodingFilter = Literal["any", "none", "mtp"]
Deployment = Literal["any", "single-node"]


@dataclass(frozen=True)
class Question:
    """An option's cell with what of it is pooled. No engines named: any."""

    model: str
    hardware: str
    precision: str
    isl: int
    osl: int
    decoding: DecodingFilter = "any"
    deployment: Deployment = "any"
    engines: tuple[str, ...] = ()

    @property
    def cell(self) -> tuple[str, str, str, int, int]:
        """The catalog's key of the measured points."""
        return (self.model, self.hardware, self.precision, self.isl, self.osl)

    @property
    def output_share(self) -> float:
        """OSL / (ISL + OSL)."""
        return self.osl / (self.isl + self.osl)
