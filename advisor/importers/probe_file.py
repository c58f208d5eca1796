"""The JSON that ``advisor probe`` writes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from advisor.importers.document import Document
from advisor.importers.records import Found, ImportRefusedError, ProbeResult
from advisor.importers.values import at, iso_date, positive, text

NAME = "advisor probe"
TOOL = "gpu-migration-advisor probe"
SCHEMA = 1
FORMATS = ("bf16", "fp8", "fp4")
MOST_SKIPPED = 200


def detect(document: Document) -> bool:
    """A file that names the probe as its tool."""
    return document.data.get("tool") == TOOL


def read(document: Document) -> Found:
    """The probe's bandwidth and its best rate of each format."""
    data = document.data
    if data.get("schema") != SCHEMA:
        raise ImportRefusedError(f"{document.file}: probe schema {data.get('schema')!r}; this program reads {SCHEMA}")
    gpu, copied = text(data.get("gpu")), positive(at(data, "copy.gb_s"))
    rows = data.get("matmul")
    rates: dict[str, float] = {}
    for row in rows if isinstance(rows, list) else []:
        rate = positive(at(row, "tflops"))
        name = at(row, "format")
        if isinstance(row, Mapping) and rate and name in FORMATS:
            rates[name] = max(rates.get(name, 0.0), rate)
    if gpu is None or copied is None or not rates:
        raise ImportRefusedError(f"{document.file}: the probe measured no bandwidth or no matrix rate: run it again")
    version = text(data.get("probe_version")) or "unknown"
    skipped = data.get("skipped")
    warnings = _skipped(skipped if isinstance(skipped, list) else [])
    return Found(
        probe=ProbeResult(gpu, version, iso_date(data.get("date")), copied, rates, document.digest), warnings=warnings
    )


def _skipped(items: list[Any]) -> tuple[str, ...]:
    """What the probe could not measure: one line a format and reason, with how many shapes it is about."""
    found = Counter((text(at(item, "format")), text(at(item, "reason"))) for item in items[:MOST_SKIPPED])
    return tuple(f"{name}: {count} shapes not measured: {reason}" for (name, reason), count in found.items())
