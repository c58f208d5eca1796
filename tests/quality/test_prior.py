"""The prior: pooling, the leave-out formula, coverage on models it has not seen, and the batch file."""

import csv
import dataclasses
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from advisor.errors import QueryError
from advisor.quality.grouping import baseline_group, calibration_group, format_group, model_key, size_band
from advisor.quality.prior import PriorQuestion, build_prior, is_evidence, question_of
from advisor.quality.prior_file import ANSWERS, REQUIRED, answer_file, as_csv
from advisor.quality.spread import Spread


def loss(catalog, **changes):
    asked = {"model": None, "total_params_b": 70.0, "format": "nvfp4", "task_class": "reasoning_math"}
    question = PriorQuestion(**{**asked, "calibration_family": "ptq-modelopt", "baseline_precision": "BF16", **changes})
    return catalog.quality_prior.predict([question])[0].loss


@given(st.floats(-5, 5), st.floats(0.1, 5), st.floats(2.5, 30), st.floats(-0.5, 0.5), st.floats(0.02, 0.98))
def test_quantile_and_probability_are_inverse(mode, scale, dof, skew, share):
    spread = Spread(mode, scale, dof, skew)
    assert spread.probability_above(spread.quantile(share)) == pytest.approx(1 - share, abs=1e-6)


def test_density_integrates_to_its_probability():
    spread = Spread(-0.5, 0.8, 3.4, 0.2)
    area, _ = quad(lambda x: np.exp(spread.log_density(x)), -2, 1)
    assert area == pytest.approx(spread.probability_above(-2) - spread.probability_above(1), abs=1e-6)


def test_narrower_formats_and_smaller_models_lose_more(catalog):
    medians = [loss(catalog, format=name).quantile(0.1) for name in ("fp8", "nvfp4", "int4-w4a4")]
    assert medians == sorted(medians, reverse=True)
    sizes = [loss(catalog, total_params_b=size).quantile(0.1) for size in (3.0, 30.0, 400.0)]
    assert sizes == sorted(sizes)


def test_from_four_bits_to_four_bits_loses_least(catalog):
    from_bf16, from_int4 = (loss(catalog, baseline_precision=name) for name in ("BF16", "INT4"))
    assert from_int4.quantile(0.5) > from_bf16.quantile(0.5)


def test_pairs_of_the_same_model_pull_and_narrow(catalog):
    worst = dataclasses.replace(
        catalog,
        quality=tuple(
            pair.model_copy(update={"delta_points": pair.delta_points - 8}) if pair.model == "Qwen3.6-35B-A3B" else pair
            for pair in catalog.quality
        ),
    )
    asked = {"model": "Qwen3.6-35B-A3B", "total_params_b": 35.0}
    assert loss(worst, **asked).quantile(0.5) < loss(catalog, **asked).quantile(0.5) - 1
    assert loss(catalog, **asked).scale < loss(catalog, model="never seen", total_params_b=35.0).scale


def test_four_bit_baselines_enter_and_other_refused_pairs_do_not(catalog):
    kept = [pair for pair in catalog.quality if is_evidence(pair) and not pair.usable]
    assert 10 <= len(kept) < 25
    assert all(baseline_group(pair.baseline_precision) == "4bit" for pair in kept if "INT4" in pair.baseline_precision)
    assert not any("harness" in (pair.flags or "") for pair in kept)


