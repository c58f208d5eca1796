"""Money by hand and by property: cost per token, saving, break-even, futures, payback."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.economics import (
    break_even,
    fleet_cost,
    fleet_energy,
    move,
    one_off_cost,
    payback_month,
    saving,
    stay,
    tune,
    usd_per_mtok,
)
from advisor.scenario import Commitment, Finance, Migration
from advisor.sizing import Load

FREE = Migration(
    engineering_weeks=0.0,
    revalidation_usd=0.0,
    parallel_months=0.0,
    ramp_months=0,
    lead_time_months=0,
    contingency_fraction=0.0,
)
money = st.floats(1, 1e6)


def test_seed_cost_per_million():
    """Seed 000: 4,730.7 tok/s/GPU at 1.95 USD/h is 0.1145 USD per million tokens."""
    assert usd_per_mtok(1.95, 4730.7) == pytest.approx(0.1145, abs=5e-5)


def test_seed_percentages_are_savings_here():
    """ "306 % cheaper" (0.460 against 0.113) is a saving of 75 %."""
    assert saving(0.113, 0.460) == pytest.approx(0.754, abs=5e-4)


@given(money, money)
def test_a_saving_never_exceeds_one(candidate, baseline):
    assert saving(candidate, baseline) < 1


def test_fleet_cost_by_hand():
    """8 GPUs x 2 USD x 730 h = 11,680; 1,000 tok/s for 730 h is 2,628 M tokens, a quarter of them output."""
    cost = fleet_cost(8, 2.0, Load(1000, 2000, 0.25, ""))
    assert cost.usd_per_month == 11_680
    assert cost.usd_per_mtok_total == pytest.approx(11_680 / 2628)
    assert cost.usd_per_mtok_output == pytest.approx(4 * 11_680 / 2628)


def test_energy_by_hand():
    energy = fleet_energy(8, 2.17, 4730.7, "book")
    assert energy.tok_s_per_mw == pytest.approx(2_180_046, rel=1e-6)
    assert energy.joules_per_token == pytest.approx(2170 / 4730.7)
    assert energy.kw == pytest.approx(17.36)


@given(st.integers(1, 1000), money, st.integers(1, 1000), money)
def test_break_even_put_back_in_gives_equality(gpus_a, price_a, gpus_b, price_b):
    even = break_even(gpus_a, price_a, 1000.0, gpus_b, price_b, 2000.0)
    assert gpus_b * even.price_b_usd_per_gpu_hour == pytest.approx(gpus_a * price_a, rel=1e-9)
    assert (even.price_ratio_today < even.price_ratio) == (
        gpus_b * price_b < gpus_a * price_a
    ) or gpus_b * price_b == pytest.approx(gpus_a * price_a)


def test_zero_discount_makes_npv_the_sum():
    finance = Finance(discount_rate_per_year=0.0)
    future = move("move_now", 100.0, 60.0, 0, Migration(), Commitment(months_left=5), finance)
    assert future.npv_cost == pytest.approx(future.total_cost)


def test_discounting_by_hand():
    """12 payments of 100 at 10 % a year: sum of 100 / 1.1^(m/12)."""
    future = stay(100.0, Finance(horizon_months=12))
    assert future.npv_cost == pytest.approx(sum(100 / 1.1 ** (m / 12) for m in range(1, 13)))


def test_committed_spend_stands_in_every_future():
    """Nothing recoverable for 6 of 12 months: moving at once pays both until then."""
    finance = Finance(horizon_months=12, discount_rate_per_year=0.0)
    now = move("move_now", 100.0, 60.0, 0, FREE, Commitment(months_left=6), finance)
    assert now.flows == (160.0,) * 6 + (60.0,) * 6
    half = move("move_now", 100.0, 60.0, 0, FREE, Commitment(months_left=6, recoverable_fraction=0.5), finance)
    assert half.flows == (110.0,) * 6 + (60.0,) * 6


def test_moving_at_the_end_of_the_contract():
    finance = Finance(horizon_months=12, discount_rate_per_year=0.0)
    end = move("move_at_contract_end", 100.0, 60.0, 6, FREE, Commitment(months_left=6), finance)
    assert end.flows == (100.0,) * 6 + (60.0,) * 6
    assert end.payback_month == 0


def test_lead_ramp_and_parallel_running():
    """Order in month 0, 1 month lead, 2 months ramp, 1 month parallel: new 0, 1/2, 1; old 1, 1, 1/2, 0."""
    migration = Migration(
        lead_time_months=1, ramp_months=2, parallel_months=1.0, engineering_weeks=0.0, revalidation_usd=0.0
    )
    future = move("move_now", 100.0, 60.0, 0, migration, Commitment(), Finance(horizon_months=5))
    assert future.flows == pytest.approx((100, 130, 110, 60, 60))


def test_tuning_saves_only_where_the_contract_lets_it():
    finance = Finance(horizon_months=4, discount_rate_per_year=0.0)
    assert tune(100.0, 70.0, 0.0, Commitment(months_left=2), finance).flows == (100, 100, 70, 70)
    assert tune(100.0, 70.0, 0.0, Commitment(), finance).flows == (70,) * 4


def test_one_off_carries_contingency():
    assert one_off_cost(Migration()) == pytest.approx((6 * 5000 + 20000) * 1.15)


@pytest.mark.parametrize(
    ("one_off", "flows", "month"),
    [(0.0, (50.0,) * 4, 0), (100.0, (50.0,) * 4, 2), (250.0, (50.0,) * 4, None), (40.0, (50, 200, 50, 50, 50), 4)],
)
def test_payback_is_the_month_from_which_it_stays_positive(one_off, flows, month):
    assert payback_month(one_off, flows, (100.0,) * len(flows)) == month
