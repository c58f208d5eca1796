"""The tornado: what one driver at a time does to the NPV saved. Each row is a full run of the month model."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from advisor.decision.case import Case, buys_hardware, runs_in_place
from advisor.decision.records import TornadoRow
from advisor.money.months import least_rate, path
from advisor.money.plans import Plan, World, flows
from advisor.options import Option
from advisor.pricing import Price


@dataclass(frozen=True)
class Driver:
    """A driver with its low, expected and high value."""

    name: str
    unit: str
    low: float
    base: float
    high: float


def tornado(case: Case, option: Option, plan: Plan) -> tuple[TornadoRow, ...]:
    """Rows for a plan towards an option, the widest swing first; drivers without a range are left out."""
    rows = []
    for driver in drivers_of(case, option):
        if driver.low == driver.high:
            continue
        low, high = (saving_with(case, plan, driver, value) for value in (driver.low, driver.high))
        rows.append(TornadoRow(driver.name, driver.unit, driver.low, driver.base, driver.high, low, high))
    return tuple(sorted(rows, key=lambda row: (-row.swing_usd, row.driver)))


def drivers_of(case: Case, option: Option) -> list[Driver]:
    """The drivers of an option's saving with their ranges; some may have none (low equals high)."""
    scenario, assume = case.scenario, case.catalog.assume
    finance, spread = scenario.finance, scenario.uncertainty
    growth = scenario.workload.growth_per_year_fraction
    change, load = finance.price_change_per_year, assume("tornado_load_fraction")
    wobble, drift = spread.growth_spread_fraction, spread.price_change_spread_fraction
    assert option.price is not None  # only priced options have a plan
    assert case.baseline.price is not None
    drivers = [
        _speed("candidate throughput", option, spread.throughput_spread_ratio),
        _price("current price", case.baseline.price, assume("tornado_price_fraction"), spread.price_spread_ratio),
        Driver("demand", "of today's", 1 - load, 1.0, 1 + load),
        Driver("growth", "a year, first workload", least_rate(growth, wobble), growth, growth + wobble),
        _drift("current price change", change.current, 0.0 if scenario.current.owned is not None else drift),
        Driver("delay", "months", 0.0, 0.0, spread.delay_p90_months),
    ]
    if not runs_in_place(case, option):
        drivers += [
            _price("candidate price", option.price, assume("tornado_price_fraction"), spread.price_spread_ratio),
            _drift("candidate price change", change.candidate, 0.0 if buys_hardware(case, option) else drift),
        ]
    if scenario.migration.contingency_fraction > 0:
        base = 1 + scenario.migration.contingency_fraction
        drivers.append(Driver("one-off cost", "of the estimate", 1.0, base, base + scenario.migration.contingency_fraction))
    return drivers


def _speed(name: str, option: Option, ratio: float) -> Driver:
    """The 80 % interval of an option's throughput; of several workloads the widest, as a factor on all."""
    point = option.operating_point
    assert point is not None  # only sized options have a plan
    low, high = (1.0, 1.0) if option.throughput_range is None or ratio == 0 else option.throughput_range
    if option.parts:
        return Driver(name, "of the estimate", low, 1.0, high)
    base = point.tok_s_per_gpu
    return Driver(name, "tok/s/GPU", low * base, base, high * base)


def _drift(name: str, rate: float, drift: float) -> Driver:
    """A change of rents a year; own hardware pays none."""
    return Driver(name, "a year", least_rate(rate, drift), rate, rate + drift)


def _price(name: str, price: Price, fraction: float, ratio: float) -> Driver:
    """The spread of the offers behind a price, else the assumed fraction either way."""
    now = price.usd_per_gpu_hour
    low, high = now * (1 - fraction), now * (1 + fraction)
    if price.low is not None and price.high is not None and price.low < price.high:
        low, high = price.low, price.high
    if ratio == 0:
        low = high = now
    return Driver(name, "USD/GPU-hour", low, now, high)


def saving_with(case: Case, plan: Plan, driver: Driver, value: float) -> float:
    """NPV saved by a plan with one driver at a value, USD."""
    ledger = case.ledger
    world = world_with(ledger.world, driver, value, ledger.months)
    one_off = plan.one_off_usd * (value / driver.base if driver.name == "one-off cost" else 1.0)
    staying = np.broadcast_to(ledger.today.staying_gpus(world.demand, world.today_speed), (ledger.months,))
    stay = flows(Plan("stay"), ledger.today, world, staying).total_usd
    cost = flows(plan, ledger.today, world, staying).total_usd
    return float((stay - cost) @ ledger.factors) - one_off


def world_with(world: World, driver: Driver, value: float, months: int) -> World:
    """The world with one driver at a value; one-offs stand in the plan, not in the world."""
    factor = value / driver.base if driver.base else 0.0
    match driver.name:
        case "candidate throughput":
            return replace(world, speed=factor)
        case "candidate price":
            return replace(world, price=factor)
        case "current price":
            return replace(world, today_price=factor)
        case "demand":
            return replace(world, demand=tuple(growth * value for growth in world.demand))
        case "growth":
            return replace(world, demand=(path(value, months), *world.demand[1:]))
        case "current price change":
            return replace(world, current_price_path=path(value, months))
        case "candidate price change":
            return replace(world, candidate_price_path=path(value, months))
        case "delay":
            return replace(world, delay_months=value)
    return world
