"""What a visitor takes along: the link, the workbook, print view, Markdown, JSON, the chart."""

from __future__ import annotations

import json
from collections.abc import Callable

import streamlit as st

from advisor import link
from advisor.decision import Decision
from advisor.report.as_json import decision_as_dict
from advisor.report.markdown import decision_markdown
from advisor.report.svg import Line, line_chart
from advisor.report.workbook import workbook_bytes
from advisor.scenario_io import dump_yaml
from advisor.ui.charts.frontier import curve_rows
from advisor.ui.mount import key
from advisor.ui.text import escape

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def take_away(decision: Decision, token: str) -> None:
    """Draw the row of buttons. Files are built when they are asked for."""
    st.subheader("Take it with you", anchor=False)
    files: list[tuple[str, str, str, Callable[[], bytes | str]]] = [
        ("Excel workbook", "gpu-migration.xlsx", XLSX, lambda: workbook_bytes(decision)),
        ("Markdown", "gpu-migration.md", "text/markdown", lambda: decision_markdown(decision)),
        ("Scenario file", "gpu-migration.yaml", "application/yaml", lambda: dump_yaml(decision.scenario)),
        ("JSON", "gpu-migration.json", "application/json", lambda: as_json(decision)),
    ]
    if any(option.curve is not None for option in decision.options):
        files.append(("Chart (SVG)", "gpu-migration-frontier.svg", "image/svg+xml", lambda: frontier_svg(decision)))
    columns = st.columns(len(files) + 2)
    with columns[0], st.popover("Copy link", key=key("share"), width="stretch"):
        address = (st.context.url or "").split("?")[0]
        st.caption(
            "It holds the scenario, own prices too, and today's outcome; no names of people or files. Checksummed, not "
            "signed. The address bar holds it too."
        )
        missing = link.left_out_words(link.left_out(token))
        if missing:
            st.warning(escape(f"{missing}."))
        st.code(f"{address}?s={token}&step=result", language=None, wrap_lines=True)
    for column, (label, name, mime, build) in zip(columns[1:], files, strict=False):
        with column:
            st.download_button(label, build, name, mime, on_click="ignore", key=key(f"download.{name}"), width="stretch")
    with columns[-1]:
        if st.button("Print view", key=key("print"), width="stretch"):
            st.query_params.update({"view": "print"})
            st.rerun()
    st.caption("Charts as PNG: point at a chart (or reach it with Tab) and use its own menu, “Download as PNG”.")


def as_json(decision: Decision) -> str:
    """The decision under its documented keys."""
    return json.dumps(decision_as_dict(decision), ensure_ascii=False, indent=2)


def frontier_svg(decision: Decision) -> str:
    """The frontier chart as a file that any program opens."""
    rows = curve_rows(decision)
    lines = []
    for name in dict.fromkeys(row["series"] for row in rows):
        own = [row for row in rows if row["series"] == name]
        band = tuple(
            (r["interactivity"], r["low"], r["high"]) for r in own if r["low"] is not None and r["high"] is not None
        )
        lines.append(Line(name, tuple((row["interactivity"], row["value"]) for row in own), band))
    target = decision.scenario.workload.targets.interactivity_tok_s_per_user
    footer = f"Catalog {decision.catalog.version}; bands are 80 % intervals"
    return line_chart(
        "Throughput over interactivity",
        "tok/s per user",
        "tok/s per GPU (input and output)",
        lines,
        {"target": target},
        footer,
    )
