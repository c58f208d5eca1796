"""Latency of a reading: time to first token, targets at a percentile, and what a prefix cache changes.

Joins the catalog's facts to the plain functions of :mod:`advisor.evidence.ttft`, :mod:`~advisor.evidence.tail` and
:mod:`~advisor.evidence.prefix`.
"""

from __future__ import annotations

from dataclasses import dataclass

from advisor.catalog import Catalog
from advisor.catalog.records import BenchmarkPoint, Decoding
from advisor.evidence.prefix import CacheGain, cache_gain
from advisor.evidence.question import Question
from advisor.evidence.reading import Grade, Reading
from advisor.evidence.steffen import FloatArray
from advisor.evidence.steptime import FLOPS_PER_PARAMETER, Deployment, dense_peak_flops, step_time_s
from advisor.evidence.tail import Tail, tail_of
from advisor.evidence.ttft import Layout, Served, estimate_ttft
from advisor.units import BYTES_PER_GB


@dataclass(frozen=True)
class FirstToken:
    """Time to first token in ms with its 80 % interval and grade.

    *interpolated*: runs with TTFT of this model, GPU and format exist; *transferred*: of the model and of the GPU, apart;
    *modelled*: of one of them at most.
    """

    ms: float
    low_ms: float
    high_ms: float
    grade: Grade


def first_token(
    catalog: Catalog, question: Question, reading: Reading, *, concurrency: float, cache_hit_fraction: float = 0.0
) -> FirstToken | None:
    """Median time to first token at a reading in closed loop, None where there is no reading.

    Args:
        catalog: facts, and the fit.
        question: the option's cell and decoding.
        reading: where the option runs.
        concurrency: requests in flight on one replica there.
        cache_hit_fraction: share of the prompt found in the prefix cache.
    """
    if reading.tok_s_per_gpu is None:
        return None
    point = _nearest_point(catalog, question, reading)
    layout = Layout(reading.replica_gpus, tensor_parallel=reading.replica_gpus) if point is None else layout_of(point)
    decoding = question.decoding if point is None else point.decoding
    served = Served(
        catalog.models[question.model],
        catalog.hardware[question.hardware],
        catalog.precisions[question.precision],
        question.isl,
        question.osl,
        reading.at,
        max(concurrency, 1.0),
        layout,
        reading.engine,
        None if decoding == "any" else decoding == "mtp",
        cache_hit_fraction,
    )
    grade = _grade(catalog, question)
    found = estimate_ttft(catalog.ttft_trees, catalog.latency_fit, served, covered=grade != "modelled")
    return FirstToken(found.ms, found.low_ms, found.high_ms, grade)


def _nearest_point(catalog: Catalog, question: Question, reading: Reading) -> BenchmarkPoint | None:
    """The measured point of the nearer knot; None where nobody measured."""
    if not reading.knots:
        return None
    knot = min(reading.knots, key=lambda knot: abs(knot.interactivity_tok_s_per_user - reading.at))
    return next((point for point in catalog.points_by_cell.get(question.cell, ()) if point.id == knot.point_id), None)


def layout_of(point: BenchmarkPoint) -> Layout:
    """How a measured point was laid out."""
    if not point.disaggregated:
        tp = point.tensor_parallel or point.replica_gpus
        return Layout(point.replica_gpus, False, tp, tp, point.expert_parallel, point.dp_attention)
    prefill, decode = point.prefill_tensor_parallel, point.decode_tensor_parallel
    return Layout(
        point.replica_gpus,
        True,
        prefill,
        decode,
        point.prefill_expert_parallel,
        point.dp_attention,
        prefill * point.prefill_workers if prefill and point.prefill_workers else None,
        decode * point.decode_workers if decode and point.decode_workers else None,
    )


def _grade(catalog: Catalog, question: Question) -> Grade:
    known = catalog.latency_coverage
    if (question.model, question.hardware, question.precision) in known:
        return "interpolated"
    return "transferred" if (question.model,) in known and (question.hardware,) in known else "modelled"


def tail_at(catalog: Catalog, question: Question, percentile: int) -> Tail | None:
    """How the slowest requests stream beside the median; None at the median itself."""
    decoding: Decoding = "mtp" if question.decoding == "mtp" else "none"
    ratios = catalog.tail_ratios.get((question.cell, decoding), ())
    fit = catalog.latency_fit
    return tail_of(fit, ratios, percentile, mtp=decoding == "mtp", isl=question.isl, osl=question.osl)


def cache_gain_at(catalog: Catalog, question: Question, reading: Reading, cache_hit_fraction: float) -> CacheGain:
    """Throughput with over without cached prefixes at a reading's interactivity, by the step-time model."""
    fitted = catalog.relatives_fit.step
    model, hardware = catalog.models[question.model], catalog.hardware[question.hardware]
    precision = catalog.precisions[question.precision]
    mtp = question.decoding == "mtp"
    deployment = Deployment(model, hardware, precision, question.isl, question.osl, reading.replica_gpus or 1, mtp)

    def step(users_per_gpu: FloatArray) -> FloatArray:
        return step_time_s(deployment, users_per_gpu, fitted)

    peak = dense_peak_flops(hardware, precision) * fitted.arithmetic_efficiency
    prefill_s = FLOPS_PER_PARAMETER * model.active_params_b * BYTES_PER_GB * question.isl / peak
    return cache_gain(step, prefill_s, question.osl, cache_hit_fraction, reading.at)
