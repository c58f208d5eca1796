"""What the pages show as plain data: differences, flips, traces, series, published pages, coverage, Markdown, SVG."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as some

from advisor.compare import compare
from advisor.economics import usd_per_mtok
from advisor.evidence.reading import REFERENCE_METHOD
from advisor.presets import PRESETS
from advisor.questions import Reader
from advisor.recommend import recommend
from advisor.report import consequences
from advisor.report.coverage import coverage
from advisor.report.differences import differences
from advisor.report.markdown import decision_markdown, used_sources
from advisor.report.published import published_pages, why_different
from advisor.report.series import METRICS, Setting, sample_curve
from advisor.report.svg import Line, line_chart
from advisor.report.trace import traces_of
from advisor.report.words import outlook_sentence, verdict_sentence
from advisor.scenario_io import build_scenario, load_scenario
from tests.conftest import EXAMPLES, scenario_data

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module", params=EXAMPLES, ids=lambda path: path.stem)
def decision(request, catalog):
    return recommend(load_scenario(request.param, catalog), catalog)


def test_differences_agree_with_the_decision(decision):
    rows = {row.title: row for row in differences(decision)}
    after = decision.chosen or decision.baseline
    assert rows["GPUs"].before == str(decision.scenario.current.gpus)
    assert rows["GPUs"].after == str(after.fleet.gpus)
    expected = after.cost.usd_per_month / decision.baseline.cost.usd_per_month - 1
    assert rows["Cost a month"].change == (
        "no change" if abs(expected) < 5e-4 else f"{'−' if expected < 0 else '+'}{abs(expected):.0%}".replace("%", " %")
    )


def test_every_flip_of_the_decision_stands_in_the_markdown(decision):
    text = decision_markdown(decision).replace("\\", "")
    assert decision.flips
    assert all(flip.sentence in text for flip in decision.flips)


def test_every_known_figure_has_a_trace_with_known_sources(decision):
    for option in (decision.baseline, *decision.options):
        titles = [trace.title for trace in traces_of(decision, option)]
        if option.cost is not None:
            assert {"Cost a month", "Price", "Cost per token"} <= set(titles)
        if option.operating_point is not None:
            assert "Speed per user" in titles
        assert "Quality" in titles
        for trace in traces_of(decision, option):
            assert trace.formula
            assert all(source in decision.catalog.sources for source in trace.sources)


def test_the_cost_trace_multiplies_out(decision):
    trace = next(t for t in traces_of(decision, decision.baseline) if t.title == "Cost a month")
    gpus, price, hours = (float(part.value.split()[0].replace(",", "")) for part in trace.ingredients)
    assert gpus * price * hours == pytest.approx(decision.baseline.cost.usd_per_month, rel=1e-3)


def test_markdown_says_the_verdict_and_names_its_sources(decision):
    text = decision_markdown(decision)
    assert text.startswith("# ")
    assert verdict_sentence(decision) in text.replace("\\", "")
    assert outlook_sentence(decision) in text.replace("\\", "")
    assert all(test.what in text.replace("\\", "") for test in decision.verdict.pilot)
    for source in used_sources(decision):
        assert source in text.replace("\\", "")


def test_series_follow_the_formulas(catalog):
    page = published_pages(catalog)[0]
    workload = {"model": page.model, "isl": page.isl, "osl": page.osl}
    found = compare(catalog, Reader(catalog, REFERENCE_METHOD), workload, page.sides, page.targets, page.price_book)
    side = found.b
    setting = Setting(side.question.output_share, side.price.usd_per_gpu_hour, side.kw_per_gpu)
    figures, rate = found.rows[0].b, found.rows[0].b.reading.tok_s_per_gpu
    at = found.rows[0].at
    assert METRICS["cost"].derive(rate, at, setting) == pytest.approx(figures.usd_per_mtok_total)
    assert METRICS["tok_s_per_mw"].derive(rate, at, setting) == pytest.approx(figures.tok_s_per_mw)
    assert METRICS["joules"].derive(rate, at, setting) == pytest.approx(figures.joules_per_token)
    assert METRICS["users"].derive(rate, at, setting) == pytest.approx(figures.users_per_gpu)
    curve = catalog.curves.pooled(side.question)
    rows = sample_curve(curve, METRICS["cost"], setting)
    assert rows[0].at == curve.slowest
    assert rows[-1].at == curve.fastest
    assert all(row.low <= row.value <= row.high for row in rows)
    assert rows[0].value == pytest.approx(usd_per_mtok(setting.usd_per_gpu_hour, curve.throughput(curve.slowest)))
    assert sample_curve(curve, METRICS["cost"], Setting(0.5, None, None)) == []


def test_the_four_published_pages_and_their_books(catalog):
    pages = published_pages(catalog)
    assert [page.targets for page in pages] == [(112, 166, 219), (64, 99, 133), (55, 73, 91), (77, 114, 150)]
    assert {page.price_book for page in pages} == {"inferencex-2026-03"}


def test_why_a_page_differs_is_said_for_every_printed_figure(catalog):
    same = different = 0
    for page in published_pages(catalog):
        workload = {"model": page.model, "isl": page.isl, "osl": page.osl}
        found = compare(catalog, Reader(catalog, REFERENCE_METHOD), workload, page.sides, page.targets, page.price_book)
        for row in found.rows:
            for figures in (row.a, row.b):
                words = why_different(catalog, figures)
                same += "the same within rounding" in words
                different += "Both are kept" in words
    assert same + different == 24
    assert same > 0
    assert different > 0


def test_coverage_counts_every_measured_point(catalog):
    for model in catalog.models:
        cells = coverage(catalog, model)
        counted = sum(cell.points for cell in cells.values())
        assert counted == sum(len(points) for cell, points in catalog.points_by_cell.items() if cell[0] == model)
        assert all(cell.reason for cell in cells.values() if cell.state == "none")


@pytest.mark.parametrize("preset", PRESETS.values(), ids=lambda preset: preset.id)
def test_presets_are_valid_and_measured_for_the_start_model(catalog, preset):
    scenario = build_scenario(scenario_data(workload=preset.as_workload()), catalog)
    size = (scenario.workload.input_tokens, scenario.workload.output_tokens)
    assert size in catalog.workloads_by_model["llama-3.3-70b"]
    assert sum(task.share_fraction for task in scenario.workload.tasks) == pytest.approx(1)


def test_consequences_say_what_was_entered(catalog, make):
    scenario = make()
    assert "6 requests/s on average, 15 at the peak: 55,296 and 138,240 tok/s" in consequences.of_workload(
        catalog, scenario.workload
    )
    assert "25 ms per token" in consequences.speed_words(40)
    found = recommend(scenario, catalog)
    assert verdict_sentence(found) in consequences.of_money(found)
    assert "busy on average" in consequences.of_today(found)


def test_an_unmeasured_size_is_said(catalog, make):
    words = consequences.of_workload(catalog, make(workload={"input_tokens": 3000}).workload)
    assert "not measured at this request size" in words
    assert "8,192 in / 1,024 out" in words


places = some.lists(some.tuples(some.floats(1, 1e4), some.floats(0, 1e6)), min_size=1, max_size=20)


@given(places, some.text(max_size=20).filter(lambda text: text.isprintable()))
def test_svg_is_well_formed_whatever_the_names(found, name):
    text = line_chart(name, "x", "y", [Line(name, tuple(found))], {"target": 40.0})
    root = ElementTree.fromstring(text)
    assert root.tag == f"{SVG}svg"
    assert root.findtext(f"{SVG}title", default="") == name
    assert "nan" not in text.lower() or "nan" in name.lower()


def test_svg_needs_something_to_draw():
    with pytest.raises(ValueError, match="at least one place"):
        line_chart("t", "x", "y", [], {})
