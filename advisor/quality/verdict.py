"""Whether a change of format keeps within the buyer's tolerance, class by class.

Own results prove or disprove; published evidence can let a class through as *unproven* at most. What neither settles is
*inconclusive* and calls for a pilot; no evidence is *unknown*, never a pass. The worst class decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from advisor.catalog import Catalog
from advisor.catalog.records import Model, Precision, QualityPair
from advisor.quality.compare import risk_of
from advisor.quality.grouping import CHOSEN_CALIBRATION, size_band
from advisor.quality.plan import EvalPlan, eval_plan
from advisor.quality.prior import Prior, PriorQuestion
from advisor.quality.statistics import Difference, Flips, Judgement, Verdict, judge
from advisor.quality.words import own_result_sentence, prior_sentence, probability
from advisor.scenario_quality import OwnResult, Quality, Task

QualityStatus = Literal["unchanged", "proven", "unproven", "inconclusive", "unknown", "fails"]
SEVERITY: tuple[QualityStatus, ...] = ("unchanged", "proven", "unproven", "inconclusive", "unknown", "fails")
OPEN: frozenset[QualityStatus] = frozenset({"unproven", "inconclusive", "unknown"})
"""Statuses an own evaluation could still settle: what a plan is made for."""

LOW_SHARE, HIGH_SHARE = 0.1, 0.9
CACHE_FORMATS = {8: "kv-fp8", 4: "kv-4bit"}
CACHE_NAMES = {16: "16-bit", 8: "FP8", 4: "4-bit"}
CACHE_BITS = {"bf16": 16, "fp8": 8, "fp4": 4}


@dataclass(frozen=True)
class OwnVerdict:
    """One own result held against the tolerance."""

    result: OwnResult
    judgement: Judgement
    sentence: str


@dataclass(frozen=True)
class ClassVerdict:
    """What is known of one task class. Points are candidate minus baseline; bounds are those of an 80 % interval.

    For own results the interval is the one the verdict rests on (two-sided 90 %), of the worst task of the class.
    """

    task_class: str
    tolerance_points: float
    status: QualityStatus
    basis: Literal["published", "own"]
    low_points: float | None
    median_delta_points: float | None
    high_points: float | None
    probability_within: float | None
    pairs: int
    pairs_on_model: int
    reason: str
    sources: tuple[str, ...]
    rows: tuple[QualityPair, ...] = ()
    own: tuple[OwnVerdict, ...] = ()
    estimated_errors: int = 0


@dataclass(frozen=True)
class QualityVerdict:
    """Verdicts of all classes in the mix; the worst decides, and nothing is averaged over classes.

    ``kv_cache`` is the cache's own line, per class, where it is narrowed; it decides only if the user chose it.
    ``output_length_ratio`` is the mean answer length, candidate over baseline, of own results (1 without any, or within
    the noise): output tokens of the candidate are that much more.
    """

    status: QualityStatus
    reason: str
    classes: tuple[ClassVerdict, ...]
    kv_cache: tuple[ClassVerdict, ...] = ()
    output_length_ratio: float = 1.0
    plan: EvalPlan | None = None


@dataclass(frozen=True)
class Change:
    """What changes: the model, its size in billions, today's format and the candidate's."""

    model: Model | None
    total_params_b: float
    now: Precision
    then: Precision


@dataclass(frozen=True)
class Usage:
    """What an evaluation of the pilot is sized with: tokens a request, and the candidate's tok/s/GPU where known."""

    input_tokens: int = 1024
    output_tokens: int = 1024
    tok_s_per_gpu: float | None = None


DEFAULT_QUALITY, DEFAULT_USAGE = Quality(), Usage()


def judge_change(
    catalog: Catalog, change: Change, tasks: Iterable[Task], quality: Quality = DEFAULT_QUALITY, usage: Usage = DEFAULT_USAGE
) -> QualityVerdict:
    """Judge a change of format for every task class of the mix.

    Args:
        catalog: published pairs, the fitted prior, assumptions.
        change: what changes.
        tasks: classes with their tolerance in points.
        quality: calibration, KV cache and own results of the scenario.
        usage: sizes the plan of a pilot.
    """
    mix = tuple(tasks)
    key = (change.model.id if change.model else None, change.total_params_b, change.now.id, change.then.id, mix, quality)
    verdict = catalog.quality_prior.keep(key, lambda: _judged(catalog, change, mix, quality))
    open_classes = [(item.task_class, item.tolerance_points) for item in verdict.classes if item.status in OPEN]
    if not open_classes:
        return verdict
    plan = eval_plan(catalog, open_classes, usage.input_tokens, usage.output_tokens, usage.tok_s_per_gpu)
    return replace(verdict, plan=plan)


