"""lighteval and evalscope result files, as far as their layout is known.

lighteval: layout from the writer's source (evaluation_tracker.py) and its documentation; per-item parquet is not read.
evalscope: layout from the report class's source (report.py); it states neither errors nor settings.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from advisor.importers.evals.values import arguments, count, digest, mapping, number, refuse, text
from advisor.quality.runs import Arm, Score, ScoreKey, TaskRun
from advisor.quality.statistics import POINTS

STDERR = "_stderr"


def is_lighteval(data: Any) -> bool:
    """Whether data looks like a lighteval result file."""
    return isinstance(data, Mapping) and isinstance(data.get("config_general"), Mapping) and "results" in data


def is_evalscope(data: Any) -> bool:
    """Whether data looks like an evalscope report."""
    return isinstance(data, Mapping) and "dataset_name" in data and isinstance(data.get("metrics"), list)


def read_lighteval(name: str, data: Mapping[str, Any]) -> Arm:
    """A lighteval file as an arm. Raises QueryError where it holds no task with a score."""
    general = mapping(data["config_general"])
    tasks = {}
    for label, row in mapping(data["results"]).items():
        if label == "all" or not isinstance(row, Mapping):
            continue
        scores = {
            (str(metric), "none"): _score(value, number(row.get(f"{metric}{STDERR}")))
            for metric, raw in row.items()
            if not str(metric).endswith(STDERR) and (value := number(raw)) is not None and 0 <= value <= POINTS
        }
        if scores:
            tasks[str(label)] = _lighteval_task(data, str(label), scores)
    if not tasks:
        raise refuse(name, "holds no task with a score under 'results': is the run complete?")
    return Arm(
        files=(name,),
        harness="lighteval",
        harness_version=text(general.get("lighteval_sha")),
        model=text(general.get("model_name")),
        arguments=arguments({key: general.get(key) for key in ("model_sha", "model_dtype", "max_samples")}),
        tasks=tasks,
        fingerprint=digest(text(data["results"]) or ""),
    )


def _lighteval_task(data: Mapping[str, Any], label: str, scores: dict[ScoreKey, Score]) -> TaskRun:
    parts = label.split("|")
    task = parts[1] if len(parts) > 1 else label
    shots = next((part for part in parts[2:3] if part.isdigit()), None)
    config = mapping(mapping(data.get("config_tasks")).get(label) or mapping(data.get("config_tasks")).get(task))
    limit = count(mapping(data["config_general"]).get("max_samples"))
    whole = count(config.get("effective_num_docs")) or count(config.get("original_num_docs"))
    hashes = mapping(mapping(mapping(data.get("summary_tasks")).get(label)).get("hashes"))
    version = mapping(data.get("versions")).get(label)
    return TaskRun(
        task=task,
        scores=scores,
        items=min(limit, whole) if limit and whole else (whole or limit),
        dataset_items=count(config.get("original_num_docs")),
        shots=shots,
        version=text(version),
        generation={"generation_size": text(config.get("generation_size")) or ""},
        prompts=text(hashes.get("hash_full_prompts")),
    )


def _score(value: float, stderr: float | None) -> Score:
    scale = POINTS if value <= 1 else 1.0
    return Score(value * scale, stderr * scale if stderr else None, bounded=True, scale=scale)


def read_evalscope(name: str, data: Mapping[str, Any]) -> Arm:
    """An evalscope report as an arm. Raises QueryError where it holds no score."""
    task = str(data["dataset_name"])
    scores, items = {}, None
    for metric in data["metrics"]:
        value = number(mapping(metric).get("score"))
        if value is not None and 0 <= value <= POINTS:
            scores[str(mapping(metric).get("name") or "score"), "none"] = _score(value, None)
            items = items or count(mapping(metric).get("num"))
    if not scores:
        raise refuse(name, "holds no metric with a score: is the report complete?")
    return Arm(
        files=(name,),
        harness="evalscope",
        harness_version=None,
        model=text(data.get("model_name")),
        arguments={},
        tasks={task: TaskRun(task, scores, items=items)},
        fingerprint=digest(text({"task": task, "metrics": data["metrics"], "model": data.get("model_name")}) or ""),
        notes=("evalscope reports state no shots, template or limits: that both arms had the same is your word",),
    )
