"""What is said for staying: what eats a lower monthly cost, and shares of what the rule itself measures by."""

import pytest

from advisor.decision.case import open_case
from advisor.decision.reasons import eaten_by
from advisor.recommend import recommend
from advisor.report.words import verdict_sentence
from advisor.scenario_io import build_scenario
from tests.conftest import scenario_data

OWNED = {"capex_usd_per_gpu": 30000.0, "life_months": 48, "age_months": 20, "residual_fraction": 0.1}
TO_BUY = {"b200": {"capex_usd_per_gpu": 95000.0, "life_months": 60, "residual_fraction": 0.1, "kw_per_gpu": 1.2}}
FREE = {"engineering_weeks": 0.0, "revalidation_usd": 0.0}


@pytest.mark.parametrize(
    ("current", "candidates", "migration", "words"),
    [
        ({}, {}, {}, "one-off cost eats"),
        ({"commitment": {"months_left": 9}}, {}, {}, "one-off cost and what the contract does not give back eat"),
        ({"commitment": {"months_left": 9}}, {}, FREE, "what the contract does not give back eats"),
        ({}, {"owned": TO_BUY}, {}, "one-off cost and what buying the GPUs costs eat"),
        ({}, {}, FREE, "what changes over the months eats"),
        (
            {"owned": OWNED},
            {"owned": TO_BUY},
            {},
            "one-off cost, what buying the GPUs costs and today's GPUs, which are paid for, eat",
        ),
    ],
)
def test_what_eats_a_saving_is_named(catalog, current, candidates, migration, words):
    data = scenario_data(candidates=candidates)
    data["current"] = {**data["current"], **current}
    if "owned" in current:
        del data["current"]["price"]
    data |= {"migration": migration, "finance": {"usd_per_kwh": 0.12}}
    decision = recommend(build_scenario(data, catalog), catalog)
    option = next(option for option in decision.options if option.key.id == "b200:fp8:none")
    assert eaten_by(decision.scenario, option) == words


def test_a_saving_too_small_is_told_as_the_share_the_rule_takes(catalog):
    """With own GPUs staying costs little, so a share of it says nothing: the rule takes today's bill."""
    data = scenario_data(candidates={"owned": TO_BUY, "hardware": ("b200",)})
    del data["current"]["price"]
    data["current"] |= {"owned": OWNED, "gpus": 64}
    data["workloads"][0]["growth_per_year_fraction"] = 0.5
    seen = 0
    for capex in range(72_000, 78_000, 1_000):
        data["candidates"]["owned"]["b200"]["capex_usd_per_gpu"] = float(capex)
        data["finance"] = {"usd_per_kwh": 0.12}
        decision = recommend(build_scenario(data, catalog), catalog)
        best = decision.best.standing.future
        if decision.verdict.code != "stay" or best.npv_saving <= 0 or decision.best.saving_fraction < 0.05:
            continue
        seen += 1
        case = open_case(catalog, decision.scenario, decision.loads, decision.baseline, decision.tokens)
        share = round(100 * best.npv_saving / case.bill_npv)
        assert share <= 5
        assert any(f"{share} % of today's bill; below 5 %" in reason for reason in decision.verdict.reasons)
        assert "saves only $" in verdict_sentence(decision)
    assert seen
