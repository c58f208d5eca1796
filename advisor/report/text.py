"""Decisions, comparisons and readings as text for a terminal: the verdict first, then a short table."""

from __future__ import annotations

from collections.abc import Sequence

from advisor.compare import Comparison, Figures, Side
from advisor.decision import Decision
from advisor.evidence.question import Question
from advisor.evidence.reading import Reading
from advisor.options import Option
from advisor.phrases import percent, saves
from advisor.report import money_text
from advisor.report.latency import latency_lines
from advisor.report.own_prices import own_price_lines
from advisor.report.quality_option import quality_lines
from advisor.report.tables import section, table
from advisor.report.words import (
    confidence_words,
    engine_words,
    evidence_words,
    looked_at,
    option_name,
    speed_words,
    throughput_words,
    verdict_sentence,
)

SHOWN_OPTIONS = 12
REASON_WIDTH = 90


def decision_text(decision: Decision, *, all_options: bool = False) -> str:
    """The verdict, why, what could flip it, and the options table."""
    verdict = decision.verdict
    lines = [verdict_sentence(decision), *money_text.odds(decision), f"Confidence: {confidence_words(decision)}."]
    if verdict.pilot_first:
        lines.append("Run a pilot first (see below).")
    lines += ["", *section("Why", verdict.reasons), *money_text.flips(decision)]
    lines += [*section("What lowers the confidence", verdict.doubts), *money_text.pilot(decision)]
    lines += [*money_text.readiness(decision), *money_text.futures(decision), *money_text.tornado(decision)]
    lines += _quality(decision)
    lines += section("Your own measurements", [words for item in decision.own for words in item.words])
    lines += section("Your own prices", own_price_lines(decision))
    lines += section("At the peak", latency_lines(decision))
    lines += [*money_text.tokens(decision), *_other_prices(decision)]
    lines += ["Options", *_options_table(decision), ""]
    lines += money_text.why_not(decision, [option.key.id for option in decision.options if option.rank is not None])
    lines += _refused(decision, all_options)
    lines.append(f"Catalog {decision.catalog.version} of {decision.catalog.as_of}, digest {decision.catalog.digest}.")
    lines += [_overlay_line(overlay.folder, overlay.added, overlay.replaced) for overlay in decision.catalog.overlays]
    return "\n".join(lines)


def _quality(decision: Decision) -> list[str]:
    """What is known of the quality of the option the advice is about; nothing where its format is unchanged."""
    option = looked_at(decision)
    if option is None or not (option.quality.classes or option.quality.kv_cache):
        return []
    return [f"Quality of {option_name(decision, option)}", *quality_lines(option.quality), ""]


def _options_table(decision: Decision) -> list[str]:
    feasible = [option for option in decision.options if option.rank is not None][:SHOWN_OPTIONS]
    rows = [_row(decision, "today", decision.baseline)]
    rows += [_row(decision, str(option.rank), option) for option in feasible]
    header = (
        "#",
        "option",
        "USD/month",
        "saving",
        "GPUs",
        "busy",
        "tok/s/user",
        "tok/s/GPU",
        "USD/GPU-h",
        "kW",
        "quality",
        "evidence",
    )
    return table(header, rows, frozenset({0, 1, 10, 11}))


def _row(decision: Decision, number: str, option: Option) -> tuple[str, ...]:
    fleet, cost, energy, engine = option.fleet, option.cost, option.energy, engine_words(option)
    return (
        number,
        option_name(decision, option) + (f" ({engine})" if engine else ""),
        f"{cost.usd_per_month:,.0f}" if cost else "-",
        percent(option.saving_fraction) if option.saving_fraction is not None else "-",
        str(fleet.gpus) if fleet else "-",
        percent(fleet.utilization_fraction) if fleet else "-",
        speed_words(option) or "-",
        throughput_words(option) or "-",
        f"{option.price.usd_per_gpu_hour:.2f}" if option.price else "-",
        f"{energy.kw:.1f}" if energy else "-",
        option.quality.status,
        evidence_words(option) or "-",
    )


def _refused(decision: Decision, all_options: bool) -> list[str]:
    refused = [option for option in decision.options if option.rank is None]
    if not refused:
        return []
    if not all_options:
        near = [option for option in refused if option.curve is not None or option.failures[0].name == "format"]
        rest = len(refused) - len(near)
        tail = f"  ... and {rest} more that nobody measured (--all lists them)"
        return [f"Not feasible: {len(refused)} options", *map(_refusal, near), *([tail] if rest else []), ""]
    return [f"Not feasible: {len(refused)} options", *map(_refusal, refused), ""]


def _refusal(option: Option) -> str:
    reasons = "; ".join(gate.reason for gate in option.failures) or "no price or fleet"
    return f"  {option.key.id}: {reasons}"


