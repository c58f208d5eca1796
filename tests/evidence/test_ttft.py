"""Time to first token: exact in its properties, near what our own runs measured, wider where nobody ran."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.evidence.latency import first_token, tail_at
from advisor.evidence.question import Question
from advisor.evidence.reading import curve_for, read, read_curve
from advisor.evidence.ttft import FEATURES, Layout, Served, estimate_ttft, served_features

CELLS = [("llama-3.3-70b", "h200", "fp8"), ("deepseek-r1", "b200", "nvfp4"), ("gpt-oss-120b", "mi355x", "mxfp4")]


def served(catalog, cell=CELLS[0], **changes):
    model, hardware, precision = cell
    given = {
        "isl": 1024,
        "osl": 1024,
        "interactivity_tok_s_per_user": 40.0,
        "concurrency": 32.0,
        "layout": Layout(8, tensor_parallel=8, decode_tensor_parallel=8),
        "engine": "vllm",
        "mtp": False,
    }
    facts = (catalog.models[model], catalog.hardware[hardware], catalog.precisions[precision])
    return Served(*facts, **(given | changes))


def ask(catalog, what):
    return estimate_ttft(catalog.ttft_trees, catalog.latency_fit, what)


def test_features_have_their_names(catalog):
    assert len(served_features(served(catalog))) == len(FEATURES)


points = st.fixed_dictionaries(
    {
        "isl": st.integers(128, 32_000),
        "osl": st.integers(32, 8_000),
        "interactivity_tok_s_per_user": st.floats(5, 400),
        "concurrency": st.floats(1, 2_000),
        "engine": st.sampled_from(["vllm", "sglang", "trtllm", "atom", None]),
        "mtp": st.sampled_from([True, False, None]),
        "layout": st.sampled_from([Layout(8, tensor_parallel=8), Layout(1, tensor_parallel=1), Layout(None, True, 4)]),
    }
)


@given(points, st.sampled_from(CELLS), st.floats(1, 50), st.floats(1, 8))
def test_more_concurrency_or_longer_prompts_never_answer_sooner(catalog, point, cell, crowd, longer):
    base = ask(catalog, served(catalog, cell, **point)).ms
    more = point | {"concurrency": point["concurrency"] * crowd}
    assert ask(catalog, served(catalog, cell, **more)).ms >= base * (1 - 1e-9)
    long = point | {"isl": int(point["isl"] * longer) + 1}
    assert ask(catalog, served(catalog, cell, **long)).ms >= base * (1 - 1e-9)


@given(points, st.sampled_from(CELLS), st.floats(0, 0.99), st.floats(0, 0.99))
def test_more_cache_hits_never_answer_later_and_widen_the_interval(catalog, point, cell, one, other):
    few, many = sorted((one, other))
    less, more = (ask(catalog, served(catalog, cell, **point, cache_hit_fraction=hit)) for hit in (few, many))
    assert more.ms <= less.ms * (1 + 1e-9)
    for found in (less, more):
        assert 0 < found.low_ms < found.ms < found.high_ms


def test_a_cell_without_runs_is_told_with_a_wider_interval(catalog):
    what = served(catalog)
    fit = catalog.latency_fit
    known = estimate_ttft(catalog.ttft_trees, fit, what)
    unknown = estimate_ttft(catalog.ttft_trees, fit, what, covered=False)
    assert unknown.ms == known.ms
    assert unknown.high_ms / unknown.low_ms > known.high_ms / known.low_ms


def test_our_own_runs_without_a_queue_are_read_within_a_factor_of_two(catalog):
    """One request at a time, never in the fit. At more our runs were short, so the burst at their start is their median."""
    alone = [point for point in catalog.own_points if point.concurrency == 1]
    assert len(alone) == 3
    for point in alone:
        what = served(
            catalog,
            (point.model, point.hardware, point.precision),
            isl=point.isl,
            osl=point.osl,
            interactivity_tok_s_per_user=point.interactivity_tok_s_per_user,
            concurrency=1.0,
            layout=Layout(1, tensor_parallel=1, decode_tensor_parallel=1),
        )
        assert 0.5 < ask(catalog, what).ms / point.median_ttft_ms < 2


def test_grades_say_what_was_measured(catalog):
    def grade(model, hardware, precision):
        question = Question(model, hardware, precision, 1024, 1024)
        curve = curve_for(catalog, question)
        reading = read_curve(catalog, curve, (curve.slowest + curve.fastest) / 2)
        return first_token(catalog, question, reading, concurrency=16.0).grade

    assert grade("llama-3.3-70b", "h200", "fp8") == "interpolated"
    assert grade("llama-3.1-8b", "b200", "fp8") == "transferred"
    assert grade("gpt-oss-120b", "a100", "mxfp4") == "modelled"


def test_no_reading_no_first_token(catalog):
    question = Question("llama-3.3-70b", "h200", "fp8", 1024, 1024)
    reading = read(catalog, question, 5000.0)
    assert reading.tok_s_per_gpu is None
    assert first_token(catalog, question, reading, concurrency=1.0) is None


@pytest.mark.parametrize("decoding", ["none", "mtp"])
@pytest.mark.parametrize("model", ["deepseek-r1", "minimax-m3"])
def test_tails_rise_with_the_percentile(catalog, decoding, model):
    question = Question(model, "b200", "nvfp4", 1024, 1024, decoding)
    assert tail_at(catalog, question, 50) is None
    p90, p95, p99 = (tail_at(catalog, question, percentile) for percentile in (90, 95, 99))
    assert 1 <= p90.ratio <= p95.ratio <= p99.ratio
    assert p99.low <= p99.ratio <= p99.high
    assert p99.grade == ("measured" if model == "deepseek-r1" else "transferred")
    assert p99.median_target(40.0) == pytest.approx(40 * p99.ratio)
    assert "at P99 needs" in p99.words(40.0)
