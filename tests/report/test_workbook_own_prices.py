"""Own prices in the workbook: inputs that come back, a Prices sheet that follows, and hostile files refused by cell."""

import io
from random import Random

import openpyxl
import pytest

from advisor.errors import ScenarioError
from advisor.recommend import recommend
from advisor.report.workbook import workbook_bytes
from advisor.report.workbook.prices import P_DATE, P_LIST, P_PROVIDER
from advisor.report.workbook.readback import read_workbook
from advisor.scenario_io import build_scenario
from tests.report.test_workbook_recalculation import differences
from tests.report.workbook_scenarios import PLAIN, Kind, random_changes, random_data, with_changes
from tests.report.workbook_tools import cells_of, changed, opened, options_of, recalculator

OWN = (
    {"hardware": "b200", "usd_per_gpu_hour": 3.7, "provider": "=HYPERLINK(1)", "as_of": "2026-11-02", "file": "+q.xlsx"},
    {"hardware": "b200", "usd_per_gpu_hour": 4.4, "provider": "Beta", "as_of": "2026-11-03"},
    {"hardware": "h200", "usd_per_gpu_hour": 1.7, "provider": "Acme", "as_of": "2026-11-02", "kind": "list"},
    {"hardware": "h100", "usd_per_gpu_hour": 1.6, "provider": "Acme", "as_of": "2026-11-02"},
)


def priced(random, kind=PLAIN):
    data = random_data(random, kind)
    data["candidates"]["price"] = {"offers": OWN}
    return data


def test_own_prices_come_back_as_inputs(catalog):
    random = Random(7)
    for _ in range(5):
        scenario = build_scenario(priced(random), catalog)
        content = workbook_bytes(recommend(scenario, catalog))
        assert read_workbook(content, catalog)[0] == scenario
        sheet = openpyxl.load_workbook(io.BytesIO(content))["Prices"]
        row = next(row for row in sheet.iter_rows(min_row=5) if row[1].value == "b200")
        listed, provider, day = (row[col].value for col in (P_LIST, P_PROVIDER, P_DATE))
        assert (listed, provider, day) == (3.7, "your quote sheet +q.xlsx (=HYPERLINK(1))", "2026-11-02")


@pytest.mark.soffice
def test_a_recalculated_workbook_with_own_prices_equals_the_engine(catalog, tmp_path):
    random, books, decisions = Random(11), [], []
    for kind in (PLAIN, PLAIN, Kind(2), Kind(owned=True)):
        data = priced(random, kind)
        changes = random_changes(random, data)
        content = workbook_bytes(recommend(build_scenario(data, catalog), catalog))
        books.append(changed(content, cells_of(content, changes)))
        decisions.append(recommend(build_scenario(with_changes(data, changes), catalog), catalog))
    passing = 0
    for content, decision in zip(recalculator(tmp_path)(books), decisions, strict=True):
        wrong, seen = differences(decision, *options_of(opened(content)))
        assert wrong == []
        passing += seen
    assert passing > 0


@pytest.mark.parametrize("rows", [0, 1, 3])
def test_a_sheet_that_ends_before_its_headers_is_refused(catalog, rows):
    book = openpyxl.Workbook()
    book.active.title = "Inputs"
    for _ in range(rows):
        book.active.append(["x"])
    book.create_sheet("Prices")
    book.create_sheet("Cover")
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(ScenarioError, match="Inputs!A4: the headers"):
        read_workbook(out.getvalue(), catalog)
