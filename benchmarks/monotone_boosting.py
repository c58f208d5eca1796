"""Boosted quantile trees that rise with the features told: fitted on histograms, stored and read as the others.

Monotone splits: a child's values are bounded by the middle between both children's, as in LightGBM's basic method
(G. Ke et al., NeurIPS 2017). A sum of such trees is monotone in every constrained feature.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from advisor.evidence.boosted import BoostedTrees

FloatArray = NDArray[np.float64]
BINS = 48
SHRINK_ROWS = 5.0
"""A leaf of few rows is shrunk towards zero, so that it does not chase one outlier."""


@dataclass(frozen=True)
class Settings:
    """How trees are grown: ``rising`` are the columns whose effect never falls."""

    rounds: int
    rate: float
    depth: int
    min_leaf: int
    sample: float
    rising: tuple[int, ...] = ()
    columns_share: float = 1.0


def fit_monotone(x: FloatArray, y: FloatArray, quantile: float, settings: Settings, weight: FloatArray) -> BoostedTrees:
    """Boosted trees for one quantile of y; deterministic."""
    rng = np.random.default_rng(0)
    cuts = [np.unique(np.quantile(x[:, j], np.linspace(0.01, 0.99, BINS - 1))) for j in range(x.shape[1])]
    binned = np.column_stack([np.searchsorted(cuts[j], x[:, j], side="left") for j in range(x.shape[1])])
    start = float(np.quantile(y, quantile))
    current = np.full(len(y), start)
    trees = []
    for _ in range(settings.rounds):
        rows = np.sort(rng.choice(len(y), int(settings.sample * len(y)), replace=False, p=weight / weight.sum()))
        kept = rng.random(x.shape[1]) < settings.columns_share
        residual = y - current
        tree = _Tree(binned, cuts, residual, quantile, settings, kept)
        tree.grow(rows)
        trees.append((tree.feature, tree.threshold, tree.value))
        current = current + settings.rate * tree.read()
    feature, threshold, value = (np.array([tree[part] for tree in trees]) for part in range(3))
    left = np.tile(2 * np.arange(feature.shape[1]) + 1, (len(trees), 1))  # complete binary trees
    return BoostedTrees(start, settings.rate, feature, threshold, value, left, left + 1)


class _Tree:
    """One complete binary tree while it grows."""

    def __init__(self, binned, cuts, residual, quantile, settings, kept) -> None:
        size = 2 ** (settings.depth + 1) - 1
        self.feature, self.threshold, self.value = np.full(size, -1), np.zeros(size), np.zeros(size)
        self.bin = np.zeros(size, dtype=np.int64)
        self.binned, self.cuts, self.residual, self.quantile = binned, cuts, residual, quantile
        self.settings, self.kept = settings, kept
        self.flat = binned + np.arange(binned.shape[1]) * BINS
        self.gradient = np.where(residual > 0, quantile, quantile - 1.0)
        self.sign = np.zeros(binned.shape[1])
        self.sign[list(settings.rising)] = 1.0

    def grow(self, rows) -> None:
        """Split from the root down, each node within the bounds its ancestors left."""
        pending = {0: (rows, self._value(rows), -np.inf, np.inf)}
        for node in range(len(self.feature)):
            if node not in pending:
                continue
            rows, own, low, high = pending.pop(node)
            self.value[node] = min(max(own, low), high)
            if 2 * node + 2 >= len(self.feature) or len(rows) < 2 * self.settings.min_leaf:
                continue
            column, cut = self._best_split(rows)
            if column < 0:
                continue
            right = self.binned[rows, column] > cut
            parts = rows[~right], rows[right]
            values = [self._value(part) for part in parts]
            bounds = [(low, high), (low, high)]
            if self.sign[column]:
                if values[0] > values[1]:
                    continue
                middle = min(max(sum(values) / 2, low), high)
                bounds = [(low, middle), (middle, high)]
            self.feature[node], self.threshold[node], self.bin[node] = column, self.cuts[column][cut], cut
            for child in (0, 1):
                pending[2 * node + 1 + child] = (parts[child], values[child], *bounds[child])

    def _value(self, rows) -> float:
        place = round(self.quantile * (len(rows) - 1))
        return float(np.partition(self.residual[rows], place)[place]) * len(rows) / (len(rows) + SHRINK_ROWS)

    def _best_split(self, rows):
        columns = self.binned.shape[1]
        flat = self.flat[rows].ravel()
        counts = np.bincount(flat, minlength=BINS * columns).reshape(columns, BINS).cumsum(axis=1)
        sums = np.bincount(flat, np.repeat(self.gradient[rows], columns), minlength=BINS * columns)
        sums = sums.reshape(columns, BINS).cumsum(axis=1)
        n, total = len(rows), self.gradient[rows].sum()
        least = self.settings.min_leaf
        allowed = (counts >= least) & (n - counts >= least) & self.kept[:, None]
        with np.errstate(divide="ignore", invalid="ignore"):
            left, right = sums / counts, (total - sums) / (n - counts)
            gain = np.where(allowed, sums * left + (total - sums) * right - total**2 / n, -np.inf)
            gain = np.where((self.sign[:, None] != 0) & (left > right), -np.inf, gain)
        best = int(np.argmax(gain))
        if not gain.flat[best] > 1e-12:
            return -1, 0
        return best // BINS, best % BINS

    def read(self) -> FloatArray:
        """The tree's value for every row."""
        node = np.zeros(len(self.binned), dtype=np.int64)
        for _ in range(self.settings.depth):
            feature = self.feature[node]
            right = self.binned[np.arange(len(node)), np.maximum(feature, 0)] > self.bin[node]
            node = np.where(feature >= 0, 2 * node + 1 + right, node)
        return self.value[node]
