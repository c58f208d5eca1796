"""What the user's own measurements say beside the evidence of others: like with like, and against the best."""

from __future__ import annotations

from dataclasses import dataclass, replace
from statistics import median

from advisor.catalog import Catalog
from advisor.catalog.records import BenchmarkPoint
from advisor.context import Context, contexts_of, workload_name
from advisor.evidence.own import OwnCurve, own_curve
from advisor.evidence.probed import efficiency_change
from advisor.evidence.question import Deployment, Question
from advisor.formats import resolve_precision
from advisor.measured import MeasuredPoint
from advisor.scenario import DecodingChoice
from advisor.units import MS_PER_S


@dataclass(frozen=True)
class LikeWithLike:
    """Own point against the median of others' runs of the same engine, parallelism and concurrency."""

    engine: str
    replica_gpus: int
    concurrency: int
    own_tok_s_per_gpu: float
    others_tok_s_per_gpu: float
    own_tpot_ms: float
    others_tpot_ms: float
    runs: int
    sources: tuple[str, ...]

    @property
    def throughput_change_fraction(self) -> float:
        """Own over others, minus one."""
        return self.own_tok_s_per_gpu / self.others_tok_s_per_gpu - 1

    @property
    def tpot_change_fraction(self) -> float:
        """Own over others, minus one; below zero is faster."""
        return self.own_tpot_ms / self.others_tpot_ms - 1


@dataclass(frozen=True)
class AgainstBest:
    """Own throughput against the measured frontier of all engines and parallelisms at the same interactivity."""

    at: float
    own_tok_s_per_gpu: float
    best_tok_s_per_gpu: float
    engine: str | None

    @property
    def change_fraction(self) -> float:
        """Own over best, minus one."""
        return self.own_tok_s_per_gpu / self.best_tok_s_per_gpu - 1


@dataclass(frozen=True)
class OwnMeasurement:
    """What own evidence did: the points used, both comparisons (None where nobody measured the like), words."""

    hardware: str
    format: str
    points: int
    like_with_like: LikeWithLike | None
    against_best: AgainstBest | None
    words: tuple[str, ...]


def own_measurements(context: Context) -> tuple[OwnMeasurement, ...]:
    """One entry for every option the user measured, workload by workload, today's GPUs first; then the probes."""
    views = [view for view in contexts_of(context) if view.model is not None]
    found = [item for view in views for item in _of_workload(view)]
    probes = [item for view in views for item in _probes(view)]
    return tuple(dict.fromkeys((*found, *probes)))


def _of_workload(view: Context) -> list[OwnMeasurement]:
    """What was measured of one workload's model; what is of no workload's model is the first one's to name."""
    current, workloads = view.scenario.current, view.scenario.workloads
    models = {workload.model_id for workload in workloads}
    options: dict[tuple[str, str, DecodingChoice], list[MeasuredPoint]] = {}
    for point in current.measured:
        if point.model == view.workload.model_id or (point.model not in models and view.index == 0):
            precision = resolve_precision(view.catalog, point.precision, point.hardware, view.model) or point.precision
            options.setdefault((point.hardware, precision, point.decoding), []).append(point)
    ordered = sorted(options.items(), key=lambda item: (item[0][0] != current.hardware, item[0]))
    found = [_of_option(view, key, points) for key, points in ordered]
    if len(workloads) == 1:
        return found
    whose = workload_name(view, view.index)
    return [replace(item, words=tuple(f"{whose}: {words}" for words in item.words)) for item in found]


def _of_option(view: Context, key: tuple[str, str, DecodingChoice], points: list[MeasuredPoint]) -> OwnMeasurement:
    hardware, precision, decoding = key
    catalog, workload = view.catalog, view.workload
    deployment: Deployment = "any" if view.scenario.candidates.allow.disaggregated else "single-node"
    question = Question(
        view.architecture.id, hardware, precision, workload.input_tokens, workload.output_tokens, decoding, deployment
    )
    own = own_curve(catalog, points, question)
    name = f"{catalog.hardware[hardware].name} {catalog.precisions[precision].name}"
    if own is None:
        return OwnMeasurement(hardware, precision, 0, None, None, (_unused_words(catalog, name, points, question),))
    point = _nearest(own, view.target)
    like, best = _like(catalog, question, point), _best(catalog, question, point)
    words = [_like_words(point, like)]
    if best is not None:
        words.append(_best_words(name, best))
    if own.anchor is not None:
        words.append(_anchor_words(own, name))
    return OwnMeasurement(hardware, precision, len(own.points), like, best, tuple(words))


def _nearest(own: OwnCurve, target: float) -> BenchmarkPoint:
    """The own point nearest to where the option runs."""
    at = min(max(target, own.curve.slowest), own.curve.fastest)
    return min(own.points, key=lambda point: (abs(point.interactivity_tok_s_per_user - at), point.id))


