"""What published pairs say of a loss nobody measured yet: partial pooling with heavy tails.

A pair's loss is severity x (mean + effects) + noise. Severity grows with the format's narrowness and shrinks with the
model's size. Effects (format, format x class, calibration, size band, baseline, model, model x format; benchmark,
evaluator and source, which are the publishers' doing) are normal with fitted spreads, so that groups with few rows are
drawn towards their neighbours. Noise is the standard error of the pair and the spread of one more benchmark of its
class. What is predicted has the tails of a Student t, two-sided. Fitted by benchmarks/fit_quality.py, whole models left
out; numbers in catalogs/quality/prior.yaml; method in docs/method.md, "Quality".
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import log, sqrt
from statistics import median
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from advisor.catalog import Catalog
from advisor.catalog.records import QualityPair, QualityPriorFit
from advisor.quality.grouping import (
    UNKNOWN,
    baseline_group,
    bits_group,
    calibration_group,
    format_group,
    model_key,
    size_band,
)
from advisor.quality.spread import Spread

FloatArray = NDArray[np.float64]
T = TypeVar("T")
REFERENCE_PARAMS_B = 30.0
"""Size at which a format's severity stands in the fit, and what an unknown size counts as."""

MOST_KEPT = 2000
"""Verdicts kept before all are dropped: a server that sees many scenarios must not grow."""

SHARED = ("format", "format_class", "calibration", "size_band", "baseline", "model", "model_format")
PUBLISHERS = ("benchmark_format", "evaluator", "source")
"""Effects of one published pair that a new question knows nothing of: they widen it."""

FOUR_BIT_FLAGS = frozenset({"4bit_to_fp4", "fp4_to_fp4", "source_already_fp4_fp8"})
"""Pairs kept out of summaries only because their baseline was 4-bit already: evidence for exactly that baseline."""


@dataclass(frozen=True)
class PriorQuestion:
    """Whose loss is asked for. ``format`` and ``calibration_family`` as in quality/evidence.csv; None: not known."""

    model: str | None
    total_params_b: float | None
    format: str
    task_class: str
    calibration_family: str | None = None
    baseline_precision: str | None = None


@dataclass(frozen=True)
class Prediction:
    """``loss``: what the candidate gains or loses, in points; ``observed``: what one more published pair would show."""

    loss: Spread
    observed: Spread


@dataclass(frozen=True)
class Design:
    """Rows as the model sees them: effect groups, log size, severity group; the same for pairs and for questions."""

    groups: dict[str, list[str]]
    formats: list[str]
    baselines: list[str]
    classes: list[str]
    log_size: FloatArray

    def severity(self, fit: QualityPriorFit) -> FloatArray:
        """Points of loss that one unit of effect means."""
        fallback = float(np.mean(list(fit.severity.values())))
        own = [
            fit.severity.get(name, fallback) + fit.severity_by_baseline.get(base, 0.0)
            for name, base in zip(self.formats, self.baselines, strict=True)
        ]
        return np.exp(np.array(own) + fit.severity_per_log_size * self.log_size)


def is_evidence(pair: QualityPair) -> bool:
    """Whether a pair enters the prior: usable, or set aside only for its 4-bit baseline."""
    return pair.usable or (pair.flags is not None and set(pair.flags.split(";")) <= FOUR_BIT_FLAGS)


def design_of_pairs(catalog: Catalog, pairs: Sequence[QualityPair]) -> Design:
    """The rows of published pairs."""
    questions = [question_of(pair) for pair in pairs]
    design = design_of_questions(catalog, questions)
    formats = design.formats
    design.groups["benchmark_format"] = [f"{pair.benchmark}|{name}" for pair, name in zip(pairs, formats, strict=True)]
    design.groups["evaluator"] = [pair.evaluator for pair in pairs]
    design.groups["source"] = [pair.source for pair in pairs]
    return design


