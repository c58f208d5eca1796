"""Latency in a recommendation: the gate's rule, tail targets, prefix caching, the load views."""

import pytest

from advisor.latency import chance_within, ttft_gate
from advisor.recommend import recommend
from advisor.report.as_json import decision_as_dict
from advisor.report.text import decision_text


def workload(**changes):
    targets = {"interactivity_tok_s_per_user": 40.0} | changes.pop("targets", {})
    return {"workload": {"targets": targets, **changes}}


def option(decision, identifier="h200:fp8:none"):
    return next(option for option in decision.options if option.key.id == identifier)


def named(gates, name):
    return next(gate for gate in gates if gate.name == name)


def test_a_ttft_target_passes_fails_or_stays_open(make, catalog):
    point = option(recommend(make(), catalog)).operating_point
    assert point.ttft_low_ms < point.ttft_ms < point.ttft_high_ms
    assert point.ttft_grade == "interpolated"
    assert ttft_gate(None, point) is None
    asked = {True: point.ttft_high_ms * 2, False: point.ttft_low_ms / 2, None: point.ttft_ms}
    for passed, target in asked.items():
        found = option(recommend(make(**workload(targets={"ttft_ms": target})), catalog))
        gate = named(found.gates, "ttft")
        assert gate.passed is passed
        assert f"{point.ttft_ms:,.0f} ms" in gate.reason
        assert found.feasible is (passed is not False)


def test_chance_reads_the_interval_as_a_distribution():
    assert chance_within(100, 50, 100, 300) == pytest.approx(0.5)
    assert chance_within(300, 50, 100, 300) == pytest.approx(0.9)
    assert chance_within(50, 50, 100, 300) == pytest.approx(0.1)


def test_a_tail_target_asks_more_of_the_median(make, catalog):
    median = option(recommend(make(), catalog)).operating_point
    tail = option(recommend(make(**workload(targets={"percentile": 99})), catalog))
    assert median.tail_ratio is None
    assert tail.operating_point.tail_ratio > 1
    assert tail.operating_point.interactivity_tok_s_per_user == pytest.approx(40 * tail.operating_point.tail_ratio)
    assert tail.operating_point.tok_s_per_gpu < median.tok_s_per_gpu
    assert "at P99 needs" in named(tail.gates, "latency").reason


def test_a_prefix_cache_serves_more_and_sooner_with_a_wider_interval(make, catalog):
    without = option(recommend(make(), catalog)).operating_point
    cached = option(recommend(make(**workload(prefix_cache_hit_fraction=0.9)), catalog)).operating_point
    assert cached.tok_s_per_gpu > without.tok_s_per_gpu
    assert cached.ttft_ms < without.ttft_ms
    assert cached.high / cached.low > without.high / without.low
    assert cached.ttft_high_ms / cached.ttft_low_ms > 1
    assert "no run in the catalog had such a cache" in cached.note
    assert cached.grade != "measured"


def test_load_views_stand_in_the_report_and_in_json(make, catalog):
    decision = recommend(make(), catalog)
    views = decision.load_view
    assert views.baseline.replicas == 64 // decision.baseline.fleet.replica_gpus
    assert views.baseline.requests_per_second_peak == pytest.approx(15.0)
    assert 0 <= views.chosen.missed_requests_fraction <= 1
    assert "At the peak" in decision_text(decision)
    data = decision_as_dict(decision)
    assert data["load_view"]["baseline"]["allowed_fraction"] == 0.05
    assert data["options"][0]["operating_point"]["ttft_ms"] > 0


def test_too_small_a_fleet_is_said_to_drown(make, catalog):
    decision = recommend(make(current={"gpus": 8}), catalog)
    assert decision.load_view.baseline.overloaded
    assert "grows without end" in decision_text(decision)
    assert decision_as_dict(decision)["load_view"]["baseline"]["requests_in_flight_mean"] is None
