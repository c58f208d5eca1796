"""The workbook: cached values everywhere, text never a formula, and formulas that agree with the engine."""

import io
import re
import shutil
import subprocess
import zipfile

import pytest
from openpyxl import load_workbook

from advisor.recommend import recommend
from advisor.report.workbook import FIRST_ROW, workbook_bytes
from advisor.scenario_io import build_scenario, load_scenario
from tests.conftest import EXAMPLES, need_tool, scenario_data

OUTPUTS = {
    "F": "needed",
    "G": "replicas",
    "H": "servers",
    "I": "gpus",
    "J": "busy",
    "K": "month",
    "L": "total",
    "M": "output",
}
PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>"""


@pytest.fixture(scope="module", params=EXAMPLES, ids=lambda p: p.stem)
def decision(request, catalog):
    return recommend(load_scenario(request.param, catalog), catalog)


@pytest.fixture(scope="module")
def recalculate(tmp_path_factory):
    """Recalculate workbooks with LibreOffice, whatever values they carry; bytes in, openpyxl books out."""
    soffice = need_tool("soffice")
    folder = tmp_path_factory.mktemp("soffice")
    (folder / "profile" / "user").mkdir(parents=True)
    (folder / "profile" / "user" / "registrymodifications.xcu").write_text(PROFILE)

    def run(books: list[bytes]):
        source, target = folder / "in", folder / "out"
        for place in (source, target):
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir()
        paths = []
        for number, content in enumerate(books):
            paths.append(source / f"book{number}.xlsx")
            paths[-1].write_bytes(content)
        command = [soffice, f"-env:UserInstallation=file://{folder / 'profile'}", "--headless", "--convert-to", "xlsx"]
        subprocess.run([*command, "--outdir", str(target), *map(str, paths)], check=True, capture_output=True, timeout=300)
        return [load_workbook(target / path.name, data_only=True) for path in paths]

    return run


def options_table(book):
    """Outputs by option name; today's fleet under its own name."""
    sheet = book["Options"]
    table = {}
    for row in range(FIRST_ROW + 1, sheet.max_row + 1):
        table[sheet[f"A{row}"].value] = {name: sheet[f"{column}{row}"].value for column, name in OUTPUTS.items()}
    return table


def close(one, other):
    return one.keys() == other.keys() and all(
        one[key][name] == pytest.approx(other[key][name], rel=1e-9) for key in one for name in OUTPUTS.values()
    )


def test_every_formula_carries_the_engines_value(decision):
    content = workbook_bytes(decision)
    formulas, values = load_workbook(io.BytesIO(content)), load_workbook(io.BytesIO(content), data_only=True)
    count = 0
    for sheet in formulas:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and cell.value.startswith("="):
                    count += 1
                    assert isinstance(values[sheet.title][cell.coordinate].value, int | float)
    assert count > 10
    today = values["Options"]
    assert today[f"K{FIRST_ROW + 1}"].value == decision.baseline.cost.usd_per_month


def test_names_are_legal_and_formulas_hold_no_constants(decision):
    book = load_workbook(io.BytesIO(workbook_bytes(decision)))
    assert all(re.fullmatch(r"in_[a-z_]+", name) for name in book.defined_names)
    for row in book["Options"].iter_rows():
        for cell in row:
            if isinstance(cell.value, str) and cell.value.startswith("="):
                bare = re.sub(r"\$?[A-Z]\$?\d+|in_[a-z_]+", "", cell.value)
                assert set(re.findall(r"\d+(?:\.\d+)?", bare)) <= {"0", "1", "9"}, cell.value


def test_text_is_never_a_formula(catalog):
    data = scenario_data(name='=HYPERLINK("http://x")')
    content = workbook_bytes(recommend(build_scenario(data, catalog), catalog))
    assert b"HYPERLINK" not in zipfile.ZipFile(io.BytesIO(content)).read("xl/sharedStrings.xml")


@pytest.mark.soffice
def test_recalculation_equals_the_engine(decision, recalculate):
    content = workbook_bytes(decision)
    cached = options_table(load_workbook(io.BytesIO(content), data_only=True))
    assert close(options_table(recalculate([content])[0]), cached)


@pytest.mark.soffice
def test_changed_inputs_equal_a_fresh_engine_run(catalog, recalculate):
    """Demand, peak, headroom and a price changed in the workbook give what the engine gives for them."""
    before = recommend(build_scenario(scenario_data(), catalog), catalog)
    book = load_workbook(io.BytesIO(workbook_bytes(before)))
    inputs = {row[0].value: row[1] for row in book["Inputs"].iter_rows(min_row=2)}
    inputs["Requests, mean"].value = 11.5
    inputs["Peak to mean"].value = 3.0
    inputs["Headroom"].value = 0.35
    inputs["Spare replicas"].value = 2
    book["Options"][f"B{FIRST_ROW + 1}"].value = 3.33
    buffer = io.BytesIO()
    book.save(buffer)
    after = recommend(
        build_scenario(
            scenario_data(
                workload={"demand": {"requests_per_second_mean": 11.5, "peak_to_mean_ratio": 3.0}},
                sizing={"headroom_fraction": 0.35, "spare_replicas": 2},
            ),
            catalog,
        ),
        catalog,
    )
    expected = options_table(load_workbook(io.BytesIO(workbook_bytes(after)), data_only=True))
    found = options_table(recalculate([buffer.getvalue()])[0])
    today = next(iter(expected))
    scale = 3.33 / 2.9
    expected[today] |= {name: expected[today][name] * scale for name in ("month", "total", "output")}
    assert close(found, expected)


@pytest.mark.soffice
def test_a_poisoned_cache_is_found_out(catalog, recalculate):
    """The proof above would be worthless if LibreOffice trusted cached values: a wrong one must change."""
    content = workbook_bytes(recommend(build_scenario(scenario_data(), catalog), catalog))
    poisoned = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(poisoned, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "xl/worksheets/sheet3.xml":
                data = re.sub(rb"(</f><v>)[^<]*(</v>)", rb"\g<1>999\g<2>", data)
            target.writestr(name, data)
    before = options_table(load_workbook(io.BytesIO(poisoned.getvalue()), data_only=True))
    assert {value for row in before.values() for value in row.values() if value is not None} >= {999}
    true = options_table(load_workbook(io.BytesIO(content), data_only=True))
    assert close(options_table(recalculate([poisoned.getvalue()])[0]), true)
