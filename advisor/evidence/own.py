"""The user's own operating points: a sweep becomes a curve, one point anchors the measured curve by a factor.

Own measurements stand above everything others measured. Between own points the curve is read as between any
measured ones. Beyond them the curve of the same engine on the same GPU is used, times the factor by which the user's
nearest point differs from it; that keeps the grade of the curve, because nobody measured it here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import exp, hypot, log

from advisor.catalog import Catalog
from advisor.catalog.records import BenchmarkPoint
from advisor.evidence.between import stored_curve
from advisor.evidence.frontier import Curve, Knot, StoredCurve, build_curve
from advisor.evidence.question import Question
from advisor.evidence.reading import Reading, curve_for, read_curve
from advisor.evidence.runs import runs_of
from advisor.formats import resolve_precision
from advisor.measured import MeasuredPoint

SOURCE = "own-measurement"


@dataclass(frozen=True)
class Anchor:
    """How an own point compares with the curve it scales: own / measured throughput at the same interactivity.

    ``low`` and ``high`` are the factor's 80 % interval, from the curve's own; ``engine`` is None where the curve pools
    all engines.
    """

    at: float
    factor: float
    low: float
    high: float
    engine: str | None
    curve: Curve


@dataclass(frozen=True)
class OwnCurve:
    """Own points of one option as a curve, and the anchored curve that continues it."""

    points: tuple[BenchmarkPoint, ...]
    curve: Curve
    anchor: Anchor | None

    @property
    def is_sweep(self) -> bool:
        """Whether own points span a range."""
        return self.curve.fastest > self.curve.slowest

    def read(self, catalog: Catalog, target: float) -> Reading:
        """Where the option runs for a target in tok/s/user: on own points where they reach, else on the anchored curve.

        A target slower than a sweep's slowest point runs at that point (design.md, formula 6).
        """
        within = target <= self.curve.fastest if self.is_sweep else target == self.curve.fastest
        if within or self.anchor is None:
            at = max(target, self.curve.slowest)
            reading = read_curve(catalog, self.curve, at)
            if reading.tok_s_per_gpu is None:
                return reading
            return _around(replace(reading, grade="user-measured", reason=self._own_words(target, at)))
        curve = self.anchor.curve
        at = max(target, curve.slowest)
        if not self.is_sweep and target < self.curve.fastest <= curve.slowest:
            return replace(read_curve(catalog, self.curve, self.curve.fastest), grade="user-measured")
        reading = read_curve(catalog, curve, at)
        if reading.tok_s_per_gpu is None:
            return reading
        return _around(replace(reading, reason=self._anchored_words(reading)))

    def _own_words(self, target: float, at: float) -> str:
        count = len(self.points)
        what = "your own measurement" if count == 1 else f"your own {count} measurements"
        if at > target:
            return f"{what}: runs at its slowest point, {at:g} tok/s/user, faster than the {target:g} asked"
        return f"{what}, {self.curve.slowest:g} to {self.curve.fastest:g} tok/s/user"

    def _anchored_words(self, reading: Reading) -> str:
        assert self.anchor is not None
        basis = reading.grade if reading.grade in ("transferred", "modelled") else "the measured"
        curve = f"{self.anchor.engine} curve" if self.anchor.engine else "curve of all engines"
        return (
            f"your cluster reaches {self.anchor.factor:.2f} of {basis} {curve} at {self.anchor.at:g} tok/s/user "
            f"(80 %: {self.anchor.low:.2f} to {self.anchor.high:.2f}); at {reading.at:g} that curve times this factor"
        )


def _around(reading: Reading) -> Reading:
    """A reading whose interval holds its value: the cubics through bounds and middle can cross between their knots."""
    value = reading.tok_s_per_gpu
    if value is None or reading.low is None or reading.high is None:
        return reading
    return replace(reading, low=min(reading.low, value), high=max(reading.high, value))


def points_for(catalog: Catalog, measured: Sequence[MeasuredPoint], question: Question) -> tuple[BenchmarkPoint, ...]:
    """Own points that answer a question: same model, GPU, format and decoding, request sizes within the tolerance."""
    model = catalog.models[question.model]
    found = []
    for number, point in enumerate(measured, start=1):
        precision = resolve_precision(catalog, point.precision, point.hardware, model)
        same = (point.model, point.hardware, precision) == (question.model, question.hardware, question.precision)
        if not same or not _near(catalog, point, question) or question.decoding not in ("any", point.decoding):
            continue
        if question.deployment == "single-node" and point.disaggregated:
            continue
        if question.engines and point.engine is not None and point.engine not in question.engines:
            continue
        found.append(_as_record(point, question, number))
    return tuple(found)


def _near(catalog: Catalog, point: MeasuredPoint, question: Question) -> bool:
    tolerance = catalog.assume("own_size_tolerance_fraction")
    pairs = ((point.input_tokens, question.isl), (point.output_tokens, question.osl))
    return all(abs(own / asked - 1) <= tolerance for own, asked in pairs)


def _as_record(point: MeasuredPoint, question: Question, number: int) -> BenchmarkPoint:
    return BenchmarkPoint(
        id=f"own-{number}",
        model=question.model,
        hardware=question.hardware,
        precision=question.precision,
        decoding=point.decoding,
        engine=point.engine or "unnamed",
        disaggregated=point.disaggregated,
        isl=question.isl,
        osl=question.osl,
        concurrency=max(1, round(point.concurrency)),
        tok_s_per_gpu=point.tok_s_per_gpu,
        interactivity_tok_s_per_user=point.interactivity_tok_s_per_user,
        replica_gpus=point.replica_gpus,
        tensor_parallel=point.replica_gpus,
        median_ttft_ms=point.ttft_ms,
        aggregation="single_run",
        run_date=point.date,
        source=SOURCE,
    )


def own_curve(catalog: Catalog, measured: Sequence[MeasuredPoint], question: Question) -> OwnCurve | None:
    """The own curve of a question, None where the user measured nothing that answers it."""
    points = points_for(catalog, measured, question)
    curve = build_curve(points)
    if curve is None:
        return None
    curve = replace(curve, stored=stored_curve(catalog.between, runs_of(points)))
    return OwnCurve(points, curve, _anchor(catalog, question, curve))


def _anchor(catalog: Catalog, question: Question, own: Curve) -> Anchor | None:
    """The curve of the same engine, else of all, scaled through an own point; None where none is covered by it.

    Of several own points the one that comes closest to the curve: it is a frontier over parallelisms, so the others
    show how the user's parallelism differs, not how the cluster does.
    """
    engines = tuple(dict.fromkeys(knot.engine for knot in own.knots))
    candidates = [(engine, catalog.curves.pooled(replace(question, engines=(engine,)))) for engine in engines]
    for engine, curve in (*candidates, (None, curve_for(catalog, replace(question, engines=())))):
        if curve is None:
            continue
        covered = [knot for knot in own.knots if curve.slowest <= knot.interactivity_tok_s_per_user <= curve.fastest]
        if covered:
            return max((_anchored(curve, engine, knot) for knot in covered), key=lambda anchor: anchor.factor)
    return None


def _anchored(curve: Curve, engine: str | None, knot: Knot) -> Anchor:
    at = knot.interactivity_tok_s_per_user
    middle = curve.throughput(at)
    low, high = (bound(at) for bound in curve.bounds) if curve.bounds else (middle, middle)
    factor = knot.tok_s_per_gpu / middle
    scaled = _scaled(curve, factor, log(high / low) / 2)
    return Anchor(at, factor, knot.tok_s_per_gpu / high, knot.tok_s_per_gpu / low, engine, scaled)


def _scaled(curve: Curve, factor: float, half_width_at_anchor: float) -> Curve:
    """A curve times a factor; its interval is widened by that of the factor, both in logs, as if they were independent."""
    knots = tuple(
        replace(knot, tok_s_per_gpu=knot.tok_s_per_gpu * factor, concurrency=knot.concurrency * factor)
        for knot in curve.knots
    )
    if curve.stored is None:
        return replace(curve, knots=knots)
    low, high = [], []
    for middle, below, above in zip(curve.stored.throughput, curve.stored.low, curve.stored.high, strict=True):
        low.append(middle * factor * exp(-hypot(log(middle / below), half_width_at_anchor)))
        high.append(middle * factor * exp(hypot(log(above / middle), half_width_at_anchor)))
    throughput = tuple(middle * factor for middle in curve.stored.throughput)
    stored = StoredCurve(curve.stored.interactivity, throughput, tuple(low), tuple(high))
    return replace(curve, knots=knots, stored=stored)
