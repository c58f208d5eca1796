"""The command line as a stranger runs it: answers on standard output, problems on standard error, exit code 2."""

import csv
import io
import json
import subprocess
import sys

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from advisor.cli import main
from tests.conftest import EXAMPLES, ROOT

READ = ["read", "--model", "qwen3.5", "--hardware", "b200", "--precision", "fp4", "--isl", "1024", "--osl", "1024"]


def run(*arguments, code=0, **kwargs):
    result = CliRunner().invoke(main, [str(a) for a in arguments], **kwargs)
    assert result.exit_code == code, result.output
    return result


def test_recommend_prints_the_verdict_first():
    lines = run("recommend", EXAMPLES[-1]).stdout.splitlines()
    assert lines[0].startswith("Move when the contract ends (in 7 months): 24 × B200 SXM NVFP4")


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_recommend_json_has_the_documented_shape(path):
    data = json.loads(run("recommend", path, "--json").stdout)
    assert data["schema"] == 1
    assert set(data["verdict"]) >= {"code", "pilot_first", "sentence", "confidence", "reasons"}
    assert set(data["break_even"]) >= {"price_ratio", "price_ratio_today"}
    assert data["link"].startswith("?s=1.")
    for option in (data["baseline"], *data["options"]):
        assert set(option) >= {
            "id", "hardware", "precision", "format", "decoding", "engine", "rank", "feasible", "price", "saving_fraction",
            "gates", "operating_point", "fleet", "cost", "energy", "quality",
        }  # fmt: skip
        assert all(set(gate) == {"name", "passed", "reason"} for gate in option["gates"])
        if option["feasible"] and option["rank"]:
            assert set(option["price"]) >= {"usd_per_gpu_hour", "provider", "basis", "as_of", "source"}
            assert set(option["operating_point"]) >= {
                "interactivity_tok_s_per_user", "tok_s_per_gpu", "low", "high", "grade", "range", "sources",
            }  # fmt: skip
            assert set(option["fleet"]) >= {"gpus", "replicas", "replica_gpus", "servers", "utilization_fraction"}
            assert set(option["cost"]) == {"usd_per_month", "usd_per_mtok_total", "usd_per_mtok_output"}
            assert set(option["energy"]) >= {"kw", "tok_s_per_mw"}
        if option["rank"] is None and option is not data["baseline"]:
            assert not option["feasible"]


def test_recommend_writes_a_workbook(tmp_path):
    run("recommend", EXAMPLES[0], "--xlsx", tmp_path / "out.xlsx")
    assert load_workbook(tmp_path / "out.xlsx").sheetnames[:2] == ["Cover", "Inputs"]
    assert "cannot be written" in run("recommend", EXAMPLES[0], "--xlsx", tmp_path / "no" / "out.xlsx", code=2).stderr


def test_bad_scenario_reports_every_mistake(tmp_path):
    from tests.test_scenario_io import FIVE_MISTAKES

    (tmp_path / "bad.yaml").write_text(FIVE_MISTAKES)
    result = run("recommend", tmp_path / "bad.yaml", code=2)
    assert result.stdout == ""
    assert "6 problems" in result.stderr
    assert "Traceback" not in result.stderr
    assert "cannot be read" in run("recommend", tmp_path / "none.yaml", code=2).stderr


REFERENCE = ["--method", "frontier-steffen"]


def test_read_single():
    data = json.loads(run(*READ, "--at", "112", "--json", *REFERENCE).stdout)
    assert data["tok_s_per_gpu"] == pytest.approx(4730.7, abs=0.1)
    assert {
        "model",
        "hardware",
        "precision",
        "isl",
        "osl",
        "at",
        "decoding",
        "deployment",
        "low",
        "high",
        "grade",
        "reason",
    } <= set(data)
    assert (data["format"], data["low"], data["high"]) == ("nvfp4", None, None)
    assert "4,730.7 tok/s/GPU" in run(*READ, "--at", "112", *REFERENCE).stdout


def test_read_by_default_has_an_interval():
    data = json.loads(run(*READ, "--at", "112", "--json").stdout)
    assert data["method"] == "pooled"
    assert data["low"] < data["tok_s_per_gpu"] < data["high"]
    assert "(80 %: " in run(*READ, "--at", "112").stdout


