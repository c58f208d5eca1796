"""An import from documents to records: detect, read, pair, apply the user's answers, ask what is still open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from advisor.importers.document import Document
from advisor.importers.prices.prepare import price_questions, with_price_answers
from advisor.importers.records import BenchmarkRun, Found, Imported, ImportRefusedError, Question
from advisor.importers.registry import Importer, find

Answers = Mapping[str, Any]
"""What the user says of the runs, by field of BenchmarkRun (and ``provider``, ``as_of`` of prices)."""

ASKED: Mapping[str, str] = {
    "model": "Which model was served?",
    "gpu": "Which GPU was it?",
    "gpus": "How many GPUs produced this throughput, all replicas together?",
    "precision": "In which number format were the weights (bf16, fp8, nvfp4, mxfp4, int4, int8)?",
    "engine": "Which serving engine was it (vllm, sglang, trtllm)?",
    "input_tokens": "How many input tokens had a request, on average?",
    "output_tokens": "How many output tokens had a request, on average?",
    "concurrency": "How many requests were in flight?",
    "decoding": "Was speculative decoding on (none or mtp)?",
}
"""Questions in the order they are put."""
DEFAULTS = {"decoding": ("none", "nothing in the file speaks of speculative decoding")}
PRICE = Question("price", "What does a GPU-hour of this cluster cost? (the scenario's current.price)")


def import_documents(documents: Sequence[Document], answers: Answers | None = None) -> tuple[Imported, ...]:
    """Import files; what cannot be read comes back with its reason, never as an exception.

    Two scrapes of one server's metrics are read as a pair, in whichever order they come.
    """
    answers = answers or {}
    results: list[Imported] = []
    waiting: dict[str, Document] = {}
    for document in documents:
        try:
            importer = find(document)
            partner = waiting.pop(importer.name, None) if importer.read_pair else None
            if importer.read_pair and partner is None and _another_follows(documents, document, importer):
                waiting[importer.name] = document
                continue
            found = _read(importer, document, partner)
            file = document.file if partner is None else f"{partner.file} + {document.file}"
            results.append(_imported(file, importer.name, found, answers, document.name))
        except ImportRefusedError as error:
            results.append(Imported(document.file, None, Found(), refusal=_bare(str(error), document.file)))
    return tuple(results)


def _read(importer: Importer, document: Document, partner: Document | None) -> Found:
    if partner is not None and importer.read_pair is not None:
        return importer.read_pair(partner, document)
    return importer.read(document)


def _another_follows(documents: Sequence[Document], document: Document, importer: Importer) -> bool:
    place = next(index for index, other in enumerate(documents) if other is document)
    for other in documents[place + 1 :]:
        try:
            if importer.detect(other):
                return True
        except ImportRefusedError:
            continue
    return False


def _bare(message: str, file: str) -> str:
    return message.removeprefix(f"{file}: ")


def _imported(file: str, tool: str, found: Found, answers: Answers, name: str) -> Imported:
    runs = tuple(_answered(run, answers) for run in found.runs)
    offers = with_price_answers(found.offers, answers)
    found = replace(found, runs=runs, offers=offers)
    questions = (*_questions(runs), *price_questions(offers, name))
    return Imported(file, tool, found, questions)


def _answered(run: BenchmarkRun, answers: Answers) -> BenchmarkRun:
    """The run with the user's words where the file is silent; where both speak the user's count, with a warning."""
    for field, value in answers.items():
        if value is None or field not in BenchmarkRun.__dataclass_fields__:
            continue
        stands = getattr(run, field)
        if stands is not None and not _same(stands, value):
            run = run.warn(f"{field.replace('_', ' ')}: the file says {stands}, you say {value}; yours is used")
        run = replace(run, **{field: value})
    return run


def _same(one: Any, other: Any) -> bool:
    return str(one).lower() == str(other).lower() or (isinstance(one, float) and abs(one - float(other)) <= 0.5)


def _questions(runs: Iterable[BenchmarkRun]) -> tuple[Question, ...]:
    """What the runs leave open, each once, with a suggestion where all hints agree."""
    runs = tuple(runs)
    questions = []
    for field, text in ASKED.items():
        silent = [run for run in runs if getattr(run, field) is None]
        if field == "gpus":
            silent = [run for run in silent if run.total_tok_s_per_gpu is None]
        if not silent:
            continue
        hints = {run.hints.get(field, DEFAULTS.get(field)) for run in silent}
        hint = hints.pop() if len(hints) == 1 else None
        if field == "gpus" and hint is None:
            parallel = {run.tensor_parallel for run in silent}
            if len(parallel) == 1 and None not in parallel:
                hint = (str(parallel.pop()), "the tensor-parallel size, if there was one replica")
        questions.append(Question(field, text, *(hint or (None, None))))
    return (*questions, PRICE) if runs else ()
