"""What must hold whatever the prices: linearity, order, break-evens put back, draws that decide nothing."""

import dataclasses
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm, qmc

from advisor.decision.breakevens import break_even_load, switch_month, today_usd_per_month, unrounded_usd_per_month
from advisor.decision.case import open_case
from advisor.decision.outlook import make_draws
from advisor.decision.ranking import WEIGHTINGS, simplex
from advisor.economics import one_off_cost
from advisor.money.tokens import token_line
from advisor.recommend import recommend
from advisor.scenario_io import build_scenario
from tests.conftest import scenario_data

QUOTE = {"price": {"overrides": {"b200": 5.5}}}
STILL = {
    "throughput_spread_ratio": 0.0,
    "price_spread_ratio": 0.0,
    "growth_spread_fraction": 0.0,
    "price_change_spread_fraction": 0.0,
    "delay_p90_months": 0.0,
    "quality_unproven_fails_fraction": 0.0,
    "quality_unknown_fails_fraction": 0.0,
}


def decide(catalog, **changes):
    return recommend(build_scenario(scenario_data(**changes), catalog), catalog)


def option(decision, identifier):
    return next(o for o in decision.options if o.key.id == identifier)


def case_of(decision):
    scenario, catalog = decision.scenario, decision.catalog
    tokens = token_line(catalog, scenario.workloads, decision.loads)
    return open_case(catalog, scenario, decision.loads, decision.baseline, tokens)


def test_no_spread_gives_the_expected_figures(catalog):
    decision = decide(catalog, workload={"growth_per_year_fraction": 0.3}, candidates=QUOTE, uncertainty=STILL)
    seen = 0
    for one in (o for o in decision.options if o.outlook):
        seen += 1
        expected = one.standing.future
        for found in (one.outlook.npv_p10_usd, one.outlook.npv_p50_usd, one.outlook.npv_p90_usd):
            assert found == pytest.approx(expected.npv_cost, rel=1e-9)
        assert one.outlook.saving_p50_usd == pytest.approx(expected.npv_saving, rel=1e-9, abs=1e-6)
        assert one.outlook.target_met_fraction == 1
    assert seen > 3
    assert decision.best.outlook.win_fraction == 1


def test_the_same_seed_gives_the_same_digits_and_another_one_others(catalog):
    one, same = (decide(catalog, candidates=QUOTE) for _ in range(2))
    other = decide(catalog, candidates=QUOTE, uncertainty={"seed": 7})
    assert [o.outlook for o in one.options] == [o.outlook for o in same.options]
    assert one.outlook != other.outlook
    assert one.verdict.code == other.verdict.code, "no code depends on a draw"
    assert one.verdict.pilot == other.verdict.pilot
    assert one.outlook.saving_p50_usd == pytest.approx(other.outlook.saving_p50_usd, rel=0.05)


def test_a_saving_whose_range_crosses_zero_is_trusted_little_and_says_so(catalog):
    seen = set()
    for price in (1.0, 4.0, 5.5, 9.0):
        decision = decide(catalog, candidates={"price": {"overrides": {"b200": price}}})
        drawn, code = decision.outlook, decision.verdict.code
        open_sign = code != "stay" and drawn.saving_p10_usd < 0 < drawn.saving_p90_usd
        said = any("crosses zero" in doubt for doubt in decision.verdict.doubts)
        assert said == open_sign
        seen.add((open_sign, code))
        if open_sign:
            assert decision.verdict.confidence == "low"
    assert {sign for sign, _ in seen} == {True, False}


def test_beside_an_unsure_saving_stands_the_surest_one(catalog):
    """Of the options whose 80 % range lies above zero the one that saves most, where the advice's own does not."""
    seen = set()
    for price in (2.0, 4.5, 5.5):
        decision = decide(catalog, current={"gpus": 96}, candidates={"price": {"overrides": {"b200": price}}})
        sure = [o for o in decision.options if o.outlook and o.outlook.saving_p10_usd > 0]
        said = [doubt for doubt in decision.verdict.doubts if doubt.startswith("surer")]
        unsure = decision.verdict.code != "stay" and decision.outlook.saving_p10_usd < 0 < decision.outlook.saving_p90_usd
        assert bool(said) == bool(unsure and sure)
        seen.add(bool(said))
        if said:
            best = max(sure, key=lambda o: o.standing.future.npv_saving)
            less = best.standing.future.npv_saving < decision.adopted.npv_saving
            assert f"expected of it: {best.key.label(catalog)} saves" in said[0]
            assert ("with less expected" in said[0]) == less
    assert seen == {True, False}


def test_a_challenger_that_might_save_is_a_doubt_about_staying(catalog):
    candidates = {"hardware": ("b200",), "price": {"overrides": {"b200": 6.0}}}
    decision = decide(catalog, current={"gpus": 48}, candidates=candidates)
    challenger = decision.challenger.outlook
    assert decision.verdict.code == "stay"
    assert challenger.saving_p10_usd < 0 < challenger.saving_p90_usd
    assert any("might still save" in doubt for doubt in decision.verdict.doubts)
    assert decision.verdict.confidence == "medium"


