"""The Compare page: two options at one model and request size, at three targets of the reader's choice."""

from __future__ import annotations

import streamlit as st

from advisor.catalog import Catalog
from advisor.compare import Comparison
from advisor.errors import AdvisorError
from advisor.evidence.reading import POOLED_METHOD, REFERENCE_METHOD
from advisor.report.published import published_pages
from advisor.report.series import METRICS
from advisor.ui.comparing import controls, view
from advisor.ui.comparing.request import COLUMNS, NAMES, Request, SideChoice, from_query, of_page, with_default_targets
from advisor.ui.mount import catalog, key
from advisor.ui.runtime import comparison_of
from advisor.ui.text import escape

SCALES = {"linear": "Linear", "log": "Log"}


def compare_page() -> None:
    """Draw the page at the request the address names."""
    records = catalog()
    st.header("Compare two options", anchor=False)
    request = _current(records)
    _presets(records)
    asked = controls.ask(records, request)
    st.caption("Targets: how fast one user's answer must stream. Leave a field empty to drop its column.")
    _draw(records, asked)


def _current(records: Catalog) -> Request:
    """The request of this visit: from the address if that has moved, else as it stands."""
    query = {name: st.query_params[name] for name in NAMES if name in st.query_params}
    known: Request | None = st.session_state.get(key("compare.request"))
    if known is not None and (not query or query == known.as_query()):
        if key("compare.model") not in st.session_state:  # the visitor was on another page: widgets were dropped
            controls.put(known)
        return known
    try:
        request = from_query(records, query) if query else _start(records)
    except AdvisorError as error:
        st.error(escape(f"This address cannot be used. {error}. The page starts afresh."))
        request = _start(records)
    request = with_default_targets(records, request)
    controls.put(request)
    _remember(request)
    return request


def _start(records: Catalog) -> Request:
    """The first published page, else the first measured cell against itself."""
    pages = published_pages(records)
    if pages:
        return of_page(pages[0])
    model, hardware, precision, isl, osl = next(iter(records.points_by_cell))
    return Request(model, isl, osl, SideChoice(hardware, precision), SideChoice(hardware, precision))


def _remember(request: Request) -> None:
    """Keep the request, and the address in line with it."""
    st.session_state[key("compare.request")] = request
    wanted = request.as_query()
    for name in NAMES:
        if name not in wanted and name in st.query_params:
            del st.query_params[name]
    if any(st.query_params.get(name) != value for name, value in wanted.items()):
        st.query_params.update(wanted)


def _presets(records: Catalog) -> None:
    pages = published_pages(records)
    if not pages:
        return
    st.markdown("The four comparisons of the seed pages, at their own targets and prices:")
    columns = st.columns(len(pages))
    for column, page in zip(columns, pages, strict=True):
        first, second = (side.split(":") for side in page.sides)
        label = _preset_label(records, first, second)
        name = f"{records.models[page.model].name}"
        with column:
            st.button(
                label,
                key=key(f"compare.preset.{page.source}"),
                help=escape(name),
                on_click=_open,
                args=(of_page(page),),
                width="stretch",
            )


def _preset_label(records: Catalog, first: list[str], second: list[str]) -> str:
    gpu = records.hardware[first[0]].name
    if first[1] == second[1]:
        words = {"mtp": "MTP", "none": "MTP off", "any": "any"}
        return f"{gpu} {records.precisions[first[1]].name}: {words[first[2]]} or {words[second[2]]}"
    return f"{gpu}: {records.precisions[first[1]].name} or {records.precisions[second[1]].name}"


def _open(request: Request) -> None:
    controls.put(request)
    _remember(request)


def _draw(records: Catalog, asked: Request) -> None:
    columns = st.columns(COLUMNS)
    targets = []
    for place, column in enumerate(columns):
        with column:
            given = asked.targets[place] if place < len(asked.targets) else None
            targets.append(controls.ask_target(place, given))
    wanted = tuple(target for target in targets if target is not None)
    request = Request(asked.model, asked.isl, asked.osl, asked.a, asked.b, wanted, asked.book, asked.deployment)
    _remember(request)
    st.button(
        "Targets at 25, 50 and 75 % of the overlap",
        key=key("compare.defaults"),
        on_click=_default_targets,
        args=(records, request),
    )
    if not wanted:
        st.info("Name a target to compare at; without an overlap of both measured ranges there is no default.")
        return
    sides = (request.a.id, request.b.id)
    try:
        shown = comparison_of(records, request.workload, sides, wanted, request.book, REFERENCE_METHOD)
        pooled = comparison_of(records, request.workload, sides, wanted, request.book, POOLED_METHOD)
    except AdvisorError as error:
        st.error(escape(str(error)))
        return
    places = [place for place, target in enumerate(targets) if target is not None]
    for place, row, other in zip(places, shown.rows, pooled.rows, strict=True):
        with columns[place]:
            view.target_table(row, other)
    view.published_table(records, shown)
    _chart(records, shown)
    view.runs(records, shown)


def _default_targets(records: Catalog, request: Request) -> None:
    empty = Request(request.model, request.isl, request.osl, request.a, request.b, (), request.book, request.deployment)
    filled = with_default_targets(records, empty)
    controls.put_targets(filled.targets)
    _remember(filled)


def _chart(records: Catalog, shown: Comparison) -> None:
    st.subheader("Both frontiers", anchor=False)
    left, right = st.columns([3, 1])
    with left:
        names = {metric.id: metric.name for metric in METRICS.values()}
        metric = st.selectbox("Metric", list(names), format_func=lambda m: names[m], key=key("compare.metric"))
    with right:
        scale = st.radio("Scale", list(SCALES), format_func=lambda s: SCALES[s], horizontal=True, key=key("compare.scale"))
    view.chart(records, shown, METRICS[metric], scale == "log")
