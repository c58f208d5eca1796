"""Cash month by month through the draws: ends at the outlook's figures, ordered, no width where nothing is uncertain."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.recommend import recommend
from advisor.report.as_json import decision_as_dict
from advisor.report.cash import cash_by_month, paid_by_month
from advisor.scenario_io import load_scenario
from tests.conftest import EXAMPLES
from tests.decision.test_properties import QUOTE, STILL, decide, option

COLUMNS = ("cost_p10_usd", "cost_p50_usd", "cost_p90_usd", "saved_p10_usd", "saved_p50_usd", "saved_p90_usd")
changes_of = st.fixed_dictionaries(
    {
        "price": st.floats(0.5, 12).map(lambda v: round(v, 3)),
        "months_left": st.integers(0, 18),
        "growth": st.floats(-0.3, 0.8),
        "horizon": st.integers(1, 48),
        "seed": st.integers(0, 2**31),
    }
)


def decided(catalog, given_, uncertainty=None):
    return decide(
        catalog,
        workload={"growth_per_year_fraction": given_["growth"]},
        current={"commitment": {"months_left": given_["months_left"]}},
        candidates={"hardware": ("h200", "b200"), "price": {"overrides": {"b200": given_["price"]}}},
        finance={"horizon_months": given_["horizon"]},
        uncertainty={"seed": given_["seed"], **(uncertainty or {})},
    )


@settings(max_examples=20)
@given(changes_of)
def test_a_band_ends_exactly_at_the_outlook_and_is_ordered(catalog, given_):
    decision = decided(catalog, given_)
    assert decision.bands[0].future == "stay"
    for band in decision.bands:
        future = decision.future(band.future)
        assert all(len(getattr(band, name)) == given_["horizon"] + 1 for name in COLUMNS)
        assert band.cost_p10_usd[0] == band.cost_p90_usd[0] == future.one_off
        assert band.saved_p10_usd[0] == band.saved_p90_usd[0] == -future.one_off
        for low, middle, high in (COLUMNS[:3], COLUMNS[3:]):
            rows = zip(getattr(band, low), getattr(band, middle), getattr(band, high), strict=True)
            assert all(a <= b <= c for a, b, c in rows)
        if band.future != "stay":
            found = option(decision, future.option_id).outlook
            ends = tuple(getattr(band, name)[-1] for name in COLUMNS)
            outlook = (
                *(found.npv_p10_usd, found.npv_p50_usd, found.npv_p90_usd),
                *(found.saving_p10_usd, found.saving_p50_usd, found.saving_p90_usd),
            )
            assert ends == outlook


@settings(max_examples=10)
@given(changes_of)
def test_a_band_has_no_width_where_nothing_is_uncertain(catalog, given_):
    decision = decided(catalog, given_, STILL)
    assert decision.bands
    for band in decision.bands:
        assert band.cost_p10_usd == band.cost_p50_usd == band.cost_p90_usd
        assert band.saved_p10_usd == band.saved_p50_usd == band.saved_p90_usd
        expected = paid_by_month(decision, decision.future(band.future))
        assert band.cost_p50_usd == pytest.approx(expected, rel=1e-9, abs=1e-6)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_advised_future_is_followed_and_bought_tokens_are_not(catalog, path):
    decision = recommend(load_scenario(path, catalog), catalog)
    followed = [band.future for band in decision.bands]
    assert decision.adopted.name in followed
    assert "buy_tokens" not in followed
    assert len(followed) == len(set(followed)) <= 3
    stay = decision.band("stay")
    assert set(stay.saved_p10_usd) == set(stay.saved_p90_usd) == {0.0}
    assert stay.cost_p10_usd[-1] < stay.cost_p90_usd[-1]
    assert [band["future"] for band in decision_as_dict(decision)["uncertainty"]["cash_by_month"]] == followed
    for future in decision.futures:
        for view in ("saved", "paid"):
            points = cash_by_month(decision, future, view)
            assert all((point.low is None) == (future.name not in followed) for point in points)


def test_a_move_that_always_fails_costs_its_one_offs_and_stays(catalog):
    fails = {"quality_unproven_fails_fraction": 1.0, "quality_unknown_fails_fraction": 1.0}
    decision = decide(catalog, candidates=QUOTE, uncertainty=fails)
    band = next(
        b for b in decision.bands if (f := decision.future(b.future)).one_off and _quality(decision, f) == "unproven"
    )
    one_off = decision.future(band.future).one_off
    assert band.saved_p10_usd == pytest.approx([-one_off] * len(band.saved_p10_usd))
    assert band.saved_p90_usd == pytest.approx([-one_off] * len(band.saved_p90_usd))


def _quality(decision, future):
    return option(decision, future.option_id).quality.status
