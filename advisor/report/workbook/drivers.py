"""The sheet Drivers, below the option looked at: the range of every driver, and what each end does to the NPV saved.

An end changes one thing only, so its NPV follows from few sums over months (docs/workbook.md): GPU-months no longer
rented, committed GPU-months unused, the exit fee's discount factor, and new GPU-months at the month's price; with own
hardware also from purchases less sales saved.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from advisor.decision.tornado import Driver, drivers_of, saving_with, world_with
from advisor.money.months import Array
from advisor.money.plans import Plan, World, flows, unused
from advisor.report.workbook.book import FACTOR, MONEY, NUMBER, WHOLE, Sheet, cell, fixed, on
from advisor.report.workbook.model import Model
from advisor.report.workbook.names import numbered
from advisor.report.workbook.prices import LAST_PRICE, P_HIGH, P_LOW, PRICES
from advisor.report.workbook.rows import Row
from advisor.report.workbook.subject import SHEET, Subject

DRIVER, UNIT, LOW, BASE, HIGH, RANGED, AT_LOW, AT_HIGH, SWING, ORDER = range(10)
RANGE_HEADS = (
    "Driver",
    "Unit",
    "Low",
    "Base",
    "High",
    "Has a range (1/0)",
    "NPV saved at low, USD",
    "NPV saved at high, USD",
    "Swing, USD",
    "Order, widest first",
)
(
    END,
    END_SIDE,
    END_VALUE,
    OVER,
    MARKET,
    IDLE,
    FEE,
    NEW,
    TODAY_HARDWARE,
    NEW_HARDWARE,
    TODAY_PRICE,
    CANDIDATE_PRICE,
    ONE_OFF,
    NPV,
) = range(14)
END_HEADS = (
    "End",
    "Side",
    "Value",
    "Over base",
    "Rented GPU-months saved, at the month's price over month 1, discounted",
    "Committed GPU-months unused, discounted",
    "Discount factor of the exit fee; 0: none",
    "New GPU-months, at the month's price over month 1, discounted",
    "Purchases less sales of today's own hardware saved, discounted",
    "The same of hardware to buy (a cost: below 0)",
    "Today's price, factor",
    "Candidate's price, factor",
    "One-offs, factor",
    "NPV saved, USD",
)
TALL_HEADER = 96
LOW_END, HIGH_END, EXPECTED = "low", "high", "as expected"
THROUGHPUT, PRICE, PRICE_CHANGE = "candidate throughput", "candidate price", "candidate price change"
TODAY, TODAY_CHANGE, DEMAND, GROWTH = "current price", "current price change", "demand", "growth"
DELAY, ONCE = "delay", "one-off cost"
NAMES = tuple(sorted((THROUGHPUT, PRICE, PRICE_CHANGE, TODAY, TODAY_CHANGE, DEMAND, GROWTH, DELAY, ONCE)))
"""By name, which is the order of equal swings."""


@dataclass(frozen=True)
class End:
    """One end of one driver with what the engine gives for it: the world, its GPUs by month, and the NPV saved."""

    driver: Driver
    side: str
    value: float
    world: World
    staying: Array
    old: Array
    new: Array
    saving: float
    kept: Array
    today_hardware: Array
    new_hardware: Array
    """What is left of the GPUs owned today; purchases less sales the plan saves, of today's and of new own hardware.

    USD by month at the prices expected: an end of a price is a factor on both.
    """
    stay_hardware: Array


@dataclass(frozen=True)
class Layout:
    """Rows of the sheet: where ranges and ends begin."""

    ranges: int
    ends: int

    def end_row(self, name: str, side: str) -> int:
        """Row of an end; the expected case stands first."""
        if side == EXPECTED:
            return self.ends
        return self.ends + 1 + 2 * NAMES.index(name) + (side == HIGH_END)

    def range_row(self, name: str) -> int:
        """Row of a driver's range."""
        return self.ranges + NAMES.index(name)

    def value(self, name: str, side: str, column: int = END_VALUE) -> str:
        """A cell of an end, for other sheets."""
        return on(SHEET, fixed(self.end_row(name, side), column))


def layout_after(row: int) -> Layout:
    """The places of both tables below the option looked at."""
    return Layout(row + 3, row + 3 + len(NAMES) + 4)


