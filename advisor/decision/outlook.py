"""The draws: every option's cheapest future in thousands of worlds, with and without luck (scipy.stats.qmc).

One scrambled Sobol point a draw: the same seed gives the same digits. No verdict code reads these figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from advisor.decision.case import Case, runs_in_place
from advisor.decision.ranking import SCORE_DIGITS, Contest
from advisor.money.months import Array, path
from advisor.money.plans import Plan, World, flows
from advisor.options import CRITERIA, Option, Outlook
from advisor.pricing import Price

LOG2_DRAWS = 12
DRAWS = 2**LOG2_DRAWS
BLOCK = 512
"""Draws worked on at a time: small enough for a processor's cache."""

P90_Z = 1.2815515655446004
"""The standard normal's 90 % point: half the width of an 80 % interval in standard deviations."""

COMMON = ("growth", "current_price_change", "candidate_price_change", "delay", "today_speed")


@dataclass(frozen=True)
class Draws:
    """Draws in columns (K, 1). ``speed`` and ``fails`` stand by option id, ``price`` by GPU."""

    growth: tuple[Array, ...]
    current_change: Array
    candidate_change: Array
    delay: Array
    today_speed: Array
    speed: dict[str, Array]
    price: dict[str, Array]
    fails: dict[str, NDArray[np.bool_]]


@dataclass(frozen=True)
class Drawn:
    """NPVs by option (options x draws), staying's, and whether quality and throughput hold."""

    stay_npv: Array
    npv: Array
    met: NDArray[np.bool_]
    fails: NDArray[np.bool_]


def outlooks(case: Case, contest: Contest) -> tuple[Option, ...]:
    """The options that pass with what the draws say of each."""
    if not contest.options:
        return ()
    drawn = run_draws(case, contest.options)
    wins = _wins(contest, drawn)
    result = []
    for row, option in enumerate(contest.options):
        saved = drawn.stay_npv - drawn.npv[row]
        low, middle, high = np.quantile(saved, (0.1, 0.5, 0.9))
        cost = np.quantile(drawn.npv[row], (0.1, 0.5, 0.9))
        outlook = Outlook(
            saves_money_fraction=float(np.mean(saved > 0)),
            target_met_fraction=float(np.mean(drawn.met[row])),
            saving_p10_usd=float(low),
            saving_p50_usd=float(middle),
            saving_p90_usd=float(high),
            npv_p10_usd=float(cost[0]),
            npv_p50_usd=float(cost[1]),
            npv_p90_usd=float(cost[2]),
            win_fraction=float(wins[row]),
        )
        result.append(replace(option, outlook=outlook))
    return tuple(result)


def run_draws(case: Case, options: Sequence[Option]) -> Drawn:
    """NPV of every option's cheapest future, and of staying, in every draw."""
    draws = make_draws(case, options)
    stay = np.empty(DRAWS)
    npv = np.empty((len(options), DRAWS))
    for start in range(0, DRAWS, BLOCK):
        block = slice(start, start + BLOCK)
        world = _world(case, draws, block)
        staying = case.ledger.today.staying_gpus(world.demand, world.today_speed)
        staying = np.broadcast_to(staying, (BLOCK, case.ledger.months))
        stay[block] = flows(Plan("stay"), case.ledger.today, world, staying).total_usd @ case.ledger.factors
        for row, option in enumerate(options):
            npv[row, block] = _npv(case, option, draws, block, world, staying)
    fails = np.stack([draws.fails[option.key.id][:, 0] for option in options])
    one_offs = np.array([_plan(option).one_off_usd for option in options])
    # A move that fails its validation has cost its one-offs and stays where it was.
    npv = np.where(fails, stay + one_offs[:, None], npv)
    met = ~fails & np.stack([_carries(option, draws.speed[option.key.id][:, 0]) for option in options])
    return Drawn(stay, npv, met, fails)


def _npv(case: Case, option: Option, draws: Draws, block: slice, world: World, staying: Array) -> Array:
    plan = _plan(option)
    speed, price = draws.speed[option.key.id][block], draws.price[option.key.hardware][block]
    own = replace(world, speed=speed, price=price)
    cash = flows(plan, case.ledger.today, own, staying).total_usd @ case.ledger.factors
    return np.asarray(plan.one_off_usd + cash)


def _plan(option: Option) -> Plan:
    assert option.standing is not None  # contestants have their future
    return option.standing.future.plan


def _carries(option: Option, speed: Array) -> NDArray[np.bool_]:
    """Whether the fleet as sized carries today's peak at the drawn throughput."""
    assert option.fleet is not None  # contestants are sized
    return np.asarray(speed >= (1 - option.fleet.spare_fraction) - 10.0**-SCORE_DIGITS)


def _world(case: Case, draws: Draws, block: slice) -> World:
    months = case.ledger.months
    return World(
        tuple(path(growth[block], months) for growth in draws.growth),
        path(draws.current_change[block], months),
        path(draws.candidate_change[block], months),
        draws.delay[block],
        today_speed=draws.today_speed[block],
    )


