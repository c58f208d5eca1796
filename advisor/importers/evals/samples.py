"""Per-item logs of lm-evaluation-harness (``samples_<task>_<time>.jsonl``): scores item by item, for pairing.

One object per item and filter; older versions lack ``filter`` and ``metrics``. Prompts and answers are hashed or
measured, never kept.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from advisor.importers.evals.values import digest, mapping, number, refuse, text
from advisor.quality.runs import Item, ScoreKey
from advisor.quality.statistics import POINTS

FILE_NAME = re.compile(r"samples_(?P<task>.+?)(?:_\d{4}-\d{2}-\d{2}T[\d\-.]+)?\.jsonl$")
OWN_FIELDS = frozenset(
    {"doc_id", "doc", "target", "arguments", "resps", "filtered_resps", "filter", "metrics", "doc_hash", "prompt_hash"}
    | {"target_hash", "task_name", "sample_id", "schema_version", "bypass"}
)
PASSAGES = ("passage_id", "document_id", "context_id", "passage", "context", "article", "document", "story", "paragraph")
"""Fields of an item that several questions share: such questions are clustered."""

Logs = dict[ScoreKey, list[Item]]


def task_of(name: str) -> str | None:
    """The task a log belongs to, by its file name."""
    match = FILE_NAME.search(name.rsplit("/", 1)[-1])
    return match["task"] if match else None


def is_log(content: str) -> bool:
    """Whether text looks like a per-item log: its first line is an object with a document number."""
    head = content.lstrip()[:200_000].split("\n", 1)[0]
    return head.startswith("{") and '"doc_id"' in head and '"results"' not in head[:40]


def read_log(name: str, content: str) -> Logs:
    """Items of a log by metric and filter, scores in points.

    Raises:
        QueryError: a line is no JSON object, or no line carries a score.
    """
    logs: Logs = {}
    for number_of_line, line in enumerate(content.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (json.JSONDecodeError, RecursionError) as error:
            raise refuse(name, f"line {number_of_line} is no complete JSON: the file looks cut off or edited") from error
        if not isinstance(row, dict) or "doc_id" not in row:
            raise refuse(name, f"line {number_of_line} has no doc_id: no per-item log of lm-evaluation-harness")
        for key, item in _items(row):
            logs.setdefault(key, []).append(item)
    if not logs:
        raise refuse(name, "no item carries a score between 0 and 1: nothing can be paired")
    return {key: _repeats_averaged(items) for key, items in logs.items()}


def _items(row: Mapping[str, Any]) -> list[tuple[ScoreKey, Item]]:
    label = text(row.get("filter")) or "none"
    named = row.get("metrics")
    names = named if isinstance(named, list) else [key for key in row if key not in OWN_FIELDS]
    found = []
    for metric in names:
        value = number(_as_number(row.get(str(metric))))
        if value is None or not 0 <= value <= POINTS:
            continue
        scale = POINTS if value <= 1 else 1.0
        item = Item(
            key=text(row.get("doc_hash")) or f"doc {row['doc_id']}",
            score_points=value * scale,
            prompt=text(row.get("prompt_hash")),
            cluster=_cluster(mapping(row.get("doc"))),
            output_length=_length(row.get("resps")),
        )
        found.append(((str(metric), label), item))
    return found


def _as_number(value: Any) -> Any:
    """Booleans count as 0 and 1; lists (instructions of one prompt) as their mean."""
    if isinstance(value, bool):
        return float(value)
    if isinstance(value, list) and value and all(isinstance(entry, bool | int | float) for entry in value):
        return sum(float(entry) for entry in value) / len(value)
    return value


def _cluster(doc: Mapping[str, Any]) -> str | None:
    for field in PASSAGES:
        if isinstance(doc.get(field), str | int) and doc[field] != "":
            return digest(str(doc[field]))
    return None


def _length(answers: Any) -> float | None:
    """Mean characters of the generated answers; None for log-likelihood tasks, whose answers are numbers."""
    texts: list[str] = []
    pending = [answers]
    while pending:
        value = pending.pop()
        if isinstance(value, list):
            pending.extend(value)
        elif isinstance(value, str):
            texts.append(value)
        else:
            return None
    return sum(map(len, texts)) / len(texts) if texts else None


def _repeats_averaged(items: list[Item]) -> list[Item]:
    """Items logged several times (repeats, several seeds) as one each, score and length averaged."""
    grouped: dict[str, list[Item]] = {}
    for item in items:
        grouped.setdefault(item.key, []).append(item)
    return [average(group) for group in grouped.values()]


def average(group: list[Item]) -> Item:
    """Several runs of one item as one: averaging comes before any difference is taken."""
    lengths = [item.output_length for item in group if item.output_length is not None]
    first = group[0]
    return Item(
        first.key,
        sum(item.score_points for item in group) / len(group),
        first.prompt if all(item.prompt == first.prompt for item in group) else None,
        first.cluster,
        sum(lengths) / len(lengths) if lengths else None,
    )
