"""Fit the prior on quality losses: ``python benchmarks/fit_quality.py`` (about ten minutes on one core).

Maximises the log score of pairs whose whole model is left out, asked as the advisor asks: without the benchmark, the
evaluator and the source. Writes catalogs/quality/prior.yaml.
"""

from __future__ import annotations

import datetime
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import get_args

import numpy as np
import yaml
from scipy.optimize import minimize
from scipy.special import gammaln

from advisor import load_catalog
from advisor.catalog import Catalog
from advisor.catalog.records import EffectSpreads, QualityPriorFit, TaskClass
from advisor.quality.prior import SHARED, Design, covariance, design_of_pairs, is_evidence, noise_variance, stderrs
from advisor.quality.spread import Spread

TARGET = Path(__file__).resolve().parents[1] / "catalogs" / "quality" / "prior.yaml"
PRIOR_WIDTH = 0.15
"""How far, in logs, a fitted number may stray from its start before it costs half a unit of log score in all."""

START = QualityPriorFit(
    id="start",
    fitted_on="2026-11-24",
    source="quality-prior-2026-11",
    mean=-0.7,
    severity={
        "fp8": -1.0,
        "int8": -1.0,
        "weight_only_4bit": -0.3,
        "nvfp4": 0.0,
        "mxfp4": 0.3,
        "w4a4": 1.0,
        "kv_8bit": -0.5,
        "kv_4bit": 0.0,
        "kv_3bit": 1.2,
        "kv_2bit": 1.8,
    },
    severity_per_log_size=-0.25,
    severity_by_baseline={"16bit": 0.0, "8bit": -0.2, "4bit": -0.7},
    effects=EffectSpreads(**dict.fromkeys(EffectSpreads.model_fields, 0.3)),
    noise={**dict.fromkeys(get_args(TaskClass), -0.8), "reasoning_math": 0.0},
    stderr_fraction=0.25,
    typical_stderr_points={},
    tail_dof=4.0,
    skew=0.05,
)
"""Where a fit starts, and what it is drawn back to: round numbers from reading the evidence, not from a fit."""

COVERAGE = 0.82
"""Share of left-out pairs the 80 % interval is widened to cover: a little more, for papers nobody has seen yet."""

ROUNDS_OF_WEIGHTS = 3
LEAST_WEIGHT = 0.02


@dataclass
class Data:
    """The pairs in arrays, with the groups that are left out whole."""

    catalog: Catalog
    pairs: list
    deltas: np.ndarray
    groups: list[np.ndarray]
    scored: np.ndarray

    @cached_property
    def design(self) -> Design:
        """The pairs as the prior sees them."""
        return design_of_pairs(self.catalog, self.pairs)


def load() -> Data:
    """The catalog's pairs; models are told apart by their key."""
    catalog = load_catalog()
    pairs = [pair for pair in catalog.quality if is_evidence(pair)]
    keys = design_of_pairs(catalog, pairs).groups["model"]
    groups = [np.array([i for i, key in enumerate(keys) if key == name]) for name in sorted(set(keys))]
    deltas = np.array([pair.delta_points for pair in pairs])
    return Data(catalog, pairs, deltas, groups, np.array([pair.usable for pair in pairs]))


def typical(pairs: Sequence) -> dict[str, float]:
    """Geometric mean of the standard errors of each class, known or estimated from the same benchmark."""
    classes = sorted({pair.task_class for pair in pairs})
    known = [pair.stderr_delta_points for pair in pairs if pair.stderr_delta_points]
    errors = stderrs(pairs, {name: float(np.exp(np.mean(np.log(known)))) for name in classes})
    of = np.array([pair.task_class for pair in pairs])
    return {name: round(float(np.exp(np.mean(np.log(errors[of == name])))), 3) for name in classes}


@dataclass
class LeftOut:
    """For every pair: middle and scale of what is predicted with its whole model left out, and robust weights."""

    middle: np.ndarray
    scale: np.ndarray
    weight: np.ndarray


_BASE: dict[str, np.ndarray] = {}


