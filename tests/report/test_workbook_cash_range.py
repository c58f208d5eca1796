"""Cash range: the engine's band by month as values in the columns of Monthly, said to be draws, charted; the Cover."""

import io
import zipfile
from xml.etree import ElementTree

import pytest
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from advisor.phrases import usd
from advisor.recommend import recommend
from advisor.report.workbook import SHEETS, cash_range, workbook_bytes
from advisor.report.workbook.axis import BEFORE, MONTH, PARAM
from advisor.scenario_io import build_scenario, load_scenario
from tests.conftest import EXAMPLES, scenario_data

CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
MAIN = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


@pytest.fixture(scope="module", params=EXAMPLES, ids=lambda path: path.stem)
def decision(request, catalog):
    return recommend(load_scenario(request.param, catalog), catalog)


@pytest.fixture(scope="module")
def content(decision):
    return workbook_bytes(decision)


def decided(catalog, **changes):
    return recommend(build_scenario(scenario_data(**changes), catalog), catalog)


def rows_of(content):
    """The rows of Cash range by future's heading and label: the value beside the label, then months 0 to the horizon."""
    sheet = load_workbook(io.BytesIO(content), data_only=True)[cash_range.SHEET]
    found, heading = {}, None
    for row in sheet.iter_rows(min_row=MONTH + 2, values_only=True):
        if row[0] and row[BEFORE] is None:
            heading = row[0]
        elif row[0]:
            found[heading, row[0].strip()] = [row[PARAM], *row[BEFORE:]]
    return found


def charts_of(content):
    """The charts that read Cash range."""
    archive = zipfile.ZipFile(io.BytesIO(content))
    names = [name for name in archive.namelist() if name.startswith("xl/charts/chart")]
    read = [ElementTree.fromstring(archive.read(name)) for name in names]
    return [chart for chart in read if any(f"'{cash_range.SHEET}'!" in (ref.text or "") for ref in chart.iter(f"{CHART}f"))]


def check_values(decision, content):
    rows = rows_of(content)
    expected = 0
    for band in decision.bands:
        title = cash_range.future_title(decision, band.future)
        lines = {"Paid in all": (band.cost_p10_usd, band.cost_p50_usd, band.cost_p90_usd)}
        if band.future != "stay":
            lines["Saved against staying"] = (band.saved_p10_usd, band.saved_p50_usd, band.saved_p90_usd)
        for said, percentiles in lines.items():
            for name, values in zip(("P10", "P50", "P90"), percentiles, strict=True):
                label = next(label for heading, label in rows if heading == title and label.startswith(f"{said}: {name}"))
                assert rows[title, label] == [values[-1], *values]
            future = decision.future(band.future)
            end = future.npv_cost if said == "Paid in all" else future.npv_saving
            assert rows[title, f"{said}: as expected, without draws"][0] == pytest.approx(end, rel=1e-9, abs=1e-6)
            expected += 4
    assert len(rows) == expected >= 4


def test_the_values_are_the_decisions_bands_digit_by_digit(decision, content):
    check_values(decision, content)


def test_a_column_is_the_month_it_is_on_monthly_and_nothing_else_is_a_formula(decision, content):
    values = load_workbook(io.BytesIO(content), data_only=True)
    book = load_workbook(io.BytesIO(content))
    horizon = decision.scenario.finance.horizon_months
    for month in range(horizon + 1):
        address = f"{get_column_letter(BEFORE + 1 + month)}{MONTH + 1}"
        assert values[cash_range.SHEET][address].value == values["Monthly"][address].value == month
    assert values[cash_range.SHEET].max_column == BEFORE + 1 + horizon
    formulas = {cell.row for row in book[cash_range.SHEET].iter_rows() for cell in row if cell.data_type == "f"}
    assert formulas <= {MONTH + 1}


def test_it_says_that_draws_are_values_with_their_number_and_seed(catalog):
    decision = decided(catalog, uncertainty={"seed": 77})
    sheet = load_workbook(io.BytesIO(workbook_bytes(decision)))[cash_range.SHEET]
    assert sheet["A2"].value == f"Values, not live: {decision.stability.draws:,} draws, seed 77, inputs as delivered."
    assert "horizon" in sheet["A3"].value
    assert "as delivered" in sheet["A3"].value


def test_charts_have_titles_axes_units_and_more_than_colour(content):
    charts = charts_of(content)
    assert len(charts) == 2
    for chart in charts:
        words = "".join(text.text for text in chart.iter(f"{MAIN}t"))
        assert "USD" in words
        assert "Month" in words
        looks = set()
        series = list(chart.iter(f"{CHART}ser"))
        for line in series:
            dash = line.find(f"{CHART}spPr/{MAIN}ln/{MAIN}prstDash").get("val")
            looks.add((dash, line.find(f"{CHART}marker/{CHART}symbol").get("val")))
        assert len(looks) == len(series) >= 3  # each line is told apart without its colour
        rows = {ref.text.split("$")[2].split(":")[0] for ref in chart.iter(f"{CHART}f") if f"${MONTH + 1}:" not in ref.text}
        assert len(rows) == len(series)


def test_print_is_a4_landscape_with_titles_repeated(content):
    sheet = load_workbook(io.BytesIO(content))[cash_range.SHEET]
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.page_setup.paperSize == 9
    assert sheet.print_title_rows == f"$1:${MONTH + 1}"
    assert sheet.print_title_cols == "$A:$B"
    assert sheet.freeze_panes == f"{get_column_letter(BEFORE + 1)}{MONTH + 2}"


def test_without_an_option_that_passes_it_says_why_in_one_sentence(catalog):
    decision = decided(catalog, candidates={"max_usd_per_month": 1.0})
    assert not decision.bands
    content = workbook_bytes(decision)
    book = load_workbook(io.BytesIO(content))
    filled = [cell.value for row in book[cash_range.SHEET].iter_rows() for cell in row if cell.value is not None]
    assert filled == [cash_range.SHEET, cash_range.NONE_DRAWN]
    assert not charts_of(content)
    assert SHEETS.index(cash_range.SHEET) == SHEETS.index("Sensitivity") + 1


def test_a_workbook_that_is_not_live_has_it_too(catalog):
    data = scenario_data()
    data["workloads"] = (data["workloads"][0], {**data["workloads"][0], "output_tokens": 1024, "input_tokens": 1024})
    decision = recommend(build_scenario(data, catalog), catalog)
    content = workbook_bytes(decision)
    assert decision.bands
    check_values(decision, content)
    assert charts_of(content)


def test_the_cover_gives_the_reason_of_a_low_confidence_once_and_every_range(decision, content):
    cover = load_workbook(io.BytesIO(content), data_only=True)["Cover"]
    rows = [(row[0].value, str(row[1].value or "")) for row in cover.iter_rows()]
    reason = decision.verdict.confidence_reason
    said = dict(rows)["Confidence"]
    assert said == (f"{decision.verdict.confidence}: {reason}" if reason else decision.verdict.confidence)
    assert not reason or [text for _, text in rows].count(reason) == 0
    text = "\n".join(text for _, text in rows)
    for band in decision.bands:
        if band.future != "stay":
            for value in (band.saved_p10_usd[-1], band.saved_p90_usd[-1]):
                assert usd(value) in text
