"""On Driver months: own hardware at the ends that change fleets, bought, sold, and worth something at the end."""

from __future__ import annotations

import numpy as np

from advisor.report.workbook.axis import ACTIVE, BEFORE, MONTH
from advisor.report.workbook.book import MONEY, WHOLE, cell
from advisor.report.workbook.driver_blocks import Block, Make, Months
from advisor.report.workbook.drivers import End
from advisor.report.workbook.names import TODAY, own
from advisor.report.workbook.own_hardware import bought, closing_value, sold


def write_closing(months: Months) -> int:
    """What a GPU of the option looked at, bought in a month, is worth at the end of the horizon; 0 where it is rented."""
    subject, count = months.subject, months.model.case.ledger.months
    terms = months.model.terms_of(subject.row)
    values = terms.closing_value(count) if subject.row.own_kind else np.zeros(count)

    def worth(col: int) -> str:
        names = ("out_subject_purchase", "out_subject_end_value", "out_subject_life")
        return closing_value(cell(MONTH, col, fixed_row=True), months.linked.at(ACTIVE, col), *names)

    return months.line("Bought in the month: worth at the end", "USD/GPU", worth, values, MONEY)


def write_stay_hardware(months: Months, name: str, end: End, staying: int) -> Make:
    """Purchases less sales of staying at an end that changes its fleet."""
    axis, now = months.axis, months.here(staying)
    months.sheet.formula(staying, BEFORE, "=in_gpus", float(months.model.case.ledger.today.gpus), WHOLE)
    worth, price = months.linked.whole(axis.closing(TODAY)), f"in_{own(TODAY, 'capex')}"

    def cash(col: int) -> str:
        month = cell(MONTH, col, fixed_row=True)
        buys = bought(now(col), now(col - 1), axis.whole(staying), axis.whole_before(staying), price, worth, month)
        return f"{buys}-IF({month}=in_horizon,in_gpus*{months.linked.at(axis.held, col)},0)"

    return months.here(months.line(f"{name}: staying, purchases less sales", "USD", cash, end.stay_hardware, MONEY))


def write_hardware(months: Months, name: str, end: End, block: Block, old: int, new: int) -> tuple[int | None, int]:
    """Purchases less sales that the plan saves against staying: rows of today's own hardware (None: rented) and of new."""
    axis, sheet = months.axis, months.sheet
    today = _today(months, name, end, block, old) if axis.owns_today else None
    sheet.number(new, BEFORE, 0, WHOLE)

    def bought_new(col: int) -> str:
        return f"-out_subject_bought*({_buys(months, new, 'out_subject_purchase', axis.whole(months.closing), col)})"

    label = f"{name}: hardware to buy, purchases less worth, saved"
    return today, months.line(label, "USD", bought_new, end.new_hardware, MONEY)


def _today(months: Months, name: str, end: End, block: Block, old: int) -> int:
    """What is saved of today's own hardware: staying less the plan."""
    axis, gpus = months.axis, float(months.model.case.ledger.today.gpus)
    kept = months.top
    for row in (old, kept):
        months.sheet.formula(row, BEFORE, "=in_gpus", gpus, WHOLE)
    months.line(
        f"{name}: GPUs owned today, left", "GPUs", lambda c: f"MIN({cell(kept, c - 1)},{cell(old, c)})", end.kept, WHOLE
    )
    worth, stays = months.linked.whole(axis.closing(TODAY)), block.stay_hardware
    assert stays is not None  # today's hardware is owned

    def saved(col: int) -> str:
        month = cell(MONTH, col, fixed_row=True)
        buys = _buys(months, old, f"in_{own(TODAY, 'capex')}", worth, col)
        sells = sold(cell(kept, col), cell(kept, col - 1), months.linked.at(axis.held, col), month)
        return f"{stays(col)}-({buys}+{sells})"

    return months.line(f"{name}: today's hardware, purchases less sales, saved", "USD", saved, end.today_hardware, MONEY)


def _buys(months: Months, row: int, price: str, worth: str, col: int) -> str:
    axis, month = months.axis, cell(MONTH, col, fixed_row=True)
    return bought(cell(row, col), cell(row, col - 1), axis.whole(row), axis.whole_before(row), price, worth, month)
