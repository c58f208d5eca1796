"""Step 5: the verdict, the money, what could go wrong, the evidence, the knobs; and the same for the printer."""

from __future__ import annotations

import streamlit as st

from advisor.decision import Decision
from advisor.errors import AdvisorError
from advisor.report.differences import differences
from advisor.report.markdown import used_sources
from advisor.report.words import option_name
from advisor.ui import state
from advisor.ui.charts.cash import cash, cash_numbers
from advisor.ui.charts.cost_split import cost_split
from advisor.ui.charts.frontier import frontier
from advisor.ui.charts.quality import class_lines, class_numbers, quality
from advisor.ui.charts.tornado import tornado
from advisor.ui.mount import key
from advisor.ui.result import head
from advisor.ui.result.options import option_row, options
from advisor.ui.result.takeaway import take_away
from advisor.ui.result.whatif import what_if
from advisor.ui.state import Session
from advisor.ui.text import bullets, escape, folded, source_rows, table

PRINT_STYLE = """<style>
@media print {
  header, button, [data-testid="stHeader"], [data-testid="stSidebar"], [data-testid="stToolbar"] {
    display: none !important;
  }
  html, body, #root, .stApp, [data-testid="stAppViewContainer"], [data-testid="stMain"], section {
    position: static !important; height: auto !important; overflow: visible !important;
  }
  table, [data-testid="stVegaLiteChart"] { break-inside: avoid; }
}
</style>"""
"""Ours, nothing in it comes from outside: lets the browser print the whole page instead of its visible part."""


CHARTS = {
    "frontier": "Frontiers",
    "cash": "Cash",
    "tornado": "What matters",
    "split": "Cost split",
    "quality": "Quality",
}


def show(known: Session) -> None:
    """Draw the result of the session's scenario."""
    try:
        decision = state.decision_for(known.scenario)
    except AdvisorError as error:
        st.error(escape(str(error)))
        return
    token = known.token or state.token_of(known.scenario)
    if st.query_params.get("view") == "print":
        printed(decision, token)
        return
    head.since_link(known.opened, decision)
    head.verdict(decision)
    head.before_after(decision)
    head.why(decision)
    options(decision)
    _charts(decision, token)
    what_if(token)
    _sources(decision)
    take_away(decision, token)


def _charts(decision: Decision, token: str) -> None:
    """One chart at a time; only the one that is open is drawn."""
    st.subheader("Charts", anchor=False)
    chosen = st.segmented_control(
        "Chart", list(CHARTS), format_func=lambda n: CHARTS[n], default="frontier", required=True, key=key("chart")
    )
    draw = {"cash": cash, "tornado": tornado, "split": cost_split, "quality": quality}
    if chosen in draw:
        draw[chosen](decision)
    else:
        frontier(decision, token)


def _sources(decision: Decision) -> None:
    with folded("Sources and catalog", key("sources")) as is_open:
        if is_open:
            table(source_rows(decision.catalog, used_sources(decision)), "Sources of the figures above")
            st.caption(escape(_catalog_words(decision)))


def _catalog_words(decision: Decision) -> str:
    return f"Catalog {decision.catalog.version} of {decision.catalog.as_of}, digest {decision.catalog.digest}"


def printed(decision: Decision, token: str) -> None:
    """The result without controls, every table in full: for the printer or a PDF."""
    st.html(PRINT_STYLE)
    head.verdict(decision)
    rows = [
        {"": d.title, "today": d.before, "advised": d.after, "change": d.change, "note": d.note}
        for d in differences(decision)
    ]
    table(rows, "Before and after")
    for title, lines in (*head.risk_lines(decision), *head.evidence_lines(decision)):
        head.titled(title, lines)
    st.subheader("Options", anchor=False)
    feasible = [option for option in decision.options if option.rank is not None]
    found = [option_row(decision, "today", decision.baseline)]
    found += [option_row(decision, str(option.rank), option) for option in feasible]
    left_out = ("engine", "price from", "for and against")
    table([{k: v for k, v in row.items() if k not in left_out} for row in found], "Options")
    bullets(f"{row['option']}: {row['for and against']}" for row in found)
    frontier(decision, token)
    cash(decision)
    table(cash_numbers(decision), "Futures")
    tornado(decision)
    quality(decision)
    table(class_numbers(class_lines(decision)), "Quality by task class", empty="The format does not change.")
    table(head.token_rows(decision), "Bought tokens beside today's fleet", empty=f"{decision.tokens.reason}.")
    st.subheader("Sources", anchor=False)
    shown = ("source", "title", "publisher", "date")
    table([{k: row[k] for k in shown} for row in source_rows(decision.catalog, used_sources(decision))], "Sources")
    advised = option_name(decision, decision.chosen) if decision.chosen else "none"
    st.caption(escape(f"Advised option: {advised}. {_catalog_words(decision)}. Print with your browser (Ctrl+P)."))
    if st.button("Back to the result", key=key("unprint")):
        del st.query_params["view"]
        st.rerun()
