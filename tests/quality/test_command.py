"""``advisor quality`` from outside."""

import csv
import io
import json

import pytest
from click.testing import CliRunner

from advisor.cli import main
from advisor.scenario_io import build_scenario
from tests.conftest import scenario_data
from tests.quality.files import candidate, results, write


def call(*arguments):
    return CliRunner().invoke(main, ["quality", *map(str, arguments)])


@pytest.fixture
def arms(tmp_path):
    one, other = write(tmp_path, "one.json", results()), write(tmp_path, "other.json", candidate())
    return ["--baseline", one, "--candidate", other]


def test_json_and_a_scenario_made_of_it(arms, catalog):
    found = json.loads(call(*arms, "--tolerance", "5", "--json").output)
    assert (found["verdict"], found["tasks"][0]["verdict"]) == ("PASS", "PASS")
    assert found["tasks"][0]["delta_points"] == pytest.approx(-1.0)
    entries = tuple(found["scenario_results"])
    scenario = build_scenario(scenario_data(quality={"results": entries}), catalog)
    assert scenario.quality.results[0].format == "nvfp4"


def test_text_says_the_verdict_first(arms):
    output = call(*arms, "--tolerance", "strict").output
    assert output.startswith("INCONCLUSIVE: acme/base-NVFP4 against acme/base")
    assert "settle it" in output


def test_tolerance_by_class_and_metric(arms):
    found = json.loads(call(*arms, "--tolerance", "1", "--tolerance", "reasoning_math=5", "--json").output)
    assert (found["verdict"], found["tasks"][0]["tolerance_points"]) == ("PASS", 5.0)
    other = json.loads(call(*arms, "--metric", "gsm8k=acc", "--json").output)
    assert other["verdict"] == "NOT COMPARABLE"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--tolerance", "-1"], "above 0"),
        (["--class", "gsm8k=poetry"], "must be one of"),
        (["--candidate-format", "fp9"], "must be one of"),
        (["--metric", "gsm8k"], "NAME=VALUE"),
    ],
)
def test_wrong_options_are_named(arms, arguments, words):
    outcome = call(*arms, *arguments)
    assert outcome.exit_code == 2
    assert words in outcome.output


def test_one_arm_alone_is_asked_for(arms):
    outcome = call(*arms[:2])
    assert outcome.exit_code == 2
    assert "--candidate" in outcome.output


def test_prior_file(tmp_path):
    header = "model,params_b,moe,format,calibration_family,task_class,baseline_precision\n"
    path = write(tmp_path, "asked.csv", header + "X-8B,8,False,nvfp4,rtn,reasoning_math,BF16\nY,1,,fp9,,code,BF16\n")
    outcome = CliRunner().invoke(main, ["quality", "--prior", str(path)])
    rows = list(csv.DictReader(io.StringIO(outcome.stdout)))
    assert float(rows[0]["delta_points_low"]) < float(rows[0]["delta_points_median"]) < float(rows[0]["delta_points_high"])
    assert rows[1]["delta_points_median"] == ""
    assert "row 3: format" in outcome.stderr
    assert call("--prior", tmp_path / "none.csv").exit_code == 2
