"""The sheet Driver months: GPUs by month where a driver's end changes them, and the price paths of both ends.

An end that changes prices only reads the GPUs as expected. Same columns, same months as on Monthly; one formula a row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from advisor.money.months import switched
from advisor.report.workbook.book import CEILING, FACTOR, WHOLE, Book, Sheet, cell
from advisor.report.workbook.drivers import (
    DELAY,
    DEMAND,
    EXPECTED,
    GROWTH,
    HIGH_END,
    LOW_END,
    OVER,
    PRICE_CHANGE,
    THROUGHPUT,
    TODAY_CHANGE,
    End,
    Layout,
    Rows,
)
from advisor.report.workbook.model import Model
from advisor.report.workbook.monthly import (
    BEFORE,
    CANDIDATE_PATH,
    COMMITTED,
    DISCOUNT,
    MONTH,
    PARAM,
    STAYING,
    TODAY_PATH,
    Axis,
    shared,
    sized_formula,
    staying_formula,
    write_axis,
    write_line,
)
from advisor.report.workbook.monthly import DEMAND as DEMAND_ROW
from advisor.report.workbook.monthly import SHEET as MONTHLY
from advisor.report.workbook.sizing import ref
from advisor.report.workbook.subject import Subject

SHEET = "Driver months"
FIRST_ROW = 4
GPUS = "#,##0.##"
Make = Callable[[int], str]


@dataclass(frozen=True)
class Block:
    """Where a block's months are read: rows of this sheet, or formulas over Monthly."""

    demand: Make
    staying: Make
    now: int
    arrived: int
    gone: int
    old: int = 0
    new: int = 0
    staying_row: int | None = None


@dataclass
class Months:
    """The sheet while it is written: the next free row."""

    sheet: Sheet
    axis: Axis
    model: Model
    subject: Subject
    layout: Layout
    today: int
    top: int = FIRST_ROW

    def line(self, label: str, unit: str, make: Make, values: Sequence[float] | np.ndarray, fmt: str) -> int:
        """One row; its number."""
        write_line(self.sheet, self.axis, self.top, label, unit, make, np.asarray(values).tolist(), fmt)
        self.top += 1
        return self.top - 1

    def here(self, row: int) -> Make:
        """A row of this sheet in the month of a column."""
        return lambda col: cell(row, col, fixed_row=True)

    def area(self, row: int) -> str:
        """A row over the horizon, for other sheets."""
        return self.axis.whole(row, SHEET)


def write_months(
    book: Book, model: Model, subject: Subject, layout: Layout, ends: list[End], today: int
) -> dict[tuple[str, str], Rows]:
    """Write the sheet; where every end's months stand."""
    sheet, axis = book.sheet(SHEET), Axis(model.case.ledger.months)
    sheet.heading(SHEET, "Workings of Drivers: the option looked at, month by month, at the ends that change its fleets.")
    write_axis(sheet, axis, linked=True)
    months = Months(sheet, axis, model, subject, layout, today)
    by_end = {(end.driver.name, end.side): end for end in ends}
    base = _block(months, ends[0], None)
    monthly = {name: axis.whole(row, MONTHLY) for name, row in (("committed", COMMITTED), ("discount", DISCOUNT))}
    expected = Rows(
        axis.whole(STAYING, MONTHLY),
        months.area(base.old),
        months.area(base.new),
        axis.whole(TODAY_PATH, MONTHLY),
        axis.whole(CANDIDATE_PATH, MONTHLY),
        **monthly,
    )
    found = dict.fromkeys(by_end, expected)
    for name, side in ((DEMAND, LOW_END), (DEMAND, HIGH_END), (GROWTH, LOW_END), (GROWTH, HIGH_END)):
        found[name, side] = _moved(months, expected, _block(months, by_end[name, side], None))
    for name, side in ((THROUGHPUT, LOW_END), (THROUGHPUT, HIGH_END), (DELAY, HIGH_END)):
        found[name, side] = _moved(months, expected, _block(months, by_end[name, side], base))
    for name, side in ((TODAY_CHANGE, LOW_END), (TODAY_CHANGE, HIGH_END), (PRICE_CHANGE, LOW_END), (PRICE_CHANGE, HIGH_END)):
        path = months.area(_path(months, by_end[name, side]))
        changed = {"today_path": path} if name == TODAY_CHANGE else {"candidate_path": path}
        found[name, side] = replace(expected, **changed)
    return found


