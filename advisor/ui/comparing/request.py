"""What the Compare page is asked, and how that stands in the page's address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from advisor.catalog import Catalog
from advisor.compare import default_targets, overlap_of
from advisor.errors import AdvisorError, Problem, QueryError
from advisor.evidence.reading import REFERENCE_METHOD
from advisor.formats import legality, resolve_precision
from advisor.options import precision_names
from advisor.questions import DECODINGS, DEPLOYMENTS, parse_question, parse_target
from advisor.report.published import PublishedPage
from advisor.ui.runtime import comparison_of

COLUMNS = 3
NAMES = ("model", "isl", "osl", "a", "b", "at", "book", "deployment")
"""The address's own parameters, as in ``compare?model=qwen3.5-397b&isl=1024&osl=1024&a=b200:bf16:any…``."""


@dataclass(frozen=True)
class SideChoice:
    """One side: ids of GPU and format, and a decoding of ``any``, ``none`` or ``mtp``."""

    hardware: str
    precision: str
    decoding: str = "any"

    @property
    def id(self) -> str:
        """``b200:nvfp4:any``."""
        return f"{self.hardware}:{self.precision}:{self.decoding}"


@dataclass(frozen=True)
class Request:
    """A comparison as asked. ``targets`` in tok/s/user, empty for the default columns; ``book`` None for offers."""

    model: str
    isl: int
    osl: int
    a: SideChoice
    b: SideChoice
    targets: tuple[float, ...] = ()
    book: str | None = None
    deployment: str = "any"

    @property
    def workload(self) -> dict[str, str]:
        """As :func:`advisor.compare.compare` takes it."""
        return {"model": self.model, "isl": str(self.isl), "osl": str(self.osl), "deployment": self.deployment}

    def as_query(self) -> dict[str, str]:
        """The address's parameters; what is at its default is left out."""
        full = {
            "model": self.model,
            "isl": str(self.isl),
            "osl": str(self.osl),
            "a": self.a.id,
            "b": self.b.id,
            "at": ",".join(f"{target:g}" for target in self.targets),
            "book": self.book or "",
            "deployment": "" if self.deployment == DEPLOYMENTS[0] else self.deployment,
        }
        return {name: value for name, value in full.items() if value}


def from_query(catalog: Catalog, query: Mapping[str, str]) -> Request:
    """The request an address names.

    Raises:
        QueryError: naming every parameter that cannot be used.
    """
    missing = [
        Problem(name, "is missing from the address") for name in ("model", "isl", "osl", "a", "b") if name not in query
    ]
    if missing:
        raise QueryError(missing)
    sides = []
    question = None
    for name in ("a", "b"):
        parts = [*query[name].split(":"), "", "", ""][:3]
        given = {**query, "hardware": parts[0], "precision": parts[1], "decoding": parts[2] or DECODINGS[0]}
        question = parse_question(catalog, given)
        sides.append(SideChoice(question.hardware, question.precision, question.decoding))
    assert question is not None  # both sides were parsed
    book = query.get("book") or None
    if book is not None and book not in catalog.price_books:
        raise QueryError([Problem("book", f"unknown price book {book!r}; known: {', '.join(catalog.price_books)}")])
    targets = tuple(parse_target(text) for text in query.get("at", "").split(",") if text.strip())[:COLUMNS]
    return Request(question.model, question.isl, question.osl, sides[0], sides[1], targets, book, question.deployment)


def of_page(page: PublishedPage) -> Request:
    """The request that repeats a published page: its second side as A, so that the saving reads as the page meant it."""
    first, second = (SideChoice(*side.split(":")) for side in page.sides)
    return Request(page.model, page.isl, page.osl, second, first, page.targets, page.price_book)


def sizes_of(catalog: Catalog, model: str) -> tuple[tuple[int, int], ...]:
    """Measured request sizes of a model."""
    return catalog.workloads_by_model.get(model, ())


def formats_on(catalog: Catalog, hardware: str, model: str) -> list[str]:
    """Formats a GPU serves a model in, in the catalog's order."""
    record = catalog.models[model]
    names = (resolve_precision(catalog, name, hardware, record) for name in precision_names(catalog))
    return [name for name in names if name and legality(catalog, hardware, name, record).legal]


def has_runs(catalog: Catalog, request: Request, hardware: str, precision: str) -> bool:
    """Whether anything was measured for a GPU and format at the request's model and size."""
    return (request.model, hardware, precision, request.isl, request.osl) in catalog.points_by_cell


def with_default_targets(catalog: Catalog, request: Request) -> Request:
    """The request with targets at 25, 50 and 75 % of the overlap where it names none."""
    if request.targets:
        return request
    try:
        found = comparison_of(catalog, request.workload, (request.a.id, request.b.id), (), request.book, REFERENCE_METHOD)
    except AdvisorError:
        return request
    overlap = overlap_of(found.a.measured_range, found.b.measured_range)
    return replace(request, targets=tuple(default_targets(overlap)))
