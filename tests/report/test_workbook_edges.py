"""Rare scenarios and edits of the workbook: what the formulas follow, and what Checks says of what they cannot."""

from copy import deepcopy

import pytest

from advisor.recommend import recommend
from advisor.report import words
from advisor.report.workbook import workbook_bytes
from advisor.scenario_io import build_scenario
from tests.conftest import scenario_data
from tests.report.test_workbook_recalculation import differences, tornado_differences
from tests.report.workbook_examples import own_hardware
from tests.report.workbook_scenarios import with_changes
from tests.report.workbook_tools import cells_of, changed, opened, options_of, recalculator

PLANS = "Prices make the kinds of plan the file has"
UPLOAD = "No field was changed that takes effect on upload only"


def quoted(**quotes):
    """Rented H200 at 2.90; candidates at own quotes."""
    return scenario_data(candidates={"hardware": ("h200", "b200"), "price": {"overrides": quotes}})


def equal():
    """Own H200 that cost exactly what further ones would."""
    data = deepcopy(own_hardware())
    data["candidates"]["owned"]["h200"] = dict(data["current"]["owned"])
    return data


def own_with_quote():
    """B200 that would be bought, but for a quote."""
    return own_hardware() | {"candidates": {**own_hardware()["candidates"], "price": {"overrides": {"b200": 4.0}}}}


def spot():
    """Spot prices, and a firm quote for B200."""
    return scenario_data(
        candidates={"price": {"basis": "spot", "overrides": {"b200": 3.0}}, "allow": {"spot": True}},
    )


def measured_estimate():
    """Own points of a second model in FP8, which nobody else measured, slower than asked: they scale an estimate."""
    second = {
        "model": "gpt-oss-120b",
        "input_tokens": 1024,
        "output_tokens": 1024,
        "demand": {"requests_per_second_mean": 4.0},
        "targets": {"interactivity_tok_s_per_user": 55.0},
        "tasks": ({"class": "conversation"},),
    }
    point = {name: second[name] for name in ("model", "input_tokens", "output_tokens")} | {
        "hardware": "h200",
        "precision": "fp8",
        "engine": "vllm",
        "replica_gpus": 4,
        "date": "2026-11-20",
    }
    measured = tuple(
        point | {"concurrency": users, "interactivity_tok_s_per_user": speed, "tok_s_per_gpu": total}
        for users, speed, total in ((4.0, 50.2, 9000.0), (36.0, 30.5, 22000.0))
    )
    data = scenario_data(
        workload={"growth_per_year_fraction": 0.3},
        current={"gpus": 160, "precision": "fp8", "measured": measured},
        candidates={"hardware": ("h200",), "billing": "gpu"},
    )
    return data | {"workloads": (*data["workloads"], second)}


FOLLOWED = {
    "own points on an estimate": (
        measured_estimate(),
        {"workloads[1].targets.interactivity_tok_s_per_user": 57.0},
    ),
    "a quote emptied where prices are spot": (spot(), {"prices.b200": None, "candidates.spot_overhead_fraction": 0.3}),
    "own hardware that costs what today's does": (equal(), {"candidates.max_kw": 900.0}),
}
SAID = {
    "a quote for today's GPU": (scenario_data(), {"prices.h200": 2.0}, PLANS),
    "its quote emptied": (quoted(h200=2.5), {"prices.h200": None}, PLANS),
    "its quote becomes what is paid": (quoted(h200=2.5), {"prices.h200": 2.9}, PLANS),
    "what is paid leaves its quote": (quoted(h200=2.9), {"current.price.usd_per_gpu_hour": 4.0}, PLANS),
    "a quote emptied of what would be bought": (own_with_quote(), {"prices.b200": None}, PLANS),
    "a quote without an option": (quoted(), {"prices.mi355x": 1.5}, PLANS),
    "today's cost leaves what is bought": (equal(), {"current.owned.capex_usd_per_gpu": 30000.0}, PLANS),
    "what is bought leaves today's cost": (equal(), {"candidates.owned.h200.capex_usd_per_gpu": 20000.0}, UPLOAD),
}
"""What the formulas cannot follow, and the check that says so."""


def with_quotes(data, changes):
    """The scenario with changes; a quote set to None is emptied."""
    new = with_changes(data, {name: value for name, value in changes.items() if value is not None})
    for name in (name for name, value in changes.items() if value is None):
        del new["candidates"]["price"]["overrides"][name.removeprefix("prices.")]
    return new


def failed_checks(book):
    return [row[0] for row in book["Checks"].iter_rows(min_row=5, max_col=3, values_only=True) if row[2] == "look"]


@pytest.fixture(scope="module")
def recalculated(catalog, tmp_path_factory):
    """Every case by name: the workbook with its changes, recalculated."""
    cases = {name: (data, changes) for name, (data, changes, *_) in (FOLLOWED | SAID).items()}
    books, made = [], {}
    for data, changes in cases.values():
        content = made.get(repr(data)) or workbook_bytes(recommend(build_scenario(data, catalog), catalog))
        made[repr(data)] = content
        books.append(changed(content, cells_of(content, changes)))
    found = recalculator(tmp_path_factory.mktemp("edges"))(books)
    return {name: opened(content) for name, content in zip(cases, found, strict=True)}


@pytest.mark.soffice
@pytest.mark.parametrize("name", FOLLOWED)
def test_a_rare_scenario_is_followed(catalog, recalculated, name):
    data, changes = FOLLOWED[name]
    decision = recommend(build_scenario(with_quotes(data, changes), catalog), catalog)
    book = recalculated[name]
    wrong, seen = differences(decision, *options_of(book))
    assert wrong + tornado_differences(decision, book) == []
    assert seen > 0
    assert not {PLANS, UPLOAD} & set(failed_checks(book))


@pytest.mark.soffice
@pytest.mark.parametrize("name", SAID)
def test_what_makes_another_plan_is_said(recalculated, name):
    assert SAID[name][2] in failed_checks(recalculated[name])


def test_the_scenarios_are_what_they_are_called(catalog):
    """Each is rare in the way its name says, whatever the catalog becomes."""
    at = "h200:fp8:none"
    option = words.looked_at(recommend(build_scenario(measured_estimate(), catalog), catalog))
    point = option.parts[1].operating_point
    assert (option.key.id, point.grade) == (at, "transferred")
    assert "your cluster reaches" in point.note
    alike = recommend(build_scenario(equal(), catalog), catalog)
    own = next(o for o in alike.options if o.key.id == at)
    assert own.price.usd_per_gpu_hour == alike.baseline.price.usd_per_gpu_hour
