"""The sheet Monthly: time, demand, prices, today's fleet and its contract; below, the plans of one option in full.

The same column is the same month on every sheet that has months.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from advisor.money.plans import Plan, flows
from advisor.report.workbook.axis import (
    ACTIVE,
    BEFORE,
    CANDIDATE_PATH,
    COMMITTED,
    DEMAND,
    DISCOUNT,
    EXPIRING,
    FIRST,
    LEFT,
    MEAN,
    MONTH,
    OPENING,
    OWED,
    PAID,
    PARAM,
    PEAK,
    SHEET,
    SIZED,
    STAY_SUM,
    STAY_USD,
    STAYING,
    TODAY_PATH,
    TODAY_PRICE,
    UNIT,
    Axis,
    Link,
    here,
    write_axis,
    write_line,
)
from advisor.report.workbook.book import FACTOR, MONEY, WHOLE, Book, Sheet, cell
from advisor.report.workbook.demand import demand_area
from advisor.report.workbook.model import Model
from advisor.report.workbook.names import TODAY, numbered, own
from advisor.report.workbook.needs import needed_today, path, stay_usd_formula, staying_formula, total
from advisor.report.workbook.own_hardware import bought, closing_value, held_value, terms_of


def write_monthly(book: Book, model: Model) -> tuple[Sheet, Axis, dict[int, Link]]:
    """Write the shared rows; the rows by number, for sheets that show them once more.

    The plans of one option are added below by :mod:`advisor.report.workbook.view`.
    """
    axis = Axis(model.case.ledger.months, model.workloads, tuple(model.own_kinds))
    sheet = book.sheet(SHEET)
    sheet.heading("Monthly", "USD at the end of each month; one-offs in month 0. Costs are positive.")
    write_axis(sheet, axis, linked=False)
    ledger = model.case.ledger
    lines: dict[int, Link] = {}

    def line(row: int, label: str, unit: str, make: Callable[[int], str], values: object, fmt: str) -> None:
        found = np.broadcast_to(np.asarray(values, dtype=float), (axis.months,)).tolist()
        lines[row] = Link(label, unit, found, fmt)
        write_line(sheet, axis, row, label, unit, make, found, fmt)

    _time_lines(line, model, axis)
    _fleet_lines(sheet, axis, line, model)
    if axis.workloads > 1:
        _demand_lines(sheet, axis, line, model)
    if axis.own_kinds:
        _own_lines(sheet, axis, line, model)
    _totals(book, sheet, axis, model)
    assert ledger.months == axis.months
    return sheet, axis, lines


def _time_lines(line: Callable[..., None], model: Model, axis: Axis) -> None:
    """Time, demand and prices."""
    ledger, load = model.case.ledger, model.decision.load
    world, price = ledger.world, ledger.today.terms.usd_per_gpu_month
    month, active = here(MONTH), here(ACTIVE)
    growth = sum(share * factor for share, factor in zip(ledger.token_shares, world.demand, strict=True))
    peak = sum(one.peak_tok_s * factor for one, factor in zip(model.decision.loads, world.demand, strict=True))

    def weighted(what: str, col: int) -> str:
        return total(f"{demand_area(what, axis.workloads)}*{axis.demand(col, outside=False)}", axis.workloads)

    line(ACTIVE, "Within the horizon", "1 yes, 0 no", lambda c: f"IF({month(c)}<=in_horizon,1,0)", 1.0, WHOLE)
    line(
        DISCOUNT,
        "Discount factor",
        "1/(1+r)^(m/12) (C: sum)",
        lambda c: f"{active(c)}/(1+in_discount_rate)^({month(c)}/12)",
        ledger.factors,
        FACTOR,
    )
    if axis.workloads == 1:
        line(DEMAND, "Demand over today's", "factor", path("in_growth"), growth, FACTOR)
    else:
        mean = f"SUM({demand_area('mean', axis.workloads)})"
        line(DEMAND, "Demand over today's, all workloads", "factor", lambda c: f"{here(MEAN)(c)}/{mean}", growth, FACTOR)
    line(MEAN, "Demand, mean", "tok/s", lambda c: weighted("mean", c), load.mean_tok_s * growth, WHOLE)
    line(PEAK, "Demand at the peak", "tok/s", lambda c: weighted("peak", c), peak, WHOLE)
    rate, today = "in_price_change_current", "Today's price over month 1"
    if axis.owns_today:
        rate, today = "", "Running cost over month 1"
    line(TODAY_PATH, today, "factor", path(rate), np.ones(axis.months) if not rate else world.current_price_path, FACTOR)
    line(
        TODAY_PRICE,
        "Running cost of today's GPUs" if axis.owns_today else "Today's rent outside the contract",
        "USD/GPU-month",
        lambda c: f"out_today_usd_per_gpu_month*{here(TODAY_PATH)(c)}",
        price * (1.0 if axis.owns_today else world.current_price_path),
        MONEY,
    )
    line(
        CANDIDATE_PATH,
        "Candidates' price over month 1",
        "factor",
        path("in_price_change_candidate"),
        world.candidate_price_path,
        FACTOR,
    )


def _demand_lines(sheet: Sheet, axis: Axis, line: Callable[..., None], model: Model) -> None:
    """Demand over today's, one row a workload."""
    first, last = axis.demand_rows
    sheet.section(first - 1, "Demand by workload")
    for number, row in enumerate(range(first, last + 1)):
        growth = path(numbered("in_growth", number))
        line(
            row,
            f"Demand over today's, workload {number + 1}",
            "factor",
            growth,
            model.case.ledger.world.demand[number],
            FACTOR,
        )


