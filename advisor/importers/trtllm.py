"""``trtllm-bench``: its printed log, and its ``--report_json``. Without streaming it is throughput only."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from advisor.importers.build import Totals, build_run
from advisor.importers.document import Document
from advisor.importers.records import BenchmarkRun, Found, Latency
from advisor.importers.values import at, count, first, number, positive, text
from advisor.units import MS_PER_S

NAME = "trtllm-bench"
ENGINE = "trtllm"
HEADING = "PERFORMANCE OVERVIEW"
MAX_LINE = 400
PREFIX = re.compile(
    r"^\s*(?:\d{4}-\d\d-\d\d[T ][\d:.,]{5,20}(?:Z|[+-][\d:]{4,6})?\s+(?:std(?:out|err)\s+[FP]\s+)?)?"
    r"(?:\[\d\d/\d\d/\d{4}[^\]]{0,20}\]\s*)?(?:\[(?:TRT-LLM|TensorRT-LLM)\]\s*)?(?:\[[A-Z]\]\s*)?"
)
"""What loggers and containers put before a line: a timestamp, the program, a level."""


def detect(document: Document) -> bool:
    """The report's parts, or the log's heading."""
    data = document.data
    if data:
        report = isinstance(data.get("performance"), dict) and isinstance(data.get("world_info"), dict)
        return report and number(at(data, "performance.request_throughput_req_s")) is not None
    return HEADING in document.text and any(name in document.text for name in ("TensorRT-LLM", "TensorRT LLM", "TRT-LLM"))


def read(document: Document) -> Found:
    """The one run of the file."""
    return Found(runs=(_from_report(document) if document.data else _from_log(document),))


def _from_report(document: Document) -> BenchmarkRun:
    data = document.data
    performance, world = data.get("performance"), data.get("world_info")
    lengths = first(data, "request_info.avg_input_length", "dataset.avg_isl", "dataset.avg_input_length")
    outputs = first(data, "request_info.avg_output_length", "dataset.avg_osl", "dataset.avg_output_length")
    done = first(data, "request_info.num_requests", "dataset.num_requests")
    totals = Totals(
        completed=done,
        printed_req_s=at(performance, "request_throughput_req_s"),
        printed_output_tok_s=at(performance, "system_output_throughput_tok_s"),
        printed_total_tok_s=at(performance, "system_total_throughput_tok_s"),
    )
    stream = data.get("streaming_metrics")
    duration = positive(at(performance, "total_latency_ms"))
    return build_run(
        document,
        totals,
        tool=NAME,
        tool_version=text(at(data, "engine.version")),
        model=text(at(data, "engine.model")),
        gpu=text(at(data, "machine.name")),
        gpus=count(at(world, "world_size")) or _product(world),
        tensor_parallel=count(at(world, "tp_size")) or None,
        precision=_precision(text(at(data, "engine.quantization")), text(at(data, "engine.dtype"))),
        engine=ENGINE,
        engine_version=text(at(data, "engine.version")),
        decoding="mtp" if isinstance(data.get("decoding_stats"), dict) else None,
        concurrency=positive(at(data, "request_info.avg_num_concurrent_requests")),
        input_tokens=positive(lengths),
        output_tokens=positive(outputs),
        ttft_ms=_percentiles(stream, "avg_ttft_ms", "ttft_percentiles"),
        tpot_ms=_percentiles(stream, "avg_tpot_ms", "tpot_percentiles"),
        e2e_ms=_percentiles(performance, "avg_request_latency_ms", "request_latency_percentiles_ms"),
        duration_s=None if duration is None else duration / MS_PER_S,
    )


def _product(world: Any) -> int | None:
    tensor, pipeline = count(at(world, "tp_size")), count(at(world, "pp_size")) or 1
    return tensor * pipeline if tensor else None


def _percentiles(data: Any, mean: str, table: str) -> Latency:
    return Latency(
        positive(at(data, mean)), *(positive(at(data, f"{table}.{name}")) for name in ("p50", "p90", "p95", "p99"))
    )


def _precision(quantization: str | None, dtype: str | None) -> str | None:
    """The weight format: the quantization if there is one, else the data type."""
    if quantization and quantization.lower() not in ("none", "null", "no_quant"):
        return quantization
    return dtype


def _from_log(document: Document) -> BenchmarkRun:
    said = _lines(document.text)
    tensor, pipeline = count(said.get("tp size")), count(said.get("pp size")) or 1
    output = first(said, "token throughput (tokens/sec)", "total output throughput (tokens/sec)")
    duration = positive(said.get("total latency (ms)"))
    version = text(first(said, "tensorrt-llm version", "tensorrt llm version"))
    totals = Totals(
        completed=said.get("number of requests"),
        duration_s=None,
        printed_req_s=said.get("request throughput (req/sec)"),
        printed_output_tok_s=output,
        printed_total_tok_s=said.get("total token throughput (tokens/sec)"),
    )
    return build_run(
        document,
        totals,
        tool=NAME,
        tool_version=version,
        model=said.get("model"),
        gpu=said.get("machine"),
        gpus=tensor * pipeline if tensor else None,
        tensor_parallel=tensor or None,
        precision=_precision(said.get("quantization"), said.get("dtype")),
        engine=ENGINE,
        engine_version=version,
        concurrency=positive(said.get("number of concurrent requests")),
        input_tokens=positive(said.get("average input length (tokens)")),
        output_tokens=positive(said.get("average output length (tokens)")),
        ttft_ms=_breakdown(said, "average time-to-first-token [ttft] (ms)", "[ttft]"),
        tpot_ms=_breakdown(said, "average time-per-output-token [tpot] (ms)", "[tpot]"),
        e2e_ms=_breakdown(said, "average request latency (ms)", "[latency]"),
        duration_s=None if duration is None else duration / MS_PER_S,
    )


def _breakdown(said: Mapping[str, str], mean: str, prefix: str) -> Latency:
    return Latency(
        positive(said.get(mean)), *(positive(said.get(f"{prefix} {name}")) for name in ("p50", "p90", "p95", "p99"))
    )


def _lines(log: str) -> Mapping[str, str]:
    """``Name: value`` lines of the three blocks around the last heading; the first of a name wins."""
    heading = log.rfind(HEADING)
    start = max(log.rfind("ENGINE DETAILS", 0, heading), log.rfind("PYTORCH BACKEND", 0, heading), 0)
    start = start or max(log.rfind("= WORLD + RUNTIME", 0, heading), 0)
    said: dict[str, str] = {}
    for line in log[start:].splitlines():
        if len(line) > MAX_LINE:
            continue
        if not line.lstrip().startswith("[TensorRT-LLM]"):
            line = PREFIX.sub("", line, count=1)
        machine = re.match(r"\s*(\S[^,]{1,80}), memory [\d.]+ GB", line)
        if machine:
            said.setdefault("machine", machine[1])
        match = re.match(r"\s*(\[?[A-Za-z][^:\t]{1,80}):\s+(\S.*?)\s*$", line)
        if match and not line.lstrip().startswith("[TensorRT-LLM]"):
            said.setdefault(re.sub(r"\s+", " ", match[1].strip()).lower(), match[2])
    return said
