"""The Guide page: formats, what runs where, engines, checkpoints, when not to use FP4, what public guides get wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from advisor.catalog import Catalog
from advisor.phrases import percent
from advisor.report.corrections import corrections_of
from advisor.ui.mount import catalog, key, mounted
from advisor.ui.text import DASH, GPU_WIDTH, bullets, escape, source_rows, table

SUPPORT_WORDS = {"native": "● native", "weight_only": "◐ weight-only", "none": "○ no"}
ROWS_HEIGHT = 380
WHEN_NOT = (
    "You have not measured quality on your own task. Published pairs are a prior; a paired run of your own is proof.",
    "No calibrated checkpoint of your model exists. Weights rounded without calibration lose more.",
    "The stakes are high (law, medicine, finance, science) and a small loss is a real one.",
    "The target interactivity is reached by FP8 on the GPUs you have, and the contract still runs.",
    "Your engine's version does not list the format on that GPU. See the table of engines.",
    "You train. This page is about inference.",
)


def guide_page() -> None:
    """Draw the page."""
    records = catalog()
    st.header("Number formats and when to move", anchor=False)
    st.markdown(
        "Fewer bits a number mean less memory and less to read a token, and more rounding. Whether that is faster depends "
        "on the GPU's arithmetic; whether it is good enough depends on your task."
    )
    _decision()
    _formats(records)
    _hardware(records)
    _engines(records)
    _checkpoints(records)
    st.subheader("When not to use FP4", anchor=False)
    bullets(WHEN_NOT)
    _corrections(records)


def _decision() -> None:
    st.subheader("The decision in three steps", anchor=False)
    bullets(
        (
            "Work out the cost at your users' speed: both fleets sized for your peak, at prices you can really get.",
            "Prove quality on your task: FP16, FP8 and FP4 on the same items, paired, against a tolerance named before.",
            "Check that the GPUs can be had in your region in that number, and what the contract still costs.",
        )
    )
    page = mounted().pages.get("wizard")
    if page is not None and st.button("Decide in the wizard", key=key("guide.wizard"), type="primary"):
        st.switch_page(page)


def _formats(records: Catalog) -> None:
    st.subheader("Formats", anchor=False)
    rows = [
        {
            "format": precision.name,
            "bits (weights / activations / cache)": f"{precision.weight_bits} / {precision.activation_bits} / "
            f"{precision.kv_cache_bits}",
            "bytes per parameter": f"{precision.bytes_per_parameter:g}",
            "against BF16": percent(precision.bytes_per_parameter / records.precisions["bf16"].bytes_per_parameter)
            if "bf16" in records.precisions
            else DASH,
            "scales": precision.scale_note,
            "sources": ", ".join(precision.sources),
        }
        for precision in records.precisions.values()
    ]
    table(rows, "Number formats with their memory cost")
    st.caption(
        "“FP4” names a family: MXFP4 for gpt-oss and on AMD, else NVFP4. INT4 and FP4 are different formats, and NF4 "
        "(bitsandbytes) is neither. Cache bits are those of the usual recipe."
    )


def _hardware(records: Catalog) -> None:
    st.subheader("Which GPU runs what", anchor=False)
    rows = [
        {
            "GPU": gpu.name,
            "memory": f"{gpu.memory_gb:g} GB",
            **{
                precision.name: SUPPORT_WORDS[precision.support_on(gpu.id).support]
                for precision in records.precisions.values()
            },
        }
        for gpu in records.hardware.values()
    ]
    pinned = _pinned("GPU", GPU_WIDTH)
    st.dataframe(rows, hide_index=True, height=ROWS_HEIGHT, alt="Format support by GPU", column_config=pinned)
    st.caption(
        "Native: the matrix units compute in the format. Weight-only: stored narrow, computed in 16 bits. No: not served."
    )
    with st.expander("Why, with sources"):
        why = [
            {
                "format": precision.name,
                "support": SUPPORT_WORDS[row.support],
                "GPUs": ", ".join(records.hardware[gpu].name for gpu in row.hardware if gpu in records.hardware),
                "why": row.reason,
                "sources": ", ".join(row.sources),
            }
            for precision in records.precisions.values()
            for row in precision.support
        ]
        table(why, "Format support with reasons and sources")


def _engines(records: Catalog) -> None:
    st.subheader("Engine support by version", anchor=False)
    left, right = st.columns(2)
    engines = sorted({row.engine for row in records.engine_support})
    with left:
        engine = st.multiselect("Engine", engines, key=key("guide.engine"), placeholder="all")
    with right:
        wanted = st.text_input(
            "Search in format, GPU or note", key=key("guide.engine.search"), placeholder="NVFP4, B200, MoE …"
        )
    rows = [
        {
            "engine": row.engine,
            "from version": row.version_from or "not stated",
            "format": row.format,
            "GPUs": row.gpus,
            "support": row.support,
            "kind of evidence": row.evidence_kind,
            "as of": row.as_of or f"source of {records.sources[row.source].date or 'no date'}",
            "note": row.note or "",
            "source": row.source,
        }
        for row in records.engine_support
        if (not engine or row.engine in engine)
        and _holds(wanted, row.format, row.gpus, row.note, row.support, row.compute_target)
    ]
    _listing(rows, "What engines say they support", "Nothing matches: clear the search or choose another engine.")


def _checkpoints(records: Catalog) -> None:
    st.subheader("Published FP4 checkpoints", anchor=False)
    wanted = st.text_input("Search by model or publisher", key=key("guide.checkpoints"), placeholder="Llama, nvidia, Kimi …")
    rows = [
        {
            "checkpoint": row.id,
            "publisher": row.publisher,
            "base model": row.base_model,
            "billion parameters": row.total_params_b,
            "format": records.precisions[row.format].name if row.format in records.precisions else row.format,
            "recipe": row.recipe,
            "calibration": row.calibration or "not stated",
            "published": row.published or "undated",
            "evidence": "card read" if row.evidence == "read" else "name met only",
            "note": row.note or "",
            "source": row.source,
        }
        for row in records.checkpoints
        if _holds(wanted, row.id, row.base_model, row.publisher, row.model)
    ]
    _listing(
        rows, "Published FP4 checkpoints", "No checkpoint matches. Without one you quantize yourself, and validate more."
    )


def _corrections(records: Catalog) -> None:
    found = corrections_of(records)
    if not found:
        return
    st.subheader("What public guides say, and what the evidence says", anchor=False)
    rows = [
        {
            "topic": item.topic,
            "the claim": item.claim,
            "the evidence": item.correction,
            "sources": ", ".join(item.sources[:4]),
        }
        for item in found
    ]
    table(rows, "Claims of the seed documents with their corrections")
    with st.expander("Sources of the claims and corrections"):
        table(source_rows(records, (source for item in found for source in item.sources)), "Sources")


def _listing(rows: Sequence[Mapping[str, object]], name: str, empty: str) -> None:
    st.caption(f"{len(rows)} rows" if rows else escape(empty))
    if rows:
        st.dataframe(
            rows, hide_index=True, height=ROWS_HEIGHT, alt=name, placeholder=DASH, column_config=_pinned(next(iter(rows[0])))
        )


def _pinned(column: str, width: int | None = None) -> dict[str, Any]:
    return {column: st.column_config.TextColumn(pinned=True, width=width)}


def _holds(wanted: str, *texts: str | None) -> bool:
    """Whether every word searched for stands in one of the texts."""
    hay = " ".join(text or "" for text in texts).casefold()
    return all(word in hay for word in wanted.casefold().split())