def leave_models_out(data: Data, fit: QualityPriorFit, groups: list[np.ndarray] | None = None) -> LeftOut:
    """Predict every pair without its model, its benchmark, its evaluator and its source."""
    design, n = data.design, len(data.pairs)
    spreads = fit.effects.model_dump()
    if not _BASE:
        _BASE.update({name: covariance(design.groups, design.groups, {name: 1.0}) for name in spreads})
    severity = design.severity(fit)
    outer = severity[:, None] * severity[None, :]
    shared = sum(spreads[name] ** 2 * _BASE[name] for name in SHARED) * outer
    full = shared + sum(spreads[n_] ** 2 * _BASE[n_] for n_ in spreads if n_ not in SHARED) * outer
    noise = noise_variance(fit, design, stderrs(data.pairs, fit.typical_stderr_points))
    residual = data.deltas - fit.mean * severity
    weight = np.ones(n)
    for turn in range(ROUNDS_OF_WEIGHTS):
        inverse = np.linalg.inv(full + np.diag(noise / weight))
        pull = inverse @ residual
        if turn < ROUNDS_OF_WEIGHTS - 1:
            alone = 1 / np.diag(inverse)
            z2 = (pull * alone) ** 2 / np.maximum(alone - noise / weight + noise, 1e-9)
            weight = np.clip((fit.tail_dof + 1) / (fit.tail_dof + z2), LEAST_WEIGHT, 1.0)
    classes = np.array(design.classes)
    sampling = np.array([(fit.stderr_fraction * fit.typical_stderr_points[name]) ** 2 for name in classes])
    spread_of_class = np.exp(2 * np.array([fit.noise[name] for name in classes])) * severity**2
    unknown = sum(spreads[name] ** 2 for name in spreads if name not in SHARED) * severity**2
    middle, variance = np.empty(n), np.empty(n)
    for out in groups or data.groups:
        solved = np.linalg.solve(inverse[np.ix_(out, out)], np.concatenate([pull[out][:, None], inverse[out]], axis=1))
        rest_pull = pull - inverse[:, out] @ solved[:, 0]
        rest_pull[out] = 0.0
        link = shared[out].copy()
        link[:, out] = 0.0
        middle[out] = fit.mean * severity[out] + link @ rest_pull
        step = link @ inverse
        explained = np.einsum("ij,ij->i", step, link) - np.einsum("ij,ij->i", step[:, out], link @ solved[:, 1:].T)
        variance[out] = shared[out, out] - explained
    total = np.maximum(variance, 1e-9) + sampling + spread_of_class + unknown
    return LeftOut(middle, np.sqrt(total), weight)


def log_scores(data: Data, fit: QualityPriorFit, found: LeftOut) -> np.ndarray:
    """Log density of every pair under its prediction (two-piece Student t)."""
    z = (data.deltas - found.middle) / found.scale
    left, nu = np.exp(fit.skew), fit.tail_dof
    z = np.where(z < 0, z / left, z * left)
    constant = gammaln((nu + 1) / 2) - gammaln(nu / 2) - 0.5 * np.log(nu * np.pi) + np.log(2 / (left + 1 / left))
    return constant - (nu + 1) / 2 * np.log1p(z * z / nu) - np.log(found.scale)


def to_vector(fit: QualityPriorFit) -> np.ndarray:
    """The free numbers of a fit, on scales without bounds."""
    baselines = [fit.severity_by_baseline[name] for name in ("8bit", "4bit")]
    logs = np.log(list(fit.effects.model_dump().values()))
    share = np.log(fit.stderr_fraction / (1 - fit.stderr_fraction))
    tail = [share, np.log(fit.tail_dof - 2), fit.skew]
    head = [fit.mean, fit.severity_per_log_size]
    return np.array([*head, *fit.severity.values(), *baselines, *logs, *fit.noise.values(), *tail])


def from_vector(start: QualityPriorFit, vector: np.ndarray) -> QualityPriorFit:
    """The fit of a vector."""
    values = iter(float(value) for value in vector)
    mean, per_size = next(values), next(values)
    severity = {name: next(values) for name in start.severity}
    baselines = {"16bit": 0.0, "8bit": next(values), "4bit": next(values)}
    effects = {name: float(np.exp(next(values))) for name in start.effects.model_dump()}
    noise = {name: next(values) for name in start.noise}
    share, tail, skew = next(values), next(values), next(values)
    return start.model_copy(
        update={
            "mean": mean,
            "severity": severity,
            "severity_per_log_size": per_size,
            "severity_by_baseline": baselines,
            "effects": type(start.effects)(**effects),
            "noise": noise,
            "stderr_fraction": 1 / (1 + float(np.exp(-share))),
            "tail_dof": 2 + float(np.exp(tail)),
            "skew": skew,
        }
    )


