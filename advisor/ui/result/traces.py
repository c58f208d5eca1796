"""A figure's trace, opened where the figure stands. Its body is drawn only while it is open."""

from __future__ import annotations

import streamlit as st

from advisor.decision import Decision
from advisor.options import Option
from advisor.report.trace import Trace, traces_named, traces_of
from advisor.report.words import option_name
from advisor.ui.mount import key
from advisor.ui.text import escape, source_rows, table


def trace_button(decision: Decision, title: str, options: tuple[Option, ...], place: str, *, label: str = "How?") -> None:
    """A button that opens one figure's trace for some options (today's and the advised one)."""
    words, name = escape(f"Trace of: {title}"), key(f"trace.{place}")
    with st.popover(label, key=name, help=words, on_change="rerun") as opened:
        if opened.open:
            for option in options:
                found = traces_named(decision, option, title)
                st.markdown(f"**{escape(option_name(decision, option))}**")
                if not found:
                    st.caption("not known for this option: its reason stands in the options table")
                for trace in found:
                    show_trace(decision, trace)


def show_trace(decision: Decision, trace: Trace) -> None:
    """Formula, ingredients, records and sources of one figure."""
    st.markdown(escape(f"{trace.title}: {trace.value}"))
    st.caption(escape(f"= {trace.formula}"))
    if trace.ingredients:
        rows = [{"what": part.name, "value": part.value, "from": part.origin} for part in trace.ingredients]
        table(rows, f"What {trace.title} is made of")
    if trace.note:
        st.caption(escape(trace.note))
    for row in source_rows(decision.catalog, trace.sources):
        st.caption(escape(f"Source {row['source']}: {row['title']} ({row['publisher']}, {row['date']})"))


def all_traces(decision: Decision, option: Option) -> None:
    """Every figure of one option."""
    for trace in traces_of(decision, option):
        show_trace(decision, trace)
