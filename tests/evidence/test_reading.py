"""Reads from the shipped points, against figures worked out apart from this code."""

import pytest

from advisor.evidence.question import Question
from advisor.evidence.reading import REFERENCE_METHOD, read


def ask(catalog, model, hardware, precision, isl, osl, at, **rest):
    """A read by the reference method."""
    return read(catalog, Question(model, hardware, precision, isl, osl, **rest), at, REFERENCE_METHOD)


@pytest.mark.parametrize(
    ("model", "hardware", "precision", "isl", "osl", "at", "expected"),
    [
        ("qwen3.5-397b", "b200", "nvfp4", 1024, 1024, 112, 4730.7),
        ("kimi-k2.5", "h200", "int4", 8192, 1024, 40, 863.8),
        ("kimi-k2.5", "b200", "nvfp4", 8192, 1024, 40, 3523.6),
    ],
)
def test_reference_reads(catalog, model, hardware, precision, isl, osl, at, expected):
    assert ask(catalog, model, hardware, precision, isl, osl, at).tok_s_per_gpu == pytest.approx(expected, abs=0.1)


def test_kimi_ratio(catalog):
    h200 = ask(catalog, "kimi-k2.5", "h200", "int4", 8192, 1024, 40).tok_s_per_gpu
    b200 = ask(catalog, "kimi-k2.5", "b200", "nvfp4", 8192, 1024, 40).tok_s_per_gpu
    assert b200 / h200 == pytest.approx(4.08, abs=0.005)


def test_every_knot_of_every_curve_reads_itself(catalog):
    for cell in catalog.points_by_cell:
        for knot in catalog.curves.reference(Question(*cell)).knots:
            reading = ask(catalog, *cell, knot.interactivity_tok_s_per_user)
            assert reading.tok_s_per_gpu == knot.tok_s_per_gpu
            assert reading.grade == "measured"
            assert reading.replica_gpus == knot.replica_gpus


@pytest.mark.parametrize(("at", "edge"), [(20.0, "45.0187"), (500.0, "170.352")])
def test_outside_there_is_no_number_and_the_edge_is_named(catalog, at, edge):
    reading = ask(catalog, "llama-3.3-70b", "b200", "nvfp4", 1024, 1024, at)
    assert reading.tok_s_per_gpu is None
    assert reading.grade is None
    assert "not measured" in reading.reason
    assert edge in reading.reason


def test_unmeasured_size_names_the_measured_ones(catalog):
    reading = ask(catalog, "llama-3.3-70b", "b200", "nvfp4", 2500, 400, 50)
    assert reading.tok_s_per_gpu is None
    assert "8192/1024" in reading.reason


def test_disaggregated_only_is_said(catalog):
    reading = ask(catalog, "deepseek-r1", "gb200", "nvfp4", 1024, 1024, 50, deployment="single-node")
    assert reading.tok_s_per_gpu is None
    assert "disaggregated" in reading.reason


def test_replica_between_knots_is_the_larger_neighbours(catalog):
    reading = ask(catalog, "qwen3.5-397b", "b200", "nvfp4", 1024, 1024, 112)
    assert reading.replica_gpus == max(knot.replica_gpus for knot in reading.knots)


def test_decoding_and_engine_filters_narrow_the_pool(catalog):
    pooled = ask(catalog, "qwen3.5-397b", "b200", "nvfp4", 1024, 1024, 114).tok_s_per_gpu
    plain = ask(catalog, "qwen3.5-397b", "b200", "nvfp4", 1024, 1024, 114, decoding="none").tok_s_per_gpu
    sglang = ask(catalog, "qwen3.5-397b", "b200", "nvfp4", 1024, 1024, 114, decoding="none", engines=("sglang",))
    assert plain < pooled
    assert {knot.engine for knot in sglang.knots} == {"sglang"}


def test_own_runs_serve_only_cells_the_pool_does_not_cover(catalog):
    own = ask(catalog, "llama-3.1-8b", "h200", "bf16", 1024, 1024, 100)
    pooled = ask(catalog, "llama-3.3-70b", "h200", "fp8", 1024, 1024, 40)
    assert own.sources == ("own-h200-2026-11-22",)
    assert "own-h200-2026-11-22" not in pooled.sources
