"""Fitting of the boosted quantile trees that advisor/evidence/boosted.py stores and reads."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from advisor.evidence.boosted import BoostedTrees

FloatArray = NDArray[np.float64]
SHRINK_ROWS = 5.0
"""A leaf of few rows is shrunk towards zero, so that it does not chase one outlier."""
CUTS = 32


def fit_boosted(
    x: FloatArray, y: FloatArray, quantile: float, *, rounds: int, rate: float, depth: int, min_leaf: int, sample: float
) -> BoostedTrees:
    """Boosted trees for one quantile of y; deterministic."""
    rng = np.random.default_rng(0)
    cuts = [np.unique(np.quantile(x[:, j], np.linspace(0.02, 0.98, CUTS))) for j in range(x.shape[1])]
    start = float(np.quantile(y, quantile))
    current = np.full(len(y), start)
    trees = []
    for _ in range(rounds):
        rows = np.sort(rng.choice(len(y), max(2 * min_leaf, int(sample * len(y))), replace=False))
        residual = y - current
        gradient = np.where(residual > 0, quantile, quantile - 1.0)
        tree = _grow(x[rows], residual[rows], gradient[rows], quantile, depth, min_leaf, cuts)
        trees.append(tree)
        single = BoostedTrees(0.0, rate, *(part[None, :] for part in tree))
        current = current + single.predict(x)
    return BoostedTrees(start, rate, *(np.array([tree[part] for tree in trees]) for part in range(3)))


def _grow(x, residual, gradient, quantile, depth, min_leaf, cuts):
    size = 2 ** (depth + 1) - 1
    feature, threshold, value = np.full(size, -1), np.zeros(size), np.zeros(size)
    members = {0: np.arange(len(x))}
    for node in range(size):
        rows = members.pop(node, None)
        if rows is None:
            continue
        value[node] = np.quantile(residual[rows], quantile) * len(rows) / (len(rows) + SHRINK_ROWS)
        if 2 * node + 2 >= size or len(rows) < 2 * min_leaf:
            continue
        column, cut = _best_split(x[rows], gradient[rows], min_leaf, cuts)
        if column < 0:
            continue
        feature[node], threshold[node] = column, cut
        right = x[rows, column] > cut
        members[2 * node + 1], members[2 * node + 2] = rows[~right], rows[right]
    return feature, threshold, value


def _best_split(x, gradient, min_leaf, cuts):
    best, column, cut = 1e-12, -1, 0.0
    total, n = gradient.sum(), len(gradient)
    for j in range(x.shape[1]):
        order = np.argsort(x[:, j], kind="stable")
        cumulative = np.cumsum(gradient[order])
        left = np.searchsorted(x[order, j], cuts[j], side="right")
        allowed = (left >= min_leaf) & (n - left >= min_leaf)
        if not allowed.any():
            continue
        sums, counts = cumulative[left[allowed] - 1], left[allowed]
        gain = sums**2 / counts + (total - sums) ** 2 / (n - counts) - total**2 / n
        i = int(np.argmax(gain))
        if gain[i] > best:
            best, column, cut = float(gain[i]), j, float(cuts[j][allowed][i])
    return column, cut
