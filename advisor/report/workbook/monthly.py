"""The sheet Monthly: time, demand, prices, today's fleet and its contract; below, the plans of one option in full.

The same column is the same month on every sheet that has months, and a row has one formula.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from advisor.report.workbook.book import CEILING, FACTOR, MONEY, MONEY_FINE, NUMBER, WHOLE, Book, Sheet, cell, on
from advisor.report.workbook.model import Model
from advisor.report.workbook.page import column
from advisor.report.workbook.sizing import ref
from advisor.units import HOURS_PER_MONTH

SHEET = "Monthly"
LABEL, UNIT, PARAM, BEFORE, FIRST = range(5)
(
    MONTH,
    ACTIVE,
    DISCOUNT,
    DEMAND,
    MEAN,
    PEAK,
    TODAY_PATH,
    TODAY_PRICE,
    CANDIDATE_PATH,
    SIZED,
    STAYING,
    OPENING,
    EXPIRING,
    COMMITTED,
    OWED,
    PAID,
    LEFT,
    STAY_USD,
    STAY_SUM,
) = range(3, 22)
LAST_SHARED = STAY_SUM


@dataclass(frozen=True)
class Axis:
    """The months of a sheet."""

    months: int

    @property
    def last(self) -> int:
        """The column of the last month."""
        return FIRST + self.months - 1

    def whole(self, row: int, sheet: str = "") -> str:
        """A row over all months."""
        area = f"{cell(row, FIRST, fixed_row=True, fixed_col=True)}:{cell(row, self.last, fixed_row=True, fixed_col=True)}"
        return on(sheet, area) if sheet else area


def shared(row: int, col: int) -> str:
    """A cell of Monthly in the month of the column."""
    return on(SHEET, cell(row, col, fixed_row=True))


def write_line(
    sheet: Sheet, axis: Axis, row: int, label: str, unit: str, make: Callable[[int], str], values: Sequence[float], fmt: str
) -> None:
    """One row: a label, a unit, and one formula over all months."""
    sheet.text(row, LABEL, label)
    sheet.text(row, UNIT, unit, font_color="#555555")
    sheet.fill(row, FIRST, make, np.asarray(values, dtype=float)[: axis.months].tolist(), fmt)


def write_axis(sheet: Sheet, axis: Axis, *, linked: bool) -> None:
    """The row of month numbers; on other sheets it follows Monthly."""
    sheet.text(MONTH, LABEL, "Month", bold=True)
    sheet.text(MONTH, UNIT, "end of month", font_color="#555555")
    sheet.text(MONTH, PARAM, "Parameter / total", bold=True)
    for col in range(BEFORE, axis.last + 1):
        month = col - BEFORE
        style = {"bold": True, "bottom": 1, "bg_color": "#E8EEF4"}
        if linked:
            sheet.formula(MONTH, col, "=" + shared(MONTH, col), month, WHOLE, **style)
        elif month == 0:
            sheet.number(MONTH, col, 0, WHOLE, **style)
        else:
            sheet.formula(MONTH, col, f"={cell(MONTH, col - 1)}+1", month, WHOLE, **style)
    sheet.widths(66 if linked else 48, 22, 16)
    sheet.page.set_column(BEFORE, axis.last, 12)
    sheet.repeat(MONTH, BEFORE)
    sheet.page.repeat_columns(LABEL, UNIT)
    sheet.page.fit_to_pages(max(1, round(axis.months / 18)), 0)


def sized_formula(demand: str, row: int, unit: str, share: str = "") -> str:
    """GPUs a demand needs on a row of Sizing: whole replicas, spares, whole machines."""
    replica, needed = ref("replica", row), ref("per_replica", row)
    wanted = f"{demand}*{needed}" + (f"*{share}" if share else "")
    spare = f"IF({share}>0,in_spare_replicas*{replica},0)" if share else f"in_spare_replicas*{replica}"
    gpus = f"({CEILING.format(wanted)}*{replica}+{spare})"
    return CEILING.format(f"{gpus}/{unit}") + f"*{unit}"


def staying_formula(sized: Callable[[int], str], demand: Callable[[int], str], today: int) -> Callable[[int], str]:
    """The fleet as entered, and what growth needs beyond today's need; unmeasured it grows with the demand."""
    known = f"{ref('reach', today)}*{ref('replica', today)}"
    first = sized(FIRST).replace(column(FIRST) + "$", f"${column(FIRST)}$")

    def make(col: int) -> str:
        grown = CEILING.format(f"in_gpus*MAX(1,{demand(col)})")
        return f"IF({known}>0,in_gpus+MAX(0,{sized(col)}-MAX(in_gpus,{first})),MAX(in_gpus,{grown}))"

    return make


def stay_usd_formula(committed: str, staying: str, path: str) -> str:
    """What staying costs: committed GPUs at the contract's price, the others at the month's."""
    return f"({committed}+MAX(0,{staying}-{committed})*{path})*out_today_usd_per_gpu_hour*cat_hours_per_month"


