"""Comparisons: the seeds' tables, default targets, both figures shown, and what is not measured."""

import pytest

from advisor.compare import compare, default_targets, overlap_of
from advisor.economics import fleet_energy, usd_per_mtok
from advisor.errors import QueryError
from advisor.evidence.reading import REFERENCE_METHOD
from advisor.questions import Reader


@pytest.fixture(scope="module")
def reader(catalog):
    return Reader(catalog, REFERENCE_METHOD)


QWEN = {"model": "qwen3.5", "isl": 1024, "osl": 1024}


def test_seed_tables_from_their_throughput(catalog):
    """tok/s/MW within 0.02 %, cost within 4 % (the pages interpolated cost on its own then)."""
    book = catalog.price_books["inferencex-2026-03"]
    kw = catalog.power_books["inferencex-2026-03"].kw_per_gpu
    assert len(catalog.published) == 24
    for row in catalog.published:
        energy = fleet_energy(1, kw[row.hardware], row.tok_s_per_gpu, "")
        assert energy.tok_s_per_mw == pytest.approx(row.tok_s_per_mw, rel=2e-4)
        cost = usd_per_mtok(book.usd_per_gpu_hour[row.hardware], row.tok_s_per_gpu)
        assert cost == pytest.approx(row.usd_per_mtok_total, rel=0.04)


@pytest.mark.parametrize(
    ("low", "high", "expected"), [(59, 272, [112, 166, 219]), (37, 109, [55, 73, 91]), (41, 186, [77, 114, 150])]
)
def test_default_targets(low, high, expected):
    assert default_targets((low, high)) == expected


def test_overlap():
    assert overlap_of((10, 50), (20, 90)) == (20, 50)
    assert overlap_of((10, 20), (30, 40)) is None
    assert overlap_of(None, (1, 2)) is None
    assert default_targets(None) == []


def test_a_seed_cell_that_reproduces(catalog, reader):
    result = compare(catalog, reader, QWEN, ("b200:bf16", "b200:fp4"), [112], "inferencex-2026-03")
    fp4 = result.rows[0].b
    assert fp4.reading.tok_s_per_gpu == pytest.approx(4730.7, abs=0.1)
    assert fp4.concurrency == 199
    assert fp4.concurrency_gpus == 8
    assert fp4.published.tok_s_per_gpu == 4730.7
    assert fp4.users_per_gpu == pytest.approx(4730.7 / 2 / 112, abs=0.01)
    assert result.power_book.id == "inferencex-2026-03"


def test_a_seed_cell_that_was_run_again_shows_both(catalog, reader):
    bf16 = compare(catalog, reader, QWEN, ("b200:bf16", "b200:fp4"), [112], "inferencex-2026-03").rows[0].a
    assert bf16.published.tok_s_per_gpu == 1216.1
    assert bf16.reading.tok_s_per_gpu == pytest.approx(886.2, abs=0.1)


def test_kimi_saving_at_two_price_bases(catalog, reader):
    kimi = {"model": "kimi-k2.5", "isl": 8192, "osl": 1024}
    sides = ("h200:int4", "b200:fp4")
    owner = compare(catalog, reader, kimi, sides, [40], "inferencex-2026-03").rows[0]
    market = compare(catalog, reader, kimi, sides, [40], "spheron-2026-03-15").rows[0]
    assert owner.saving_fraction == pytest.approx(0.66, abs=0.005)
    assert market.saving_fraction == pytest.approx(0.07, abs=0.005)


def test_cost_times_throughput_is_the_rate(catalog, reader):
    result = compare(catalog, reader, QWEN, ("b200:bf16", "b200:fp4"), [], "inferencex-2026-03")
    for row in result.rows:
        for figures in (row.a, row.b):
            assert figures.usd_per_mtok_total * figures.reading.tok_s_per_gpu * 0.0036 == pytest.approx(1.95)


def test_outside_the_range_nothing_is_shown(catalog, reader):
    row = compare(catalog, reader, QWEN, ("b200:bf16", "b200:fp4"), [300]).rows[0]
    assert row.a.reading.tok_s_per_gpu is None
    assert row.a.usd_per_mtok_total is None
    assert row.saving_fraction is None
    assert "measured range" in row.a.reading.reason


@pytest.mark.parametrize(
    ("sides", "targets", "book", "words"),
    [
        (("b200", "b200:fp4"), [100], None, "HW:PREC"),
        (("b200:fp5", "b200:fp4"), [100], None, "unknown precision"),
        (("b200:bf16:draft", "b200:fp4"), [100], None, "any, none, mtp"),
        (("h200:nvfp4", "b200:fp4"), [100], None, "does not compute"),
        (("b200:bf16", "b200:fp4"), ["fast"], None, "above 0"),
        (("b200:bf16", "b200:fp4"), [100], "march", "inferencex-2026-03"),
    ],
)
def test_bad_questions(catalog, reader, sides, targets, book, words):
    with pytest.raises(QueryError, match=words):
        compare(catalog, reader, QWEN, sides, targets, book)
