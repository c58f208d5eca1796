"""Loading: the shipped folder, then own folders laid over it; all problems at once, or a frozen catalog."""

from __future__ import annotations

import gc
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import yaml

from advisor.catalog import records as r
from advisor.catalog.catalog import Catalog, Overlay
from advisor.catalog.checks import cross_check
from advisor.catalog.names import NameTable, normalized
from advisor.catalog.plugins import plugin_folders
from advisor.catalog.reading import parse_yaml, read_csv_records, read_yaml_records, yaml_problem
from advisor.errors import CatalogError, Problem
from advisor.evidence.boosted import QuantileTrees, from_arrays

_PACKAGE = Path(__file__).resolve().parents[1]
SHIPPED = _PACKAGE / "_catalogs" if (_PACKAGE / "_catalogs").is_dir() else _PACKAGE.parent / "catalogs"
"""The shipped catalog: inside an installed package, beside the package in a checkout."""

VERSION_PATTERN = re.compile(r"^(?P<version>\S+) (?P<as_of>\d{4}-\d{2}-\d{2})\n?$")
DIGEST_BYTES = 8


@dataclass(frozen=True)
class Table:
    """One file of a catalog folder and the record type of its rows."""

    name: str
    file: str
    record: type[r.Record]
    optional: bool = False


TABLES: tuple[Table, ...] = (
    Table("sources", "sources.yaml", r.Source),
    Table("hardware", "hardware.yaml", r.Hardware),
    Table("precisions", "precisions.yaml", r.Precision),
    Table("models", "models.yaml", r.Model),
    Table("points", "benchmarks/inferencex.csv", r.BenchmarkPoint),
    Table("own_points", "benchmarks/own_h200.csv", r.BenchmarkPoint),
    Table("published", "benchmarks/published.csv", r.PublishedFigure),
    Table("claims", "benchmarks/claims.csv", r.ThroughputClaim),
    Table("latency_rows", "benchmarks/nvidia_sample.csv", r.LatencyRow),
    Table("dated_runs", "benchmarks/dated_runs.csv", r.DatedRun),
    Table("mlperf", "benchmarks/mlperf.csv", r.MlperfRow),
    Table("offers", "prices/offers.csv", r.Offer),
    Table("api_prices", "prices/api_tokens.csv", r.ApiPrice),
    Table("price_books", "prices/books.yaml", r.PriceBook),
    Table("power_books", "prices/power.yaml", r.PowerBook),
    Table("quality", "quality/evidence.csv", r.QualityPair),
    Table("quality_priors", "quality/prior.yaml", r.QualityPriorFit),
    Table("eval_tasks", "quality/tasks.yaml", r.EvalTask),
    Table("engine_support", "engines/support.csv", r.EngineSupport),
    Table("checkpoints", "engines/checkpoints.csv", r.Checkpoint),
    Table("assumptions", "assumptions.yaml", r.Assumption),
    Table("placements", "placements.yaml", r.Placement, optional=True),
    Table("relatives_fits", "evidence/relatives.yaml", r.RelativesFit),
    Table("latency_fits", "evidence/latency.yaml", r.LatencyFit),
)
FILES: Mapping[str, str] = MappingProxyType({table.name: table.file for table in TABLES})
ALIASES_FILE = "aliases.yaml"
VERSION_FILE = "VERSION"
TREES_FILE = "evidence/between.npz"
TTFT_TREES_FILE = "evidence/ttft.npz"
BY_ID = frozenset({"sources", "hardware", "precisions", "models", "price_books", "power_books", "assumptions", "eval_tasks"})
"""Tables the catalog offers as mappings by id; the others are tuples of rows."""


def load_catalog(*overlays: Path | str, shipped: Path = SHIPPED, plugins: bool = True) -> Catalog:
    """Load the shipped catalog and lay the folders of installed plugins, then own folders, over it, in order.

    Args:
        overlays: folders with the same file names as the shipped one, any of them; a record with a known id
            replaces the shipped record, a new id is added.
        shipped: the base folder, complete.
        plugins: whether to lay over the folders of installed packages (entry points ``gpu_migration_advisor.catalogs``).

    Raises:
        CatalogError: any file, record or reference is wrong; all problems are listed.
    """
    problems: list[Problem] = []
    folders = [shipped, *(plugin_folders() if plugins else ()), *(Path(folder) for folder in overlays)]
    version, as_of = _read_version(shipped / VERSION_FILE, problems)
    with _collector_at_rest():
        tables, own = _read_layers(folders, problems)
    tables["precisions"] = _placed(tables["precisions"], tables.pop("placements"), problems)
    problems += cross_check(tables, FILES)
    names, without_record = _read_names(folders, tables, problems)
    for file in (TREES_FILE, TTFT_TREES_FILE):
        if not (shipped / file).is_file():
            problems.append(Problem(file, "the file is missing"))
    if problems:
        raise CatalogError(problems)
    columns: dict[str, Any] = {
        name: MappingProxyType({row.id: row for row in rows}) if name in BY_ID else tuple(rows)
        for name, rows in tables.items()
    }
    columns.update(names)
    columns["between"] = _read_trees(folders, TREES_FILE)
    columns["ttft_trees"] = _read_trees(folders, TTFT_TREES_FILE)
    return Catalog(
        version="+".join([version, *(folder.name for folder in folders[1:])]),
        as_of=as_of,
        digest=_digest(folders),
        without_record=without_record,
        overlays=own,
        **columns,
    )