def drivers_by_name(model: Model, subject: Subject) -> dict[str, Driver]:
    """Every driver; those the engine leaves out have no range."""
    found = {driver.name: driver for driver in drivers_of(model.case, subject.row.option)}
    price, change = subject.row.option.price, model.decision.scenario.finance.price_change_per_year
    assert price is not None  # rows are priced
    now = price.usd_per_gpu_hour
    found.setdefault(PRICE, Driver(PRICE, "USD/GPU-hour", now, now, now))
    found.setdefault(PRICE_CHANGE, Driver(PRICE_CHANGE, "a year", *(change.candidate,) * 3))
    found.setdefault(ONCE, Driver(ONCE, "of the estimate", 1.0, 1.0, 1.0))
    return {name: found[name] for name in NAMES}


def ends_of(model: Model, subject: Subject, drivers: dict[str, Driver]) -> list[End]:
    """The expected case, then both ends of every driver."""
    first = drivers[DELAY]
    expected = _end(model, subject, first, EXPECTED, first.base)
    return [
        expected,
        *(
            _end(model, subject, driver, side, value)
            for driver in drivers.values()
            for side, value in ((LOW_END, driver.low), (HIGH_END, driver.high))
        ),
    ]


def _end(model: Model, subject: Subject, driver: Driver, side: str, value: float) -> End:
    case, plan = model.case, subject.plan
    ledger = case.ledger
    world = ledger.world if side == EXPECTED else world_with(ledger.world, driver, value, ledger.months)
    staying = np.broadcast_to(ledger.today.staying_gpus(world.demand, world.today_speed), (ledger.months,))
    cash = flows(plan, ledger.today, world, staying)
    new = cash.new_gpus
    if plan.target is not None and plan.target.in_place:
        new = np.broadcast_to(plan.target.need.gpus(world.demand, world.speed), (ledger.months,))
    kept = np.minimum(ledger.today.gpus, np.minimum.accumulate(cash.old_gpus))

    def hardware(course: Plan, today: float, price: float) -> Array:
        found = flows(course, ledger.today, replace(world, today_price=today, price=price), staying)
        return np.broadcast_to(found.purchase_usd - found.sale_usd, (ledger.months,))

    stays = hardware(Plan("stay"), 1.0, 0.0)
    saved, bought = stays - hardware(plan, 1.0, 0.0), -hardware(plan, 0.0, 1.0)
    npv = saving_with(case, plan, driver, value)
    return End(driver, side, value, world, staying, cash.old_gpus, new, npv, kept, saved, bought, stays)


def write_ranges(
    sheet: Sheet, model: Model, layout: Layout, drivers: dict[str, Driver], ends: list[End], shown: bool
) -> None:
    """Write the ranges with the NPV saved at both ends, the swing, and the order."""
    sheet.section(layout.ranges - 2, "The range of every driver; the ends are worked out below")
    sheet.header(layout.ranges - 1, RANGE_HEADS, figures=range(LOW, len(RANGE_HEADS)))
    by_end = {(end.driver.name, end.side): end.saving for end in ends}
    swings = {name: abs(by_end[name, HIGH_END] - by_end[name, LOW_END]) if shown else 0.0 for name in NAMES}
    ranged = {name: float(shown and drivers[name].low != drivers[name].high) for name in NAMES}
    order = sorted(NAMES, key=lambda name: (-ranged[name], -swings[name], name))
    formulas = _range_formulas(model.workloads, model.case.ledger.today.terms.owned)
    area = {col: f"{fixed(layout.ranges, col)}:{fixed(layout.ranges + len(NAMES) - 1, col)}" for col in (RANGED, SWING)}
    for row, name in enumerate(NAMES, start=layout.ranges):
        driver = drivers[name]
        at = {col: cell(row, col, fixed_col=True) for col in range(len(RANGE_HEADS))}
        sheet.text(row, DRIVER, name)
        sheet.text(row, UNIT, driver.unit)
        low, base, high = formulas[name]
        for col, formula, value in ((LOW, low, driver.low), (BASE, base, driver.base), (HIGH, high, driver.high)):
            sheet.formula(row, col, "=" + formula.format(base=at[BASE]), value, "#,##0.0###")
        has = f"=IF(OR(out_subject_row=0,{at[LOW]}={at[HIGH]}),0,1)"
        sheet.formula(row, RANGED, has, ranged[name], WHOLE)
        for col, side in ((AT_LOW, LOW_END), (AT_HIGH, HIGH_END)):
            value = by_end[name, side] if shown else 0.0
            there = cell(layout.end_row(name, side), NPV, fixed_row=True, fixed_col=True)
            sheet.formula(row, col, f"=IF(out_subject_row=0,0,{there})", value, MONEY)
        sheet.formula(row, SWING, f"=ABS({at[AT_HIGH]}-{at[AT_LOW]})", swings[name], MONEY)
        ahead = (
            f"=1+SUMPRODUCT(({area[RANGED]}>{at[RANGED]})+({area[RANGED]}={at[RANGED]})*(({area[SWING]}>{at[SWING]})"
            f"+({area[SWING]}={at[SWING]})*(ROW({area[SWING]})<ROW({at[SWING]}))))"
        )
        sheet.formula(row, ORDER, ahead, 1 + order.index(name), WHOLE)


