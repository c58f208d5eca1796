"""The probe of a real H200 that is committed beside its script: it imports, and it is what other cards are compared with."""

import pytest

from advisor.importers import import_documents, read_document
from tests.conftest import ROOT

FILE = ROOT / "benchmarks" / "probe_h200.json"


def test_the_committed_probe_is_the_reference(catalog):
    (item,) = import_documents([read_document(FILE)])
    probe, gpu = item.found.probe, catalog.hardware["h200"]
    assert probe.copy_gb_s / gpu.memory_bandwidth_gb_s == pytest.approx(
        catalog.assume("probe_reference_copy_fraction"), rel=1e-3
    )
    for name in ("bf16", "fp8"):
        peak = getattr(gpu.dense_tflops, name)
        assert probe.tflops[name] / peak == pytest.approx(catalog.assume(f"probe_reference_{name}_fraction"), rel=1e-3)
    assert item.found.warnings == ("fp4: 12 shapes not measured: this GPU has no FP4 units",)
