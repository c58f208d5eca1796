"""Whether two arms may be compared at all, task by task: what blocks a verdict, and what is only worth saying."""

from __future__ import annotations

from dataclasses import dataclass

from advisor.catalog.records import EvalTask
from advisor.quality.runs import Arm, ScoreKey, TaskRun
from advisor.quality.templates import differ_only_in_tools_and_media, fits_its_hash

SHOWN_CHARACTERS = 60
MANY_MISSING_FRACTION = 0.05
NEAR_ZERO_POINTS = 5.0
UNSTABLE_BELOW_POINTS = 15.0
GUESSING_ERRORS = 2.0


@dataclass(frozen=True)
class Findings:
    """What stands against a comparison, and what is said beside it."""

    blocking: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def __add__(self, other: Findings) -> Findings:
        return Findings((*self.blocking, *other.blocking), (*self.notes, *other.notes))


def compare_arms(baseline: Arm, candidate: Arm, *, declared_apart: bool) -> Findings:
    """What holds for every task of two arms: one harness, different models, one way of prompting.

    Args:
        baseline: today's arm.
        candidate: the other.
        declared_apart: the user says that both are different formats although the files name the same model.
    """
    blocking: list[str] = []
    notes = list(dict.fromkeys((*baseline.notes, *candidate.notes)))
    if baseline.harness != candidate.harness:
        blocking.append(f"different harnesses: {baseline.harness} and {candidate.harness}")
    elif baseline.harness_version != candidate.harness_version:
        one, other = _say(baseline.harness_version), _say(candidate.harness_version)
        blocking.append(f"different harness versions: {one} and {other}; run both arms with one")
    if baseline.fingerprint == candidate.fingerprint:
        blocking.append("both files are the same run")
    elif _same_arm(baseline, candidate) and not declared_apart:
        blocking.append(
            f"both files are of the same arm: {baseline.model}, same revision and arguments. "
            "If the server ran another format, say so with --candidate-format"
        )
    return Findings(tuple(blocking), tuple(notes)) + _prompting(baseline, candidate)


def _same_arm(baseline: Arm, candidate: Arm) -> bool:
    named = baseline.model is not None and baseline.model == candidate.model
    return named and dict(baseline.arguments) == dict(candidate.arguments)


def _prompting(baseline: Arm, candidate: Arm) -> Findings:
    blocking, notes = [], []
    for field, words in (("system_sha", "system instructions"), ("fewshot_multiturn", "few-shot as several turns")):
        one, other = getattr(baseline, field), getattr(candidate, field)
        if one != other:
            blocking.append(f"{words} differ: {_say(one)} and {_say(other)}")
    one, other = baseline.chat_template_sha, candidate.chat_template_sha
    if one != other:
        if _harmless(baseline, candidate):
            notes.append("the chat templates differ, but only where tools, images, audio or video come in")
        elif one is None or other is None:
            blocking.append("only one arm was prompted with a chat template")
        else:
            blocking.append(f"different chat templates ({one[:8]} and {other[:8]})")
    return Findings(tuple(blocking), tuple(notes))


def _harmless(baseline: Arm, candidate: Arm) -> bool:
    """Only text that is what its hash says is believed."""
    one, other = baseline.chat_template, candidate.chat_template
    if one is None or other is None:
        return False
    if not (fits_its_hash(one, baseline.chat_template_sha) and fits_its_hash(other, candidate.chat_template_sha)):
        return False
    return differ_only_in_tools_and_media(one, other)


