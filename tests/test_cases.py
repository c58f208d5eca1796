"""Worked cases: YAML files a salesperson can read, each a scenario and what must come out of it."""

from pathlib import Path

import pytest

from advisor.catalog.reading import parse_yaml
from advisor.recommend import recommend
from advisor.report.words import verdict_sentence
from advisor.scenario_io import build_scenario

CASES = sorted((Path(__file__).parent / "cases").glob("*.yaml"))


@pytest.mark.parametrize("path", CASES, ids=lambda p: p.stem)
def test_case(catalog, path):
    case = parse_yaml(path.read_text(encoding="utf-8"))
    decision = recommend(build_scenario(case["scenario"], catalog), catalog)
    expected = case["expected"]
    assert decision.verdict.code == expected["verdict"]
    chosen = decision.chosen
    if "hardware" in expected:
        assert chosen.key.hardware == expected["hardware"]
    else:
        assert (chosen.key.id if chosen else None) == expected["option"]
    if "pilot_first" in expected:
        assert decision.verdict.pilot_first == expected["pilot_first"]
    for phrase in expected.get("reasons_hold", ()):
        assert phrase in "\n".join(decision.verdict.reasons)
    for phrase in expected.get("sentence_holds", ()):
        assert phrase in verdict_sentence(decision)
    options = {o.key.id: o for o in decision.options}
    for identifier, figures in expected.get("options", {}).items():
        found = options[identifier]
        assert found.fleet.gpus == figures["gpus"]
        assert found.cost.usd_per_month == pytest.approx(figures["usd_per_month"], abs=0.5)
    for identifier, gate in expected.get("refused", {}).items():
        assert gate in {failed.name for failed in options[identifier].failures}
    for name, figures in expected.get("futures", {}).items():
        _check_future(decision.future(name), figures)


def _check_future(future, figures):
    names = {
        "total": "total_cost",
        "payback": "payback_month",
        "unavoidable": "unavoidable_usd",
        "write_off": "write_off_usd",
    }
    for key, value in figures.items():
        found = getattr(future, names[key])
        assert found == (value if value is None or key == "payback" else pytest.approx(value, abs=0.5)), key
