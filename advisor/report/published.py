"""The public comparison pages the catalog keeps: what they printed, what we read, and why the two differ."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from advisor.catalog import Catalog
from advisor.catalog.records import PublishedFigure
from advisor.compare import Figures
from advisor.economics import usd_per_mtok
from advisor.units import KW_PER_MW

AGREES_FRACTION = 0.01
"""Gap below which a page's figure and ours are called the same: rounding of the page's own interpolation."""


@dataclass(frozen=True)
class PublishedPage:
    """One public page: model and size, its two sides as ``hw:format:decoding``, its targets, the book behind its money."""

    source: str
    title: str
    model: str
    isl: int
    osl: int
    sides: tuple[str, str]
    targets: tuple[float, ...]
    price_book: str
    as_of: str


def published_pages(catalog: Catalog) -> tuple[PublishedPage, ...]:
    """The pages of two sides the catalog holds figures of, in the catalog's order."""
    pages = []
    for source, group in groupby(catalog.published, key=lambda figure: figure.source):
        figures = list(group)
        sides = tuple(dict.fromkeys(f"{f.hardware}:{f.precision}:{f.decoding}" for f in figures))
        if len(sides) != 2:
            continue
        first = figures[0]
        targets = tuple(dict.fromkeys(figure.interactivity_tok_s_per_user for figure in figures))
        book = _book_behind(catalog, figures)
        page = PublishedPage(
            source,
            catalog.sources[source].title,
            first.model,
            first.isl,
            first.osl,
            (sides[0], sides[1]),
            targets,
            book,
            first.as_of,
        )
        pages.append(page)
    return tuple(pages)


def _book_behind(catalog: Catalog, figures: Sequence[PublishedFigure]) -> str:
    """The book whose price and power reproduce the page's own cost and tok/s/MW best; of equal ones the first."""

    def gap(book_id: str) -> float:
        book = catalog.price_books[book_id]
        kw = catalog.power_books[book.kw_book].kw_per_gpu if book.kw_book else {}
        total = 0.0
        for figure in figures:
            price, power = book.usd_per_gpu_hour.get(figure.hardware), kw.get(figure.hardware)
            if price is None or power is None:
                return math.inf
            total += abs(math.log(usd_per_mtok(price, figure.tok_s_per_gpu) / figure.usd_per_mtok_total))
            total += abs(math.log(figure.tok_s_per_gpu * KW_PER_MW / power / figure.tok_s_per_mw))
        return total

    return min(catalog.price_books, key=gap)


def why_different(catalog: Catalog, figures: Figures) -> str:
    """In words, what stands between a page's figure and ours at one target; empty where no page printed one."""
    page, reading = figures.published, figures.reading
    if page is None:
        return ""
    printed = f"the page of {page.as_of} printed {page.tok_s_per_gpu:,.1f} tok/s/GPU"
    if reading.tok_s_per_gpu is None:
        return f"{printed}; here {reading.reason}"
    gap = reading.tok_s_per_gpu / page.tok_s_per_gpu - 1
    ours = f"the catalog reads {reading.tok_s_per_gpu:,.1f} ({round(gap, 3) + 0.0:+.1%})"
    if abs(gap) < AGREES_FRACTION:
        return f"{printed}, {ours}: the same within rounding"
    dates = sorted({catalog.sources[source].date or "undated" for source in reading.sources})
    runs = f"the catalog's medians rest on the runs known by {', '.join(dates)}"
    other = ""
    if figures.concurrency is not None and figures.concurrency != page.concurrency:
        other = f"; at this target the page saw ~{page.concurrency} requests in flight, these runs {figures.concurrency}"
    return (
        f"{printed}, {ours}: other runs of this side lie behind the two. {runs[0].upper()}{runs[1:]}{other}. Both are kept"
    )
