"""Options that pass: six criteria, dominance, a weighted score, and how far the weights matter.

An option nobody measured never outranks a measured one. Every criterion but energy depends on the option and on today
alone, and cost falls with an option's price, so that a dearer option never rises.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from advisor.catalog import Catalog
from advisor.decision.case import Case, best_plan, timing_of
from advisor.economics import break_even, saving, usd_per_mtok
from advisor.money.futures import Future
from advisor.money.months import Array
from advisor.options import CRITERIA, Option, Standing

WEIGHTINGS = 4096
SCORE_DIGITS = 12


@dataclass(frozen=True)
class Contest:
    """Options that pass, best first, with criteria (options x criteria), and the saving in USD that scores 1 on cost."""

    options: tuple[Option, ...]
    criteria: Array
    weights: Array
    full_saving_usd: float


def compete(case: Case, options: Iterable[Option]) -> tuple[tuple[Option, ...], Contest]:
    """All options with savings, ranks and standings: those that pass in order, then the rest."""
    priced = [against_today(case, option) for option in options]
    passing = [option for option in priced if option.feasible]
    rest = sorted((option for option in priced if not option.feasible), key=lambda option: option.key.id)
    contest = _contest(case, passing)
    shares = weight_shares(contest)
    dominated = _dominated(contest)
    standings = []
    for row, option in enumerate(contest.options):
        assert option.standing is not None  # every contestant has its future
        standing = replace(option.standing, dominated_by=dominated[row], weight_share_fraction=shares[row])
        standings.append(replace(option, standing=standing, rank=row + 1))
    ranked = (*standings, *rest)
    return ranked, replace(contest, options=tuple(standings))


def _contest(case: Case, passing: Sequence[Option]) -> Contest:
    weights = np.array([getattr(case.scenario.preferences.weights, name) for name in CRITERIA])
    weights = weights / weights.sum()
    full = case.catalog.assume("score_full_saving_fraction") * case.bill_npv
    if not passing:
        return Contest((), np.zeros((0, len(CRITERIA))), weights, full)
    futures = [best_plan(case, option) for option in passing]
    thriftiest = min((option.energy.kw for option in passing if option.energy), default=0.0)
    criteria = np.array(
        [_criteria(case, o, f, full, thriftiest) for o, f in zip(passing, futures, strict=True)], dtype=float
    )
    scores = np.round(criteria @ weights, SCORE_DIGITS)
    order = sorted(
        range(len(passing)),
        key=lambda i: (passing[i].is_estimate, -scores[i], futures[i].npv_cost, passing[i].key.id),
    )
    options = tuple(
        replace(passing[i], standing=Standing(tuple(criteria[i].tolist()), float(scores[i]), futures[i], None, 0.0))
        for i in order
    )
    return Contest(options, criteria[order], weights, full)


def _criteria(case: Case, option: Option, future: Future, full_saving_usd: float, thriftiest: float) -> tuple[float, ...]:
    """Scores in the order of CRITERIA (docs/method.md, "Score"): 0 to 1, but for cost, which money does not cap."""
    assume = case.catalog.assume
    timing = timing_of(case, option)
    reach = option.parts or (option,)
    margins = [
        1 - workload.targets.interactivity_tok_s_per_user / part.curve.fastest if part.curve else 0.0
        for workload, part in zip(case.scenario.workloads, reach, strict=True)
    ]
    serving = timing.lead + timing.ramp
    return (
        future.npv_saving / full_saving_usd,
        max(0.0, min(margins)),
        quality_score(case.catalog, option),
        evidence_score(case.catalog, option),
        max(0.0, 1 - serving / assume("score_readiness_months")),
        thriftiest / option.energy.kw if option.energy and thriftiest else 0.0,
    )


def quality_score(catalog: Catalog, option: Option) -> float:
    """1 for a format that is unchanged or proven, less without proof, 0 where it fails."""
    status = option.quality.status
    if status == "fails":
        return 0.0
    key = f"score_quality_{status}"
    return catalog.assume(key) if key in catalog.assumptions else 1.0


def evidence_score(catalog: Catalog, option: Option) -> float:
    """By the grade of the operating point; the weakest of several workloads counts."""
    points = [part.operating_point for part in option.parts or (option,)]
    grades = [f"score_evidence_{point.grade}" if point else "score_evidence_modelled" for point in points]
    return min(catalog.assume(key) if key in catalog.assumptions else 1.0 for key in grades)


def _dominated(contest: Contest) -> list[str | None]:
    """For each option one that is at least as good in every criterion and better in one; measured ones only by such."""
    found: list[str | None] = []
    for row, option in enumerate(contest.options):
        own = contest.criteria[row]
        better = next(
            (
                other.key.id
                for place, other in enumerate(contest.options)
                if place != row
                and (option.is_estimate or not other.is_estimate)
                and np.all(contest.criteria[place] >= own)
                and np.any(contest.criteria[place] > own)
            ),
            None,
        )
        found.append(better)
    return found


def weight_shares(contest: Contest) -> list[float]:
    """Share of the weight simplex in which each option scores best, by a fixed low-discrepancy set of weightings.

    Measured options stand before estimated ones at any weights. Ties go to the option ranked higher.
    """
    if not contest.options:
        return []
    first = contest.options[0].is_estimate
    tier = np.array([option.is_estimate == first for option in contest.options])
    scores = np.round(simplex(WEIGHTINGS) @ contest.criteria[tier].T, SCORE_DIGITS)
    wins = np.bincount(np.argmax(scores, axis=1), minlength=int(tier.sum())) / WEIGHTINGS
    shares = np.zeros(len(contest.options))
    shares[tier] = wins
    return [float(share) for share in shares]


def simplex(count: int) -> Array:
    """Weightings spread evenly over the simplex of six weights: no random numbers, the same set every time.

    An additive recurrence with the generalised golden ratio (Roberts, 2018) fills the unit cube; -log turns it into
    exponentials, whose shares are uniform on the simplex.
    """
    dimensions = len(CRITERIA)
    root = 1.0
    for _ in range(64):  # x^(d + 1) = x + 1, by fixed-point iteration
        root = (1 + root) ** (1 / (dimensions + 1))
    steps = root ** -np.arange(1.0, dimensions + 1)
    points = (0.5 + np.outer(np.arange(1.0, count + 1), steps)) % 1.0
    exponentials = -np.log(np.maximum(points, np.finfo(float).tiny))
    return np.asarray(exponentials / exponentials.sum(axis=1, keepdims=True))


def against_today(case: Case, option: Option) -> Option:
    """An option with its saving and break-even against today."""
    price, fleet, baseline = option.price, option.fleet, case.baseline
    if option.cost is None or price is None or fleet is None:
        return option
    assert baseline.cost is not None  # today's bill is always known
    assert baseline.price is not None
    today_price = baseline.price.usd_per_gpu_hour
    tok_s = fleet.capacity_tok_s / fleet.gpus
    per_token = tok_s_today = None
    if baseline.fleet is not None:
        tok_s_today = baseline.fleet.capacity_tok_s / baseline.fleet.gpus
        per_token = saving(usd_per_mtok(price.usd_per_gpu_hour, tok_s), usd_per_mtok(today_price, tok_s_today))
    return replace(
        option,
        saving_fraction=saving(option.cost.usd_per_month, baseline.cost.usd_per_month),
        saving_per_token_fraction=per_token,
        break_even=break_even(
            case.scenario.current.gpus, today_price, tok_s_today, fleet.gpus, price.usd_per_gpu_hour, tok_s
        ),
    )
