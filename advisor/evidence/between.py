"""The estimator between measured points: plain reads corrected by what left-out knots taught, with an 80 % interval.

A frontier knot is there because it beat the alternatives, so interpolating what remains reads low; trees fitted on
left-out knots of all cells learn that selection effect from the features. What the product reads is a stored curve:
the measured knots and a fine grid between them, strictly decreasing, under the reference interpolation.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from advisor.evidence.boosted import QuantileTrees
from advisor.evidence.features import read_features
from advisor.evidence.frontier import StoredCurve
from advisor.evidence.runs import Runs
from advisor.evidence.steffen import FloatArray

KNOTS_PER_GAP = 7
"""Grid knots between two measured ones."""
KNOT_HALF_WIDTH = 0.05
"""Half width of the interval at a measured knot (log): about the spread of repeated runs with the age of the software."""
TIE = 1e-6
"""Equal neighbours are parted by one millionth, so that a stored curve falls strictly."""


def estimate(model: QuantileTrees, runs: Runs, at: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Log throughput (low, middle, high) at interactivities strictly inside the frontier's range."""
    base, features = read_features(runs, at)
    low, middle, high = model.interval(features)
    return base + low, base + middle, base + high


def stored_curve(model: QuantileTrees, runs: Runs) -> StoredCurve:
    """The curve over the measured range of a pool's points.

    Measured knots enter with the estimates between them. Where an estimate contradicts a slower measured knot (a
    recipe nobody ran there would beat it), the least-squares decreasing fit settles between them.
    """
    knots = runs.frontier()
    x, y = runs.interactivity[knots], np.log(runs.throughput[knots])
    if len(knots) < 2:
        return decreasing_curve(x, y - KNOT_HALF_WIDTH, y, y + KNOT_HALF_WIDTH)
    inner = [np.exp(np.linspace(np.log(a), np.log(b), KNOTS_PER_GAP + 2)[1:-1]) for a, b in pairwise(x)]
    low, middle, high = estimate(model, runs, np.concatenate(inner))
    at = np.concatenate([x, *inner])
    order = np.argsort(at, kind="stable")
    parts = [
        np.concatenate([y - KNOT_HALF_WIDTH, low]),
        np.concatenate([y, middle]),
        np.concatenate([y + KNOT_HALF_WIDTH, high]),
    ]
    return decreasing_curve(at[order], *(part[order] for part in parts))


def decreasing_curve(at: FloatArray, low: FloatArray, middle: FloatArray, high: FloatArray) -> StoredCurve:
    """A stored curve from log throughputs, made strictly decreasing; the bounds stay around the middle."""
    mid, below, above = (np.exp(decreasing(part)) for part in (middle, low, high))
    return StoredCurve(
        tuple(at.tolist()),
        tuple(mid.tolist()),
        tuple(np.minimum(below, mid).tolist()),
        tuple(np.maximum(above, mid).tolist()),
    )


def decreasing(values: FloatArray) -> FloatArray:
    """Least-squares decreasing fit by pooling adjacent violators, then strictly falling by at least ``TIE``."""
    blocks: list[tuple[float, int]] = []
    for value in values.tolist():
        blocks.append((value, 1))
        while len(blocks) > 1 and blocks[-2][0] < blocks[-1][0]:
            (last, n), (previous, m) = blocks.pop(), blocks.pop()
            blocks.append(((previous * m + last * n) / (m + n), m + n))
    fitted = [value for value, count in blocks for _ in range(count)]
    for place in range(1, len(fitted)):
        fitted[place] = min(fitted[place], fitted[place - 1] - TIE)
    return np.array(fitted)
