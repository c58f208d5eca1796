"""Imports as text for a terminal: what was read, what is still asked, what to beware of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from advisor.importers.records import BenchmarkRun, Bill, Imported, ImportedOffer, Question
from advisor.phrases import usd
from advisor.report.tables import table

SHOWN_RUNS = 20
SHOWN_OFFERS = 15
FLAGS = {"input_tokens": "--isl", "output_tokens": "--osl", "tensor_parallel": "--tp", "as_of": "--as-of"}
"""Options of ``advisor import`` whose name is not the field's."""


def import_text(imported: Iterable[Imported]) -> str:
    """All files, one block each."""
    return "\n\n".join("\n".join(_block(item)) for item in _sweeps(imported))


def _sweeps(imported: Iterable[Imported]) -> list[Imported]:
    """Files of one tool that leave the same things open, as one: a sweep is often many files."""
    merged: list[Imported] = []
    for item in imported:
        last = merged[-1] if merged else None
        if last is not None and item.found.runs and last.found.runs and _alike(last, item):
            runs = tuple(sorted((*last.found.runs, *item.found.runs), key=lambda run: run.concurrency or 0.0))
            found = replace(last.found, runs=runs, warnings=(*last.found.warnings, *item.found.warnings))
            merged[-1] = replace(last, file=f"{last.file}, {item.file}", found=found)
        else:
            merged.append(item)
    return merged


def _alike(one: Imported, other: Imported) -> bool:
    return one.tool == other.tool and one.questions == other.questions


def _block(item: Imported) -> list[str]:
    if item.refusal is not None:
        return [f"{item.file}: refused: {item.refusal}"]
    found = item.found
    lines = [f"{item.file}: {item.tool}"]
    lines += _runs(found.runs) if found.runs else []
    lines += _offers(found.offers) if found.offers else []
    lines += _bill(found.bill) if found.bill else []
    if found.probe is not None:
        rates = ", ".join(f"{name} {rate:,.0f} TFLOPS" for name, rate in found.probe.tflops.items())
        lines.append(
            f"  {found.probe.gpu}: copy {found.probe.copy_gb_s:,.0f} GB/s, {rates} (probe {found.probe.probe_version})"
        )
    warnings = dict.fromkeys((*found.warnings, *(word for run in found.runs for word in run.warnings)))
    if warnings:
        lines += ["  Beware", *(f"    - {word}" for word in warnings)]
    if item.questions:
        lines += ["  The file does not say", *(f"    {_question(question)}" for question in item.questions)]
    return lines


def _question(question: Question) -> str:
    flag = FLAGS.get(question.field, f"--{question.field.replace('_', '-')}")
    if question.field == "price":
        return question.text
    if question.suggestion is None:
        return f"{flag}: {question.text}"
    return f"{flag}: {question.text} Perhaps {question.suggestion} ({question.because})."


def _runs(runs: tuple[BenchmarkRun, ...]) -> list[str]:
    header = (
        "  model",
        "GPU",
        "GPUs",
        "TP",
        "format",
        "in/out",
        "at once",
        "tok/s/user",
        "tok/s",
        "tok/s/GPU",
        "TTFT ms",
        "TPOT ms",
    )
    rows = [_run_row(run) for run in runs[:SHOWN_RUNS]]
    rest = [f"  ... and {len(runs) - SHOWN_RUNS} more runs"] if len(runs) > SHOWN_RUNS else []
    return [*table(header, rows, frozenset({0, 1, 4})), *rest]


def _run_row(run: BenchmarkRun) -> tuple[str, ...]:
    sizes = (
        "-" if run.input_tokens is None or run.output_tokens is None else f"{run.input_tokens:.0f}/{run.output_tokens:.0f}"
    )
    return (
        f"  {run.model or '?'}",
        run.gpu or "?",
        _number(run.gpus, ".0f", "?"),
        _number(run.tensor_parallel, ".0f", "?"),
        run.precision or "?",
        sizes,
        _number(run.concurrency, "g", "?"),
        _number(run.interactivity_tok_s_per_user, ".1f"),
        _number(run.total_tok_s, ",.1f"),
        _number(run.tok_s_per_gpu, ",.1f"),
        _number(run.ttft_ms.typical, ",.0f"),
        _number(run.tpot_ms.typical, ".2f"),
    )


def _number(value: float | None, form: str, unknown: str = "-") -> str:
    return unknown if value is None else format(value, form)


def _offers(offers: tuple[ImportedOffer, ...]) -> list[str]:
    header = ("  provider", "GPU", "USD/GPU-hour", "basis", "date", "region", "machine")
    rows = [
        (
            f"  {offer.provider or '?'}",
            offer.hardware,
            f"{offer.usd_per_gpu_hour:.4f}",
            offer.basis.replace("_", " "),
            offer.as_of or "?",
            offer.region or "",
            offer.machine_type or "",
        )
        for offer in offers[:SHOWN_OFFERS]
    ]
    rest = [f"  ... and {len(offers) - SHOWN_OFFERS} more offers"] if len(offers) > SHOWN_OFFERS else []
    return [*table(header, rows, frozenset({0, 1, 3, 4, 5, 6})), *rest]


def _bill(bill: Bill) -> list[str]:
    lines = [f"  {bill.period_start} to {bill.period_end} ({bill.months:.2f} months)"]
    for group in bill.groups:
        hours, price = group.gpu_hours, group.usd_per_gpu_hour
        known = price is not None and hours is not None
        rate = f", {price:.4f} USD/GPU-hour over {hours:,.0f} h" if known else ""
        if group.machine_hours is not None and group.usd_per_machine_hour is not None:
            what = group.machine or "a machine"
            rate = f", {group.usd_per_machine_hour:.4f} USD/hour of {what} over {group.machine_hours:,.0f} h"
        lines.append(
            f"  {group.hardware}: {usd(group.effective_usd / bill.months)} a month effective, "
            f"{usd(group.billed_usd / bill.months)} billed; committed {usd(group.committed_usd / bill.months)}, unused "
            f"{usd(group.unused_commitment_usd / bill.months)}{rate}"
        )
        lines.append(f"    in a scenario: current: {{price: {{usd_per_month: {group.effective_usd / bill.months:.0f}}}}}")
    return lines