def question_of(pair: QualityPair) -> PriorQuestion:
    """The question a pair answers."""
    return PriorQuestion(
        pair.model, pair.total_params_b, pair.format, pair.task_class, pair.calibration_family, pair.baseline_precision
    )


def design_of_questions(catalog: Catalog, questions: Sequence[PriorQuestion]) -> Design:
    """The rows of questions; what is unknown gets a group of its own, so that nothing is learned for it."""
    columns: dict[str, list[str]] = {name: [] for name in SHARED}
    formats, baselines, sizes = [], [], []
    keys = {name: model_key(catalog, name) for name in {question.model for question in questions} if name}
    for number, question in enumerate(questions):
        name = format_group(question.format)
        key = keys[question.model] if question.model else f"{UNKNOWN} {number}"
        params = question.total_params_b or _known_size(catalog, key)
        bits, base = bits_group(name), baseline_group(question.baseline_precision)
        band = size_band(params) if params else UNKNOWN
        columns["format"].append(name)
        columns["format_class"].append(f"{name}|{question.task_class}")
        columns["calibration"].append(f"{bits}|{calibration_group(question.calibration_family)}")
        columns["size_band"].append(f"{bits}|{band}")
        columns["baseline"].append(f"{bits}|{base}")
        columns["model"].append(key)
        columns["model_format"].append(f"{key}|{name}")
        formats.append(name)
        baselines.append(base)
        sizes.append(log((params or REFERENCE_PARAMS_B) / REFERENCE_PARAMS_B))
    return Design(columns, formats, baselines, [question.task_class for question in questions], np.array(sizes))


def _known_size(catalog: Catalog, key: str) -> float | None:
    return catalog.models[key].total_params_b if key in catalog.models else None


def stderrs(pairs: Sequence[QualityPair], typical: dict[str, float]) -> FloatArray:
    """Standard error of every pair: its own; else the median of its benchmark's; else that typical of its class."""
    by_benchmark: dict[str, list[float]] = {}
    for pair in pairs:
        if pair.stderr_delta_points is not None:
            by_benchmark.setdefault(pair.benchmark, []).append(pair.stderr_delta_points)
    usual = {name: median(known) for name, known in by_benchmark.items()}
    fallback = median(typical.values()) if typical else 1.0
    found = []
    for pair in pairs:
        own = pair.stderr_delta_points
        estimated = usual.get(pair.benchmark, typical.get(pair.task_class, fallback))
        found.append(estimated if own is None else own)
    return np.array(found)


def covariance(left: dict[str, list[str]], right: dict[str, list[str]], spreads: dict[str, float]) -> FloatArray:
    """Sum over effects of spread^2 where both rows are of one group, in units of severity."""
    names = [name for name in spreads if name in left and name in right]
    total = np.zeros((len(left[names[0]]), len(right[names[0]])))
    for name in names:
        codes: dict[str, int] = {}
        a, b = (np.array([codes.setdefault(value, len(codes)) for value in side[name]]) for side in (left, right))
        total += spreads[name] ** 2 * (a[:, None] == b[None, :])
    return total


