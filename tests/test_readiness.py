"""What stands between an option and serving, of one workload and of several."""

from dataclasses import replace
from itertools import permutations

import pytest

from advisor.context import Context
from advisor.options import READY, Risk
from advisor.readiness import readiness_of, worst_risk
from advisor.recommend import recommend
from advisor.scenario_io import build_scenario
from tests.conftest import scenario_data

CHAT = scenario_data()["workloads"][0]
ROLLING = {**CHAT, "input_tokens": 1024, "demand": {"requests_per_second_mean": 2.0}}
UNPUBLISHED = {**ROLLING, "model": "glm-5", "targets": {"interactivity_tok_s_per_user": 20.0}}
"""Nobody is known to have published an NVFP4 checkpoint of it; its NVFP4 was measured on B200."""


@pytest.fixture(scope="module")
def decided(catalog):
    """Decisions by workloads and today's engine, each worked out once."""
    known = {}

    def decide(*workloads, engine=None):
        key = repr((workloads, engine))
        if key not in known:
            current = {"gpus": 128} | ({"engine": engine} if engine else {})
            data = scenario_data(current=current, candidates={"hardware": ("b200", "mi355x")})
            known[key] = recommend(build_scenario({**data, "workloads": workloads}, catalog), catalog)
        return known[key]

    return decide


def option(decision, identifier):
    return next(o for o in decision.options if o.key.id == identifier)


def risks_of(decision, identifier):
    return {risk.name: risk for risk in option(decision, identifier).readiness.risks}


def test_readiness_adds_time_and_names_its_source(catalog, decided):
    decision = decided(CHAT, engine="vllm")
    risks = risks_of(decision, "b200:fp4:none")
    assert "nvidia/Llama-3.3-70B-Instruct-NVFP4" in risks["checkpoint"].reason
    assert risks["checkpoint"].added_months == 0
    amd = option(decision, "mi355x:fp8:none")
    vendor = risks_of(decision, "mi355x:fp8:none")["vendor"]
    assert vendor.added_months == catalog.assume("readiness_vendor_change_months")
    assert option(decision, "h200:fp8:none").readiness == READY
    lead = amd.standing.future.plan.timing.lead
    assert lead == decision.scenario.migration.lead_time_months + amd.readiness.added_months


@pytest.mark.parametrize(("workloads", "number"), [((CHAT, UNPUBLISHED), 2), ((UNPUBLISHED, CHAT), 1)])
def test_a_mix_waits_for_the_checkpoint_any_of_its_models_lacks(catalog, decided, workloads, number):
    decision = decided(*workloads)
    found, months = option(decision, "b200:fp4:none"), catalog.assume("readiness_no_checkpoint_months")
    risk = risks_of(decision, "b200:fp4:none")["checkpoint"]
    assert risk.added_months == found.readiness.added_months == months
    assert risk.reason.startswith(f"workload {number} (GLM-5, 1024/1024): no published NVFP4 checkpoint of GLM-5")
    plan = found.standing.future.plan
    assert plan.timing.lead == decision.scenario.migration.lead_time_months + months


def test_a_risk_counts_once_however_many_workloads_have_it(catalog, decided):
    """Two checkpoints are made side by side, and a vendor is new once."""
    both = decided(UNPUBLISHED, {**UNPUBLISHED, "output_tokens": 512})
    risks = option(both, "b200:fp4:none").readiness.risks
    assert [risk.name for risk in risks] == ["checkpoint", "engine"]
    assert option(both, "b200:fp4:none").readiness.added_months == catalog.assume("readiness_no_checkpoint_months")
    amd = [risk for risk in option(both, "mi355x:fp4:none").readiness.risks if risk.name == "vendor"]
    assert len(amd) == 1
    assert "workload" not in amd[0].reason


def test_what_all_workloads_say_is_said_plainly(decided):
    """The same model at two sizes: one checkpoint, one sentence."""
    mixed, alone = (risks_of(decided(*w), "b200:fp4:none")["checkpoint"] for w in ((CHAT, ROLLING), (CHAT,)))
    assert mixed == alone


def test_a_model_published_in_the_format_has_no_checkpoint_to_wait_for(decided):
    """gpt-oss is MXFP4 as it comes: the other workload's checkpoint is then named as that one's."""
    native = {**ROLLING, "model": "gpt-oss-120b"}
    risk = risks_of(decided(native, CHAT), "mi355x:fp4:none")["checkpoint"]
    assert risk.reason.startswith("workload 2 (")


def test_another_engine_for_one_workload_is_another_engine(catalog, decided):
    decision = decided(CHAT, ROLLING, engine="vllm")
    found = option(decision, "b200:fp4:none")
    engines = {part.operating_point.engine for part in found.parts}
    expected = catalog.assume("readiness_engine_change_months") if engines != {"vllm"} else 0
    assert risks_of(decision, "b200:fp4:none")["engine"].added_months == expected > 0


def test_a_mix_of_equal_workloads_is_as_ready_as_one(decided):
    one, three = decided(CHAT), decided(CHAT, CHAT, CHAT)
    for found in one.options:
        mixed = option(three, found.key.id)
        if found.is_estimate == mixed.is_estimate:
            assert mixed.readiness == found.readiness, found.key.id


def test_the_worst_risk_by_months_then_blocking_then_order(decided):
    context = Context(decided(CHAT, ROLLING).catalog, decided(CHAT, ROLLING).scenario)
    mild, blocking, long = Risk("engine", "a"), Risk("engine", "b", 0.5, blocks=True), Risk("engine", "c", 0.5)
    for column in permutations((mild, blocking)):
        assert worst_risk(context, column).reason.endswith(": b")
    for column in permutations((blocking, long)):
        assert worst_risk(context, column).blocks
    assert worst_risk(context, (long, replace(long, reason="d"))).reason.startswith("workload 1 (")
    assert worst_risk(context, (None, None)) is None
    assert worst_risk(context, (mild, mild)) == mild


def test_equal_words_gather_their_sources(decided):
    context = Context(decided(CHAT, ROLLING).catalog, decided(CHAT, ROLLING).scenario)
    one, other = Risk("engine", "a", sources=("x", "y")), Risk("engine", "a", sources=("y", "z"))
    assert worst_risk(context, (one, other)) == Risk("engine", "a", sources=("x", "y", "z"))


def test_a_part_alone_is_judged_by_its_own_workload(catalog, decided):
    decision = decided(CHAT, UNPUBLISHED)
    found = option(decision, "b200:fp4:none")
    context = Context(catalog, decision.scenario, 1)
    alone = readiness_of(context, found.parts[1], decision.baseline.parts[1])
    assert alone.added_months == catalog.assume("readiness_no_checkpoint_months")
    assert not any(risk.reason.startswith("workload") for risk in alone.risks)
