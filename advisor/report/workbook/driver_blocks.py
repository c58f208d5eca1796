"""Blocks of Driver months: where the months of one end stand while the sheet is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from advisor.report.workbook.axis import PARAM, Axis, Linked, write_line
from advisor.report.workbook.book import Sheet, cell, fixed
from advisor.report.workbook.drivers import Layout
from advisor.report.workbook.model import Model
from advisor.report.workbook.subject import Subject

SHEET = "Driver months"
Make = Callable[[int], str]


@dataclass(frozen=True)
class Block:
    """Where a block's months are read: rows of this sheet.

    ``demand`` gives the workloads' demand in a month, ``stay_hardware`` purchases less sales if nothing is done.
    """

    demand: Make
    staying: Make
    now: int
    arrived: int
    gone: int
    old: int = 0
    new: int = 0
    staying_row: int | None = None
    stay_hardware: Make | None = None
    today_hardware: int | None = None
    new_hardware: int | None = None


@dataclass
class Months:
    """The sheet while it is written: the next free row."""

    sheet: Sheet
    axis: Axis
    model: Model
    subject: Subject
    layout: Layout
    linked: Linked
    top: int
    closing: int = 0
    """Row of what a GPU of the option looked at, bought in a month, is worth at the end."""

    def line(
        self,
        label: str,
        unit: str,
        make: Make,
        values: Sequence[float] | np.ndarray,
        fmt: str,
        read: tuple[str, float] | None = None,
    ) -> int:
        """One row; its number. ``read`` is a figure of Drivers that its formula takes from column C."""
        if read is not None:
            self.sheet.formula(self.top, PARAM, f"={read[0]}", read[1], "#,##0.0###")
        write_line(self.sheet, self.axis, self.top, label, unit, make, np.asarray(values).tolist(), fmt)
        self.top += 1
        return self.top - 1

    @property
    def here_c(self) -> str:
        """Column C of the row to be written next."""
        return fixed(self.top, PARAM)

    def here(self, row: int) -> Make:
        """A row of this sheet in the month of a column."""
        return lambda col: cell(row, col, fixed_row=True)

    def area(self, row: int) -> str:
        """A row over the horizon, for other sheets."""
        return self.axis.whole(row, SHEET)
