"""Files of one arm, of whatever tool, as one arm: results, per-item logs, repeats of the same task."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from advisor.importers.evals import lm_eval, others, samples
from advisor.importers.evals.table import mean_score, read_table
from advisor.importers.evals.values import digest, parse_json, refuse
from advisor.quality.runs import Arm, Item, Score, ScoreKey, TaskRun

MAX_FILE_BYTES = 200_000_000
KINDS = "results_*.json or samples_*.jsonl of lm-evaluation-harness, a lighteval or evalscope result, or CSV"


@dataclass(frozen=True)
class Content:
    """A file's name and text."""

    name: str
    text: str


def arm_from_files(paths: Iterable[Path]) -> Arm:
    """Read files and folders of one arm. A folder stands for its result and log files.

    Raises:
        QueryError: a file cannot be read, is cut off, or is of no known kind; or the files do not fit together.
    """
    contents = []
    for path in paths:
        found = _inside(path) if path.is_dir() else [path]
        if not found:
            raise refuse(str(path), f"the folder holds no {KINDS}")
        contents += [_content(file) for file in found]
    return arm_from_contents(contents)


def _inside(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.suffix in (".json", ".jsonl", ".csv") and file.is_file())


def _content(path: Path) -> Content:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise refuse(path.name, f"larger than {MAX_FILE_BYTES // 1_000_000} MB: give one task at a time")
        return Content(path.name, path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise refuse(str(path), f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise refuse(path.name, f"is not UTF-8 text: {KINDS} is expected") from error


def arm_from_contents(contents: Sequence[Content]) -> Arm:
    """The same from texts, as the wizard holds uploads.

    Raises:
        QueryError: as :func:`arm_from_files`.
    """
    logs = [content for content in contents if samples.is_log(content.text)]
    arms = [_read(content) for content in contents if content not in logs]
    if not contents or not (arms or logs):
        raise refuse("arm", f"no file given: {KINDS} is expected")
    arm = _joined(arms) if arms else _empty(logs)
    for log in logs:
        arm = _with_log(arm, log, alone=not arms)
    return arm


def _read(content: Content) -> Arm:
    head = content.text.lstrip()[:1]
    if head not in ("{", "["):
        if "," in content.text.split("\n", 1)[0]:
            return read_table(content.name, content.text)
        raise refuse(content.name, f"{KINDS} is expected" if head else "the file is empty")
    data = parse_json(content.name, content.text)
    if others.is_lighteval(data):
        return others.read_lighteval(content.name, data)
    if lm_eval.is_result(data):
        return lm_eval.read_results(content.name, data)
    if others.is_evalscope(data):
        return others.read_evalscope(content.name, data)
    found = ", ".join(list(data)[:6]) if isinstance(data, dict) else type(data).__name__
    raise refuse(content.name, f"no result file of a known harness: {KINDS} is expected (found {found or 'nothing'})")


SAME_ARM = ("harness", "harness_version", "model", "chat_template_sha", "system_sha", "fewshot_multiturn")


def _joined(arms: list[Arm]) -> Arm:
    """Files of one arm together. Repeats of a task are averaged; files of different arms are refused."""
    first = arms[0]
    for other in arms[1:]:
        if other.fingerprint == first.fingerprint:
            raise refuse(other.files[0], f"is the same run as {first.files[0]}: give each run once")
        for field in SAME_ARM:
            if getattr(other, field) != getattr(first, field):
                message = (
                    f"{field.replace('_', ' ')} is {getattr(other, field)}, "
                    f"but {getattr(first, field)} in {first.files[0]}: "
                    "files of one arm must come from one model and set-up"
                )
                raise refuse(other.files[0], message)
    tasks: dict[str, list[TaskRun]] = {}
    for arm in arms:
        for task, run in arm.tasks.items():
            tasks.setdefault(task, []).append(run)
    return replace(
        first,
        files=tuple(file for arm in arms for file in arm.files),
        tasks={task: _repeated(task, runs) for task, runs in tasks.items()},
        fingerprint=digest("|".join(sorted(arm.fingerprint for arm in arms))),
        notes=tuple(dict.fromkeys(note for arm in arms for note in arm.notes)),
    )


def _repeated(task: str, runs: list[TaskRun]) -> TaskRun:
    """Runs of one task as one: scores averaged, errors kept (repeats do not shrink the error of which items were drawn)."""
    first = runs[0]
    if len(runs) == 1:
        return first
    for other in runs[1:]:
        for field in ("items", "shots", "version", "generation", "prompts"):
            if getattr(other, field) != getattr(first, field):
                raise refuse(task, f"two runs of the same arm differ in {field}: repeats need the same settings")
    shared = [key for key in first.scores if all(key in run.scores for run in runs)]
    scores = {key: _mean([run.scores[key] for run in runs]) for key in shared}
    logged = {
        key: _same_items([run.logged[key] for run in runs]) for key in shared if all(key in run.logged for run in runs)
    }
    return replace(first, scores=scores, logged=logged, repeats=len(runs) * (first.repeats or 1))


def _mean(scores: list[Score]) -> Score:
    errors = [score.stderr_points for score in scores]
    known = [error for error in errors if error is not None]
    stderr = (sum(error**2 for error in known) / len(known)) ** 0.5 if len(known) == len(errors) else None
    points = sum(score.points for score in scores) / len(scores)
    return Score(points, stderr, all(score.bounded for score in scores), scores[0].scale)


def _same_items(runs: list[tuple[Item, ...]]) -> tuple[Item, ...]:
    grouped: dict[str, list[Item]] = {}
    for items in runs:
        for item in items:
            grouped.setdefault(item.key, []).append(item)
    return tuple(samples.average(group) for group in grouped.values() if len(group) == len(runs))


def _empty(logs: list[Content]) -> Arm:
    names = tuple(log.name for log in logs)
    mark = digest("|".join(digest(log.text) for log in logs))
    note = "only per-item logs were given: shots, version and template cannot be compared, prompts are, item by item"
    return Arm(names, lm_eval.HARNESS, None, None, {}, {}, mark, notes=(note,))


def _with_log(arm: Arm, log: Content, *, alone: bool) -> Arm:
    task = samples.task_of(log.name)
    if task is None:
        raise refuse(log.name, "a per-item log is named samples_<task>_<time>.jsonl: the task cannot be told")
    found = samples.read_log(log.name, log.text)
    logged: dict[ScoreKey, tuple[Item, ...]] = {key: tuple(items) for key, items in found.items()}
    run = arm.tasks.get(task)
    if run is None:
        if not alone and task in {sub for other in arm.tasks.values() for sub in other.subtasks}:
            return arm  # logs of a group's subtasks: the group's own score stands
        run = TaskRun(task, {key: mean_score(items) for key, items in logged.items()}, len(next(iter(logged.values()))))
    elif run.logged:
        logged = {key: _same_items([run.logged[key], items]) for key, items in logged.items() if key in run.logged}
    scores = {**{key: mean_score(items) for key, items in logged.items()}, **run.scores}
    return replace(
        arm,
        files=arm.files if log.name in arm.files else (*arm.files, log.name),
        tasks={**arm.tasks, task: replace(run, logged=logged, scores=scores)},
    )
