"""Measured points of one pool as columns, with the configuration each belongs to.

A configuration is one deployment recipe (engine, decoding, parallelism); along it only concurrency moves. A family
is what recipes of one engine, decoding and deployment share.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from advisor.catalog.records import BenchmarkPoint
from advisor.evidence.steffen import FloatArray

Codes = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Runs:
    """One entry per point. Interactivity in tok/s/user, throughput in tok/s/GPU, concurrency of the deployment."""

    interactivity: FloatArray
    throughput: FloatArray
    concurrency: FloatArray
    gpus: FloatArray
    """GPUs of the deployment; NaN where the source does not say."""
    configuration: Codes
    family: Codes
    mtp: Flags
    disaggregated: Flags

    def __len__(self) -> int:
        return len(self.interactivity)

    def where(self, keep: Flags) -> Runs:
        """The points for which ``keep`` is true."""
        return Runs(*(getattr(self, name)[keep] for name in self.__dataclass_fields__))

    def frontier(self) -> Codes:
        """Indices of the frontier by rising interactivity; a point stays if none beats or equals it in both axes."""
        return frontier_indices(self.interactivity, self.throughput)


def frontier_indices(x: FloatArray, y: FloatArray) -> Codes:
    """Indices of the upper-right frontier of (x, y), by rising x; of identical points the first."""
    order = np.lexsort((np.arange(len(x)), -y, -x))
    ranked = y[order]
    best_before = np.concatenate(([-np.inf], np.maximum.accumulate(ranked)[:-1]))
    return order[ranked > best_before][::-1]


def runs_of(points: Sequence[BenchmarkPoint]) -> Runs:
    """Columns of measured points, independent of their order up to a permutation of rows."""
    ordered = sorted(points, key=lambda point: point.id)
    families = [(p.engine, p.decoding, p.disaggregated) for p in ordered]
    recipes = [(*family, *_layout(point)) for family, point in zip(families, ordered, strict=True)]
    return Runs(
        np.array([p.interactivity_tok_s_per_user for p in ordered]),
        np.array([p.tok_s_per_gpu for p in ordered]),
        np.array([float(p.concurrency) for p in ordered]),
        np.array([float(p.replica_gpus) if p.replica_gpus else np.nan for p in ordered]),
        _codes(recipes),
        _codes(families),
        np.array([p.decoding == "mtp" for p in ordered]),
        np.array([p.disaggregated for p in ordered]),
    )


def _layout(point: BenchmarkPoint) -> tuple[object, ...]:
    """How a deployment is laid out over GPUs; a parallelism that is not stated counts as 1."""
    if point.disaggregated:
        prefill = (point.prefill_tensor_parallel, point.prefill_expert_parallel, point.prefill_workers)
        decode = (point.decode_tensor_parallel, point.decode_expert_parallel, point.decode_workers)
        return (*prefill, *decode)
    return (point.tensor_parallel, point.expert_parallel or 1, bool(point.dp_attention))


def _codes(labels: Sequence[object]) -> Codes:
    seen: dict[object, int] = {}
    return np.array([seen.setdefault(label, len(seen)) for label in labels], dtype=np.int64)
