"""The top of the result: changes since the link, the verdict and its confidence, before → after, what would flip it."""

from __future__ import annotations

import streamlit as st

from advisor import link
from advisor.decision import Decision
from advisor.phrases import percent
from advisor.report.differences import Difference, arrow, differences
from advisor.report.flips import flips_of
from advisor.report.words import verdict_sentence
from advisor.ui.mount import key
from advisor.ui.result.traces import trace_button
from advisor.ui.text import bullets, escape, folded, table

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
    """The sentence, and how far to trust it."""
    found = decision.verdict
    st.header(escape(verdict_sentence(decision)), anchor=False)
    pilot = " Run a pilot first: a condition of the advised option is open." if found.pilot_first else ""
    st.markdown(f"Confidence: {CONFIDENCE_SHAPES[found.confidence]} **{found.confidence}**.{pilot}")


def before_after(decision: Decision) -> None:
    """The difference, figure by figure, each with its trace."""
    rows = differences(decision)
    chosen = decision.chosen
    options = (decision.baseline,) if chosen is None or chosen is decision.baseline else (decision.baseline, chosen)
    columns = st.columns(len(rows))
    for column, row in zip(columns, rows, strict=True):
        with column, st.container(border=True, height="stretch"):
            _card(row)
            trace_button(decision, row.title, options, row.title)


def _card(row: Difference) -> None:
    note = ". ".join(part for part in (row.change, row.note) if part)
    st.markdown(f"{escape(row.title)}  \n**{escape(arrow(row))}**")
    if note:
        st.caption(escape(note))


def why(decision: Decision) -> None:
    """Reasons, doubts, and what would flip the verdict, with numbers."""
    left, right = st.columns(2)
    with left:
        _titled("What would flip this", flips_of(decision))
        _titled("Why", decision.verdict.reasons)
    with right:
        _titled("What lowers the confidence", decision.verdict.doubts)
    if decision.other_bases:
        _other_bases(decision)


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


def _titled(title: str, lines: tuple[str, ...]) -> None:
    if lines:
        st.subheader(title, anchor=False)
        bullets(lines)
