"""Plain CSV of an arm: one row a task (scores with items or errors), or one row an item."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

from advisor.errors import Problem, QueryError
from advisor.importers.evals.samples import average
from advisor.importers.evals.values import count, digest, number, refuse, text
from advisor.quality.runs import Arm, Item, Score, ScoreKey, TaskRun
from advisor.quality.statistics import POINTS

HARNESS = "CSV"
ITEM_COLUMNS = ("item", "item_id", "doc_id", "id", "question_id")
SCORE_COLUMNS = ("score", "score_points", "accuracy", "acc", "correct", "value")
ERROR_COLUMNS = ("stderr", "stderr_points", "standard_error", "se")
COUNT_COLUMNS = ("items", "n", "samples", "questions")
SETTINGS = ("shots", "version", "harness", "harness_version", "metric", "filter")
WANTED = (
    "columns task and score are needed, with items or stderr (one row a task), or with item (one row an item; "
    "optional run, cluster, output_tokens)"
)
Row = Mapping[str, str]


def read_table(name: str, content: str) -> Arm:
    """A CSV file as an arm. Scores are fractions if none is above 1, else points on 0-100.

    Raises:
        QueryError: columns are missing, or a cell is no number on a 0-100 scale; all problems are listed.
    """
    try:
        reader = csv.DictReader(io.StringIO(content), strict=True)
        rows = [_row(name, reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise refuse(name, f"is no CSV text: {error}") from error
    header = [(column or "").strip().lower() for column in reader.fieldnames or ()]
    score = next((column for column in SCORE_COLUMNS if column in header), None)
    if score is None or "task" not in header or not rows:
        raise refuse(name, f"{WANTED} (found {', '.join(header) or 'no header'})")
    values = _numbers(name, rows, score)
    scale = POINTS if max(values) <= 1 else 1.0
    item = next((column for column in ITEM_COLUMNS if column in header), None)
    points = [value * scale for value in values]
    tasks = _from_items(rows, points, item) if item else _from_totals(rows, points, scale, header)
    models = sorted({row["model"] for row in rows if row.get("model")})
    return Arm(
        files=(name,),
        harness=next((row["harness"] for row in rows if row.get("harness")), HARNESS),
        harness_version=text(next((row["harness_version"] for row in rows if row.get("harness_version")), None)),
        model=models[0] if len(models) == 1 else None,
        arguments={},
        tasks=tasks,
        fingerprint=digest(content),
    )


def _row(name: str, line: int, row: Mapping[str | None, Any]) -> dict[str, str]:
    """Cells by lower-case column. A line longer than the header has shifted its cells: which, nobody can say."""
    if None in row:
        raise refuse(name, f"line {line} has more cells than the header: is a comma in a text without quotes?")
    return {(key or "").strip().lower(): (value or "").strip() for key, value in row.items()}


def _numbers(name: str, rows: list[dict[str, str]], column: str) -> list[float]:
    problems, values = [], []
    for line, row in enumerate(rows, start=2):
        raw = {"true": "1", "false": "0"}.get(row[column].lower(), row[column])
        value = number(raw)
        if value is None or not 0 <= value <= POINTS:
            problems.append(Problem(f"{name}: row {line}: {column}", f"must be 0 to 1, or 0 to 100 (found {row[column]!r})"))
        elif not row.get("task"):
            problems.append(Problem(f"{name}: row {line}: task", "is needed"))
        else:
            values.append(value)
    if problems:
        raise QueryError(problems)
    return values


def _key(row: Row) -> ScoreKey:
    return (row.get("metric") or "score", row.get("filter") or "none")


def _from_totals(rows: list[dict[str, str]], points: list[float], scale: float, header: list[str]) -> dict[str, TaskRun]:
    error = next((column for column in ERROR_COLUMNS if column in header), "")
    items = next((column for column in COUNT_COLUMNS if column in header), "")
    tasks: dict[str, TaskRun] = {}
    for row, value in zip(rows, points, strict=True):
        stderr = number(row.get(error))
        score = Score(value, stderr * scale if stderr else None, bounded=True, scale=scale)
        known = tasks.get(row["task"])
        tasks[row["task"]] = TaskRun(
            task=row["task"],
            scores={**(known.scores if known else {}), _key(row): score},
            items=count(row.get(items)),
            shots=text(row.get("shots")),
            version=text(row.get("version")),
            output_tokens=number(row.get("output_tokens")),
        )
    return tasks


def _from_items(rows: list[dict[str, str]], points: list[float], column: str) -> dict[str, TaskRun]:
    by_task: dict[str, dict[ScoreKey, dict[str, list[Item]]]] = {}
    settings: dict[str, Row] = {}
    for row, value in zip(rows, points, strict=True):
        item = Item(row[column], value, None, row.get("cluster") or None, number(row.get("output_tokens")))
        by_task.setdefault(row["task"], {}).setdefault(_key(row), {}).setdefault(row[column], []).append(item)
        settings.setdefault(row["task"], row)
    tasks = {}
    for task, by_key in by_task.items():
        logged = {key: tuple(average(group) for group in items.values()) for key, items in by_key.items()}
        stated = settings[task]
        tasks[task] = TaskRun(
            task=task,
            scores={key: mean_score(items) for key, items in logged.items()},
            items=len(next(iter(logged.values()))),
            shots=text(stated.get("shots")),
            version=text(stated.get("version")),
            logged=logged,
        )
    return tasks


def mean_score(items: tuple[Item, ...]) -> Score:
    """The mean of logged items; its error is taken from the items when arms are compared."""
    return Score(sum(item.score_points for item in items) / len(items), None, bounded=True)