def _other_prices(decision: Decision) -> list[str]:
    if not decision.other_bases or decision.break_even is None:
        return []
    rows = [
        (
            basis.book,
            basis.basis.replace("_", " "),
            f"{basis.price_ratio:.2f}",
            percent(basis.saving_fraction),
            percent(basis.saving_per_token_fraction) if basis.saving_per_token_fraction is not None else "-",
        )
        for basis in decision.other_bases
    ]
    header = ("  price book", "basis", "price ratio", "saving as sized", "saving per token")
    lines = table(header, [("  " + row[0], *row[1:]) for row in rows], frozenset({0, 1}))
    return ["The same two fleets at other prices (price basis decides)", *lines, ""]


def _overlay_line(folder: str, added: Sequence[tuple[str, str]], replaced: Sequence[tuple[str, str]]) -> str:
    return f"Own catalog {folder}: {len(added)} records added, {len(replaced)} replaced."


def reading_text(question: Question, reading: Reading) -> str:
    """A read in one line, with its interval where the method has one, and where it comes from."""
    assert reading.tok_s_per_gpu is not None  # the caller prints the reason of a read without a number
    interval = ""
    if reading.low is not None and reading.high is not None:
        interval = f" (80 %: {reading.low:,.0f} to {reading.high:,.0f})"
    engine = f", {reading.engine}" if reading.engine else ""
    origin = f"; {reading.reason}" if reading.knots == () else ""
    return (
        f"{reading.tok_s_per_gpu:,.1f} tok/s/GPU{interval}, input and output, at {reading.at:g} tok/s/user, "
        f"{reading.grade}: {question.model} on {question.hardware} in {question.precision}{engine}, "
        f"sources {', '.join(reading.sources)}{origin}"
    )


def comparison_text(comparison: Comparison) -> str:
    """Both sides at every target, one metric a line."""
    book = comparison.price_book
    prices = f"price book {book.id}: {book.title}" if book else "default prices (median of on-demand offers)"
    a, b = comparison.a, comparison.b
    head = [
        f"{a.question.model} at {a.question.isl}/{a.question.osl} tokens",
        f"A {a.id}: {_side_words(a)}",
        f"B {b.id}: {_side_words(b)}",
        f"Prices: {prices}. Power: {comparison.power_book.id}.",
        "",
    ]
    if not comparison.rows:
        return "\n".join([*head, "The measured ranges do not overlap: name targets with --at."])
    lines = list(head)
    for row in comparison.rows:
        lines.append(f"At {row.at:g} tok/s/user")
        lines += table(("  ", "A", "B"), _metric_rows(row.a, row.b))
        lines += [f"  {name}: {f.reading.reason}" for name, f in (("A", row.a), ("B", row.b)) if f.reading.grade is None]
        lines += [line for name, f in (("A", row.a), ("B", row.b)) for line in _published_line(name, f)]
        if row.saving_fraction is not None:
            lines.append(f"  B {saves(row.saving_fraction)} per token at equal utilization")
        lines.append("")
    return "\n".join(lines)


def _side_words(side: Side) -> str:
    measured = (
        f"measured {side.measured_range[0]:g} to {side.measured_range[1]:g} tok/s/user"
        if side.measured_range
        else "not measured"
    )
    price = f"{side.price.usd_per_gpu_hour:g} USD/GPU-hour ({side.price.provider})" if side.price else "no price"
    return f"{measured}, {price}"


def _metric_rows(a: Figures, b: Figures) -> list[tuple[str, str, str]]:
    def cells(label: str, one: str, other: str) -> tuple[str, str, str]:
        return (f"  {label}", one, other)

    def number(value: float | None, form: str) -> str:
        return "-" if value is None else format(value, form)

    return [
        cells("tok/s/GPU", number(a.reading.tok_s_per_gpu, ",.1f"), number(b.reading.tok_s_per_gpu, ",.1f")),
        cells("USD/M tokens (total)", number(a.usd_per_mtok_total, ".4f"), number(b.usd_per_mtok_total, ".4f")),
        cells("tok/s/MW", number(a.tok_s_per_mw, ",.0f"), number(b.tok_s_per_mw, ",.0f")),
        cells("J/token", number(a.joules_per_token, ".3f"), number(b.joules_per_token, ".3f")),
        cells("users per GPU", number(a.users_per_gpu, ".1f"), number(b.users_per_gpu, ".1f")),
        cells("concurrency", _concurrency(a), _concurrency(b)),
        cells("evidence", a.reading.grade or "-", b.reading.grade or "-"),
    ]


def _concurrency(figures: Figures) -> str:
    if figures.concurrency is None:
        return "-"
    gpus = "?" if figures.concurrency_gpus is None else str(figures.concurrency_gpus)
    return f"{figures.concurrency} on {gpus} GPUs"


def _published_line(name: str, figures: Figures) -> list[str]:
    page = figures.published
    if page is None:
        return []
    ours = figures.reading.tok_s_per_gpu
    gap = "" if ours is None else f"; the catalog's medians read {ours / page.tok_s_per_gpu - 1:+.1%} against it"
    return [
        f"  {name}: a public page of {page.as_of} printed {page.tok_s_per_gpu:,.1f} tok/s/GPU, "
        f"${page.usd_per_mtok_total:.3f}/M, {page.tok_s_per_mw:,.0f} tok/s/MW, "
        f"~{page.concurrency} concurrent{gap} ({page.source})"
    ]
