"""A worksheet whose cells are written as XML at once: XlsxWriter's way of writing each later took most of a build.

XlsxWriter keeps the package, styles, names, charts, validations and print set-up. Only cells pass it by: what it would
check and escape again for every cell is known here, since the text of a row's formula is made once, and written once
where Excel lets the cells of a row share it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from math import isfinite

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

Value = float | int | str
TEMPLATE = 701
"""A column no sheet reaches, ``ZZ``: a row's formula is written for it once, and its letters are replaced month by month."""

ALONE = re.compile(r"""[!\[{#]|\):|:[A-Z.]+\(""")
"""What a shared formula must not hold: another sheet or book, a table, an array, an error, a range between functions.

That list is Microsoft's own for its binary formats ([MS-XLS] 2.5.198.118, SharedParsedFormula); it allows names of the
workbook. Excel misreads a reference to another sheet in a shared formula and then calls the file broken (EPPlus issue 92,
Stack Overflow 54654993): those formulas are written out cell by cell, as Excel itself writes them.
"""


@cache
def column(number: int) -> str:
    """``0`` is ``A``."""
    name: str = xl_col_to_name(number)
    return name


@cache
def columns(first: int, count: int) -> tuple[str, ...]:
    """The letters of neighbouring columns."""
    return tuple(column(number) for number in range(first, first + count))


HERE, BEFORE = column(TEMPLATE), column(TEMPLATE - 1)


def escaped(text: str) -> str:
    """Text as it stands inside an XML element."""
    if "&" in text or "<" in text or ">" in text:
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text


def figure(value: float) -> str:
    """A number with all its digits, so that the same float is read: XlsxWriter keeps 16. Zero has no sign, as in Excel.

    Raises:
        ValueError: it is no number, which a cell cannot hold.
    """
    if not isfinite(value):
        raise ValueError(f"a cell cannot hold {value}")
    return repr(float(value) + 0.0)


def result(value: Value) -> tuple[str, str]:
    """The type of a formula's cell and its cached value."""
    return (' t="str"', escaped(value)) if isinstance(value, str) else ("", figure(value))


def in_column(template: str, col: int) -> str:
    """The formula of a column, from that of the column :data:`TEMPLATE`."""
    return template.replace(HERE, column(col)).replace(BEFORE, column(col - 1))


class Page(Worksheet):  # type: ignore[misc]
    """A worksheet that takes its cells as XML, row by row."""

    shared_formulas = 0
    """How many formulas are shared on this sheet: the next one's number."""

    def put(self, row: int, col: int, xml: str) -> None:
        """Keep a cell; its XML begins behind ``<c r="A1"``."""
        self.table[row][col] = f'<c r="{column(col)}{row + 1}"{xml}'

    def number(self, row: int, col: int, value: float, style: Format) -> None:
        """A number."""
        self.table[row][col] = f'<c r="{column(col)}{row + 1}" s="{style._get_xf_index()}"><v>{figure(value)}</v></c>'

    def numbers(self, row: int, first: int, values: Sequence[float], style: Format) -> None:
        """Numbers in neighbouring columns."""
        cells, tail = self.table[row], f'{row + 1}" s="{style._get_xf_index()}"><v>'
        for col, value in enumerate(values, start=first):
            cells[col] = f'<c r="{column(col)}{tail}{figure(value)}</v></c>'

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
        """One formula over many columns, with their values; ``template`` is that of the column :data:`TEMPLATE`.

        The text stands in the first cell only, and the others share it, wherever Excel can share it (:data:`ALONE`).

        Raises:
            ValueError: a value is no number.
        """
        names, text = columns(first, len(values)), escaped(template)
        head = f'{row + 1}" s="{style._get_xf_index()}"><f'
        if len(names) > 1 and not ALONE.search(template):
            mark, self.shared_formulas = self.shared_formulas, self.shared_formulas + 1
            area = f"{names[0]}{row + 1}:{names[-1]}{row + 1}"
            followers = [f'{head} t="shared" si="{mark}"/><v>'] * (len(names) - 1)
            heads = [f'{head} t="shared" ref="{area}" si="{mark}">{in_column(text, first)}</f><v>', *followers]
        else:
            heads = [f"{head}>{in_column(text, col)}</f><v>" for col in range(first, first + len(names))]
        cells = self.table[row]
        for col, name, start, value in zip(range(first, first + len(names)), names, heads, values, strict=True):
            cells[col] = f'<c r="{name}{start}{figure(value)}</v></c>'

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
