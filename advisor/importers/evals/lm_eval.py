"""lm-evaluation-harness result files (``results_*.json``), by meaning: schemas before 0.4, 0.4.x, groups, missing errors.

Schema notes: reference material of this project; checked against files of lm_eval 0.4.12 and the harness's own source.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from math import sqrt
from typing import Any

from advisor.importers.evals.values import arguments, count, digest, mapping, number, refuse, text
from advisor.quality.runs import Arm, Score, ScoreKey, TaskRun
from advisor.quality.statistics import POINTS

HARNESS = "lm-evaluation-harness"
LABELS = frozenset({"alias", "name", "sample_len", "sample_count", "samples", "n", "num_samples"})
STDERR = "_stderr"

SHARE_WORDS = (
    "acc",
    "exact",
    "em",
    "pass",
    "f1",
    "mc1",
    "mc2",
    "accuracy",
    "score",
    "match",
    "correct",
    "rouge",
    "recall",
    "win",
)
"""First letters of words in metric names whose item scores lie within 0 and 1 (or 0 and 100)."""

UNBOUNDED_WORDS = frozenset(
    {"perplexity", "bits", "bpb", "nll", "loss", "brier", "mse", "mae", "likelihood", "latency", "time"}
)
"""Words of metrics that stand on no 0-100 scale: a tolerance in points says nothing about them."""

CORPUS_WORDS = frozenset(
    {"bleu", "chrf", "ter", "macro", "mcc", "matthews", "spearman", "pearson", "weighted", "spearmanr", "pearsonr"}
)
"""Words of metrics over the whole set, no mean over items: without a standard error of their own nothing bounds it."""

LOWER_IS_BETTER_WORDS = frozenset({"ter", "wer", "cer", "error", "errors"})

POINT_WORDS = frozenset({"bleu", "chrf", "ter"})
"""Metrics the harness writes in points, not as a fraction, however small they are."""


def _words(metric: str) -> list[str]:
    return re.split(r"[^a-z0-9]+", metric.lower())


def is_result(data: Any) -> bool:
    """Whether data looks like a result file of the harness."""
    return isinstance(data, Mapping) and isinstance(data.get("results"), Mapping) and "config_general" not in data


def read_results(name: str, data: Mapping[str, Any]) -> Arm:
    """A result file as an arm.

    Args:
        name: the file's name, for messages.
        data: the parsed file.

    Raises:
        QueryError: the file holds no task with a score.
    """
    results = {**mapping(data["results"]), **_missing_groups(data)}
    config = mapping(data.get("config"))
    tasks = {task: _task(data, results, task) for task in results if isinstance(results[task], Mapping)}
    tasks = {task: run for task, run in tasks.items() if run.scores or run.unusable}
    if not tasks:
        raise refuse(name, "holds no task with a score under 'results': is the run complete?")
    given = arguments(config.get("model_args"))
    return Arm(
        files=(name,),
        harness=HARNESS,
        harness_version=text(data.get("lm_eval_version")) or text(data.get("git_hash")),
        model=text(data.get("model_name")) or given.get("pretrained") or given.get("model"),
        arguments={**given, "backend": text(config.get("model")) or ""},
        tasks=_top_level(data, tasks),
        fingerprint=digest(text({"results": results, "date": data.get("date"), "arm": config}) or ""),
        chat_template=data.get("chat_template") if isinstance(data.get("chat_template"), str) else None,
        chat_template_sha=text(data.get("chat_template_sha")),
        system_sha=text(data.get("system_instruction_sha")) or _hash_of(data.get("system_instruction")),
        fewshot_multiturn=text(data.get("fewshot_as_multiturn")),
        fewshot_seed=text(config.get("fewshot_seed")),
        date=text(data.get("date")),
    )


def _hash_of(value: Any) -> str | None:
    return digest(value) if isinstance(value, str) and value else None


def _missing_groups(data: Mapping[str, Any]) -> dict[str, Any]:
    """Groups that stand only under ``groups``."""
    known = mapping(data["results"])
    return {name: value for name, value in mapping(data.get("groups")).items() if name not in known}


def _subtasks(data: Mapping[str, Any], task: str) -> tuple[str, ...]:
    names = mapping(data.get("group_subtasks")).get(task)
    return tuple(str(name) for name in names) if isinstance(names, list) else ()


def _top_level(data: Mapping[str, Any], tasks: dict[str, TaskRun]) -> dict[str, TaskRun]:
    """Tasks that belong to no group with a score of its own: a group stands for its subtasks."""
    inside = {sub for task in tasks for sub in _descendants(data, task)}
    return {name: run for name, run in tasks.items() if name not in inside}


def _descendants(data: Mapping[str, Any], task: str, seen: frozenset[str] = frozenset()) -> Iterator[str]:
    for sub in _subtasks(data, task):
        if sub not in seen:
            yield sub
            yield from _descendants(data, sub, seen | {sub})


def _leaves(data: Mapping[str, Any], task: str) -> tuple[str, ...]:
    below = tuple(_descendants(data, task))
    return tuple(dict.fromkeys(sub for sub in below if not _subtasks(data, sub))) or (task,)


def _task(data: Mapping[str, Any], results: Mapping[str, Any], task: str) -> TaskRun:
    leaves = _leaves(data, task)
    config = mapping(mapping(data.get("configs")).get(leaves[0]))
    items = _items(data, results, task, leaves)
    scores, unusable = _scores(data, results, task, leaves)
    own = mapping(mapping(data.get("config")).get("gen_kwargs"))
    generation = {**mapping(config.get("generation_kwargs")), **own}
    return TaskRun(
        task=task,
        scores=scores,
        items=items,
        dataset_items=_sum(mapping(mapping(data.get("n-samples")).get(leaf)).get("original") for leaf in leaves),
        shots=_agreed(mapping(data.get("n-shot")), task, leaves, config.get("num_fewshot")),
        version=_agreed(mapping(data.get("versions")), task, leaves, None),
        output_type=text(config.get("output_type")),
        generation={str(key): text(value) or "" for key, value in sorted(generation.items())},
        repeats=count(config.get("repeats")),
        prompts=_prompts(mapping(data.get("task_hashes")), leaves),
        subtasks=() if leaves == (task,) else leaves,
        unusable=unusable,
    )


def _prompts(hashes: Mapping[str, Any], leaves: tuple[str, ...]) -> str | None:
    found = [text(hashes.get(leaf)) for leaf in leaves]
    return digest("|".join(str(value) for value in found)) if all(found) else None


def _agreed(table: Mapping[str, Any], task: str, leaves: tuple[str, ...], default: Any) -> str | None:
    """The leaves' value (several: all of them in order), else the group's own, else the configuration's."""
    below = list(dict.fromkeys(value for leaf in leaves if (value := text(table.get(leaf))) is not None))
    if below:
        return ", ".join(below)
    return text(table.get(task)) or text(default)


