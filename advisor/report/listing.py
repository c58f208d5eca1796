"""The catalog as text: counts, books, GPUs, models, sources."""

from __future__ import annotations

from advisor.catalog import Catalog
from advisor.report.tables import table


def listing_text(catalog: Catalog, *, prices: bool, hardware: bool, models: bool, sources: bool) -> str:
    """What was asked for, or the counts of every table."""
    parts = []
    if prices:
        parts += [_price_books(catalog), _power_books(catalog)]
    if hardware:
        parts.append(_hardware(catalog))
    if models:
        parts.append(_models(catalog))
    if sources:
        parts.append(_sources(catalog))
    return "\n\n".join("\n".join(part) for part in parts or [_counts(catalog)])


def _counts(catalog: Catalog) -> list[str]:
    counted = {
        "GPUs": catalog.hardware,
        "precisions": catalog.precisions,
        "models": catalog.models,
        "measured points (InferenceX)": catalog.points,
        "measured points (own H200)": catalog.own_points,
        "published figures": catalog.published,
        "claimed throughputs": catalog.claims,
        "measured rows (NVIDIA sample)": catalog.latency_rows,
        "MLPerf rows": catalog.mlperf,
        "price offers": catalog.offers,
        "API token prices": catalog.api_prices,
        "price books": catalog.price_books,
        "power books": catalog.power_books,
        "quality pairs": catalog.quality,
        "engine support rows": catalog.engine_support,
        "FP4 checkpoints": catalog.checkpoints,
        "assumptions": catalog.assumptions,
        "sources": catalog.sources,
    }
    rows = [(name, f"{len(records):,}") for name, records in counted.items()]
    return [f"Catalog {catalog.version} of {catalog.as_of}, digest {catalog.digest}", *table(("table", "records"), rows)]


def _price_books(catalog: Catalog) -> list[str]:
    rows = [
        (book.id, book.basis, book.effective_from, book.effective_to or "", book.kw_book or "", book.title)
        for book in catalog.price_books.values()
    ]
    return table(("price book", "basis", "from", "to", "power book", "title"), rows, frozenset(range(6)))


def _power_books(catalog: Catalog) -> list[str]:
    default = catalog.default_power_book.id
    rows = [
        (book.id + (" (default)" if book.id == default else ""), book.effective_from, book.title)
        for book in catalog.power_books.values()
    ]
    return table(("power book", "from", "title"), rows, frozenset(range(3)))


def _hardware(catalog: Catalog) -> list[str]:
    rows = [
        (gpu.id, gpu.name, f"{gpu.memory_gb:g}", f"{gpu.memory_bandwidth_gb_s:,.0f}", str(gpu.gpus_per_server))
        for gpu in catalog.hardware.values()
    ]
    return table(("id", "name", "GB", "GB/s", "GPUs a server"), rows, frozenset({0, 1}))


def _models(catalog: Catalog) -> list[str]:
    rows = []
    for model in catalog.models.values():
        workloads = ", ".join(f"{isl}/{osl}" for isl, osl in catalog.workloads_by_model.get(model.id, ()))
        rows.append((model.id, f"{model.total_params_b:g}", f"{model.active_params_b:g}", workloads or "not measured"))
    return table(("id", "B total", "B active", "measured at"), rows, frozenset({0, 3}))


def _sources(catalog: Catalog) -> list[str]:
    rows = [(s.id, s.date or "undated", s.licence or "not stated", s.title) for s in catalog.sources.values()]
    return table(("id", "date", "licence", "title"), rows, frozenset(range(4)))
