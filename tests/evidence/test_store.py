"""Estimated curves as they are stored: monotone, inside their bounds, and no longer than what they know."""

from itertools import pairwise

import pytest

from advisor.custom_model import architecture_of
from advisor.evidence.question import Question
from advisor.evidence.store import ESTIMATE_DIGITS
from advisor.scenario import CustomModel


@pytest.mark.parametrize("hardware", ["h100", "h200", "b200", "mi300x", "mi355x"])
@pytest.mark.parametrize(("isl", "osl"), [(8192, 1024), (1000, 3000)])
def test_rounding_keeps_order_and_bounds(catalog, hardware, isl, osl):
    custom = CustomModel(total_params_b=40.0, active_params_b=40.0, layers=60, kv_values_per_token=150_000)
    architecture = architecture_of(custom)
    question = Question(architecture.id, hardware, "fp8", isl, osl, "none", "single-node", ())
    curve = catalog.curves.modelled(question, architecture).stored
    assert all(left < right for left, right in pairwise(curve.interactivity))
    for series in (curve.low, curve.throughput, curve.high):
        assert all(left >= right for left, right in pairwise(series))
        assert all(float(f"{value:.{ESTIMATE_DIGITS}g}") == value for value in series)
    assert all(low <= middle <= high for low, middle, high in zip(curve.low, curve.throughput, curve.high, strict=True))
