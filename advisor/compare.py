"""Two options side by side at chosen interactivities, as the public dashboards show them, with what they leave out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from advisor.catalog import Catalog
from advisor.catalog.records import PowerBook, PriceBook, PublishedFigure
from advisor.economics import fleet_energy, saving, usd_per_mtok
from advisor.errors import Problem, QueryError
from advisor.evidence.question import Question
from advisor.evidence.reading import Reading
from advisor.pricing import Price, book_price, offer_price
from advisor.questions import Reader, parse_question, parse_target
from advisor.units import round_half_up

DEFAULT_COLUMNS = (0.25, 0.5, 0.75)
"""Where the default targets lie in the overlap of both raw ranges (design.md, formula 4)."""


@dataclass(frozen=True)
class Side:
    """One side of a comparison: its question, price (None: nobody offers it), kW per GPU and raw range."""

    question: Question
    price: Price | None
    kw_per_gpu: float | None
    measured_range: tuple[float, float] | None

    @property
    def id(self) -> str:
        """``b200:nvfp4:any``."""
        return f"{self.question.hardware}:{self.question.precision}:{self.question.decoding}"


@dataclass(frozen=True)
class Figures:
    """What is shown of one side at one target; None where it was not measured or not priced.

    ``concurrency`` counts requests in flight on ``concurrency_gpus`` GPUs: never compare it without them.
    """

    reading: Reading
    usd_per_mtok_total: float | None
    tok_s_per_mw: float | None
    joules_per_token: float | None
    users_per_gpu: float | None
    concurrency: int | None
    concurrency_gpus: int | None
    published: PublishedFigure | None


@dataclass(frozen=True)
class Row:
    """Both sides at one target. ``saving_fraction`` is 1 - B / A in cost per token at equal utilization."""

    at: float
    a: Figures
    b: Figures
    saving_fraction: float | None


@dataclass(frozen=True)
class Comparison:
    """A finished comparison. ``price_book`` is None where the default offers were used."""

    a: Side
    b: Side
    price_book: PriceBook | None
    power_book: PowerBook
    overlap: tuple[float, float] | None
    rows: tuple[Row, ...]


def compare(
    catalog: Catalog,
    reader: Reader,
    workload: Mapping[str, Any],
    sides: tuple[str, str],
    targets: Sequence[Any] = (),
    price_book: str | None = None,
) -> Comparison:
    """Compare two options at the same model and request size.

    Args:
        catalog: records.
        reader: reads the curves, by its method (the command's default is the reference method, as the dashboards').
        workload: model, isl, osl, deployment.
        sides: each ``HW:PREC[:DECODING]``; decoding any if left out.
        targets: interactivities in tok/s/user; none: 25, 50 and 75 % of the overlap.
        price_book: id of a named book; None: the default price of each GPU.

    Raises:
        QueryError: anything named does not exist.
    """
    book = _book(catalog, price_book)
    power = catalog.power_books[book.kw_book] if book and book.kw_book else catalog.default_power_book
    a, b = (_side(catalog, workload, text, book, power) for text in sides)
    overlap = overlap_of(a.measured_range, b.measured_range)
    asked = [parse_target(target) for target in targets] or default_targets(overlap)
    rows = tuple(_row(catalog, reader, at, a, b) for at in asked)
    return Comparison(a, b, book, power, overlap, rows)


def default_targets(overlap: tuple[float, float] | None) -> list[float]:
    """25, 50 and 75 % of the overlap, rounded half up; none where the ranges do not overlap."""
    if overlap is None:
        return []
    low, high = overlap
    return [float(round_half_up(low + share * (high - low))) for share in DEFAULT_COLUMNS]


def overlap_of(a: tuple[float, float] | None, b: tuple[float, float] | None) -> tuple[float, float] | None:
    """The interactivities both sides were measured at, or None."""
    if a is None or b is None:
        return None
    low, high = max(a[0], b[0]), min(a[1], b[1])
    return (low, high) if low <= high else None


def _book(catalog: Catalog, name: str | None) -> PriceBook | None:
    if name is None:
        return None
    if name not in catalog.price_books:
        raise QueryError([Problem("price-book", f"unknown price book {name!r}; known: {', '.join(catalog.price_books)}")])
    return catalog.price_books[name]


def _side(catalog: Catalog, workload: Mapping[str, Any], text: str, book: PriceBook | None, power: PowerBook) -> Side:
    parts = text.split(":")
    if len(parts) not in (2, 3):
        raise QueryError([Problem("side", f"must read HW:PREC or HW:PREC:DECODING, as in h200:fp8:none (found {text!r})")])
    question = parse_question(
        catalog,
        {**workload, "hardware": parts[0], "precision": parts[1], "decoding": parts[2] if len(parts) == 3 else None},
    )
    price = book_price(book, question.hardware) if book else offer_price(catalog, question.hardware, "on_demand")
    curve = catalog.curves.reference(question)
    measured = curve.measured_range if curve else None
    return Side(question, price, power.kw_per_gpu.get(question.hardware), measured)


def _row(catalog: Catalog, reader: Reader, at: float, a: Side, b: Side) -> Row:
    first, second = _figures(catalog, reader, at, a), _figures(catalog, reader, at, b)
    saved = None
    if first.usd_per_mtok_total is not None and second.usd_per_mtok_total is not None:
        saved = saving(second.usd_per_mtok_total, first.usd_per_mtok_total)
    return Row(at, first, second, saved)


def _figures(catalog: Catalog, reader: Reader, at: float, side: Side) -> Figures:
    reading = reader.read(side.question, at)
    published = _published(catalog, side.question, at)
    rate = reading.tok_s_per_gpu
    if rate is None:
        return Figures(reading, None, None, None, None, None, None, published)
    cost = usd_per_mtok(side.price.usd_per_gpu_hour, rate) if side.price else None
    energy = fleet_energy(1, side.kw_per_gpu, rate, "") if side.kw_per_gpu else None
    users = rate * side.question.output_share / at
    in_flight = reading.concurrency(side.question.output_share)
    concurrency = None if in_flight is None else round_half_up(in_flight)
    return Figures(
        reading,
        cost,
        energy.tok_s_per_mw if energy else None,
        energy.joules_per_token if energy else None,
        users,
        concurrency,
        reading.replica_gpus,
        published,
    )


def _published(catalog: Catalog, question: Question, at: float) -> PublishedFigure | None:
    """The figure a public page printed for this very point, if any."""
    for figure in catalog.published:
        same_cell = (figure.model, figure.hardware, figure.precision, figure.isl, figure.osl) == (
            question.model,
            question.hardware,
            question.precision,
            question.isl,
            question.osl,
        )
        if same_cell and figure.decoding == question.decoding and figure.interactivity_tok_s_per_user == at:
            return figure
    return None
