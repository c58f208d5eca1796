"""Compare, Guide and Evidence under AppTest; every control of every page; the pages inside a host's app."""

import json
from collections.abc import Mapping

import pytest
from click.testing import CliRunner
from streamlit.testing.v1 import AppTest

from advisor.catalog import load_catalog
from advisor.cli import main
from advisor.report.corrections import corrections_of
from advisor.report.published import published_pages
from advisor.ui.comparing.request import NAMES, from_query, of_page
from tests.ui.driving import TIMEOUT, clean, field, named, open_app, open_page, press, shown


def tables(test: AppTest) -> list[list[list[str]]]:
    return [[list(map(str, row)) for row in table.value.to_numpy()] for table in test.table]


def query_of(test: AppTest) -> dict[str, str]:
    found = {name: test.query_params[name] for name in NAMES if name in test.query_params}
    return {name: value[0] if isinstance(value, list) else value for name, value in found.items()}


def plain(text: str) -> str:
    return text.replace("\\", "")


@pytest.mark.parametrize("place", range(4))
def test_compare_equals_the_command_for_every_seed_page(catalog, place):
    page = published_pages(catalog)[place]
    request = of_page(page)
    test = open_page("compare", **request.as_query())
    asked = ["compare", "--model", request.model, "--isl", str(request.isl), "--osl", str(request.osl)]
    asked += ["--a", request.a.id, "--b", request.b.id, "--at", ",".join(f"{t:g}" for t in request.targets)]
    found = json.loads(CliRunner().invoke(main, [*asked, "--price-book", request.book, "--json"]).output)
    shown_tables = tables(test)
    assert len(found["rows"]) == 3
    for row, cells in zip(found["rows"], shown_tables, strict=False):
        values = {plain(name): (plain(a), plain(b)) for name, a, b in cells}
        for side, at in (("a", 0), ("b", 1)):
            figures = row[side]
            assert values["Throughput (tok/s/GPU)"][at] == f"{figures['tok_s_per_gpu']:,.1f}"
            assert values["Cost (USD per M total tokens)"][at] == f"{figures['usd_per_mtok_total']:.4f}"
            assert values["Throughput per power (tok/s/MW)"][at] == f"{figures['tok_s_per_mw']:,.0f}"
            assert values["Users per GPU"][at] == f"{figures['users_per_gpu']:,.1f}"
            assert values["Energy (J/token)"][at] == f"{figures['joules_per_token']:.3f}"
            assert values["Requests in flight"][at].startswith(f"{figures['concurrency']:,} on ")
            assert values["80 % interval"][at].count("–") == 1
    savings = [line for line in shown(test) if "1 − B/A" in line]
    assert len(savings) == 3


def test_preset_buttons_pin_the_seed_pages(catalog):
    test = open_page("compare")
    for page, button in zip(published_pages(catalog), [b for b in test.button if "preset" in b.key], strict=True):
        clean(test.button(key=button.key).click().run())
        assert from_query(catalog, query_of(test)) == of_page(page)
        assert any("seed page beside the catalog" in line for line in shown(test))
    assert len(published_pages(catalog)) == 4


def test_seed_figures_stand_beside_ours_with_the_reason(catalog):
    test = open_page("compare", **of_page(published_pages(catalog)[0]).as_query())
    text = plain(" ".join(shown(test)) + str(tables(test)))
    assert "1,216.1" in text
    assert "886.2" in text
    assert "other runs of this side" in text
    assert "a saving of 75 %" in text


def test_outside_the_range_the_cell_says_so():
    test = open_page(
        "compare", model="qwen3.5-397b", isl="1024", osl="1024", a="b200:bf16:any", b="b200:nvfp4:any", at="112,400"
    )
    assert any("measured range" in plain(line) for line in shown(test))
    cells = {plain(name): plain(a) for name, a, _ in tables(test)[1]}
    assert cells["Throughput (tok/s/GPU)"] == "–"
    assert cells["Evidence"] == "not measured"


def test_targets_are_editable_and_follow_the_sides():
    test = open_page("compare")
    clean(field(test, "Target 2").set_value(150).run())
    assert "150" in query_of(test)["at"]
    clean(named(test.selectbox, "A: precision").set_value("fp8").run())
    assert field(test, "Target 1").value is not None
    assert "150" not in query_of(test)["at"].split(",")
    clean(field(test, "Target 3").set_value(None).run())
    assert query_of(test)["at"].count(",") == 1


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"model": "no-such"}, "model"),
        ({"a": "b200"}, "precision"),
        ({"a": "h200:nvfp4"}, "does not compute"),
        ({"at": "fast"}, "above 0"),
        ({"book": "march"}, "unknown price book"),
        ({"isl": "0"}, "at least 1"),
        ({"model": "![x](http://evil.example/x.png)"}, "evil"),
    ],
)
def test_a_bad_address_is_told_and_the_page_starts_afresh(query, words):
    good = {"model": "qwen3.5", "isl": "1024", "osl": "1024", "a": "b200:bf16", "b": "b200:fp4"}
    test = open_page("compare", **{**good, **query})
    assert words in plain(test.error[0].value)
    assert "![" not in test.error[0].value
    assert tables(test)


def test_the_guide_corrects_every_claim_of_the_design(catalog):
    words = " ".join(f"{c.claim} {c.correction}" for c in corrections_of(catalog))
    expected = ["MXFP4 natively", "3.16 times", "4.03 times", "12,269", "$1.56", "$4.54", "1,979", "4,500", "1.08 times"]
    for figure in [*expected, "2.6 times", "$1.95", "75 %", "361", "1,028"]:
        assert figure in words, figure
    for correction in corrections_of(catalog):
        assert all(source in catalog.sources for source in correction.sources)
    guide = plain(str(tables(open_page("guide"))))
    assert "3.16 times" in guide


