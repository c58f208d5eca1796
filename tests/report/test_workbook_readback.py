"""Workbook back into a scenario: the identity, and every kind of damage named by its cell."""

import io
from random import Random

import pytest
from openpyxl import load_workbook

from advisor.errors import ScenarioError
from advisor.recommend import recommend
from advisor.report.workbook import workbook_bytes
from advisor.report.workbook.book import Book
from advisor.report.workbook.inputs import write_inputs
from advisor.report.workbook.model import Model
from advisor.report.workbook.prices import write_prices
from advisor.report.workbook.readback import differences_to_file, read_workbook
from advisor.scenario_io import build_scenario, load_scenario
from tests.conftest import EXAMPLES, scenario_data
from tests.report.workbook_scenarios import PLAIN, kind_of, random_data


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_examples_come_back_as_they_went(catalog, path):
    decision = recommend(load_scenario(path, catalog), catalog)
    scenario, figures = read_workbook(workbook_bytes(decision), catalog)
    assert scenario == decision.scenario
    assert differences_to_file(figures, recommend(scenario, catalog)) == ()


def test_random_scenarios_come_back_as_they_went(catalog, inputs_only):
    random, kinds = Random(7), []
    for _ in range(200):
        data = random_data(random)
        kinds.append(kind_of(data))
        data["workloads"][0]["targets"]["interactivity_tok_s_per_user"] = random.uniform(1, 300)
        data["migration"] = {"engineering_weeks": random.uniform(0, 50), "ramp_months": random.randint(0, 36)}
        scenario = build_scenario(data, catalog)
        assert read_workbook(inputs_only(scenario), catalog)[0] == scenario
    for has in (lambda kind: kind.workloads > 1, lambda kind: kind.owned, lambda kind: kind.buys):
        assert sum(map(has, kinds)) >= 25
    assert kinds.count(PLAIN) >= 60


@pytest.fixture
def inputs_only(catalog):
    """Inputs, Prices and an empty Cover of a scenario: what is read back, without the months it would take to build."""
    import xlsxwriter

    template = recommend(build_scenario(scenario_data(), catalog), catalog)
    case = Model(template).case

    def build(scenario):
        from dataclasses import replace

        buffer = io.BytesIO()
        with xlsxwriter.Workbook(buffer, {"in_memory": True}) as file:
            book, model = Book(file), Model(replace(template, scenario=scenario))
            book.create(("Cover", "Inputs", "Prices"))
            model.__dict__.update(why_not_live="not built", case=case)
            write_inputs(book, model, "2026-11-24")
            write_prices(book, model)
        return buffer.getvalue()

    return build


@pytest.fixture(scope="module")
def content(catalog):
    data = scenario_data(candidates={"price": {"overrides": {"b200": 5.5}}})
    return workbook_bytes(recommend(build_scenario(data, catalog), catalog))


def edited(content, edit):
    book = load_workbook(io.BytesIO(content))
    rows = {row[11].value: row[0].row for row in book["Inputs"].iter_rows(min_row=5) if row[11].value}
    edit(book, rows)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_a_changed_input_is_read_and_the_difference_listed(catalog, content):
    def edit(book, rows):
        book["Inputs"].cell(rows["current.price.usd_per_gpu_hour"], 2).value = 9
        book["Inputs"].cell(rows["workloads[0].growth_per_year_fraction"], 6).value = "high"

    scenario, figures = read_workbook(edited(content, edit), catalog)
    assert scenario.current.price.usd_per_gpu_hour == 9.0
    assert scenario.workload.growth_per_year_fraction == pytest.approx(0.1)
    found = differences_to_file(figures, recommend(scenario, catalog))
    assert any(line.startswith("Today's bill") for line in found)


def test_damage_is_named_by_cell(catalog, content):
    def edit(book, rows):
        sheet = book["Inputs"]
        sheet.cell(rows["current.gpus"], 2).value = "many"
        sheet.cell(rows["finance.discount_rate_per_year"], 1).value = "Interest"
        sheet.cell(rows["migration.ramp_months"], 2).value = 1.5
        sheet.delete_rows(rows["sizing.headroom_fraction"])
        book["Prices"].cell(5, 4).value = "cheap"

    with pytest.raises(ScenarioError) as caught:
        read_workbook(edited(content, edit), catalog)
    text = str(caught.value)
    rows = {
        row[11].value: row[0].row
        for row in load_workbook(io.BytesIO(content))["Inputs"].iter_rows(min_row=5)
        if row[11].value
    }
    assert f"Inputs!B{rows['current.gpus']} (GPUs): a whole number is expected (found 'many')" in text
    assert f"Inputs!A{rows['finance.discount_rate_per_year']}: the label" in text
    assert f"Inputs!B{rows['migration.ramp_months']} (Ramp): a whole number" in text
    assert "the row of sizing.headroom_fraction (Headroom) is missing" in text
    assert "Prices!D5: a number is expected" in text


def test_a_value_out_of_bounds_is_named_by_cell(catalog, content):
    def edit(book, rows):
        book["Inputs"].cell(rows["finance.horizon_months"], 2).value = 999

    with pytest.raises(ScenarioError, match=r"Inputs!B\d+ \(finance.horizon_months\): must be at most 120"):
        read_workbook(edited(content, edit), catalog)


@pytest.mark.parametrize("raw", [b"", b"PK\x03\x04 no zip", b"text"])
def test_no_workbook_is_refused(catalog, raw):
    with pytest.raises(ScenarioError, match="XLSX"):
        read_workbook(raw, catalog)