def _moved(months: Months, expected: Rows, block: Block) -> Rows:
    staying = expected.staying if block.staying_row is None else months.area(block.staying_row)
    return replace(expected, staying=staying, old=months.area(block.old), new=months.area(block.new))


def _path(months: Months, end: End) -> int:
    """The price path of an end."""
    rate = months.layout.value(end.driver.name, end.side)
    values = end.world.current_price_path if end.driver.name == TODAY_CHANGE else end.world.candidate_price_path
    label = f"{end.driver.name}, {end.side}: price over month 1"
    return months.line(label, "factor", lambda c: f"(1+{rate})^(({cell(MONTH, c, fixed_row=True)}-1)/12)", values, FACTOR)


def _block(months: Months, end: End, base: Block | None) -> Block:
    """The fleets of an end; with ``base`` demand and, but for a delay, shares are those expected."""
    name = EXPECTED if end.side == EXPECTED else f"{end.driver.name}, {end.side}"
    if base is None:
        block = _shares(months, end, name, _demand(months, end, name))
    elif end.driver.name == DELAY:
        block = _shares(months, end, name, base)
    else:
        block = base
    return _fleets(months, end, name, block)


def _demand(months: Months, end: End, name: str) -> Block:
    """Demand and today's fleet if nothing is done: as on Monthly, or worked out again for another demand."""
    if end.side == EXPECTED:
        return Block(lambda c: shared(DEMAND_ROW, c), lambda c: shared(STAYING, c), 0, 0, 0)
    ledger, today = months.model.case.ledger, months.today
    value, world = months.layout.value(end.driver.name, end.side), end.world

    def grown(col: int) -> str:
        if end.driver.name == DEMAND:
            return f"{shared(DEMAND_ROW, col)}*{value}"
        return f"(1+{value})^(({cell(MONTH, col, fixed_row=True)}-1)/12)"

    demand = months.here(months.line(f"{name}: demand over today's", "factor", grown, world.demand[0], FACTOR))
    need = ledger.today.need
    sized = np.zeros(ledger.months) if need is None else need.gpus(world.demand)
    known = f"{ref('reach', today)}*{ref('replica', today)}"
    afresh = months.line(
        f"{name}: GPUs today's setup needs",
        "GPUs, sized afresh",
        lambda c: f"IF({known}>0,{sized_formula(demand(c), today, ref('unit', today))},0)",
        sized,
        WHOLE,
    )
    staying = months.line(
        f"{name}: GPUs if nothing is done",
        "GPUs",
        staying_formula(months.here(afresh), demand, today),
        end.staying,
        WHOLE,
    )
    return Block(demand, months.here(staying), 0, 0, 0, staying_row=staying)