def _read_version(path: Path, problems: list[Problem]) -> tuple[str, str]:
    match = VERSION_PATTERN.match(path.read_text(encoding="utf-8")) if path.is_file() else None
    if match is None:
        problems.append(Problem(str(path.name), "one line is expected: a version and a date, as in '2026.11.1 2026-11-22'"))
        return "unknown", "1970-01-01"
    return match["version"], match["as_of"]


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Hold Python's cycle collector: it finds nothing in 18,000 new records, and walks all of them again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _read_layers(folders: Sequence[Path], problems: list[Problem]) -> tuple[dict[str, list[Any]], tuple[Overlay, ...]]:
    tables: dict[str, list[Any]] = {table.name: [] for table in TABLES}
    overlays = []
    for depth, folder in enumerate(folders):
        if not folder.is_dir():
            problems.append(Problem(str(folder), "no such catalog folder"))
            continue
        added: list[tuple[str, str]] = []
        replaced: list[tuple[str, str]] = []
        for table in TABLES:
            needed = depth == 0 and not table.optional
            label = folder.name if depth else ""
            rows = _read_table(folder, table, required=needed, label=label, problems=problems)
            if depth == 0:
                tables[table.name] = rows
            else:
                _lay_over(tables[table.name], rows, table.name, added, replaced)
        if depth:
            overlays.append(Overlay(folder.name, tuple(added), tuple(replaced)))
    return tables, tuple(overlays)


def _read_table(folder: Path, table: Table, *, required: bool, label: str, problems: list[Problem]) -> list[Any]:
    path = folder / table.file
    where = f"{label}/{table.file}" if label else table.file
    if not path.is_file():
        if required:
            problems.append(Problem(where, "the file is missing"))
        return []
    read = read_csv_records if path.suffix == ".csv" else read_yaml_records
    try:
        return list(read(path, where, table.record, problems))
    except UnicodeDecodeError as error:
        problems.append(Problem(where, f"not UTF-8: {error.reason} at byte {error.start}"))
        return []


def _lay_over(
    base: list[Any], rows: list[Any], table: str, added: list[tuple[str, str]], replaced: list[tuple[str, str]]
) -> None:
    places = {row.id: index for index, row in enumerate(base)}
    for row in rows:
        if row.id in places:
            base[places[row.id]] = row
            replaced.append((table, row.id))
        else:
            places[row.id] = len(base)
            base.append(row)
            added.append((table, row.id))


def _placed(precisions: list[Any], placements: Sequence[r.Placement], problems: list[Problem]) -> list[Any]:
    """Formats with the GPUs that own catalogs place in them one by one."""
    by_id = {precision.id: precision for precision in precisions}
    for item in placements:
        precision = by_id.get(item.precision)
        if precision is None:
            problems.append(Problem(f"{FILES['placements']}: {item.id}", f"no format {item.precision!r} in precisions.yaml"))
            continue
        row = r.Support(support=item.support, hardware=(item.hardware,), reason=item.reason, sources=item.sources)
        by_id[precision.id] = precision.model_copy(update={"support": (*precision.support, row)})
    return list(by_id.values())


def _read_names(
    folders: Sequence[Path], tables: Mapping[str, list[Any]], problems: list[Problem]
) -> tuple[dict[str, NameTable], frozenset[str]]:
    aliases: dict[str, dict[str, list[str]]] = {"hardware": {}, "models": {}, "engines": {}}
    without_record: set[str] = set()
    for folder in folders:
        data = _read_aliases(folder / ALIASES_FILE, problems)
        for kind, by_id in aliases.items():
            for identifier, names in data.get(kind, {}).items():
                by_id.setdefault(identifier, []).extend(names)
        for names in data.get("without_record", {}).values():
            without_record.update(normalized(name) for name in names)
    engines = {point.engine for point in (*tables["points"], *tables["own_points"])} | set(aliases["engines"])
    ids = {
        "hardware": [record.id for record in tables["hardware"]],
        "models": [record.id for record in tables["models"]],
        "engines": sorted(engines),
    }
    kinds = {
        "hardware": ("hardware_names", "GPU"),
        "models": ("model_names", "model"),
        "engines": ("engine_names", "engine"),
    }
    built = {field: NameTable.build(kind, ids[key], aliases[key], problems) for key, (field, kind) in kinds.items()}
    return built, frozenset(without_record)


def _read_aliases(path: Path, problems: list[Problem]) -> dict[str, dict[str, tuple[str, ...]]]:
    if not path.is_file():
        return {}
    try:
        data = parse_yaml(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        problems.append(yaml_problem(ALIASES_FILE, error))
        return {}
    if not isinstance(data, dict) or not set(data) <= {"hardware", "models", "engines", "without_record"}:
        problems.append(Problem(ALIASES_FILE, "expected the keys hardware, models, engines and without_record only"))
        return {}
    for kind, by_id in data.items():
        for identifier, names in by_id.items():
            if not (isinstance(names, tuple) and all(isinstance(name, str) for name in names)):
                problems.append(Problem(f"{ALIASES_FILE}: {kind}: {identifier}", "a list of names is expected"))
                return {}
    return data


def _read_trees(folders: Sequence[Path], file: str) -> QuantileTrees:
    """The fitted trees of the last folder that has them."""
    path = next(folder / file for folder in reversed(folders) if (folder / file).is_file())
    with np.load(path, allow_pickle=False) as arrays:
        return from_arrays(dict(arrays))


def _digest(folders: Sequence[Path]) -> str:
    digest = hashlib.blake2s(digest_size=DIGEST_BYTES)
    for folder in folders:
        for file in sorted([*FILES.values(), ALIASES_FILE, VERSION_FILE, TREES_FILE, TTFT_TREES_FILE]):
            path = folder / file
            if path.is_file():
                digest.update(file.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
