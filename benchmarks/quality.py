"""How well losses of unseen models are predicted: ``python benchmarks/quality.py`` writes docs/accuracy-quality.md.

Whole models are left out. The prior is scored twice: with the stored fit (its few numbers saw all models), and with the
fit repeated four times without a quarter of the models. About eight minutes on one core.
"""

from __future__ import annotations

import datetime
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from fit_quality import START, Data, LeftOut, fit_prior, leave_models_out, load, log_scores, typical, width_factor

from advisor.catalog.records import QualityPriorFit
from advisor.quality.prior import question_of
from advisor.quality.spread import Spread

TARGET = Path(__file__).resolve().parents[1] / "docs" / "accuracy-quality.md"
FOLDS = 4
SECONDS_A_FOLD = 90.0
LEAST_ROWS = 5
LAPLACE_80 = np.log(5)
"""Half width of a Laplace distribution's 80 % interval, in scales."""


@dataclass(frozen=True)
class Table:
    """For every pair: log score, and the ends and middle of its 80 % interval."""

    log_score: np.ndarray
    low: np.ndarray
    middle: np.ndarray
    high: np.ndarray

    def row(self, data: Data, name: str, rows: np.ndarray) -> str:
        """One line of Markdown."""
        truth, low, high = data.deltas[rows], self.low[rows], self.high[rows]
        width = high - low
        miss = np.maximum(low - truth, 0) + np.maximum(truth - high, 0)
        covered = np.mean((truth >= low) & (truth <= high))
        error = np.mean(np.abs(truth - self.middle[rows]))
        return (
            f"| {name} | {len(rows)} | {covered:.1%} | {np.median(width):.2f} | {np.mean(width + 10 * miss):.2f} "
            f"| {self.log_score[rows].mean():.3f} | {error:.2f} |"
        )


def of_prior(data: Data, fit: QualityPriorFit, found: LeftOut) -> Table:
    """The prior's predictions, widened as the fit says."""
    wide = LeftOut(found.middle, found.scale * fit.width_factor, found.weight)
    spreads = [Spread(m, s, fit.tail_dof, fit.skew) for m, s in zip(wide.middle, wide.scale, strict=True)]
    ends = np.array([[spread.quantile(share) for share in (0.1, 0.5, 0.9)] for spread in spreads])
    return Table(log_scores(data, fit, wide), *ends.T)


def of_simple(data: Data, predict: Callable[[np.ndarray, int], tuple[float, np.ndarray]]) -> Table:
    """A simple rule with the Laplace spread of its own residuals on the models it has seen."""
    middle, scale = np.empty(len(data.pairs)), np.empty(len(data.pairs))
    everything = np.arange(len(data.pairs))
    for out in data.groups:
        seen = np.setdiff1d(everything[data.scored], out)
        for row in out:
            middle[row], residuals = predict(seen, row)
            scale[row] = max(float(np.mean(np.abs(residuals))), 0.05)
    score = -np.log(2 * scale) - np.abs(data.deltas - middle) / scale
    return Table(score, middle - LAPLACE_80 * scale, middle, middle + LAPLACE_80 * scale)


def flat_factor(data: Data) -> Table:
    """One recovery factor for every format and task, as the peers apply it."""
    before = np.array([pair.baseline_score for pair in data.pairs])

    def predict(seen: np.ndarray, row: int) -> tuple[float, np.ndarray]:
        factor = np.median(data.deltas[seen] / np.maximum(before[seen], 1.0))
        return factor * before[row], data.deltas[seen] - factor * before[seen]

    return of_simple(data, predict)


def group_median(data: Data) -> Table:
    """Median of the pairs of the same format, class and size band; coarser where there are fewer than five."""
    columns = np.array([[pair.format, pair.task_class, pair.size_band or "?"] for pair in data.pairs])

    def predict(seen: np.ndarray, row: int) -> tuple[float, np.ndarray]:
        for width in (3, 2, 1):
            same = seen[np.all(columns[seen, :width] == columns[row, :width], axis=1)]
            if len(same) >= LEAST_ROWS:
                break
        else:
            same = seen
        middle = float(np.median(data.deltas[same]))
        return middle, data.deltas[same] - middle

    return of_simple(data, predict)


