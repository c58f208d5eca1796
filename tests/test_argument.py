"""The guide's own argument with its dates, and its cost table to the printed digits."""

import csv

import pytest

from advisor.argument import guide_argument
from advisor.report.argument_text import argument_as_dict, argument_text
from advisor.units import round_half_up

NAMES = {
    "H100 SXM FP8": ("h100", "fp8"),
    "H200 SXM FP8": ("h200", "fp8"),
    "B200 FP8": ("b200", "fp8"),
    "B200 FP4": ("b200", "nvfp4"),
    "RTX 5090 FP16": ("rtx5090", "bf16"),
    "RTX 5090 FP4": ("rtx5090", "nvfp4"),
    "H100 PCIe FP16": ("h100-pcie", "bf16"),
    "H100 PCIe FP8": ("h100-pcie", "fp8"),
}


@pytest.fixture(scope="module")
def argument(catalog):
    return guide_argument(catalog)


def test_the_answer_flips_within_two_days(argument):
    first, later = argument.days
    assert (first.book.effective_from, later.book.effective_from) == ("2026-03-15", "2026-03-17")
    assert (round(first.usd_per_mtok_today, 3), round(first.usd_per_mtok_candidate, 3)) == (0.099, 0.117)
    assert (round(later.usd_per_mtok_today, 3), round(later.usd_per_mtok_candidate, 3)) == (0.288, 0.120)
    assert (first.moves, later.moves) == (False, True)
    assert argument.flips


def test_the_break_even_ratio_lies_between_the_days(argument):
    """13,944 / (34,988 / 8) = 3.188; 5.89 / 1.56 = 3.776 is above it, 6.03 / 4.54 = 1.328 below."""
    assert argument.break_even_ratio == pytest.approx(13944 / (34988 / 8))
    assert argument.days[1].price_ratio < argument.break_even_ratio < argument.days[0].price_ratio
    at_even = argument.break_even_ratio * 1.56 * 1e6 / (3600 * 13944)
    assert at_even == pytest.approx(argument.days[0].usd_per_mtok_today, rel=1e-9)


def test_every_cost_equals_the_digits_printed(argument):
    for cost in argument.costs:
        claim = cost.claim
        if claim.usd_per_mtok_on_demand is not None:
            assert round(cost.usd_per_mtok_on_demand, 3) == claim.usd_per_mtok_on_demand, claim.id
        assert (cost.usd_per_mtok_spot is None) == (claim.usd_per_mtok_spot is None)
        if claim.usd_per_mtok_spot is not None:
            assert round(cost.usd_per_mtok_spot, 3) == claim.usd_per_mtok_spot, claim.id
    assert len(argument.costs) == 8


def test_claims_equal_their_source(argument, shared):
    by_pair = {(c.claim.hardware, c.claim.precision): c for c in argument.costs}
    with (shared / "golden_seed001.csv").open(encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    assert len(rows) == len(by_pair)
    for row in rows:
        cost = by_pair[NAMES[row["config"]]]
        assert round_half_up(cost.claim.tok_s_per_gpu) == float(row["tok_s"])
        assert cost.usd_per_gpu_hour_on_demand == float(row["usd_per_hour_on_demand"])
        assert f"{cost.usd_per_mtok_on_demand:.3f}" == row["usd_per_mtok_on_demand"]
        assert ("" if cost.usd_per_mtok_spot is None else f"{cost.usd_per_mtok_spot:.3f}") == row["usd_per_mtok_spot"]
        assert cost.claim.estimated == (row["estimated"] == "yes")


def test_measurements_stand_beside_claims_and_rounds_are_not_mixed(argument):
    measured = {(c.claim.hardware, c.claim.precision): c.measured for c in argument.costs}
    assert measured["b200", "nvfp4"].tok_s_per_gpu > 10_000
    assert measured["rtx5090", "nvfp4"] is None
    assert 2.5 < argument.measured_ratio < 3.5


def test_rendered(argument, catalog):
    text = argument_text(argument, catalog)
    assert "3.19 times an H200-hour" in text
    assert "flips" in text
    assert argument_as_dict(argument)["days"][0]["answer"] == "stay"
