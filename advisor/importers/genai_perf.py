"""GenAI-Perf ``profile_export_genai_perf.json`` and ``.csv``.

Both hold no total throughput: it is requests per second times both lengths. TPOT is its ``inter_token_latency``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from advisor.importers.build import Totals, build_run
from advisor.importers.document import MAX_NAME, Document
from advisor.importers.hints import from_names
from advisor.importers.nvidia_tables import MS_OF, NS_PER_MS, Table, statistic, table_latency, tables
from advisor.importers.records import BenchmarkRun, Found, Latency
from advisor.importers.values import at, first, positive, text

NAME = "genai-perf"


def detect(document: Document) -> bool:
    """JSON: inter-token latency, and settings of perf_analyzer. CSV: its two tables with its spelling of the metrics."""
    data = document.data
    if data:
        config = data.get("input_config")
        nested = isinstance(at(data, "inter_token_latency.avg"), int | float) or isinstance(
            at(data, "request_throughput.avg"), int | float
        )
        ours = isinstance(config, Mapping) and any(
            key in config for key in ("perf_analyzer", "profile_export_file", "service_kind", "formatted_model_name")
        )
        return nested and ours
    found = tables(document)
    seconds = any(found.get(name, ("",))[0] == "per sec" for name in ("request throughput", "output token throughput"))
    earlier = "request latency" in found and not _looks_like_aiperf(document)
    return "output token throughput" in found and (seconds or earlier)


def _looks_like_aiperf(document: Document) -> bool:
    return "Time to First Token (ms)" in document.text or "Benchmark Duration" in document.text


def read(document: Document) -> Found:
    """The one run of the file."""
    run = _from_json(document) if document.data else _from_csv(document, tables(document))
    return Found(runs=(run,))


def _from_json(document: Document) -> BenchmarkRun:
    data = document.data
    config = data.get("input_config")
    stimulus = first(config, "perf_analyzer.stimulus", "stimulus")
    models = first(config, "model_names", "model", "models")
    load = positive(at(stimulus, "concurrency")) or positive(at(config, "concurrency"))
    totals = Totals(
        completed=at(data, "request_count.avg"),
        printed_req_s=at(data, "request_throughput.avg"),
        printed_output_tok_s=at(data, "output_token_throughput.avg"),
    )
    return build_run(
        document,
        totals,
        tool=NAME,
        model=text(models[0]) if isinstance(models, list) and models else text(models),
        concurrency=load,
        request_rate=positive(at(stimulus, "request_rate")) or positive(at(config, "request_rate")),
        input_tokens=positive(first(data, "input_sequence_length.avg", "num_input_token.avg")),
        output_tokens=positive(first(data, "output_sequence_length.avg", "num_output_token.avg")),
        ttft_ms=json_latency(data, "time_to_first_token"),
        tpot_ms=json_latency(data, "inter_token_latency"),
        e2e_ms=json_latency(data, "request_latency"),
    )


def json_latency(data: Mapping[str, Any], name: str) -> Latency:
    """A latency metric in milliseconds, by its unit field."""
    unit = at(data, f"{name}.unit")
    factor = MS_OF.get(unit if isinstance(unit, str) else "ms")
    if factor is None:
        return Latency()
    names = {"mean": "avg", "p50": "p50", "p90": "p90", "p95": "p95", "p99": "p99"}
    return Latency(**{key: positive(at(data, f"{name}.{column}")) for key, column in names.items()}).scaled(factor)


def _from_csv(document: Document, found: Table) -> BenchmarkRun:
    oldest = "num output token" in found  # its earliest rows are in nanoseconds and name no unit
    unit = "ns" if oldest else "ms"
    itl = table_latency(found, "inter token latency", unit)
    hints: dict[str, tuple[str, str]] = {}
    match = re.search(r"([^/\\]+)-openai-(?:chat|completions)-concurrency(\d+)", document.name[-MAX_NAME:])
    if match:
        hints = {"concurrency": (match[2], "the folder name"), "model": (match[1], "the folder name")}
        hints = {**from_names(("the folder name", match[1])), **hints}
    totals = Totals(
        completed=statistic(found, "request count", "value"),
        printed_req_s=statistic(found, "request throughput", "value"),
        printed_output_tok_s=statistic(found, "output token throughput", "value"),
    )
    return build_run(
        document,
        totals,
        tool=NAME,
        input_tokens=statistic(found, "input sequence length", "avg") or statistic(found, "num input token", "avg"),
        output_tokens=statistic(found, "output sequence length", "avg") or statistic(found, "num output token", "avg"),
        ttft_ms=table_latency(found, "time to first token", unit),
        tpot_ms=itl if itl.typical is None or itl.typical < NS_PER_MS else itl.scaled(1 / NS_PER_MS),
        e2e_ms=table_latency(found, "request latency", unit),
        hints=hints,
    )
