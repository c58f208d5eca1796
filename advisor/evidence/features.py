"""What is known at an interactivity between measured points: several plain reads and the local geometry.

Each configuration's smooth concurrency curve joins the measured points in one cloud. The cloud's frontier, the best
recipe family, the reference read and the shape of the gap are features of a correction learnt over all cells
(:mod:`advisor.evidence.between`). No model, GPU, precision or request size enters, so it holds for unseen ones.
"""

from __future__ import annotations

import numpy as np

from advisor.evidence.runs import Codes, Runs, frontier_indices
from advisor.evidence.steffen import FloatArray, monotone_cubic

STEPS_PER_DOUBLING = 20
"""Resolution of a configuration's path along concurrency."""
MOST_LIFT = 0.7
"""No candidate lies more than e^0.7 above the slower knot."""
NEAR = 0.25
"""Points within this log distance of interactivity count as near."""
HULL_CUTS = (0.04, 0.1, 0.2)
FAMILY_STEPS = 60
UNKNOWN = -1.0

Path = tuple[FloatArray, FloatArray]


def reference_read(x: FloatArray, y: FloatArray, at: FloatArray) -> FloatArray:
    """Steffen's cubic through frontier knots, at many positions inside."""
    return monotone_cubic(x.tolist(), y.tolist()).many(at)


def configuration_paths(runs: Runs) -> list[Path]:
    """(log interactivity, log throughput) along each configuration's concurrency, where it has two points or more."""
    paths = []
    for code in np.unique(runs.configuration):
        rows = np.flatnonzero(runs.configuration == code)
        knots, inverse = np.unique(np.log(runs.concurrency[rows]), return_inverse=True)
        if len(knots) < 2:
            continue
        count = np.bincount(inverse)
        x = np.bincount(inverse, np.log(runs.interactivity[rows])) / count
        y = np.bincount(inverse, np.log(runs.throughput[rows])) / count
        steps = int(STEPS_PER_DOUBLING * (knots[-1] - knots[0]) / np.log(2.0)) + 2
        fine = np.union1d(np.linspace(knots[0], knots[-1], steps), knots)
        paths.append((reference_read(knots, x, fine), reference_read(knots, y, fine)))
    return paths


def envelope_at(paths: list[Path], log_x: FloatArray) -> FloatArray:
    """The highest path at each log interactivity; -inf where none passes."""
    best = np.full(len(log_x), -np.inf)
    for px, py in paths:
        left, right = px[:-1, None], px[1:, None]
        crosses = (left - log_x) * (right - log_x) <= 0
        step = np.where(right == left, 1e-12, right - left)
        at = py[:-1, None] + (log_x - left) / step * (py[1:, None] - py[:-1, None])
        best = np.maximum(best, np.where(crosses, at, -np.inf).max(axis=0))
    return best


def upper_hull(x: FloatArray, y: FloatArray) -> Path:
    """Upper concave hull of points sorted by x."""
    stack: list[tuple[float, float]] = []
    for px, py in zip(x.tolist(), y.tolist(), strict=True):
        while len(stack) > 1:
            (ax, ay), (bx, by) = stack[-2], stack[-1]
            if (bx - ax) * (py - ay) - (by - ay) * (px - ax) < 0:
                break
            stack.pop()
        stack.append((px, py))
    hull = np.array(stack)
    return hull[:, 0], hull[:, 1]


def _family_reads(runs: Runs, log_x: FloatArray) -> Path:
    """The best recipe family's frontier (smooth in users per GPU) and its best hull, at each log interactivity."""
    envelope, hull = np.full(len(log_x), -np.inf), np.full(len(log_x), -np.inf)
    for code in np.unique(runs.family):
        rows = np.flatnonzero(runs.family == code)
        rows = rows[frontier_indices(runs.interactivity[rows], runs.throughput[rows])]
        x, y = np.log(runs.interactivity[rows]), np.log(runs.throughput[rows])
        inside = (log_x >= x[0]) & (log_x <= x[-1])
        if len(rows) < 2 or not inside.any():
            continue
        users = (y - x)[::-1]
        fine = np.linspace(users[0], users[-1], FAMILY_STEPS)
        path = reference_read(users, x[::-1], fine)
        envelope = np.maximum(envelope, envelope_at([(path, path + fine)], log_x))
        hull_x, hull_y = upper_hull(x, y)
        hull = np.maximum(hull, np.where(inside, np.interp(log_x, hull_x, hull_y), -np.inf))
    return envelope, hull


