"""GuideLLM ``benchmarks.json``, all three layouts, and its CSV with one or with three header rows.

TPOT is its ``inter_token_latency_ms`` in every version: its ``time_per_output_token_ms`` divides by n, and from 0.5 on
contains the time to first token.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from advisor.importers.build import Totals, build_run
from advisor.importers.document import Document
from advisor.importers.records import BenchmarkRun, Found, ImportRefusedError, Latency
from advisor.importers.values import at, first, iso_date, number, positive, text
from advisor.units import MS_PER_S

NAME = "guidellm"
STATUS = "successful"


def detect(document: Document) -> bool:
    """A list of benchmarks whose metrics are split by status; or its CSV by column names."""
    if document.data:
        benchmarks = document.data.get("benchmarks")
        return isinstance(benchmarks, list) and any(
            isinstance(item, dict) and isinstance(at(item, f"metrics.output_token_count.{STATUS}"), dict)
            for item in benchmarks
        )
    return _csv_header(document) is not None


def read(document: Document) -> Found:
    """One run a benchmark; those without a completed request are named among the warnings."""
    runs: list[BenchmarkRun] = []
    refused: list[str] = []
    items = document.data.get("benchmarks") if document.data else _csv_items(document)
    for position, item in enumerate(items if isinstance(items, list) else []):
        if not isinstance(item, dict):
            continue
        try:
            runs.append(_run(document, item))
        except ImportRefusedError as error:
            refused.append(f"benchmark {position + 1} left out: {error}")
    if not runs:
        raise ImportRefusedError(refused[0] if refused else f"{document.file}: holds no benchmark")
    return Found(runs=tuple(runs), warnings=tuple(refused))


def _run(document: Document, item: Mapping[str, Any]) -> BenchmarkRun:
    metrics = item.get("metrics")
    counts = first(item, "metrics.request_totals", "request_totals", "run_stats.requests_made") or {}
    begin, end = number(item.get("start_time")), number(item.get("end_time"))
    duration = positive(item.get("duration")) or (end - begin if begin and end and end > begin else None)
    completed = first(counts, "successful") if isinstance(counts, Mapping) else None
    if completed is None:
        completed = at(metrics, f"request_latency.{STATUS}.count")
    strategy = first(item, "config.strategy", "args.strategy") or {}
    streams = positive(at(strategy, "streams")) if at(strategy, "type_") in ("concurrent", None) else None
    measured = positive(_stat(metrics, "request_concurrency", "mean"))
    totals = Totals(
        completed=completed,
        failed=at(counts, "errored"),
        requests=at(counts, "total"),
        duration_s=duration,
        input_tokens=_total(metrics, "prompt_token_count", completed),
        output_tokens=_total(metrics, "output_token_count", completed),
        printed_req_s=_stat(metrics, "requests_per_second", "mean"),
        printed_output_tok_s=_stat(metrics, "output_tokens_per_second", "mean"),
        printed_total_tok_s=None,  # its prompt rate counts what was in flight: up to half off in 0.5 and 0.6
    )
    run = build_run(
        document,
        totals,
        tool=NAME,
        tool_version=text(at(document.data, "metadata.guidellm_version")),
        date=iso_date(at(document.data, "metadata.date")) or iso_date(item.get("date")),
        model=_model(document, item),
        concurrency=streams or measured,
        request_rate=positive(at(strategy, "rate")),
        ttft_ms=_latency(metrics, "time_to_first_token_ms"),
        tpot_ms=_latency(metrics, "inter_token_latency_ms"),
        e2e_ms=_latency(metrics, "request_latency").scaled(MS_PER_S),
    )
    own = item.get("warnings")
    words = [w if isinstance(w, str) else at(w, "note") or at(w, "message") for w in own] if isinstance(own, list) else []
    return run.warn(*(f"GuideLLM says: {text(word)}" for word in words if text(word)))


def _stat(metrics: Any, name: str, statistic: str) -> Any:
    return at(metrics, f"{name}.{STATUS}.{statistic}")


def _total(metrics: Any, name: str, completed: Any) -> float | None:
    total = positive(_stat(metrics, name, "total_sum"))
    mean, done = positive(_stat(metrics, name, "mean")), positive(completed)
    return total or (mean * done if mean and done else None)


def _latency(metrics: Any, name: str) -> Latency:
    names = {"mean": "mean", "p50": "median", "p90": "percentiles.p90", "p95": "percentiles.p95", "p99": "percentiles.p99"}
    return Latency(**{key: positive(_stat(metrics, name, statistic)) for key, statistic in names.items()})


def _model(document: Document, item: Mapping[str, Any]) -> str | None:
    inside = first(item, "config.backend.model", "worker.backend_model", "benchmark.backend.model")
    outside = first(document.data, "config.spec.backend.model", "args.backend_kwargs.model", "args.model")
    return text(inside) or text(outside)


METRICS = {
    "request latency": "request_latency",
    "time to first token": "time_to_first_token_ms",
    "inter token latency": "inter_token_latency_ms",
    "prompt token count": "prompt_token_count",
    "output token count": "output_token_count",
    "requests per second": "requests_per_second",
    "request concurrency": "request_concurrency",
    "output tokens per second": "output_tokens_per_second",
}
"""Names of the one-header CSV; the three-header one is mapped in ``_grouped_name``."""
PERCENTILES = {8: "p90", 9: "p95", 10: "p99"}
PERCENTILE_COUNT = 11
MAX_HEADER = 120


def _csv_header(document: Document) -> int | None:
    """1 or 3 header rows if this is a GuideLLM CSV, else None."""
    rows = document.rows
    if len(rows) > 1 and "Successful Inter token latency ms mean" in rows[0]:
        return 1
    if len(rows) > 3 and "Inter Token Latency" in rows[0] and "Strategy" in rows[1] and "Mean" in rows[2]:
        return 3
    return None


def _csv_items(document: Document) -> list[dict[str, Any]]:
    """CSV rows in the shape of the JSON's benchmarks."""
    heads = _csv_header(document) or 1
    columns = [
        tuple(part[:MAX_HEADER].lower() for part in column) for column in zip(*_padded(document.rows[:heads]), strict=True)
    ]
    return [_csv_item(columns, cells) for cells in document.rows[heads:] if any(cells)]