def _shares(months: Months, end: End, name: str, block: Block) -> Block:
    """Shares of the new setup serving and of today's fleet gone, over both starts: ordered now or for the contract's end."""
    ledger, plan = months.model.case.ledger, months.subject.plan
    free = np.clip(1 - ledger.today.committed(ledger.months) / end.staying, 0.0, 1.0)
    part = {"phased": free, "move_at_contract_end": np.zeros_like(free)}.get(plan.name, np.ones_like(free))
    now = months.line(
        f"{name}: share moving now, the rest at the contract's end",
        "fraction",
        lambda c: (
            f'IF(out_subject_plan="phased",MIN(1,MAX(0,1-{shared(COMMITTED, c)}/{block.staying(c)})),'
            'IF(out_subject_plan="move_at_contract_end",0,1))'
        ),
        part,
        FACTOR,
    )
    late, formula = 0.0, "0"
    if end.driver.name == DELAY and end.side != EXPECTED:
        late, formula = end.value, months.layout.value(DELAY, end.side)
    starts = (
        (PARAM, f"=out_subject_start+{formula}", months.subject.start + late),
        (BEFORE, f"=out_subject_end_start+{formula}", months.subject.end_start + late),
    )
    arrived = _share(months, f"{name}: share of the new setup serving", now, part, starts)
    both = plan.timing.parallel
    ends = [
        (col, f"={cell(arrived, col, fixed_row=True, fixed_col=True)}+out_subject_parallel", begin + both)
        for col, _, begin in starts
    ]
    gone = _share(months, f"{name}: share of today's fleet gone", now, part, ends)
    return replace(block, now=now, arrived=arrived, gone=gone)


def _share(months: Months, label: str, now: int, part: np.ndarray, starts: Sequence[tuple[int, str, float]]) -> int:
    """A share switched by month; C and D hold when each tranche begins to switch."""
    row, count, ramp = months.top, months.model.case.ledger.months, months.subject.plan.timing.ramp
    weight = months.here(now)

    def switch(begin: int, col: int) -> str:
        elapsed = f"({cell(MONTH, col, fixed_row=True)}-{cell(row, begin, fixed_row=True, fixed_col=True)})"
        return f"IF(out_subject_ramp<=0,IF({elapsed}>0,1,0),MIN(1,MAX(0,{elapsed}/MAX(out_subject_ramp,cat_float_noise))))"

    for col, formula, value in starts:
        months.sheet.formula(row, col, formula, value, "0.0##")
    first, second = (switched(count, begin, ramp) for _, _, begin in starts)
    return months.line(
        label,
        "fraction (C, D: begins)",
        lambda c: f"{weight(c)}*{switch(PARAM, c)}+(1-{weight(c)})*{switch(BEFORE, c)}",
        part * first + (1 - part) * second,
        FACTOR,
    )


def _fleets(months: Months, end: End, name: str, block: Block) -> Block:
    """Today's GPUs and the new ones; in place the new row is the fleet sized afresh."""
    speed = months.layout.value(end.driver.name, end.side, OVER) if end.driver.name == THROUGHPUT else ""
    if end.side == EXPECTED:
        speed = ""
    arrived, gone = months.here(block.arrived), months.here(block.gone)
    new = months.here(months.top + 1)

    def sized(col: int) -> str:
        share = f"MAX({arrived(col)},out_subject_in_place)"
        wanted = f"{block.demand(col)}*out_subject_per_replica*{share}" + (f"/{speed}" if speed else "")
        gpus = f"{CEILING.format(wanted)}*out_subject_replica+IF({share}>0,in_spare_replicas*out_subject_replica,0)"
        return CEILING.format(f"({gpus})/out_subject_unit") + "*out_subject_unit"

    def whole(gpus: str) -> str:
        unit = ref("unit", months.today)
        return f"IF({unit}=1,{gpus},{CEILING.format(f'({gpus})/{unit}')}*{unit})"

    def left(col: int) -> str:
        staying, share = block.staying(col), arrived(col)
        mixed = whole(f"(1-{share})*{staying}+{share}*{new(col)}")
        tuned = f"IF({share}<=0,{staying},MIN({mixed},MAX({staying},{new(col)})))"
        return f"IF(out_subject_in_place=1,{tuned},MIN({staying},{whole(f'(1-{gone(col)})*{staying}')}))"

    old = months.line(f"{name}: today's GPUs", "GPUs", left, end.old, GPUS)
    afresh = months.line(f"{name}: new GPUs", "GPUs; in place: sized afresh", sized, end.new, WHOLE)
    months.top += 1
    return replace(block, old=old, new=afresh)
