"""``sglang.bench_serving``: one JSON object a line, one line a run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from advisor.importers.build import Totals, build_run
from advisor.importers.document import Document
from advisor.importers.hints import from_names
from advisor.importers.records import BenchmarkRun, Found, Latency
from advisor.importers.values import at, count, first, latency, number, positive, text

NAME = "sglang.bench_serving"
ENGINE = "sglang"


def detect(document: Document) -> bool:
    """Objects that count output tokens twice, once retokenized."""
    return bool(document.objects) and all("total_output_tokens_retokenized" in item for item in document.objects)


def read(document: Document) -> Found:
    """Runs of a file, one a line."""
    return Found(runs=tuple(_run(document, item) for item in document.objects))


def _run(document: Document, item: Mapping[str, Any]) -> BenchmarkRun:
    server = item.get("server_info")
    totals = Totals(
        completed=item.get("completed"),
        duration_s=item.get("duration"),
        input_tokens=item.get("total_input_tokens"),
        output_tokens=item.get("total_output_tokens"),
        printed_req_s=item.get("request_throughput"),
        printed_output_tok_s=item.get("output_throughput"),
        printed_total_tok_s=first(item, "total_throughput", "total_token_throughput"),
    )
    backend = text(item.get("backend"))
    hints = from_names(("the run's tag", text(item.get("tag"))))
    tensor, pipeline = count(at(server, "tp_size")), count(at(server, "pp_size")) or 1
    copies = count(at(server, "dp_size")) or 1
    if tensor and (copies == 1 or at(server, "enable_dp_attention") is True):
        # With attention data parallelism SGLang spreads dp_size over the tensor-parallel group, so tp x pp is the count.
        hints["gpus"] = (str(tensor * pipeline), "the server's tp_size x pp_size")
    elif tensor and at(server, "enable_dp_attention") is False:
        hints["gpus"] = (str(tensor * pipeline * copies), "the server's tp_size x pp_size x dp_size")
    if not server and backend:
        hints.setdefault("engine", (backend, "the client's backend setting"))
    speculative = number(item.get("accept_length")) or text(at(server, "speculative_algorithm"))
    return build_run(
        document,
        totals,
        tool=NAME,
        model=text(first(server, "model_path", "served_model_name")),
        concurrency=positive(item.get("max_concurrency")) or positive(item.get("concurrency")),
        request_rate=positive(item.get("request_rate")),
        tensor_parallel=tensor or None,
        precision=text(at(server, "quantization")),
        engine=ENGINE if server else None,
        engine_version=text(at(server, "version")),
        decoding="mtp" if speculative else None,
        ttft_ms=_latency(item, "ttft_ms"),
        tpot_ms=_latency(item, "tpot_ms"),
        itl_ms=_latency(item, "itl_ms"),
        e2e_ms=_latency(item, "e2e_latency_ms"),
        hints=hints,
    )


def _latency(item: Mapping[str, Any], key: str) -> Latency:
    return latency(item, mean=f"mean_{key}", p50=f"median_{key}", p90=f"p90_{key}", p95=f"p95_{key}", p99=f"p99_{key}")
