"""Scenarios in and out; every mistake by field, all at once, with what would be accepted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.errors import ScenarioError
from advisor.scenario_io import build_scenario, dump_json, dump_yaml, load_scenario, parse_scenario, resolve_scenario
from tests.conftest import EXAMPLES, ROOT, scenario_data

FIVE_MISTAKES = """
schema: 1
workloads:
  - model: lama-3.3-70b
    input_tokens: 0
    demand: {requests_per_second_mean: -6.0, peak_to_mean_ratio: .nan}
current: {hardware: h200, gpus: 64, precision: nvfp4, price: {usd_per_gpu_hour: 2.9}}
candidates: {price: {book: march}}
"""


def problems(text, catalog):
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(text, catalog)
    return {problem.where: problem.message for problem in caught.value.problems}


def test_all_mistakes_are_reported_by_field(catalog):
    found = problems(FIVE_MISTAKES, catalog)
    assert set(found) == {
        "workloads[0].model",
        "workloads[0].input_tokens",
        "workloads[0].demand.requests_per_second_mean",
        "workloads[0].demand.peak_to_mean_ratio",
        "current.precision",
        "candidates.price.book",
    }
    assert "did you mean llama-3.3-70b" in found["workloads[0].model"]
    assert "at least 1 (found 0)" in found["workloads[0].input_tokens"]
    assert "above 0 (found -6.0)" in found["workloads[0].demand.requests_per_second_mean"]
    assert "not a number" in found["workloads[0].demand.peak_to_mean_ratio"]
    assert "weight-only" in found["current.precision"]
    assert "inferencex-2026-03" in found["candidates.price.book"]


@pytest.mark.parametrize(
    ("change", "where", "words"),
    [
        ({"current": {"gpus": 64.5}}, "current.gpus", "whole number"),
        ({"current": {"gpus": True}}, "current.gpus", "whole number"),
        ({"current": {"gpus": "64"}}, "current.gpus", "whole number"),
        ({"current": {"price": {}}}, "current.price", "usd_per_gpu_hour"),
        ({"current": {"colour": 1}}, "current.colour", "no field"),
        ({"current": {"hardware": "b2000"}}, "current.hardware", "did you mean b200"),
        ({"current": {"precision": "fp16"}}, "current.precision", "unknown precision"),
        ({"workload": {"demand": None}}, "workloads[0].demand", "utilization_fraction"),
        ({"workload": {"demand": {"tokens_per_day": 1.0, "active_users": 2.0}}}, "workloads[0].demand", "together"),
        ({"workload": {"model": "Qwen3-8B"}}, "workloads[0].model", "by name only"),
        ({"workload": {"tasks": ({"class": "chess"},)}}, "workloads[0].tasks[0].class", "must be one of"),
        ({"workload": {"model": {"custom": {"layers": 0}}}}, "workloads[0].model.custom.layers", "above 0"),
        ({"candidates": {"price": {"overrides": {"b200": -1.0}}}}, "candidates.price.overrides.b200", "above 0"),
        ({"candidates": {"price": {"basis": "spot"}}}, "candidates", "allow.spot"),
        ({"extra": 1}, "extra", "no field"),
    ],
)
def test_single_mistakes(catalog, change, where, words):
    with pytest.raises(ScenarioError) as caught:
        build_scenario(scenario_data(**change), catalog)
    assert [p for p in caught.value.problems if p.where == where and words in p.message], caught.value


def test_aliases_are_refused_before_they_multiply(catalog):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    bomb = "\n".join([*lines, "candidates: {price: {overrides: {*a8 : 3}}}"])
    with pytest.raises(ScenarioError, match=r"line 2: alias \*a0: write it out"):
        parse_scenario(bomb, catalog)


@pytest.mark.parametrize("text", ["", "[1, 2]", "a: [", "x: 1\nx: 2", "[" * 5000, "\x00", "{{}: 1}", "? [a]\n: 1"])
def test_no_scenario_at_all(catalog, text):
    with pytest.raises(ScenarioError):
        parse_scenario(text, catalog)


def test_unreadable_file(catalog, tmp_path):
    with pytest.raises(ScenarioError, match="cannot be read"):
        load_scenario(tmp_path / "none.yaml", catalog)
    (tmp_path / "latin.yaml").write_bytes(b"name: caf\xe9")
    with pytest.raises(ScenarioError, match="UTF-8"):
        load_scenario(tmp_path / "latin.yaml", catalog)


def test_names_become_ids(catalog):
    scenario = build_scenario(
        scenario_data(workload={"model": "meta-llama/Llama-3.3-70B-Instruct"}, current={"hardware": "NVIDIA H200"}), catalog
    )
    assert scenario.workload.model == "llama-3.3-70b"
    assert scenario.current.hardware == "h200"


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_round_trips(catalog, path):
    scenario = load_scenario(path, catalog)
    assert parse_scenario(dump_yaml(scenario), catalog) == scenario
    assert parse_scenario(dump_json(scenario), catalog) == scenario
    assert resolve_scenario(scenario, catalog) == scenario


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=5),
        lambda x: st.lists(x) | st.dictionaries(st.text(max_size=12), x),
        max_leaves=12,
    )
)
def test_any_data_is_a_scenario_or_a_clear_refusal(catalog, data):
    with pytest.raises(ScenarioError):
        build_scenario(data, catalog)


def test_the_designs_own_example_is_accepted(catalog):
    """Every field of the complete scenario in the design is known here."""
    text = (ROOT / "tests" / "data" / "complete_scenario.yaml").read_text(encoding="utf-8")
    scenario = parse_scenario(text, catalog)
    assert scenario.current.engine == "vllm"
    assert scenario.finance.price_change_per_year.candidate == 0.0
