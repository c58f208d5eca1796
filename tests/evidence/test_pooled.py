"""The default estimator: exact enough at knots, falling, bounded; relatives where nobody measured, under their grade."""

import dataclasses
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.evidence.between import decreasing
from advisor.evidence.boosted import BoostedTrees
from advisor.evidence.question import Question
from advisor.evidence.reading import read
from advisor.evidence.runs import frontier_indices, runs_of
from advisor.evidence.steffen import monotone_cubic
from advisor.evidence.steptime import Deployment, step_time_s
from advisor.memory import weights_gb

CELLS = [
    ("llama-3.3-70b", "h200", "fp8", 8192, 1024),
    ("qwen3.5-397b", "b200", "nvfp4", 1024, 1024),
    ("kimi-k2.5", "b200", "nvfp4", 8192, 1024),
    ("gpt-oss-120b", "h100", "mxfp4", 1024, 1024),
    ("deepseek-r1", "gb200", "nvfp4", 1024, 1024),
]


@pytest.mark.parametrize("cell", CELLS, ids=lambda c: ":".join(map(str, c)))
def test_stored_curves_fall_strictly_and_bounds_hold_them(catalog, cell):
    curve = catalog.curves.pooled(Question(*cell))
    stored = curve.stored
    assert all(a < b for a, b in pairwise(stored.interactivity))
    assert all(a > b for a, b in pairwise(stored.throughput))
    for low, middle, high in zip(stored.low, stored.throughput, stored.high, strict=True):
        assert 0 < low <= middle <= high


def test_curves_never_read_below_a_measured_knot(catalog):
    """A measured point is there to be had; where a recipe nobody ran would beat it, the read lies above, graded as such."""
    grades = set()
    for cell in CELLS:
        question = Question(*cell)
        for knot in catalog.curves.pooled(question).knots:
            reading = read(catalog, question, knot.interactivity_tok_s_per_user)
            grades.add(reading.grade)
            assert reading.tok_s_per_gpu >= knot.tok_s_per_gpu * (1 - 1e-5)
            if reading.grade == "measured":
                assert reading.tok_s_per_gpu == pytest.approx(knot.tok_s_per_gpu, rel=1e-6)
    assert grades == {"measured", "interpolated"}


def test_outside_the_measured_range_there_is_no_number(catalog):
    question = Question("llama-3.3-70b", "b200", "nvfp4", 1024, 1024)
    for at in (20.0, 500.0):
        reading = read(catalog, question, at)
        assert reading.tok_s_per_gpu is None
        assert "measured range 45.0187 to 170.352" in reading.reason


@pytest.mark.parametrize(
    ("question", "grade"),
    [
        (Question("llama-3.3-70b", "b300", "nvfp4", 8192, 1024), "transferred"),
        (Question("llama-3.3-70b", "h200", "fp8", 2500, 400), "transferred"),
        (Question("mistral-large-3", "h200", "fp8", 1024, 1024), "modelled"),
        (Question("llama-3.3-70b", "rtxpro6000", "fp8", 1024, 1024), "modelled"),
    ],
)
def test_what_nobody_measured_is_graded_and_names_its_relatives(catalog, question, grade):
    reading = read(catalog, question, 40.0)
    assert reading.grade == grade
    assert reading.low < reading.tok_s_per_gpu < reading.high
    assert "nobody measured this" in reading.reason
    assert " on " in reading.reason
    assert reading.replica_gpus in (1, 2, 4, 8, 16, 32)


def test_a_deployment_left_out_is_no_reason_to_estimate(catalog):
    question = Question("deepseek-r1", "gb200", "nvfp4", 1024, 1024, deployment="single-node")
    assert read(catalog, question, 50.0).tok_s_per_gpu is None


def test_transferred_intervals_are_wider_than_measured_ones(catalog):
    measured = read(catalog, Question("llama-3.3-70b", "b200", "nvfp4", 8192, 1024), 40.0)
    transferred = read(catalog, Question("llama-3.3-70b", "b300", "nvfp4", 8192, 1024), 40.0)
    assert transferred.high / transferred.low > measured.high / measured.low