def test_read_outside_answers_nothing_and_names_the_range():
    data = json.loads(run(*READ, "--at", "1000", "--json").stdout)
    assert data["tok_s_per_gpu"] is None
    assert data["grade"] is None
    assert "measured range 22.3593 to 318.523" in data["reason"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([*READ, "--at", "nan"], "at: must be an interactivity above 0"),
        ([*READ, "--at", "-5"], "at: must be"),
        ([*READ], "missing --at"),
        ([*READ, "--at", "112", "--method", "guess"], "unknown method"),
        ([*READ[:-1], "0", "--at", "112"], "osl: must be a whole number"),
        (["read", "--model", "lama", *READ[3:], "--at", "112"], "did you mean"),
        (["read", *READ[1:4], "h200", *READ[5:], "--at", "112"], "precision: H200 SXM does not compute in NVFP4"),
        (
            [
                "compare",
                "--model",
                "qwen3.5",
                "--a",
                "b200:fp4",
                "--b",
                "b200:bf16",
                "--isl",
                "1024",
                "--osl",
                "1024",
                "--price-book",
                "x",
            ],
            "price book",
        ),
        (["link", "decode", "1.abc.def"], "damaged or cut off"),
        (["--catalog", "/nowhere", "catalog", "check"], "no such catalog folder"),
    ],
)
def test_bad_input_is_a_clear_message(arguments, words):
    result = run(*arguments, code=2)
    assert words in result.stderr
    assert "Traceback" not in result.stderr


BATCH = """model,hardware,precision,isl,osl,at,decoding,note
qwen3.5,b200,fp4,1024,1024,112,,first
qwen3.5,b200,fp4,1024,1024,9999,,fast
nobody,b200,fp4,1024,1024,112,,who
kimik2.5,h200,int4,8192,1024,40,any,last
llama70b,h200,nvfp4,1024,1024,40,,hopper
"""


def test_batch_keeps_rows_and_columns(tmp_path):
    (tmp_path / "batch.csv").write_text(BATCH)
    rows = list(csv.DictReader(io.StringIO(run("read", "--batch", tmp_path / "batch.csv", *REFERENCE).stdout)))
    assert [row["note"] for row in rows] == ["first", "fast", "who", "last", "hopper"]
    assert list(rows[0])[:8] == ["model", "hardware", "precision", "isl", "osl", "at", "decoding", "note"]
    assert float(rows[0]["tok_s_per_gpu"]) == pytest.approx(4730.7, abs=0.1)
    assert float(rows[3]["tok_s_per_gpu"]) == pytest.approx(863.8, abs=0.1)
    assert rows[1]["tok_s_per_gpu"] == rows[2]["tok_s_per_gpu"] == rows[4]["tok_s_per_gpu"] == ""
    assert "measured range" in rows[1]["reason"]
    assert "unknown model" in rows[2]["reason"]
    assert "does not compute" in rows[4]["reason"]


def test_batch_without_its_columns_is_refused(tmp_path):
    (tmp_path / "batch.csv").write_text("model,at\nqwen3.5,112\n")
    assert "column 'hardware' is missing" in run("read", "--batch", tmp_path / "batch.csv", code=2).stderr


def test_compare_text_and_json():
    arguments = ["compare", "--model", "kimik2.5", "--a", "h200:int4", "--b", "b200:fp4", "--isl", "8192", "--osl", "1024"]
    arguments += ["--at", "40", "--price-book", "inferencex-2026-03"]
    text = run(*arguments).stdout
    assert "B saves 66 % per token at equal utilization" in text
    assert "GPUs" in text
    data = json.loads(run(*arguments, "--json").stdout)
    assert data["rows"][0]["saving_fraction"] == pytest.approx(0.66, abs=0.005)
    assert data["rows"][0]["b"]["concurrency_gpus"] == 4


def test_catalog_check_and_lists():
    assert "no problems" in run("catalog", "check").stdout
    assert "7,194" in run("catalog", "list").stdout
    assert "inferencex-2026-03" in run("catalog", "list", "--prices").stdout
    assert "mi355x" in run("catalog", "list", "--hardware").stdout
    assert "8192/1024" in run("catalog", "list", "--models").stdout
    assert "Apache-2.0" in run("catalog", "list", "--sources").stdout


def test_own_catalog_by_option_and_environment(tmp_path):
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme" / "sources.yaml").write_text(
        "- {id: acme, title: T, publisher: P, date: null, licence: null, address: null}\n"
    )
    assert "acme: 1 records added" in run("--catalog", tmp_path / "acme", "catalog", "check").stdout
    assert "acme: 1 records added" in run("catalog", "check", env={"ADVISOR_CATALOG": str(tmp_path / "acme")}).stdout
    assert "Own catalog acme" in run("--catalog", tmp_path / "acme", "recommend", EXAMPLES[0]).stdout


def test_link_round_trip():
    token = run("link", "encode", EXAMPLES[0]).stdout.strip()
    assert "gpt-oss-120b" in run("link", "decode", token).stdout
    assert "changed since" not in run("link", "decode", token).stdout


def test_module_and_import_without_streamlit():
    code = "import sys, advisor, advisor.cli; sys.exit('streamlit' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
    done = subprocess.run(
        [sys.executable, "-m", "advisor", "catalog", "check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert "no problems" in done.stdout
