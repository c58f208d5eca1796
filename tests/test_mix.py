"""Several workloads on one fleet, profiles of a day, own hardware, readiness, bought tokens."""

import pytest

from advisor.errors import QueryError, ScenarioError
from advisor.link import decode, encode
from advisor.profile import profile_of_day
from advisor.recommend import recommend
from advisor.report.as_json import decision_as_dict
from advisor.report.text import decision_text
from advisor.scenario_io import build_scenario, load_scenario
from advisor.sizing import Load, pack, size_fleet
from tests.conftest import scenario_data

CHAT = scenario_data()["workloads"][0]
SHORT = {**CHAT, "input_tokens": 1024, "demand": {"requests_per_second_mean": 20.0}, "growth_per_year_fraction": 0.3}


def mixed(*workloads, **changes):
    return {**scenario_data(current={"gpus": 128}, **changes), "workloads": workloads}


def option(decision, identifier):
    return next(o for o in decision.options if o.key.id == identifier)


def test_packing_by_hand():
    """3 replicas of 4 and 1 of 2 are 14 GPUs: two servers of 8. Busy: 500/100 + 100/100 = 6 of 16."""
    loads = (Load(500, 1000, 0.5, ""), Load(100, 150, 0.5, ""))
    shared = {"headroom_fraction": 0.0, "spare_replicas": 0, "billed_server_gpus": 8}
    fleet = pack([size_fleet(loads[0], 100, 4, **shared), size_fleet(loads[1], 100, 2, **shared)], loads, 8)
    assert (fleet.gpus, fleet.servers, fleet.replicas, fleet.replica_gpus) == (16, 2, 4, 4)
    assert fleet.utilization_fraction == pytest.approx(6 / 16)
    assert fleet.spare_fraction == pytest.approx(1 - 11.5 / 16)


def test_two_workloads_share_machines_not_replicas(catalog):
    both = recommend(build_scenario(mixed(CHAT, SHORT), catalog), catalog)
    alone = [recommend(build_scenario(mixed(one), catalog), catalog) for one in (CHAT, SHORT)]
    found = option(both, "b200:fp4:none")
    parts = [option(one, "b200:fp4:none") for one in alone]
    assert found.fleet.replicas == sum(part.fleet.replicas for part in parts)
    assert found.fleet.gpus <= sum(part.fleet.gpus for part in parts)
    assert found.fleet.gpus % 8 == 0
    assert both.load.mean_tok_s == pytest.approx(sum(one.load.mean_tok_s for one in alone))
    assert len(found.parts) == 2
    assert found.feasible


def test_one_workload_nobody_measured_makes_the_option_an_estimate(catalog):
    other = {**CHAT, "model": "gpt-oss-120b", "input_tokens": 1024}
    decision = recommend(build_scenario(mixed(CHAT, other), catalog), catalog)
    fp8 = option(decision, "h200:fp8:none")
    assert fp8.is_estimate
    assert any("workload 2 (gpt-oss-120b" in gate.reason for gate in fp8.gates)


def test_a_mixed_decision_is_rendered_and_linked(catalog):
    decision = recommend(build_scenario(mixed(CHAT, SHORT), catalog), catalog)
    assert decision_text(decision)
    assert len(decision_as_dict(decision)["demand"]["workloads"]) == 2
    token = encode(decision)
    assert len(token) < 2000
    assert decode(token, catalog).scenario.workloads == decision.scenario.workloads


def test_every_workload_of_several_needs_a_demand(catalog):
    data = mixed(CHAT, {**SHORT, "demand": None})
    data["current"]["utilization_fraction"] = 0.5
    with pytest.raises(ScenarioError, match=r"workloads\[1\]\.demand"):
        build_scenario(data, catalog)


def test_a_profile_gives_the_peak(catalog):
    """23 hours at 1, one at 3: mean 26/24, peak 3 x 24 / 26 = 2.77."""
    day = (*(1.0,) * 23, 3.0)
    data = scenario_data(workload={"demand": {"requests_per_second_mean": 6.0, "profile_24h": day}})
    decision = recommend(build_scenario(data, catalog), catalog)
    assert decision.load.peak_tok_s / decision.load.mean_tok_s == pytest.approx(72 / 26)
    assert "profile of a day" in decision.load.origin
    with pytest.raises(ScenarioError, match="24 values"):
        build_scenario(scenario_data(workload={"demand": {"profile_24h": (1.0, 2.0)}}), catalog)


def test_a_profile_from_a_file(catalog, tmp_path):
    (tmp_path / "day.csv").write_text("hour,load\n" + "".join(f"{h},{1 + h}\n" for h in range(24)))
    text = (
        "workloads: [{model: llama-3.3-70b, demand: {requests_per_second_mean: 1.0, profile_csv: %s}}]\n"
        "current: {hardware: h200, gpus: 8, price: {usd_per_gpu_hour: 2.0}}\n"
    )
    path = tmp_path / "scenario.yaml"
    path.write_text(text % "day.csv")
    assert load_scenario(path, catalog).workload.demand.profile_24h == tuple(float(1 + h) for h in range(24))
    path.write_text(text % "../day.csv")
    with pytest.raises(ScenarioError, match="beside the scenario"):
        load_scenario(path, catalog)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("hour,load\n24,1\n", "0 to 23"),
        ("hour,load\n3,-1\n", "0 or more"),
        ("hour,load\n3,much\n", "0 or more"),
        ("hour,load\n3\n", "0 or more"),
        ("hour,load\n3,1\n", "no row for hour 0"),
        ("", "expected"),
    ],
)
def test_a_profile_that_is_none_says_why(text, message):
    with pytest.raises(QueryError, match=message):
        profile_of_day(text)


