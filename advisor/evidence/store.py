"""Curves by question, each built once: measured points first, relatives where nobody measured.

The store belongs to one catalog and only remembers what follows from it, so sharing it between sessions is safe.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np

from advisor.catalog.records import Architecture, BenchmarkPoint
from advisor.evidence.between import decreasing, decreasing_curve, stored_curve
from advisor.evidence.frontier import Curve, Origin, StoredCurve, build_curve
from advisor.evidence.question import Question
from advisor.evidence.relatives import Facts, Relatives, Target, Transfer, build_relatives, transfer
from advisor.evidence.runs import runs_of

if TYPE_CHECKING:
    from advisor.catalog import Catalog

ESTIMATE_DIGITS = 10
"""Digits of an estimated curve: more say nothing, and workbooks carry them all."""
SMALLEST_SLOPE = 0.02
"""Where interactivity hardly falls with load, an error in it is not divided by less than this."""


@dataclass(frozen=True, eq=False)
class CurveStore:
    """All curves of a catalog, built on demand."""

    catalog: Catalog
    _reference: dict[Question, Curve | None] = field(default_factory=dict)
    _pooled: dict[Question, Curve | None] = field(default_factory=dict)
    _transferred: dict[Question, Curve] = field(default_factory=dict)

    def reference(self, question: Question) -> Curve | None:
        """The measured frontier as it is, None where nothing was measured."""
        if question not in self._reference:
            self._reference[question] = build_curve(select_points(self.catalog, question))
        return self._reference[question]

    def pooled(self, question: Question) -> Curve | None:
        """The estimate between measured points with its interval, None where nothing was measured."""
        if question not in self._pooled:
            curve = self.reference(question)
            if curve is not None:
                runs = runs_of(select_points(self.catalog, question))
                curve = replace(curve, stored=stored_curve(self.catalog.between, runs))
            self._pooled[question] = curve
        return self._pooled[question]

    def transferred(self, question: Question) -> Curve:
        """The frontier relatives suggest for a cell, decoding and deployment nobody measured."""
        if question not in self._transferred:
            found = transfer(self._relatives, self._target(question, self.catalog.models[question.model]))
            grade = self._grade(question)
            self._transferred[question] = transferred_curve(found, question, grade, self.catalog)
        return self._transferred[question]

    @cached_property
    def measured_formats(self) -> frozenset[str]:
        """Formats anything was measured in: relatives say nothing of the others."""
        return frozenset(cell[2] for cell in self.catalog.points_by_cell)

    def modelled(self, question: Question, model: Architecture) -> Curve:
        """The frontier of a model known only by its architecture: from relatives, always graded modelled."""
        found = transfer(self._relatives, self._target(question, model))
        return transferred_curve(found, question, "modelled", self.catalog)

    @cached_property
    def _relatives(self) -> Relatives:
        facts = Facts(self.catalog.models, self.catalog.hardware, self.catalog.precisions)
        return build_relatives(self.catalog.points_by_cell, facts, self.catalog.relatives_fit)

    def _grade(self, question: Question) -> Literal["transferred", "modelled"]:
        """Transferred where the model and the GPU were measured, if apart; else modelled."""
        models = {cell[0] for cell in self.catalog.points_by_cell}
        hardware = {cell[1] for cell in self.catalog.points_by_cell}
        return "transferred" if question.model in models and question.hardware in hardware else "modelled"

    def _target(self, question: Question, model: Architecture) -> Target:
        """What an unmeasured frontier may contain: decodings of the model's other cells, deployments of the GPU's."""
        same_model = [p for c, points in self.catalog.points_by_cell.items() if c[0] == question.model for p in points]
        same_gpu = [p for c, points in self.catalog.points_by_cell.items() if c[1] == question.hardware for p in points]
        any_deployment = question.deployment == "any"
        return Target(
            model,
            self.catalog.hardware[question.hardware],
            self.catalog.precisions[question.precision],
            question.isl,
            question.osl,
            plain_decoding=question.decoding != "mtp",
            mtp=question.decoding == "mtp" or (question.decoding == "any" and any(p.decoding == "mtp" for p in same_model)),
            disaggregated=any_deployment and _mostly_disaggregated(same_gpu),
            single_node=not any_deployment or not all(p.disaggregated for p in same_gpu) or not same_gpu,
        )


def _mostly_disaggregated(points: list[BenchmarkPoint]) -> bool:
    """Whether a GPU's measured cells usually have disaggregated rows."""
    cells: dict[tuple[str, str, int, int], bool] = {}
    for point in points:
        key = (point.model, point.precision, point.isl, point.osl)
        cells[key] = cells.get(key, False) or point.disaggregated
    return sum(cells.values()) * 2 > len(cells) > 0


def select_points(catalog: Catalog, question: Question) -> tuple[BenchmarkPoint, ...]:
    """The measured points a question pools."""
    return tuple(
        point
        for point in catalog.points_by_cell.get(question.cell, ())
        if question.decoding in ("any", point.decoding)
        and (question.deployment == "any" or not point.disaggregated)
        and (not question.engines or point.engine in question.engines)
    )


def transferred_curve(
    found: Transfer, question: Question, grade: Literal["transferred", "modelled"], catalog: Catalog
) -> Curve:
    """A transferred frontier as a stored curve: y = users per GPU x interactivity / output share, by identity.

    At a fixed interactivity an error in it moves the load, so the deviation of log throughput is that of log
    interactivity over the slope.
    """
    fit = catalog.relatives_fit
    slope = np.gradient(found.log_interactivity, found.log_users)
    deviation = found.deviation / np.maximum(np.abs(slope), SMALLEST_SLOPE)
    half = deviation * getattr(fit.interval_factor, grade)
    log_y = found.log_users + found.log_interactivity - np.log(question.output_share)
    order = np.argsort(found.log_interactivity, kind="stable")
    x = np.exp(found.log_interactivity[order])
    keep = np.concatenate([[True], np.diff(x) > 1e-9 * x[:-1]])
    y, half = log_y[order][keep], half[order][keep]
    # A falling frontier is bounded by what bounds it at slower and at faster speeds: the tightest band that falls.
    y = decreasing(y)
    low = np.maximum.accumulate((y - half)[::-1])[::-1]
    high = np.minimum.accumulate(y + half)
    curve = _shortened(decreasing_curve(x[keep], low, y, high))
    span = (curve.interactivity[0], curve.interactivity[-1])
    origin = Origin(grade, found.nearest, found.likeness, found.replica_gpus, fit.source)
    return Curve((), span, 0, curve, origin)


def _shortened(curve: StoredCurve) -> StoredCurve:
    """An estimated curve in the digits it keeps: rounding moves no value past another, so order and bounds hold."""

    def short(values: tuple[float, ...]) -> tuple[float, ...]:
        return tuple(float(f"{value:.{ESTIMATE_DIGITS}g}") for value in values)

    return StoredCurve(short(curve.interactivity), short(curve.throughput), short(curve.low), short(curve.high))
