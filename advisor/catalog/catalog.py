"""The catalog as the engine sees it: frozen tables, looked up by id, with a version and a digest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

from advisor.catalog.derived import point_of_latency_row
from advisor.catalog.names import NameTable
from advisor.catalog.records import (
    ApiPrice,
    Assumption,
    BenchmarkPoint,
    Checkpoint,
    DatedRun,
    Decoding,
    EngineSupport,
    EvalTask,
    Hardware,
    LatencyFit,
    LatencyRow,
    MlperfRow,
    Model,
    Offer,
    PowerBook,
    Precision,
    PriceBook,
    PublishedFigure,
    QualityPair,
    QualityPriorFit,
    RelativesFit,
    Source,
    ThroughputClaim,
)

if TYPE_CHECKING:
    from advisor.evidence.boosted import QuantileTrees
    from advisor.evidence.store import CurveStore
    from advisor.quality.prior import Prior

Cell = tuple[str, str, str, int, int]
"""(model, hardware, precision, ISL, OSL): what one set of measured points belongs to."""


@dataclass(frozen=True)
class Overlay:
    """An own catalog laid over the shipped one: which records it added or replaced, by table."""

    folder: str
    added: tuple[tuple[str, str], ...]
    replaced: tuple[tuple[str, str], ...]


@dataclass(frozen=True, repr=False)
class Catalog:
    """All records of one catalog version. Immutable; safe to share between sessions."""

    version: str
    as_of: str
    digest: str
    sources: Mapping[str, Source]
    hardware: Mapping[str, Hardware]
    precisions: Mapping[str, Precision]
    models: Mapping[str, Model]
    points: tuple[BenchmarkPoint, ...]
    own_points: tuple[BenchmarkPoint, ...]
    published: tuple[PublishedFigure, ...]
    claims: tuple[ThroughputClaim, ...]
    latency_rows: tuple[LatencyRow, ...]
    dated_runs: tuple[DatedRun, ...]
    mlperf: tuple[MlperfRow, ...]
    offers: tuple[Offer, ...]
    api_prices: tuple[ApiPrice, ...]
    price_books: Mapping[str, PriceBook]
    power_books: Mapping[str, PowerBook]
    quality: tuple[QualityPair, ...]
    quality_priors: tuple[QualityPriorFit, ...]
    eval_tasks: Mapping[str, EvalTask]
    engine_support: tuple[EngineSupport, ...]
    checkpoints: tuple[Checkpoint, ...]
    assumptions: Mapping[str, Assumption]
    relatives_fits: tuple[RelativesFit, ...]
    latency_fits: tuple[LatencyFit, ...]
    between: QuantileTrees
    ttft_trees: QuantileTrees
    hardware_names: NameTable
    model_names: NameTable
    engine_names: NameTable
    without_record: frozenset[str]
    overlays: tuple[Overlay, ...] = ()

    def __repr__(self) -> str:
        return f"Catalog({self.version!r}, digest={self.digest!r}, {len(self.points):,} points)"

    @cached_property
    def points_by_cell(self) -> Mapping[Cell, tuple[BenchmarkPoint, ...]]:
        """Measured points by cell. Our own runs, then dated latency rows, serve cells that nothing before them covers."""
        cells: dict[Cell, list[BenchmarkPoint]] = {}
        for rows in (self.points, self.own_points, self.latency_rows):
            covered = frozenset(cells)
            for row in rows:
                cell = cell_of(row)
                if cell in covered:
                    continue
                point = point_of_latency_row(row, self.models[row.model]) if isinstance(row, LatencyRow) else row
                if point is not None:
                    cells.setdefault(cell, []).append(point)
        return MappingProxyType({cell: tuple(points) for cell, points in cells.items()})

    @property
    def relatives_fit(self) -> RelativesFit:
        """The newest fit of the step-time model and of how alike cells are."""
        return self.relatives_fits[-1]

    @property
    def latency_fit(self) -> LatencyFit:
        """The newest fit of time to first token and of software age."""
        return self.latency_fits[-1]

    @cached_property
    def curves(self) -> CurveStore:
        """Curves read from this catalog, each built once."""
        from advisor.evidence.store import CurveStore  # the store reads catalogs: imported when first asked for

        return CurveStore(self)

    @cached_property
    def latency_coverage(self) -> frozenset[tuple[str, ...]]:
        """Which runs with time to first token there are: (model, hardware, precision), (model,) and (hardware,) tuples."""
        rows: tuple[DatedRun | LatencyRow, ...] = (*self.dated_runs, *self.latency_rows)
        cells: set[tuple[str, ...]] = {(row.model, row.hardware, row.precision) for row in rows}
        return frozenset([*cells, *((cell[0],) for cell in cells), *((cell[1],) for cell in cells)])

    @cached_property
    def tail_ratios(self) -> Mapping[tuple[Cell, Decoding], tuple[float, ...]]:
        """P99 over median TPOT of all runs that carry both, by cell and decoding (drafts of any kind count as MTP)."""
        found: dict[tuple[Cell, Decoding], list[float]] = {}
        runs: tuple[DatedRun | BenchmarkPoint, ...] = (*self.dated_runs, *self.points, *self.own_points)
        for run in runs:
            if run.p99_tpot_ms is None or run.median_tpot_ms is None or run.decoding is None:
                continue
            cell: Cell = (run.model, run.hardware, run.precision, run.isl, run.osl)
            decoding: Decoding = "none" if run.decoding == "none" else "mtp"
            found.setdefault((cell, decoding), []).append(max(1.0, run.p99_tpot_ms / run.median_tpot_ms))
        return MappingProxyType({key: tuple(ratios) for key, ratios in found.items()})

    @cached_property
    def quality_prior(self) -> Prior:
        """What the published pairs say of losses nobody measured: the newest fit, conditioned on this catalog's pairs."""
        from advisor.quality.prior import build_prior  # the prior reads catalogs: imported when first asked for

        return build_prior(self, self.quality_priors[-1])

    @cached_property
    def sizes_by_option(self) -> Mapping[tuple[str, str, str], tuple[tuple[int, int], ...]]:
        """Measured (ISL, OSL) pairs of each model, GPU and format, in order."""
        found: dict[tuple[str, str, str], list[tuple[int, int]]] = {}
        for model, hardware, precision, isl, osl in self.points_by_cell:
            found.setdefault((model, hardware, precision), []).append((isl, osl))
        return MappingProxyType({option: tuple(sorted(pairs)) for option, pairs in found.items()})

    @cached_property
    def offers_by_hardware(self) -> Mapping[str, tuple[Offer, ...]]:
        """Dated offers of each GPU, in the catalog's order."""
        found: dict[str, list[Offer]] = {}
        for offer in self.offers:
            found.setdefault(offer.hardware, []).append(offer)
        return MappingProxyType({gpu: tuple(offers) for gpu, offers in found.items()})

    @cached_property
    def workloads_by_model(self) -> Mapping[str, tuple[tuple[int, int], ...]]:
        """Measured (ISL, OSL) pairs of each model, in order."""
        found: dict[str, set[tuple[int, int]]] = {}
        for model, _, _, isl, osl in self.points_by_cell:
            found.setdefault(model, set()).add((isl, osl))
        return MappingProxyType({model: tuple(sorted(pairs)) for model, pairs in found.items()})

    @cached_property
    def precisions_by_family(self) -> Mapping[str, tuple[str, ...]]:
        """Formats of each family name: ``fp4`` holds NVFP4 and MXFP4."""
        families: dict[str, list[str]] = {}
        for precision in self.precisions.values():
            if precision.family:
                families.setdefault(precision.family, []).append(precision.id)
        return MappingProxyType({family: tuple(ids) for family, ids in families.items()})

    @cached_property
    def default_power_book(self) -> PowerBook:
        """The newest power vintage: the default for kW."""
        return max(self.power_books.values(), key=lambda book: book.effective_from)

    def assume(self, name: str) -> float:
        """The value of a named assumption."""
        return self.assumptions[name].value


def cell_of(point: BenchmarkPoint | LatencyRow) -> Cell:
    """The cell a measured point belongs to."""
    return (point.model, point.hardware, point.precision, point.isl, point.osl)