def _like(catalog: Catalog, question: Question, own: BenchmarkPoint) -> LikeWithLike | None:
    same = [
        point
        for point in catalog.points_by_cell.get(question.cell, ())
        if (point.engine, point.decoding, point.disaggregated, point.replica_gpus, point.concurrency)
        == (own.engine, own.decoding, own.disaggregated, own.replica_gpus, own.concurrency)
    ]
    if not same or own.replica_gpus is None:
        return None
    return LikeWithLike(
        own.engine,
        own.replica_gpus,
        own.concurrency,
        own.tok_s_per_gpu,
        median(point.tok_s_per_gpu for point in same),
        MS_PER_S / own.interactivity_tok_s_per_user,
        MS_PER_S / median(point.interactivity_tok_s_per_user for point in same),
        len(same),
        tuple(sorted({point.source for point in same})),
    )


def _best(catalog: Catalog, question: Question, own: BenchmarkPoint) -> AgainstBest | None:
    curve = catalog.curves.reference(replace(question, engines=()))
    at = own.interactivity_tok_s_per_user
    if curve is None or not curve.slowest <= at <= curve.fastest:
        return None
    nearest = min(curve.neighbours(at), key=lambda knot: abs(knot.interactivity_tok_s_per_user - at))
    return AgainstBest(at, own.tok_s_per_gpu, curve.throughput(at), nearest.engine)


def _like_words(own: BenchmarkPoint, like: LikeWithLike | None) -> str:
    gpus = "an unnamed number of GPUs" if own.replica_gpus is None else f"{own.replica_gpus} GPU a replica"
    setup = f"{own.engine}, {gpus}, {own.concurrency} requests in flight"
    if like is None:
        return f"Like with like: nobody else in this catalog measured the same setup ({setup})"
    return (
        f"Like with like ({setup}): you measured {like.own_tok_s_per_gpu:,.0f} tok/s/GPU, others "
        f"{like.others_tok_s_per_gpu:,.0f} ({like.throughput_change_fraction:+.0%}); time per output token "
        f"{like.own_tpot_ms:.1f} against {like.others_tpot_ms:.1f} ms ({like.tpot_change_fraction:+.0%})"
    )


def _best_words(name: str, best: AgainstBest) -> str:
    change = best.change_fraction
    if change >= 0:
        end = "your setup is at or above the best anyone measured"
    else:
        end = "that is the engine and parallelism, not the GPU: tuning may close part of it without moving"
    return (
        f"Against the best measured on {name} (any engine and parallelism, {best.engine} near there) at {best.at:.1f} "
        f"tok/s/user: {best.own_tok_s_per_gpu:,.0f} against {best.best_tok_s_per_gpu:,.0f} tok/s/GPU ({change:+.0%}); {end}"
    )


def _anchor_words(own: OwnCurve, name: str) -> str:
    anchor = own.anchor
    assert anchor is not None  # the caller has looked
    curve = f"the {anchor.engine} curve" if anchor.engine else "the curve of all engines"
    where = "Beyond your own points" if own.is_sweep else "At other speeds"
    return (
        f"Your cluster reaches {anchor.factor:.2f} of {curve} on {name} at {anchor.at:.1f} tok/s/user (80 %: "
        f"{anchor.low:.2f} to {anchor.high:.2f}). {where} that curve is used, times this factor and with its interval"
    )


def _unused_words(catalog: Catalog, name: str, points: list[MeasuredPoint], question: Question) -> str:
    other = [point for point in points if point.model != question.model]
    if len(other) == len(points):
        models = sorted({catalog.models[p.model].name if p.model else "a custom model" for p in other})
        return f"Your measurements on {name} are of {', '.join(models)}, not of this workload's model: not used"
    sizes = sorted({f"{point.input_tokens:.0f}/{point.output_tokens:.0f}" for point in points})
    return (
        f"Your measurements on {name} are not used: they are of {', '.join(sizes)} tokens, and the workload is of "
        f"{question.isl}/{question.osl} (sizes may differ by {catalog.assume('own_size_tolerance_fraction'):.0%})"
    )


def _probes(view: Context) -> list[OwnMeasurement]:
    catalog, current, found = view.catalog, view.scenario.current, []
    for hardware in dict.fromkeys(probe.hardware for probe in current.probes):
        precision = resolve_precision(catalog, current.precision, hardware, view.model) or "bf16"
        workload = view.workload
        question = Question(view.architecture.id, hardware, precision, workload.input_tokens, workload.output_tokens)
        change = efficiency_change(catalog, current.probes, question)
        if change is not None:
            words = f"{change.words(catalog)}. Applied to estimates of what nobody measured on it"
            found.append(OwnMeasurement(hardware, precision, 0, None, None, (words,)))
    return found
