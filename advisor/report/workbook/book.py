"""The one way to write into the workbook: text is text, a formula needs its value, formats are few.

A formula without a cached value cannot be written (:meth:`Sheet.formula` asks for one), so previews and readers that do
not calculate show the engine's numbers.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format

from advisor.report.workbook.page import TEMPLATE, Page, Value, column

CEILING = "ROUNDUP(ROUND({0},9),0)"
"""The guarded ceiling of :func:`advisor.units.guarded_ceil`, in spreadsheet words."""

MONEY, MONEY_FINE, NUMBER, WHOLE, SHARE, FACTOR = "#,##0", "#,##0.0000", "#,##0.0##", "#,##0", "0.0%", "0.0000"
TEXT = "@"
SPACE = "_ "
"""Ends a number format: a space between a figure and the text in the cell beside it."""
A4 = 9
HEADER_HEIGHT, HEADER_LINE, HEADER_FOUR = 48, 20, 64
LINE_HEIGHT = 15
SHRUNK = 40
"""Characters of a text that an input shows whole, in smaller letters if need be; a longer one is cut."""
LONG_WORDS = 1.15
"""Room for words that do not break where a line ends."""
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f]")


def without_controls(text: str) -> str:
    """Text without characters that no cell may hold."""
    return text if text.isprintable() else CONTROL.sub("", text)


@lru_cache(maxsize=65_536)
def cell(row: int, col: int, *, fixed_row: bool = False, fixed_col: bool = False) -> str:
    """Address of a cell, counted from 0."""
    return f"{'$' if fixed_col else ''}{column(col)}{'$' if fixed_row else ''}{row + 1}"


def fixed(row: int, col: int) -> str:
    """``$C$5``."""
    return cell(row, col, fixed_row=True, fixed_col=True)


def on(sheet: str, address: str) -> str:
    """``'Operating points'!$C$5``: sheet names are always quoted."""
    return f"'{sheet}'!{address}"


@dataclass
class Book:
    """The workbook being written, its formats and names."""

    file: xlsxwriter.Workbook
    formats: dict[tuple[tuple[str, Any], ...], Format] = field(default_factory=dict)
    sheets: dict[str, Sheet] = field(default_factory=dict)

    def style(self, **properties: Any) -> Format:
        """A format, made once."""
        key = tuple(properties.items())
        found = self.formats.get(key)
        if found is None:
            figures = properties.get("num_format", TEXT)
            if figures not in (TEXT, "General"):
                properties = properties | {"num_format": figures + SPACE}
            found = self.formats[key] = self.file.add_format(properties)
        return found

    def name(self, name: str, sheet: str, row: int, col: int) -> None:
        """Name a cell."""
        self.file.define_name(name, f"={on(sheet, fixed(row, col))}")

    def name_area(self, name: str, sheet: str, first: tuple[int, int], last: tuple[int, int]) -> None:
        """Name the cells from one (row, column) to another."""
        self.file.define_name(name, f"={on(sheet, fixed(*first) if first == last else f'{fixed(*first)}:{fixed(*last)}')}")

    def create(self, titles: tuple[str, ...]) -> None:
        """All sheets in the order of their tabs: A4 landscape, as wide as a page."""
        for title in titles:
            page = self.file.add_worksheet(title, worksheet_class=Page)
            page.set_landscape()
            page.set_paper(A4)
            page.fit_to_pages(1, 0)
            page.set_margins(0.4, 0.4, 0.6, 0.6)
            page.set_footer("&L&A&RPage &P of &N")
            page.hide_gridlines(2)
            self.sheets[title] = Sheet(self, page, title)

    def sheet(self, title: str) -> Sheet:
        """A sheet that was created."""
        return self.sheets[title]


@dataclass(frozen=True)
class Line:
    """One named cell: its name (a block of them may leave out their prefix), label, unit, format, formula, value."""

    name: str
    label: str
    unit: str
    number_format: str
    formula: str
    value: Value


@dataclass
class Sheet:
    """One sheet. Rows and columns count from 0."""

    book: Book
    page: Page
    title: str

    def heading(self, text: str, note: str = "") -> None:
        """Title of the sheet in its first row, what it is for in the second."""
        self.text(0, 0, text, bold=True, font_size=14)
        self.text(1, 0, note, italic=True, font_color="#555555")

    def text(self, row: int, col: int, text: object, **style: Any) -> None:
        """Text, whatever it begins with; control characters are dropped."""
        clean = without_controls(str(text))
        self.page.words(row, col, clean[:32_000], self.book.style(**style) if style else None)

    def wrapped(self, row: int, *texts: tuple[int, str, float]) -> None:
        """Texts of a row as (column, text, column width), wrapped, the row as high as the longest needs."""
        for col, text, _ in texts:
            self.text(row, col, text, text_wrap=True, valign="top")
        lines = max(math.ceil(len(text) * LONG_WORDS / width) for _, text, width in texts)
        if lines > 1:
            self.page.set_row(row, LINE_HEIGHT * lines)

    def header(
        self,
        row: int,
        texts: Sequence[str],
        col: int = 0,
        height: int = HEADER_HEIGHT,
        figures: Container[int] = (),
    ) -> None:
        """A row of column headers, high enough for three lines; over ``figures`` (counted from ``col``) they stand right."""
        self.page.set_row(row, height)
        for offset, text in enumerate(texts):
            side = "right" if offset in figures else "left"
            look: dict[str, Any] = {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "bg_color": "#E8EEF4"}
            if side == "left" and offset and offset - 1 in figures:
                look["indent"] = 1  # clear of the figure's header beside it
            self.text(row, col + offset, text, align=side, **look)

    def section(self, row: int, text: str) -> None:
        """A heading within a sheet."""
        self.text(row, 0, text, bold=True, font_color="#1F3864")

    def number(self, row: int, col: int, value: float, number_format: str = NUMBER, **style: Any) -> None:
        """A figure that is no input: a record, an assumption, or a value worked out by the engine."""
        self.page.number(row, col, value, self.book.style(num_format=number_format, **style))

    def entry(self, row: int, col: int, value: Value | None, number_format: str = NUMBER) -> None:
        """An input, blue on yellow; None leaves it empty."""
        look: dict[str, Any] = {
            "num_format": number_format,
            "font_color": "#0000FF",
            "bg_color": "#FFFBE6",
            "align": "right",
        }
        if isinstance(value, str):
            look |= {"indent": 1, "shrink": len(value) <= SHRUNK}
        style = self.book.style(**look)
        if value is None:
            self.page.empty(row, col, style)
        elif isinstance(value, str):
            self.page.words(row, col, without_controls(value), style)
        else:
            self.page.number(row, col, value, style)

    def formula(self, row: int, col: int, formula: str, value: Value, number_format: str = NUMBER, **style: Any) -> None:
        """A formula with the engine's value."""
        self.page.formula(row, col, formula, value, self.book.style(num_format=number_format, **style))

    def fill(self, row: int, first: int, make: Callable[[int], str], values: Sequence[float], number_format: str) -> None:
        """One formula over the columns from ``first`` on: ``make`` gives it for a column."""
        self.page.fill(row, first, make(TEMPLATE), values, self.book.style(num_format=number_format))

    def widths(self, *widths: float) -> None:
        """Column widths from the first column on."""
        for number, width in enumerate(widths):
            self.page.set_column(number, number, width)

    def repeat(self, header_row: int, freeze_col: int = 1) -> None:
        """Freeze below the header row and right of a column, and repeat the header on every printed page."""
        self.page.freeze_panes(header_row + 1, freeze_col)
        self.page.repeat_rows(0, header_row)
