"""``vllm bench serve`` and benchmark_serving.py: one object, appended objects, or a sweep's summary list.

Served by the same keys, and read here too: InferenceX's token-position files, whose times are in seconds without a
unit in the key.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from statistics import mean
from typing import Any

from advisor.importers.build import Totals, build_run
from advisor.importers.document import Document
from advisor.importers.hints import from_names
from advisor.importers.records import BenchmarkRun, Found, Latency
from advisor.importers.values import count, first, iso_date, latency, number, positive, text
from advisor.units import MS_PER_S

NAME = "vllm bench serve"

KNOWN = frozenset({
    "date", "endpoint_type", "backend", "label", "model_id", "tokenizer_id", "num_prompts", "request_rate",
    "burstiness", "max_concurrency", "duration", "completed", "failed", "good_completed", "total_input_tokens",
    "total_output_tokens", "request_throughput", "request_goodput", "request_goodput:", "output_throughput",
    "input_throughput", "total_token_throughput", "max_output_tokens_per_s", "max_concurrent_requests", "rtfx",
    "best_of", "use_beam_search", "run_number", "input_lens", "output_lens", "ttfts", "itls", "generated_texts",
    "errors", "latencies", "start_times", "queue_times", "tps", "output_sequences", "peak_output_tokens_per_s",
})  # fmt: skip
_SAID = {
    "gpu": ("gpu", "gpu_model", "gpu_name", "gpu_type", "accelerator", "hardware", "hw"),
    "gpus": ("gpus", "num_gpus", "n_gpus", "gpu_count", "ngpu"),
    "tensor_parallel": ("tp", "tp_size", "tensor_parallel", "tensor_parallel_size", "tensor-parallel-size"),
    "precision": ("precision", "quantization", "dtype_weights"),
    "engine": ("engine", "framework", "serving_engine"),
    "engine_version": ("engine_version", "vllm_version", "framework_version"),
}


def detect(document: Document) -> bool:
    """Objects with a total of output tokens, a model and a time to first token."""
    objects = _objects(document)
    return bool(objects) and all(_is_run(item) for item in objects)


def _objects(document: Document) -> Sequence[Mapping[str, Any]]:
    """The JSON objects, or the rows of a sweep's ``summary.csv``, which has the same names."""
    if document.objects or not document.rows or "total_output_tokens" not in document.rows[0]:
        return document.objects
    rows = ({name: cell for name, cell in zip(document.rows[0], row, strict=False) if cell} for row in document.rows[1:])
    return [row for row in rows if row]


def _is_run(item: Mapping[str, Any]) -> bool:
    has_latency = any(re.fullmatch(r"(?:mean|median|p\d[\d.]*)_(?:ttft|tpot)(?:_ms)?", key) for key in item)
    return (
        has_latency
        and "total_output_tokens" in item
        and "model_id" in item
        and "total_output_tokens_retokenized" not in item
    )


def read(document: Document) -> Found:
    """Runs of a file; repeated runs of a sweep become their mean."""
    return Found(runs=tuple(_run(document, item, repeats) for item, repeats in _averaged(_objects(document))))


def _averaged(objects: Iterable[Mapping[str, Any]]) -> list[tuple[dict[str, Any], int]]:
    """Objects of one setting that differ by ``run_number`` only, as one object of means."""
    groups: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
    for position, item in enumerate(objects):
        extras = tuple((key, str(item[key])) for key in sorted(item) if _is_setting(key))
        alone = position if count(item.get("run_number")) is None else -1
        groups.setdefault((alone, *extras), []).append(item)
    result = []
    for items in groups.values():
        merged = dict(items[0])
        for key in merged:
            values = [number(item.get(key)) for item in items]
            if len(items) > 1 and not _is_setting(key) and all(value is not None for value in values):
                merged[key] = mean(value for value in values if value is not None)
        result.append((merged, len(items)))
    return result


def _is_setting(key: str) -> bool:
    if key in ("max_concurrency", "request_rate", "model_id", "num_prompts", "burstiness"):
        return True
    return key not in KNOWN and not re.match(r"(?:mean|median|std|p\d[\d.]*|spec_decode|probe|diffusion)_", key)


def _run(document: Document, item: Mapping[str, Any], repeats: int) -> BenchmarkRun:
    said = {field: text(str(value)) for field, keys in _SAID.items() if (value := _said(item, keys)) is not None}
    unit, to_ms = (
        ("_ms", 1.0) if any(key.endswith("_ttft_ms") or key.endswith("_tpot_ms") for key in item) else ("", MS_PER_S)
    )
    totals = Totals(
        completed=item.get("completed"),
        failed=item.get("failed") if item.get("failed") is not None else _missing(item),
        requests=item.get("num_prompts"),
        duration_s=item.get("duration"),
        input_tokens=item.get("total_input_tokens"),
        output_tokens=item.get("total_output_tokens"),
        printed_req_s=item.get("request_throughput"),
        printed_output_tok_s=item.get("output_throughput"),
        printed_total_tok_s=item.get("total_token_throughput"),
    )
    acceptance = positive(item.get("spec_decode_acceptance_length")) or positive(item.get("spec_decode_acceptance_rate"))
    hints = from_names(
        ("the run's label", text(item.get("label"))), ("the run's deployment note", text(item.get("deployment")))
    )
    backend = text(first(item, "backend", "endpoint_type"))
    if backend in ("vllm", "sglang", "tensorrt-llm"):
        engine = "trtllm" if backend == "tensorrt-llm" else backend
        hints.setdefault("engine", (engine, "the client's backend setting"))
    run = build_run(
        document,
        totals,
        tool=NAME,
        date=iso_date(item.get("date")),
        model=text(item.get("model_id")),
        concurrency=positive(item.get("max_concurrency")),
        request_rate=_finite_rate(item.get("request_rate")),
        gpu=said.get("gpu"),
        gpus=count(said.get("gpus")) or None,
        tensor_parallel=count(said.get("tensor_parallel")) or None,
        precision=said.get("precision"),
        engine=said.get("engine"),
        engine_version=said.get("engine_version"),
        decoding="mtp" if acceptance else None,
        ttft_ms=_latency(item, "ttft", unit, to_ms),
        tpot_ms=_latency(item, "tpot", unit, to_ms),
        itl_ms=_latency(item, "itl", unit, to_ms),
        e2e_ms=_latency(item, "e2el", unit, to_ms, "latency"),
        hints=hints,
    )
    return run.warn(f"mean of {repeats} repeated runs") if repeats > 1 else run


def _said(item: Mapping[str, Any], keys: Iterable[str]) -> Any:
    return next((item[key] for key in keys if isinstance(item.get(key), str | int | float) and item[key] != ""), None)


def _missing(item: Mapping[str, Any]) -> float | None:
    """Requests that did not complete, for files that do not count failures."""
    asked, done = number(item.get("num_prompts")), number(item.get("completed"))
    return asked - done if asked is not None and done is not None and asked >= done else None


def _finite_rate(value: Any) -> float | None:
    found = number(value)
    return found if found is not None and math.isfinite(found) and found > 0 else None


def _latency(item: Mapping[str, Any], name: str, unit: str, to_ms: float, other: str | None = None) -> Latency:
    for stem in (name, other):
        if stem is None:
            continue
        key = f"{stem}{unit}"
        p50 = f"median_{key}" if item.get(f"median_{key}") is not None else f"p50_{key}"
        found = latency(item, to_ms, mean=f"mean_{key}", p50=p50, p90=f"p90_{key}", p95=f"p95_{key}", p99=f"p99_{key}")
        if found != Latency():
            return found
    return Latency()
