"""Boosted regression trees, as stored numbers: prediction only. Fitting lives in benchmarks/boosting.py.

J. Friedman, "Greedy function approximation: a gradient boosting machine", Annals of Statistics 29, 1189-1232 (2001).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from advisor.evidence.steffen import FloatArray


@dataclass(frozen=True, eq=False)
class BoostedTrees:
    """``start + rate x sum of trees``. Arrays are (trees, nodes), the root first; ``feature`` is -1 in a leaf.

    Elsewhere a row goes to the node ``right`` where its feature is above the threshold, else to ``left``.
    """

    start: float
    rate: float
    feature: NDArray[np.int64]
    threshold: FloatArray
    value: FloatArray
    left: NDArray[np.int64]
    right: NDArray[np.int64]

    def predict(self, x: FloatArray) -> FloatArray:
        """Predictions for rows of features; all trees descend together, a level a step, until all are in a leaf."""
        count, nodes = self.feature.shape
        if count == 0:
            return np.full(len(x), self.start)
        feature, threshold, left, right = (part.ravel() for part in (self.feature, self.threshold, self.left, self.right))
        root = np.tile(np.arange(count) * nodes, len(x))
        row = np.repeat(np.arange(len(x)) * x.shape[1], count)
        at, values = root.copy(), x.ravel()
        going = np.arange(len(at))
        while len(going):
            here = at[going]
            split = feature[here]
            inner = split >= 0
            going, here, split = going[inner], here[inner], split[inner]
            above = values[row[going] + split] > threshold[here]
            at[going] = root[going] + np.where(above, right[here], left[here])
        total: FloatArray = self.start + self.rate * self.value.ravel()[at].reshape(len(x), count).sum(axis=1)
        return total


@dataclass(frozen=True, eq=False)
class QuantileTrees:
    """Trees for the 10 %, 50 % and 90 % quantile, and the factor that widens the band to its nominal coverage.

    The factor is the 80 % quantile of out-of-fold scores (conformalised quantile regression: Romano, Patterson,
    Candès, NeurIPS 2019).
    """

    low: BoostedTrees
    middle: BoostedTrees
    high: BoostedTrees
    width_factor: float

    def interval(self, x: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """(low, middle, high) for rows of features; the band never collapses onto the middle."""
        middle = self.middle.predict(x)
        below = np.minimum(self.low.predict(x) - middle, -LEAST_HALF_WIDTH) * self.width_factor
        above = np.maximum(self.high.predict(x) - middle, LEAST_HALF_WIDTH) * self.width_factor
        return middle + below, middle, middle + above


LEAST_HALF_WIDTH = 0.01
"""Half width of a band never goes below 1 % (in log throughput): the noise of repeated runs."""

PARTS = ("low", "middle", "high")


def to_arrays(model: QuantileTrees) -> dict[str, NDArray[np.generic]]:
    """The model as named arrays for a compressed file; 32 bits are enough for log-scale corrections."""
    arrays: dict[str, NDArray[np.generic]] = {"width_factor": np.array(model.width_factor)}
    for name in PARTS:
        part: BoostedTrees = getattr(model, name)
        arrays[f"{name}_head"] = np.array([part.start, part.rate])
        arrays[f"{name}_feature"] = part.feature.astype(np.int16)
        arrays[f"{name}_threshold"] = part.threshold.astype(np.float32)
        arrays[f"{name}_value"] = part.value.astype(np.float32)
        arrays[f"{name}_left"] = part.left.astype(np.int16)
        arrays[f"{name}_right"] = part.right.astype(np.int16)
    return arrays


def from_arrays(arrays: dict[str, NDArray[np.generic]]) -> QuantileTrees:
    """The model back from its arrays."""
    parts = []
    for name in PARTS:
        start, rate = arrays[f"{name}_head"].astype(np.float64).tolist()
        parts.append(
            BoostedTrees(
                start,
                rate,
                arrays[f"{name}_feature"].astype(np.int64),
                arrays[f"{name}_threshold"].astype(np.float64),
                arrays[f"{name}_value"].astype(np.float64),
                arrays[f"{name}_left"].astype(np.int64),
                arrays[f"{name}_right"].astype(np.int64),
            )
        )
    low, middle, high = parts
    return QuantileTrees(low, middle, high, float(arrays["width_factor"].astype(np.float64)))