@dataclass(frozen=True)
class Prior:
    """The prior conditioned on the catalog's pairs. Built once a catalog: see ``Catalog.quality_prior``."""

    catalog: Catalog
    fit: QualityPriorFit
    pairs: tuple[QualityPair, ...]
    design: Design
    inverse: FloatArray = field(repr=False)
    pull: FloatArray = field(repr=False)
    kept: dict[Hashable, Any] = field(default_factory=dict, repr=False)

    def keep(self, key: Hashable, make: Callable[[], T]) -> T:
        """What ``make`` gives, made once a key: the options of a scenario ask the same few questions."""
        if key not in self.kept:
            if len(self.kept) >= MOST_KEPT:
                self.kept.clear()
            self.kept[key] = make()
        found: T = self.kept[key]
        return found

    @cached_property
    def usable_by_class(self) -> dict[tuple[str, str], tuple[QualityPair, ...]]:
        """Usable pairs by format name and task class."""
        found: dict[tuple[str, str], list[QualityPair]] = {}
        for pair in self.pairs:
            if pair.usable:
                found.setdefault((pair.format, pair.task_class), []).append(pair)
        return {key: tuple(pairs) for key, pairs in found.items()}

    @cached_property
    def model_keys(self) -> dict[str, str]:
        """Key of every model named in the pairs."""
        return {pair.model: model_key(self.catalog, pair.model) for pair in self.pairs}

    def loss(self, question: PriorQuestion) -> Spread:
        """Loss for one question, asked often: an option's verdict and the tolerance at which it turns."""
        return self.keep(question, lambda: self.predict([question])[0].loss)

    def predict(self, questions: Sequence[PriorQuestion]) -> list[Prediction]:
        """Loss and observed difference for every question."""
        if not questions:
            return []
        fit = self.fit
        spreads = fit.effects.model_dump()
        shared = {name: spreads[name] for name in SHARED}
        asked = design_of_questions(self.catalog, questions)
        severity = asked.severity(fit)
        link = covariance(asked.groups, self.design.groups, shared)
        link *= severity[:, None] * self.design.severity(fit)[None, :]
        middle = fit.mean * severity + link @ self.pull
        own = sum(value**2 for value in shared.values()) * severity**2
        known = np.sum((link @ self.inverse) * link, axis=1)
        effects = np.maximum(own - known, 0.0)
        benchmark = (spreads["benchmark_format"] ** 2 + _noise(fit, asked.classes)) * severity**2
        publisher = (spreads["evaluator"] ** 2 + spreads["source"] ** 2) * severity**2
        observed = effects + benchmark + publisher + _sampling(fit, asked.classes)
        return [
            Prediction(self._spread(float(m), float(loss)), self._spread(float(m), float(seen)))
            for m, loss, seen in zip(middle, effects + benchmark, observed, strict=True)
        ]

    def _spread(self, mode: float, variance: float) -> Spread:
        fit = self.fit
        return Spread(mode, fit.width_factor * sqrt(variance), fit.tail_dof, fit.skew)


def _noise(fit: QualityPriorFit, classes: Sequence[str]) -> FloatArray:
    fallback = float(np.mean(list(fit.noise.values())))
    variance: FloatArray = np.exp(2 * np.array([fit.noise.get(name, fallback) for name in classes]))
    return variance


def _sampling(fit: QualityPriorFit, classes: Sequence[str]) -> FloatArray:
    """Variance of the typical standard error of a class, as far as pairs of the same items show it."""
    typical = fit.typical_stderr_points
    fallback = float(np.median(list(typical.values())))
    return np.array([(fit.stderr_fraction * typical.get(name, fallback)) ** 2 for name in classes])


def noise_variance(fit: QualityPriorFit, design: Design, errors: FloatArray) -> FloatArray:
    """Variance of every pair around its effects, in points^2."""
    own: FloatArray = (fit.stderr_fraction * errors) ** 2 + _noise(fit, design.classes) * design.severity(fit) ** 2
    return own


def build_prior(catalog: Catalog, fit: QualityPriorFit) -> Prior:
    """Condition a fit on the catalog's pairs, own ones included."""
    pairs = tuple(pair for pair in catalog.quality if is_evidence(pair))
    design = design_of_pairs(catalog, pairs)
    severity = design.severity(fit)
    spread = covariance(design.groups, design.groups, fit.effects.model_dump()) * severity[:, None] * severity[None, :]
    weight = np.array([fit.weight.get(pair.id, 1.0) for pair in pairs])
    spread[np.diag_indices_from(spread)] += noise_variance(fit, design, stderrs(pairs, fit.typical_stderr_points)) / weight
    inverse: FloatArray = np.linalg.inv(spread).astype(np.float64, copy=False)
    deltas = np.array([pair.delta_points for pair in pairs])
    pull: FloatArray = inverse @ (deltas - fit.mean * severity)
    return Prior(catalog, fit, pairs, design, inverse, pull)
