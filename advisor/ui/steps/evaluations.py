"""Own evaluation results in the Targets step: both arms' files, judged against the tolerances, taken into the scenario."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

import streamlit as st

from advisor.errors import AdvisorError, QueryError
from advisor.importers.evals.arm import Content, arm_from_contents
from advisor.quality.compare import Comparison, Wishes, compare
from advisor.quality.entries import format_of, own_results
from advisor.quality.runs import Arm
from advisor.quality.words import class_words, own_sentence
from advisor.scenario import OwnResult, Scenario, ScenarioTask
from advisor.scenario_io import build_scenario, plain
from advisor.scenario_quality import TOLERANCE_PRESETS
from advisor.ui import state
from advisor.ui.mount import catalog, key
from advisor.ui.text import bullets, escape, folded, table

KINDS = ["json", "jsonl", "csv"]
MEGABYTES = 20
"""Per-item logs are larger than what else is uploaded here."""
TODAY = "today"
UNSAID = "unsaid"
MARKS = {"PASS": "● PASS", "FAIL": "✚ FAIL", "INCONCLUSIVE": "▲ INCONCLUSIVE", "NOT COMPARABLE": "■ NOT COMPARABLE"}


def ask_evaluations(scenario: Scenario, tasks: Sequence[dict[str, Any]]) -> None:
    """Draw the fold: results in the scenario, both uploads, the judgement of each task, the button that takes them."""
    held = scenario.quality.results
    if held:
        st.caption(f"{len(held)} of your own evaluation results are in the scenario.")
    with folded("I have evaluated both formats myself", key("targets.evaluations")) as is_open:
        if not is_open:
            return
        _held(held)
        st.caption(
            "lm-evaluation-harness results and per-item logs, lighteval, evalscope, or CSV: one set of files an arm. "
            "They override published evidence for their task class."
        )
        left, right = st.columns(2)
        with left:
            baseline = _upload("Results of today's format", "baseline")
        with right:
            candidate = _upload("Results of the candidate", "candidate")
        if baseline and candidate:
            _judge(scenario, tasks, (baseline, candidate))


def _upload(label: str, arm: str) -> list[Content]:
    files = st.file_uploader(
        label, KINDS, accept_multiple_files=True, key=key(f"targets.files.{arm}"), max_upload_size=MEGABYTES
    )
    contents = []
    for file in files:
        try:
            contents.append(Content(file.name, file.getvalue().decode("utf-8-sig")))
        except UnicodeDecodeError:
            st.error(escape(f"{file.name}: is not UTF-8 text"))
    return contents


def _held(results: Sequence[OwnResult]) -> None:
    if not results:
        return
    rows = [
        {
            "task": result.task,
            "class": class_words(result.task_class),
            "format": result.format,
            "change (points)": f"{result.delta_points:+.2f}",
            "standard error": None if result.stderr_points is None else f"{result.stderr_points:.2f}",
            "items": None if result.items is None else f"{result.items:,}",
        }
        for result in results
    ]
    table(rows, "Own evaluation results in the scenario")
    if st.button("Remove the results", key=key("targets.forget")):
        _take(())


def _judge(scenario: Scenario, tasks: Sequence[dict[str, Any]], contents: tuple[list[Content], list[Content]]) -> None:
    try:
        one, other = (arm_from_contents(arm) for arm in contents)
    except QueryError as error:
        st.error(escape(str(error)))
        return
    candidate, baseline = _ask_formats(other)
    try:
        comparison = compare(catalog(), one, other, _wishes(tasks, one, other, candidate, baseline))
        results = own_results(comparison, candidate, baseline, catalog()) if candidate else ()
    except (AdvisorError, ValueError) as error:
        st.error(escape(str(error)))
        return
    _say(comparison)
    if candidate is None:
        st.info("Name the candidate's format to take these results into the scenario.")
    elif results and st.button("Take these results", key=key("targets.take"), type="primary"):
        _take(merged(scenario.quality.results, results))
    elif not results:
        st.info("None of these tasks can enter the scenario: see the reasons above.")


def _ask_formats(candidate: Arm) -> tuple[str | None, str | None]:
    names = {precision.id: precision.name for precision in catalog().precisions.values()}
    hinted = format_of(catalog(), candidate)
    left, right = st.columns(2)
    with left:
        index = list(names).index(hinted) if hinted in names else None
        chosen = st.selectbox(
            "Format of the candidate",
            list(names),
            index=index,
            key=key("targets.format.candidate"),
            format_func=lambda name: names[name],
            placeholder="not given",
        )
        if hinted:
            st.caption(escape(f"Suggested by its name: {candidate.model}."))
    with right:
        baselines = {TODAY: "Today's format", **names}
        baseline = st.selectbox(
            "Format of the baseline",
            list(baselines),
            key=key("targets.format.baseline"),
            format_func=lambda name: baselines[name],
        )
    return chosen, None if baseline == TODAY else baseline


def _wishes(tasks: Sequence[dict[str, Any]], one: Arm, other: Arm, candidate: str | None, baseline: str | None) -> Wishes:
    """Tolerances as the step has them; a class is asked for every task the catalog does not know."""
    tolerances = {task["class"]: task["tolerance_points"] for task in tasks if task["tolerance_points"]}
    plain_wishes = Wishes(TOLERANCE_PRESETS["standard"], tolerances, {}, {})
    unknown = [task.task for task in compare(catalog(), one, other, plain_wishes).tasks if task.task_class is None]
    options = {UNSAID: "not said", **{name: class_words(name) for name in get_args(ScenarioTask)}}
    classes = {}
    for task in unknown:
        chosen = st.selectbox(
            escape(f"What does {task} stand for?"),
            list(options),
            key=key(f"targets.class.{task}"),
            format_func=lambda name: options[name],
        )
        if chosen != UNSAID:
            classes[task] = chosen
    apart = candidate is not None and candidate != baseline
    return Wishes(TOLERANCE_PRESETS["standard"], tolerances, classes, {}, declared_apart=apart)


def _say(comparison: Comparison) -> None:
    rows = [
        {
            "task": task.task,
            "class": class_words(task.task_class) if task.task_class else None,
            "verdict": MARKS[task.verdict],
            "in words": own_sentence(task),
        }
        for task in comparison.tasks
    ]
    table(rows, "Own evaluations held against the tolerance", empty="The files hold no task.")
    bullets(dict.fromkeys((*comparison.notes, *(note for task in comparison.tasks for note in task.notes))))


def merged(held: Sequence[OwnResult], new: Sequence[OwnResult]) -> tuple[OwnResult, ...]:
    """Results with new ones: the same task of the same formats is replaced."""

    def mark(result: OwnResult) -> tuple[Any, ...]:
        return (result.task, result.format, result.baseline, result.kv_cache_only)

    replaced = {mark(result) for result in new}
    return (*(result for result in held if mark(result) not in replaced), *new)


def _take(results: Sequence[OwnResult]) -> None:
    data = plain(state.session().scenario)
    data["quality"]["results"] = tuple(result.model_dump(by_alias=True) for result in results)
    state.commit(build_scenario(data, catalog()), "targets")