def _judged(catalog: Catalog, change: Change, mix: tuple[Task, ...], quality: Quality) -> QualityVerdict:
    """The verdict without a plan."""
    cache = _cache_lines(catalog, change, mix, quality)
    unchanged = _why_unchanged(change)
    classes = () if unchanged else tuple(_judge_class(catalog, change, task, quality) for task in mix)
    deciding = (*classes, *(cache if quality.kv_cache != "recipe" else ()))
    if not deciding:
        return QualityVerdict("unchanged", unchanged or "", (), cache)
    worst = max(deciding, key=lambda verdict: SEVERITY.index(verdict.status))
    return QualityVerdict(worst.status, worst.reason, classes, cache, _length_ratio(catalog, change, mix, quality))


def _why_unchanged(change: Change) -> str | None:
    now, then = change.now, change.then
    if then.id == now.id:
        return f"same format as today ({then.name})"
    if change.model is not None and change.model.native_precision == then.id:
        return f"{then.name} is the format the model is published in"
    if then.weight_bits >= now.weight_bits and then.activation_bits >= now.activation_bits:
        return f"{then.name} is no narrower than today's {now.name}"
    return None


def _judge_class(catalog: Catalog, change: Change, task: Task, quality: Quality) -> ClassVerdict:
    own = _own_results(change, quality, task.task_class, kv_cache_only=False)
    if own:
        return _from_own(catalog, task, own)
    rows = pairs_of(catalog.quality_prior, change.then.evidence_formats, task.task_class)
    family = calibration_of(rows, quality)
    name = change.model.name if change.model else None
    formats = change.then.evidence_formats or (change.then.id,)
    question = PriorQuestion(name, change.total_params_b, formats[0], task.task_class, family, change.now.name)
    return _from_prior(catalog, task, change, rows, question, f"{change.then.name} on {task.task_class.replace('_', ' ')}")


def pairs_of(prior: Prior, formats: Sequence[str], task_class: str) -> tuple[QualityPair, ...]:
    """Usable published pairs of some formats and a task class."""
    return tuple(pair for name in formats for pair in prior.usable_by_class.get((name, task_class), ()))


def calibration_of(rows: Sequence[QualityPair], quality: Quality) -> str:
    """The family of the evidence the chosen calibration stands for; of a published one the commonest."""
    families = [
        row.calibration_family for row in rows if row.calibration_family and row.calibration_family.startswith("ptq")
    ]
    if quality.calibration == "ptq" and families:
        return max(sorted(set(families)), key=families.count)
    return CHOSEN_CALIBRATION[quality.calibration]


def _from_prior(
    catalog: Catalog, task: Task, change: Change, rows: tuple[QualityPair, ...], question: PriorQuestion, what: str
) -> ClassVerdict:
    prior = catalog.quality_prior
    if not rows:
        reason = f"no published pair for {what}"
        return ClassVerdict(task.task_class, task.tolerance_points, "unknown", "published", *(None,) * 4, 0, 0, reason, ())
    band = size_band(change.total_params_b)
    key = change.model.id if change.model else None
    near = tuple(row for row in rows if row.size_band == band or prior.model_keys[row.model] == key)
    on_model = sum(prior.model_keys[row.model] == key for row in near)
    loss = prior.loss(question)
    within = loss.probability_above(-task.tolerance_points)
    status: QualityStatus = "inconclusive"
    if within >= catalog.assume("quality_prior_pass_probability"):
        status = "unproven"
    elif within <= catalog.assume("quality_prior_fail_probability"):
        status = "fails"
    found = prior_sentence(len(near), on_model, task.task_class, band, loss)
    sure = f"within {task.tolerance_points:g} points with a probability of {probability(within)}"
    reason = f"{found}; {sure}, not shown on your data"
    return ClassVerdict(
        task.task_class,
        task.tolerance_points,
        status,
        "published",
        loss.quantile(LOW_SHARE),
        loss.quantile(0.5),
        loss.quantile(HIGH_SHARE),
        within,
        len(near),
        on_model,
        reason,
        tuple(dict.fromkeys(row.source for row in (near or rows))),
        near or rows,
        estimated_errors=sum(row.stderr_delta_points is None for row in near),
    )


