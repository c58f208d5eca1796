"""The workbook: cached values everywhere, text never a formula, constants named, and every sheet in its place."""

import io
import re

import pytest
from openpyxl import load_workbook

from advisor import link
from advisor.recommend import recommend
from advisor.report import words
from advisor.report.workbook import SHEETS, workbook_bytes
from advisor.report.workbook.page import figure
from advisor.scenario_io import build_scenario, load_scenario
from tests.conftest import EXAMPLES, scenario_data
from tests.report.workbook_examples import INLINE, not_live
from tests.report.workbook_tools import opened, options_of, tornado_of

ALLOWED = {"0", "1", "12", "3600", "1e6"}
NO_OPTION = "no option has both a price and an operating point"
WORKED_OUT = (
    "Operating points",
    "Demand",
    "Sizing",
    "Monthly",
    "Plans",
    "Options",
    "Verdict",
    "Sensitivity",
    "Drivers",
    "Driver months",
    "Quality",
)
SCENARIOS = {path.stem: path for path in EXAMPLES} | INLINE


@pytest.fixture(scope="module", params=SCENARIOS)
def decision(request, catalog):
    found = SCENARIOS[request.param]
    scenario = build_scenario(found, catalog) if isinstance(found, dict) else load_scenario(found, catalog)
    return recommend(scenario, catalog)


@pytest.fixture(scope="module")
def content(decision):
    return workbook_bytes(decision)


@pytest.fixture(scope="module")
def book(content):
    """The formulas, to be looked at only: opened once for all tests of a scenario."""
    return load_workbook(io.BytesIO(content))


@pytest.fixture(scope="module")
def values(content):
    """The cached values, to be looked at only."""
    return load_workbook(io.BytesIO(content), data_only=True)


def formulas_of(book):
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and cell.data_type == "f":
                    yield sheet, cell


def test_sheets_stand_in_order_and_none_is_hidden(book):
    assert tuple(book.sheetnames) == SHEETS
    assert all(sheet.sheet_state == "visible" for sheet in book)


def test_every_formula_carries_a_value_and_none_is_an_error(book, values):
    count = 0
    for sheet, cell in formulas_of(book):
        found = values[sheet.title][cell.coordinate].value
        assert found is not None and found != "", (sheet.title, cell.coordinate)  # noqa: PT018 - one cell
        assert not str(found).startswith("#"), (sheet.title, cell.coordinate, found)
        count += 1
    assert count > 1000


def bare(formula):
    """A formula without text, cell addresses, names and the guarded ceiling's digits."""
    formula = re.sub(r'"[^"]*"|\'[^\']*\'!', "", formula)
    formula = re.sub(r"\$?[A-Z]{1,3}\$?\d+|\b(?:in|out|cat)_[a-z0-9_]+", "", formula)
    return formula.replace(",9),0)", ",),0)")


def test_formulas_hold_no_constants_and_use_no_fragile_functions(book):
    for sheet, cell in formulas_of(book):
        assert set(re.findall(r"\d+(?:\.\d+)?(?:e\d+)?", bare(cell.value))) <= ALLOWED, (sheet.title, cell.value)
        assert not re.search(r"OFFSET|INDIRECT|RAND|NOW\(|TODAY\(", cell.value)


def relative(cell):
    """A formula with its relative references as distances from the cell: the same in every cell of a row that was filled."""
    from openpyxl.utils import column_index_from_string

    def one(match):
        col_fixed, col, row_fixed, row = match.groups()
        c = f"C{col}" if col_fixed else f"C[{column_index_from_string(col) - cell.column}]"
        r = f"R{row}" if row_fixed else f"R[{int(row) - cell.row}]"
        return c + r

    return re.sub(r"(\$?)([A-Z]{1,3})(\$?)(\d+)(?![\d(])", one, re.sub(r'"[^"]*"', '""', cell.value))


def test_a_row_has_one_formula_over_all_months(book):
    for title in ("Monthly", "Plans", "Driver months"):
        for row in book[title].iter_rows(min_row=4, min_col=5):
            shapes = {relative(cell) for cell in row if cell.data_type == "f"}
            assert len(shapes) <= 1, (title, row[0].row, sorted(shapes)[:2])


def test_a_column_of_the_tables_has_one_formula(book):
    for title in ("Sizing", "Options"):
        sheet = book[title]
        header = next(row for row in range(1, 200) if sheet.cell(row, 1).value == "Option")
        first = next(row for row in range(header + 2, 200) if not str(sheet.cell(row, 1).value).startswith("today: "))
        last = next(row for row in range(first, 200) if sheet.cell(row, 1).value is None)
        for column in sheet.iter_cols(min_row=first, max_row=last - 1):
            shapes = {re.sub(r"'Prices'![^,)]*", "", relative(cell)) for cell in column if cell.data_type == "f"}
            assert len(shapes) <= 1, (title, column[0].column_letter, sorted(shapes)[:2])


