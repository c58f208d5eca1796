"""The frontier: nobody beats its points, dominated points never matter, order never matters."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from advisor.evidence.frontier import build_curve, pareto_frontier

coordinates = st.floats(0.5, 100).map(lambda v: round(v, 1))
points = st.lists(st.tuples(coordinates, coordinates), min_size=1, max_size=30)


def front(pts):
    return pareto_frontier(pts, lambda p: p[0], lambda p: p[1])


@given(points)
def test_falls_strictly(pts):
    assert all(a[0] < b[0] and a[1] > b[1] for a, b in pairwise(front(pts)))


@given(points)
def test_every_point_is_matched_by_the_frontier(pts):
    frontier = front(pts)
    assert all(any(f[0] >= p[0] and f[1] >= p[1] for f in frontier) for p in pts)
    assert set(frontier) <= set(pts)


@given(points, st.randoms(use_true_random=False))
def test_order_does_not_matter(pts, random):
    shuffled = list(pts)
    random.shuffle(shuffled)
    assert front(shuffled) == front(pts)


def test_published_dominated_points_drop():
    glm = [(20.8, 847.2), (24.9, 851.9), (39.64, 675.9)]
    assert front(glm) == ((24.9, 851.9), (39.64, 675.9))


def test_no_points_no_curve():
    assert build_curve([]) is None


def test_catalog_curve_is_independent_of_row_order(catalog):
    cell = ("llama-3.3-70b", "h200", "fp8", 8192, 1024)
    rows = catalog.points_by_cell[cell]
    assert build_curve(rows) == build_curve(rows[::-1])
