"""The month model by hand and by property: contract, ramp, growth, own hardware, payback, discounting."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.money.futures import future, open_ledger, payback_month
from advisor.money.months import ceil_array, least_rate, path, switched
from advisor.money.need import Need, PartNeed
from advisor.money.plans import Plan, Target, Timing, Today, World
from advisor.money.terms import Terms
from advisor.units import guarded_ceil


def need(gpus=6, unit=1):
    """An option that needs ``gpus`` GPUs today: 100 tok/s each, no headroom, replicas of one."""
    return Need((PartNeed(100.0 * gpus, 100.0, 1),), 0.0, 0, unit)


def world(months=12, growth=0.0, current=0.0, candidate=0.0, **changes):
    return World((path(growth, months),), path(current, months), path(candidate, months), **changes)


def ledger(months=12, rate=0.0, today=None, **changes):
    """Ten GPUs at 10 USD a month, of which all ten are needed."""
    return open_ledger(today or Today(10, Terms(10.0), need(10), 1), world(months, **changes), months, rate)


MOVE = Target("b", need(6), Terms(10.0), in_place=False)
"""Six GPUs at 10 USD a month."""


def test_staying_is_the_bill():
    assert future(ledger(), Plan("stay")).flows == (100.0,) * 12


def test_discounting_by_hand():
    """12 payments of 100 at 10 % a year: sum of 100 / 1.1^(m/12)."""
    assert future(ledger(rate=0.1), Plan("stay")).npv_cost == pytest.approx(sum(100 / 1.1 ** (m / 12) for m in range(1, 13)))


@given(st.floats(0, 0.9), st.floats(0, 1e5))
def test_zero_discount_makes_npv_the_sum(growth, one_off):
    plan = Plan("move_now", Timing(lead=2.0, ramp=3.0, parallel=1.0), one_off, MOVE)
    found = future(ledger(growth=growth), plan)
    assert found.npv_cost == pytest.approx(found.total_cost)


def test_committed_spend_stands_in_every_future():
    """Nothing recoverable for 6 of 12 months: moving at once pays both until then; half back halves the idle part."""
    bound = Today(10, Terms(10.0), need(10), 1, committed_gpus=10, months_left=6)
    now = Plan("move_now", target=MOVE)
    assert future(ledger(today=bound), now).flows == (160.0,) * 6 + (60.0,) * 6
    half = replace(bound, recoverable_fraction=0.5)
    assert future(ledger(today=half), now).flows == (110.0,) * 6 + (60.0,) * 6
    assert future(ledger(today=half), now).unavoidable_usd == 300


def test_an_exit_fee_falls_once_and_only_on_leaving_early():
    bound = Today(10, Terms(10.0), need(10), 1, committed_gpus=10, months_left=6, exit_fee_usd=77.0)
    early = future(ledger(today=bound), Plan("move_now", Timing(lead=2.0), target=MOVE))
    assert [row.fee_usd for row in early.rows] == [0, 0, 77, *[0] * 9]
    late = future(ledger(today=bound), Plan("move_at_contract_end", Timing(start=6.0), target=MOVE))
    assert sum(row.fee_usd for row in late.rows) == 0


@given(st.integers(1, 99), st.integers(1, 12), st.floats(0, 1), st.integers(0, 3))
def test_float_noise_brings_no_exit_fee(committed, months_left, growth, ramp):
    """In two tranches the committed GPUs stay in use to the contract's end, whatever rounding leaves of their number."""
    bound = Today(100, Terms(10.0), need(100), 1, committed, months_left, exit_fee_usd=77.0)
    plan = Plan("phased", Timing(ramp=ramp), target=MOVE, end=Timing(start=months_left, ramp=ramp))
    assert sum(row.fee_usd for row in future(ledger(today=bound, growth=growth), plan).rows) == 0


