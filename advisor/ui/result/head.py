"""The top of the result: changes since the link, the verdict and its confidence, before → after, what would flip it."""

from __future__ import annotations

import streamlit as st

from advisor import link
from advisor.decision import Decision
from advisor.phrases import percent
from advisor.report.differences import Difference, arrow, differences
from advisor.report.latency import latency_lines
from advisor.report.money_text import odds, pilot_lines, readiness_lines
from advisor.report.own_prices import own_price_lines
from advisor.report.words import looked_at, verdict_sentence
from advisor.ui.mount import key
from advisor.ui.result.traces import trace_button
from advisor.ui.text import bullets, escape, folded, table

CARD_WIDTH = 170
"""Pixels: six in a row on a desk, two on a phone of 390."""

CONFIDENCE_SHAPES = {"high": "●", "medium": "◐", "low": "○"}


def since_link(opened: link.LinkContent | None, decision: Decision) -> None:
    """What has changed since the link that was opened was made."""
    if opened is None:
        return
    changes = link.changes_since(opened, decision)
    if opened.catalog_version == decision.catalog.version and not changes:
        return
    first = f"This link was made with catalog {opened.catalog_version}; this is catalog {decision.catalog.version}."
    if any(change.startswith("price") for change in changes):
        first += " Prices have changed since."
    lines = "\n".join(f"- {escape(change)}" for change in changes) or "- nothing in the outcome has changed"
    st.warning(f"{escape(first)}\n\n{lines}")


def verdict(decision: Decision) -> None:
    """The sentence, the odds, and how far to trust it."""
    found = decision.verdict
    st.header(escape(verdict_sentence(decision)), anchor=False)
    pilot = " Run a pilot first, see below." if found.pilot_first else ""
    for line in odds(decision):
        st.markdown(escape(line))
    why = f": {escape(found.confidence_reason)}" if found.confidence_reason else ""
    st.markdown(f"Confidence: {CONFIDENCE_SHAPES[found.confidence]} **{found.confidence}**{why}.{pilot}")


def before_after(decision: Decision) -> None:
    """The difference, figure by figure, each with its trace."""
    rows = differences(decision)
    chosen = decision.chosen
    options = (decision.baseline,) if chosen is None or chosen is decision.baseline else (decision.baseline, chosen)
    with st.container(horizontal=True, vertical_alignment="top"):
        for row in rows:
            with st.container(border=True, height="stretch", width=CARD_WIDTH):
                _card(row)
                trace_button(decision, row.title, options, row.title)
    looked = looked_at(decision)
    if looked is not None and looked.standing is not None:
        trace_button(decision, "Saving over the horizon", (looked,), "saving", label="How is the saving worked out?")


def _card(row: Difference) -> None:
    note = ". ".join(part for part in (row.change, row.note) if part)
    st.markdown(f"{escape(row.title)}  \n**{escape(arrow(row))}**")
    if note:
        st.caption(escape(note.replace(" %", "\u00a0%")))  # a narrow card would leave the sign alone on a line


Lines = tuple[tuple[str, tuple[str, ...]], ...]
"""Titles with their lines."""


def risk_lines(decision: Decision) -> Lines:
    """What would turn the advice, and what to do before signing."""
    return (
        ("What would flip this", tuple(flip.sentence for flip in decision.flips)),
        ("Before you sign: the pilot, the cheapest test first", pilot_lines(decision)),
        ("What stands between it and serving", readiness_lines(decision)),
    )


def evidence_lines(decision: Decision) -> Lines:
    """What the advice rests on, and what lowers the confidence."""
    return (
        ("Why", decision.verdict.reasons),
        ("What lowers the confidence", decision.verdict.doubts),
        ("Your own measurements", tuple(words for item in decision.own for words in item.words)),
        ("Your own prices", own_price_lines(decision)),
        ("At the peak", tuple(latency_lines(decision))),
    )


def why(decision: Decision) -> None:
    """What would flip the verdict, the pilot, reasons and doubts; other prices and bought tokens folded."""
    left, right = st.columns(2)
    for column, lines in ((left, risk_lines(decision)), (right, evidence_lines(decision))):
        with column:
            for title, found in lines:
                titled(title, found)
    if decision.other_bases:
        _other_bases(decision)
    _tokens(decision)


def _tokens(decision: Decision) -> None:
    with folded("Buying the same tokens instead", key("tokens")) as is_open:
        if is_open:
            table(token_rows(decision), "Bought tokens beside today's fleet", empty=f"{decision.tokens.reason}.")
            if decision.tokens.offers:
                st.caption("A provider's latency, precision and terms for your data were not measured here.")


def token_rows(decision: Decision) -> list[dict[str, str]]:
    """Today's fleet and every provider, USD a month and per million tokens on this mix; empty where nobody sells it."""
    line, cost = decision.tokens, decision.baseline.cost
    if line.usd_per_month is None or cost is None:
        return []
    names = ("", "USD a month", "USD per million tokens", "offered as", "date", "sources")
    fleet = (
        "today's fleet, all of it paid",
        f"{cost.usd_per_month:,.0f}",
        f"{cost.usd_per_mtok_total:.3f}",
        "",
        "",
        "your input",
    )
    middle = ("median of providers", f"{line.usd_per_month:,.0f}", f"{line.usd_per_mtok_total:.3f}", "", "", "derived")
    offers = [
        (o.provider, f"{o.usd_per_month:,.0f}", f"{o.usd_per_mtok_total:.3f}", ", ".join(o.offered_as), o.as_of,
         ", ".join(o.sources))
        for o in line.offers
    ]  # fmt: skip
    return [dict(zip(names, row, strict=True)) for row in (fleet, middle, *offers)]


def _other_bases(decision: Decision) -> None:
    with folded("The same two fleets at other prices: the price basis decides", key("bases")) as is_open:
        if not is_open:
            return
        rows = [
            {
                "price book": basis.title,
                "basis": basis.basis.replace("_", " "),
                "price ratio": f"{basis.price_ratio:.2f}",
                "saving as sized": percent(basis.saving_fraction),
                "saving per token, equal utilization": None
                if basis.saving_per_token_fraction is None
                else percent(basis.saving_per_token_fraction),
            }
            for basis in decision.other_bases
        ]
        table(rows, "Savings at each price book")


def titled(title: str, lines: tuple[str, ...]) -> None:
    """A small heading with its lines; nothing where there is none."""
    if lines:
        st.subheader(title, anchor=False)
        bullets(lines)
