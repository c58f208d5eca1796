"""Sizing: by hand, at exact capacity edges, and as properties."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.scenario import Demand
from advisor.sizing import Load, load_from_demand, requests_per_second, size_fleet
from advisor.units import guarded_ceil, round_half_up


def fleet(peak, tok_s=1000.0, replica=4, headroom=0.2, spare=0, server=8, mean=None):
    load = Load(mean or peak / 2, peak, 0.5, "test")
    return size_fleet(load, tok_s, replica, headroom_fraction=headroom, spare_replicas=spare, billed_server_gpus=server)


def test_by_hand():
    """100,000 / (1,000 x 0.8) = 125 GPUs; 31.25 -> 32 replicas of 4 = 128 GPUs = 16 servers; 50,000 / 128,000 busy."""
    result = fleet(100_000)
    assert (result.needed_gpus, result.replicas, result.gpus, result.servers) == (125, 32, 128, 16)
    assert result.utilization_fraction == pytest.approx(50_000 / 128_000)


def test_exact_capacity_buys_no_spare_gpu():
    """3 x 0.1 / 0.1 is 3.0000000000000004 in floating point: the guard keeps it at three replicas."""
    assert fleet(0.1 * 3, tok_s=0.1, replica=1, headroom=0.0, server=1).gpus == 3
    assert guarded_ceil(0.1 * 3 / 0.1) == 3


def test_spare_replicas_and_single_gpu_billing():
    assert fleet(100_000, spare=1, server=1).gpus == 132
    assert fleet(1.0, spare=0).gpus == 8
    assert fleet(1.0, server=1).gpus == 4


@pytest.mark.parametrize(
    ("demand", "expected"),
    [
        (Demand(requests_per_second_mean=3.0), 3.0),
        (Demand(tokens_per_day=86400 * 9216 * 2.0), 2.0),
        (Demand(active_users=120.0, requests_per_user_minute=0.5), 1.0),
    ],
)
def test_demand_units_agree(make, demand, expected):
    assert requests_per_second(demand, make().workload) == pytest.approx(expected)


def test_load_carries_the_peak(make):
    load = load_from_demand(make().workload, Demand(requests_per_second_mean=6.0, peak_to_mean_ratio=2.5))
    assert load.mean_tok_s == 6 * 9216
    assert load.peak_tok_s == 6 * 9216 * 2.5
    assert load.output_share == pytest.approx(1 / 9)


@given(
    st.floats(1, 1e7),
    st.floats(1, 1e7),
    st.floats(10, 30000),
    st.sampled_from([1, 2, 4, 8, 16]),
    st.sampled_from([1, 8, 72]),
)
def test_more_demand_never_needs_fewer_gpus(one, other, tok_s, replica, server):
    small, large = sorted((one, other))
    assert fleet(small, tok_s, replica, server=server).gpus <= fleet(large, tok_s, replica, server=server).gpus


@given(st.floats(1, 1e7), st.floats(10, 30000), st.sampled_from([1, 2, 4, 8]), st.floats(0, 0.9))
def test_the_fleet_carries_the_peak_with_headroom(peak, tok_s, replica, headroom):
    result = fleet(peak, tok_s, replica, headroom)
    assert result.gpus * tok_s * (1 - headroom) >= peak * (1 - 1e-8)


@pytest.mark.parametrize(("value", "expected"), [(0.5, 1), (1.5, 2), (2.5, 3), (112.25, 112), (-0.5, 0)])
def test_round_half_up(value, expected):
    assert round_half_up(value) == expected