def test_timestamps_are_folded_into_hours():
    rows = [f"2026-03-0{day}T{hour:02d}:30:00,{hour + day}" for day in (1, 3) for hour in range(24)]
    assert profile_of_day("time,load\n" + "\n".join(rows)) == tuple(float(hour + 2) for hour in range(24))


def test_readiness_adds_time_and_names_its_source(catalog):
    data = scenario_data(current={"engine": "vllm"}, candidates={"hardware": ("b200", "mi355x")})
    decision = recommend(build_scenario(data, catalog), catalog)
    risks = {risk.name: risk for risk in option(decision, "b200:fp4:none").readiness.risks}
    assert "nvidia/Llama-3.3-70B-Instruct-NVFP4" in risks["checkpoint"].reason
    assert risks["checkpoint"].added_months == 0
    amd = {risk.name: risk for risk in option(decision, "mi355x:fp8:none").readiness.risks}
    assert amd["vendor"].added_months == catalog.assume("readiness_vendor_change_months")
    own = option(decision, "h200:fp8:none")
    assert own.readiness.added_months == 0
    lead = option(decision, "mi355x:fp8:none").standing.future.plan.timing.lead
    assert lead == decision.scenario.migration.lead_time_months + option(decision, "mi355x:fp8:none").readiness.added_months


def test_token_line_by_hand(catalog):
    """Together asks 1.04 in and out for Llama 3.3 70B: a month of 55,296 tok/s is 145,317.9 million tokens."""
    decision = recommend(build_scenario(scenario_data(), catalog), catalog)
    together = next(offer for offer in decision.tokens.offers if offer.provider == "together_ai")
    assert together.usd_per_mtok_total == pytest.approx(1.04)
    assert together.usd_per_month == pytest.approx(55_296 * 730 * 3600 / 1e6 * 1.04)
    assert decision.tokens.lowest.usd_per_month <= decision.tokens.usd_per_month <= decision.tokens.highest.usd_per_month


def test_cached_input_is_priced_as_such(catalog):
    """DeepInfra's Qwen3.5: 0.45 in, 0.22 cached, 3.00 out. Half of 1,024 cached: (1,024 x 0.335 + 1,024 x 3) / 2,048."""
    workload = {"model": "qwen3.5-397b", "input_tokens": 1024, "prefix_cache_hit_fraction": 0.5}
    decision = recommend(build_scenario(scenario_data(workload=workload), catalog), catalog)
    offer = next(o for o in decision.tokens.offers if o.provider == "deepinfra")
    assert offer.usd_per_mtok_total == pytest.approx((0.335 + 3.0) / 2)


def test_no_token_price_is_said(catalog):
    decision = recommend(build_scenario(scenario_data(workload={"model": "minimax-m2.5"}), catalog), catalog)
    assert decision.tokens.usd_per_month is None
    assert "no API price" in decision.tokens.reason
    assert decision.future("buy_tokens") is None
    assert "Buying tokens: no API price" in decision_text(decision)


def test_tokens_compete_only_when_allowed(catalog):
    """Kimi on eight H200: the median API costs half, and is advised only with the buyer's word."""
    workload = {
        "model": "kimi-k2.5",
        "demand": {"requests_per_second_mean": 0.15, "peak_to_mean_ratio": 2.0},
        "tasks": ({"class": "code"},),
    }
    current = {"gpus": 8, "precision": "int4", "price": {"usd_per_gpu_hour": 1.56}}

    def code(**allow):
        data = scenario_data(workload=workload, current=current, candidates={"hardware": ("b200",), "allow": allow})
        return recommend(build_scenario(data, catalog), catalog).verdict

    assert code().code == "stay"
    assert code(api_tokens=False).code == "stay"
    allowed = code(api_tokens=True)
    assert (allowed.code, allowed.pilot_first, allowed.confidence) == ("buy_tokens", True, "low")


def test_a_quote_for_todays_gpu_is_a_move(catalog):
    data = scenario_data(candidates={"hardware": ("h200",), "price": {"overrides": {"h200": 1.5}}})
    decision = recommend(build_scenario(data, catalog), catalog)
    assert decision.verdict.code == "migrate_now"
    assert decision.chosen.key.id == "h200:fp8:none"


def test_bought_candidates_enter_with_their_capital(catalog):
    owned = {"b200": {"capex_usd_per_gpu": 45000.0, "residual_fraction": 0.2, "hosting_usd_per_gpu_month": 150.0}}
    data = scenario_data(candidates={"hardware": ("b200",), "owned": owned}, finance={"usd_per_kwh": 0.1})
    decision = recommend(build_scenario(data, catalog), catalog)
    future = option(decision, "b200:fp4:none").standing.future
    assert sum(row.purchase_usd for row in future.rows) == 45000 * option(decision, "b200:fp4:none").fleet.gpus
    assert option(decision, "b200:fp4:none").price.basis == "owner_cost"
