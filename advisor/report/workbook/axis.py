"""The time axis of every sheet with months: the same column is the same month, and a row has one formula."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from advisor.report.workbook.book import WHOLE, Sheet, cell, on
from advisor.report.workbook.names import TODAY

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
    """The months of a sheet, and where Monthly holds what depends on the scenario.

    Below the shared rows: a demand row a workload where there are several, then own hardware: today's worth, what GPUs
    bought in a month are worth at the end (by kind), and purchases less sales of staying.
    """

    months: int
    workloads: int = 1
    own_kinds: tuple[str, ...] = ()

    @property
    def owns_today(self) -> bool:
        """Whether today's GPUs are on the own books."""
        return TODAY in self.own_kinds

    @property
    def demand_rows(self) -> tuple[int, int]:
        """First and last row of the workloads' demand."""
        if self.workloads == 1:
            return DEMAND, DEMAND
        return LAST_SHARED + 3, LAST_SHARED + 2 + self.workloads

    @property
    def own_top(self) -> int:
        """Heading of own hardware."""
        return max(LAST_SHARED, self.demand_rows[1]) + 2

    @property
    def held(self) -> int:
        """Row of what today's own GPUs are worth."""
        return self.own_top + 1

    def closing(self, kind: str) -> int:
        """Row of what a GPU of a kind bought in a month is worth at the end of the horizon."""
        return self.held + self.owns_today + self.own_kinds.index(kind)

    @property
    def stay_hardware(self) -> int:
        """Row of purchases less sales if nothing is done."""
        return self.held + self.owns_today + len(self.own_kinds)

    @property
    def last_shared(self) -> int:
        """The last row above the plans of one option."""
        if self.own_kinds:
            return self.stay_hardware if self.owns_today else self.closing(self.own_kinds[-1])
        return max(LAST_SHARED, self.demand_rows[1])

    def demand(self, col: int, *, outside: bool = True) -> str:
        """The workloads' demand over today's in a month: a cell, or one above the other."""
        first, last = self.demand_rows
        area = cell(first, col, fixed_row=True)
        if last > first:
            area += ":" + cell(last, col, fixed_row=True)
        return on(SHEET, area) if outside else area

    @property
    def last(self) -> int:
        """The column of the last month."""
        return FIRST + self.months - 1

    def whole(self, row: int, sheet: str = "") -> str:
        """A row over all months."""
        area = f"{cell(row, FIRST, fixed_row=True, fixed_col=True)}:{cell(row, self.last, fixed_row=True, fixed_col=True)}"
        return on(sheet, area) if sheet else area

    def whole_before(self, row: int) -> str:
        """The same a month earlier."""
        last = cell(row, self.last - 1, fixed_row=True, fixed_col=True)
        return f"{cell(row, BEFORE, fixed_row=True, fixed_col=True)}:{last}"


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


@dataclass(frozen=True)
class Link:
    """A row of Monthly as other sheets show it once more."""

    label: str
    unit: str
    values: Sequence[float]
    number_format: str


@dataclass(frozen=True)
class Linked:
    """Rows of Monthly that stand once more on another sheet: its formulas stay on it, short enough to read."""

    axis: Axis
    top: int
    rows: tuple[int, ...]

    @property
    def end(self) -> int:
        """The first row below."""
        return self.top + len(self.rows)

    def row(self, row: int) -> int:
        """Where a row of Monthly stands."""
        return self.top + self.rows.index(row)

    def at(self, row: int, col: int) -> str:
        """A cell of it in the month of a column."""
        return cell(self.row(row), col, fixed_row=True)

    def whole(self, row: int) -> str:
        """A row over all months."""
        return self.axis.whole(self.row(row))

    def demand(self, col: int) -> str:
        """The workloads' demand over today's in a month: a cell, or one above the other."""
        first, last = self.axis.demand_rows
        area = self.at(first, col)
        return area if first == last else f"{area}:{self.at(last, col)}"


def write_linked(sheet: Sheet, axis: Axis, lines: dict[int, Link], rows: tuple[int, ...]) -> Linked:
    """Write rows of Monthly once more, below the months."""
    found = Linked(axis, MONTH + 1, rows)
    for row in rows:
        link = lines[row]

        def make(col: int, row: int = row) -> str:
            return shared(row, col)

        write_line(
            sheet,
            axis,
            found.row(row),
            f"as on Monthly: {link.label}",
            link.unit,
            make,
            link.values,
            link.number_format,
        )
    return found


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


def here(row: int) -> Callable[[int], str]:
    """A row of this sheet in the month of a column."""
    return lambda col: cell(row, col, fixed_row=True)
