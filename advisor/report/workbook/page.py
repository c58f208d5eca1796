"""A worksheet whose cells are written as XML at once: XlsxWriter's way of writing each later took most of a build.

XlsxWriter keeps the package, styles, names, charts, validations and print set-up. Only cells pass it by: what it would
check and escape again for every cell is known here, since the text of a row's formula is made once.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from math import isfinite

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

Value = float | int | str
TEMPLATE = 701
"""A column no sheet reaches, ``ZZ``: a row's formula is written for it once, and its letters are replaced month by month."""


@cache
def column(number: int) -> str:
    """``0`` is ``A``."""
    name: str = xl_col_to_name(number)
    return name


def escaped(text: str) -> str:
    """Text as it stands inside an XML element."""
    if "&" in text or "<" in text or ">" in text:
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text


def figure(value: float) -> str:
    """A number with all its digits, so that the same float is read: XlsxWriter keeps 16.

    Raises:
        ValueError: it is no number, which a cell cannot hold.
    """
    if not isfinite(value):
        raise ValueError(f"a cell cannot hold {value}")
    return repr(float(value))


def result(value: Value) -> tuple[str, str]:
    """The type of a formula's cell and its cached value."""
    return (' t="str"', escaped(value)) if isinstance(value, str) else ("", figure(value))


class Page(Worksheet):  # type: ignore[misc]
    """A worksheet that takes its cells as XML, row by row."""

    def put(self, row: int, col: int, xml: str) -> None:
        """Keep a cell; its XML begins behind ``<c r="A1"``."""
        self.table[row][col] = f'<c r="{column(col)}{row + 1}"{xml}'

    def number(self, row: int, col: int, value: float, style: Format) -> None:
        """A number."""
        self.put(row, col, f' s="{style._get_xf_index()}"><v>{figure(value)}</v></c>')

    def words(self, row: int, col: int, text: str, style: Format | None) -> None:
        """Text, whatever it begins with."""
        mark = "" if style is None else f' s="{style._get_xf_index()}"'
        self.put(row, col, f'{mark} t="s"><v>{self.str_table._get_shared_string_index(text)}</v></c>')

    def empty(self, row: int, col: int, style: Format) -> None:
        """A cell that has a format only."""
        self.put(row, col, f' s="{style._get_xf_index()}"/>')

    def formula(self, row: int, col: int, formula: str, value: Value, style: Format) -> None:
        """A formula with its cached value."""
        kind, cached = result(value)
        mark = style._get_xf_index()
        self.put(row, col, f' s="{mark}"{kind}><f>{escaped(formula.removeprefix("="))}</f><v>{cached}</v></c>')

    def fill(self, row: int, first: int, template: str, values: Sequence[float], style: Format) -> None:
        """One formula over many columns, with their values; ``template`` is that of the column :data:`TEMPLATE`."""
        here, before = column(TEMPLATE), column(TEMPLATE - 1)
        cells, tail = self.table[row], f'{row + 1}" s="{style._get_xf_index()}"><f>'
        text = escaped(template)
        for col, value in enumerate(values, start=first):
            formula = text.replace(here, column(col)).replace(before, column(col - 1))
            cells[col] = f'<c r="{column(col)}{tail}{formula}</f><v>{figure(value)}</v></c>'

    def _write_dimension(self) -> None:
        rows = [row for row, cells in self.table.items() if cells]
        cols = [col for cells in self.table.values() for col in cells]
        if rows:
            self.dim_rowmin, self.dim_rowmax = min(rows), max(rows)
            self.dim_colmin, self.dim_colmax = min(cols), max(cols)
        super()._write_dimension()

    def _write_rows(self) -> None:
        for row in sorted({*self.table, *self.row_info}):
            cells = self.table[row]
            self._write_row(row, None, self.row_info.get(row), empty_row=not cells)
            if not cells:
                continue
            for col in sorted(cells):
                kept = cells[col]
                if isinstance(kept, str):
                    self.fh.write(kept)
                else:  # what XlsxWriter wrote itself, under merged cells
                    self._write_cell(row, col, kept)
            self._xml_end_tag("row")
