"""llmperf ``*_summary.json``: flat keys in seconds; some files wrap several summaries by concurrency.

Its inter-token latency is E2E / n and contains the time to first token, so TPOT is recomputed from the means.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from advisor.importers.build import Totals, build_run
from advisor.importers.document import Document
from advisor.importers.records import BenchmarkRun, Found, ImportRefusedError, Latency
from advisor.importers.values import first, latency, positive, text
from advisor.units import MS_PER_S, SECONDS_PER_MINUTE

NAME = "llmperf"
WRAPPED_KEYS = frozenset({"latency_ms_per_token", "throughput_token_per_s", "first-time-to-token_mean_in_ms"})


def detect(document: Document) -> bool:
    """A summary, several summaries keyed by concurrency, or the short tables made from them."""
    return bool(_summaries(document))


def _summaries(document: Document) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = [item for item in document.objects if _is_summary(item)]
    if found:
        return found
    return [item for item in document.data.values() if isinstance(item, Mapping) and (_is_summary(item) or _is_short(item))]


def _is_summary(item: Mapping[str, Any]) -> bool:
    return any(key.startswith("results_ttft_s") for key in item) and any(
        key.startswith("results_end_to_end_latency_s") for key in item
    )


def _is_short(item: Mapping[str, Any]) -> bool:
    return set(item) >= WRAPPED_KEYS


def read(document: Document) -> Found:
    """One run a summary."""
    summaries = _summaries(document)
    if all(_is_short(item) for item in summaries):
        raise ImportRefusedError(
            f"{document.file}: a shortened llmperf table: its latency a token contains the time to first token and no "
            "end-to-end latency stands beside it, so time per output token cannot be recomputed; import the "
            "results file instead"
        )
    return Found(runs=tuple(_run(document, item) for item in summaries if _is_summary(item)))


def _run(document: Document, item: Mapping[str, Any]) -> BenchmarkRun:
    osl = positive(item.get("results_number_output_tokens_mean"))
    ttft, e2e = _seconds(item, "ttft"), _seconds(item, "end_to_end_latency")
    tpot = None
    if osl and osl > 1 and ttft.mean and e2e.mean and e2e.mean > ttft.mean:
        tpot = (e2e.mean - ttft.mean) / (osl - 1)
    per_minute = positive(item.get("results_num_completed_requests_per_min"))
    totals = Totals(
        completed=item.get("results_num_completed_requests"),
        requests=item.get("results_num_requests_started"),
        failed=item.get("results_number_errors"),
        printed_req_s=per_minute / SECONDS_PER_MINUTE if per_minute else None,
        printed_output_tok_s=item.get("results_mean_output_throughput_token_per_s"),
    )
    run = build_run(
        document,
        totals,
        tool=NAME,
        tool_version=text(item.get("version")),
        model=text(item.get("model")),
        concurrency=positive(first(item, "num_concurrent_requests")),
        input_tokens=positive(item.get("results_number_input_tokens_mean")),
        output_tokens=osl,
        ttft_ms=ttft,
        tpot_ms=Latency(mean=tpot),
        e2e_ms=e2e,
    )
    return run.warn(
        "time per output token is recomputed from mean latencies: llmperf's own contains the time to first token"
    )


def _seconds(item: Mapping[str, Any], name: str) -> Latency:
    stem = f"results_{name}_s"
    names = {"mean": f"{stem}_mean", "p50": f"{stem}_quantiles_p50", "p90": f"{stem}_quantiles_p90"}
    return latency(item, MS_PER_S, **names, p95=f"{stem}_quantiles_p95", p99=f"{stem}_quantiles_p99")
