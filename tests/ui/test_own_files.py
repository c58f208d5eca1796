"""Own benchmark and evaluation files in the wizard: questions, refusals, what is taken, and what a link leaves out."""

import json

import pytest

from advisor import link
from advisor.recommend import recommend
from advisor.scenario_io import build_scenario, load_scenario, plain
from tests.conftest import EXAMPLES
from tests.importers.own_files import vllm
from tests.quality.files import candidate, results
from tests.ui.driving import clean, field, named, open_app, press, shown, token

OWN = next(path for path in EXAMPLES if path.stem == "h200-own-benchmark")


def uploaded(test, fold, **files):
    """Open a fold and put files into its uploaders, by the start of their labels."""
    test.session_state[f"advisor.{fold}"] = True
    clean(test.run())
    for label, given in files.items():
        box = named(test.file_uploader, label.replace("_", " "))
        clean(box.set_value([(name, content, "text/plain") for name, content in given]).run())
    return test


def benchmark(test, content, name="run.json"):
    return uploaded(test, "today.benchmarks", Benchmark_files=[(name, content)])


def plainly(test):
    return " ".join(shown(test)).replace("\\", "")


def test_a_benchmark_is_taken_once_its_questions_are_answered(catalog):
    test = benchmark(open_app(step="today"), json.dumps(vllm()).encode())
    assert "read as vllm" in plainly(test)
    assert "3 of the questions above are open" in plainly(test)
    assert not [button for button in test.button if button.label.startswith("Take")]
    clean(named(test.selectbox, "Which GPU").set_value("h200").run())
    clean(field(test, "How many GPUs").set_value(1).run())
    clean(named(test.selectbox, "In which number format").set_value("fp8").run())
    press(test, "Take these measurements")
    held = link.decode(token(test), catalog).scenario.current.measured
    assert len(held) == 1
    assert (held[0].hardware, held[0].precision, held[0].concurrency) == ("h200", "fp8", 8)
    assert held[0].tok_s_per_gpu == pytest.approx(1440)
    assert held[0].interactivity_tok_s_per_user == pytest.approx(50)
    press(test, "Remove them all")
    assert link.decode(token(test), catalog).scenario.current.measured == ()


def test_a_measurement_of_ones_own_makes_the_baseline_ones_own(catalog):
    sizes = {"total_input_tokens": 8192 * 96, "total_output_tokens": 1024 * 96, "total_token_throughput": 96 * 9216 / 40.0}
    test = benchmark(open_app(step="today"), json.dumps(vllm(**sizes, duration=40.0, median_tpot_ms=25.0)).encode())
    clean(named(test.selectbox, "Which GPU").set_value("h200").run())
    clean(field(test, "How many GPUs").set_value(1).run())
    clean(named(test.selectbox, "In which number format").set_value("fp8").run())
    press(test, "Take these measurements")
    scenario = link.decode(token(test), catalog).scenario
    assert recommend(scenario, catalog).baseline.operating_point.grade == "user-measured"
    press(test, "Straight to the result")
    assert "Your own measurements" in plainly(test)


