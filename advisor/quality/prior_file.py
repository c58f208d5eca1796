"""Questions to the prior as CSV text, and the answers beside them."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from advisor.catalog import Catalog
from advisor.catalog.records import TaskClass
from advisor.errors import Problem, QueryError
from advisor.quality.grouping import UNKNOWN, format_group
from advisor.quality.prior import PriorQuestion

REQUIRED = ("model", "params_b", "moe", "format", "calibration_family", "task_class", "baseline_precision")
ANSWERS = ("delta_points_low", "delta_points_median", "delta_points_high")
SHARES = (0.1, 0.5, 0.9)
MAX_ROWS = 100_000
Row = Mapping[str, str]


@dataclass(frozen=True)
class Answered:
    """Columns and rows as they are written, and what could not be answered, by row."""

    columns: tuple[str, ...]
    rows: tuple[dict[str, str], ...]
    problems: tuple[Problem, ...]


def answer_file(catalog: Catalog, name: str, text: str) -> Answered:
    """What one more published pair would show, for every row: 80 % interval and median, candidate minus baseline.

    Args:
        catalog: the catalog whose prior answers.
        name: the file's name, for messages.
        text: CSV with the columns of ``REQUIRED``; further columns are kept as they are.

    Returns:
        The same columns with the three answers; a row that cannot be answered has them empty and a problem.

    Raises:
        QueryError: the text is no CSV, lacks columns or holds too many rows.
    """
    header, rows = _read(name, text)
    questions: list[PriorQuestion] = []
    places: list[int] = []
    problems: list[Problem] = []
    for number, row in enumerate(rows):
        question = _question(f"{name}: row {number + 2}", row, problems)
        if question is not None:
            questions.append(question)
            places.append(number)
    answers: list[dict[str, str]] = [dict.fromkeys(ANSWERS, "") for _ in rows]
    for place, prediction in zip(places, catalog.quality_prior.predict(questions), strict=True):
        bounds = [prediction.observed.quantile(share) for share in SHARES]
        answers[place] = {column: f"{value:.4f}" for column, value in zip(ANSWERS, bounds, strict=True)}
    kept = tuple(column for column in header if column not in ANSWERS)
    merged = tuple(
        {**{column: row.get(column, "") for column in kept}, **found} for row, found in zip(rows, answers, strict=True)
    )
    return Answered((*kept, *ANSWERS), merged, tuple(problems))


def as_csv(answered: Answered) -> str:
    """The answers as CSV text."""
    handle = io.StringIO()
    writer = csv.DictWriter(handle, answered.columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(answered.rows)
    return handle.getvalue()


def _read(name: str, text: str) -> tuple[Sequence[str], list[dict[str, str]]]:
    try:
        cells = [row for row in csv.reader(io.StringIO(text), strict=True) if any(row)]
    except csv.Error as error:
        raise QueryError([Problem(name, f"is no CSV text: {error}")]) from error
    header = [column.strip() for column in cells[0]] if cells else []
    missing = [column for column in REQUIRED if column not in header]
    if missing:
        have = ", ".join(header) or "no header"
        raise QueryError([Problem(name, f"column {column!r} is missing (found {have})") for column in missing])
    if len(cells) - 1 > MAX_ROWS:
        raise QueryError([Problem(name, f"holds {len(cells) - 1:,} rows; at most {MAX_ROWS:,} are answered at once")])
    return header, [dict(zip(header, (cell.strip() for cell in row), strict=False)) for row in cells[1:]]


def _question(where: str, row: Row, problems: list[Problem]) -> PriorQuestion | None:
    found: list[Problem] = []
    params = _size(where, row.get("params_b", ""), found)
    task_class = row.get("task_class", "").lower().replace("-", "_").replace(" ", "_")
    if task_class not in get_args(TaskClass):
        known = ", ".join(get_args(TaskClass))
        found.append(Problem(f"{where}: task_class", f"must be one of {known} (found {row.get('task_class', '')!r})"))
    if format_group(row.get("format", "")) == UNKNOWN:
        accepted = "fp8, int8, nvfp4, mxfp4, int4-w4a16, int4-w4a4, kv-fp8, kv-4bit and the like"
        found.append(
            Problem(
                f"{where}: format", f"no published pair is of this kind; known: {accepted} (found {row.get('format', '')!r})"
            )
        )
    problems += found
    if found:
        return None
    family, baseline = row.get("calibration_family") or None, row.get("baseline_precision") or None
    return PriorQuestion(row.get("model") or None, params, row["format"], task_class, family, baseline)


def _size(where: str, text: str, problems: list[Problem]) -> float | None:
    if text.lower() in ("", "nan", "none", "unknown"):
        return None
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 100_000:
        problems.append(Problem(f"{where}: params_b", f"must be billions of parameters, above 0, or empty (found {text!r})"))
        return None
    return value