def write_monthly(book: Book, model: Model, today: int) -> tuple[Sheet, Axis]:
    """Write the shared rows; the plans of one option are added below by :mod:`advisor.report.workbook.view`."""
    axis = Axis(model.case.ledger.months)
    sheet = book.sheet(SHEET)
    sheet.heading("Monthly", "USD at the end of each month; one-offs in month 0. Costs are positive.")
    write_axis(sheet, axis, linked=False)
    ledger = model.case.ledger

    def line(row: int, label: str, unit: str, make: Callable[[int], str], values: object, fmt: str) -> None:
        write_line(sheet, axis, row, label, unit, make, np.broadcast_to(np.asarray(values), (axis.months,)).tolist(), fmt)

    _time_lines(line, model)
    _fleet_lines(sheet, axis, line, model, today)
    _totals(book, sheet, axis, model)
    assert ledger.months == axis.months
    return sheet, axis


def here(row: int) -> Callable[[int], str]:
    """A row of this sheet in the month of a column."""
    return lambda col: cell(row, col, fixed_row=True)


def _time_lines(line: Callable[..., None], model: Model) -> None:
    """Time, demand and prices."""
    ledger, load = model.case.ledger, model.decision.load
    world, price = ledger.world, ledger.today.terms.usd_per_gpu_month / HOURS_PER_MONTH
    month, active = here(MONTH), here(ACTIVE)

    def path(rate: str) -> Callable[[int], str]:
        return lambda col: f"(1+{rate})^(({month(col)}-1)/12)"

    line(ACTIVE, "Within the horizon", "1 yes, 0 no", lambda c: f"IF({month(c)}<=in_horizon,1,0)", 1.0, WHOLE)
    line(
        DISCOUNT,
        "Discount factor",
        "1/(1+r)^(m/12)",
        lambda c: f"{active(c)}/(1+in_discount_rate)^({month(c)}/12)",
        ledger.factors,
        FACTOR,
    )
    line(DEMAND, "Demand over today's", "factor", path("in_growth"), world.demand[0], FACTOR)
    line(
        MEAN,
        "Demand, mean",
        "tok/s",
        lambda c: f"out_mean_tok_s*{here(DEMAND)(c)}",
        load.mean_tok_s * world.demand[0],
        NUMBER,
    )
    line(
        PEAK,
        "Demand at the peak",
        "tok/s",
        lambda c: f"out_peak_tok_s*{here(DEMAND)(c)}",
        load.peak_tok_s * world.demand[0],
        NUMBER,
    )
    line(
        TODAY_PATH, "Today's price over month 1", "factor", path("in_price_change_current"), world.current_price_path, FACTOR
    )
    line(
        TODAY_PRICE,
        "Today's price outside the contract",
        "USD/GPU-hour",
        lambda c: f"out_today_usd_per_gpu_hour*{here(TODAY_PATH)(c)}",
        price * world.current_price_path,
        MONEY_FINE,
    )
    line(
        CANDIDATE_PATH,
        "Candidates' price over month 1",
        "factor",
        path("in_price_change_candidate"),
        world.candidate_price_path,
        FACTOR,
    )


def _fleet_lines(sheet: Sheet, axis: Axis, line: Callable[..., None], model: Model, today: int) -> None:
    """Today's fleet if nothing is done, its contract, and what staying costs."""
    ledger = model.case.ledger
    world, fleet, active = ledger.world, ledger.today, here(ACTIVE)
    committed = fleet.committed(ledger.months)
    sized = fleet.need.gpus(world.demand) if fleet.need else np.zeros(axis.months)
    known = f"{ref('reach', today)}*{ref('replica', today)}"
    line(
        SIZED,
        "GPUs today's setup needs, sized afresh",
        "GPUs",
        lambda c: f"IF({known}>0,{sized_formula(here(DEMAND)(c), today, ref('unit', today))},0)",
        sized,
        WHOLE,
    )
    line(
        STAYING, "GPUs if nothing is done", "GPUs", staying_formula(here(SIZED), here(DEMAND), today), ledger.staying, WHOLE
    )
    _contract(sheet, axis, line, committed, fleet.terms.usd_per_gpu_month)
    stay = ledger.stay_usd
    line(
        STAY_USD,
        "Staying",
        "USD",
        lambda c: f"{active(c)}*{stay_usd_formula(here(COMMITTED)(c), here(STAYING)(c), here(TODAY_PATH)(c))}",
        stay,
        MONEY,
    )
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
    sheet.text(STAYING, UNIT, "GPUs (C: NPV of the bill)", font_color="#555555")
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
    sheet.formula(LEFT, BEFORE, f"=SUM({axis.whole(COMMITTED)})*out_today_usd_per_gpu_hour*cat_hours_per_month", owed, MONEY)
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
        lambda c: f"{at(COMMITTED, c)}*out_today_usd_per_gpu_hour*cat_hours_per_month",
        paid,
        MONEY,
    )
    line(LEFT, "Contract owed: closing", "USD", lambda c: f"{at(OWED, c)}-{at(PAID, c)}", left, MONEY)
