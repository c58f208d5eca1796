"""Fit time to first token, TPOT tails and software age: ``python benchmarks/fit_latency.py``, about five minutes.

Writes catalogs/evidence/ttft.npz, catalogs/evidence/latency.yaml and, from reads of rows held out by whole configuration,
cell or model, docs/accuracy-latency.md.
"""

from __future__ import annotations

import datetime
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
from latency_data import Measured, folds_by, measured_latencies, mlperf_steps, pairs_in_time
from latency_report import CrossFit, accuracy_text
from monotone_boosting import FloatArray, Settings, fit_monotone

from advisor import load_catalog
from advisor.catalog import Catalog
from advisor.evidence.age import Z80
from advisor.evidence.boosted import QuantileTrees, to_arrays
from advisor.evidence.ttft import FEATURES, RISING, served_features

ROOT = Path(__file__).resolve().parents[1]
FOLDER, ACCURACY = ROOT / "catalogs" / "evidence", ROOT / "docs" / "accuracy-latency.md"
FOLDS = 6
MODEL_FOLDS = 4
COVERAGE = 0.8
CALIBRATED_COVERAGE = 0.83
"""Cells differ more than rows of one cell: widths fitted to 80 % of some cells cover 75 to 77 % of others."""
RISING_COLUMNS = tuple(FEATURES.index(name) for name in RISING)
MIDDLE = Settings(400, 0.1, 7, 8, 0.6, RISING_COLUMNS, 0.6)
EDGE = Settings(120, 0.1, 5, 15, 0.6, RISING_COLUMNS, 0.6)
CACHED_WIDENING = 1.0
"""No run has a prefix cache: at a hit fraction of 1 the interval would be twice as wide. A judgement, not a fit."""
LONG_PROMPT_RATIO = 4
LEAST_MONTHS = 3.0
"""Pairs closer in time tell about noise and repairs, not about age."""


def features_of(rows: list[Measured]) -> FloatArray:
    """Features of all rows."""
    return np.array([served_features(row.served) for row in rows])


def fit_trees(x: FloatArray, y: FloatArray, shift: float = 0.0, factor: float = 1.0) -> QuantileTrees:
    """Trees for the three quantiles."""
    weight = np.ones(len(y))
    parts = (fit_monotone(x, y, q, MIDDLE if q == 0.5 else EDGE, weight) for q in (0.1, 0.5, 0.9))
    return QuantileTrees(*(replace(part, start=part.start + shift) for part in parts), factor)


def cross_fit(x: FloatArray, y: FloatArray, folds: np.ndarray) -> CrossFit:
    """Read every row with trees that saw none of its group."""
    low, middle, high = (np.zeros(len(y)) for _ in range(3))
    for fold in np.unique(folds):
        held = folds == fold
        low[held], middle[held], high[held] = fit_trees(x[~held], y[~held]).interval(x[held])
    shift, factor = calibration(y, low, middle, high)
    for fold in np.unique(folds):
        held = folds == fold
        by, wider = calibration(*(part[~held] for part in (y, low, middle, high)))
        below, above = wider * (low[held] - middle[held]), wider * (high[held] - middle[held])
        middle[held] += by
        low[held], high[held] = middle[held] + below, middle[held] + above
    return CrossFit(y, low, middle, high, shift, factor)


def calibration(y: FloatArray, low: FloatArray, middle: FloatArray, high: FloatArray) -> tuple[float, float]:
    """(median error, factor on the half widths that covers 80 % once it is taken out)."""
    shift = float(np.median(y - middle))
    error = y - middle - shift
    score = np.maximum(error / (high - middle), error / (low - middle))
    return shift, float(np.quantile(score, CALIBRATED_COVERAGE))


def fit_tails(catalog: Catalog) -> list[str]:
    """Quantiles of log(P99 TPOT / median TPOT) by decoding and prompt length, as YAML lines."""
    lines = []
    for decoding in ("none", "mtp"):
        for long in (False, True):
            found = [
                np.log(run.p99_tpot_ms / run.median_tpot_ms)
                for run in catalog.dated_runs
                if run.p99_tpot_ms
                and run.decoding is not None
                and (run.decoding != "none") == (decoding == "mtp")
                and (run.isl >= LONG_PROMPT_RATIO * run.osl) == long
            ]
            low, middle, high = np.quantile(found, [0.1, 0.5, 0.9])
            figures = f"low: {low:.4f}, middle: {middle:.4f}, high: {high:.4f}, runs: {len(found)}"
            lines.append(f"    - {{decoding: {decoding}, long_prompts: {str(long).lower()}, {figures}}}")
    return lines


