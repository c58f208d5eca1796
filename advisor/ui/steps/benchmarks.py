"""Own benchmark files in the Today step: read, ask what they leave open, take the points into the scenario."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from advisor.errors import ScenarioError
from advisor.importers import Document, Imported, ImportRefusedError, Question, import_documents
from advisor.importers.points import hardware_of, measured_points, measured_probe, precision_of, resolve, with_own
from advisor.importers.records import BenchmarkRun
from advisor.importers.session import ASKED
from advisor.scenario import Scenario
from advisor.scenario_io import build_scenario, plain
from advisor.ui import state
from advisor.ui.mount import catalog, key
from advisor.ui.steps.bill import offer_bill
from advisor.ui.text import bullets, escape, folded, table

KINDS = ["json", "jsonl", "csv", "xlsx", "txt", "log", "prom"]
COUNTS = ("gpus",)
AMOUNTS = ("input_tokens", "output_tokens", "concurrency")
NAMED = ("model", "gpu", "precision", "engine")
SCRAPES = (".prom", ".txt")
NOT_ASKED = ("price", "provider", "as_of")
"""Answered by fields of the step itself, or asked of price files on the Money step."""


def ask_benchmarks(scenario: Scenario) -> None:
    """Draw the fold: what stands in the scenario, the upload, questions, what was read, and the button that takes it."""
    held = len(scenario.current.measured) + len(scenario.current.probes)
    if held:
        st.caption(f"{held} of your own measurements are in the scenario.")
    with folded("I have my own benchmark file", key("today.benchmarks")) as is_open:
        if not is_open:
            return
        _held(scenario)
        st.caption(
            "vllm bench, SGLang, GuideLLM, AIPerf, GenAI-Perf, InferenceX, trtllm-bench, llmperf, two scrapes of vLLM's "
            "metrics, an advisor probe, or a FOCUS bill. Files stay in this session; request texts are dropped."
        )
        files = st.file_uploader("Benchmark files", KINDS, accept_multiple_files=True, key=key("today.files"))
        if files:
            _read(scenario, [(file.name, file.getvalue()) for file in files])


def _held(scenario: Scenario) -> None:
    current = scenario.current
    if not (current.measured or current.probes):
        return
    rows = [
        {
            "GPU": catalog().hardware[point.hardware].name,
            "precision": point.precision,
            "tokens in/out": f"{point.input_tokens:,.0f}/{point.output_tokens:,.0f}",
            "in flight": f"{point.concurrency:g}",
            "tok/s per user": f"{point.interactivity_tok_s_per_user:.1f}",
            "tok/s per GPU": f"{point.tok_s_per_gpu:,.0f}",
            "tool": point.tool,
        }
        for point in current.measured
    ]
    table(rows, "Own operating points in the scenario", empty="Probes only.")
    if st.button("Remove them all", key=key("today.forget")):
        _take({"measured": (), "probes": ()})


def _read(scenario: Scenario, files: Sequence[tuple[str, bytes]]) -> None:
    documents, given = [], _ask_reading(files)
    for name, raw in files:
        try:
            documents.append(Document(name, raw, given))
        except ImportRefusedError as error:
            st.error(escape(str(error)))
    asked = _questions(import_documents(documents))
    answers = _ask(asked)
    imported = import_documents(documents, answers)
    for item in imported:
        _say(item)
    runs = [run for item in imported for run in item.found.runs]
    resolved = measured_points(catalog(), runs)
    still = len(asked) - len(answers)
    if still:
        st.info(f"{still} of the questions above {'is' if still == 1 else 'are'} open: the files do not say it.")
    for problem in () if still else resolved.problems:
        st.error(escape(str(problem)))
    if runs:
        table([_run_row(run) for run in runs], "Runs read from the files")
    for item in imported:
        offer_bill(scenario, item, "today")
    probes = [item.found.probe for item in imported if item.found.probe is not None]
    ready = (resolved.points or probes) and not resolved.problems
    if ready and st.button("Take these measurements", key=key("today.take"), type="primary"):
        try:
            own = with_own(state.session().scenario, resolved.points, [measured_probe(catalog(), p) for p in probes])
        except (ScenarioError, ValueError) as error:
            st.error(escape(str(error)))
            return
        _take({"measured": own.current.measured, "probes": own.current.probes})


def _ask_reading(files: Sequence[tuple[str, bytes]]) -> dict[str, Any]:
    """Two scrapes of a server's metrics need the time between them."""
    if not any(name.endswith(SCRAPES) for name, _ in files):
        return {}
    place = key("today.seconds")
    seconds = st.number_input("Seconds between two scrapes", min_value=0.0, value=None, key=place, placeholder="not given")
    return {"seconds": seconds} if seconds else {}


