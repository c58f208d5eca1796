"""Steffen's interpolant: exact at knots, between its neighbours, silent outside, and the published reads."""

import csv
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.economics import usd_per_mtok
from advisor.evidence.frontier import pareto_frontier
from advisor.evidence.steffen import monotone_cubic

DATA = Path(__file__).resolve().parents[1] / "data"


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def published_curves() -> dict[str, tuple[float, list[tuple[float, float]]]]:
    knots, rates = defaultdict(list), {}
    for row in rows("published_knots.csv"):
        knots[row["series"]].append((float(row["interactivity_tok_s_per_user"]), float(row["tok_s_per_gpu"])))
        rates[row["series"]] = float(row["usd_per_gpu_hour"])
    return {name: (rates[name], list(pareto_frontier(k, lambda p: p[0], lambda p: p[1]))) for name, k in knots.items()}


@pytest.mark.parametrize(
    "row", rows("published_reads.csv"), ids=lambda r: f"{r['series']}@{r['interactivity_tok_s_per_user']}"
)
def test_published_reads(row):
    rate, frontier = published_curves()[row["series"]]
    curve = monotone_cubic([x for x, _ in frontier], [y for _, y in frontier])
    at = float(row["interactivity_tok_s_per_user"])
    if row["in_range"] == "no":
        with pytest.raises(ValueError, match="outside"):
            curve(at)
        return
    assert curve(at) == pytest.approx(float(row["tok_s_per_gpu"]), abs=0.1)
    assert usd_per_mtok(rate, curve(at)) == pytest.approx(float(row["usd_per_mtok"]), abs=1e-4)


def test_published_reads_tell_methods_apart():
    """A linear read misses the same table: the check above can fail."""
    _, frontier = published_curves()["Kimi H200 INT4"]
    (x0, y0), (x1, y1) = next((a, b) for a, b in pairwise(frontier) if a[0] <= 80 <= b[0])
    linear = y0 + (y1 - y0) * (80 - x0) / (x1 - x0)
    assert abs(linear - 496.5) > 1


falling_curves = st.lists(
    st.tuples(st.floats(0.1, 500), st.floats(1, 1e5)), min_size=2, max_size=12, unique_by=lambda p: round(p[0], 3)
).map(lambda points: pareto_frontier(points, lambda p: p[0], lambda p: p[1]))


@given(falling_curves, st.floats(0, 1))
def test_between_neighbours_and_exact_at_knots(frontier, share):
    curve = monotone_cubic([x for x, _ in frontier], [y for _, y in frontier])
    for x, y in frontier:
        assert curve(x) == y
    for (x0, y0), (x1, y1) in pairwise(frontier):
        value = curve(x0 + share * (x1 - x0))
        assert y1 - 1e-9 * y0 <= value <= y0 + 1e-9 * y0


@given(falling_curves)
def test_throughput_never_rises_with_interactivity(frontier):
    curve = monotone_cubic([x for x, _ in frontier], [y for _, y in frontier])
    low, high = frontier[0][0], frontier[-1][0]
    samples = [curve(min(low + (high - low) * i / 100, high)) for i in range(101)]
    assert all(b <= a + 1e-9 * samples[0] for a, b in pairwise(samples))


def test_one_knot_answers_only_there():
    curve = monotone_cubic([3.0], [7.0])
    assert curve(3.0) == 7.0
    with pytest.raises(ValueError, match="outside"):
        curve(3.1)


@pytest.mark.parametrize(("x", "y"), [([], []), ([1.0], [1.0, 2.0]), ([1.0, 1.0], [2.0, 1.0]), ([2.0, 1.0], [1.0, 2.0])])
def test_unusable_knots_are_refused(x, y):
    with pytest.raises(ValueError, match=r"needed|increase"):
        monotone_cubic(x, y)