def _sum(values: Iterator[Any]) -> int | None:
    found = [count(value) for value in values]
    return sum(value for value in found if value) if found and all(found) else None


def _items(data: Mapping[str, Any], results: Mapping[str, Any], task: str, leaves: tuple[str, ...]) -> int | None:
    """Items evaluated: stated for the task, else summed over the leaves (groups have no entry of their own)."""
    sizes = mapping(data.get("n-samples"))

    def of(name: str) -> int | None:
        entry, row = mapping(sizes.get(name)), mapping(results.get(name))
        stated = (
            count(entry.get("effective")),
            count(row.get("sample_len")),
            count(row.get("n")),
            count(row.get("num_samples")),
        )
        return next((value for value in stated if value), None)

    found = of(task)
    if found is None:
        per_metric = [count(value) for value in mapping(mapping(results.get(task)).get("sample_count")).values()]
        found = next((value for value in per_metric if value), None)
    return found if found is not None else _sum(of(leaf) for leaf in leaves if leaf != task)


def split_key(key: str) -> ScoreKey:
    """``exact_match,strict-match`` at its last comma; no filter (schema before 0.4) is ``none``."""
    metric, comma, label = key.rpartition(",")
    return (metric, label) if comma else (key, "none")


def _scores(
    data: Mapping[str, Any], results: Mapping[str, Any], task: str, leaves: tuple[str, ...]
) -> tuple[dict[ScoreKey, Score], dict[ScoreKey, str]]:
    row = mapping(results[task])
    scores: dict[ScoreKey, Score] = {}
    unusable: dict[ScoreKey, str] = {}
    direction = mapping(mapping(data.get("higher_is_better")).get(task)) or mapping(
        mapping(data.get("higher_is_better")).get(leaves[0])
    )
    for key, raw in row.items():
        metric, label = split_key(key)
        if key in LABELS or metric.endswith(STDERR):
            continue
        value = number(raw)
        if value is None:
            if not isinstance(raw, str | list | Mapping):
                unusable[metric, label] = f"no score stands there (found {raw!r})"
            continue
        words = _words(metric)
        if UNBOUNDED_WORDS.intersection(words):
            unusable[metric, label] = "stands on no 0-100 scale, so a tolerance in points says nothing about it"
            continue
        written = POINT_WORDS.intersection(words) and "acc" not in words
        in_points = value > 1 or written or _any_above_one(results, leaves, key)
        scale = 1.0 if in_points else POINTS
        stderr = number(_stderr_of(row, metric, label))
        if stderr is None and leaves != (task,):
            stderr = _pooled(results, leaves, key, value, data)
        better = bool(direction.get(metric, not LOWER_IS_BETTER_WORDS.intersection(words)))
        if value * scale > POINTS:
            unusable[metric, label] = f"{value:g} is above 100: it stands on no 0-100 scale"
            continue
        scores[metric, label] = _score(words, value, stderr, scale, better)
    return scores, unusable


