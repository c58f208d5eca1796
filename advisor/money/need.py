"""How many GPUs a demand needs, month by month: design.md, formula 7, over time and over draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from advisor.money.months import Array, Uncertain, ceil_array, whole_units


@dataclass(frozen=True)
class PartNeed:
    """One workload on an option: today's peak in tok/s, throughput in tok/s/GPU, GPUs of a replica."""

    peak_tok_s: float
    tok_s_per_gpu: float
    replica_gpus: int


@dataclass(frozen=True)
class Need:
    """What sizing needs of an option. ``unit`` is the GPUs of a billed machine, 1 where GPUs are billed singly."""

    parts: tuple[PartNeed, ...]
    headroom_fraction: float
    spare_replicas: int
    unit: int

    def gpus(self, demand: Sequence[Array], speed: Uncertain = 1.0, share: Uncertain = 1.0) -> Array:
        """GPUs to pay for in each month.

        Args:
            demand: growth factor of each workload by month.
            speed: true throughput over the estimate.
            share: share of the demand this fleet serves; 0 needs no GPU and no spare.
        """
        total: Array = np.zeros(1)
        for part, growth in zip(self.parts, demand, strict=True):
            per_replica = part.tok_s_per_gpu * (1 - self.headroom_fraction) * part.replica_gpus
            needed = growth * (part.peak_tok_s / per_replica / speed * share)
            total = total + ceil_array(needed) * part.replica_gpus
            if self.spare_replicas:
                total = total + (needed > 0) * (self.spare_replicas * part.replica_gpus)
        return whole_units(total, self.unit)

    @property
    def unrounded_gpus(self) -> float:
        """GPUs needed today before any rounding, headroom included, spares not."""
        return sum(part.peak_tok_s / (part.tok_s_per_gpu * (1 - self.headroom_fraction)) for part in self.parts)