def test_an_option_has_the_same_luck_whatever_stands_beside_it(catalog):
    many = decide(catalog, candidates=QUOTE)
    alone = decide(catalog, candidates=QUOTE | {"hardware": ("b200",)})
    assert len(alone.options) < len(many.options)
    pairs = [(one.outlook, option(many, one.key.id).outlook) for one in alone.options]
    both = [(one, beside) for one, beside in pairs if one and beside]
    assert both
    for one, beside in both:
        assert dataclasses.replace(one, win_fraction=0) == dataclasses.replace(beside, win_fraction=0)


def test_draws_agree_with_quasi_random_points(catalog):
    decision = decide(catalog, candidates=QUOTE)
    options = [o for o in decision.options if o.outlook]
    sobol = qmc.Sobol(2, seed=1).random_base2(12)
    draws = make_draws(case_of(decision), options)
    growth, delay = draws.growth[0][:, 0], draws.delay[:, 0]
    spread = decision.scenario.uncertainty
    for share in (0.1, 0.5, 0.9):
        expected = np.quantile(-spread.delay_p90_months * np.log10(1 - sobol[:, 0]), share)
        assert np.quantile(delay, share) == pytest.approx(expected, rel=0.01)
        expected = np.quantile(norm.ppf(sobol[:, 1], scale=spread.growth_spread_fraction / norm.ppf(0.9)), share)
        assert np.quantile(growth, share) == pytest.approx(expected, abs=0.002)
    columns = np.column_stack(
        [growth, delay, *(draws.speed[o.key.id][:, 0] for o in options if np.ptp(draws.speed[o.key.id]))]
    )
    related = np.corrcoef(columns, rowvar=False) - np.eye(columns.shape[1])
    assert np.abs(related).max() < 0.08, "quantities are drawn independently"


def test_intervals_are_ordered_and_shares_add_up(catalog):
    decision = decide(catalog, candidates=QUOTE)
    for one in (o for o in decision.options if o.outlook):
        assert one.outlook.saving_p10_usd <= one.outlook.saving_p50_usd <= one.outlook.saving_p90_usd
        assert 0 <= one.outlook.saves_money_fraction <= 1
    assert sum(share for _, share in decision.stability.weight_shares) == pytest.approx(1)
    assert sum(share for _, share in decision.stability.draw_shares) <= 1 + 1e-9


def test_weightings_cover_the_simplex_evenly():
    weights = simplex(WEIGHTINGS)
    assert weights.sum(axis=1) == pytest.approx(1)
    assert weights.mean(axis=0) == pytest.approx(1 / 6, abs=0.003)
    assert (weights[:, 0] > 0.5).mean() == pytest.approx(0.5**5, abs=0.005), "P(w > t) = (1 - t)^5"


prices = st.floats(0.5, 20).map(lambda v: round(v, 3))


@settings(max_examples=20)
@given(prices, prices)
def test_a_dearer_candidate_never_rises(catalog, one, other):
    """A GPU's price moves all options on it. None passes an option on another GPU, and the best of them never rises."""
    low, high = sorted((one, other))

    def standing(price):
        decision = decide(catalog, candidates={"price": {"overrides": {"b200": price}}})
        ranked = [o for o in decision.options if o.rank]
        mine = [o for o in ranked if o.key.hardware == "b200"]
        above = {o.key.id: {r.key.id for r in ranked if r.rank < o.rank and r.key.hardware != "b200"} for o in mine}
        return min(o.rank for o in mine), above

    (best_low, above_low), (best_high, above_high) = standing(low), standing(high)
    held = best_low <= best_high and all(above_low[key] <= above_high[key] for key in above_low)
    assert held


@settings(max_examples=10)
@given(prices, st.integers(0, 24), st.floats(0.0, 0.6))
def test_price_break_even_put_back_gives_equality(catalog, price, months_left, growth):
    """At the price named, the NPV of the cheapest plan is staying's; at today's price named, likewise."""
    changes = {
        "workload": {"growth_per_year_fraction": growth},
        "current": {"commitment": {"months_left": months_left}},
        "candidates": {"hardware": ("b200",), "price": {"overrides": {"b200": price}}},
    }
    before = decide(catalog, **changes)
    at = before.break_evens.npv_price_usd_per_gpu_hour
    if at is None or not 0.001 < at < 1000:
        return
    changes["candidates"]["price"]["overrides"]["b200"] = at
    after = decide(catalog, **changes)
    saved = option(after, before.challenger.key.id).standing.future.npv_saving
    assert abs(saved) <= 1e-9 * after.futures[0].npv_cost