def _any_above_one(results: Mapping[str, Any], leaves: tuple[str, ...], key: str) -> bool:
    return any((number(mapping(results.get(leaf)).get(key)) or 0) > 1 for leaf in leaves)


def _score(words: list[str], value: float, stderr: float | None, scale: float, higher_is_better: bool) -> Score:
    """A score on which higher is better. An error of exactly 0 says that nothing varied, not that nothing is uncertain."""
    points = value * scale
    share = any(word.startswith(SHARE_WORDS) for word in words) and not CORPUS_WORDS.intersection(words)
    error = stderr * scale if stderr is not None and stderr > 0 else None
    return Score(points if higher_is_better else POINTS - points, error, share and points >= 0, scale)


def _stderr_of(row: Mapping[str, Any], metric: str, label: str) -> Any:
    for key in (f"{metric}{STDERR},{label}", f"{metric}{STDERR}" if label == "none" else ""):
        if key in row:
            return row[key]
    return None


def _pooled(
    results: Mapping[str, Any], leaves: tuple[str, ...], key: str, score: float, data: Mapping[str, Any]
) -> float | None:
    """Error of a group from its subtasks, weighted as the group's own score is: by items, else all alike."""
    metric, label = split_key(key)
    rows = [mapping(results.get(leaf)) for leaf in leaves]
    values = [number(row.get(key)) for row in rows]
    errors = [number(_stderr_of(row, metric, label)) for row in rows]
    sizes = [_items(data, results, leaf, (leaf,)) for leaf in leaves]
    if any(value is None for value in (*values, *errors)):
        return None
    for weights in ([float(size or 0) for size in sizes], [1.0] * len(leaves)):
        total = sum(weights)
        if total and abs(sum(w * (v or 0) for w, v in zip(weights, values, strict=True)) / total - score) < 1e-4 * max(
            1, score
        ):
            return sqrt(sum((w * (e or 0)) ** 2 for w, e in zip(weights, errors, strict=True))) / total
    return None