def make_draws(case: Case, options: Sequence[Option]) -> Draws:
    """All draws of a case, by inverse distribution functions of a scrambled Sobol sequence."""
    from scipy.special import ndtri
    from scipy.stats import qmc  # slow to import: only when draws are made

    spread = case.scenario.uncertainty
    hardware = sorted({option.key.hardware for option in options})
    keys = sorted(option.key.id for option in options)
    columns = len(COMMON) + len(hardware) + 2 * len(keys)
    uniform = qmc.Sobol(columns, scramble=True, seed=spread.seed).random_base2(LOG2_DRAWS)
    uniform = np.clip(uniform, 1e-9, 1 - 1e-9)
    normal = ndtri(uniform) / P90_Z
    by_id = {option.key.id: option for option in options}
    finance = case.scenario.finance.price_change_per_year
    today = _speed(case.baseline, normal[:, 4:5], spread.throughput_spread_ratio)
    drawn_speed, fails = {}, {}
    for place, key in enumerate(keys):
        option = by_id[key]
        column = len(COMMON) + len(hardware) + 2 * place
        own = option.key.id == case.baseline.key.id
        z = normal[:, column : column + 1]
        drawn_speed[key] = today if own else _speed(option, z, spread.throughput_spread_ratio)
        fails[key] = uniform[:, column + 1 : column + 2] < _fail_probability(case, option)
    prices = {}
    for place, gpu in enumerate(hardware):
        column = len(COMMON) + place
        option = next(o for o in options if o.key.hardware == gpu)
        z = normal[:, column : column + 1]
        prices[gpu] = np.ones_like(z) if runs_in_place(case, option) else _price(option.price, z, spread.price_spread_ratio)
    return Draws(
        tuple(
            _rate(workload.growth_per_year_fraction, spread.growth_spread_fraction, normal[:, 0:1])
            for workload in case.scenario.workloads
        ),
        _rate(finance.current, spread.price_change_spread_fraction, normal[:, 1:2]),
        _rate(finance.candidate, spread.price_change_spread_fraction, normal[:, 2:3]),
        spread.delay_p90_months * np.log1p(-uniform[:, 3:4]) / np.log(0.1),
        today,
        drawn_speed,
        prices,
        fails,
    )


def _rate(expected: float, spread: float, z: Array) -> Array:
    """A rate a year, normal with the spread as half an 80 % interval, never a total loss."""
    return np.maximum(expected + spread * z, min(expected, -0.95))


def _speed(option: Option, z: Array, ratio: float) -> Array:
    """True over estimated throughput: lognormal to either side, the 80 % interval as given, 1 in the middle.

    Of several workloads the widest interval stands for all: they share engine, format and GPU.
    """
    points = [part.operating_point for part in option.parts or (option,)]
    lows = [p.low / p.tok_s_per_gpu for p in points if p is not None and p.low is not None]
    highs = [p.high / p.tok_s_per_gpu for p in points if p is not None and p.high is not None]
    if not lows or not highs or ratio == 0:
        return np.ones_like(z)
    return _two_sided(z, min(lows), max(highs), ratio)


def _price(price: Price | None, z: Array, ratio: float) -> Array:
    """True price over the one used: spread as the offers are; quotes, bills and books have none."""
    offers = () if price is None else price.spread_usd_per_gpu_hour
    if price is None or len(offers) < 2 or ratio == 0:
        return np.ones_like(z)
    low, high = np.quantile(offers, (0.1, 0.9)) / price.usd_per_gpu_hour
    return _two_sided(z, float(low), float(high), ratio)


def _two_sided(z: Array, low: float, high: float, ratio: float) -> Array:
    """Exp of z times the log distance to the lower or to the upper end of an 80 % interval."""
    reach = np.where(z < 0, -np.log(min(low, 1.0)), np.log(max(high, 1.0)))
    return np.asarray(np.exp(ratio * reach * z))


def _fail_probability(case: Case, option: Option) -> float:
    """The assumed chance that validation fails, by what is known of the format's quality."""
    spread = case.scenario.uncertainty
    open_ended = spread.quality_unknown_fails_fraction
    known = {"unproven": spread.quality_unproven_fails_fraction, "inconclusive": open_ended, "unknown": open_ended}
    return known.get(option.quality.status, 0.0)


def _wins(contest: Contest, drawn: Drawn) -> Array:
    """Share of draws in which each option scores best at the user's weights, measured before estimated.

    In each draw the cost criterion is that draw's, and a format that fails drops out. A draw in which every format
    fails counts for today's setup, if it is among the options, else for none.
    """
    tier = np.array([option.is_estimate == contest.options[0].is_estimate for option in contest.options])
    cost = (drawn.stay_npv - drawn.npv) / contest.full_saving_usd
    place = CRITERIA.index("cost")
    fixed = contest.criteria @ np.where(np.arange(len(CRITERIA)) == place, 0.0, contest.weights)
    scores = np.round(contest.weights[place] * cost + fixed[:, None], SCORE_DIGITS)
    scores = np.where(drawn.fails | ~tier[:, None], -np.inf, scores)
    best = np.argmax(scores, axis=0)
    alive = np.isfinite(np.max(scores, axis=0))
    return np.asarray(np.bincount(best[alive], minlength=len(contest.options)) / DRAWS)
