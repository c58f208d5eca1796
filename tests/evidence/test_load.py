"""Live load: agrees with a simulation, and behaves as a queue must."""

import heapq

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.evidence.load import DecodeRate, missed, recommended_headroom, view_load

OSL = 200
RATE = DecodeRate(np.array([1.0, 4.0, 16.0, 64.0]), np.array([100.0, 80.0, 45.0, 15.0]))
CAPACITY = 16 * 45.0 / OSL


def simulate(rate, arrivals_per_s, target, requests=20_000):
    """Share of arrivals that find (themselves included) more requests than stream at the target; unit of work: tokens."""
    rng = np.random.default_rng(7)
    speed = rate.at(np.arange(1.0, 400.0))
    arrivals = np.cumsum(rng.exponential(1 / arrivals_per_s, requests))
    finish, served, now, slow = [], 0.0, 0.0, 0
    for arrival in arrivals:
        while finish:
            pace = speed[len(finish) - 1]
            ends = now + (finish[0] - served) / pace
            if ends > arrival:
                served += (arrival - now) * pace
                break
            served, now = heapq.heappop(finish), ends
        now = arrival
        heapq.heappush(finish, served + rng.exponential(OSL))
        slow += speed[len(finish) - 1] < target * (1 - 1e-9)
    return slow / requests


@pytest.mark.parametrize("headroom", [0.1, 0.25, 0.4])
def test_agrees_with_a_simulation(headroom):
    arrivals = CAPACITY * (1 - headroom)
    assert missed(RATE, OSL, arrivals, 45.0)[0] == pytest.approx(simulate(RATE, arrivals, 45.0), abs=0.03)


@given(st.floats(0, 1), st.floats(0, 1), st.floats(10, 110))
def test_more_headroom_never_misses_more(one, other, target):
    less, more = sorted((one, other))
    tight, loose = (missed(RATE, OSL, CAPACITY * (1 - headroom), target) for headroom in (less, more))
    assert loose[0] <= tight[0] + 1e-9
    assert loose[1] <= tight[1] + 1e-9
    assert loose[1] <= loose[0] + 1e-9


def test_no_load_never_misses_and_too_much_always_does():
    assert missed(RATE, OSL, 0.0, 45.0) == (0.0, 0.0, 0.0)
    assert missed(RATE, OSL, 100.0, 45.0)[:2] == (1.0, 1.0)


def test_recommended_headroom_is_the_least_that_keeps_the_promise():
    headroom = recommended_headroom(RATE, OSL, CAPACITY, 45.0, 0.05)
    assert missed(RATE, OSL, CAPACITY * (1 - headroom), 45.0)[0] <= 0.05
    assert missed(RATE, OSL, CAPACITY * (1 - headroom + 0.02), 45.0)[0] > 0.05


def test_wide_replicas_need_less_headroom():
    wide = DecodeRate(RATE.requests * 20, RATE.interactivity)
    assert recommended_headroom(wide, OSL, CAPACITY * 20, 45.0, 0.05) < recommended_headroom(RATE, OSL, CAPACITY, 45.0, 0.05)


def test_a_view_holds_what_was_asked():
    view = view_load(
        RATE,
        replicas=3,
        peak_requests_per_second=3 * CAPACITY * 0.7,
        isl=400,
        osl=OSL,
        target=45.0,
        tok_s_per_replica=CAPACITY * (400 + OSL),
        allowed_fraction=0.05,
    )
    assert view.headroom_fraction == pytest.approx(0.3)
    assert not view.overloaded
    assert 0 < view.missed_requests_fraction < 1
    assert view.requests_in_flight_mean > 3