def _padded(rows: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    width = max(len(row) for row in rows)
    return [row + ("",) * (width - len(row)) for row in rows]


def _csv_item(columns: Sequence[tuple[str, ...]], cells: tuple[str, ...]) -> dict[str, Any]:
    metrics: dict[str, Any] = {}
    item: dict[str, Any] = {"metrics": metrics, "request_totals": {}, "config": {"strategy": {}}}
    counts = item["request_totals"]
    for column, cell in zip(columns, cells, strict=False):
        name, statistic = _flat_name(column[0]) if len(column) == 1 else _grouped_name(*column[:3])
        if name == "duration" and "duration" not in item:
            item["duration"] = number(cell)
        elif name == "strategy":
            item["config"]["strategy"] = _strategy(cell)
        elif name in ("successful", "errored", "total", "incomplete"):
            counts.setdefault(name, number(cell))
        elif name == "date":
            item.setdefault("date", cell)
        elif name == "backend":
            item["config"]["backend"] = {"model": _backend_model(cell)}
        elif name:
            _put(metrics.setdefault(name, {}).setdefault(STATUS, {}), statistic, cell)
    return item


def _put(values: dict[str, Any], statistic: str, cell: str) -> None:
    """A statistic; percentiles stand as a list in one cell, and a column repeated for another unit comes second."""
    if statistic in ("mean", "median"):
        values.setdefault(statistic, number(cell))
    elif "percentile" in statistic or statistic.startswith("["):
        try:
            listed = json.loads(cell)
        except (ValueError, RecursionError):
            return
        if isinstance(listed, list) and len(listed) == PERCENTILE_COUNT:
            shift = -1 if statistic.startswith("[min") else 0
            values.setdefault("percentiles", {name: number(listed[place + shift]) for place, name in PERCENTILES.items()})


def _flat_name(column: str) -> tuple[str | None, str]:
    simple = {"duration": "duration", "name": "strategy", "start time": "date", "successful requests": "successful"}
    if column in simple:
        return simple[column], ""
    if column in ("errored requests", "incomplete requests"):
        return column.split()[0], ""
    match = re.fullmatch(r"successful (.+?)(?: ms)? (mean|median|\[.*\])", column)
    if match is None:
        return None, ""
    return METRICS.get(match[1]), match[2]


def _grouped_name(group: str, metric: str, statistic: str) -> tuple[str | None, str]:
    if group == "request counts" and metric in ("successful", "incomplete", "errored", "total"):
        return metric, ""
    simple = {("benchmark", "strategy"): "strategy", ("timings", "duration"): "duration", ("run info", "backend"): "backend"}
    if (group, metric) in simple:
        return simple[group, metric], ""
    if (group, metric) == ("timings", "start time"):
        return "date", ""
    names = {
        ("request latency", "successful sec"): "request_latency",
        ("time to first token", "successful ms"): "time_to_first_token_ms",
        ("inter token latency", "successful ms"): "inter_token_latency_ms",
        ("server throughput", "successful requests/sec"): "requests_per_second",
        ("server throughput", "successful concurrency"): "request_concurrency",
        ("token metrics", "successful input tokens"): "prompt_token_count",
        ("token metrics", "successful output tokens"): "output_token_count",
        ("token throughput", "successful output tokens/sec"): "output_tokens_per_second",
    }
    return names.get((group, metric)), statistic


def _strategy(cell: str) -> dict[str, Any]:
    kind, _, value = cell.partition("@")
    key = "streams" if kind == "concurrent" else "rate"
    return {"type_": kind, key: number(value)}


def _backend_model(cell: str) -> Any:
    try:
        return at(json.loads(cell), "model")
    except (ValueError, RecursionError):
        return None