def test_names_are_legal_in_excel(book):
    assert len(book.defined_names) > 60
    for name in book.defined_names:
        if not name.startswith("_xlnm"):
            assert re.fullmatch(r"(in|out|cat)_[a-z0-9_]+", name)
            assert not re.fullmatch(r"[A-Za-z]{1,3}\d+|[rR]\d*[cC]\d*", name)


def test_every_input_has_unit_source_and_date(book):
    sheet = book["Inputs"]
    fields = 0
    for row in range(5, sheet.max_row + 1):
        if sheet.cell(row, 12).value:
            fields += 1
            assert all(sheet.cell(row, column).value for column in (1, 3, 8, 9, 10)), row
    assert fields > 60


def test_every_table_follows_live(book):
    """No sheet says that it holds values only, and those that are worked out are worked out by formulas."""
    assert not any("not live:" in str(book[title]["A2"].value) for title in WORKED_OUT)
    assert {sheet.title for sheet, _ in formulas_of(book)} >= {*WORKED_OUT} - {"Operating points", "Quality"}


def test_the_cover_shows_the_engines_figures(decision, values):
    cover = values["Cover"]
    rows = {cover.cell(row, 1).value: cover.cell(row, 2).value for row in range(1, 20)}
    assert rows["Verdict code"] == decision.verdict.code
    assert rows["NPV of what is advised"] == decision.adopted.npv_cost
    assert rows["Today's bill"] == decision.baseline.cost.usd_per_month
    assert rows["Checks"] == "ok"


def test_the_sensitivity_is_the_engines_tornado(decision, content):
    looked_at, saving, lines = tornado_of(opened(content))
    option = words.looked_at(decision)
    assert looked_at == option.key.label(decision.catalog)
    assert saving == pytest.approx(option.standing.future.npv_saving, rel=1e-12)
    assert [line[1] for line in lines] == [row.driver for row in decision.tornado]
    for line, row in zip(lines, decision.tornado, strict=True):
        assert line[2] == row.unit
        figures = (row.low, row.base, row.high, row.saving_at_low_usd, row.saving_at_high_usd, row.swing_usd)
        assert line[3:9] == pytest.approx(figures, rel=1e-12)


def test_a_model_of_ones_own_has_a_live_workbook_of_every_option(catalog):
    """A model known only by its architecture: every GPU and format is modelled, the widest file there is."""
    data = scenario_data()
    data["workloads"][0]["model"] = {
        "custom": {"total_params_b": 40.0, "active_params_b": 40.0, "layers": 60, "kv_values_per_token": 150_000}
    }
    decision = recommend(build_scenario(data, catalog), catalog)
    content = workbook_bytes(decision)
    assert len(content) < 400_000
    book = opened(content)
    assert len(options_of(book)[0]) > 25
    assert book["Cover"]["B4"].value == decision.verdict.code
    assert book["Checks"]["C5"].value == "ok"


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_is_refused(value):
    with pytest.raises(ValueError, match="a cell cannot hold"):
        figure(value)


def formulas_with(catalog, words):
    """The formulas of a scenario that holds ``words`` in every free-text field."""
    data = scenario_data(name=words, candidates={"price": {"provider": words, "overrides": {"b200": 5.0}}})
    data["quality"] = {"results": ({"class": "conversation", "task": words, "format": "nvfp4", "delta_points": -1.0},)}
    book = load_workbook(io.BytesIO(workbook_bytes(recommend(build_scenario(data, catalog), catalog))))
    texts = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "s"]
    assert words in texts
    return {(sheet.title, cell.coordinate): cell.value for sheet, cell in formulas_of(book)}


@pytest.fixture(scope="module")
def harmless(catalog):
    return formulas_with(catalog, "harmless")


@pytest.mark.parametrize("text", ['=HYPERLINK("http://x")', "+1+1", "-1+1", "@SUM(1)", "\t=1+1", "=cmd|' /C calc'!A0"])
def test_user_text_is_never_a_formula(catalog, harmless, text):
    assert formulas_with(catalog, text) == harmless


def test_links_stay_short_and_the_file_small(decision, content):
    assert len(f"?s={link.encode(decision)}") < 2000 or decision.scenario.current.measured
    assert len(content) < 400_000


def test_what_is_not_live_says_so_on_every_sheet(catalog):
    """A model of one's own on a GPU nobody measured: nothing can be sized, so nothing can follow."""
    decision = recommend(build_scenario(not_live(), catalog), catalog)
    assert not any(option.curve is not None and option.price is not None for option in decision.options)
    book = load_workbook(io.BytesIO(workbook_bytes(decision)))
    assert tuple(book.sheetnames) == SHEETS
    for title in WORKED_OUT:
        assert NO_OPTION in book[title]["A2"].value
        assert not [cell for sheet, cell in formulas_of(book) if sheet.title == title]
    assert NO_OPTION in book["Inputs"]["A2"].value
    assert any(NO_OPTION in str(row[1].value) for row in book["Cover"].iter_rows())
    effects = [row[7].value for row in book["Inputs"].iter_rows(min_row=5) if row[11].value]
    assert set(effects) == {"on upload"}
