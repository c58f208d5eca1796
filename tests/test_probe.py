"""The probe's arithmetic and its reports, against a stand-in for PyTorch (no GPU here)."""

import ast
import json
import subprocess
import sys
import types

import pytest

from advisor import probe
from advisor.importers import Document, import_documents
from tests.conftest import ROOT

MILLISECONDS = 2.0


class Tensor:
    """Enough of a tensor for the probe."""

    def to(self, *_):
        return self

    clone = t = view = copy_ = to


class Event:
    def __init__(self, **_):
        pass

    def record(self):
        pass

    synchronize = record

    def elapsed_time(self, _):
        return MILLISECONDS


@pytest.fixture
def torch(monkeypatch):
    def no_fp4(*_, **__):
        raise RuntimeError("_scaled_mm is not supported here\nsecond line")

    properties = types.SimpleNamespace(name="Stand-in", total_memory=80e9, L2_cache_size=50 << 20, gcnArchName="")
    make = lambda *_, **__: Tensor()  # noqa: E731
    cuda = types.SimpleNamespace(
        is_available=lambda: True, get_device_properties=lambda _: properties, mem_get_info=lambda _: (64 << 30, 80 << 30),
        synchronize=lambda: None, Event=Event, device_count=lambda: 1, get_device_capability=lambda _: (9, 0),
    )  # fmt: skip
    module = types.SimpleNamespace(
        cuda=cuda, device=make, zeros=make, empty_like=make, randn=make, tensor=make, _scaled_mm=no_fp4, uint8=0, bfloat16=0,
        float8_e4m3fn=0, float8_e4m3fnuz=0, __version__="0.0", version=types.SimpleNamespace(hip=None, cuda="0"),
        nn=types.SimpleNamespace(functional=types.SimpleNamespace(linear=make)),
    )  # fmt: skip
    monkeypatch.setitem(sys.modules, "torch", module)
    return module


@pytest.mark.usefixtures("torch")
def test_rates_follow_from_time_and_shape():
    result = probe.run_probe()
    assert result["copy"]["gb_s"] == pytest.approx(2 * (4 << 30) / MILLISECONDS / 1e6)
    row = next(r for r in result["matmul"] if (r["format"], r["m"], r["n"]) == ("bf16", 64, 28672))
    assert row["tflops"] == pytest.approx(2 * 64 * 28672 * 8192 / (MILLISECONDS / 1e3) / 1e12)
    assert row["gb_s"] == pytest.approx((2 * 28672 * 8192 + 2 * 64 * 8192 + 2 * 64 * 28672) / (MILLISECONDS / 1e3) / 1e9)
    assert {r["phase"] for r in result["matmul"]} == {"decode", "prefill"}


@pytest.mark.usefixtures("torch")
def test_a_format_that_does_not_run_is_named_and_nothing_is_made_up():
    result = probe.run_probe()
    assert {r["format"] for r in result["matmul"]} == {"bf16"}
    reasons = {(s["format"], s["reason"]) for s in result["skipped"]}
    assert reasons == {("fp8", "_scaled_mm is not supported here"), ("fp4", "this GPU has no FP4 units")}


@pytest.mark.usefixtures("torch")
def test_out_of_time_is_said():
    result = probe.run_probe(limit_s=-1.0)
    assert result["matmul"] == []
    assert {s["reason"] for s in result["skipped"]} == {"out of time"}


@pytest.mark.usefixtures("torch")
def test_what_it_writes_can_be_imported(tmp_path):
    path = tmp_path / "probe.json"
    assert probe.main(["--out", str(path)]) == 0
    (imported,) = import_documents([Document("probe.json", path.read_bytes())])
    assert imported.found.probe.gpu == "Stand-in"
    assert imported.found.probe.probe_version == probe.PROBE_VERSION == json.loads(path.read_text())["probe_version"]
    assert probe.main(["--out", str(tmp_path / "no" / "folder.json")]) == 2


def test_the_file_runs_alone():
    """Nothing but the standard library is imported outside the functions, and without PyTorch it says so."""
    tree = ast.parse((ROOT / "advisor" / "probe.py").read_text())
    top = {n.module or "" for n in tree.body if isinstance(n, ast.ImportFrom)} | {
        alias.name for n in tree.body if isinstance(n, ast.Import) for alias in n.names
    }
    assert {name.split(".")[0] for name in top} <= set(sys.stdlib_module_names)
    done = subprocess.run([sys.executable, ROOT / "advisor" / "probe.py"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "PyTorch" in done.stderr
