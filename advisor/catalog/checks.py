"""Cross-references of the catalog: ids unique, every named record there, every GPU placed in every precision."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from advisor.catalog.records import Precision, Record
from advisor.errors import Problem

Tables = Mapping[str, Sequence[Any]]

REFERENCES: tuple[tuple[str, str, str], ...] = (
    # (table, field, table the field's ids stand in)
    ("points", "model", "models"),
    ("points", "hardware", "hardware"),
    ("points", "precision", "precisions"),
    ("own_points", "model", "models"),
    ("own_points", "hardware", "hardware"),
    ("own_points", "precision", "precisions"),
    ("published", "model", "models"),
    ("published", "hardware", "hardware"),
    ("published", "precision", "precisions"),
    ("claims", "model", "models"),
    ("claims", "hardware", "hardware"),
    ("claims", "precision", "precisions"),
    ("latency_rows", "model", "models"),
    ("latency_rows", "hardware", "hardware"),
    ("latency_rows", "precision", "precisions"),
    ("dated_runs", "model", "models"),
    ("dated_runs", "hardware", "hardware"),
    ("dated_runs", "precision", "precisions"),
    ("mlperf", "model", "models"),
    ("mlperf", "hardware", "hardware"),
    ("offers", "hardware", "hardware"),
    ("api_prices", "model", "models"),
    ("checkpoints", "model", "models"),
    ("checkpoints", "format", "precisions"),
    ("models", "native_precision", "precisions"),
    ("price_books", "kw_book", "power_books"),
)


def cross_check(tables: Tables, files: Mapping[str, str]) -> list[Problem]:
    """Every reference that leads nowhere, every id that stands twice, every gap in the support matrix."""
    ids = {name: {record.id for record in records} for name, records in tables.items()}
    problems: list[Problem] = []
    for name, records in tables.items():
        problems += _repeated_ids(files[name], records)
        problems += _missing_sources(files[name], records, ids["sources"])
    for table, field, target in REFERENCES:
        for record in tables[table]:
            value = getattr(record, field)
            if value is not None and value not in ids[target]:
                problems.append(Problem(f"{files[table]}: {record.id}: {field}", f"{value!r} is not in {files[target]}"))
    for table, field in (("price_books", "usd_per_gpu_hour"), ("power_books", "kw_per_gpu")):
        problems += _book_problems(files[table], tables[table], field, ids["hardware"])
    for precision in tables["precisions"]:
        problems += _support_gaps(files["precisions"], precision, ids["hardware"])
    return problems


def _repeated_ids(file: str, records: Iterable[Any]) -> list[Problem]:
    counts = Counter(record.id for record in records)
    return [Problem(f"{file}: {key}", f"the id stands {n} times") for key, n in counts.items() if n > 1]


def _missing_sources(file: str, records: Iterable[Record], known: set[str]) -> list[Problem]:
    problems = []
    for record in records:
        rows = (record, *record.support) if isinstance(record, Precision) else (record,)
        for row in rows:
            ids = row.source_ids()
            if not known.issuperset(ids):
                place = f"{file}: {getattr(record, 'id', '?')}"
                problems += [
                    Problem(place, f"source {source!r} is not in sources.yaml") for source in ids if source not in known
                ]
    return problems


def _book_problems(file: str, books: Iterable[Any], field: str, hardware: set[str]) -> list[Problem]:
    problems = []
    for book in books:
        for gpu, value in getattr(book, field).items():
            where = f"{file}: {book.id}: {field}: {gpu}"
            if gpu not in hardware:
                problems.append(Problem(where, "no such GPU in hardware.yaml"))
            if not value > 0:
                problems.append(Problem(where, f"must be above 0 (found {value!r})"))
    return problems


def _support_gaps(file: str, precision: Precision, hardware: set[str]) -> list[Problem]:
    placed = Counter(gpu for row in precision.support for gpu in row.hardware)
    where = f"{file}: {precision.id}: support"
    problems = [Problem(where, f"{gpu!r} is placed {n} times") for gpu, n in placed.items() if n > 1]
    problems += [Problem(where, f"{gpu!r} is not placed") for gpu in sorted(hardware - set(placed))]
    problems += [Problem(where, f"{gpu!r} is not in hardware.yaml") for gpu in sorted(set(placed) - hardware)]
    return problems