def _own_lines(sheet: Sheet, axis: Axis, line: Callable[..., None], model: Model) -> None:
    """What own hardware is worth, and purchases less sales if nothing is done."""
    months, ledger = axis.months, model.case.ledger
    sheet.section(axis.own_top, "Own hardware: worth of a GPU; purchases and sales if nothing is done")
    names = {
        kind: "today's kind" if kind == TODAY else model.decision.catalog.hardware[kind].name for kind in axis.own_kinds
    }
    for kind in axis.own_kinds:
        terms = terms_of(model, kind)
        capex, residual, life = (f"in_{own(kind, what)}" for what in ("capex", "residual", "life"))
        worth = terms.closing_value(months)

        def closing(col: int, capex: str = capex, end: str = f"{capex}*{residual}", life: str = life) -> str:
            return closing_value(here(MONTH)(col), here(ACTIVE)(col), capex, end, life)

        line(axis.closing(kind), f"Bought in the month, {names[kind]}: worth at the end", "USD/GPU", closing, worth, MONEY)
    if not axis.owns_today:
        return
    terms = ledger.today.terms
    line(
        axis.held,
        "There already: worth in the month",
        "USD/GPU",
        lambda c: held_value(here(MONTH)(c)),
        terms.held_value(months),
        MONEY,
    )
    cash = flows(Plan("stay"), ledger.today, ledger.world, ledger.staying)
    sheet.formula(STAYING, BEFORE, "=in_gpus", float(ledger.today.gpus), WHOLE)
    whole, before, worth_row = axis.whole(STAYING), axis.whole_before(STAYING), axis.whole(axis.closing(TODAY))

    def staying(col: int) -> str:
        month, now = here(MONTH)(col), here(STAYING)
        buys = bought(now(col), now(col - 1), whole, before, f"in_{own(TODAY, 'capex')}", worth_row, month)
        return f"{buys}-IF({month}=in_horizon,in_gpus*{here(axis.held)(col)},0)"

    line(
        axis.stay_hardware,
        "Staying: purchases less sales and worth at the end",
        "USD",
        staying,
        cash.purchase_usd - cash.sale_usd,
        MONEY,
    )