@given(st.floats(-0.99, 5), st.floats(0, 0.99))
def test_a_spread_never_reaches_a_total_loss(expected, spread):
    low = least_rate(expected, spread)
    assert -1 < low <= expected
    assert low == expected - spread or low == min(expected, -0.95)
    assert np.isfinite(path(low, 36)).all()


def test_moving_at_the_end_of_the_contract():
    bound = Today(10, Terms(10.0), need(10), 1, committed_gpus=10, months_left=6)
    found = future(ledger(today=bound), Plan("move_at_contract_end", Timing(start=6.0), target=MOVE))
    assert found.flows == (100.0,) * 6 + (60.0,) * 6
    assert found.payback_month == 0


def test_phased_moves_the_free_part_now_and_the_rest_at_the_end():
    """Four of ten GPUs are committed for 6 months: 60 % of the demand needs 4 new GPUs (3.6) now, all 6 from month 7."""
    bound = Today(10, Terms(10.0), need(10), 1, committed_gpus=4, months_left=6)
    plan = Plan("phased", Timing(), target=MOVE, end=Timing(start=6.0))
    found = future(ledger(today=bound), plan)
    assert [(row.old_gpus, row.new_gpus) for row in found.rows] == [(4, 4)] * 6 + [(0, 6)] * 6


def test_lead_ramp_and_parallel_running_in_whole_gpus():
    """Order in month 0, 1 lead, 2 ramp, 1 parallel: new 0, 3, 6 of 6; old 10, 10, 5, 0 of 10."""
    plan = Plan("move_now", Timing(lead=1.0, ramp=2.0, parallel=1.0), target=MOVE)
    found = future(ledger(months=5), plan)
    assert [row.new_gpus for row in found.rows] == [0, 3, 6, 6, 6]
    assert [row.old_gpus for row in found.rows] == [10, 10, 5, 0, 0]
    assert found.flows == (100, 130, 110, 60, 60)


def test_tuning_saves_only_where_the_contract_lets_it():
    tune = Plan("tune_in_place", target=Target("a", need(7), Terms(10.0), in_place=True))
    assert future(ledger(), tune).flows == (70.0,) * 12
    bound = Today(10, Terms(10.0), need(10), 1, committed_gpus=10, months_left=2)
    assert future(ledger(today=bound), tune).flows == (100.0, 100.0, *(70.0,) * 10)


def test_growth_adds_gpus_beyond_todays_need_only():
    """Demand doubles in a year. Ten of ten needed: month 12 needs 10 x 2^(11/12) = 18.9, so 19. Of 20 held none is added."""
    assert future(ledger(growth=1.0), Plan("stay")).rows[-1].old_gpus == 19
    assert future(ledger(today=Today(20, Terms(10.0), need(10), 1), growth=1.0), Plan("stay")).rows[-1].old_gpus == 20
    short = Today(8, Terms(10.0), need(10), 1)
    assert [future(ledger(today=short, growth=1.0), Plan("stay")).rows[m].old_gpus for m in (0, 11)] == [8, 17]


def test_price_change_leaves_committed_gpus_alone():
    bound = Today(10, Terms(10.0), need(10), 1, committed_gpus=10, months_left=6)
    flows = future(ledger(today=bound, current=0.5), Plan("stay")).flows
    assert flows[:6] == (100.0,) * 6
    assert flows[6:] == pytest.approx([100 * 1.5 ** (m / 12) for m in range(6, 12)])


def test_own_hardware_counts_what_can_still_be_changed():
    """Spent capital enters nothing; power does; a sale at 500 falling straight to 0 over 20 months, book 600."""
    own = Terms(2.0, purchase_usd=1000.0, life_months=40, held_usd=500.0, held_life_months=20, book_usd=600.0)
    today = Today(10, own, need(10), 1)
    stay = future(ledger(today=today), Plan("stay"))
    assert stay.flows == pytest.approx([20.0] * 11 + [20.0 - 10 * 500 * 8 / 20])
    gone = future(ledger(today=today), Plan("move_now", target=MOVE))
    assert gone.flows == pytest.approx([60 - 10 * 500 * 19 / 20, *[60.0] * 11])
    assert gone.write_off_usd == pytest.approx(10 * 100 * 19 / 20)
    assert stay.write_off_usd == 0


