"""From a tool's figures to a run, by rules that hold for every tool: totals first, refuse nothing-done, warn."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from advisor.importers.document import Document
from advisor.importers.hints import from_names
from advisor.importers.records import BenchmarkRun, ImportRefusedError
from advisor.importers.values import number, positive
from advisor.units import MS_PER_S

DISAGREEMENT_FRACTION = 0.02
FAILED_FRACTION = 0.01
ONE_SHOT_ROUNDS = 4
"""With fewer requests than this many times the concurrency, ramp-up and ramp-down dominate a run."""


@dataclass(frozen=True)
class Totals:
    """What was done, as counted by the tool, and the rates it printed (all in requests, tokens, seconds)."""

    completed: Any = None
    failed: Any = None
    requests: Any = None
    duration_s: Any = None
    input_tokens: Any = None
    output_tokens: Any = None
    printed_req_s: Any = None
    printed_output_tok_s: Any = None
    printed_total_tok_s: Any = None


def nothing_completed(document: Document, completed: Any) -> None:
    """Refuse a run in which no request completed: its zeros are no measurement.

    Raises:
        ImportRefusedError: ``completed`` is zero.
    """
    if number(completed) == 0:
        raise ImportRefusedError(f"{document.file}: no request completed (completed = 0), so its zeros measure nothing")


def build_run(document: Document, totals: Totals, **known: Any) -> BenchmarkRun:
    """A run from totals and what else the file says; rates are totals over the duration where both stand.

    Raises:
        ImportRefusedError: nothing completed, or the file holds no throughput at all.
    """
    nothing_completed(document, totals.completed)
    completed, duration = positive(totals.completed), positive(totals.duration_s)
    ins, outs = positive(totals.input_tokens), positive(totals.output_tokens)
    req_s = _rate(completed, duration, totals.printed_req_s)
    output_tok_s = _rate(outs, duration, totals.printed_output_tok_s)
    both = ins + outs if ins and outs else None
    total_tok_s = _rate(both, duration, totals.printed_total_tok_s)
    hints = known.pop("hints", {})
    run = BenchmarkRun(
        file=document.file,
        requests=_whole(totals.requests),
        completed=_whole(completed),
        failed=_whole(totals.failed),
        duration_s=known.pop("duration_s", None) or duration,
        input_tokens=known.pop("input_tokens", None) or (ins / completed if ins and completed else None),
        output_tokens=known.pop("output_tokens", None) or (outs / completed if outs and completed else None),
        req_s=req_s,
        output_tok_s=output_tok_s,
        total_tok_s=total_tok_s,
        digest=document.digest,
        hints={**from_names(("the model's name", known.get("model")), ("the file name", document.name)), **hints},
        **known,
    )
    run = _with_load_hint(_derive_rates(run))
    if run.total_tok_s is None and run.output_tok_s is None and run.total_tok_s_per_gpu is None:
        raise ImportRefusedError(f"{document.file}: holds no throughput (neither totals with a duration nor a rate)")
    return run.warn(*_doubts(run, totals))


def _rate(total: float | None, duration: float | None, printed: Any) -> float | None:
    return total / duration if total and duration else positive(printed)


def _whole(value: Any) -> int | None:
    found = number(value)
    return None if found is None or found < 0 else round(found)


def _derive_rates(run: BenchmarkRun) -> BenchmarkRun:
    """Fill a missing rate from the others: total = req/s x (ISL + OSL), output = req/s x OSL."""
    isl, osl, req_s = run.input_tokens, run.output_tokens, run.req_s
    if run.output_tok_s is None and req_s and osl:
        run = replace(run, output_tok_s=req_s * osl)
    if req_s is None and run.output_tok_s and osl:
        req_s = run.output_tok_s / osl
        run = replace(run, req_s=req_s)
    if run.total_tok_s is None and req_s and isl and osl:
        run = replace(run, total_tok_s=req_s * (isl + osl))
    if run.output_tok_s is None and run.total_tok_s and isl and osl:
        output = run.total_tok_s * osl / (isl + osl)
        run = replace(run, output_tok_s=output, req_s=output / osl)
    return run


def _with_load_hint(run: BenchmarkRun) -> BenchmarkRun:
    """Where no concurrency stands in the file, what the rate and the mean latency make it (Little's law), as a hint."""
    latency = run.e2e_ms.mean
    if latency is None and run.ttft_ms.mean and run.tpot_ms.mean and run.output_tokens and run.output_tokens > 1:
        latency = run.ttft_ms.mean + run.tpot_ms.mean * (run.output_tokens - 1)
    if run.concurrency is not None or "concurrency" in run.hints or not run.req_s or latency is None:
        return run
    in_flight = f"{run.req_s * latency / MS_PER_S:.3g}"
    return replace(run, hints={**run.hints, "concurrency": (in_flight, "request rate times mean latency, on average")})


def _doubts(run: BenchmarkRun, totals: Totals) -> list[str]:
    """What to beware of."""
    found = []
    pairs = (
        ("request", run.req_s, totals.printed_req_s),
        ("output-token", run.output_tok_s, totals.printed_output_tok_s),
        ("total-token", run.total_tok_s, totals.printed_total_tok_s),
    )
    for name, ours, printed in pairs:
        theirs = positive(printed)
        if ours and theirs and abs(ours / theirs - 1) > DISAGREEMENT_FRACTION:
            found.append(
                f"the printed {name} rate ({theirs:,.4g}/s) is {theirs / ours - 1:+.0%} off totals over duration "
                f"({ours:,.4g}/s); the latter is used"
            )
    failed = run.failed or 0
    tried = failed + (run.completed or 0)
    if tried and failed / tried > FAILED_FRACTION:
        found.append(f"{failed} of {tried} requests failed: the rates are those of what succeeded")
    sent, load = run.requests or run.completed, run.concurrency
    if sent and load and sent < ONE_SHOT_ROUNDS * load:
        found.append(
            f"{sent} requests at concurrency {load:g} are fewer than {ONE_SHOT_ROUNDS} rounds: ramp-up and ramp-down "
            "weigh on the throughput"
        )
    if run.tpot_ms.typical is None:
        found.append("holds no time per output token: throughput only, it cannot become an operating point")
    elif run.tpot_ms.p50 is None:
        found.append("holds no median time per output token: the mean is used for the interactivity")
    if run.e2e_ms.p50 is None and run.ttft_ms.typical is None:
        found.append("holds no time to first token")
    return found