def _take(changes: dict[str, Any]) -> None:
    """Lay own measurements or a bill over the scenario and stay on the step; what is typed stays in its draft."""
    data = plain(state.session().scenario)
    for name, value in changes.items():
        records = isinstance(value, tuple)
        data["current"][name] = tuple(item.model_dump() for item in value) if records else value
    state.commit(build_scenario(data, catalog()), "today")


def _questions(imported: Sequence[Imported]) -> list[Question]:
    """What the files leave open, each field once."""
    found: dict[str, Question] = {}
    for item in imported:
        for question in item.questions:
            if question.field not in NOT_ASKED:
                found.setdefault(question.field, question)
    for run in (run for item in imported for run in item.found.runs):
        for name in NAMED:
            said = getattr(run, name)
            if said is not None and _names(name)[1](said) is None:
                found.setdefault(name, Question(name, f"{ASKED[name]} The file says {said}, which is not known here."))
    return list(found.values())


def _ask(questions: Sequence[Question]) -> dict[str, Any]:
    """A field a question, at its suggestion where the files hint at one; the hint is said."""
    answers: dict[str, Any] = {}
    columns = st.columns(2)
    for place, question in enumerate(questions):
        with columns[place % 2]:
            answers[question.field] = _field(question)
            if question.because:
                st.caption(escape(f"Suggested: {question.because}."))
    return {name: value for name, value in answers.items() if value is not None}


def _field(question: Question) -> Any:
    place = key(f"today.ask.{question.field}")
    if question.field in (*COUNTS, *AMOUNTS):
        start = float(question.suggestion) if question.suggestion else None
        value = st.number_input(
            question.text, min_value=0.0, value=start, key=place, placeholder="not given", format="%.10g"
        )
        whole = value is not None and question.field in COUNTS
        return int(value) if whole and value else value or None
    names, find = _names(question.field)
    hinted = find(question.suggestion) if question.suggestion else None
    options = list(names)
    index = options.index(hinted) if hinted in options else None
    return st.selectbox(
        escape(question.text), options, index=index, key=place, format_func=lambda name: names[name], placeholder="not given"
    )


def _names(field: str) -> tuple[dict[str, str], Callable[[str], str | None]]:
    """Accepted answers with their words, and how a hint is looked up among them."""
    records = catalog()
    if field == "model":
        return {m.id: m.name for m in records.models.values()}, lambda name: resolve(records.model_names, name)
    if field == "gpu":
        return {h.id: h.name for h in records.hardware.values()}, lambda name: hardware_of(records, name)
    if field == "engine":
        return {name: name for name in records.engine_names.ids}, lambda name: resolve(records.engine_names, name)
    if field == "precision":
        return {p.id: p.name for p in records.precisions.values()}, lambda name: precision_of(records, name)
    return {"none": "Plain", "mtp": "MTP (speculative)"}, lambda name: name


def _say(item: Imported) -> None:
    """What became of one file, with everything to beware of."""
    if item.refusal is not None:
        st.error(escape(f"{item.file}: {item.refusal}"))
        return
    offers = ". It holds prices: upload it on the Money step"
    st.caption(escape(f"{item.file}: read as {item.tool}{offers if item.found.offers else ''}."))
    warnings = [*item.found.warnings, *(text for run in item.found.runs for text in run.warnings)]
    bullets(dict.fromkeys(warnings))


def _run_row(run: BenchmarkRun) -> dict[str, Any]:
    speed, rate = run.interactivity_tok_s_per_user, run.tok_s_per_gpu
    return {
        "file": run.file,
        "in flight": None if run.concurrency is None else f"{run.concurrency:g}",
        "tok/s per user": None if speed is None else f"{speed:.1f}",
        "tok/s per GPU": None if rate is None else f"{rate:,.1f}",
    }