def _range_formulas(workloads: int, owns_today: bool) -> dict[str, tuple[str, str, str]]:
    """Low, base and high of each driver, as :func:`advisor.decision.tornado.drivers_of` has them."""
    wide = "cat_tornado_price_fraction"
    listed = {
        side: f"INDEX({on(PRICES, f'{fixed(0, col)}:{fixed(LAST_PRICE, col)}')},out_subject_price_row)"
        for side, col in (("low", P_LOW), ("high", P_HIGH))
    }
    offers = f"AND(out_subject_quoted=0,out_subject_bought=0,N({listed['low']})<N({listed['high']}))"

    def price(side: str, factor: str) -> str:
        spread = f"IF({offers},{listed[side]},{{base}}*({factor}))"
        return f"IF(OR(out_subject_in_place=1,in_price_spread=0),{{base}},{spread})"

    def change(rate: str, spread: str) -> tuple[str, str, str]:
        return f"MAX({{base}}-{spread},MIN({{base}},cat_least_rate))", rate, f"{{base}}+{spread}"

    ours = "IF(out_subject_in_place+out_subject_bought>0,0,in_price_change_spread)"
    return {
        THROUGHPUT: _speeds(workloads),
        PRICE: (price("low", f"1-{wide}"), "out_subject_usd_per_gpu_hour", price("high", f"1+{wide}")),
        PRICE_CHANGE: change("in_price_change_candidate", ours),
        TODAY: (
            f"IF(in_price_spread=0,{{base}},{{base}}*(1-{wide}))",
            "out_today_usd_per_gpu_hour",
            f"IF(in_price_spread=0,{{base}},{{base}}*(1+{wide}))",
        ),
        TODAY_CHANGE: change("in_price_change_current", "0" if owns_today else "in_price_change_spread"),
        DEMAND: ("{base}-cat_tornado_load_fraction", "1", "{base}+cat_tornado_load_fraction"),
        GROWTH: change("in_growth", "in_growth_spread"),
        DELAY: ("{base}", "0", "in_delay_p90"),
        ONCE: ("1", "1+in_contingency", "{base}+in_contingency"),
    }


def _speeds(workloads: int) -> tuple[str, str, str]:
    """Throughput: of several workloads the widest interval, over the estimate, stands for all."""
    low, base, high = "out_subject_low", "out_subject_tok_s", "out_subject_high"
    if workloads > 1:
        ends = (
            ",".join(f"{numbered(f'out_subject_{side}', n)}/{numbered('out_subject_tok_s', n)}" for n in range(workloads))
            for side in ("low", "high")
        )
        low, base, high = f"MIN({next(ends)})", "1", f"MAX({next(ends)})"
    return f"IF(in_throughput_spread=0,{{base}},{low})", base, f"IF(in_throughput_spread=0,{{base}},{high})"


@dataclass(frozen=True)
class Rows:
    """Where an end's months stand: areas over the horizon."""

    staying: str
    old: str
    new: str
    today_path: str
    candidate_path: str
    committed: str
    discount: str
    today_hardware: str = ""
    new_hardware: str = ""
    """What is saved of purchases less sales, of today's own hardware and of new; empty where none is owned."""


