"""Where the error of reading a whole unseen cell comes from: repeats of one configuration, software age, the estimate.

An error of run-to-run or of step time moves a frontier along rays of equal users per GPU (interactivity and throughput by
the same factor); reading it at a fixed interactivity then errs by what the frontier's slope makes of that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from latency_data import pairs_in_time

from advisor.catalog import Catalog, Cell
from advisor.catalog.records import BenchmarkPoint, DatedRun
from advisor.evidence.question import Question
from advisor.evidence.relatives import Relatives, target_of, transfer
from advisor.evidence.runs import Runs

CLOSE_MONTHS = 14 / 30.4
QUANTILES = 40


def parts_table(catalog: Catalog, relatives: Relatives, cells: dict[Cell, Runs]) -> Iterable[str]:
    """Error along the ray, and what it is at a fixed interactivity, of two floors and of the estimate."""
    close = [change for _, months, change in pairs_in_time(catalog) if months <= CLOSE_MONTHS]
    for name, changes in (
        ("the same configuration run again within 14 days", close),
        ("one run of the same configuration for the snapshot's median (software age included)", _against_snapshot(catalog)),
    ):
        yield _row(name, np.array(changes), _moved(catalog, cells, changes))
    along, read = _estimated(relatives, cells)
    yield _row("the estimate of an unseen cell", along, read)


def _row(name: str, along: np.ndarray, read: np.ndarray) -> str:
    ray, at_speed = np.abs(np.exp(along) - 1), np.abs(np.exp(read) - 1)
    figures = [np.median(ray), np.quantile(ray, 0.9), np.median(at_speed), np.quantile(at_speed, 0.9)]
    return f"| {name} | {len(along):,} | " + " | ".join(f"{figure:.1%}" for figure in figures) + " |"


def _moved(catalog: Catalog, cells: Iterable[Cell], changes: Sequence[float]) -> np.ndarray:
    """Log error of reading every frontier at its knots after it moved along the rays by each of many changes."""
    steps = np.quantile(changes, (np.arange(QUANTILES) + 0.5) / QUANTILES)
    errors = []
    for cell in cells:
        curve = catalog.curves.reference(Question(*cell))
        for knot in curve.knots:
            for step in steps:
                at = knot.interactivity_tok_s_per_user * np.exp(-step)
                if curve.slowest <= at <= curve.fastest:
                    errors.append(step + np.log(curve.throughput(float(at)) / knot.tok_s_per_gpu))
    return np.array(errors)


def _against_snapshot(catalog: Catalog) -> list[float]:
    """Log throughput of every dated single-node run over the snapshot's point of the same configuration and load."""
    snapshot = {
        _of_point(p): p.tok_s_per_gpu for points in catalog.points_by_cell.values() for p in points if not p.disaggregated
    }
    runs = [run for run in catalog.dated_runs if not run.disaggregated and run.decoding is not None]
    return [float(np.log(run.tok_s_per_gpu / snapshot[_of_point(run)])) for run in runs if _of_point(run) in snapshot]


def _of_point(run: BenchmarkPoint | DatedRun) -> tuple[object, ...]:
    cell = (run.model, run.hardware, run.precision, run.isl, run.osl, run.concurrency)
    return (*cell, run.engine, run.decoding, run.tensor_parallel, run.expert_parallel or 1, bool(run.dp_attention))


def _estimated(relatives: Relatives, cells: dict[Cell, Runs]) -> tuple[np.ndarray, np.ndarray]:
    """Log error of the transferred frontier of every cell left out: along the ray, and read at the knots."""
    along, read = [], []
    for cell, runs in cells.items():
        out = frozenset(number for number, other in enumerate(relatives.cells) if other == cell)
        found = transfer(relatives, target_of(cell, runs, relatives.facts), out)
        rows = runs.frontier()
        x, y = runs.interactivity[rows], runs.throughput[rows]
        load = np.log(y * cell[4] / (cell[3] + cell[4]) / x)
        along += (np.interp(load, found.log_users, found.log_interactivity) - np.log(x)).tolist()
        falling = np.argsort(found.log_interactivity)
        speed, grid = found.log_interactivity[falling], found.log_users[falling]
        inside = (np.log(x) >= speed[0]) & (np.log(x) <= speed[-1])
        read += (np.interp(np.log(x), speed, grid) - load)[inside].tolist()
    return np.array(along), np.array(read)
