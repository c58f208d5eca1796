"""Reading an option's curve: the one question the evidence answers, and what is said when it cannot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from advisor.catalog import Catalog
from advisor.catalog.records import BenchmarkPoint
from advisor.evidence.frontier import Curve, Knot
from advisor.evidence.question import Question

Grade = Literal["measured", "interpolated", "transferred", "modelled", "user-measured"]

REFERENCE_METHOD = "frontier-steffen"
POOLED_METHOD = "pooled"
METHODS: tuple[str, ...] = (POOLED_METHOD, REFERENCE_METHOD)
DEFAULT_METHOD = POOLED_METHOD

NO_INTERVAL = "the reference method carries no interval"
KNOT_TOLERANCE = 1e-6
"""A read equals a measured knot if it agrees to this relative difference."""


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
    def replica_gpus(self) -> int | None:
        """GPUs of a replica: the larger of the neighbouring knots' (design.md, formula 7), or the relatives' usual one."""
        if self.curve is not None and self.curve.origin is not None:
            return self.curve.origin.replica_gpus
        known = [knot.replica_gpus for knot in self.knots if knot.replica_gpus is not None]
        return max(known, default=None)

    @property
    def engine(self) -> str | None:
        """Engine of the nearer knot; None where nobody measured."""
        if not self.knots:
            return None
        return min(self.knots, key=lambda knot: abs(knot.interactivity_tok_s_per_user - self.at)).engine

    @property
    def sources(self) -> tuple[str, ...]:
        """Source ids of the knots used, or of the fit an estimate rests on."""
        if self.curve is not None and self.curve.origin is not None:
            return (self.curve.origin.source,)
        return tuple(dict.fromkeys(knot.source for knot in self.knots))

    def concurrency(self, output_share: float) -> float | None:
        """Requests in flight on one replica: read between knots, or users per GPU x GPUs where nobody measured."""
        if self.curve is None or self.tok_s_per_gpu is None:
            return None
        if self.curve.origin is not None:
            return self.tok_s_per_gpu * output_share / self.at * self.curve.origin.replica_gpus
        return self.curve.concurrency(self.at)


def read(catalog: Catalog, question: Question, at: float, method: str = DEFAULT_METHOD) -> Reading:
    """Throughput at an interactivity of ``at`` tok/s/user.

    Inside the measured range: by the method. Outside: no number, and a reason that names the range (design.md,
    formula 6). A cell nobody measured: an estimate from its relatives under its own grade, but for the reference
    method, which has none.
    """
    curve = curve_for(catalog, question, method)
    if curve is None:
        return Reading(at, None, None, None, None, why_no_curve(catalog, question), None)
    return read_curve(catalog, curve, at)


def curve_for(catalog: Catalog, question: Question, method: str = DEFAULT_METHOD) -> Curve | None:
    """The curve a question is read from, None where there is nothing to read."""
    if method == REFERENCE_METHOD:
        return catalog.curves.reference(question)
    measured = catalog.curves.pooled(question)
    if measured is not None:
        return measured
    return catalog.curves.transferred(question) if _may_transfer(catalog, question) else None


def _may_transfer(catalog: Catalog, question: Question) -> bool:
    """Nothing measured in this decoding at all, but something in this format.

    A deployment or engine that was left out is no reason to estimate.
    """
    points = catalog.points_by_cell.get(question.cell, ())
    measured = any(question.decoding in ("any", point.decoding) for point in points)
    return not measured and not question.engines and question.precision in catalog.curves.measured_formats


def read_curve(catalog: Catalog, curve: Curve, at: float) -> Reading:
    """Read a curve that has been built already."""
    if not curve.slowest <= at <= curve.fastest:
        return Reading(at, None, None, None, None, _outside(curve, at), curve)
    value = curve.throughput(at)
    low, high = _bounds(curve, at, value)
    if curve.origin is not None:
        return Reading(at, value, low, high, curve.origin.grade, _origin_words(catalog, curve), curve)
    knots = curve.neighbours(at)
    exact = len(knots) == 1 and abs(value / knots[0].tok_s_per_gpu - 1) <= KNOT_TOLERANCE
    grade: Grade = "measured" if exact else "interpolated"
    return Reading(at, value, low, high, grade, "" if curve.bounds else NO_INTERVAL, curve, knots)


def _bounds(curve: Curve, at: float, value: float) -> tuple[float | None, float | None]:
    """The interval at a position; three cubics through few knots may cross between them, so it is held around the value."""
    if curve.bounds is None:
        return None, None
    low, high = (bound(at) for bound in curve.bounds)
    return min(low, value), max(high, value)


def _outside(curve: Curve, at: float) -> str:
    below = at < curve.slowest
    side, edge = ("below the slowest", curve.slowest) if below else ("above the fastest", curve.fastest)
    if curve.origin is not None:
        return (
            f"not measured, and {at:g} tok/s/user is {side} interactivity its relatives cover ({edge:g}); "
            f"range {curve.slowest:g} to {curve.fastest:g} tok/s/user"
        )
    return (
        f"not measured: {at:g} tok/s/user is {side} point measured ({edge:g}); "
        f"measured range {curve.slowest:g} to {curve.fastest:g} tok/s/user"
    )


def _origin_words(catalog: Catalog, curve: Curve) -> str:
    assert curve.origin is not None  # only estimates have words about relatives
    nearest = "; ".join(
        f"{catalog.models[model].name} on {catalog.hardware[gpu].name} in {catalog.precisions[fmt].name} at {isl}/{osl}"
        for model, gpu, fmt, isl, osl in curve.origin.nearest
    )
    return f"nobody measured this: {curve.origin.grade} from {nearest} (likeness {curve.origin.likeness:.2f})"


def why_no_curve(catalog: Catalog, question: Question) -> str:
    """Why nothing was measured for a question: the narrowest thing that would have to change."""
    model = catalog.models[question.model].name
    gpu = catalog.hardware[question.hardware].name
    fmt = catalog.precisions[question.precision].name
    points = catalog.points_by_cell.get(question.cell, ())
    what = f"{model} on {gpu} in {fmt} at {question.isl}/{question.osl} tokens"
    if points:
        return f"not measured: {what} {_what_filter_left_out(points, question)}"
    measured = catalog.sizes_by_option.get((question.model, question.hardware, question.precision), ())
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
