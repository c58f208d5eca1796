"""Own points: a sweep is a curve, one point an anchor, and nobody else's figure stands above them."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.evidence.own import own_curve, points_for
from advisor.evidence.probed import efficiency_change, probed_curve
from advisor.evidence.question import Question
from advisor.evidence.reading import curve_for
from advisor.measured import MeasuredPoint, MeasuredProbe

QUESTION = Question("llama-3.3-70b", "h200", "fp8", 1024, 1024, "none", "single-node")
UNMEASURED = Question("llama-3.3-70b", "h200", "bf16", 1024, 1024, "none", "single-node")


def point(speed=29.7, rate=3453.6, **changes):
    known = {
        "model": "llama-3.3-70b", "hardware": "h200", "precision": "fp8", "engine": "vllm", "replica_gpus": 1,
        "input_tokens": 1024.0, "output_tokens": 1024.0, "concurrency": 64.0, "interactivity_tok_s_per_user": speed,
        "tok_s_per_gpu": rate,
    }  # fmt: skip
    return MeasuredPoint(**(known | changes))


SWEEP = (point(), point(42.9, 1291.7, concurrency=16.0), point(46.9, 366.1, concurrency=4.0))


def test_a_sweep_reads_its_own_points_exactly(catalog):
    own = own_curve(catalog, SWEEP, QUESTION)
    for measured in SWEEP:
        reading = own.read(catalog, measured.interactivity_tok_s_per_user)
        assert reading.tok_s_per_gpu == pytest.approx(measured.tok_s_per_gpu)
        assert reading.grade == "user-measured"
        assert reading.low < measured.tok_s_per_gpu < reading.high


@given(st.floats(29.7, 46.9))
def test_between_own_points_the_curve_falls(catalog, speed):
    own = own_curve(catalog, SWEEP, QUESTION)
    reading = own.read(catalog, speed)
    assert reading.grade == "user-measured"
    assert 366.1 * 0.999 <= reading.tok_s_per_gpu <= 3453.6 * 1.001
    assert reading.low <= reading.tok_s_per_gpu <= reading.high


def test_slower_than_a_sweep_runs_at_its_slowest_point(catalog):
    reading = own_curve(catalog, SWEEP, QUESTION).read(catalog, 10.0)
    assert (reading.at, reading.grade) == (29.7, "user-measured")
    assert "faster than the 10 asked" in reading.reason


def test_faster_than_a_sweep_is_the_measured_curve_times_the_factor(catalog):
    own = own_curve(catalog, SWEEP, QUESTION)
    reading = own.read(catalog, 60.0)
    others = catalog.curves.pooled(dataclasses.replace(QUESTION, engines=("vllm",)))
    assert reading.tok_s_per_gpu == pytest.approx(others.throughput(60.0) * own.anchor.factor, rel=1e-6)
    assert reading.grade == "interpolated"
    assert "times this factor" in reading.reason


def test_one_point_anchors_the_curve_of_its_engine(catalog):
    own = own_curve(catalog, (point(),), QUESTION)
    anchor = own.anchor
    others = catalog.curves.pooled(dataclasses.replace(QUESTION, engines=("vllm",)))
    assert anchor.engine == "vllm"
    assert anchor.factor == pytest.approx(3453.6 / others.throughput(29.7))
    assert anchor.low < anchor.factor < anchor.high
    assert own.read(catalog, 29.7).grade == "user-measured"
    slower, faster = own.read(catalog, 27.0), own.read(catalog, 60.0)
    assert slower.grade == faster.grade == "interpolated"
    assert slower.tok_s_per_gpu > 3453.6 > faster.tok_s_per_gpu


@given(st.floats(0.3, 3.0), st.floats(27.0, 120.0))
def test_the_anchored_interval_is_wider_than_the_curves_own(catalog, factor, speed):
    others = catalog.curves.pooled(dataclasses.replace(QUESTION, engines=("vllm",)))
    own = own_curve(catalog, (point(60.0, others.throughput(60.0) * factor),), QUESTION)
    reading = own.read(catalog, speed)
    low, high = (bound(reading.at) for bound in others.bounds)
    assert own.anchor.factor == pytest.approx(factor)
    if reading.grade != "user-measured":
        assert reading.high / reading.low >= high / low * 0.999
        assert reading.tok_s_per_gpu == pytest.approx(others.throughput(reading.at) * factor, rel=1e-6)


def test_what_nobody_measured_keeps_its_grade_beyond_the_own_point(catalog):
    estimate = curve_for(catalog, UNMEASURED)
    at = (estimate.slowest + estimate.fastest) / 3
    own = own_curve(catalog, (point(at, 2000.0, precision="bf16"),), UNMEASURED)
    assert own.read(catalog, at).grade == "user-measured"
    assert own.read(catalog, at * 1.2).grade in ("transferred", "modelled")


def test_beyond_everything_there_is_no_number(catalog):
    reading = own_curve(catalog, SWEEP, QUESTION).read(catalog, 4000.0)
    assert reading.tok_s_per_gpu is None
    assert "above the fastest" in reading.reason


@pytest.mark.parametrize(
    "changes",
    [
        {"model": "gpt-oss-120b"}, {"model": None}, {"hardware": "b200"}, {"precision": "bf16"}, {"decoding": "mtp"},
        {"input_tokens": 8192.0}, {"output_tokens": 500.0}, {"disaggregated": True},
    ],
)  # fmt: skip
def test_points_of_something_else_do_not_answer(catalog, changes):
    assert points_for(catalog, (point(**changes),), QUESTION) == ()


def test_lengths_a_load_generator_misses_still_answer(catalog):
    """0.8 to 1.0 times 1,024 gives 927 and 918."""
    assert len(points_for(catalog, (point(input_tokens=926.7, output_tokens=917.7),), QUESTION)) == 1


def test_engines_named_filter_own_points(catalog):
    asked = dataclasses.replace(QUESTION, engines=("trtllm",))
    assert points_for(catalog, (point(),), asked) == ()
    assert len(points_for(catalog, (point(engine=None),), asked)) == 1


def probe(**changes):
    known = {"hardware": "h200", "probe_version": "1.0", "copy_gb_s": 4203.9, "bf16_tflops": 784.9, "fp8_tflops": 1476.1}
    return MeasuredProbe(**(known | changes))


def test_the_reference_card_changes_nothing(catalog):
    change = efficiency_change(catalog, (probe(),), UNMEASURED)
    assert change.bandwidth_after == pytest.approx(change.bandwidth_before, rel=2e-3)
    curve = curve_for(catalog, UNMEASURED)
    moved = probed_curve(catalog, change, UNMEASURED, curve)
    at = (curve.slowest + curve.fastest) / 2
    assert moved.throughput(at) == pytest.approx(curve.throughput(at), rel=5e-3)


@pytest.mark.parametrize("share", [0.6, 0.8, 1.2])
def test_a_slower_card_is_slower_and_a_faster_one_faster(catalog, share):
    slower = probe(copy_gb_s=4203.9 * share, bf16_tflops=784.9 * share, fp8_tflops=1476.1 * share)
    change = efficiency_change(catalog, (slower,), UNMEASURED)
    assert change.bandwidth_after / change.bandwidth_before == pytest.approx(share, rel=2e-3)
    curve = curve_for(catalog, UNMEASURED)
    moved = probed_curve(catalog, change, UNMEASURED, curve)
    at = (max(curve.slowest, moved.slowest) + min(curve.fastest, moved.fastest)) / 2
    assert (moved.throughput(at) > curve.throughput(at)) == (share > 1)
    assert "bandwidth efficiency" in change.words(catalog)


def test_a_probe_of_another_gpu_says_nothing(catalog):
    assert efficiency_change(catalog, (probe(hardware="h100"),), UNMEASURED) is None


def test_what_was_measured_is_not_moved(catalog):
    curve = catalog.curves.pooled(QUESTION)
    change = efficiency_change(catalog, (probe(copy_gb_s=2000.0),), QUESTION)
    assert probed_curve(catalog, change, QUESTION, curve) is curve
