"""A table of one's own, CSV or flat JSON: columns are mapped by the user; those named with their unit map themselves."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from advisor.importers.build import Totals, build_run
from advisor.importers.document import Document
from advisor.importers.records import BenchmarkRun, Found, ImportRefusedError, Latency
from advisor.importers.values import count, iso_date, number, positive, text
from advisor.units import MS_PER_S

NAME = "table"
FIELDS = (
    "model", "gpu", "gpus", "tensor_parallel", "precision", "engine", "concurrency", "input_tokens", "output_tokens",
    "req_s", "output_tok_s", "total_tok_s", "tok_s_per_gpu", "tok_s_per_user", "ttft_ms", "tpot_ms", "e2e_ms", "ttft_s",
    "tpot_s", "e2e_s", "completed", "failed", "duration_s", "date",
)  # fmt: skip
"""What a column can be mapped to. Latencies are medians; ``_ms`` and ``_s`` say the column's unit."""

SELF_EVIDENT: Mapping[str, str] = {
    "model": "model", "gpu": "gpu", "gpumodel": "gpu", "gpus": "gpus", "numgpus": "gpus", "gpucount": "gpus",
    "tp": "tensor_parallel",
    "precision": "precision", "engine": "engine", "concurrency": "concurrency", "maxconcurrency": "concurrency",
    "isl": "input_tokens", "inputtokens": "input_tokens", "osl": "output_tokens", "outputtokens": "output_tokens",
    "reqs": "req_s", "requestspersecond": "req_s", "requestthroughputreqs": "req_s", "outputtoks": "output_tok_s",
    "outputtokenspersecond": "output_tok_s", "totaltoks": "total_tok_s", "totaltokenspersecond": "total_tok_s",
    "toksgpu": "tok_s_per_gpu", "toksperguser": "tok_s_per_user", "toksuser": "tok_s_per_user",
    "toksperuser": "tok_s_per_user",
    "toksperuserinteractivity": "tok_s_per_user", "tokspergpu": "tok_s_per_gpu", "ttftms": "ttft_ms",
    "medianttftms": "ttft_ms", "tpotms": "tpot_ms", "mediantpotms": "tpot_ms", "ttfts": "ttft_s", "tpots": "tpot_s",
    "e2ems": "e2e_ms", "e2es": "e2e_s", "completed": "completed", "failed": "failed", "durations": "duration_s",
    "date": "date",
}  # fmt: skip
"""Names that say both the quantity and its unit, without spaces and signs."""

MAX_CELL = 60
"""Characters a number with its unit may have."""

ENOUGH = ({"total_tok_s"}, {"output_tok_s"}, {"req_s", "input_tokens", "output_tokens"}, {"tok_s_per_gpu"})


def detect(document: Document) -> bool:
    """A table the user mapped, or one whose own column names give a rate and a latency."""
    if document.given.get("columns"):
        return bool(_table(document))
    mapped = set(_mapping(document, _table(document)))
    speeds = mapped & {"tpot_ms", "tpot_s", "tok_s_per_user"}
    return bool(speeds) and any(needed <= mapped for needed in ENOUGH)


def read(document: Document) -> Found:
    """One run a row; rows that hold no throughput are named among the warnings."""
    rows = _table(document)
    mapping = _mapping(document, rows)
    runs, left_out = [], []
    for position, row in enumerate(rows, start=1):
        try:
            runs.append(_run(document, {field: row.get(column) for field, column in mapping.items()}))
        except ImportRefusedError as error:
            left_out.append(f"row {position} left out: {error}")
    if not runs:
        raise ImportRefusedError(left_out[0] if left_out else f"{document.file}: holds no rows")
    return Found(runs=tuple(runs), warnings=tuple(left_out))


def columns_of(document: Document) -> tuple[str, ...]:
    """Column names of a table, for asking which is which."""
    return tuple(dict.fromkeys(name for row in _table(document)[:20] for name in row))


def _table(document: Document) -> Sequence[Mapping[str, Any]]:
    if document.objects:
        return [_flat(item) for item in document.objects]
    rows = [row for row in document.rows if any(row)]
    if len(rows) < 2 or len(rows[0]) < 2:
        return []
    return [dict(zip(rows[0], row, strict=False)) for row in rows[1:]]


def _flat(item: Mapping[str, Any], prefix: str = "", depth: int = 0) -> dict[str, Any]:
    """Nested mappings as dotted names; lists are dropped (they hold single requests)."""
    flat: dict[str, Any] = {}
    for key, value in item.items():
        if isinstance(value, Mapping) and depth < 4:
            flat.update(_flat(value, f"{prefix}{key}.", depth + 1))
        elif not isinstance(value, list | Mapping):
            flat[f"{prefix}{key}"] = value
    return flat


def _mapping(document: Document, rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Column by field: the user's word first, then names that speak for themselves.

    Raises:
        ImportRefusedError: the user named a field or a column that does not exist.
    """
    names = list(dict.fromkeys(name for row in rows[:20] for name in row))
    given: Mapping[str, str] = document.given.get("columns") or {}
    for field, column in given.items():
        if field not in FIELDS:
            raise ImportRefusedError(f"unknown field {field!r} in --map; known: {', '.join(FIELDS)}")
        if column not in names:
            raise ImportRefusedError(f"{document.file}: no column {column!r}; columns: {', '.join(names[:30])}")
    found = dict(given)
    for name in names:
        field_name = SELF_EVIDENT.get(re.sub(r"[^a-z0-9]", "", name[:MAX_CELL].lower()))
        if field_name:
            found.setdefault(field_name, name)
    return found


def _cell(value: Any) -> Any:
    """A cell without a unit behind its number (``812 ms``): the mapping says the unit."""
    if isinstance(value, str) and len(value) <= MAX_CELL:
        match = re.fullmatch(r"\s*([-+0-9.,eE]+)\s*[A-Za-z/%]*\s*", value)
        return match[1] if match else value
    return value


def _run(document: Document, row: Mapping[str, Any]) -> BenchmarkRun:
    get = {field: _cell(value) for field, value in row.items()}
    speed = positive(get.get("tok_s_per_user"))
    tpot = _ms(get, "tpot") or (MS_PER_S / speed if speed else None)
    totals = Totals(
        completed=get.get("completed"),
        failed=get.get("failed"),
        printed_req_s=get.get("req_s"),
        printed_output_tok_s=get.get("output_tok_s"),
        printed_total_tok_s=get.get("total_tok_s"),
    )
    return build_run(
        document,
        totals,
        tool=NAME,
        date=iso_date(row.get("date")),
        model=text(row.get("model")),
        gpu=text(row.get("gpu")),
        gpus=count(get.get("gpus")) or None,
        tensor_parallel=count(get.get("tensor_parallel")) or None,
        precision=text(row.get("precision")),
        engine=text(row.get("engine")),
        concurrency=positive(get.get("concurrency")),
        duration_s=number(get.get("duration_s")),
        input_tokens=positive(get.get("input_tokens")),
        output_tokens=positive(get.get("output_tokens")),
        total_tok_s_per_gpu=positive(get.get("tok_s_per_gpu")),
        ttft_ms=Latency(p50=_ms(get, "ttft")),
        tpot_ms=Latency(p50=tpot),
        e2e_ms=Latency(p50=_ms(get, "e2e")),
    )


def _ms(get: Mapping[str, Any], name: str) -> float | None:
    in_ms, in_s = positive(get.get(f"{name}_ms")), positive(get.get(f"{name}_s"))
    return in_ms if in_ms is not None else (in_s * MS_PER_S if in_s is not None else None)
