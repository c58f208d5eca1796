"""The Evidence page: what the catalog holds and covers; every point, price and quality row with source, date and grade."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from advisor.catalog import Catalog
from advisor.catalog.records import BenchmarkPoint
from advisor.report.coverage import coverage
from advisor.ui.mount import catalog, key
from advisor.ui.releases import releases
from advisor.ui.text import DASH, GPU_WIDTH, bullets, escape, grade_words, table

MOST_ROWS = 2000
"""Rows sent to the browser at once; filters narrow the rest."""

ROWS_HEIGHT = 460
Row = dict[str, Any]


def evidence_page() -> None:
    """Draw the page."""
    records = catalog()
    st.header("Evidence", anchor=False)
    _version(records)
    _coverage(records)
    st.subheader("Records", anchor=False)
    tables: Mapping[str, tuple[str, Callable[[Catalog], None]]] = {
        "points": ("Operating points", _points),
        "latency": ("Latency runs", _latency),
        "offers": ("Prices", _offers),
        "quality": ("Quality pairs", _quality),
        "sources": ("Sources", _sources),
        "assumptions": ("Assumptions", _assumptions),
    }
    chosen = st.segmented_control(
        "Table",
        list(tables),
        format_func=lambda name: tables[name][0],
        default="points",
        required=True,
        key=key("evidence.table"),
    )
    tables[chosen or "points"][1](records)


def _version(records: Catalog) -> None:
    st.markdown(
        f"Catalog **{escape(records.version)}** of {escape(records.as_of)}, digest {escape(records.digest)}. "
        f"{len(records.points) + len(records.own_points):,} operating points, {len(records.latency_rows):,} latency runs, "
        f"{len(records.offers):,} prices, {len(records.quality):,} quality pairs, {len(records.sources):,} sources."
    )
    for overlay in records.overlays:
        st.info(
            escape(f"Own catalog {overlay.folder}: {len(overlay.added)} records added, {len(overlay.replaced)} replaced.")
        )
        with st.expander(escape(f"What {overlay.folder} changed")):
            changes = [{"change": "added", "table": t, "record": i} for t, i in overlay.added]
            changes += [{"change": "replaced", "table": t, "record": i} for t, i in overlay.replaced]
            table(changes, "Records an own catalog added or replaced")
    with st.expander("What changed, release by release"):
        found = releases()
        if not found:
            st.caption("This installation carries no release notes: see CHANGELOG.md of the repository.")
        bullets(found)


def _coverage(records: Catalog) -> None:
    st.subheader("Coverage: model × GPU × precision", anchor=False)
    measured = records.workloads_by_model
    names = {model.id: model.name for model in sorted(records.models.values(), key=lambda model: model.id not in measured)}
    model = st.selectbox("Model (type to search)", list(names), format_func=lambda m: names[m], key=key("evidence.model"))
    cells = coverage(records, model)
    rows = [
        {
            "GPU": gpu.name,
            **{precision.name: cells[gpu.id, precision.id].words for precision in records.precisions.values()},
        }
        for gpu in records.hardware.values()
    ]
    pinned = {"GPU": st.column_config.TextColumn(pinned=True, width=GPU_WIDTH)}
    st.dataframe(rows, hide_index=True, height=ROWS_HEIGHT, alt=f"Coverage of {names[model]}", column_config=pinned)
    sizes = ", ".join(f"{isl:,}/{osl:,}" for isl, osl in records.workloads_by_model.get(model, ())) or "none"
    st.caption(
        "● measured, ◑ transferable (nobody measured it, an estimate from relatives is possible), ○ none (the GPU does "
        f"not compute in the format; some store it weight-only, see the Guide). Measured request sizes: {sizes}."
    )


def _points(records: Catalog) -> None:
    points = [*records.points, *records.own_points]
    chosen = _filters("points", points, {"model": "Model", "hardware": "GPU", "precision": "Precision", "engine": "Engine"})
    grade = grade_words("measured")
    rows = (
        {
            "id": point.id,
            "model": point.model,
            "GPU": point.hardware,
            "precision": point.precision,
            "decoding": point.decoding,
            "engine": point.engine,
            "in": point.isl,
            "out": point.osl,
            "in flight": point.concurrency,
            "tok/s per user": point.interactivity_tok_s_per_user,
            "tok/s per GPU": point.tok_s_per_gpu,
            "replica GPUs": point.replica_gpus,
            "deployment": "disaggregated" if point.disaggregated else "aggregated",
            "grade": grade,
            "aggregation": point.aggregation.replace("_", " "),
            "date": _date_of(records, point),
            "source": point.source,
        }
        for point in chosen
    )
    _listing(rows, len(chosen), "Measured operating points")


def _date_of(records: Catalog, point: BenchmarkPoint) -> str:
    return point.run_date or f"known by {records.sources[point.source].date or 'no date'}"


def _latency(records: Catalog) -> None:
    chosen = _filters(
        "latency", records.latency_rows, {"model": "Model", "hardware": "GPU", "precision": "Precision", "engine": "Engine"}
    )
    grade = grade_words("measured")
    rows = (
        {
            "id": row.id,
            "model": row.model,
            "GPU": row.hardware,
            "precision": row.precision,
            "engine": f"{row.engine} {row.engine_version or ''}".strip(),
            "in": row.isl,
            "out": row.osl,
            "in flight": row.concurrency,
            "TTFT (ms)": row.median_ttft_ms,
            "TPOT (ms)": row.median_tpot_ms,
            "grade": grade,
            "date": row.run_date or f"known by {records.sources[row.source].date or 'no date'}",
            "source": row.source,
        }
        for row in chosen
    )
    _listing(rows, len(chosen), "Measured latency runs")


def _offers(records: Catalog) -> None:
    chosen = _filters(
        "offers", records.offers, {"hardware": "GPU", "provider": "Provider", "basis": "Basis", "confidence": "Confidence"}
    )
    rows = (
        {
            "id": offer.id,
            "GPU": offer.hardware,
            "provider": offer.provider,
            "USD/GPU-hour": offer.usd_per_gpu_hour,
            "basis": offer.basis.replace("_", " "),
            "date": offer.as_of,
            "region": offer.region or "not stated",
            "confidence": offer.confidence,
            "note": offer.note or "",
            "source": offer.source,
        }
        for offer in chosen
    )
    _listing(rows, len(chosen), "Dated prices")
    with st.expander("Price books and power books"):
        books: list[Row] = [
            {"id": b.id, "title": b.title, "basis": b.basis.replace("_", " "), "from": b.effective_from, "source": b.source}
            for b in records.price_books.values()
        ]
        books += [
            {"id": b.id, "title": b.title, "basis": "kW per GPU", "from": b.effective_from, "source": b.source}
            for b in records.power_books.values()
        ]
        table(books, "Price books and power books")


def _quality(records: Catalog) -> None:
    chosen = _filters(
        "quality",
        records.quality,
        {"format": "Format", "task_class": "Task class", "benchmark": "Benchmark", "size_band": "Model size"},
    )
    rows = (
        {
            "id": pair.id,
            "model": pair.model,
            "format": pair.format,
            "benchmark": pair.benchmark,
            "task class": pair.task_class.replace("_", " "),
            "before": pair.baseline_score,
            "after": pair.candidate_score,
            "change (points)": pair.delta_points,
            "standard error": pair.stderr_delta_points,
            "items": pair.items,
            "evaluator": pair.evaluator,
            "used": "yes" if pair.usable else "no",
            "date": pair.as_of or records.sources[pair.source].date or "undated",
            "source": pair.source,
        }
        for pair in chosen
    )
    _listing(rows, len(chosen), "Published quality pairs")


def _sources(records: Catalog) -> None:
    wanted = st.text_input(
        "Search", key=key("evidence.sources.search"), placeholder="InferenceX, MLPerf, price …"
    ).casefold()
    chosen = [s for s in records.sources.values() if wanted in f"{s.id} {s.title} {s.publisher}".casefold()]
    rows = (
        {
            "id": source.id,
            "title": source.title,
            "publisher": source.publisher,
            "date": source.date or "undated",
            "licence": source.licence or "not stated",
            "address": source.address or "",
            "note": source.note or "",
        }
        for source in chosen
    )
    _listing(rows, len(chosen), "Sources")


def _assumptions(records: Catalog) -> None:
    rows: list[Row] = [
        {"name": a.id, "value": f"{a.value:g}", "unit": a.unit, "why": a.why, "source": a.source}
        for a in records.assumptions.values()
    ]
    table(rows, "Named assumptions")


def _filters(name: str, rows: Iterable[Any], fields: Mapping[str, str]) -> list[Any]:
    """Rows that match the choices of every filter; an empty filter lets everything through."""
    found = list(rows)
    columns = st.columns(len(fields))
    for column, (field, label) in zip(columns, fields.items(), strict=True):
        with column:
            values = sorted({str(value) for row in found if (value := getattr(row, field)) is not None})
            place = key(f"evidence.{name}.{field}")
            if place in st.session_state:
                st.session_state[place] = [value for value in st.session_state[place] if value in values]
            chosen = st.multiselect(label, values, key=place, placeholder="all", format_func=lambda v: v.replace("_", " "))
        if chosen:
            found = [row for row in found if str(getattr(row, field)) in chosen]
    return found


def _listing(rows: Iterable[Row], count: int, name: str) -> None:
    shown = [row for _, row in zip(range(MOST_ROWS), rows, strict=False)]
    more = f", the first {MOST_ROWS:,} shown: narrow the filters for the rest" if count > MOST_ROWS else ""
    st.caption(f"{count:,} rows{more}")
    if shown:
        pinned = {next(iter(shown[0])): st.column_config.TextColumn(pinned=True)}
        st.dataframe(
            pd.DataFrame(shown), hide_index=True, height=ROWS_HEIGHT, alt=name, placeholder=DASH, column_config=pinned
        )