def _fleet_lines(sheet: Sheet, axis: Axis, line: Callable[..., None], model: Model) -> None:
    """Today's fleet if nothing is done, its contract, and what staying costs."""
    ledger = model.case.ledger
    world, fleet, active = ledger.world, ledger.today, here(ACTIVE)
    committed = fleet.committed(ledger.months)
    sized = fleet.need.gpus(world.demand) if fleet.need else np.zeros(axis.months)

    def demand(col: int) -> str:
        return axis.demand(col, outside=False)

    line(
        SIZED,
        "GPUs today's setup needs, sized afresh",
        "GPUs",
        lambda c: needed_today(demand(c), axis.workloads),
        sized,
        WHOLE,
    )
    line(STAYING, "GPUs if nothing is done", "GPUs", staying_formula(here(SIZED), demand), ledger.staying, WHOLE)
    _contract(sheet, axis, line, committed, fleet.terms.usd_per_gpu_month)
    stay = ledger.stay_usd

    def paid(col: int) -> str:
        running = stay_usd_formula(here(COMMITTED)(col), here(STAYING)(col), here(TODAY_PATH)(col))
        return (
            f"{active(col)}*({running}+{here(axis.stay_hardware)(col)})" if axis.owns_today else f"{active(col)}*{running}"
        )

    line(STAY_USD, "Staying", "USD", paid, stay, MONEY)
    line(
        STAY_SUM,
        "Staying, cumulative",
        "USD",
        lambda c: f"N({cell(STAY_SUM, c - 1)})+{here(STAY_USD)(c)}",
        np.cumsum(stay),
        MONEY,
    )


def _totals(book: Book, sheet: Sheet, axis: Axis, model: Model) -> None:
    """NPVs beside the rows they sum, named."""
    ledger = model.case.ledger
    npv = f"=SUMPRODUCT({axis.whole(STAY_USD)},{axis.whole(DISCOUNT)})"
    sheet.formula(STAY_USD, PARAM, npv, ledger.stay_npv, MONEY, bold=True)
    sheet.text(STAY_USD, UNIT, "USD (C: NPV)", font_color="#555555")
    book.name("out_stay_npv", SHEET, STAY_USD, PARAM)
    sheet.formula(DISCOUNT, PARAM, f"=SUM({axis.whole(DISCOUNT)})", float(ledger.factors.sum()), FACTOR)
    bill = f"=in_gpus*out_today_usd_per_gpu_hour*cat_hours_per_month*{cell(DISCOUNT, PARAM)}"
    sheet.formula(STAYING, PARAM, bill, model.case.bill_npv, MONEY)
    sheet.text(STAYING, UNIT, "GPUs (C: NPV of today's bill)", font_color="#555555")
    book.name("out_bill_npv", SHEET, STAYING, PARAM)


def _contract(sheet: Sheet, axis: Axis, line: Callable[..., None], committed: np.ndarray, usd: float) -> None:
    """The contract as corkscrews: GPUs committed, and USD still owed."""
    owed = float(committed.sum()) * usd
    before = np.concatenate([[committed[0]], committed[:-1]])
    paid = committed * usd
    left = np.subtract.accumulate(np.concatenate([[owed], paid]))[1:]  # month by month, as the sheet does
    opening = np.concatenate([[owed], left[:-1]])

    def at(row: int, col: int) -> str:
        return cell(row, col, fixed_row=True)

    sheet.formula(COMMITTED, BEFORE, f"={at(COMMITTED, FIRST)}", float(committed[0]), WHOLE)
    sheet.formula(LEFT, BEFORE, f"=SUM({axis.whole(COMMITTED)})*out_today_usd_per_gpu_month", owed, MONEY)
    line(OPENING, "Committed GPUs: opening", "GPUs", lambda c: at(COMMITTED, c - 1), before, WHOLE)
    line(EXPIRING, "less: expiring", "GPUs", lambda c: f"{at(OPENING, c)}-{at(COMMITTED, c)}", before - committed, WHOLE)
    line(
        COMMITTED,
        "Committed GPUs in the month",
        "GPUs",
        lambda c: f"IF({at(MONTH, c)}<=in_months_left,out_committed_gpus,0)",
        committed,
        WHOLE,
    )
    line(OWED, "Contract owed within the months shown: opening", "USD", lambda c: at(LEFT, c - 1), opening, MONEY)
    line(
        PAID,
        "less: paid",
        "USD",
        lambda c: f"{at(COMMITTED, c)}*out_today_usd_per_gpu_month",
        paid,
        MONEY,
    )
    line(LEFT, "Contract owed: closing", "USD", lambda c: f"{at(OWED, c)}-{at(PAID, c)}", left, MONEY)
