"""Two arms compared task by task: difference, error, verdict, and what would settle it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from advisor.catalog import Catalog
from advisor.catalog.names import normalized
from advisor.catalog.records import EvalTask
from advisor.quality.grouping import model_key
from advisor.quality.runs import Arm, Item, Score, ScoreKey, TaskRun
from advisor.quality.statistics import (
    Difference,
    Judgement,
    Risk,
    Verdict,
    bounded_stderr,
    judge,
    mcnemar_p,
    needed_paired,
    paired,
    unpaired,
)
from advisor.quality.validity import Findings, compare_arms, compare_tasks, metric_of, missing_items, plausible_baseline

SEVERITY: tuple[Verdict, ...] = ("PASS", "INCONCLUSIVE", "NOT COMPARABLE", "FAIL")


@dataclass(frozen=True)
class TaskComparison:
    """One task of both arms. Points on 0-100; what does not follow from the files is None."""

    task: str
    task_class: str | None
    metric: str | None
    filter: str | None
    items: int | None
    baseline_points: float | None
    candidate_points: float | None
    difference: Difference | None
    tolerance_points: float
    judgement: Judgement
    needed_unpaired: int | None
    needed_paired: int | None
    mcnemar_p: float | None
    output_length_ratio: float | None
    reason: str
    notes: tuple[str, ...]

    @property
    def verdict(self) -> Verdict:
        """PASS, FAIL, INCONCLUSIVE or NOT COMPARABLE."""
        return self.judgement.verdict


@dataclass(frozen=True)
class Comparison:
    """Two arms: every task on its own; the worst decides and nothing is averaged over tasks."""

    baseline: Arm
    candidate: Arm
    risk: Risk
    tasks: tuple[TaskComparison, ...]
    notes: tuple[str, ...]

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of all tasks."""
        return max((task.verdict for task in self.tasks), key=SEVERITY.index, default="NOT COMPARABLE")


@dataclass(frozen=True)
class Wishes:
    """What the user says beside the files. ``tolerances`` by task or class, in points; ``classes`` by task."""

    tolerance_points: float
    tolerances: Mapping[str, float]
    classes: Mapping[str, str]
    metrics: Mapping[str, ScoreKey]
    declared_apart: bool = False


def risk_of(catalog: Catalog) -> Risk:
    """Error and power as the catalog's assumptions name them."""
    return Risk(catalog.assume("quality_alpha"), catalog.assume("quality_power"))


def known_task(catalog: Catalog, task: str) -> EvalTask | None:
    """What the catalog knows of a task: the longest beginning of its name that is a known task or another name of one."""
    name = normalized(task)
    best: tuple[int, EvalTask | None] = (0, None)
    for record in catalog.eval_tasks.values():
        for alias in (record.id, *record.aliases):
            key = normalized(alias)
            if name.startswith(key) and len(key) > best[0]:
                best = (len(key), record)
    return best[1]


def compare(catalog: Catalog, baseline: Arm, candidate: Arm, wishes: Wishes) -> Comparison:
    """Compare every task of two arms; a task of one arm only is said to be missing."""
    risk = risk_of(catalog)
    both = compare_arms(baseline, candidate, declared_apart=wishes.declared_apart)
    tasks = []
    for task in dict.fromkeys((*baseline.tasks, *candidate.tasks)):
        one, other = baseline.tasks.get(task), candidate.tasks.get(task)
        if one is None or other is None:
            arm = "candidate" if other is None else "baseline"
            tasks.append(_refused(task, _class_of(catalog, task, wishes), wishes, (f"the {arm}'s files hold no {task}",)))
        else:
            tasks.append(_compare_task(catalog, baseline, candidate, (one, other), wishes, both, risk))
    return Comparison(baseline, candidate, risk, tuple(tasks), both.notes)


def _class_of(catalog: Catalog, task: str, wishes: Wishes) -> str | None:
    known = known_task(catalog, task)
    return wishes.classes.get(task) or (known.task_class if known else None)


def _tolerance(task: str, task_class: str | None, wishes: Wishes) -> float:
    return wishes.tolerances.get(task, wishes.tolerances.get(task_class or "", wishes.tolerance_points))


def _refused(task: str, task_class: str | None, wishes: Wishes, reasons: tuple[str, ...]) -> TaskComparison:
    tolerance = _tolerance(task, task_class, wishes)
    none = Judgement("NOT COMPARABLE", None, None, None)
    empty = (None,) * 6
    return TaskComparison(task, task_class, *empty, tolerance, none, None, None, None, None, "; ".join(reasons), ())


def _compare_task(
    catalog: Catalog,
    baseline: Arm,
    candidate: Arm,
    runs: tuple[TaskRun, TaskRun],
    wishes: Wishes,
    both: Findings,
    risk: Risk,
) -> TaskComparison:
    one, other = runs
    known, task_class = known_task(catalog, one.task), _class_of(catalog, one.task, wishes)
    key = metric_of(one, other, known, wishes.metrics.get(one.task))
    if isinstance(key, str):
        return _refused(one.task, task_class, wishes, (key,))
    pairs, findings = _pairs(one, other, key)
    same_prompts = bool(pairs) and all(a.prompt is not None and a.prompt == b.prompt for a, b in pairs)
    if pairs and not same_prompts and any(a.prompt != b.prompt for a, b in pairs):
        findings += Findings(("the prompts of the logged items differ",))
    blocked = both
    if same_prompts:
        blocked = Findings(tuple(text for text in both.blocking if "harness version" not in text and "template" not in text))
    findings += Findings(blocked.blocking) + compare_tasks(
        one,
        other,
        same_prompts=same_prompts,
        tools=task_class == "agentic_tools",
        template_differs=baseline.chat_template_sha != candidate.chat_template_sha and not same_prompts,
    )
    before, after = one.scores[key], other.scores[key]
    if before.scale != after.scale:
        findings += Findings(("the scores stand on different scales: one up to 1, one up to 100",))
    published = _published_baseline(catalog, baseline.model, one.task)
    errors = (_error(before, one.items), _error(after, other.items))
    gap = catalog.assume("quality_baseline_gap_points")
    findings += plausible_baseline(one, before.points, errors[0], known, published, gap)
    difference = _difference(before, after, errors, one.items, pairs)
    return _judged(
        catalog, one, key, (before, after), difference, wishes, findings, risk, (task_class, _length(one, other, pairs))
    )


