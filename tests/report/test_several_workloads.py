"""Text, Markdown and traces of several workloads: no figure of the first one stands for all."""

import pytest

from advisor.recommend import recommend
from advisor.report.markdown import decision_markdown, used_sources
from advisor.report.text import decision_text
from advisor.report.trace import traces_of
from advisor.report.words import engine_words, evidence_words, speed_words, throughput_words, verdict_sentence
from advisor.scenario_io import build_scenario
from tests.conftest import scenario_data

CHAT = scenario_data()["workloads"][0]
CODE = {
    **CHAT,
    "model": "llama-3.1-8b",
    "input_tokens": 1024,
    "demand": {"requests_per_second_mean": 2.0},
    "targets": {"interactivity_tok_s_per_user": 25.0},
    "tasks": ({"class": "code"},),
}
LONGER = {"class": "conversation", "task": "own", "format": "nvfp4", "delta_points": 0.0, "stderr_points": 0.3,
          "items": 5000, "output_length_ratio": 1.5}  # fmt: skip


def decide(catalog, *workloads):
    data = scenario_data(current={"gpus": 128}, candidates={"hardware": ("b200",)}, quality={"results": (LONGER,)})
    return recommend(build_scenario({**data, "workloads": workloads}, catalog), catalog)


@pytest.fixture(scope="module")
def alone(catalog):
    return decide(catalog, CHAT)


@pytest.fixture(scope="module")
def mixed(catalog):
    return decide(catalog, CHAT, CODE)


def option(decision):
    return next(o for o in decision.options if o.key.id == "b200:fp4:none")


def figures(trace):
    """Numbers of a trace by name, without their units."""
    return {part.name: float(part.value.split()[0].replace(",", "").rstrip("%")) for part in trace.ingredients}


def trace_of(decision, title):
    return next(trace for trace in traces_of(decision, option(decision)) if trace.title == title)


@pytest.mark.parametrize("which", ["alone", "mixed"])
def test_the_cost_per_token_follows_from_its_trace_with_longer_answers(request, which):
    decision = request.getfixturevalue(which)
    trace, found = trace_of(decision, "Cost per token"), option(decision)
    parts = figures(trace)
    mtok = parts["demand"] * 730 * 3600 / 1e6 * parts["output share"]
    assert parts["cost a month"] / mtok == pytest.approx(found.cost.usd_per_mtok_output, rel=1e-3)
    assert "times as long by your own results" in trace.ingredients[1].origin


def test_the_fleet_follows_from_its_trace_workload_by_workload(mixed):
    found = option(mixed)
    parts = figures(trace_of(mixed, "GPUs"))
    for number, part in enumerate(found.parts, start=1):
        needed = parts[f"peak, workload {number}"] / (
            parts[f"throughput, workload {number}"] * (1 - parts["headroom"] / 100)
        )
        assert needed == pytest.approx(part.fleet.needed_gpus, rel=1e-3)
        assert parts[f"unrounded need, workload {number}"] == pytest.approx(needed, abs=1e-3)
    origins = {part.name: part.origin for part in trace_of(mixed, "GPUs").ingredients}
    assert "1.5 times as long" in origins["peak, workload 1"]
    assert origins["peak, workload 2"] == "demand as entered"


def test_the_fleet_of_one_workload_follows_from_its_trace(alone):
    parts = figures(trace_of(alone, "GPUs"))
    needed = parts["peak"] / (parts["throughput"] * (1 - parts["headroom"] / 100))
    assert needed == pytest.approx(option(alone).fleet.needed_gpus, rel=1e-3)


def test_the_sources_of_every_workload_are_listed(mixed):
    used = set(used_sources(mixed))
    for shown in (mixed.baseline, mixed.chosen):
        for part in shown.parts:
            assert set(part.operating_point.sources) <= used
            assert all(set(item.sources) <= used for item in part.quality.classes)


def test_the_options_table_shows_every_workload(mixed):
    first, second = (part.operating_point for part in option(mixed).parts)
    assert first.grade != second.grade
    assert speed_words(option(mixed)) == (
        f"{first.interactivity_tok_s_per_user:.1f} / {second.interactivity_tok_s_per_user:.1f}"
    )
    assert throughput_words(option(mixed)) == f"{first.tok_s_per_gpu:,.1f} / {second.tok_s_per_gpu:,.1f}"
    assert evidence_words(option(mixed)).endswith(second.grade)
    assert first.grade in evidence_words(option(mixed))
    assert engine_words(option(mixed)).startswith(first.engine)
    wanted = throughput_words(option(mixed))
    row = next(line for line in decision_text(mixed).splitlines() if wanted in line and "B200 SXM NVFP4 (" in line)
    assert evidence_words(option(mixed)) in row
    assert evidence_words(option(mixed)) in decision_markdown(mixed).replace("\\", "")


def test_nothing_in_reach_says_so_workload_by_workload(catalog):
    fast = {"targets": {"interactivity_tok_s_per_user": 5000.0}}
    alone = verdict_sentence(decide(catalog, {**CHAT, **fast}))
    assert "at 5000 tok/s per user; the fastest measured reaches" in alone
    assert "workload" not in alone
    both = verdict_sentence(decide(catalog, CHAT, {**CODE, **fast}))
    assert "at 40 / 5000 tok/s per user" in both
    assert both.endswith("tok/s per user, workload by workload.")