class OutOfTimeError(Exception):
    """Raised inside the optimiser when the time is up."""


def fit_prior(
    data: Data, start: QualityPriorFit, rows: np.ndarray, seconds: float, log: Callable[[str], None]
) -> QualityPriorFit:
    """Fit to the log score of ``rows``, with their models left out; the start pulls back gently."""
    origin, begun = to_vector(start), time.time()
    best = [np.inf, origin]

    def loss(vector: np.ndarray) -> float:
        fit = from_vector(start, vector)
        score = log_scores(data, fit, leave_models_out(data, fit))[rows].mean()
        return float(-score + 0.5 * np.sum((vector - origin) ** 2) / PRIOR_WIDTH**2 / len(rows))

    def with_slope(vector: np.ndarray) -> tuple[float, np.ndarray]:
        value = loss(vector)
        if value < best[0]:
            best[:] = [value, vector.copy()]
        log(f"{time.time() - begun:5.0f} s  {value:.4f}")
        if time.time() - begun > seconds:
            raise OutOfTimeError
        step = 1e-3
        slope = np.array([(loss(vector + step * unit) - value) / step for unit in np.eye(len(vector))])
        return value, slope

    try:
        minimize(with_slope, origin, jac=True, method="L-BFGS-B", options={"maxiter": 60})
    except OutOfTimeError:
        log("stopped by time")
    return from_vector(start, best[1])


def width_factor(data: Data, fit: QualityPriorFit, found: LeftOut) -> float:
    """By how much scales are widened for ``COVERAGE`` of the left-out pairs to lie within their 80 % interval."""
    low, high = (Spread(0.0, 1.0, fit.tail_dof, fit.skew).quantile(share) for share in (0.1, 0.9))
    z = (data.deltas - found.middle) / found.scale
    return round(float(np.quantile(np.where(z < 0, z / low, z / high)[data.scored], COVERAGE)), 3)


def rounded(fit: QualityPriorFit, weight: dict[str, float]) -> dict[str, object]:
    """A fit as it is written down."""

    def short(value: object) -> object:
        if isinstance(value, float):
            return round(value, 4)
        return {key: short(item) for key, item in value.items()} if isinstance(value, dict) else value

    return {**{key: short(value) for key, value in fit.model_dump().items()}, "weight": weight}


HEAD = """# Fitted to the pairs of evidence.csv, whole models held out (benchmarks/fit_quality.py). The last record is used;
# docs/method.md, "Quality", says what each number does. weight: pairs that count less, as they lie far off.
"""


def main() -> None:
    """Fit on all models and write the record."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 600.0
    data = load()
    start = START.model_copy(update={"typical_stderr_points": typical(data.pairs)})
    fit = fit_prior(data, start, np.flatnonzero(data.scored), seconds, lambda text: print(text, flush=True))
    write(data, fit)


def write(data: Data, fit: QualityPriorFit) -> None:
    """Widen a fit, note the pairs that count less, and write the record."""
    today = datetime.date.today().isoformat()
    fit = fit.model_copy(update={"id": f"published-{today[:7]}", "fitted_on": today})
    found = leave_models_out(data, fit)
    fit = fit.model_copy(update={"width_factor": width_factor(data, fit, found)})
    weight = found.weight
    kept = {pair.id: round(float(w), 3) for pair, w in zip(data.pairs, weight, strict=True) if w < 0.995}
    text = yaml.safe_dump([rounded(fit, kept)], sort_keys=False, width=150, default_flow_style=None)
    TARGET.write_text(HEAD + text, encoding="utf-8")
    print(f"{TARGET.name}: {len(data.pairs)} pairs, {len(data.groups)} models, {len(kept)} pairs of less weight")


if __name__ == "__main__":
    main()
