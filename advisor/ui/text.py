"""Text that Streamlit shows as it stands: nothing a person or a link supplies is rendered as Markdown or HTML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pyarrow as pa
import streamlit as st

from advisor.catalog import Catalog
from advisor.report.words import GRADE_MARKS

SPECIAL = frozenset("\\`*_{}[]()#+-.!|<>$~:^&")
"""Characters Markdown, formulas, emoji codes, coloured text or HTML entities begin with."""

GPU_WIDTH = 225
"""Pixels that hold the longest name of a GPU in a table."""

DASH = "–"
"""What a cell shows where nothing is known; the reason stands beside the table."""


def escape(text: str) -> str:
    """Text with every character that could begin markup taken literally, line breaks as spaces."""
    return "".join(f"\\{char}" if char in SPECIAL else char for char in " ".join(text.split("\n")))


def bullets(lines: Iterable[str]) -> None:
    """A list, each line shown as it stands."""
    text = "\n".join(f"- {escape(line)}" for line in lines)
    if text:
        st.markdown(text)


def table(rows: Sequence[Mapping[str, Any]], alt: str, *, empty: str = "Nothing to show.") -> None:
    """A plain table that screen readers read, cells as they stand; says so where there are no rows."""
    if not rows:
        st.caption(escape(empty))
        return
    columns = list(rows[0])
    cells = {escape(name): [_cell(row.get(name)) for row in rows] for name in columns}
    st.table(pa.table(cells), hide_index=True, alt=alt)


def columns_of(rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Rows as the columns a browser is sent: Streamlit passes them on as they are, where pandas costs a sixth of a rerun."""
    columns = {name: pa.array([row[name] for row in rows]) for name in rows[0]}
    return pa.table(
        {name: column.cast(pa.string()) if column.type == pa.null() else column for name, column in columns.items()}
    )


def _cell(value: Any) -> str:
    return DASH if value is None or value == "" else escape(str(value))


@contextmanager
def folded(label: str, name: str) -> Iterator[bool]:
    """A fold whose body is drawn only while it is open: gives whether it is. ``name`` is its key."""
    with st.expander(label, key=name, on_change="rerun") as fold:
        yield bool(fold.open)


def grade_words(grade: str | None) -> str:
    """A grade with its shape and its word: ``◐ interpolated``."""
    return DASH if grade is None else f"{GRADE_MARKS[grade]} {grade}"


def source_row(catalog: Catalog, source_id: str) -> dict[str, str]:
    """A source as a table row."""
    source = catalog.sources[source_id]
    return {
        "source": source.id,
        "title": source.title,
        "publisher": source.publisher,
        "date": source.date or "undated",
        "licence": source.licence or "not stated",
        "address": source.address or "",
    }


def source_rows(catalog: Catalog, source_ids: Iterable[str]) -> list[dict[str, str]]:
    """Sources as table rows, each once, in order."""
    return [source_row(catalog, source_id) for source_id in dict.fromkeys(source_ids)]
