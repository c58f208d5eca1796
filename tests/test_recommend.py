"""The pipeline: verdicts of the examples, gates, and properties that must hold for any scenario."""

import dataclasses
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.errors import ScenarioError
from advisor.recommend import recommend
from advisor.scenario_io import build_scenario
from advisor.units import guarded_ceil
from tests.conftest import scenario_data


def option(decision, identifier):
    return next(o for o in decision.options if o.key.id == identifier)


def gate(opt, name):
    return next(g for g in opt.gates if g.name == name)


def test_todays_setup_and_its_neighbours_are_always_options(catalog, make):
    decision = recommend(make(candidates={"hardware": ("b200",)}), catalog)
    ids = {o.key.id for o in decision.options}
    assert {"h200:fp8:none", "h200:bf16:none", "h200:int4:none", "h200:fp4:none", "b200:fp4:none"} <= ids
    assert decision.baseline.key.id == "h200:fp8:none"
    assert decision.baseline.fleet.gpus == 64


def test_nvfp4_on_hopper_is_listed_with_its_reason(catalog, make):
    refused = option(recommend(make(), catalog), "h200:fp4:none")
    assert not refused.feasible
    assert gate(refused, "format").passed is False
    assert "weight-only" in gate(refused, "format").reason


def test_gpt_oss_mxfp4_on_hopper_is_legal(catalog, make):
    decision = recommend(
        make(
            workload={"model": "gpt-oss-120b", "input_tokens": 1024, "targets": {"interactivity_tok_s_per_user": 60.0}},
            current={"hardware": "h100", "precision": "fp4"},
        ),
        catalog,
    )
    assert option(decision, "h100:fp4:none").key.format == "mxfp4"
    assert gate(option(decision, "h100:fp4:none"), "format").passed
    assert decision.baseline.key.format == "mxfp4"


def test_a_target_below_the_slowest_knot_runs_at_it_and_says_so(catalog, make):
    decision = recommend(make(workload={"input_tokens": 1024}), catalog)
    point = option(decision, "b200:fp4:none").operating_point
    assert point.interactivity_tok_s_per_user == pytest.approx(45.01871)
    assert "faster than the 40 asked" in point.note


def test_a_target_above_the_fastest_knot_is_not_reachable(catalog, make):
    decision = recommend(make(workload={"targets": {"interactivity_tok_s_per_user": 145.0}}), catalog)
    assert "above the fastest" in gate(option(decision, "h200:fp8:none"), "latency").reason
    assert option(decision, "b200:fp8:none").feasible
    assert gate(decision.baseline, "latency").passed is False


def test_disaggregated_only_options_wait_for_permission(catalog, make):
    workload = {"model": "deepseek-r1", "input_tokens": 8192, "targets": {"interactivity_tok_s_per_user": 40.0}}
    closed = recommend(make(workload=workload), catalog)
    assert "disaggregated serving only" in gate(option(closed, "gb200:fp4:none"), "latency").reason
    allowed = recommend(make(workload=workload, candidates={"allow": {"disaggregated": True}}), catalog)
    assert gate(option(allowed, "gb200:fp4:none"), "latency").passed


def test_vendor_constraint(catalog, make):
    decision = recommend(make(candidates={"allow": {"vendors": ("nvidia",)}}), catalog)
    assert gate(option(decision, "mi355x:fp8:none"), "constraints").passed is False


def test_power_limit(catalog, make):
    decision = recommend(make(candidates={"max_kw": 50.0, "price": {"overrides": {"b200": 5.5}}}), catalog)
    assert gate(option(decision, "h200:fp8:none"), "power").passed is False
    assert gate(option(decision, "b200:fp4:none"), "power").passed is True
    assert decision.best.key.id == "b200:fp4:none"


def test_unknown_quality_calls_for_a_pilot_and_never_passes(catalog, make):
    workload = {"tasks": ({"class": "summarization"},)}
    wanted = {"hardware": ("mi355x",), "price": {"overrides": {"mi355x": 1.0}}}
    careful = recommend(make(workload=workload, candidates=wanted), catalog)
    assert gate(option(careful, "mi355x:fp4:none"), "quality").passed is None
    assert careful.chosen.key.id == "mi355x:fp8:none", "at the default weights the same GPU in today's format wins"
    only_money = {"weights": {"cost": 1.0, "latency": 0, "quality": 0, "evidence": 0, "readiness": 0, "energy": 0}}
    only_money["weights"] = {name: float(weight) for name, weight in only_money["weights"].items()}
    decision = recommend(make(workload=workload, candidates=wanted, preferences=only_money), catalog)
    assert decision.chosen.key.id == "mi355x:fp4:none"
    assert decision.verdict.pilot_first
    assert decision.verdict.confidence == "low"
    assert "evaluation" in {test.kind for test in decision.verdict.pilot}
    hours = [test.gpu_hours for test in decision.verdict.pilot]
    assert hours == sorted(hours)
    assert min(hours) > 0


def test_high_stakes_take_no_published_word(catalog, make):
    calm = recommend(make(), catalog)
    high = recommend(make(quality={"high_stakes": True}), catalog)
    assert gate(option(calm, "b200:fp4:none"), "quality").passed is True
    assert gate(option(high, "b200:fp4:none"), "quality").passed is None


