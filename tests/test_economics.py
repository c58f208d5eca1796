"""Single figures of money by hand and by property: cost per token, saving, break-even, one-offs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.economics import (
    break_even,
    fleet_cost,
    fleet_energy,
    one_off_cost,
    saving,
    usd_per_mtok,
)
from advisor.scenario import Migration
from advisor.sizing import Load

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


def test_one_off_carries_contingency():
    assert one_off_cost(Migration()) == pytest.approx((6 * 5000 + 20000) * 1.15)
