"""Prefix caching: never a loss, more with more hits, nothing without hits."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from advisor.evidence.latency import cache_gain_at
from advisor.evidence.prefix import cache_gain
from advisor.evidence.question import Question
from advisor.evidence.reading import read

FIXED_S, PER_USER_S, PREFILL_S, OSL = 0.004, 0.0001, 0.05, 500


def step(users):
    """Linear in users: a fixed part, reading the cache, and the prompt's arithmetic spread over the answer."""
    return FIXED_S + users * (PER_USER_S + PREFILL_S / OSL)


def exact(hit):
    """Users at a step time solve a linear equation here."""
    return (PER_USER_S + PREFILL_S / OSL) / (PER_USER_S + PREFILL_S / OSL * (1 - hit))


@given(st.floats(0, 0.99), st.floats(10, 200))
def test_equals_the_linear_solution(hit, at):
    gain = cache_gain(step, PREFILL_S, OSL, hit, at)
    assert np.isclose(gain.ratio, exact(hit), rtol=1e-6)
    assert 1 <= gain.low <= gain.ratio <= gain.high


def test_too_fast_a_target_gains_nothing():
    assert cache_gain(step, PREFILL_S, OSL, 0.9, 1000.0).ratio == 1.0


@given(st.floats(0, 0.99), st.floats(0, 0.99))
def test_more_hits_never_gain_less_on_a_real_option(catalog, one, other):
    question = Question("llama-3.3-70b", "h200", "fp8", 8192, 1024, "none")
    reading = read(catalog, question, 45.0)
    few, many = (cache_gain_at(catalog, question, reading, hit).ratio for hit in sorted((one, other)))
    assert 1 <= few <= many
