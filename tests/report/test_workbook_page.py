"""Cells as XML: a formula shared along a row is read as if it stood in every cell, and only where Excel can share it."""

import io
import re
import zipfile

import pandas as pd
import pytest
import xlsxwriter
from openpyxl import load_workbook

from advisor.recommend import recommend
from advisor.report.workbook import workbook_bytes
from advisor.report.workbook.book import Book, cell
from advisor.report.workbook.page import ALONE, figure
from advisor.scenario_io import load_scenario
from tests.conftest import EXAMPLES

SHARED = r'<c r="([A-Z]+\d+)"[^>]*><f t="shared"(?: ref="([^"]+)")? si="(\d+)"(?:/>|>([^<]*)</f>)'
FIRST, VALUES = 3, [0.1, 2.0, 1e22, -1 / 3]
TEMPLATES = {
    "relative, absolute and mixed references": lambda c: (
        f"{cell(7, c)}+{cell(1, 2, fixed_row=True, fixed_col=True)}*{cell(1, c, fixed_row=True)}"
    ),
    "the month before": lambda c: f"{cell(4, c - 1)}+{cell(1, c)}",
    "a range that grows": lambda c: f'COUNTIF({cell(4, 2, fixed_col=True)}:{cell(4, c - 1)},">0")',
    "a name": lambda c: f"in_gpus*{cell(1, c, fixed_row=True)}",
    "another sheet": lambda c: f"'Other'!{cell(1, c, fixed_row=True)}<1",
    "an array": lambda c: f"SUM({{1,2}}*{cell(1, c)})",
}


def written(values=VALUES):
    """A workbook with every template filled, one a row, and what each cell should hold by its address."""
    buffer, expected = io.BytesIO(), {}
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as file:
        book = Book(file)
        book.create(("Here", "Other"))
        book.name("in_gpus", "Other", 0, 0)
        for row, make in enumerate(TEMPLATES.values(), start=4):
            book.sheet("Here").fill(row, FIRST, make, values, "0.0")
            expected |= {cell(row, c): ("=" + make(c), value) for c, value in enumerate(values, start=FIRST)}
    return buffer.getvalue(), expected


@pytest.mark.parametrize("read_only", [False, True])
def test_every_cell_of_a_filled_row_has_its_own_formula_and_value(read_only):
    content, expected = written()
    formulas, values = (
        load_workbook(io.BytesIO(content), data_only=only, read_only=read_only)["Here"] for only in (False, True)
    )
    found = {
        one.coordinate: (one.value, other.value)
        for row, others in zip(formulas.iter_rows(), values.iter_rows(), strict=True)
        for one, other in zip(row, others, strict=True)
        if one.value is not None
    }
    assert found == expected


def test_pandas_reads_the_values():
    table = pd.read_excel(io.BytesIO(written()[0]), sheet_name="Here", header=None)
    for row in range(4, 4 + len(TEMPLATES)):
        assert table.iloc[row, FIRST:].tolist() == VALUES


def test_what_excel_cannot_share_is_written_in_every_cell():
    content, _ = written()
    sheet = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml").decode()
    rows = re.findall(r"<row .*?</row>", sheet)
    shared = [len(re.findall(r'<f t="shared"', row)) for row in rows]
    assert shared == [0 if what in ("another sheet", "an array") else len(VALUES) for what in TEMPLATES]


def test_one_cell_shares_with_no_other():
    content, _ = written(VALUES[:1])
    assert b'"shared"' not in zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize(
    "formula", ["'Other'!A1", "SUM(A1:INDEX(B1:B9,3))", "INDEX(A1:A9,1):B2", "Table[x]", "{1}", "[1]Book!A1", "#REF!+A1"]
)
def test_formulas_that_excel_cannot_share(formula):
    assert ALONE.search(formula)


def test_zero_has_no_sign():
    assert figure(-0.0) == "0.0"


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_shared_formulas_are_whole(path, catalog):
    """Each has one first cell, at the start of its area, and its followers are exactly the area's other cells."""
    archive = zipfile.ZipFile(io.BytesIO(workbook_bytes(recommend(load_scenario(path, catalog), catalog))))
    total = 0
    for name in archive.namelist():
        if not name.startswith("xl/worksheets/sheet"):
            continue
        groups, areas = {}, {}
        found = re.findall(
            r'<c r="([A-Z]+\d+)"[^>]*><f t="shared"(?: ref="([^"]+)")? si="(\d+)"(?:/>|>([^<]*)</f>)',
            archive.read(name).decode(),
        )
        for address, area, number, text in found:
            assert bool(area) == bool(text) == (number not in groups), (name, address)
            if area:
                areas[number] = area
                assert not ALONE.search(text), text
            groups.setdefault(number, []).append(address)
        for number, cells in groups.items():
            assert areas[number] == f"{cells[0]}:{cells[-1]}"
            assert len({re.sub("[A-Z]", "", one) for one in cells}) == 1
            assert len(cells) == 36
        total += len(found)
    assert total > 1000