def test_models_nobody_has_seen_are_covered(catalog):
    """Every fifth model is left out with its pairs, the rest conditioned anew; the fitted numbers themselves saw them."""
    prior = catalog.quality_prior
    models = sorted({pair.model for pair in prior.pairs})
    inside = rows = 0
    for start in range(5):
        out = set(models[start::5])
        rest = dataclasses.replace(catalog, quality=tuple(pair for pair in catalog.quality if pair.model not in out))
        asked = [pair for pair in catalog.quality if pair.usable and pair.model in out]
        found = build_prior(rest, prior.fit).predict([question_of(pair) for pair in asked])
        for pair, prediction in zip(asked, found, strict=True):
            low, high = (prediction.observed.quantile(share) for share in (0.1, 0.9))
            inside += low <= pair.delta_points <= high
        rows += len(asked)
    assert 0.75 <= inside / rows <= 0.88


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("nvfp4", "nvfp4"), ("NVFP4", "nvfp4"), ("nvfp4-w4a16", "weight_only_4bit"), ("int4-w4a16", "weight_only_4bit"),
        ("fp8-block", "fp8"), ("w8a8-int8", "int8"), ("mxfp4", "mxfp4"), ("mxfp4-w4a4kv4", "w4a4"), ("int4-w4a4", "w4a4"),
        ("kv-fp8", "kv_8bit"), ("fp8+kv-nvfp4", "kv_4bit"), ("kv-k3v4", "kv_3bit"), ("kv-k8v4", "kv_4bit"),
        ("bf16", "unknown"),
    ],
)  # fmt: skip
def test_formats_by_meaning(name, group):
    assert format_group(name) == group


def test_every_published_format_belongs_somewhere(catalog):
    assert all(format_group(pair.format) in catalog.quality_prior.fit.severity for pair in catalog.quality)


def test_names_by_meaning(catalog):
    assert model_key(catalog, "nvidia/Llama-3.3-70B-Instruct-NVFP4") == "llama-3.3-70b"
    assert model_key(catalog, "acme/Foo-9B-Instruct-FP8-dynamic") == model_key(catalog, "Foo-9B-Instruct")
    assert [calibration_group(name) for name in ("ptq-awq", "qad", "dynamic/uncalibrated", None)] == [
        "awq",
        "qad",
        "dynamic",
        "unknown",
    ]
    names = ("BF16", "FP8", "INT4 (native QAT)", "MXFP4 (source checkpoint)", None)
    assert [baseline_group(name) for name in names] == ["16bit", "8bit", "4bit", "4bit", "16bit"]


@pytest.mark.parametrize(
    ("params", "band"), [(8, "under_10b"), (10, "10_to_40b"), (40, "40_to_150b"), (149, "40_to_150b"), (671, "over_150b")]
)
def test_size_bands(params, band):
    assert size_band(params) == band


def test_size_bands_agree_with_the_catalogs(catalog):
    for pair in catalog.quality:
        if pair.size_band and pair.total_params_b:
            assert size_band(pair.total_params_b) == pair.size_band, pair.id


def batch(*rows):
    handle = io.StringIO()
    csv.writer(handle).writerows([REQUIRED, *rows])
    return handle.getvalue()


GOOD = ("Some-New-14B", "14", "False", "nvfp4", "ptq-modelopt", "code", "BF16")


def test_batch_answers_in_order_with_the_same_columns(catalog):
    answered = answer_file(catalog, "x.csv", batch(GOOD, ("", "", "", "fp8", "", "factual_qa", "")))
    assert answered.columns == (*REQUIRED, *ANSWERS)
    assert not answered.problems
    for row in answered.rows:
        low, middle, high = (float(row[column]) for column in ANSWERS)
        assert low < middle < high
    assert as_csv(answered).splitlines()[1].startswith("Some-New-14B,14,False,nvfp4,ptq-modelopt,code,BF16,")


def test_a_row_that_cannot_be_answered_is_named_and_left_empty(catalog):
    answered = answer_file(catalog, "x.csv", batch(("a", "-3", "", "bf16", "", "poetry", ""), GOOD))
    assert [answered.rows[0][column] for column in ANSWERS] == ["", "", ""]
    assert answered.rows[1]["delta_points_median"]
    assert {str(problem).split(":")[2].strip() for problem in answered.problems} == {"params_b", "task_class", "format"}


def test_a_file_without_the_columns_is_refused(catalog):
    with pytest.raises(QueryError, match="task_class"):
        answer_file(catalog, "x.csv", "model,params_b\na,1\n")
