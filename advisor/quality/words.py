"""Sentences about quality, plain enough for a buyer: what was found, in how many pairs, and the tail."""

from __future__ import annotations

from advisor.phrases import percent
from advisor.quality.compare import TaskComparison
from advisor.quality.spread import Spread
from advisor.quality.statistics import Difference, Judgement
from advisor.scenario_quality import OwnResult

BAND_WORDS = {
    "under_10b": "models below 10 B parameters",
    "10_to_40b": "models of 10 to 40 B parameters",
    "40_to_150b": "models of 40 to 150 B parameters",
    "over_150b": "models above 150 B parameters",
}
CLASS_WORDS = {
    "factual_qa": "factual QA",
    "reasoning_math": "reasoning",
    "long_context": "long context",
    "agentic_tools": "agentic tool use",
}
TAIL_SHARE = 0.1


def class_words(task_class: str) -> str:
    """A task class in words."""
    return CLASS_WORDS.get(task_class, task_class.replace("_", " "))


def probability(share: float) -> str:
    """A probability in whole percent, never certain: ``96 %``, ``above 99 %``."""
    if share > 0.99:
        return "above 99 %"
    return "below 1 %" if share < 0.01 else percent(share)


def points(value: float) -> str:
    """A change in points with one decimal: ``loses 0.2 points``, ``gains 0.3 points``, ``neither gains nor loses``."""
    rounded = round(value, 1)
    if rounded == 0:
        return "neither gains nor loses"
    return f"{'loses' if rounded < 0 else 'gains'} {abs(rounded):.1f} points"


def prior_sentence(pairs: int, on_model: int, task_class: str, band: str, loss: Spread) -> str:
    """Evidence in one sentence: ``12 published pairs, 2 on this model; ... loses 0.2 points at the median, ...``."""
    count = "no published pair" if pairs == 0 else f"{pairs} published pair{'s' if pairs > 1 else ''}"
    seen = f"{count}, {on_model or 'none'} on this model" if pairs else f"{count} of this kind, so neighbours speak"
    middle, tail = loss.quantile(0.5), loss.quantile(TAIL_SHARE)
    worst = f"1 in 10 loses more than {-tail:.1f}" if tail < -0.05 else "9 in 10 lose nothing"
    kind = f"{class_words(task_class)} on {BAND_WORDS.get(band, 'models of this size')}"
    return f"{seen}; {kind} {points(middle)} at the median, {worst}"


def own_sentence(comparison: TaskComparison) -> str:
    """One own comparison in one sentence, verdict first."""
    if comparison.verdict == "NOT COMPARABLE":
        return f"{comparison.task}: not comparable: {comparison.reason}"
    difference = comparison.difference
    assert difference is not None  # only what cannot be compared has none
    text = verdict_sentence(comparison.task, difference, comparison.judgement, comparison.tolerance_points)
    if comparison.verdict == "INCONCLUSIVE" and comparison.needed_unpaired and comparison.needed_paired:
        text += f", about {comparison.needed_paired:,} paired, with per-item logs"
    return text


def own_result_sentence(result: OwnResult, judgement: Judgement, tolerance_points: float) -> str:
    """One own result of a scenario in one sentence."""
    paired = result.lost is not None
    difference = Difference(result.delta_points, result.stderr_points, result.items, paired)
    return verdict_sentence(result.task, difference, judgement, tolerance_points)


def verdict_sentence(task: str, difference: Difference, judgement: Judgement, tolerance_points: float) -> str:
    """A difference and its verdict in one sentence: what was found, its interval, and what would settle it."""
    found = f"{difference.delta_points:+.2f} points"
    if judgement.low_points is not None and judgement.high_points is not None:
        how = "paired" if difference.paired else "unpaired"
        found += f" ({how}, {judgement.low_points:.2f} to {judgement.high_points:.2f})"
    if judgement.verdict == "PASS":
        return f"{task}: within {tolerance_points:g} points, shown: {found}"
    if judgement.verdict == "FAIL":
        return f"{task}: loses more than {tolerance_points:g} points, shown: {found}; repeat the run before it counts"
    settles = "its error is not known, so no number of items can be stated"
    if judgement.needed_items:
        settles = f"{judgement.needed_items:,} items{'' if difference.paired else ' an arm'} settle it without loss"
    return f"{task}: not settled at {tolerance_points:g} points: {found}; {settles}"
