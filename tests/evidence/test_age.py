"""Software age: older is never narrower, the middle stays, undated says so."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.evidence.age import age_deviation, months_of, software_age, widened


@given(st.floats(0, 120), st.floats(0, 120), st.floats(0.01, 1), st.floats(0.01, 1))
def test_older_is_never_narrower(catalog, one, other, below, above):
    fit = catalog.latency_fit.aging
    young, old = sorted((one, other))
    low, middle, high = math.exp(-below), 1.0, math.exp(above)
    narrow, wide = (widened(low, middle, high, age_deviation(months, fit)) for months in (young, old))
    assert wide[0] <= narrow[0] * (1 + 1e-12)
    assert wide[1] >= narrow[1] * (1 - 1e-12)
    assert narrow[0] <= low * (1 + 1e-12)
    assert narrow[0] < middle < narrow[1]


def test_no_age_changes_nothing(catalog):
    assert age_deviation(0.0, catalog.latency_fit.aging) == 0.0
    assert widened(80.0, 100.0, 120.0, 0.0) == pytest.approx((80.0, 120.0))


def test_the_oldest_run_dates_a_figure(catalog):
    fit = catalog.latency_fit.aging
    age = software_age(["2026-06-05", "2026-05-22"], "2026-11-22", fit)
    assert (age.dated, age.words) == (True, "software of 2026-05")
    assert age.months == pytest.approx(6.0)


def test_one_undated_run_makes_it_undated(catalog):
    fit = catalog.latency_fit.aging
    for dates in (["2026-06-05", None], ["undated"], []):
        age = software_age(dates, "2026-11-22", fit)
        assert not age.dated
        assert age.words == "undated: software of 2025-09 to 2026-07"
        assert 8 < age.months < 10


def test_partial_dates_stand_for_their_middle():
    assert months_of("2026") == months_of("2026-06") + 0.5
    assert months_of("2026-01-01") < months_of("2026-01") < months_of("2026-02-01")