def compare_tasks(
    baseline: TaskRun, candidate: TaskRun, *, same_prompts: bool, tools: bool, template_differs: bool
) -> Findings:
    """What holds for one task: same version, shots, generation, items and prompts.

    Args:
        baseline: today's arm.
        candidate: the other.
        same_prompts: the logs show that every item got the same prompt.
        tools: the task sends tools, so a template that differs there matters.
        template_differs: the templates differ where tools come in.
    """
    blocking, notes = [], []
    for field, words in (
        ("version", "task versions"),
        ("shots", "few-shot counts"),
        ("output_type", "kinds of output"),
        ("items", "item counts (limits)"),
        ("repeats", "repeats an item"),
    ):
        one, other = getattr(baseline, field), getattr(candidate, field)
        if one != other and not (field == "repeats" and None in (one, other)):
            blocking.append(f"different {words}: {_say(one)} and {_say(other)}")
    for name in sorted({*baseline.generation, *candidate.generation}):
        one, other = baseline.generation.get(name), candidate.generation.get(name)
        if one != other:
            blocking.append(f"different generation settings: {name} is {_say(one)} and {_say(other)}")
    if baseline.prompts and candidate.prompts and baseline.prompts != candidate.prompts and not same_prompts:
        blocking.append("the prompts differ (task hashes)")
    if set(baseline.subtasks) != set(candidate.subtasks):
        blocking.append("the group holds different subtasks")
    if tools and template_differs:
        blocking.append("the chat templates differ where tools come in, and this task sends tools")
    if baseline.items and baseline.dataset_items and baseline.items < baseline.dataset_items:
        notes.append(f"a subset: {baseline.items:,} of {baseline.dataset_items:,} items")
    return Findings(tuple(blocking), tuple(notes))


def plausible_baseline(
    run: TaskRun, points: float, stderr: float | None, known: EvalTask | None, published: float | None, gap_points: float
) -> Findings:
    """Whether the baseline's score can be right: above guessing, and not far below what is published of the model.

    Args:
        run: the baseline's task.
        points: its score.
        stderr: its error in points.
        known: what the catalog knows of the task.
        published: the lowest published baseline of this model on this benchmark, in points.
        gap_points: how far below that a score is not believed.
    """
    chance = known.chance_points if known else None
    notes = []
    if chance is not None and points <= chance + GUESSING_ERRORS * (stderr or 0.0):
        return Findings((f"implausible baseline: {points:.1f} points is no better than guessing ({chance:g})",))
    if chance is None and points < NEAR_ZERO_POINTS:
        return Findings((f"implausible baseline: {points:.1f} points; check stop strings, template and answer extraction",))
    if published is not None and points < published - gap_points:
        return Findings(
            (f"implausible baseline: {points:.1f} points, published are {published:.1f} and more for this model",)
        )
    if points < UNSTABLE_BELOW_POINTS:
        notes.append(f"a baseline of {points:.1f} points leaves little to lose: a small loss may be a large share of it")
    if run.output_type in ("multiple_choice", "loglikelihood"):
        notes.append("answers were ranked by likelihood, not generated: less telling for a chat model")
    return Findings((), tuple(notes))


def missing_items(shared: int, baseline: int, candidate: int) -> Findings:
    """Items that only one arm logged."""
    missing = max(baseline, candidate) - shared
    if missing == 0:
        return Findings()
    message = f"{missing:,} of {max(baseline, candidate):,} items were logged by one arm only"
    if shared == 0 or missing > MANY_MISSING_FRACTION * max(baseline, candidate):
        return Findings((message,))
    return Findings((), (f"{message}; compared are the {shared:,} both hold",))


def metric_of(baseline: TaskRun, candidate: TaskRun, known: EvalTask | None, wanted: ScoreKey | None) -> ScoreKey | str:
    """The metric and filter both arms are compared on, or why there is none."""
    shared = [key for key in baseline.scores if key in candidate.scores]
    if wanted is not None:
        found = [key for key in shared if key[0] == wanted[0] and wanted[1] in (key[1], "")]
        return found[0] if found else f"no {','.join(part for part in wanted if part)} in both arms"
    if not shared:
        if not baseline.scores and not candidate.scores:
            reasons = dict.fromkeys((*baseline.unusable.values(), *candidate.unusable.values()))
            return "; ".join(reasons) or "no score"
        ours = sorted(",".join(key) for key in baseline.scores) or ["none"]
        theirs = sorted(",".join(key) for key in candidate.scores) or ["none"]
        return f"no metric and filter in common: {'; '.join(ours)} against {'; '.join(theirs)}"
    for metric in (known.metric if known else None, *MAIN_METRICS):
        for key in shared if metric else ():
            if metric and (key[0] == metric or (metric in ("pass", "rouge") and key[0].startswith(metric))):
                return key
    return shared[0]


MAIN_METRICS = ("exact_match", "acc_norm", "acc", "prompt_level_strict_acc", "pass@1", "pass_at_1", "f1", "score", "em")
"""Metrics looked at first where the catalog names none for a task, in order."""


def _say(value: object) -> str:
    text = "not stated" if value in (None, "") else str(value)
    return text if len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS] + "…"