def test_what_is_typed_in_the_step_survives_taking_a_file(catalog):
    test = open_app(step="today")
    clean(field(test, "Months left").set_value(11).run())
    sweep = [json.loads(line) for line in [json.dumps(vllm())]]
    benchmark(test, json.dumps(sweep[0]).encode())
    clean(named(test.selectbox, "Which GPU").set_value("h200").run())
    clean(field(test, "How many GPUs").set_value(1).run())
    clean(named(test.selectbox, "In which number format").set_value("fp8").run())
    press(test, "Take these measurements")
    assert field(test, "Months left").value == 11
    press(test, "Next")
    current = link.decode(token(test), catalog).scenario.current
    assert current.commitment.months_left == 11
    assert len(current.measured) == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"no benchmark at all", "run.json"),
        (b'{"cut": ', "is the file complete"),
        (json.dumps(vllm(completed=0)).encode(), "completed"),
        (b"![x](http://evil.example/x.png)", "run.json"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_reason(content, words):
    test = benchmark(open_app(step="today"), content)
    assert any(words in error.value.replace("\\", "") for error in test.error)
    assert not any("![" in error.value for error in test.error)


def test_an_unknown_name_in_a_file_becomes_a_question(catalog):
    test = benchmark(open_app(step="today"), json.dumps(vllm(model_id="acme/secret-13b")).encode())
    assert "which is not known here" in named(test.selectbox, "Which model").label.replace("\\", "")
    clean(named(test.selectbox, "Which model").set_value("llama-3.3-70b").run())
    clean(named(test.selectbox, "Which GPU").set_value("h200").run())
    clean(field(test, "How many GPUs").set_value(1).run())
    clean(named(test.selectbox, "In which number format").set_value("fp8").run())
    press(test, "Take these measurements")
    assert link.decode(token(test), catalog).scenario.current.measured[0].model == "llama-3.3-70b"


def many_points(catalog, count=200):
    """A scenario whose own points no link can hold."""
    data = plain(load_scenario(OWN, catalog))
    first = data["current"]["measured"][0]
    data["current"]["measured"] = tuple(
        {**first, "concurrency": first["concurrency"] + 0.137 * n, "tok_s_per_gpu": first["tok_s_per_gpu"] + 1.371 * n**1.5}
        for n in range(count)
    )
    return build_scenario(data, catalog)


def test_a_link_that_left_points_out_says_so_where_it_is_opened(catalog):
    sent = link.encode(recommend(many_points(catalog), catalog))
    assert link.left_out(sent) == link.LeftOut(measurements=200)
    test = open_app(s=sent, step="result")
    assert any("does not hold the 200 own measurements" in warning.value for warning in test.warning)


def test_back_keeps_points_that_a_link_had_to_leave_out():
    lines = [
        json.dumps(vllm(median_tpot_ms=20 + 0.0137 * n**1.3, total_token_throughput=1440 + 1.713 * n**1.2))
        for n in range(200)
    ]
    test = benchmark(open_app(step="today"), "\n".join(lines).encode(), "sweep.jsonl")
    clean(named(test.selectbox, "Which GPU").set_value("h200").run())
    clean(field(test, "How many GPUs").set_value(1).run())
    clean(named(test.selectbox, "In which number format").set_value("fp8").run())
    press(test, "Take these measurements")
    before = token(test)
    assert link.left_out(before).measurements == 200
    clean(field(test, "GPUs").set_value(32).run())
    press(test, "Next")
    assert token(test) != before
    test.query_params["s"], test.query_params["step"] = before, "today"
    clean(test.run())
    assert any(line.startswith("200 of your own measurements") for line in shown(test))
    assert not test.warning


def evaluations(test, one, other):
    return uploaded(
        test,
        "targets.evaluations",
        Results_of_today=[("results_base.json", json.dumps(one).encode())],
        Results_of_the_candidate=[("results_candidate.json", json.dumps(other).encode())],
    )


def test_an_evaluation_of_both_arms_is_judged_and_taken(catalog):
    test = evaluations(open_app(step="targets"), results(0.9, 20000), candidate(0.899, 20000))
    assert "Suggested by its name" in plainly(test)
    verdicts = str([table.value.to_numpy().tolist() for table in test.table])
    assert "PASS" in verdicts
    press(test, "Take these results")
    held = link.decode(token(test), catalog).scenario.quality.results
    assert [(result.task, result.format, result.task_class) for result in held] == [("gsm8k", "nvfp4", "reasoning_math")]
    assert held[0].delta_points == pytest.approx(-0.1)
    press(test, "Remove the results")
    assert link.decode(token(test), catalog).scenario.quality.results == ()


def test_a_task_nobody_knows_asks_for_its_class(catalog):
    test = evaluations(open_app(step="targets"), results(0.9, task="inhouse"), candidate(0.9, task="inhouse"))
    assert not [button for button in test.button if button.label.startswith("Take")]
    clean(named(test.selectbox, "What does inhouse").set_value("factual_qa").run())
    press(test, "Take these results")
    held = link.decode(token(test), catalog).scenario.quality.results
    assert [(result.task, result.task_class) for result in held] == [("inhouse", "factual_qa")]


def test_an_evaluation_that_cannot_be_read_is_refused():
    test = evaluations(open_app(step="targets"), {"no": "harness"}, candidate())
    assert any("no result file of a known harness" in error.value.replace("\\", "") for error in test.error)


def test_tolerances_come_in_bands_and_as_an_own_figure(catalog):
    test = open_app(step="targets")
    clean(named(test.selectbox, "May lose").set_value("strict").run())
    press(test, "Next")
    assert link.decode(token(test), catalog).scenario.workload.tasks[0].tolerance_points == 1
    press(test, "Back")
    clean(named(test.selectbox, "May lose").set_value("own").run())
    clean(field(test, "Tolerance").set_value(0).run())
    assert any("must be above 0" in error.value for error in test.error)
    clean(field(test, "Tolerance").set_value(1.5).run())
    press(test, "Next")
    assert link.decode(token(test), catalog).scenario.workload.tasks[0].tolerance_points == 1.5