def test_the_guide_searches_checkpoints():
    test = open_page("guide")
    clean(named(test.text_input, "Search by model").set_value("kimi").run())
    found = next(d.value for d in test.dataframe if "checkpoint" in d.value.columns)
    assert len(found) > 0
    assert all("kimi" in " ".join(map(str, row)).lower() for row in found.to_numpy())
    clean(named(test.text_input, "Search by model").set_value("no such model").run())
    assert any("No checkpoint matches" in plain(line) for line in shown(test))


def test_evidence_filters_and_says_where_each_row_comes_from(catalog):
    test = open_page("evidence")
    clean(named(test.multiselect, "GPU").set_value(["h200"]).run())
    found = test.dataframe[-1].value
    assert set(found["GPU"]) == {"h200"}
    assert set(found["source"]) <= set(catalog.sources)
    assert found["date"].notna().all()
    assert set(found["grade"]) == {"● measured"}


def test_coverage_shows_all_three_states():
    cells = set(open_page("evidence").dataframe[0].value.to_numpy().ravel())
    assert any(str(cell).startswith("●") for cell in cells)
    assert "◑ transferable" in cells
    assert "○ none" in cells


@pytest.mark.parametrize("name", ["compare", "guide", "evidence"])
def test_every_control_of_a_page_answers(name):
    try_every_control(open_page(name))


@pytest.mark.parametrize("step", ["workload", "today", "targets", "money", "result"])
def test_every_control_of_the_wizard_answers(step):
    try_every_control(open_app(step=step), leave=("Back", "Next", "Show the result", "Straight to the result"))


def try_every_control(test: AppTest, leave: tuple[str, ...] = ()) -> None:
    """Move every control that is on the page once, by its key, and see no exception."""
    kinds = (
        "selectbox",
        "radio",
        "multiselect",
        "number_input",
        "slider",
        "select_slider",
        "checkbox",
        "toggle",
        "text_input",
    )
    tried = moved = 0
    for kind in kinds:
        for key in [element.key for element in getattr(test, kind)]:
            element = next((e for e in getattr(test, kind) if e.key == key), None)
            if element is not None:
                value = another(element, kind)
                moved += value != element.value
                clean(element.set_value(value).run())
                tried += 1
    for key in [button.key for button in test.button if button.label not in leave]:
        button = next((b for b in test.button if b.key == key), None)
        if button is not None:
            clean(button.click().run())
            tried += 1
    assert tried > 0
    assert moved > 0


def another(element, kind: str):
    if kind in ("selectbox", "radio", "select_slider"):
        found = ids(element)
        return next((value for value in found if value != element.value), element.value)
    if kind == "multiselect":
        return element.value[:-1] or element.value
    if kind in ("number_input", "slider"):
        return (element.value or 1) + (element.step or 1)
    if kind == "text_input":
        return "B200"
    return not element.value


def ids(element) -> list:
    """The values behind the options shown: the keys of the mapping the widget's words come from."""
    words = element.format_func
    cells = [cell.cell_contents for cell in words.__closure__ or ()]
    mapping = next((found for found in cells if isinstance(found, Mapping)), None)
    if mapping is not None:
        return [key for key in mapping if words(key) in element.options]
    return [int(option.replace(",", "")) for option in element.options] if element.type == "select_slider" else []


HOST = """
import streamlit as st
from advisor.catalog import load_catalog
from advisor.scenario_io import load_scenario
from advisor.ui import advisor_pages
from pathlib import Path

catalog = st.cache_resource(load_catalog)()
scenario = load_scenario(Path("{path}"), catalog)

def mine():
    st.title("My tool")
    st.text_input("Mine", key="mine")

pages = advisor_pages(catalog, scenario, prefix="embedded", url_prefix="gpu-", default="wizard")
st.navigation({{"Mine": [st.Page(mine, title="Mine", url_path="mine")], "GPU advisor": pages}}).run()
"""


def test_the_pages_stand_inside_a_host_with_its_own_catalog_and_scenario(tmp_path):
    path = tmp_path / "host.yaml"
    path.write_text(
        "schema: 1\nworkloads: [{model: gpt-oss-120b, demand: {requests_per_second_mean: 11.0}}]\n"
        "current: {hardware: h100, gpus: 16, precision: mxfp4, price: {usd_per_gpu_hour: 1.99}}\n",
        encoding="utf-8",
    )
    test = AppTest.from_string(HOST.format(path=path), default_timeout=TIMEOUT)
    clean(test.run())
    assert named(test.selectbox, "Model").value == "gpt-oss-120b"
    ours = [widget.key for kind in (test.selectbox, test.number_input, test.button, test.radio) for widget in kind]
    assert ours
    assert all(key.startswith("embedded.") for key in ours)
    assert "embedded.session" in test.session_state
    assert "advisor.session" not in test.session_state
    press(test, "Straight to the result")
    assert "H100" in test.header[0].value


def test_no_page_sets_the_page_configuration():
    from tests.conftest import ROOT

    for path in (ROOT / "advisor" / "ui").rglob("*.py"):
        assert "set_page_config" not in path.read_text(encoding="utf-8"), path


def test_a_catalog_without_seeds_still_draws():
    assert load_catalog().digest
    script = """
import dataclasses
import streamlit as st
from advisor.catalog import load_catalog
from advisor.ui import draw

@st.cache_resource
def bare():
    return dataclasses.replace(load_catalog(), published=(), mlperf=(), quality=(), digest="bare")

draw(PAGE, bare())
"""
    for page in ("compare", "guide", "evidence", "wizard"):
        test = AppTest.from_string(script.replace("PAGE", repr(page)), default_timeout=TIMEOUT)
        clean(test.run())
