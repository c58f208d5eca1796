"""Latency of an option: time to first token as a gate, prefix caching, and what random arrivals make of a fleet."""

from __future__ import annotations

import math
from dataclasses import replace
from statistics import NormalDist

from advisor.catalog import Catalog
from advisor.decision import Decision, LoadViews
from advisor.evidence.age import Z80
from advisor.evidence.latency import cache_gain_at, first_token
from advisor.evidence.load import DecodeRate, LoadView, decode_rate, view_load
from advisor.evidence.question import Question
from advisor.evidence.reading import Reading
from advisor.evidence.tail import Tail
from advisor.options import Gate, OperatingPoint, Option
from advisor.scenario import Workload
from advisor.sizing import Load

SURE = 0.8
"""A target counts as met, or missed, from this chance on; between, the gate is open."""
NARROW_INTERVAL_RATIO = 1.25
"""Upper over lower end up to which the middle of the interval decides."""


def add_latency(
    catalog: Catalog, workload: Workload, question: Question, reading: Reading, point: OperatingPoint, tail: Tail | None
) -> OperatingPoint:
    """An operating point with its time to first token, its tail, and the effect of a prefix cache."""
    hit = workload.prefix_cache_hit_fraction
    if hit > 0:
        point = with_prefix_cache(catalog, question, reading, point, hit)
    first = first_token(catalog, question, reading, concurrency=point.concurrency, cache_hit_fraction=hit)
    if first is not None:
        point = replace(
            point, ttft_ms=first.ms, ttft_low_ms=first.low_ms, ttft_high_ms=first.high_ms, ttft_grade=first.grade
        )
    return point if tail is None else replace(point, tail_ratio=tail.ratio, tail_grade=tail.grade)


def with_prefix_cache(
    catalog: Catalog, question: Question, reading: Reading, point: OperatingPoint, hit_fraction: float
) -> OperatingPoint:
    """More users at the same interactivity, since part of the prompt is not computed; the interval widens."""
    gain = cache_gain_at(catalog, question, reading, hit_fraction)
    words = (
        f"{hit_fraction:.0%} of the prompt from the prefix cache: {gain.ratio:.2f} times the throughput measured without "
        f"one (80 %: {gain.low:.2f} to {gain.high:.2f}), by the step-time model; no run in the catalog had such a cache"
    )
    return replace(
        point,
        tok_s_per_gpu=point.tok_s_per_gpu * gain.ratio,
        low=None if point.low is None else point.low * gain.low,
        high=None if point.high is None else point.high * gain.high,
        grade="interpolated" if point.grade == "measured" else point.grade,
        concurrency=point.concurrency * gain.ratio,
        users_per_gpu=point.users_per_gpu * gain.ratio,
        note=f"{point.note}; {words}" if point.note else words,
    )


def ttft_gate(target_ms: float | None, point: OperatingPoint | None) -> Gate | None:
    """Time to first token as a gate: passed or failed where that is likely enough, open where the interval straddles."""
    if target_ms is None or point is None:
        return None
    if point.ttft_ms is None or point.ttft_low_ms is None or point.ttft_high_ms is None:
        return Gate("ttft", None, f"time to first token cannot be estimated: the target of {target_ms:g} ms is unchecked")
    chance = chance_within(target_ms, point.ttft_low_ms, point.ttft_ms, point.ttft_high_ms)
    found = (
        f"first token after {point.ttft_ms:,.0f} ms at the median (80 %: {point.ttft_low_ms:,.0f} to "
        f"{point.ttft_high_ms:,.0f}, {point.ttft_grade})"
    )
    if point.ttft_high_ms / point.ttft_low_ms <= NARROW_INTERVAL_RATIO:
        passed = point.ttft_ms <= target_ms
        return Gate("ttft", passed, f"{found}, {'within' if passed else 'above'} the {target_ms:,g} ms asked")
    if chance >= SURE:
        return Gate("ttft", True, f"{found}, within the {target_ms:,g} ms asked")
    if chance <= 1 - SURE:
        return Gate("ttft", False, f"{found}, above the {target_ms:,g} ms asked")
    return Gate("ttft", None, f"{found}: the {target_ms:,g} ms asked lie inside, so only a pilot can tell")


def chance_within(target: float, low: float, middle: float, high: float) -> float:
    """Chance that a value stays within a target: each half of the 80 % interval read as half a log-normal."""
    edge = high if target >= middle else low
    width = abs(math.log(edge / middle))
    if width == 0:
        return 1.0 if target >= middle else 0.0
    return NormalDist().cdf(Z80 * math.log(target / middle) / width)


def load_views(decision: Decision) -> LoadViews:
    """What random arrivals make of today's fleet and the chosen one; of one workload only, since several share replicas."""
    if len(decision.loads) != 1:
        return LoadViews()
    today, chosen = (
        None if option is None else load_view_of(decision.catalog, decision.scenario.workload, decision.load, option)
        for option in (decision.baseline, decision.chosen)
    )
    return LoadViews(today, chosen)


def load_view_of(catalog: Catalog, workload: Workload, load: Load, option: Option) -> LoadView | None:
    """What random arrivals at the peak make of an option's fleet; None without a curve or a fleet."""
    point, curve, fleet = option.operating_point, option.curve, option.fleet
    if point is None or curve is None or fleet is None or fleet.replicas < 1:
        return None
    if not curve.slowest <= point.interactivity_tok_s_per_user <= curve.fastest:
        return None  # an own single point, read elsewhere: there is no curve of the fleet to load
    rate = decode_rate(curve, fleet.replica_gpus, load.output_share)
    cached = point.tok_s_per_gpu / curve.throughput(point.interactivity_tok_s_per_user)
    return view_load(
        DecodeRate(rate.requests * cached, rate.interactivity),
        replicas=fleet.gpus // fleet.replica_gpus,
        peak_requests_per_second=load.peak_tok_s / (workload.input_tokens + workload.output_tokens),
        isl=workload.input_tokens,
        osl=workload.output_tokens,
        target=workload.targets.interactivity_tok_s_per_user * (point.tail_ratio or 1.0),
        tok_s_per_replica=point.tok_s_per_gpu * fleet.replica_gpus,
        allowed_fraction=catalog.assume("load_allowed_missed_fraction"),
    )