def read_features(runs: Runs, at: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Base log throughput and features for interactivities strictly inside the frontier's range.

    Args:
        runs: points of one pool; at least two on the frontier.
        at: interactivities in tok/s/user, shape (n,).

    Returns:
        Base of shape (n,): the median of three plain reads in log tok/s/GPU. Features of shape (n, 36).
    """
    log_x = np.log(at)
    knots = runs.frontier()
    x, y = runs.interactivity[knots], runs.throughput[knots]
    log_kx, log_ky = np.log(x), np.log(y)
    fast_index = np.clip(np.searchsorted(x, at), 1, len(x) - 1)
    slow, fast = log_ky[fast_index - 1], log_ky[fast_index]

    def bounded(value: FloatArray, fill: FloatArray) -> FloatArray:
        return np.clip(np.where(np.isfinite(value), value, fill), fast - 0.05, slow + MOST_LIFT)

    steffen = np.log(reference_read(x, y, at))
    paths = configuration_paths(runs)
    envelope = bounded(envelope_at(paths, log_x), fast)
    cloud = bounded(_cloud_read(runs, paths, at), steffen)
    base: FloatArray = np.median(np.column_stack([cloud, np.maximum(envelope, fast), steffen]), axis=1)
    family_envelope, family_hull = (bounded(value, fast) for value in _family_reads(runs, log_x))
    hull_x, hull_y = upper_hull(log_kx, log_ky)
    below = log_ky - np.interp(log_kx, hull_x, hull_y)
    pruned = [bounded(np.log(reference_read(x[keep], y[keep], at)), fast) for keep in (below > -cut for cut in HULL_CUTS)]
    position = (log_x - log_kx[fast_index - 1]) / (log_kx[fast_index] - log_kx[fast_index - 1])
    chords = (slow + position * (fast - slow), np.log(np.interp(at, x, y)))
    reads = (steffen, *chords, envelope, cloud, slow, fast, family_envelope, family_hull, *pruned)
    gap_x, gap_y = log_kx[fast_index] - log_kx[fast_index - 1], slow - fast
    near = (np.abs(np.log(runs.interactivity)[None, :] - log_x[:, None]) < NEAR).sum(axis=1)
    shape = (base - log_x, gap_y, gap_x, position, gap_y / gap_x, log_x, near)
    counts = [np.full(len(at), n) for n in (len(knots), len(runs), int(runs.family.max()) + 1)]
    neighbours = _neighbour_features(runs, knots[fast_index - 1], knots[fast_index])
    hull_gaps = (below[fast_index - 1], below[fast_index])
    columns = [*(read - base for read in reads), *shape, *counts, *neighbours, *hull_gaps]
    table = np.column_stack([np.asarray(column, dtype=float) for column in columns])
    return base, np.nan_to_num(table, nan=UNKNOWN)


def _cloud_read(runs: Runs, paths: list[Path], at: FloatArray) -> FloatArray:
    """The reference read through the frontier of points and paths together, in log tok/s/GPU."""
    x = np.concatenate([np.log(runs.interactivity), *(path[0] for path in paths)])
    y = np.concatenate([np.log(runs.throughput), *(path[1] for path in paths)])
    keep = frontier_indices(x, y)
    return np.log(reference_read(np.exp(x[keep]), np.exp(y[keep]), at))


def _neighbour_features(runs: Runs, slow: Codes, fast: Codes) -> list[FloatArray]:
    """What the two bounding knots are, and whether they are of one kind."""
    size = np.bincount(runs.configuration)
    features: list[FloatArray] = [
        (runs.configuration[slow] == runs.configuration[fast]).astype(float),
        (runs.family[slow] == runs.family[fast]).astype(float),
    ]
    for rows in (slow, fast):
        features += [
            runs.mtp[rows].astype(float),
            runs.disaggregated[rows].astype(float),
            size[runs.configuration[rows]].astype(float),
            np.log(runs.gpus[rows]),
            np.log(runs.concurrency[rows]),
        ]
    return features