def _own_results(change: Change, quality: Quality, task_class: str, *, kv_cache_only: bool) -> list[OwnResult]:
    """Own results of a class for this change: the candidate's format, measured against today's."""
    return [
        result
        for result in quality.results
        if result.task_class == task_class
        and result.kv_cache_only == kv_cache_only
        and (kv_cache_only or result.format == change.then.id)
        and result.baseline in (None, change.now.id)
    ]


def _from_own(catalog: Catalog, task: Task, results: Sequence[OwnResult]) -> ClassVerdict:
    """Every own task must pass; one failure fails the class, anything unsettled leaves it open."""
    risk = risk_of(catalog)
    judged = []
    for result in results:
        judgement = judge(difference_of(result), task.tolerance_points, risk)
        judged.append(OwnVerdict(result, judgement, own_result_sentence(result, judgement, task.tolerance_points)))
    order: tuple[Verdict, ...] = ("PASS", "INCONCLUSIVE", "NOT COMPARABLE", "FAIL")
    worst = max(judged, key=lambda item: (order.index(item.judgement.verdict), -item.result.delta_points))
    statuses: dict[Verdict, QualityStatus] = {"PASS": "proven", "FAIL": "fails"}
    status = statuses.get(worst.judgement.verdict, "inconclusive")
    return ClassVerdict(
        task.task_class,
        task.tolerance_points,
        status,
        "own",
        worst.judgement.low_points,
        worst.result.delta_points,
        worst.judgement.high_points,
        None,
        0,
        0,
        f"your own results: {worst.sentence}",
        (),
        own=tuple(judged),
    )


def difference_of(result: OwnResult) -> Difference:
    """An own result as the difference it was."""
    flips = None
    if result.items and result.lost is not None and result.gained is not None:
        flips = Flips(result.items, result.lost, result.gained)
    scores = None
    if flips is None and result.baseline_points is not None:
        scores = (result.baseline_points, result.baseline_points + result.delta_points)
    return Difference(result.delta_points, result.stderr_points, result.items, flips is not None, flips, scores)


def _cache_lines(catalog: Catalog, change: Change, mix: Sequence[Task], quality: Quality) -> tuple[ClassVerdict, ...]:
    """The KV cache on its own, where the candidate's holds fewer bits than today's."""
    before = change.now.kv_cache_bits
    after = CACHE_BITS.get(quality.kv_cache, change.then.kv_cache_bits)
    if after >= before or after not in CACHE_FORMATS:
        return ()
    name = change.model.name if change.model else None
    lines = []
    for task in mix:
        own = _own_results(change, quality, task.task_class, kv_cache_only=True)
        if own:
            lines.append(_from_own(catalog, task, own))
            continue
        rows = pairs_of(catalog.quality_prior, (CACHE_FORMATS[after],), task.task_class)
        question = PriorQuestion(name, change.total_params_b, CACHE_FORMATS[after], task.task_class, None, "BF16 KV")
        what = f"a KV cache going from {CACHE_NAMES[before]} to {CACHE_NAMES[after]}, {task.task_class.replace('_', ' ')}"
        lines.append(_from_prior(catalog, task, change, rows, question, what))
    return tuple(lines)


def _length_ratio(catalog: Catalog, change: Change, mix: Sequence[Task], quality: Quality) -> float:
    """Mean answer length over the mix, weighted by the share of requests; 1 where nothing is known or it is noise."""
    total = weighted = 0.0
    for task in mix:
        known = [
            result.output_length_ratio
            for result in _own_results(change, quality, task.task_class, kv_cache_only=False)
            if result.output_length_ratio is not None
        ]
        total += task.share_fraction
        weighted += task.share_fraction * (sum(known) / len(known) if known else 1.0)
    ratio = weighted / total if total else 1.0
    return ratio if abs(ratio - 1) > catalog.assume("quality_length_shift_fraction") else 1.0
