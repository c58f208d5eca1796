"""Where an option runs: its curve, read at the target, with latency and software age."""

from __future__ import annotations

from dataclasses import replace

from advisor.catalog import Catalog
from advisor.context import Context
from advisor.evidence.age import age_deviation, software_age, widened
from advisor.evidence.frontier import Curve
from advisor.evidence.latency import tail_at
from advisor.evidence.own import OwnCurve, own_curve
from advisor.evidence.probed import efficiency_change, probed_curve
from advisor.evidence.question import Question
from advisor.evidence.reading import Reading, curve_for, read_curve, why_no_curve
from advisor.evidence.tail import Tail
from advisor.formats import legality
from advisor.latency import add_latency
from advisor.options import Gate, OperatingPoint, OptionKey


def question_of(context: Context, key: OptionKey, engines: tuple[str, ...]) -> Question:
    """The curve an option is read from."""
    workload = context.workload
    return Question(
        context.architecture.id,
        key.hardware,
        key.format,
        workload.input_tokens,
        workload.output_tokens,
        key.decoding,
        "any" if context.scenario.candidates.allow.disaggregated else "single-node",
        engines,
    )


def operate(context: Context, key: OptionKey, engines: tuple[str, ...]) -> tuple[OperatingPoint | None, Curve | None, Gate]:
    """Where an option runs for the target asked: at the target, or at its slowest knot if that is faster.

    What nobody measured is estimated from relatives only for GPUs the user named; the gate is then open, not passed.
    """
    question = question_of(context, key, engines)
    tail = tail_at(context.catalog, question, context.workload.targets.percentile)
    target = tail.median_target(context.target) if tail else context.target
    asked = f"; {tail.words(context.target)}" if tail else ""
    if context.model is None:
        return _operate_custom(context, key, question, target, asked)
    own = own_curve(context.catalog, context.scenario.current.measured, question)
    if own is not None:
        return _operate_own(context, question, own, target, tail, asked)
    curve = curve_for(context.catalog, question) if _may_estimate(context, key) else context.catalog.curves.pooled(question)
    curve = _with_probe(context, question, curve)
    if curve is None:
        return None, None, Gate("latency", False, why_no_curve(context.catalog, question))
    at = max(target, curve.slowest)
    reading = read_curve(context.catalog, curve, at)
    if reading.tok_s_per_gpu is None:
        return None, curve, Gate("latency", False, reading.reason + asked)
    note = reading.reason if curve.origin is not None else ""
    if curve.origin is None and at > target:
        note = f"runs at its slowest measured point, {at:g} tok/s/user: faster than the {target:g} asked"
    reason = note or f"{at:g} tok/s/user reached within {curve.slowest:g} to {curve.fastest:g} measured"
    point = aged(context.catalog, _operating_point(question, curve, reading, note + asked))
    point = add_latency(context.catalog, context.workload, question, reading, point, tail)
    return point, curve, Gate("latency", None if curve.origin is not None else True, reason + asked)


def _operate_custom(
    context: Context, key: OptionKey, question: Question, target: float, asked: str
) -> tuple[OperatingPoint | None, Curve | None, Gate]:
    """A model known only by its architecture: modelled from relatives, on GPUs that anything was measured on."""
    catalog = context.catalog
    if key.hardware not in {cell[1] for cell in catalog.points_by_cell} or key.format not in catalog.curves.measured_formats:
        reason = "not estimated: no model was measured on this GPU or in this format"
        return None, None, Gate("latency", False, reason)
    if not legality(context.catalog, key.hardware, key.format, None).legal:
        return None, None, Gate("latency", False, "not estimated: the GPU does not run this format")
    curve = context.catalog.curves.modelled(question, context.architecture)
    reading = read_curve(context.catalog, curve, max(target, curve.slowest))
    if reading.tok_s_per_gpu is None:
        return None, curve, Gate("latency", False, reading.reason + asked)
    point = aged(context.catalog, _operating_point(question, curve, reading, reading.reason + asked))
    return point, curve, Gate("latency", None, reading.reason + asked)


def _operate_own(
    context: Context, question: Question, own: OwnCurve, target: float, tail: Tail | None, asked: str
) -> tuple[OperatingPoint | None, Curve | None, Gate]:
    """An option the user measured: own points stand above everyone else's."""
    reading = own.read(context.catalog, target)
    if reading.tok_s_per_gpu is None or reading.curve is None:
        return None, own.curve, Gate("latency", False, reading.reason + asked)
    passed = None if reading.grade in ("transferred", "modelled") else True
    point = _operating_point(question, reading.curve, reading, reading.reason + asked)
    point = add_latency(context.catalog, context.workload, question, reading, point, tail)
    return point, reading.curve, Gate("latency", passed, reading.reason + asked)


def _with_probe(context: Context, question: Question, curve: Curve | None) -> Curve | None:
    """An estimate moved by the user's probe of that GPU; what was measured stays as it is."""
    if curve is None or curve.origin is None:
        return curve
    change = efficiency_change(context.catalog, context.scenario.current.probes, question)
    return curve if change is None else probed_curve(context.catalog, change, question, curve)


def _may_estimate(context: Context, key: OptionKey) -> bool:
    named = {*context.scenario.candidates.hardware, context.scenario.current.hardware}
    return key.hardware in named and legality(context.catalog, key.hardware, key.format, context.model).legal


def _operating_point(question: Question, curve: Curve, reading: Reading, note: str) -> OperatingPoint:
    concurrency = reading.concurrency(question.output_share)
    assert reading.tok_s_per_gpu is not None  # the caller has seen a number
    assert reading.grade is not None
    assert concurrency is not None
    return OperatingPoint(
        interactivity_tok_s_per_user=reading.at,
        tok_s_per_gpu=reading.tok_s_per_gpu,
        low=reading.low,
        high=reading.high,
        grade=reading.grade,
        range=(curve.slowest, curve.fastest),
        sources=reading.sources,
        run_dates=tuple(sorted({knot.run_date or "undated" for knot in reading.knots})),
        concurrency=concurrency,
        replica_gpus=reading.replica_gpus,
        engine=reading.engine or "",
        users_per_gpu=reading.tok_s_per_gpu * question.output_share / reading.at,
        note=note,
    )


def aged(catalog: Catalog, point: OperatingPoint) -> OperatingPoint:
    """A point with its interval widened by the age of the software it was measured with, and that age in words."""
    aging = catalog.latency_fit.aging
    age = software_age(point.run_dates, catalog.as_of, aging)
    if point.low is None or point.high is None:
        return replace(point, software=age.words)
    low, high = widened(point.low, point.tok_s_per_gpu, point.high, age_deviation(age.months, aging))
    return replace(point, low=low, high=high, software=age.words)
