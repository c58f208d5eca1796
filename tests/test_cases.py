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
    assert (chosen.key.id if chosen else None) == expected["option"]
    for phrase in expected.get("sentence_holds", ()):
        assert phrase in verdict_sentence(decision)
    options = {o.key.id: o for o in decision.options}
    for identifier, figures in expected.get("options", {}).items():
        found = options[identifier]
        assert found.fleet.gpus == figures["gpus"]
        assert found.cost.usd_per_month == pytest.approx(figures["usd_per_month"], abs=0.5)