def write_ends(
    sheet: Sheet, model: Model, layout: Layout, ends: list[End], areas: dict[tuple[str, str], Rows], subject: Row
) -> None:
    """Write the four sums, the factors and the NPV saved of every end."""
    sheet.section(layout.ends - 2, "Ends: one driver at a time, all else as expected; months stand on Driver months")
    sheet.header(layout.ends - 1, END_HEADS, height=TALL_HEADER, figures=range(END_VALUE, len(END_HEADS)))
    for end in ends:
        name = end.driver.name
        row = layout.end_row(name, end.side)
        at = {col: cell(row, col, fixed_col=True) for col in range(len(END_HEADS))}
        sheet.text(row, END, EXPECTED if end.side == EXPECTED else name)
        sheet.text(row, END_SIDE, end.side)
        over = 1.0
        if end.side != EXPECTED:
            base = fixed(layout.range_row(name), BASE)
            there = fixed(layout.range_row(name), LOW if end.side == LOW_END else HIGH)
            over = end.value / end.driver.base if end.driver.base else 0.0
            sheet.formula(row, END_VALUE, f"={there}", end.value, "#,##0.0###")
            sheet.formula(row, OVER, f"=IF({base}=0,0,{at[END_VALUE]}/{base})", over, FACTOR)
        _sums(sheet, model, row, end, areas[name, end.side], subject)
        for col, driver in ((TODAY_PRICE, TODAY), (CANDIDATE_PRICE, PRICE), (ONE_OFF, ONCE)):
            sheet.formula(row, col, f'=IF({at[END]}="{driver}",{at[OVER]},1)', over if name == driver else 1.0, FACTOR)
        npv = (
            f"=out_today_usd_per_gpu_month*{at[TODAY_PRICE]}*({at[MARKET]}+in_recoverable*{at[IDLE]})"
            f"-in_exit_fee*{at[FEE]}-out_subject_usd_per_gpu_month*{at[CANDIDATE_PRICE]}*{at[NEW]}+{at[TODAY_PRICE]}*{at[TODAY_HARDWARE]}"
            f"+{at[CANDIDATE_PRICE]}*{at[NEW_HARDWARE]}"
            f"-out_subject_one_off*{at[ONE_OFF]}"
        )
        sheet.formula(row, NPV, npv, end.saving, MONEY, bold=True)


def _sums(sheet: Sheet, model: Model, row: int, end: End, at: Rows, subject: Row) -> None:
    """The four sums over months, worked out from the engine's GPUs."""
    ledger, world = model.case.ledger, end.world
    in_place, bought = subject.in_place, bool(subject.own_kind)
    held, factors = ledger.today.committed(ledger.months), ledger.factors
    market = np.maximum(0.0, end.staying - held) - np.maximum(0.0, end.old - held)
    idle = unused(held, end.old)
    new = np.zeros(ledger.months) if in_place else end.new
    today_path = np.ones(ledger.months) if ledger.today.terms.owned else world.current_price_path
    path = np.ones(ledger.months) if bought else world.candidate_price_path
    k, s, o = at.committed, at.staying, at.old
    price_path = f"({at.candidate_path}*(1-out_subject_bought)+out_subject_bought)" if at.new_hardware else at.candidate_path
    hardware = [f"=SUMPRODUCT({area}*{at.discount})" if area else "=0" for area in (at.today_hardware, at.new_hardware)]
    figures = (
        (
            MARKET,
            f"=SUMPRODUCT((({s}>{k})*({s}-{k})-({o}>{k})*({o}-{k}))*{at.today_path}*{at.discount})",
            float((market * today_path) @ factors),
        ),
        (IDLE, f"=SUMPRODUCT(({k}-{o}>cat_gpu_noise)*({k}-{o})*{at.discount})", float(idle @ factors)),
        (FEE, f"=SUMPRODUCT(MAX(({k}-{o}>cat_gpu_noise)*{at.discount}))", float(np.max((idle > 0) * factors))),
        (
            NEW,
            f"=IF(out_subject_in_place=1,0,SUMPRODUCT({at.new}*{price_path}*{at.discount}))",
            float((new * path) @ factors),
        ),
        (TODAY_HARDWARE, hardware[0], float(end.today_hardware @ factors)),
        (NEW_HARDWARE, hardware[1], float(end.new_hardware @ factors)),
    )
    for col, formula, value in figures:
        sheet.formula(row, col, formula, value, NUMBER)