def spread_per_sqrt_year(pairs: list[tuple[object, float, float]]) -> tuple[float, float]:
    """(deviation, drift a year): 80 % quantile of |change| / sqrt(years) over 1.28, and the median change a year.

    Every configuration weighs the same, however many pairs it has.
    """
    count = Counter(key for key, _, _ in pairs)
    weight = np.array([1 / count[key] for key, _, _ in pairs])
    years = np.array([months / 12 for _, months, _ in pairs])
    change = np.array([step for _, _, step in pairs])
    deviation = weighted_quantile(np.abs(change) / np.sqrt(years), weight, COVERAGE) / Z80
    return deviation, weighted_quantile(change / years, weight, 0.5)


def weighted_quantile(values: FloatArray, weight: FloatArray, quantile: float) -> float:
    """The value below which a share of the weight lies."""
    order = np.argsort(values, kind="stable")
    total = np.cumsum(weight[order])
    return float(values[order][np.searchsorted(total, quantile * total[-1])])


def fit_aging(catalog: Catalog) -> str:
    """Software age as a YAML line: dated runs (a young model) and MLPerf (settled ones) weigh the same."""
    dated = [pair for pair in pairs_in_time(catalog) if pair[1] >= LEAST_MONTHS]
    rounds = list(mlperf_steps(catalog))
    (young, young_drift), (settled, settled_drift) = spread_per_sqrt_year(dated), spread_per_sqrt_year(rounds)
    print(f"age: dated runs {young:.3f} per sqrt year, drift {young_drift:+.3f}; MLPerf {settled:.3f}, {settled_drift:+.3f}")
    deviation, drift = np.sqrt((young**2 + settled**2) / 2), (young_drift + settled_drift) / 2
    return (
        f"{{deviation_per_sqrt_year: {deviation:.4f}, drift_per_year: {drift:.4f}, dated_pairs: {len(dated)}, "
        f'mlperf_pairs: {len(rounds)}, undated_from: "2025-09-29", undated_to: "2026-07-19"}}'
    )


HEAD = """# Fitted latencies, by benchmarks/fit_latency.py. What each number does: docs/method.md.
# How well: docs/accuracy-latency.md. The trees of time to first token stand in ttft.npz.
"""


def main() -> None:
    """Fit on every row and write the coefficients."""
    catalog = load_catalog()
    rows = measured_latencies(catalog)
    x, y = features_of(rows), np.array([row.log_ratio for row in rows])
    cells = cross_fit(x, y, folds_by([row.cell for row in rows], FOLDS))
    print(f"cells: median error {np.median(np.abs(np.expm1(cells.middle - y))):.3f}", flush=True)
    models = cross_fit(x, y, folds_by([row.served.model.id for row in rows], MODEL_FOLDS))
    configurations = cross_fit(x, y, folds_by([row.configuration for row in rows], FOLDS))
    uncovered = max(1.0, models.factor / cells.factor)
    folds = {"whole configuration": configurations, "whole cell": cells, "whole model": models}
    np.savez_compressed(FOLDER / "ttft.npz", **to_arrays(fit_trees(x, y, cells.shift, cells.factor)))
    sources = sorted({run.source for run in catalog.dated_runs} | {row.source for row in catalog.latency_rows})
    sources += sorted({row.source for row in catalog.mlperf})
    today = datetime.date.today().isoformat()
    lines = [
        f"- id: latency-{today[:7]}",
        f'  fitted_on: "{today}"',
        f"  sources: [{', '.join(sources)}]",
        f"  ttft_uncovered_factor: {uncovered:.3f}",
        f"  ttft_cached_widening: {CACHED_WIDENING}",
        "  tails:",
        *fit_tails(catalog),
        f"  aging: {fit_aging(catalog)}",
    ]
    (FOLDER / "latency.yaml").write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    ACCURACY.write_text(accuracy_text(catalog, rows, folds, uncovered), encoding="utf-8")
    size = (FOLDER / "ttft.npz").stat().st_size
    print(f"{len(rows):,} runs, shift {cells.shift:+.3f}, width factor {cells.factor:.3f}, {size:,} bytes")


if __name__ == "__main__":
    main()
