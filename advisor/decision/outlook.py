"""The draws: every option's cheapest future in thousands of worlds, with and without luck.

A Latin hypercube: every quantity takes each of its 4,096 equal slices once, in an order of its own (McKay, Beckman and
Conover 1979). The same seed gives the same digits. No verdict code reads these; the confidence does.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cache
from statistics import NormalDist
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from advisor.decision.case import Case, runs_in_place
from advisor.decision.ranking import SCORE_DIGITS, Contest
from advisor.evidence.age import Z80
from advisor.money.months import LEAST_RATE, Array, path
from advisor.money.plans import Plan, World, flows
from advisor.options import CRITERIA, Option, Outlook
from advisor.pricing import Price

DRAWS = 4096
BLOCK = 512
"""Draws worked on at a time: small enough for a processor's cache."""

STAYING = ""
"""Key of staying among the options followed by month."""

QUANTILES = (0.1, 0.5, 0.9)


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
    """NPVs by option (options x draws), staying's, and whether quality and throughput hold.

    ``months`` holds the undiscounted cash (months x draws, USD, without one-offs) of the options that were to be
    followed, by id, and staying's under :data:`STAYING`.
    """

    stay_npv: Array
    npv: Array
    met: NDArray[np.bool_]
    fails: NDArray[np.bool_]
    months: dict[str, Array]


def outlooks(contest: Contest, drawn: Drawn) -> tuple[Option, ...]:
    """The options that pass with what the draws say of each."""
    wins = _wins(contest, drawn)
    result = []
    for row, option in enumerate(contest.options):
        saved = drawn.stay_npv - drawn.npv[row]
        low, middle, high = percentiles(saved[None, :])[:, 0]
        cost = percentiles(drawn.npv[row][None, :])[:, 0]
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


def percentiles(rows: Array) -> Array:
    """P10, P50 and P90 of each row of draws, (3, rows): linear between order statistics. Sorting whole is the quick way."""
    ordered = np.sort(rows, axis=1)
    place = np.array(QUANTILES) * (rows.shape[1] - 1)
    below = place.astype(int)
    low, high = ordered[:, below], ordered[:, np.minimum(below + 1, rows.shape[1] - 1)]
    return np.asarray((low + (high - low) * (place - below)).T)


def run_draws(case: Case, options: Sequence[Option], draws: Draws, followed: Collection[str] = ()) -> Drawn:
    """NPV of every option's cheapest future, and of staying, in every draw; of ``followed`` ids every month's cash too."""
    stay = np.empty(DRAWS)
    npv = np.empty((len(options), DRAWS))
    months = {key: np.empty((case.ledger.months, DRAWS)) for key in (STAYING, *followed)}
    for start in range(0, DRAWS, BLOCK):
        block = slice(start, start + BLOCK)
        world = _world(case, draws, block)
        staying = case.ledger.today.staying_gpus(world.demand, world.today_speed)
        staying = np.broadcast_to(staying, (BLOCK, case.ledger.months))
        cash = flows(Plan("stay"), case.ledger.today, world, staying).total_usd
        stay[block] = cash @ case.ledger.factors
        months[STAYING][:, block] = cash.T
        for row, option in enumerate(options):
            cash = _cash(case, option, draws, block, world, staying)
            npv[row, block] = _plan(option).one_off_usd + cash @ case.ledger.factors
            if option.key.id in months:
                months[option.key.id][:, block] = cash.T
    fails = np.stack([draws.fails[option.key.id][:, 0] for option in options])
    one_offs = np.array([_plan(option).one_off_usd for option in options])
    # A move that fails its validation has cost its one-offs and stays where it was.
    npv = np.where(fails, stay + one_offs[:, None], npv)
    met = ~fails & np.stack([_carries(option, draws.speed[option.key.id][:, 0]) for option in options])
    return Drawn(stay, npv, met, fails, months)


def _cash(case: Case, option: Option, draws: Draws, block: slice, world: World, staying: Array) -> Array:
    """Cash of an option's cheapest future by draw and month, USD, without its one-offs."""
    speed, price = draws.speed[option.key.id][block], draws.price[option.key.hardware][block]
    own = replace(world, speed=speed, price=price)
    return flows(_plan(option), case.ledger.today, own, staying).total_usd


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
    """All draws of a case, by inverse distribution functions of a Latin hypercube."""
    spread, finance = case.scenario.uncertainty, case.scenario.finance.price_change_per_year
    uniform, normal = _slices()

    def order(quantity: str) -> NDArray[np.intp]:
        return _order(spread.seed, quantity)

    today = _speed(case.baseline, normal[order("today_speed")], spread.throughput_spread_ratio)
    speed, price, fails = {}, {}, {}
    for option in options:
        key, gpu = option.key.id, option.key.hardware
        own = key == case.baseline.key.id
        speed[key] = today if own else _speed(option, normal[order(f"speed of {key}")], spread.throughput_spread_ratio)
        fails[key] = uniform[order(f"quality of {key}")] < _fail_probability(case, option)
        if gpu not in price:
            z = normal[order(f"price of {gpu}")]
            price[gpu] = (
                np.ones_like(z) if runs_in_place(case, option) else _price(option.price, z, spread.price_spread_ratio)
            )
    return Draws(
        tuple(
            _rate(workload.growth_per_year_fraction, spread.growth_spread_fraction, normal[order("growth")])
            for workload in case.scenario.workloads
        ),
        _rate(finance.current, spread.price_change_spread_fraction, normal[order("current price change")]),
        _rate(finance.candidate, spread.price_change_spread_fraction, normal[order("candidate price change")]),
        spread.delay_p90_months * np.log1p(-uniform[order("delay")]) / np.log(0.1),
        today,
        speed,
        price,
        fails,
    )


@cache
def _slices() -> tuple[Array, Array]:
    """The middle of every slice of probability (K, 1), and the normal deviate there in units of the 90 % point."""
    middle = (np.arange(DRAWS) + 0.5) / DRAWS
    deviate = np.array([NormalDist().inv_cdf(value) for value in middle]) / Z80
    return middle[:, None], deviate[:, None]


def _order(seed: int, quantity: str) -> NDArray[np.intp]:
    """The slices' order for one quantity: its own, so that an option's luck does not depend on what stands beside it."""
    return np.random.default_rng((seed, crc32(quantity.encode()))).permutation(DRAWS)


def _rate(expected: float, spread: float, z: Array) -> Array:
    """A rate a year, normal with the spread as half an 80 % interval, never a total loss."""
    return np.maximum(expected + spread * z, min(expected, LEAST_RATE))


def _speed(option: Option, z: Array, ratio: float) -> Array:
    """True over estimated throughput: lognormal to either side, the 80 % interval as given, 1 in the middle."""
    found = option.throughput_range
    return np.ones_like(z) if found is None or ratio == 0 else _two_sided(z, *found, ratio)


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
