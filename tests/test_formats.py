"""Which formats a GPU serves a model in, and why not."""

import pytest

from advisor.formats import legality, resolve_precision


@pytest.mark.parametrize(
    ("name", "hardware", "model", "expected"),
    [
        ("fp4", "b200", "llama-3.3-70b", "nvfp4"),
        ("fp4", "mi355x", "llama-3.3-70b", "mxfp4"),
        ("fp4", "b200", "gpt-oss-120b", "mxfp4"),
        ("fp4", "h100", "gpt-oss-120b", "mxfp4"),
        ("fp4", "b200", "deepseek-v4-pro", "nvfp4"),
        ("fp8", "h200", "llama-3.3-70b", "fp8"),
        ("fp16", "h200", "llama-3.3-70b", None),
    ],
)
def test_family_resolution(catalog, name, hardware, model, expected):
    assert resolve_precision(catalog, name, hardware, catalog.models[model]) == expected


@pytest.mark.parametrize(
    ("hardware", "precision", "model", "legal", "support"),
    [
        ("h200", "nvfp4", "llama-3.3-70b", False, "weight_only"),
        ("h200", "mxfp4", "gpt-oss-120b", True, "weight_only"),
        ("h200", "mxfp4", "llama-3.3-70b", False, "weight_only"),
        ("h200", "int4", "llama-3.3-70b", True, "weight_only"),
        ("mi355x", "nvfp4", "llama-3.3-70b", False, "none"),
        ("mi355x", "mxfp4", "llama-3.3-70b", True, "native"),
        ("a100", "fp8", "llama-3.3-70b", False, "weight_only"),
        ("b200", "nvfp4", "llama-3.3-70b", True, "native"),
    ],
)
def test_legality(catalog, hardware, precision, model, legal, support):
    verdict = legality(catalog, hardware, precision, catalog.models[model])
    assert (verdict.legal, verdict.support) == (legal, support)


def test_refusal_says_what_runs_instead(catalog):
    reason = legality(catalog, "h200", "nvfp4", catalog.models["llama-3.3-70b"]).reason
    assert "weight-only" in reason
    assert "fp8" in reason


def test_every_measured_cell_is_a_legal_option(catalog):
    for model, hardware, precision, _, _ in catalog.points_by_cell:
        assert legality(catalog, hardware, precision, catalog.models[model]).legal, (model, hardware, precision)
