"""Imports as plain data for JSON and other programs. Names carry units, as in the records."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from advisor.importers.records import BenchmarkRun, Imported, Latency


def imported_as_dict(imported: Imported) -> dict[str, Any]:
    """One file's import under its documented keys."""
    found = imported.found
    return {
        "file": imported.file,
        "tool": imported.tool,
        "refused": imported.refusal,
        "runs": [run_as_dict(run) for run in found.runs],
        "offers": [asdict(offer) for offer in found.offers],
        "bill": None if found.bill is None else asdict(found.bill),
        "probe": None if found.probe is None else {**asdict(found.probe), "tflops": dict(found.probe.tflops)},
        "questions": [asdict(question) for question in imported.questions],
        "warnings": list(found.warnings),
    }


def run_as_dict(run: BenchmarkRun) -> dict[str, Any]:
    """One run; what the file does not say is None."""
    plain: dict[str, Any] = {}
    for name in BenchmarkRun.__dataclass_fields__:
        value = getattr(run, name)
        if isinstance(value, Latency):
            value = asdict(value)
        elif name == "hints":
            value = {field: {"suggestion": hint[0], "because": hint[1]} for field, hint in value.items()}
        plain[name] = list(value) if isinstance(value, tuple) else value
    plain["tok_s_per_gpu"] = run.tok_s_per_gpu
    plain["interactivity_tok_s_per_user"] = run.interactivity_tok_s_per_user
    return plain
