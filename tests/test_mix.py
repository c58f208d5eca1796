"""Several workloads on one fleet, profiles of a day, own hardware, bought tokens."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.context import Context
from advisor.errors import QueryError, ScenarioError
from advisor.evaluate import today_key
from advisor.link import decode, encode
from advisor.mix import baseline_mix, evaluate_mix
from advisor.options import OptionKey
from advisor.pricing import candidate_price, current_price
from advisor.profile import profile_of_day
from advisor.recommend import recommend
from advisor.report.as_json import decision_as_dict
from advisor.report.text import decision_text
from advisor.scenario_io import build_scenario, load_scenario
from advisor.sizing import Load, add_loads, load_from_demand, pack, size_fleet, with_output_length
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


B200_FP4 = OptionKey("b200", "fp4", "nvfp4", "none")


def longer(ratio, task_class="conversation"):
    """Own results by which answers in NVFP4 are ``ratio`` times as long."""
    result = {"class": task_class, "task": "own", "format": "nvfp4", "delta_points": 0.0, "stderr_points": 0.3}
    return {"results": ({**result, "items": 5000, "output_length_ratio": ratio},)}


def at_rate(requests_per_second):
    return {**CHAT, "demand": {**CHAT["demand"], "requests_per_second_mean": requests_per_second}}


def evaluated(catalog, workloads, **changes):
    """B200 FP4 for these workloads, with the loads as entered, and today's fleet."""
    scenario = build_scenario(mixed(*workloads, **changes), catalog)
    loads = tuple(load_from_demand(w, w.demand) for w in scenario.workloads)
    context = Context(catalog, scenario)
    found = evaluate_mix(context, B200_FP4, loads, candidate_price(catalog, "b200", scenario.candidates.price))
    today = baseline_mix(context, today_key(context), loads, current_price(catalog, scenario.current, scenario.finance))
    return found, loads, today


def per_gpu(option):
    """What rounding to replicas and servers leaves alone: cost of a token per GPU bought, busy GPUs, needed GPUs."""
    fleet, cost = option.fleet, option.cost
    return (
        cost.usd_per_mtok_total / fleet.gpus,
        cost.usd_per_mtok_output / fleet.gpus,
        fleet.utilization_fraction * fleet.gpus,
        fleet.capacity_tok_s / fleet.gpus,
        fleet.needed_gpus,
        option.quality.output_length_ratio,
    )


@given(
    shares=st.lists(st.floats(0.05, 1.0), min_size=2, max_size=4),
    requests=st.floats(0.5, 40.0),
    ratio=st.floats(0.5, 3.0),
)
def test_a_workload_in_pieces_costs_what_it_costs_whole(catalog, shares, requests, ratio):
    """Pieces may need another replica or server; apart from that nothing moves, however long the answers become."""
    rates = [requests * share / sum(shares) for share in shares]
    pieces, whole = ([at_rate(rate) for rate in each] for each in (rates, [requests]))
    many, one = (evaluated(catalog, w, quality=longer(ratio))[0] for w in (pieces, whole))
    assert per_gpu(many) == pytest.approx(per_gpu(one), rel=1e-9)


def test_two_halves_on_the_same_fleet_cost_the_same_per_token(catalog):
    """Where the halves need no GPU more than the whole, the price of a token is that of the whole."""
    changes = {"quality": longer(1.5), "sizing": {"spare_replicas": 0}}
    many, one = (evaluated(catalog, w, **changes)[0] for w in ([at_rate(12.0)] * 2, [at_rate(24.0)]))
    assert many.fleet.gpus == one.fleet.gpus
    assert many.cost.usd_per_mtok_total == pytest.approx(one.cost.usd_per_mtok_total, rel=1e-12)
    assert many.cost.usd_per_mtok_output == pytest.approx(one.cost.usd_per_mtok_output, rel=1e-12)


def test_answers_grow_workload_by_workload(catalog):
    """Conversation's answers become half as long again, those of code stay: each load by its own ratio."""
    code = {**SHORT, "tasks": ({"class": "code"},)}
    found, loads, today = evaluated(catalog, [CHAT, code], quality=longer(1.5))
    assert [part.quality.output_length_ratio for part in found.parts] == [1.5, 1.0]
    carried = [with_output_length(loads[0], 1.5), loads[1]]
    seconds = 730 * 3600 / 1e6
    assert found.cost.usd_per_mtok_total == pytest.approx(
        found.cost.usd_per_month / (sum(load.mean_tok_s for load in carried) * seconds)
    )
    output = sum(load.mean_output_tok_s for load in carried)
    assert found.cost.usd_per_mtok_output == pytest.approx(found.cost.usd_per_month / (output * seconds))
    busy = sum(load.mean_tok_s / part.operating_point.tok_s_per_gpu for load, part in zip(carried, found.parts, strict=True))
    assert found.fleet.utilization_fraction == pytest.approx(busy / found.fleet.gpus)
    # The joined ratio is that of all output tokens: it turns the demand as entered into the load carried.
    together = with_output_length(add_loads(loads), found.quality.output_length_ratio)
    assert (together.mean_tok_s, together.output_share) == pytest.approx(
        (add_loads(carried).mean_tok_s, add_loads(carried).output_share)
    )
    assert today.quality.output_length_ratio == 1.0
    assert today.cost.usd_per_mtok_total == pytest.approx(
        today.cost.usd_per_month / (sum(load.mean_tok_s for load in loads) * seconds)
    )


def test_the_quality_of_several_names_the_workload_it_is_about(catalog):
    """The worst workload's verdict stands for all, and says whose it is; of equal ones nobody's."""
    strict = {**SHORT, "tasks": ({"class": "reasoning_math", "tolerance_points": 0.1},)}
    found, _, _ = evaluated(catalog, [CHAT, strict])
    assert found.quality.reason.startswith("workload 2 (Llama-3.3-70B-Instruct, 1024/1024): ")
    assert found.quality.status == found.parts[1].quality.status
    alike, _, _ = evaluated(catalog, [CHAT, SHORT])
    assert alike.quality.reason == alike.parts[0].quality.reason


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
