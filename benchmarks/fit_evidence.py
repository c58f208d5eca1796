"""Fit the trees that correct reads between measured points: ``python benchmarks/fit_evidence.py``.

Every interior frontier knot of every cell is left out in turn (with rows that are the same run), in four pools; trees
learn what the remaining points misread. Folds are whole cells. Needs LightGBM (``pip install lightgbm``); the product does
not. Writes catalogs/evidence/between.npz.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from boosting import FloatArray, fit_boosted

from advisor import load_catalog
from advisor.catalog import Catalog, Cell
from advisor.catalog.catalog import cell_of
from advisor.evidence.boosted import QuantileTrees, to_arrays
from advisor.evidence.features import read_features
from advisor.evidence.runs import Runs, runs_of

TARGET = Path(__file__).resolve().parents[1] / "catalogs" / "evidence" / "between.npz"
FOLDS = 6
COVERAGE = 0.8
TREES = {
    0.1: {"rounds": 120, "rate": 0.06, "leaves": 15},
    0.5: {"rounds": 300, "rate": 0.06, "leaves": 31},
    0.9: {"rounds": 120, "rate": 0.06, "leaves": 15},
}
SAME_INTERACTIVITY, SAME_THROUGHPUT = 2e-3, 4e-3


@dataclass(frozen=True)
class LeftOut:
    """A knot that was left out: its cell, truth and position (logs), the remaining points, their base and features."""

    cell: int
    truth: float
    log_x: float
    remaining: Runs
    base: float
    features: FloatArray
    disaggregated: bool


def cells_of(catalog: Catalog) -> dict[Cell, Runs]:
    """Pooled points of every InferenceX cell, in order."""
    pool = {cell_of(point) for point in catalog.points}
    return {cell: runs_of(points) for cell, points in sorted(catalog.points_by_cell.items()) if cell in pool}


def pools_of(runs: Runs) -> dict[str, Runs]:
    """The pools a question may name: everything, one node, plain decoding, MTP."""
    masks = {"all": np.ones(len(runs), bool), "single-node": ~runs.disaggregated, "none": ~runs.mtp, "mtp": runs.mtp}
    return {name: runs.where(mask) for name, mask in masks.items() if mask.sum() > 2}


def left_out_knots(runs: Runs, cell: int) -> Iterator[LeftOut | None]:
    """Each interior knot left out; None where what remains no longer spans it."""
    for index in runs.frontier()[1:-1]:
        x, y = runs.interactivity[index], runs.throughput[index]
        same = (np.abs(runs.interactivity / x - 1) < SAME_INTERACTIVITY) & (
            np.abs(runs.throughput / y - 1) < SAME_THROUGHPUT
        )
        rest = runs.where(~same)
        knots = rest.interactivity[rest.frontier()]
        if len(knots) < 2 or not knots[0] < x < knots[-1]:
            yield None
            continue
        base, features = read_features(rest, np.array([x]))
        yield LeftOut(
            cell, float(np.log(y)), float(np.log(x)), rest, float(base[0]), features[0], bool(runs.disaggregated[index])
        )


def collect(cells: dict[Cell, Runs]) -> dict[str, list[LeftOut | None]]:
    """Left-out knots by pool."""
    found: dict[str, list[LeftOut | None]] = {}
    for number, runs in enumerate(cells.values()):
        for name, pool in pools_of(runs).items():
            found.setdefault(name, []).extend(left_out_knots(pool, number))
    return found


def fit(knots: list[LeftOut], width_factor: float = 1.0) -> QuantileTrees:
    """Trees for the three quantiles of log(truth / base)."""
    x = np.array([knot.features for knot in knots])
    y = np.array([knot.truth - knot.base for knot in knots])
    return QuantileTrees(*(fit_boosted(x, y, quantile, **asked) for quantile, asked in TREES.items()), width_factor)


def fold_of(cells: int) -> FloatArray:
    """A fold for every cell."""
    return np.argsort(np.random.default_rng(0).permutation(cells)) % FOLDS


def cross_fit(knots: list[LeftOut], folds: FloatArray) -> tuple[list[QuantileTrees], float]:
    """One model a fold, fitted without its cells, and the width factor that gives the nominal coverage over all."""
    models, scores = [], []
    for fold in range(FOLDS):
        model = fit([knot for knot in knots if folds[knot.cell] != fold])
        held = [knot for knot in knots if folds[knot.cell] == fold]
        low, middle, high = model.interval(np.array([knot.features for knot in held]))
        error = np.array([knot.truth - knot.base for knot in held]) - middle
        scores.append(np.maximum(error / (high - middle), error / (low - middle)))
        models.append(model)
    factor = float(np.quantile(np.concatenate(scores), COVERAGE))
    return [QuantileTrees(model.low, model.middle, model.high, factor) for model in models], factor


def main() -> None:
    """Fit on every cell and write the coefficients."""
    cells = cells_of(load_catalog())
    knots = [knot for pool in collect(cells).values() for knot in pool if knot is not None]
    _, factor = cross_fit(knots, fold_of(len(cells)))
    np.savez_compressed(TARGET, **to_arrays(fit(knots, factor)))
    print(f"{TARGET.name}: {len(knots):,} left-out knots, width factor {factor:.3f}, {TARGET.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
