"""Single questions: reads from names as a user types them, and batches of them from a CSV file."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from advisor.catalog import Catalog
from advisor.errors import Problem, QueryError
from advisor.evidence.latency import first_token
from advisor.evidence.question import Question
from advisor.evidence.reading import DEFAULT_METHOD, METHODS, Reading
from advisor.evidence.reading import read as read_evidence
from advisor.formats import legality, resolve_precision

DECODINGS = ("any", "none", "mtp")
DEPLOYMENTS = ("any", "single-node")
REQUIRED_COLUMNS = ("model", "hardware", "precision", "isl", "osl", "at")
OPTIONAL_COLUMNS = ("decoding", "deployment")
TTFT_COLUMNS = ("ttft_ms", "ttft_low_ms", "ttft_high_ms", "ttft_grade")
ANSWER_COLUMNS = ("tok_s_per_gpu", "low", "high", "grade", "reason", "format", *TTFT_COLUMNS)
MAX_BATCH_BYTES = 50_000_000


@dataclass(frozen=True)
class Reader:
    """Reads questions against one catalog by one method."""

    catalog: Catalog
    method: str = DEFAULT_METHOD

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise QueryError([Problem("method", f"unknown method {self.method!r}; known: {', '.join(METHODS)}")])

    def read(self, question: Question, at: float) -> Reading:
        """Read a curve at ``at`` tok/s/user."""
        return read_evidence(self.catalog, question, at, self.method)


def parse_question(catalog: Catalog, given: Mapping[str, Any]) -> Question:
    """A question from names and texts as typed.

    Args:
        catalog: where names are looked up.
        given: model, hardware, precision, isl, osl, and optionally decoding, deployment.

    Raises:
        QueryError: naming every field that cannot be used, and what would be accepted.
    """
    problems: list[Problem] = []
    model = catalog.model_names.find(str(given["model"]))
    hardware = catalog.hardware_names.find(str(given["hardware"]))
    if model is None:
        problems.append(Problem("model", catalog.model_names.unknown_message(str(given["model"]))))
    if hardware is None:
        problems.append(Problem("hardware", catalog.hardware_names.unknown_message(str(given["hardware"]))))
    isl = _tokens("isl", given["isl"], problems)
    osl = _tokens("osl", given["osl"], problems)
    decoding = _choice("decoding", given.get("decoding"), DECODINGS, problems)
    deployment = _choice("deployment", given.get("deployment"), DEPLOYMENTS, problems)
    precision = _precision(catalog, str(given["precision"]), hardware, model, problems)
    if problems or model is None or hardware is None or precision is None:
        raise QueryError(problems)
    return Question(model, hardware, precision, isl, osl, decoding, deployment)


def parse_target(value: Any) -> float:
    """An interactivity in tok/s/user.

    Raises:
        QueryError: no number above 0.
    """
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not (math.isfinite(number) and number > 0):
        raise QueryError([Problem("at", f"must be an interactivity above 0 tok/s/user (found {value!r})")])
    return number


def _precision(catalog: Catalog, name: str, hardware: str | None, model: str | None, problems: list[Problem]) -> str | None:
    known = (*catalog.precisions, *catalog.precisions_by_family)
    if name.lower() not in known:
        problems.append(Problem("precision", f"unknown precision {name!r}; known: {', '.join(known)}"))
        return None
    if hardware is None or model is None:
        return None
    record = catalog.models[model]
    precision = resolve_precision(catalog, name.lower(), hardware, record)
    assert precision is not None  # the name is known
    verdict = legality(catalog, hardware, precision, record)
    if not verdict.legal:
        problems.append(Problem("precision", f"{verdict.reason} (found {name!r})"))
    return precision


def _tokens(name: str, value: Any, problems: list[Problem]) -> int:
    try:
        number = int(str(value))
    except ValueError:
        number = 0
    if number < 1:
        problems.append(Problem(name, f"must be a whole number of tokens, at least 1 (found {value!r})"))
    return number


def _choice(name: str, value: Any, allowed: tuple[str, ...], problems: list[Problem]) -> Any:
    if value in (None, ""):
        return allowed[0]
    if value not in allowed:
        problems.append(Problem(name, f"must be one of {', '.join(allowed)} (found {value!r})"))
        return allowed[0]
    return value


def answer(catalog: Catalog, question: Question, reading: Reading) -> dict[str, Any]:
    """The answer columns of a reading, time to first token at its concurrency included; what is not known is None."""
    concurrency = reading.concurrency(question.output_share)
    first = None if concurrency is None else first_token(catalog, question, reading, concurrency=concurrency)
    latency = (None, None, None, None) if first is None else (first.ms, first.low_ms, first.high_ms, first.grade)
    return {
        "tok_s_per_gpu": reading.tok_s_per_gpu,
        "low": reading.low,
        "high": reading.high,
        "grade": reading.grade,
        "reason": reading.reason,
        "format": question.precision,
        **dict(zip(TTFT_COLUMNS, latency, strict=True)),
    }


def read_batch(reader: Reader, path: Path) -> tuple[list[str], Iterator[dict[str, Any]]]:
    """Columns and answered rows of a batch file, in the file's order.

    A row that names something unknown gets empty answers and the reason; a file without the needed columns is
    refused as a whole.

    Raises:
        QueryError: the file cannot be read or lacks columns.
    """
    rows = _read_rows(path)
    header = rows[0] if rows else []
    missing = [name for name in REQUIRED_COLUMNS if name not in header]
    if missing:
        have = ", ".join(header) or "no header"
        raise QueryError([Problem(path.name, f"column {name!r} is missing (found {have})") for name in missing])
    asked = [name for name in header if name not in ANSWER_COLUMNS]
    return [*asked, *ANSWER_COLUMNS], (
        _answer_row(reader, dict(zip(header, cells, strict=False)), asked) for cells in rows[1:] if any(cells)
    )


def _read_rows(path: Path) -> list[list[str]]:
    try:
        if path.stat().st_size > MAX_BATCH_BYTES:
            raise QueryError([Problem(path.name, f"larger than {MAX_BATCH_BYTES:,} bytes")])
        with path.open(encoding="utf-8-sig", newline="") as handle:
            return list(csv.reader(handle, strict=True))
    except OSError as error:
        raise QueryError([Problem(str(path), f"cannot be read: {error.strerror}")]) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise QueryError([Problem(path.name, f"is no CSV text: {error}")]) from error


def _answer_row(reader: Reader, given: dict[str, str], asked: list[str]) -> dict[str, Any]:
    kept = {name: given.get(name, "") for name in asked}
    wanted = {name: given.get(name, "").strip() for name in (*REQUIRED_COLUMNS, *OPTIONAL_COLUMNS)}
    try:
        question = parse_question(reader.catalog, wanted)
        reading = reader.read(question, parse_target(wanted["at"]))
    except QueryError as error:
        reason = "; ".join(str(problem) for problem in error.problems)
        return {**kept, **dict.fromkeys(ANSWER_COLUMNS), "reason": reason}
    return {**kept, **answer(reader.catalog, question, reading)}