def test_demand_beyond_the_fleet_is_asked_about_not_shrunk(catalog, make):
    decision = recommend(make(workload={"demand": {"requests_per_second_mean": 60.0}}), catalog)
    capacity = gate(decision.baseline, "capacity")
    assert capacity.passed is False
    assert "is the demand" in capacity.reason
    assert decision.load.mean_tok_s == 60 * 9216
    assert decision.verdict.confidence == "low"


def test_demand_from_utilization(catalog, make):
    decision = recommend(make(workload={"demand": None}, current={"utilization_fraction": 0.5}), catalog)
    assert decision.baseline.fleet.utilization_fraction == pytest.approx(0.5)


def test_demand_cannot_follow_from_a_fleet_that_misses_the_target(catalog, make):
    out_of_reach = {"interactivity_tok_s_per_user": 2000.0}
    scenario = make(workload={"demand": None, "targets": out_of_reach}, current={"utilization_fraction": 0.5})
    with pytest.raises(ScenarioError, match="cannot be derived"):
        recommend(scenario, catalog)


def test_a_target_out_of_reach_is_no_feasible_option(catalog, make):
    decision = recommend(make(workload={"targets": {"interactivity_tok_s_per_user": 2000.0}}), catalog)
    assert decision.verdict.code == "no_feasible_option"
    assert decision.baseline.cost.usd_per_month == pytest.approx(64 * 2.9 * 730)


def test_custom_model_is_answered_in_words(catalog, make):
    custom = {"total_params_b": 30.0, "active_params_b": 3.0, "layers": 48, "kv_values_per_token": 49152}
    decision = recommend(make(workload={"model": {"custom": custom}}), catalog)
    assert decision.verdict.code == "no_feasible_option"
    assert "custom model" in gate(decision.baseline, "latency").reason


def test_break_even_ratio_is_that_of_the_sized_fleets(catalog, make):
    decision = recommend(make(candidates={"price": {"overrides": {"b200": 5.5}}}), catalog)
    b200 = option(decision, "b200:fp4:none")
    assert decision.break_even.price_ratio == 64 / b200.fleet.gpus
    assert decision.break_even.price_ratio_today == pytest.approx(5.5 / 2.9)
    at_even = recommend(
        make(candidates={"price": {"overrides": {"b200": decision.break_even.price_b_usd_per_gpu_hour}}}), catalog
    )
    assert option(at_even, "b200:fp4:none").saving_fraction == pytest.approx(0, abs=1e-9)


def test_a_contract_delays_the_move(catalog, make):
    wanted = {"candidates": {"price": {"overrides": {"b200": 5.5}}}}
    free = recommend(make(**wanted), catalog)
    bound = recommend(make(current={"commitment": {"months_left": 12}}, **wanted), catalog)
    assert free.verdict.code == "migrate_now"
    assert bound.verdict.code == "migrate_at_contract_end"


def test_every_number_of_a_feasible_option_follows_from_its_parts(catalog, make):
    scenario = make()
    decision = recommend(scenario, catalog)
    for opt in (o for o in decision.options if o.feasible):
        fleet, point = opt.fleet, opt.operating_point
        need = decision.load.peak_tok_s / (point.tok_s_per_gpu * 0.8)
        server = catalog.hardware[opt.key.hardware].gpus_per_server
        assert fleet.replicas == guarded_ceil(need / fleet.replica_gpus)
        assert fleet.gpus == guarded_ceil(fleet.replicas * fleet.replica_gpus / server) * server
        assert opt.cost.usd_per_month == pytest.approx(fleet.gpus * opt.price.usd_per_gpu_hour * 730)
        assert opt.cost.usd_per_mtok_output == pytest.approx(opt.cost.usd_per_mtok_total * 9)
        assert opt.saving_fraction <= 1
    ranked = [o for o in decision.options if o.rank]
    assert [o.rank for o in ranked] == list(range(1, len(ranked) + 1))
    order = [(o.is_estimate, -o.standing.score) for o in ranked]
    assert order == sorted(order), "measured before estimated, then by score"


rates = st.floats(0.05, 60).map(lambda v: round(v, 3))


@settings(max_examples=25)
@given(rates, rates)
def test_more_demand_never_costs_less(catalog, one, other):
    small, large = sorted((one, other))

    def costs(rate):
        demand = {"requests_per_second_mean": rate, "peak_to_mean_ratio": 2.0}
        decision = recommend(build_scenario(scenario_data(workload={"demand": demand}), catalog), catalog)
        return {o.key.id: o.cost.usd_per_month for o in decision.options if o.cost}

    low, high = costs(small), costs(large)
    assert low.keys() == high.keys()
    assert all(low[key] <= high[key] for key in low)


@settings(max_examples=8)
@given(st.integers(0, 2**32))
def test_order_of_catalog_rows_never_changes_the_decision(catalog, seed):
    random = Random(seed)
    points, offers, quality = list(catalog.points), list(catalog.offers), list(catalog.quality)
    for rows in (points, offers, quality):
        random.shuffle(rows)
    shuffled = dataclasses.replace(catalog, points=tuple(points), offers=tuple(offers), quality=tuple(quality))
    scenario = build_scenario(scenario_data(), catalog)
    one, other = recommend(scenario, catalog), recommend(scenario, shuffled)
    assert one.verdict == other.verdict
    assert [(o.key.id, o.cost) for o in one.options] == [(o.key.id, o.cost) for o in other.options]
