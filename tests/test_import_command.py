"""``advisor import``, ``advisor probe`` and ``advisor schema`` on the command line."""

import json

import jsonschema
import pytest
from click.testing import CliRunner

from advisor.cli import main
from tests.conftest import EXAMPLES, ROOT
from tests.importers import own_files as files

RUN = ROOT / "tests" / "fixtures" / "bench" / "llama70b-fp8"


def call(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_prints_records_questions_and_warnings():
    done = call("import", *sorted(RUN.glob("*.json")), "--gpu", "H200", "--gpus", "1", "--precision", "fp8")
    assert done.exit_code == 0
    assert "conc_1.json, conc_16.json, conc_4.json, conc_64.json: vllm bench serve" in done.output
    assert "3,453.6" in done.output
    assert "fewer than 4 rounds" in done.output
    assert "--engine: Which serving engine was it (vllm, sglang, trtllm)? Perhaps vllm" in done.output
    assert "--precision" not in done.output


def test_json_holds_everything():
    done = call("import", RUN / "conc_64.json", "--gpus", "1", "--json")
    (file,) = json.loads(done.output)["files"]
    (run,) = file["runs"]
    assert run["tok_s_per_gpu"] == pytest.approx(3453.558, abs=0.01)
    assert run["interactivity_tok_s_per_user"] == pytest.approx(29.676, abs=0.001)
    assert {q["field"] for q in file["questions"]} == {"precision", "engine", "decoding", "price"}


def test_into_a_scenario_and_on_to_advice(tmp_path):
    answers = ("--gpus", "1", "--accept-hints", "--model", "llama-3.3-70b")
    bare = tmp_path / "bare.yaml"
    text = (ROOT / "examples" / "h200-own-benchmark.yaml").read_text()
    start, end = text.index("  measured:"), text.index("candidates:")
    bare.write_text(text[:start] + text[end:])
    done = call("import", RUN / "conc_64.json", *answers, "--into", bare)
    assert done.exit_code == 0, done.output
    (tmp_path / "own.yaml").write_text(done.output)
    advice = json.loads(call("recommend", tmp_path / "own.yaml", "--json").output)
    assert advice["own_measurements"][0]["points"] == 1


def test_into_names_what_is_missing():
    done = call("import", RUN / "conc_64.json", "--into", EXAMPLES[0])
    assert done.exit_code == 2
    assert "precision is needed: the file does not say it" in done.output


def test_refusals_and_bad_calls(tmp_path):
    path = tmp_path / "x.json"
    path.write_text("{}")
    assert call("import", path).exit_code == 2
    assert "cannot be read" in call("import", tmp_path / "absent.json").output
    assert "FIELD=COLUMN is expected" in call("import", path, "--map", "x").output
    assert "a day such as 2026-11-24" in call("import", path, "--as-of", "yesterday").output


def test_prices_into_an_overlay_and_back(tmp_path):
    path = tmp_path / "vms.csv"
    path.write_text(files.SKYPILOT_CSV)
    done = call("import", path, "--provider", "acme", "--as-of", "2026-11-20", "--overlay", tmp_path / "own")
    assert done.exit_code == 0, done.output
    checked = call("--catalog", tmp_path / "own", "catalog", "check")
    assert "Own catalog own: 4 records added" in checked.output


def test_bill_and_probe(tmp_path):
    bill, probe = tmp_path / "focus.csv", tmp_path / "probe.json"
    bill.write_text(files.FOCUS_CSV)
    probe.write_text(json.dumps(files.PROBE))
    done = call("import", bill, probe)
    assert (
        "H200: $14,600 a month effective, $14,600 billed; committed $14,600, unused $7,300, 2.5000 USD/GPU-hour"
        in done.output
    )
    assert "NVIDIA H200: copy 4,282 GB/s, bf16 690 TFLOPS" in done.output
    scenario = json.loads(json.dumps(call("import", probe, "--into", EXAMPLES[0]).output))
    assert "copy_gb_s: 4282.0" in scenario


def test_probe_without_a_gpu_says_so(tmp_path):
    done = call("probe", "--out", tmp_path / "p.json")
    assert done.exit_code == 2
    assert "PyTorch" in done.output


@pytest.mark.parametrize(
    "path", [path for path in EXAMPLES if path.stem in ("h200-own-benchmark", "gpt-oss-h100-stay")], ids=lambda p: p.stem
)
def test_what_is_printed_fits_the_schemas(path):
    decision = json.loads(call("recommend", path, "--json").output)
    schema = json.loads(call("schema", "decision").output)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(decision, schema)
    jsonschema.validate(decision["scenario"], json.loads(call("schema", "scenario").output))