def test_reads_do_not_depend_on_the_order_of_rows(catalog):
    turned = dataclasses.replace(catalog, points=catalog.points[::-1])
    for cell in CELLS[:2]:
        question = Question(*cell)
        assert read(turned, question, 60.0).tok_s_per_gpu == read(catalog, question, 60.0).tok_s_per_gpu


def deployment(catalog, **changes):
    base = {
        "model": catalog.models["llama-3.3-70b"],
        "hardware": catalog.hardware["b200"],
        "precision": catalog.precisions["fp8"],
        "isl": 1024,
        "osl": 1024,
        "gpus": 4,
        "mtp": False,
    }
    return Deployment(**{**base, **changes})


loads = st.floats(0.05, 200).map(lambda v: np.array([v]))


@given(loads, st.floats(1.0, 4.0))
def test_more_bandwidth_never_slows_decode(catalog, users, factor):
    step = catalog.relatives_fit.step
    gpu = catalog.hardware["b200"]
    faster = gpu.model_copy(update={"memory_bandwidth_gb_s": gpu.memory_bandwidth_gb_s * factor})
    plain = step_time_s(deployment(catalog), users, step)
    assert step_time_s(deployment(catalog, hardware=faster), users, step) <= plain


@given(loads, st.integers(128, 16384), st.integers(1, 8192))
def test_longer_prompts_never_speed_decode(catalog, users, isl, more):
    step = catalog.relatives_fit.step
    short = step_time_s(deployment(catalog, isl=isl), users, step)
    assert step_time_s(deployment(catalog, isl=isl + more), users, step) >= short


@given(loads, loads)
def test_more_load_is_never_faster(catalog, one, other):
    step = catalog.relatives_fit.step
    few, many = np.minimum(one, other), np.maximum(one, other)
    assert step_time_s(deployment(catalog), many, step) >= step_time_s(deployment(catalog), few, step)


def test_fp4_weights_never_need_more_memory(catalog):
    for model in catalog.models.values():
        assert weights_gb(model, catalog.precisions["nvfp4"]) <= weights_gb(model, catalog.precisions["fp8"])


@settings(max_examples=40)
@given(st.lists(st.floats(-5, 5), min_size=1, max_size=30))
def test_decreasing_fit(values):
    fitted = decreasing(np.array(values))
    assert all(a > b for a, b in pairwise(fitted.tolist()))
    already = -np.arange(len(values)) + np.round(values[0])
    assert decreasing(already).tolist() == already.tolist()


@given(st.lists(st.tuples(st.floats(1, 100), st.floats(1, 100)), min_size=1, max_size=25))
def test_frontier_of_arrays_equals_the_definition(points):
    x, y = (np.array(column) for column in zip(*points, strict=True))
    kept = frontier_indices(x, y)
    assert all(x[a] < x[b] and y[a] > y[b] for a, b in pairwise(kept.tolist()))
    assert all(any(x[k] >= px and y[k] >= py for k in kept) for px, py in points)


def test_many_reads_equal_single_ones(catalog):
    curve = catalog.curves.pooled(Question(*CELLS[0]))
    cubic = monotone_cubic(curve.stored.interactivity, curve.stored.throughput)
    at = np.linspace(curve.slowest, curve.fastest, 50)
    assert cubic.many(at) == pytest.approx([cubic(float(value)) for value in at])


def test_trees_descend_by_their_thresholds():
    """One tree: x0 > 1 goes right to 5, else left to -5; rate 0.1, start 2."""
    tree = BoostedTrees(2.0, 0.1, np.array([[0, -1, -1]]), np.array([[1.0, 0, 0]]), np.array([[0, -5.0, 5.0]]))
    assert tree.predict(np.array([[0.5], [1.5]])).tolist() == [1.5, 2.5]


def test_configurations_are_told_apart_by_layout(catalog):
    runs = runs_of(catalog.points_by_cell[CELLS[1]])
    assert len(set(runs.configuration.tolist())) > len(set(runs.family.tolist())) > 1