def test_unrounded_break_evens_put_back_give_equality(catalog):
    decision = decide(catalog, candidates=QUOTE)
    case, challenger, evens = case_of(decision), decision.challenger, decision.break_evens
    load = break_even_load(case, challenger)
    assert unrounded_usd_per_month(challenger) * load == pytest.approx(today_usd_per_month(case), rel=1e-9)
    assert evens.utilization_fraction == pytest.approx(decision.baseline.fleet.utilization_fraction * load, rel=1e-9)
    slower = evens.throughput_ratio_today / evens.throughput_ratio
    assert unrounded_usd_per_month(challenger) * slower == pytest.approx(today_usd_per_month(case), rel=1e-9)
    migration = decision.scenario.migration
    served = switch_month(migration.lead_time_months, migration.ramp_months)
    old, new, months = today_usd_per_month(case), unrounded_usd_per_month(challenger), evens.months_of_demand
    saved = old * (months - served - migration.parallel_months) - new * (months - served) - one_off_cost(migration)
    assert saved == pytest.approx(0, abs=1e-9 * old * months)


@pytest.mark.parametrize("contract", [0, 7])
def test_the_flip_price_flips(catalog, contract):
    current = {"price": {"usd_per_gpu_hour": 2.9}, "commitment": {"months_left": contract}}
    before = decide(catalog, current=current, candidates=QUOTE)
    flip = next(f for f in before.flips if f.driver == "candidate_price")
    assert flip.now == 5.5

    def winner(price):
        after = decide(catalog, current=current, candidates={"price": {"overrides": {"b200": price}}})
        return after.chosen.key.id

    assert winner(flip.at * 0.999) == before.chosen.key.id
    assert winner(flip.at * 1.001) != before.chosen.key.id


def test_the_price_to_move_at_moves(catalog):
    dear = {"candidates": {"hardware": ("b200",), "price": {"overrides": {"b200": 12.0}}}}
    before = decide(catalog, **dear)
    flip = next(f for f in before.flips if f.driver == "candidate_price")
    dear["candidates"]["price"]["overrides"]["b200"] = flip.at * 0.999
    assert decide(catalog, **dear).chosen.key.hardware == "b200"
    dear["candidates"]["price"]["overrides"]["b200"] = flip.at * 1.001
    assert decide(catalog, **dear).chosen.key.hardware == "h200"


@settings(max_examples=5)
@given(st.integers(0, 2**32))
def test_order_of_catalog_rows_never_changes_the_verdict(catalog, seed):
    random = Random(seed)
    names = ("points", "offers", "quality", "api_prices", "engine_support", "checkpoints")
    tables = {name: list(getattr(catalog, name)) for name in names}
    for rows in tables.values():
        random.shuffle(rows)
    shuffled = dataclasses.replace(catalog, **{name: tuple(rows) for name, rows in tables.items()})
    scenario = build_scenario(scenario_data(candidates=QUOTE), catalog)
    one, other = recommend(scenario, catalog), recommend(scenario, shuffled)
    assert one.verdict == other.verdict
    assert one.flips == other.flips
    assert one.outlook == other.outlook
    assert one.tokens == other.tokens


def test_weights_decide_where_money_does_not(catalog):
    """Nothing but quality counts: a format nobody has shown on the buyer's data never wins."""
    weights = dict.fromkeys(("cost", "latency", "quality", "evidence", "readiness", "energy"), 0.0)
    decision = decide(catalog, candidates=QUOTE, preferences={"weights": {**weights, "quality": 1.0}})
    assert decision.best.quality.status == "unchanged"
    money = decide(catalog, candidates=QUOTE, preferences={"weights": {**weights, "cost": 1.0}})
    assert money.best.standing.future.npv_cost == min(
        o.standing.future.npv_cost for o in money.options if o.standing and not o.is_estimate
    )


def test_every_losing_option_has_its_sentence_and_the_winner_none(catalog):
    decision = decide(catalog, candidates=QUOTE)
    said = dict(decision.losing)
    assert set(said) == {o.key.id for o in decision.options} - {decision.chosen.key.id}
    assert all(text.endswith(".") and len(text) > 20 for text in said.values())
    assert decision.chosen.key.id not in said or said[decision.chosen.key.id] == ""


def test_a_dominated_option_never_wins(catalog):
    decision = decide(catalog, candidates=QUOTE)
    assert decision.best.standing.dominated_by is None
    assert any(o.standing.dominated_by for o in decision.options if o.standing)


def test_limits_on_budget_and_date_are_gates(catalog):
    tight = decide(catalog, candidates={**QUOTE, "max_usd_per_month": 100_000.0, "serve_within_months": 3})
    failed = {gate.name for gate in option(tight, "b200:fp4:none").failures}
    assert failed == {"date"}
    assert {gate.name for gate in option(tight, "h200:fp8:none").failures} == {"budget"}
    poor = decide(catalog, candidates={**QUOTE, "max_one_off_usd": 1000.0})
    assert {gate.name for gate in option(poor, "b200:fp4:none").failures} == {"one_off_budget"}
    assert not option(poor, "h200:fp8:none").failures
