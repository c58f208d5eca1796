"""AIPerf ``profile_export_aiperf.json`` and ``.csv``. TPOT is its ``inter_token_latency``.

Where the server's own token counts disagree with the client's, the server's count, and TPOT is rescaled to them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from advisor.importers.build import DISAGREEMENT_FRACTION, Totals, build_run
from advisor.importers.document import Document
from advisor.importers.genai_perf import json_latency
from advisor.importers.nvidia_tables import Table, statistic, table_latency, tables
from advisor.importers.records import BenchmarkRun, Found, ImportRefusedError
from advisor.importers.values import at, first, iso_date, positive, text

NAME = "aiperf"


def detect(document: Document) -> bool:
    """JSON: metrics with units beside AIPerf's version, phases or load generator. CSV: its spelling of the metrics."""
    data = document.data
    if data:
        metric = any(isinstance(at(data, f"{name}.unit"), str) for name in ("request_throughput", "inter_token_latency"))
        ours = first(data, "aiperf_version", "schema_version", "benchmark_duration", "input_config.loadgen") is not None
        return metric and ours
    found = tables(document)
    return "Time to First Token" in document.text and "request throughput" in found and "request latency" in found


def read(document: Document) -> Found:
    """The one run of the file."""
    return Found(runs=(_from_json(document) if document.data else _from_csv(document, tables(document)),))


def _from_json(document: Document) -> BenchmarkRun:
    data = document.data
    if data.get("was_cancelled") is True:
        raise ImportRefusedError(f"{document.file}: the run was cancelled, so its rates are those of a torso")
    completed = at(data, "request_count.avg")
    ins, outs = (
        first(data, "total_isl.avg", "input_sequence_length.sum"),
        first(data, "total_osl.avg", "total_output_tokens.avg"),
    )
    ratio, words = 1.0, []
    if _counts_disagree(data):
        usage_in, usage_out = (
            positive(at(data, "total_usage_prompt_tokens.avg")),
            positive(at(data, "total_usage_completion_tokens.avg")),
        )
        client, done = positive(outs), positive(completed)
        if usage_out and client and done and usage_out > done:
            ratio = max(client / done - 1, 1e-9) / (usage_out / done - 1)
            outs, ins = usage_out, usage_in or ins
            words.append(
                "client and server count tokens differently: the server's totals are used "
                f"({usage_out / done:,.0f} output tokens a request, not {client / done:,.0f}), and the time per output "
                "token is rescaled to them"
            )
    duration = positive(at(data, "benchmark_duration.avg"))
    totals = Totals(
        completed=completed,
        failed=first(data, "error_request_count.avg") or 0,
        duration_s=duration,
        input_tokens=ins,
        output_tokens=outs,
        printed_req_s=at(data, "request_throughput.avg"),
        printed_output_tok_s=None if words else at(data, "output_token_throughput.avg"),
        printed_total_tok_s=None if words else at(data, "total_token_throughput.avg"),
    )
    run = build_run(
        document,
        totals,
        tool=NAME,
        tool_version=text(data.get("aiperf_version")),
        date=iso_date(data.get("start_time")),
        model=_model(data),
        concurrency=_concurrency(data),
        request_rate=positive(first(data, "input_config.loadgen.request_rate")),
        input_tokens=None if words else positive(at(data, "input_sequence_length.avg")),
        output_tokens=None if words else positive(at(data, "output_sequence_length.avg")),
        ttft_ms=json_latency(data, "time_to_first_token"),
        tpot_ms=json_latency(data, "inter_token_latency").scaled(ratio),
        itl_ms=json_latency(data, "inter_chunk_latency"),
        e2e_ms=json_latency(data, "request_latency"),
        hints=_gpu_hints(data),
    )
    if run.input_tokens is None:
        words.append("holds no input length (the prompts came from a file): give it with --isl")
    return run.warn(*words)


def _counts_disagree(data: Any) -> bool:
    return any(positive(at(data, f"{name}.avg")) for name in ("usage_discrepancy_count", "osl_mismatch_count"))


def _concurrency(data: Any) -> float | None:
    phases = at(data, "input_config.phases")
    if isinstance(phases, list):
        for phase in phases:
            if at(phase, "name") == "profiling" or at(phase, "kind") == "profiling":
                return positive(at(phase, "concurrency")) or positive(at(data, "effective_concurrency.avg"))
    return positive(at(data, "input_config.loadgen.concurrency")) or positive(at(data, "effective_concurrency.avg"))


def _model(data: Any) -> str | None:
    return text(
        first(data, "input_config.models.items.0.name", "input_config.endpoint.model_names.0", "input_config.model_names.0")
    )


def _gpu_hints(data: Any) -> dict[str, tuple[str, str]]:
    """GPU model and count from scraped telemetry: the host's cards, which may be more than the server used."""
    endpoints = at(data, "telemetry_data.endpoints")
    names: list[str] = []
    for endpoint in endpoints.values() if isinstance(endpoints, dict) else ():
        gpus = at(endpoint, "gpus")
        for gpu in gpus.values() if isinstance(gpus, dict) else ():
            name = text(first(gpu, "gpu_name", "model_name", "name"))
            if name:
                names.append(name)
    if not names:
        return {}
    where = "the run's GPU telemetry"
    return {"gpu": (names[0], where), "gpus": (str(len(names)), where)}


def _from_csv(document: Document, found: Table) -> BenchmarkRun:
    totals = Totals(
        completed=statistic(found, "request count", "value"),
        failed=statistic(found, "error request count", "value"),
        duration_s=statistic(found, "benchmark duration", "value"),
        input_tokens=statistic(found, "total input sequence length", "value")
        or statistic(found, "input sequence length", "sum"),
        output_tokens=statistic(found, "total output sequence length", "value")
        or statistic(found, "output sequence length", "sum"),
        printed_req_s=statistic(found, "request throughput", "value"),
        printed_output_tok_s=statistic(found, "output token throughput", "value"),
        printed_total_tok_s=statistic(found, "total token throughput", "value"),
    )
    run = build_run(
        document,
        totals,
        tool=NAME,
        input_tokens=statistic(found, "input sequence length", "avg"),
        output_tokens=statistic(found, "output sequence length", "avg"),
        concurrency=statistic(found, "effective concurrency", "avg"),
        ttft_ms=table_latency(found, "time to first token"),
        tpot_ms=table_latency(found, "inter token latency"),
        e2e_ms=table_latency(found, "request latency"),
    )
    osl, usage = run.output_tokens, statistic(found, "usage completion tokens", "avg")
    if osl and usage and abs(osl / usage - 1) > DISAGREEMENT_FRACTION and usage > 1 and osl > 1:
        return _by_usage(run, usage, statistic(found, "usage prompt tokens", "avg"))
    return run


def _by_usage(run: BenchmarkRun, osl: float, isl: float | None) -> BenchmarkRun:
    """The run with the server's token counts in place of the client's."""
    client, isl = run.output_tokens or osl, isl or run.input_tokens
    rate = run.req_s
    fixed = replace(
        run,
        input_tokens=isl,
        output_tokens=osl,
        output_tok_s=rate * osl if rate else None,
        total_tok_s=rate * (osl + isl) if rate and isl else None,
        tpot_ms=run.tpot_ms.scaled((client - 1) / (osl - 1)),
    )
    return fixed.warn(
        "client and server count tokens differently: the server's are used "
        f"({osl:,.0f} output tokens a request, not {client:,.0f}), and the time per output token is rescaled to them"
    )