def test_bought_candidates_are_paid_and_valued():
    """Six at 1,000, ten years straight to 0: 6,000 in month 1, worth 6 x 1,000 x (1 - 11/120) in month 12."""
    target = Target("b", need(6), Terms(2.0, purchase_usd=1000.0, life_months=120), in_place=False)
    found = future(ledger(), Plan("move_now", target=target))
    assert found.rows[0].purchase_usd == 6000
    assert found.rows[-1].sale_usd == pytest.approx(6000 * (1 - 11 / 120))


def test_bought_tokens_grow_with_demand():
    plan = Plan("buy_tokens", tokens_usd_per_month=(30.0,))
    assert future(ledger(growth=1.0), plan).flows == pytest.approx([30 * 2 ** (m / 12) for m in range(12)])


@given(st.floats(0.1, 100), st.floats(0.1, 100), st.integers(0, 12), st.floats(0, 1))
def test_npv_is_linear_in_prices(price, factor, months_left, recovered):
    """Both prices times f and no one-off: every future costs f times as much."""
    today = Today(10, Terms(price), need(10), 1, 7, months_left, recovered)
    plan = Plan("move_now", Timing(lead=1.0, ramp=2.0), target=replace(MOVE, terms=Terms(price * 0.7)))
    dearer = replace(plan, target=replace(MOVE, terms=Terms(price * factor * 0.7)))
    one = future(ledger(rate=0.1, today=today), plan)
    other = future(ledger(rate=0.1, today=replace(today, terms=Terms(price * factor))), dearer)
    assert other.npv_cost == pytest.approx(one.npv_cost * factor, rel=1e-9)


@given(st.integers(1, 10), st.integers(0, 12), st.floats(0, 1), st.floats(0, 1))
def test_futures_differ_only_by_avoidable_costs(committed, months_left, recovered, growth):
    """The unavoidable spend is the same in each, and no future costs less than it."""
    today = Today(10, Terms(10.0), need(10), 1, committed, months_left, recovered)
    book = ledger(today=today, growth=growth)
    end = Timing(start=float(months_left))
    plans = [
        Plan("stay"),
        Plan("move_now", target=MOVE),
        Plan("move_at_contract_end", end, target=MOVE),
        Plan("phased", Timing(), target=MOVE, end=end),
        Plan("tune_in_place", target=Target("a", need(7), Terms(10.0), in_place=True)),
    ]
    found = [future(book, plan) for plan in plans]
    assert len({one.unavoidable_usd for one in found}) == 1
    assert all(one.total_cost >= one.unavoidable_usd - 1e-9 for one in found)
    for one in found:
        for row in one.rows:
            parts = row.old_usd + row.new_usd + row.tokens_usd + row.fee_usd + row.purchase_usd
            assert row.total_usd == pytest.approx(parts - row.recovered_usd - row.sale_usd)


@given(st.floats(0, 1e6), st.integers(1, 16))
def test_array_ceiling_is_the_guarded_one(value, divisor):
    ratio = value / divisor
    assert ceil_array(np.array([ratio]))[0] == guarded_ceil(ratio)


def test_switching_without_a_ramp_is_at_once():
    assert switched(4, 2.0, 0.0).tolist() == [0, 0, 1, 1]
    assert switched(4, 1.0, 2.0).tolist() == [0, 0.5, 1, 1]


@pytest.mark.parametrize(
    ("one_off", "flows", "month"),
    [(0.0, (50.0,) * 4, 0), (100.0, (50.0,) * 4, 2), (250.0, (50.0,) * 4, None), (40.0, (50, 200, 50, 50, 50), 4)],
)
def test_payback_is_the_month_from_which_it_stays_positive(one_off, flows, month):
    assert payback_month(one_off, flows, (100.0,) * len(flows)) == month
