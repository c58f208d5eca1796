"""What the catalog covers: for every model, GPU and format whether it was measured, may be transferred, or neither."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from advisor.catalog import Catalog
from advisor.formats import legality

State = Literal["measured", "transferable", "none"]
STATE_MARKS: Mapping[State, str] = {"measured": "●", "transferable": "◑", "none": "○"}


@dataclass(frozen=True)
class Coverage:
    """One cell: its state, how many points it holds, the request sizes measured, and why it is none."""

    state: State
    points: int
    sizes: tuple[tuple[int, int], ...]
    reason: str

    @property
    def words(self) -> str:
        """``● 120 points``, ``◑ transferable`` or ``○ none``."""
        mark = STATE_MARKS[self.state]
        return f"{mark} {self.points} points" if self.state == "measured" else f"{mark} {self.state}"


def coverage(catalog: Catalog, model: str) -> dict[tuple[str, str], Coverage]:
    """Coverage of one model over every (GPU, format)."""
    found: dict[tuple[str, str], dict[tuple[int, int], int]] = {}
    for (cell_model, hardware, precision, isl, osl), points in catalog.points_by_cell.items():
        if cell_model == model:
            found.setdefault((hardware, precision), {})[isl, osl] = len(points)
    return {
        (hardware, precision): _cell(catalog, model, hardware, precision, found.get((hardware, precision), {}))
        for hardware in catalog.hardware
        for precision in catalog.precisions
    }


def _cell(catalog: Catalog, model: str, hardware: str, precision: str, sizes: dict[tuple[int, int], int]) -> Coverage:
    if sizes:
        return Coverage("measured", sum(sizes.values()), tuple(sorted(sizes)), "")
    legal = legality(catalog, hardware, precision, catalog.models[model])
    if legal.legal:
        return Coverage("transferable", 0, (), "nobody measured it; an estimate from relatives carries its own grade")
    return Coverage("none", 0, (), legal.reason)
