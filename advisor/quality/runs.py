"""One arm of an evaluation, as any harness wrote it: scores in points, settings, and items where they were logged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

ScoreKey = tuple[str, str]
"""(metric, filter): ``("exact_match", "strict-match")``."""


@dataclass(frozen=True)
class Item:
    """One evaluated item: score in points, averaged over its repeats; hashes and lengths are None where not logged."""

    key: str
    score_points: float
    prompt: str | None = None
    cluster: str | None = None
    output_length: float | None = None


@dataclass(frozen=True)
class Score:
    """A metric of a task, in points, higher is better. ``stderr_points`` None: the harness gave none.

    ``bounded`` says that it is a mean of item scores within 0-100, so that its error cannot exceed the 0/1 one;
    ``scale`` is what the written value was multiplied with: both arms must have been written alike.
    """

    points: float
    stderr_points: float | None
    bounded: bool
    scale: float = 100.0


@dataclass(frozen=True)
class TaskRun:
    """One task of an arm. None stands for what the file does not state."""

    task: str
    scores: Mapping[ScoreKey, Score]
    items: int | None = None
    dataset_items: int | None = None
    shots: str | None = None
    version: str | None = None
    output_type: str | None = None
    generation: Mapping[str, str] = field(default_factory=dict)
    repeats: int | None = None
    prompts: str | None = None
    subtasks: tuple[str, ...] = ()
    unusable: Mapping[ScoreKey, str] = field(default_factory=dict)
    logged: Mapping[ScoreKey, tuple[Item, ...]] = field(default_factory=dict)
    output_tokens: float | None = None


@dataclass(frozen=True)
class Arm:
    """All an arm's files say: the model, how it was prompted, and its tasks."""

    files: tuple[str, ...]
    harness: str
    harness_version: str | None
    model: str | None
    arguments: Mapping[str, str]
    tasks: Mapping[str, TaskRun]
    fingerprint: str
    chat_template: str | None = None
    chat_template_sha: str | None = None
    system_sha: str | None = None
    fewshot_multiturn: str | None = None
    fewshot_seed: str | None = None
    date: str | None = None
    notes: tuple[str, ...] = field(default=())
