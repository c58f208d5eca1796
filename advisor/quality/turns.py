"""Where a verdict on quality turns: the tolerance from which a task class passes, and that up to which it fails.

A verdict only ever improves as the tolerance grows, so two numbers hold it for every tolerance. The workbook reads them.
"""

from __future__ import annotations

from dataclasses import dataclass

from advisor.catalog import Catalog
from advisor.quality.compare import risk_of
from advisor.quality.prior import PriorQuestion
from advisor.quality.statistics import judge
from advisor.quality.verdict import (
    CACHE_BITS,
    CACHE_FORMATS,
    Change,
    ClassVerdict,
    QualityVerdict,
    calibration_of,
    difference_of,
    pairs_of,
)
from advisor.scenario_quality import OwnResult, Quality

MOST_POINTS = 100.0
HALVINGS = 60


@dataclass(frozen=True)
class Turn:
    """One deciding line of a verdict: published evidence, own results, or none at all (both numbers None).

    ``passes_from`` is the least tolerance that passes (None: none does), ``fails_to`` the largest that fails.
    """

    task_class: str
    what: str
    basis: str
    passes_from: float | None
    fails_to: float | None
    now: ClassVerdict


def turns_of(catalog: Catalog, change: Change, verdict: QualityVerdict, quality: Quality) -> tuple[Turn, ...]:
    """Turns of every line that decides a verdict; none where the format is unchanged."""
    found = [_turn(catalog, change, line, quality, cache=False) for line in verdict.classes]
    if quality.kv_cache != "recipe":
        found += [_turn(catalog, change, line, quality, cache=True) for line in verdict.kv_cache]
    return tuple(found)


def _turn(catalog: Catalog, change: Change, line: ClassVerdict, quality: Quality, *, cache: bool) -> Turn:
    what = "KV cache" if cache else "format"
    if line.basis == "own":
        passes, fails = _own_turns(catalog, [item.result for item in line.own])
        return Turn(line.task_class, what, "own", passes, fails, line)
    if line.status == "unknown":
        return Turn(line.task_class, what, "none", None, None, line)
    spread = catalog.quality_prior.loss(_question(catalog, change, line.task_class, quality, cache))
    passes = -spread.quantile(1 - catalog.assume("quality_prior_pass_probability"))
    fails = -spread.quantile(1 - catalog.assume("quality_prior_fail_probability"))
    return Turn(line.task_class, what, "published", passes, fails, line)


def _question(catalog: Catalog, change: Change, task_class: str, quality: Quality, cache: bool) -> PriorQuestion:
    name = change.model.name if change.model else None
    if cache:
        bits = CACHE_BITS.get(quality.kv_cache, change.then.kv_cache_bits)
        return PriorQuestion(name, change.total_params_b, CACHE_FORMATS[bits], task_class, None, "BF16 KV")
    rows = pairs_of(catalog.quality_prior, change.then.evidence_formats, task_class)
    formats = change.then.evidence_formats or (change.then.id,)
    family = calibration_of(rows, quality)
    return PriorQuestion(name, change.total_params_b, formats[0], task_class, family, change.now.name)


def _own_turns(catalog: Catalog, results: list[OwnResult]) -> tuple[float | None, float | None]:
    """By bisection on the rule itself: every result passes from the first, any fails up to the second."""
    risk = risk_of(catalog)

    def verdicts(tolerance: float) -> set[str]:
        return {judge(difference_of(result), tolerance, risk).verdict for result in results}

    def passes(tolerance: float) -> bool:
        return verdicts(tolerance) == {"PASS"}

    def holds(tolerance: float) -> bool:
        return "FAIL" not in verdicts(tolerance)

    fails = _first(holds)
    return _first(passes), MOST_POINTS + 1 if fails is None else fails


def _first(rule: object) -> float | None:
    """The least tolerance at which a rule holds that holds from some tolerance on; None where it never does."""
    assert callable(rule)
    if not rule(MOST_POINTS):
        return None
    low, high = 0.0, MOST_POINTS
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if middle > 0 and rule(middle) else (middle, high)
    return high
