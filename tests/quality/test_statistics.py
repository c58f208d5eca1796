"""The rule at its promised error and power, by simulation; formulas against hand-made cases."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.quality.statistics import (
    Difference,
    Flips,
    Risk,
    bounded_stderr,
    clustered_stderr,
    judge,
    mcnemar_p,
    needed_paired,
    needed_unpaired,
    paired,
    tango_z,
    unpaired,
)

RISK = Risk()
DRAWS = 20_000


def share_of_passes_paired(items: int, flipped: float, margin: float, true_loss: float) -> float:
    rng = np.random.default_rng(5)
    lost, gained = (flipped + true_loss / 100) / 2, (flipped - true_loss / 100) / 2
    draws = rng.multinomial(items, [lost, gained, 1 - flipped], DRAWS)
    counts, times = np.unique(draws[:, :2], axis=0, return_counts=True)
    passed = 0
    for (b, c), n in zip(counts.tolist(), times, strict=True):
        stderr = 100 * (b + c - (b - c) ** 2 / items) ** 0.5 / items
        found = Difference(100 * (c - b) / items, stderr, items, paired=True, flips=Flips(items, b, c))
        passed += n * (judge(found, margin, RISK).verdict == "PASS")
    return passed / DRAWS


def share_of_passes_unpaired(items: int, p: float, margin: float, true_loss: float) -> float:
    rng = np.random.default_rng(6)
    before, after = rng.binomial(items, p, DRAWS), rng.binomial(items, p - true_loss / 100, DRAWS)
    counts, times = np.unique(np.stack([before, after], axis=1), axis=0, return_counts=True)
    passed = 0
    for (a, b), n in zip((100 * counts / items).tolist(), times, strict=True):
        found = unpaired(a, bounded_stderr(a, items), b, bounded_stderr(b, items), items)
        passed += n * (judge(found, margin, RISK).verdict == "PASS")
    return passed / DRAWS


@pytest.mark.parametrize(
    ("items", "flipped", "margin"), [(775, 0.05, 2), (1545, 0.10, 2), (250, 0.10, 5), (200, 0.04, 2), (100, 0.06, 5)]
)
def test_paired_pass_at_the_margin_is_rare(items, flipped, margin):
    assert share_of_passes_paired(items, flipped, margin, margin) <= 0.06


@pytest.mark.parametrize(("items", "p", "margin"), [(2780, 0.9, 2), (1040, 0.7, 5), (445, 0.9, 5), (100, 0.97, 5)])
def test_unpaired_pass_at_the_margin_is_rare(items, p, margin):
    assert share_of_passes_unpaired(items, p, margin, margin) <= 0.06


@pytest.mark.parametrize(("flipped", "margin"), [(0.05, 2), (0.10, 1), (0.10, 3), (0.15, 2)])
def test_the_stated_paired_items_give_the_power(flipped, margin):
    items = needed_paired(60, flipped, margin, RISK)
    assert share_of_passes_paired(items, flipped, margin, 0) == pytest.approx(0.8, abs=0.03)


@pytest.mark.parametrize(("p", "margin"), [(0.9, 2), (0.7, 3), (0.7, 5)])
def test_the_stated_unpaired_items_give_the_power(p, margin):
    items = needed_unpaired(100 * p, margin, RISK)
    assert share_of_passes_unpaired(items, p, margin, 0) == pytest.approx(0.8, abs=0.03)


@pytest.mark.parametrize(("share", "margin", "items"), [(0.9, 1, 11_130), (0.7, 1, 25_960), (0.9, 5, 445), (0.7, 2, 6_490)])
def test_published_table_of_unpaired_items(share, margin, items):
    assert needed_unpaired(100 * share, margin, RISK) == pytest.approx(items, rel=0.003)


@pytest.mark.parametrize(("flipped", "margin", "items"), [(0.05, 1, 3_090), (0.10, 2, 1_545), (0.15, 3, 1_030)])
def test_published_table_of_paired_items(flipped, margin, items):
    assert needed_paired(50, flipped, margin, RISK) == pytest.approx(items, rel=0.003)


def test_flips_cannot_exceed_those_of_independent_answers():
    assert needed_paired(99, 0.10, 1, RISK) < needed_paired(50, 0.10, 1, RISK)


def test_paired_formula_and_mcnemar():
    before, after = [100.0] * 90 + [0.0] * 10, [0.0] * 6 + [100.0] * 84 + [100.0] * 2 + [0.0] * 8
    found = paired(before, after)
    assert found.flips == Flips(100, 6, 2)
    assert found.delta_points == -4
    assert found.stderr_points == pytest.approx(100 * (8 - 16 / 100) ** 0.5 / 100)
    assert mcnemar_p(found.flips) == pytest.approx(0.2890625)
    assert mcnemar_p(Flips(10, 0, 0)) == 1


def test_no_flip_among_few_items_proves_little():
    assert judge(paired([100.0] * 20, [100.0] * 20), 2, RISK).verdict == "INCONCLUSIVE"
    assert judge(paired([100.0] * 2000, [100.0] * 2000), 2, RISK).verdict == "PASS"


def test_two_perfect_small_arms_prove_little():
    perfect = unpaired(100.0, bounded_stderr(100.0, 20), 100.0, bounded_stderr(100.0, 20), 20)
    assert judge(perfect, 2, RISK).verdict == "INCONCLUSIVE"


def test_tango_is_nought_where_the_loss_is_the_margin():
    assert tango_z(Flips(1000, 30, 10), 2) == pytest.approx(0)
    assert tango_z(Flips(1000, 10, 30), 2) > 0 > tango_z(Flips(1000, 60, 10), 2)


def test_clusters_widen_and_single_items_do_not():
    rng = np.random.default_rng(1)
    values = np.repeat(rng.normal(0, 1, 50), 4)
    clusters = [str(i // 4) for i in range(200)]
    alone = [str(i) for i in range(200)]
    deviations = (values - values.mean()).tolist()
    assert clustered_stderr(deviations, clusters) > 1.8 * clustered_stderr(deviations, alone)


def test_an_unknown_error_settles_nothing():
    found = judge(unpaired(90, None, 90, 1.0, 100), 5, RISK)
    assert (found.verdict, found.low_points, found.needed_items) == ("INCONCLUSIVE", None, None)


@given(st.floats(-20, 20), st.floats(0.01, 10), st.floats(0.1, 20), st.floats(0.1, 20))
def test_a_wider_tolerance_never_turns_a_pass_into_less(delta, stderr, one, other):
    order = {"FAIL": 0, "INCONCLUSIVE": 1, "PASS": 2}
    found = Difference(delta, stderr, 500, paired=False)
    small, large = sorted((one, other))
    assert order[judge(found, small, RISK).verdict] <= order[judge(found, large, RISK).verdict]


@given(st.integers(2, 500), st.floats(0, 1))
def test_no_spread_of_scores_exceeds_the_bound(items, share):
    rng = np.random.default_rng(items)
    scores = 100 * rng.beta(0.3 + share, 0.3, items)
    actual = scores.std(ddof=1) / items**0.5
    assert actual <= bounded_stderr(float(scores.mean()), items) * 1.0001
