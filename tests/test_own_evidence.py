"""The project's own H200 runs as a baseline, from the files to the advice (issue 8, "Shown by")."""

import io

import openpyxl
import pytest
from streamlit.testing.v1 import AppTest

from advisor import link
from advisor.errors import LinkError
from advisor.importers import import_documents, read_document
from advisor.importers.points import measured_points, with_own
from advisor.recommend import recommend
from advisor.report.as_json import decision_as_dict
from advisor.report.text import decision_text
from advisor.report.workbook import workbook_bytes
from advisor.scenario_io import dump_yaml, load_scenario, parse_scenario
from tests.conftest import ROOT

FILES = sorted((ROOT / "tests/fixtures/bench/llama70b-fp8").glob("conc_*.json"))
SAID = {"gpus": 1, "precision": "fp8", "engine": "vllm", "model": "llama-3.3-70b"}


@pytest.fixture(scope="module")
def points(catalog):
    imported = import_documents([read_document(path) for path in FILES], SAID)
    resolved = measured_points(catalog, [run for item in imported for run in item.found.runs])
    assert not resolved.problems
    return resolved.points


@pytest.fixture(scope="module")
def scenario(catalog, points):
    bare = load_scenario(ROOT / "examples/h200-own-benchmark.yaml", catalog)
    return with_own(bare.model_copy(update={"current": bare.current.model_copy(update={"measured": ()})}), points)


@pytest.fixture(scope="module")
def decision(catalog, scenario):
    return recommend(scenario, catalog)


def test_the_example_holds_these_files(catalog, scenario):
    example = load_scenario(ROOT / "examples/h200-own-benchmark.yaml", catalog)
    assert set(example.current.measured) == set(scenario.current.measured)


def test_the_baseline_is_the_users_own_point(decision):
    point = decision.baseline.operating_point
    assert point.interactivity_tok_s_per_user == pytest.approx(29.676, abs=0.001)
    assert point.concurrency == 64
    assert point.grade == "user-measured"
    assert point.tok_s_per_gpu == pytest.approx(3453.558, abs=0.01)
    same = next(option for option in decision.options if option.key.id == decision.baseline.key.id)
    assert same.operating_point == point


def test_like_with_like_and_against_the_best(decision):
    (own,) = decision.own
    like, best = own.like_with_like, own.against_best
    assert (like.engine, like.replica_gpus, like.concurrency) == ("vllm", 1, 64)
    assert like.others_tok_s_per_gpu == pytest.approx(3264, abs=1)
    assert like.throughput_change_fraction == pytest.approx(0.06, abs=0.005)
    assert like.tpot_change_fraction == pytest.approx(-0.11, abs=0.005)
    assert best.change_fraction == pytest.approx(-0.28, abs=0.01)


def test_words_for_both(decision):
    text = decision_text(decision)
    assert "you measured 3,454 tok/s/GPU, others 3,264 (+6%)" in text
    assert "33.7 against 37.7 ms (-11%)" in text
    assert "(-28%); that is the engine and parallelism, not the GPU" in text
    assert decision_as_dict(decision)["own_measurements"][0]["like_with_like"]["runs"] == 1


def test_the_workbook_names_the_users_measurement_as_a_source(decision):
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(decision)))
    cells = {str(cell.value) for row in book["Sources"].iter_rows() for cell in row}
    assert any("Measured by you" in cell for cell in cells)


def test_the_result_page_shows_it(decision):
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    test.query_params["s"] = link.encode(decision)
    test.query_params["step"] = "result"
    test.run()
    assert not test.exception


def test_through_the_file_and_the_link(catalog, scenario, decision):
    assert parse_scenario(dump_yaml(scenario), catalog).current == scenario.current
    token = link.encode(decision)
    assert len(token) < link.MAX_WITH_OWN_CHARACTERS
    content = link.decode(token, catalog)
    assert content.scenario.current == scenario.current
    assert not content.left_out


def test_a_link_that_would_be_too_long_says_what_it_left_out(catalog, scenario):
    many = [
        point.model_copy(update={"tok_s_per_gpu": point.tok_s_per_gpu + number / 7, "ttft_ms": 100.0 + number * 1.37})
        for number in range(45)
        for point in scenario.current.measured
    ]
    decision = recommend(with_own(scenario, many), catalog)
    content = link.decode(link.encode(decision), catalog)
    assert content.scenario.current.measured == ()
    assert content.left_out == link.LeftOut(measurements=len(decision.scenario.current.measured))
    assert "send the scenario file" in link.left_out_words(content.left_out)
    assert "send the scenario file" in decision_as_dict(decision)["link_note"]