def _error(score: Score, items: int | None) -> float | None:
    """The harness's own error; else the largest a mean of items can have; else None."""
    if score.stderr_points is not None:
        return score.stderr_points
    return bounded_stderr(score.points, items) if score.bounded and items else None


def _pairs(one: TaskRun, other: TaskRun, key: ScoreKey) -> tuple[list[tuple[Item, Item]], Findings]:
    """Items both arms logged under a metric, by their hash."""
    left, right = one.logged.get(key, ()), other.logged.get(key, ())
    if not left or not right:
        return [], Findings()
    by_key = {item.key: item for item in right}
    pairs = [(item, by_key[item.key]) for item in left if item.key in by_key]
    return pairs, missing_items(len(pairs), len(left), len(right))


def _difference(
    before: Score, after: Score, errors: tuple[float | None, float | None], items: int | None, pairs: list[tuple[Item, Item]]
) -> Difference:
    if not pairs:
        return unpaired(before.points, errors[0], after.points, errors[1], items)
    clusters = [item.cluster for item, _ in pairs]
    known = [cluster for cluster in clusters if cluster is not None]
    return paired(
        [item.score_points for item, _ in pairs],
        [item.score_points for _, item in pairs],
        known if len(known) == len(pairs) else None,
    )


def _length(one: TaskRun, other: TaskRun, pairs: list[tuple[Item, Item]]) -> float | None:
    """Candidate over baseline mean answer length, from the items or from the tasks' means."""
    known = [
        (a.output_length, b.output_length) for a, b in pairs if a.output_length is not None and b.output_length is not None
    ]
    if known:
        before = sum(a for a, _ in known)
        return sum(b for _, b in known) / before if before > 0 else None
    if one.output_tokens and other.output_tokens:
        return other.output_tokens / one.output_tokens
    return None


def _published_baseline(catalog: Catalog, model: str | None, task: str) -> float | None:
    """Lowest published baseline of this model on this benchmark; None where nobody published one."""
    if model is None:
        return None
    key, name = model_key(catalog, model), normalized(task)
    scores = [
        pair.baseline_score
        for pair in catalog.quality
        if pair.usable and normalized(pair.benchmark) == name and model_key(catalog, pair.model) == key
    ]
    return min(scores, default=None)


def _judged(
    catalog: Catalog,
    run: TaskRun,
    key: ScoreKey,
    scores: tuple[Score, Score],
    difference: Difference,
    wishes: Wishes,
    findings: Findings,
    risk: Risk,
    class_and_length: tuple[str | None, float | None],
) -> TaskComparison:
    task_class, length = class_and_length
    tolerance = _tolerance(run.task, task_class, wishes)
    judgement = judge(difference, tolerance, risk)
    baseline = scores[0].points
    notes = (*findings.notes, *_notes(catalog, difference, run, length))
    if findings.blocking:
        judgement = Judgement("NOT COMPARABLE", judgement.low_points, judgement.high_points, None)
    paired_need = judgement.needed_items if difference.paired else None
    if judgement.verdict == "INCONCLUSIVE" and not difference.paired and run.items:
        paired_need = needed_paired(baseline, catalog.assume("quality_flipped_fraction"), tolerance, risk)
    return TaskComparison(
        task=run.task,
        task_class=task_class,
        metric=key[0],
        filter=key[1],
        items=difference.items,
        baseline_points=baseline,
        candidate_points=scores[1].points,
        difference=difference,
        tolerance_points=tolerance,
        judgement=judgement,
        needed_unpaired=None if difference.paired else judgement.needed_items,
        needed_paired=paired_need,
        mcnemar_p=mcnemar_p(difference.flips) if difference.flips else None,
        output_length_ratio=length,
        reason="; ".join(findings.blocking),
        notes=notes,
    )


def _notes(catalog: Catalog, difference: Difference, run: TaskRun, length: float | None) -> tuple[str, ...]:
    notes = []
    if difference.stderr_points is None:
        notes.append("no standard error is given and none can be bounded: give the number of items, or per-item logs")
    if abs(difference.delta_points) < catalog.assume("quality_run_to_run_points"):
        notes.append("the difference is below what two runs of one checkpoint differ by: neither gain nor loss")
    if run.repeats and run.repeats > 1 and not difference.paired:
        notes.append(f"{run.repeats} runs averaged; they do not shrink the error of which items were drawn")
    if length is not None and abs(length - 1) > catalog.assume("quality_length_shift_fraction"):
        notes.append(f"answers are {abs(length - 1):.1%} {'longer' if length > 1 else 'shorter'}: that changes the cost")
    return tuple(notes)
