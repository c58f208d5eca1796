"""Quality from published pairs: unproven, unknown, failing, and what changes nothing."""

import pytest

from advisor.quality import judge, size_band
from advisor.scenario import Task


def verdict(catalog, model, now, then, task_class="conversation", tolerance=2.0):
    record = catalog.models[model]
    precisions = catalog.precisions
    task = Task(task_class=task_class, tolerance_points=tolerance)
    return judge(catalog, record, record.total_params_b, precisions[now], precisions[then], [task])


@pytest.mark.parametrize(
    ("model", "now", "then"),
    [
        ("llama-3.3-70b", "fp8", "fp8"),
        ("llama-3.3-70b", "fp8", "bf16"),
        ("kimi-k2.5", "nvfp4", "int4"),
        ("gpt-oss-120b", "mxfp4", "mxfp4"),
    ],
)
def test_no_narrower_format_changes_nothing(catalog, model, now, then):
    assert verdict(catalog, model, now, then).status == "unchanged"


def test_median_within_tolerance_is_unproven_never_proven(catalog):
    result = verdict(catalog, "llama-3.3-70b", "fp8", "nvfp4")
    rows = [
        pair.delta_points
        for pair in catalog.quality
        if pair.usable
        and pair.size_band == "40_to_150b"
        and pair.task_class == "conversation"
        and pair.format in ("nvfp4", "nvfp4-mixed", "nvfp4-fp8")
    ]
    assert result.status == "unproven"
    assert result.classes[0].pairs == len(rows) > 0
    assert result.classes[0].median_delta_points == sorted(rows)[len(rows) // 2]


def test_median_beyond_tolerance_fails(catalog):
    assert verdict(catalog, "llama-3.3-70b", "fp8", "nvfp4", "factual_qa", tolerance=0.01).status == "fails"


def test_no_rows_is_unknown(catalog):
    assert verdict(catalog, "llama-3.3-70b", "fp8", "mxfp4", "summarization").status == "unknown"


def test_the_worst_class_decides(catalog):
    record = catalog.models["llama-3.3-70b"]
    tasks = [Task(task_class="conversation"), Task(task_class="factual_qa", tolerance_points=0.01)]
    result = judge(catalog, record, 70, catalog.precisions["fp8"], catalog.precisions["nvfp4"], tasks)
    assert [item.status for item in result.classes] == ["unproven", "fails"]
    assert result.status == "fails"


@pytest.mark.parametrize(
    ("params", "band"), [(8, "under_10b"), (10, "10_to_40b"), (40, "40_to_150b"), (149, "40_to_150b"), (671, "over_150b")]
)
def test_size_bands(params, band):
    assert size_band(params) == band


def test_size_bands_agree_with_the_catalogs(catalog):
    for pair in catalog.quality:
        if pair.size_band and pair.total_params_b:
            assert size_band(pair.total_params_b) == pair.size_band, pair.id
