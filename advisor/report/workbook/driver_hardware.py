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


def write_hardware(months: Months, name: str, end: End, block: Block, old: int, new: int) -> int:
    """Purchases less sales of own hardware that the plan saves against staying."""
    axis, sheet, gpus = months.axis, months.sheet, float(months.model.case.ledger.today.gpus)
    kept = months.top
    if axis.owns_today:
        sheet.formula(old, BEFORE, "=in_gpus", gpus, WHOLE)
        sheet.formula(kept, BEFORE, "=in_gpus", gpus, WHOLE)
        left = f"{name}: GPUs owned today, left"
        months.line(left, "GPUs", lambda c: f"MIN({cell(kept, c - 1)},{cell(old, c)})", end.kept, WHOLE)
    sheet.number(new, BEFORE, 0, WHOLE)

    def buys(row: int, price: str, worth: str, col: int) -> str:
        month = cell(MONTH, col, fixed_row=True)
        return bought(cell(row, col), cell(row, col - 1), axis.whole(row), axis.whole_before(row), price, worth, month)

    def cash(col: int) -> str:
        month = cell(MONTH, col, fixed_row=True)
        parts = [f"out_subject_bought*({buys(new, 'out_subject_purchase', axis.whole(months.closing), col)})"]
        if axis.owns_today:
            worth = months.linked.whole(axis.closing(TODAY))
            parts.append(buys(old, f"in_{own(TODAY, 'capex')}", worth, col))
            parts.append(sold(cell(kept, col), cell(kept, col - 1), months.linked.at(axis.held, col), month))
        stays = block.stay_hardware(col) if block.stay_hardware else "0"
        return f"{stays}-({'+'.join(parts)})"

    return months.line(f"{name}: purchases less sales, saved", "USD", cash, end.hardware, MONEY)