@pytest.mark.parametrize("own", [[], [{}], [{"c": {}, "k": ["a"], "r": [[]]}, {}], "x", [{"c": [], "k": [], "r": []}] * 2])
def test_damaged_measurements_in_a_link(catalog, scenario, own):
    data = scenario.model_dump(mode="json", by_alias=True)
    with pytest.raises(LinkError):
        link.decode(link._pack({"s": data, "m": own}), catalog)


def test_measurements_of_other_sizes_are_named_not_used(catalog, scenario):
    workload = scenario.workload.model_copy(update={"input_tokens": 8192})
    decision = recommend(scenario.model_copy(update={"workloads": (workload,)}), catalog)
    (own,) = decision.own
    assert own.points == 0
    assert "1024/1024 tokens, and the workload is of 8192/1024" in own.words[0]
    assert decision.baseline.operating_point.grade != "user-measured"


def test_measurements_of_another_model_are_named_not_used(catalog, scenario, points):
    other = tuple(point.model_copy(update={"model": "gpt-oss-120b", "precision": "mxfp4"}) for point in points)
    current = scenario.current.model_copy(update={"measured": other})
    decision = recommend(scenario.model_copy(update={"current": current}), catalog)
    assert "not of this workload's model" in decision.own[0].words[0]


@pytest.fixture(scope="module")
def beside_another(scenario):
    """The measured workload as the second of two, behind one of another model."""

    def build(**changes):
        targets = scenario.workload.targets.model_copy(update={"ttft_ms": None})
        first = scenario.workload.model_copy(update={"model": "gpt-oss-120b", "targets": targets})
        return scenario.model_copy(update={"workloads": (first, scenario.workload.model_copy(update=changes))})

    return build


def test_measurements_of_the_second_workload_are_compared_as_its_own(catalog, decision, beside_another):
    mixed = recommend(beside_another(), catalog)
    assert mixed.baseline.parts[1].operating_point.grade == "user-measured"
    (own,), (alone,) = mixed.own, decision.own
    assert (own.like_with_like, own.against_best, own.points) == (alone.like_with_like, alone.against_best, alone.points)
    assert own.words == tuple(f"workload 2 (Llama-3.3-70B-Instruct, 1024/1024): {words}" for words in alone.words)


def test_measurements_no_workload_can_use_are_named_once(catalog, beside_another, scenario, points):
    mixed = recommend(beside_another(input_tokens=8192), catalog)
    (own,) = mixed.own
    assert own.points == 0
    assert own.words[0].startswith("workload 2 (Llama-3.3-70B-Instruct, 8192/1024): ")
    assert "1024/1024 tokens, and the workload is of 8192/1024" in own.words[0]
    other = tuple(point.model_copy(update={"model": "llama-3.1-8b"}) for point in points)
    foreign = beside_another().model_copy(update={"current": scenario.current.model_copy(update={"measured": other})})
    (own,) = recommend(foreign, catalog).own
    assert "not of this workload's model" in own.words[0]


def test_one_point_says_its_factor(catalog, scenario, points):
    one = [point for point in points if point.concurrency == 64]
    workload = scenario.workload.model_copy(
        update={"targets": scenario.workload.targets.model_copy(update={"interactivity_tok_s_per_user": 60.0})}
    )
    current = scenario.current.model_copy(update={"measured": tuple(one)})
    decision = recommend(scenario.model_copy(update={"current": current, "workloads": (workload,)}), catalog)
    assert decision.baseline.operating_point.grade == "interpolated"
    assert any("Your cluster reaches 1.0" in words and "80 %" in words for words in decision.own[0].words)


def test_runs_that_lack_something_say_what(catalog):
    (item,) = import_documents([read_document(FILES[0])])
    problems = measured_points(catalog, item.found.runs).problems
    assert {str(problem).split(": ")[1].split(" is needed")[0] for problem in problems} >= {"precision", "engine", "gpus"}


def test_names_nobody_knows_get_near_ones_suggested(catalog):
    (item,) = import_documents([read_document(FILES[0])], SAID | {"gpu": "H2000", "precision": "fp5"})
    text = "\n".join(map(str, measured_points(catalog, item.found.runs).problems))
    assert "did you mean" in text
    assert "'fp5' is no format known here" in text
