"""A decision as Markdown: the result page's text for a document or a ticket, with all markup characters escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from advisor import link
from advisor.decision import Decision
from advisor.options import Option
from advisor.phrases import percent
from advisor.report.differences import differences
from advisor.report.money_text import odds, pilot_lines, readiness_lines
from advisor.report.own_prices import own_price_lines
from advisor.report.words import confidence_words, evidence_words, option_name, speed_words, verdict_sentence

SPECIAL = frozenset("\\`*_{}[]()#|<>!~")


def decision_markdown(decision: Decision) -> str:
    """The verdict, the money, why, what would flip it, the options, the sources."""
    verdict = decision.verdict
    pilot = " Run a pilot first." if verdict.pilot_first else ""
    lines = [
        f"# {_plain(verdict_sentence(decision))}",
        "",
        *(f"{_plain(line)}\n" for line in odds(decision)),
        f"Confidence: {_plain(confidence_words(decision))}.{pilot}",
        "",
    ]
    rows = [(d.title, d.before, d.after, d.change, d.note) for d in differences(decision)]
    lines += _table(("", "today", "advised", "change", "note"), rows)
    for title, found in (
        ("What would flip this", tuple(flip.sentence for flip in decision.flips)),
        ("Pilot", pilot_lines(decision)),
        ("Readiness", readiness_lines(decision)),
        ("Why", verdict.reasons),
        ("What lowers the confidence", verdict.doubts),
        ("Your own prices", own_price_lines(decision)),
    ):
        if found:
            lines += [f"## {title}", "", *(f"- {_plain(line)}" for line in found), ""]
    feasible = [option for option in decision.options if option.rank is not None]
    lines += ["## Options", ""]
    header = ("#", "option", "USD/month", "saving", "tok/s per user", "GPUs", "quality", "evidence")
    lines += _table(
        header, [_row(decision, "today", decision.baseline), *(_row(decision, str(o.rank), o) for o in feasible)]
    )
    lines += ["## Sources", ""]
    lines += _table(("source", "title", "publisher", "date"), _sources(decision))
    lines += [
        f"Catalog {decision.catalog.version} of {decision.catalog.as_of}, digest {decision.catalog.digest}. "
        f"Link: `?s={link.encode(decision)}`",
        "",
    ]
    return "\n".join(lines)


def used_sources(decision: Decision) -> tuple[str, ...]:
    """Ids of the sources behind today's fleet, the advised option and the challenger."""
    used: dict[str, None] = {}
    for option in (decision.baseline, decision.chosen, decision.challenger):
        if option is None:
            continue
        parts = option.parts or (option,)
        used.update(dict.fromkeys(s for part in parts if part.operating_point for s in part.operating_point.sources))
        used.update(dict.fromkeys(option.price.source if option.price else ()))
        used.update(dict.fromkeys(s for part in parts for item in part.quality.classes for s in item.sources))
        if option.energy:
            used[decision.catalog.power_books[option.energy.book].source] = None
    return tuple(used)


def _sources(decision: Decision) -> list[tuple[str, ...]]:
    records = [decision.catalog.sources[source] for source in used_sources(decision)]
    return [(source.id, source.title, source.publisher, source.date or "undated") for source in records]


def _row(decision: Decision, number: str, option: Option) -> tuple[str, ...]:
    fleet, cost = option.fleet, option.cost
    return (
        number,
        option_name(decision, option),
        f"{cost.usd_per_month:,.0f}" if cost else "not known",
        percent(option.saving_fraction) if option.saving_fraction is not None else "",
        speed_words(option) or "not measured",
        str(fleet.gpus) if fleet else "",
        option.quality.status,
        evidence_words(option),
    )


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    body = ["| " + " | ".join(_plain(cell) for cell in row) + " |" for row in rows]
    return ["| " + " | ".join(header) + " |", "|" + " --- |" * len(header), *body, ""]


def _plain(text: str) -> str:
    return "".join(f"\\{char}" if char in SPECIAL else char for char in " ".join(text.split()))
