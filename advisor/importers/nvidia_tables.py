"""CSV exports of GenAI-Perf and AIPerf: a table of per-request statistics, then a table of single values."""

from __future__ import annotations

import re
from collections.abc import Mapping

from advisor.importers.document import Document
from advisor.importers.records import Latency
from advisor.importers.values import positive

NS_PER_MS = 1e6
MS_OF = {"ms": 1.0, "ns": 1 / NS_PER_MS, "us": 1e-3, "s": 1e3, "sec": 1e3}

MAX_METRIC_NAME = 200

Table = Mapping[str, tuple[str, Mapping[str, str]]]
"""Unit and cells by column, by metric name in lower case without its unit."""


def tables(document: Document) -> Table:
    """Metrics of the whole file by name; cells of single values stand under ``value``. Empty if it is no such CSV."""
    found: dict[str, tuple[str, Mapping[str, str]]] = {}
    header: tuple[str, ...] = ()
    for row in document.rows:
        if not row or not row[0] or len(row[0]) > MAX_METRIC_NAME:
            continue
        if row[0].lower() == "metric":
            header = tuple(cell.lower() for cell in row)
        elif header:
            match = re.fullmatch(r"(.*?)(?:\s*\(([^()]*)\))?", row[0])
            if match:
                found.setdefault(match[1].strip().lower(), (match[2] or "", dict(zip(header, row, strict=False))))
    return found


def statistic(table: Table, metric: str, column: str) -> float | None:
    """One cell as a number: ``value`` falls back to ``avg``."""
    cells = table.get(metric, ("", {}))[1]
    return positive(cells.get(column)) or (positive(cells.get("avg")) if column == "value" else None)


def table_latency(table: Table, metric: str, default_unit: str = "ms") -> Latency:
    """A latency row in milliseconds, by the unit that stands behind its name."""
    unit, cells = table.get(metric, ("", {}))
    factor = MS_OF.get(unit or default_unit)
    if factor is None:
        return Latency()
    names = {"mean": "avg", "p50": "p50", "p90": "p90", "p95": "p95", "p99": "p99"}
    values = {name: positive(cells.get(column)) for name, column in names.items()}
    return Latency(**values).scaled(factor)
