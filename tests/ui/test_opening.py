"""Files opened in the wizard: an edited workbook and a scenario file, on the first step and on the result."""

import io

import pytest
from openpyxl import load_workbook

from advisor import link
from advisor.recommend import recommend
from advisor.report.words import verdict_sentence
from advisor.report.workbook import workbook_bytes
from advisor.scenario_io import dump_json, dump_yaml, load_scenario
from tests.conftest import EXAMPLES
from tests.ui.driving import clean, named, open_app, press, step, token
from tests.ui.test_own_files import plainly, uploaded

CASE = next(path for path in EXAMPLES if path.stem == "llama-70b-64-h200")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture(scope="module")
def scenario(catalog):
    return load_scenario(CASE, catalog)


@pytest.fixture(scope="module")
def workbook(catalog, scenario):
    return workbook_bytes(recommend(scenario, catalog))


def changed(workbook, **inputs):
    """The workbook with values typed over, by field; what a person does in Excel."""
    book = load_workbook(io.BytesIO(workbook))
    sheet = book["Inputs"]
    rows = {row[11].value: row[0].row for row in sheet.iter_rows(min_row=5) if row[11].value}
    for name, value in inputs.items():
        sheet.cell(rows[name.replace("__", ".")], 2).value = value
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def given(content, name="model.xlsx", test=None, place="first"):
    return uploaded(test or open_app(), f"open.{place}", Workbook_or_scenario=[(name, content)])


def test_an_edited_workbook_becomes_the_scenario_and_says_what_differs(catalog, workbook):
    test = given(changed(workbook, current__gpus=48, current__price__usd_per_gpu_hour=1.25))
    assert "differs from the file's own figures" in plainly(test)
    assert "s" not in test.query_params  # nothing is taken before it is asked for
    press(test, "Open its result")
    held = link.decode(token(test), catalog).scenario
    assert (held.current.gpus, held.current.price.usd_per_gpu_hour) == (48, 1.25)
    assert step(test).startswith("Step 5")
    assert verdict_sentence(recommend(held, catalog)) in plainly(test)
    assert any(box.label.replace("\\", "").startswith("Read from model.xlsx:") for box in test.expander)


def test_an_unchanged_workbook_agrees_with_itself(workbook):
    test = given(workbook, test=open_app(step="result"), place="result")
    assert "The file's own figures are those of this run" in plainly(test)
    press(test, "Open it from the first step")
    assert step(test).startswith("Step 1")


def test_what_is_wrong_in_a_workbook_is_named_by_its_cell(workbook):
    test = given(changed(workbook, current__gpus="sixty", finance__horizon_months=1.5))
    text = plainly(test)
    assert "a whole number is expected (found 'sixty')" in text
    assert "Inputs!B" in text
    assert "(found 1.5)" in text
    assert not [button for button in test.button if button.label.startswith("Open i")]


@pytest.mark.parametrize("write", [dump_yaml, dump_json])
def test_a_scenario_file_is_opened(catalog, scenario, write):
    test = given(write(scenario).encode(), "case.yaml")
    press(test, "Open it from the first step")
    held = link.decode(token(test), catalog).scenario
    assert held == scenario.model_copy(update={"name": "", "catalog": held.catalog})


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"workloads: []", "current"),
        (b"current: {gpus: many}", "current.gpus"),
        (b"\xff\xfe\x00", "neither a workbook nor UTF-8"),
        (b"PK\x03\x04 no zip", "cannot be read as an XLSX workbook"),
        (b"workloads: [{model: llama-3.3-70b, demand: {profile_csv: day.csv}}]", "write its 24 values into profile_24h"),
        (b'name: "![x](http://evil.example/x.png)"', "current"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_its_reason(content, words):
    assert words in plainly(given(content, "case.yaml"))


def test_opening_a_file_replaces_what_was_typed(workbook):
    test = open_app(step="workload")
    clean(named(test.number_input, "Requests per second").set_value(77).run())
    press(given(workbook, test=test), "Open it from the first step")
    assert named(test.number_input, "Requests per second").value == 6
