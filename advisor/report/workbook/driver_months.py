"""The sheet Driver months: GPUs by month where a driver's end changes them, and the price paths of both ends.

An end that changes prices only reads the GPUs as expected. Same columns, same months as on Monthly; one formula a row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from advisor.money.months import switched
from advisor.report.workbook.axis import (
    ACTIVE,
    BEFORE,
    CANDIDATE_PATH,
    COMMITTED,
    DISCOUNT,
    MONTH,
    PARAM,
    STAYING,
    TODAY_PATH,
    Axis,
    Link,
    write_axis,
    write_linked,
)
from advisor.report.workbook.axis import SHEET as MONTHLY
from advisor.report.workbook.book import FACTOR, WHOLE, Book, cell, fixed
from advisor.report.workbook.driver_blocks import SHEET, Block, Months
from advisor.report.workbook.driver_hardware import write_closing, write_hardware, write_stay_hardware
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
from advisor.report.workbook.names import TODAY
from advisor.report.workbook.needs import needed_gpus, needed_today, path, staying_formula, whole_machines
from advisor.report.workbook.points import part_label
from advisor.report.workbook.subject import Subject

GPUS = "#,##0.##"


def write_months(
    book: Book, model: Model, axis: Axis, subject: Subject, layout: Layout, ends: list[End], lines: dict[int, Link]
) -> dict[tuple[str, str], Rows]:
    """Write the sheet; where every end's months stand."""
    sheet = book.sheet(SHEET)
    sheet.heading(SHEET, "Workings of Drivers: the option looked at, month by month, at the ends that change its fleets.")
    write_axis(sheet, axis, linked=True)
    first, last = axis.demand_rows
    own_rows = (axis.held, axis.closing(TODAY), axis.stay_hardware) if axis.owns_today else ()
    rows = (ACTIVE, *range(first, last + 1), STAYING, COMMITTED, *own_rows)
    linked = write_linked(sheet, axis, lines, rows)
    months = Months(sheet, axis, model, subject, layout, linked, linked.end + 1)
    by_end = {(end.driver.name, end.side): end for end in ends}
    if axis.own_kinds:
        months.closing = write_closing(months)
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
    expected = _with_hardware(months, expected, base)
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
    found = replace(expected, staying=staying, old=months.area(block.old), new=months.area(block.new))
    return _with_hardware(months, found, block)


def _with_hardware(months: Months, rows: Rows, block: Block) -> Rows:
    today, new = ("" if row is None else months.area(row) for row in (block.today_hardware, block.new_hardware))
    return replace(rows, today_hardware=today, new_hardware=new)


def _path(months: Months, end: End) -> int:
    """The price path of an end."""
    rate = (months.layout.value(end.driver.name, end.side), end.value)
    values = end.world.current_price_path if end.driver.name == TODAY_CHANGE else end.world.candidate_price_path
    label = f"{end.driver.name}, {end.side}: price over month 1"
    if end.driver.name == TODAY_CHANGE and months.axis.owns_today:
        return months.line(f"{label} (own hardware: none)", "factor", lambda _: "1", np.ones_like(values), FACTOR)
    return months.line(label, "factor", path(months.here_c), values, FACTOR, rate)


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
    axis, ledger, linked = months.axis, months.model.case.ledger, months.linked
    if end.side == EXPECTED:
        stays = (lambda c: linked.at(axis.stay_hardware, c)) if axis.owns_today else None
        return Block(linked.demand, lambda c: linked.at(STAYING, c), 0, 0, 0, stay_hardware=stays)
    first, world = months.top, end.world
    for number, values in enumerate(world.demand):
        label = part_label(f"{name}: demand over today's", number, axis.workloads)
        _grown(months, end, number, label, values)

    def demand(col: int) -> str:
        area = cell(first, col, fixed_row=True)
        return area if axis.workloads == 1 else f"{area}:{cell(first + axis.workloads - 1, col, fixed_row=True)}"

    need = ledger.today.need
    sized = np.zeros(ledger.months) if need is None else need.gpus(world.demand)
    afresh = months.line(
        f"{name}: GPUs today's setup needs",
        "GPUs, sized afresh",
        lambda c: needed_today(demand(c), axis.workloads),
        sized,
        WHOLE,
    )
    make = staying_formula(months.here(afresh), demand)
    staying = months.line(f"{name}: GPUs if nothing is done", "GPUs", make, end.staying, WHOLE)
    stays = write_stay_hardware(months, name, end, staying) if axis.owns_today else None
    return Block(demand, months.here(staying), 0, 0, 0, staying_row=staying, stay_hardware=stays)


def _grown(months: Months, end: End, workload: int, label: str, values: np.ndarray) -> None:
    """A workload's demand over today's at an end: of growth the first workload's only (docs/method.md, tornado)."""
    read = (months.layout.value(end.driver.name, end.side), end.value)
    first, _ = months.axis.demand_rows
    here = months.here_c
    if end.driver.name == DEMAND:
        months.line(label, "factor", lambda c: f"{months.linked.at(first + workload, c)}*{here}", values, FACTOR, read)
    elif workload > 0:
        months.line(label, "factor", lambda c: months.linked.at(first + workload, c), values, FACTOR)
    else:
        months.line(label, "factor", path(here), values, FACTOR, read)


def _shares(months: Months, end: End, name: str, block: Block) -> Block:
    """Shares of the new setup serving and of today's fleet gone, over both starts: ordered now or for the contract's end."""
    ledger, plan = months.model.case.ledger, months.subject.plan
    free = np.clip(1 - ledger.today.committed(ledger.months) / end.staying, 0.0, 1.0)
    part = {"phased": free, "move_at_contract_end": np.zeros_like(free)}.get(plan.name, np.ones_like(free))
    now = months.line(
        f"{name}: share moving now, the rest at the contract's end",
        "fraction",
        lambda c: (
            f'IF(out_subject_plan="phased",MIN(1,MAX(0,1-{months.linked.at(COMMITTED, c)}/{block.staying(c)})),'
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
    arrived, gone = months.here(block.arrived), months.here(block.gone)
    new, speed, read = months.here(months.top + 1), "", None
    if end.driver.name == THROUGHPUT and end.side != EXPECTED:
        over = end.value / end.driver.base if end.driver.base else 0.0
        speed, read = f"/{fixed(months.top + 1, PARAM)}", (months.layout.value(THROUGHPUT, end.side, OVER), over)

    def sized(col: int) -> str:
        share, per_replica = f"MAX({arrived(col)},out_subject_in_place)", f"out_subject_per_replica{speed}"
        workloads = months.axis.workloads
        return needed_gpus(block.demand(col), per_replica, "out_subject_replica", "out_subject_unit", workloads, share)

    def left(col: int) -> str:
        staying, share = block.staying(col), arrived(col)
        mixed = whole_machines(f"(1-{share})*{staying}+{share}*{new(col)}")
        tuned = f"IF({share}<=0,{staying},MIN({mixed},MAX({staying},{new(col)})))"
        return f"IF(out_subject_in_place=1,{tuned},MIN({staying},{whole_machines(f'(1-{gone(col)})*{staying}')}))"

    old = months.line(f"{name}: today's GPUs", "GPUs", left, end.old, GPUS)
    afresh = months.line(f"{name}: new GPUs", "GPUs; in place: sized afresh", sized, end.new, WHOLE, read)
    found = replace(block, old=old, new=afresh)
    if months.axis.own_kinds:
        today, bought = write_hardware(months, name, end, block, old, afresh)
        found = replace(found, today_hardware=today, new_hardware=bought)
    months.top += 1
    return found
