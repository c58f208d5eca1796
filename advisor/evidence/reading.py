"""Reading an option's curve: the one question the evidence answers, and what is said when it cannot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from advisor.catalog import Catalog
from advisor.catalog.records import BenchmarkPoint
from advisor.evidence.frontier import Curve, Knot, build_curve

DecodingFilter = Literal["any", "none", "mtp"]
Deployment = Literal["any", "single-node"]
Grade = Literal["measured", "interpolated", "transferred", "modelled", "user-measured"]

REFERENCE_METHOD = "frontier-steffen"
METHODS: tuple[str, ...] = (REFERENCE_METHOD,)
DEFAULT_METHOD = REFERENCE_METHOD

NO_INTERVAL = "the reference method carries no interval"


@dataclass(frozen=True)
class Question:
    """Which curve is meant: an option's cell, decoding, deployment and engines (none named: any)."""

    model: str
    hardware: str
    precision: str
    isl: int
    osl: int
    decoding: DecodingFilter = "any"
    deployment: Deployment = "any"
    engines: tuple[str, ...] = ()

    @property
    def output_share(self) -> float:
        """OSL / (ISL + OSL)."""
        return self.osl / (self.isl + self.osl)


@dataclass(frozen=True)
class Reading:
    """A throughput at an interactivity, or the reason why there is none.

    ``tok_s_per_gpu`` is None exactly when ``grade`` is None. ``low`` and ``high`` bound the 80 % interval.
    """

    at: float
    tok_s_per_gpu: float | None
    low: float | None
    high: float | None
    grade: Grade | None
    reason: str
    curve: Curve | None
    knots: tuple[Knot, ...] = ()

    @property
    def concurrency(self) -> float | None:
        """Requests in flight on one replica at the point read."""
        return self.curve.concurrency(self.at) if self.curve is not None and self.tok_s_per_gpu is not None else None

    @property
    def replica_gpus(self) -> int | None:
        """GPUs of a replica: the larger of the neighbouring knots' (design.md, formula 7)."""
        known = [knot.replica_gpus for knot in self.knots if knot.replica_gpus is not None]
        return max(known, default=None)

    @property
    def engine(self) -> str | None:
        """Engine of the nearer knot."""
        if not self.knots:
            return None
        return min(self.knots, key=lambda knot: abs(knot.interactivity_tok_s_per_user - self.at)).engine

    @property
    def sources(self) -> tuple[str, ...]:
        """Source ids of the knots used."""
        return tuple(dict.fromkeys(knot.source for knot in self.knots))


def select_points(catalog: Catalog, question: Question) -> tuple[BenchmarkPoint, ...]:
    """The measured points a question pools."""
    cell = (question.model, question.hardware, question.precision, question.isl, question.osl)
    return tuple(
        point
        for point in catalog.points_by_cell.get(cell, ())
        if question.decoding in ("any", point.decoding)
        and (question.deployment == "any" or not point.disaggregated)
        and (not question.engines or point.engine in question.engines)
    )


def read(catalog: Catalog, question: Question, at: float) -> Reading:
    """Throughput at an interactivity of ``at`` tok/s/user by the reference method.

    Inside the measured range: Steffen's cubic on the frontier, exact at a knot. Outside: no number, and a
    reason that names the range (design.md, formula 6).
    """
    curve = build_curve(select_points(catalog, question))
    if curve is None:
        return Reading(at, None, None, None, None, why_no_curve(catalog, question), None)
    return read_curve(curve, at)


def read_curve(curve: Curve, at: float) -> Reading:
    """Read a curve that has been built already."""
    if not curve.slowest <= at <= curve.fastest:
        return Reading(at, None, None, None, None, _outside(curve, at), curve)
    knots = curve.neighbours(at)
    grade: Grade = "measured" if len(knots) == 1 else "interpolated"
    return Reading(at, curve.throughput(at), None, None, grade, NO_INTERVAL, curve, knots)


def _outside(curve: Curve, at: float) -> str:
    side, edge = ("below the slowest", curve.slowest) if at < curve.slowest else ("above the fastest", curve.fastest)
    return (
        f"not measured: {at:g} tok/s/user is {side} point measured ({edge:g}); "
        f"measured range {curve.slowest:g} to {curve.fastest:g} tok/s/user"
    )


def why_no_curve(catalog: Catalog, question: Question) -> str:
    """Why nothing was measured for a question: the narrowest thing that would have to change."""
    model = catalog.models[question.model].name
    gpu = catalog.hardware[question.hardware].name
    fmt = catalog.precisions[question.precision].name
    cell = (question.model, question.hardware, question.precision, question.isl, question.osl)
    points = catalog.points_by_cell.get(cell, ())
    what = f"{model} on {gpu} in {fmt} at {question.isl}/{question.osl} tokens"
    if points:
        return f"not measured: {what} {_what_filter_left_out(points, question)}"
    measured = sorted(
        (isl, osl)
        for m, h, p, isl, osl in catalog.points_by_cell
        if (m, h, p) == (question.model, question.hardware, question.precision)
    )
    if measured:
        return f"not measured: {what}; measured there: {', '.join(f'{i}/{o}' for i, o in measured)}"
    return f"not measured: {model} on {gpu} in {fmt} has no measured range in this catalog"


def _what_filter_left_out(points: tuple[BenchmarkPoint, ...], question: Question) -> str:
    speeds = [point.interactivity_tok_s_per_user for point in points]
    span = f"measured range of those {min(speeds):g} to {max(speeds):g} tok/s/user"
    if question.deployment == "single-node" and all(point.disaggregated for point in points):
        return f"was measured in disaggregated serving only ({len(points)} points; {span})"
    decodings = sorted({point.decoding for point in points})
    engines = sorted({point.engine for point in points})
    return f"was measured with decoding {' and '.join(decodings)} on {', '.join(engines)} only ({span})"