def refitted(data: Data) -> Table:
    """The prior with its numbers fitted without the quarter of the models it is scored on."""
    parts = [np.empty(len(data.pairs)) for _ in range(4)]
    order = np.random.default_rng(7).permutation(len(data.groups))
    start = START.model_copy(update={"typical_stderr_points": typical(data.pairs)})
    for fold in range(FOLDS):
        held = np.concatenate([data.groups[group] for place, group in enumerate(order) if place % FOLDS == fold])
        rows = np.setdiff1d(np.flatnonzero(data.scored), held)
        fit = fit_prior(data, start, rows, SECONDS_A_FOLD, lambda text: print(text, file=sys.stderr))
        found = leave_models_out(data, fit)
        seen = Data(data.catalog, data.pairs, data.deltas, data.groups, np.isin(np.arange(len(data.pairs)), rows))
        fit = fit.model_copy(update={"width_factor": width_factor(seen, fit, found)})
        table = of_prior(data, fit, found)
        for kept, values in zip(parts, (table.log_score, table.low, table.middle, table.high), strict=True):
            kept[held] = values[held]
    return Table(*parts)


HEAD = """# Accuracy of predicted quality losses

`python benchmarks/quality.py`, {date}, catalog {version}, {pairs} pairs of {models} models. Every pair is predicted with
its whole model left out, and, as in `advisor quality --prior`, without its benchmark, publisher and source. Interval score
is width + 10 x what lies outside (lower is better); log score is per pair, in natural logs (higher is better).

| rule | pairs | 80 % interval covers | median width | interval score | log score | mean error |
|---|---|---|---|---|---|---|
"""

TAIL = """
*Flat factor*: one recovery factor for all, the median of the other models. *Group median*: format x class x size band,
coarser below five pairs. Both get the Laplace spread of their own residuals. *Prior, refitted* is the honest line for a
model nobody has seen: its numbers were fitted without that quarter of the models. Wanted were 75 to 88 % and a log score
above both simple rules.

The last lines show where the prior is weak: small classes and formats rest on few models.

{questions:,} questions take {seconds:.1f} s once the prior is conditioned on the catalog ({building:.0f} ms, {machine}).
"""


def main() -> None:
    """Write the table."""
    data = load()
    fit = data.catalog.quality_priors[-1]
    everything = np.flatnonzero(data.scored)
    stored = of_prior(data, fit, leave_models_out(data, fit))
    fresh = refitted(data)
    lines = [
        flat_factor(data).row(data, "flat factor", everything),
        group_median(data).row(data, "group median", everything),
        stored.row(data, "prior, stored fit", everything),
        fresh.row(data, "prior, refitted", everything),
    ]
    for name in sorted({pair.task_class for pair in data.pairs}):
        rows = np.array([i for i in everything if data.pairs[i].task_class == name])
        lines.append(fresh.row(data, f"prior, refitted: {name}", rows))
    for name in ("nvfp4", "fp8", "int4-w4a16", "mxfp4", "w8a8-int8"):
        rows = np.array([i for i in everything if data.pairs[i].format == name])
        lines.append(fresh.row(data, f"prior, refitted: {name}", rows))
    begun = time.perf_counter()
    prior = data.catalog.quality_prior
    built = time.perf_counter()
    questions = [question_of(data.pairs[i % len(data.pairs)]) for i in range(1000)]
    for prediction in prior.predict(questions):
        prediction.observed.quantile(0.1)
    head = HEAD.format(
        date=datetime.date.today().isoformat(),
        version=data.catalog.version,
        pairs=len(everything),
        models=len(data.groups),
    )
    tail = TAIL.format(
        questions=1000,
        seconds=time.perf_counter() - built,
        building=1000 * (built - begun),
        machine="one thread of two shared cores",
    )
    TARGET.write_text(head + "\n".join(lines) + "\n" + tail, encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
