"""From what was imported to what a scenario holds: names resolved against a catalog, nothing filled in unasked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from advisor.catalog import Catalog
from advisor.catalog.names import NameTable
from advisor.errors import Problem, ScenarioError
from advisor.importers.records import BenchmarkRun, ImportedOffer, ProbeResult
from advisor.measured import MeasuredPoint, MeasuredProbe
from advisor.scenario import Scenario

SIGNIFICANT = 6
"""Digits kept in a scenario: more than any of these measurements has, and short in a link."""
NEEDED = ("gpu", "precision", "input_tokens", "output_tokens", "concurrency", "engine")

PRECISION_WORDS: Mapping[str, str] = {
    "bfloat16": "bf16", "float16": "bf16", "fp16": "bf16", "half": "bf16",
    "w8a8fp8": "fp8", "fp8pertensor": "fp8", "fp8blockscales": "fp8", "fp8rowwise": "fp8", "fp8kv": "fp8", "mxfp8": "fp8",
    "modeloptfp8": "fp8", "modeloptfp4": "nvfp4",
    "w4a16": "int4", "w4a16awq": "int4", "w4a16gptq": "int4", "awq": "int4", "gptq": "int4", "awqmarlin": "int4",
    "gptqmarlin": "int4",
    "w8a8": "int8", "w8a8int8": "int8", "w8a8sqperchannel": "int8", "smoothquant": "int8",
    "auto": "", "modelopt": "", "compressedtensors": "",
}  # fmt: skip
"""Engines' names of formats; an empty one says too little and is asked for."""


MAX_NAME = 100
MEMORY = re.compile(r"\b(\d{1,4})\s*(?:GB|GiB|G)\b", re.IGNORECASE)
MEMORY_TOLERANCE = 0.1
WRAPPING = re.compile(
    r"\b(?:NVIDIA|AMD|Instinct|HGX|DGX|GPUs?|Tensor Core|HBM\d\w?|\d{1,2}[ -]?(?:x|GPUs?)|NVL(?:72|36|4))\b", re.IGNORECASE
)
"""What price lists put around a GPU's name."""


@dataclass(frozen=True)
class Resolved:
    """Points ready for a scenario, and why other runs are not."""

    points: tuple[MeasuredPoint, ...]
    problems: tuple[Problem, ...]


def measured_points(catalog: Catalog, runs: Iterable[BenchmarkRun]) -> Resolved:
    """Runs as operating points of a scenario. A run that still lacks something is named with what it lacks."""
    points: list[MeasuredPoint] = []
    problems: list[Problem] = []
    for number, run in enumerate(runs, start=1):
        where = f"{run.file} run {number}"
        found = _problems(catalog, run, where)
        if found:
            problems += found
            continue
        points.append(_point(catalog, run))
    return Resolved(tuple(points), tuple(dict.fromkeys(problems)))


def _problems(catalog: Catalog, run: BenchmarkRun, where: str) -> list[Problem]:
    if run.interactivity_tok_s_per_user is None:
        return [Problem(where, "holds no time per output token: throughput alone is no operating point")]
    lacking = [name for name in NEEDED if getattr(run, name) is None]
    if run.tok_s_per_gpu is None:
        lacking.append("gpus" if run.total_tok_s is not None else "input_tokens")
    if run.model is None:
        lacking.append("model")
    problems = [Problem(where, f"{name} is needed: the file does not say it") for name in dict.fromkeys(lacking)]
    if run.gpu is not None and hardware_of(catalog, run.gpu) is None:
        problems.append(Problem(f"{where}: gpu", catalog.hardware_names.unknown_message(run.gpu)))
    for field, name, table in (("model", run.model, catalog.model_names), ("engine", run.engine, catalog.engine_names)):
        if name is not None and resolve(table, name) is None:
            problems.append(Problem(f"{where}: {field}", table.unknown_message(name)))
    if run.precision is not None and precision_of(catalog, run.precision) is None:
        known = ", ".join(sorted({*catalog.precisions, *catalog.precisions_by_family}))
        problems.append(Problem(f"{where}: precision", f"{run.precision!r} is no format known here; known: {known}"))
    if run.output_tokens is not None and run.output_tokens <= 1:
        problems.append(Problem(f"{where}: output_tokens", f"must be above 1 (found {run.output_tokens:g})"))
    return problems


def resolve(table: NameTable, name: str) -> str | None:
    """The id a name stands for, also behind a vendor's prefix or before a form factor (``H200-SXM``, ``b200-trt``)."""
    candidates = [name, name.rsplit("/", 1)[-1]]
    for end in ("-trt", " SXM", "-SXM", "-SXM5", "_SXM5", " HBM3", " 80GB HBM3", "-sglang"):
        candidates += [part.removesuffix(end) for part in candidates[:2]]
    return next((found for part in candidates if (found := table.find(part)) is not None), None)


def hardware_of(catalog: Catalog, name: str) -> str | None:
    """The GPU a name stands for, also as price lists write it: ``NVIDIA H100 SXM5 80GB``, ``HGX H200 8-GPU``.

    A memory size in the name must be the catalog's to a tenth (vendors count it differently), else it is another GPU.
    """
    found = resolve(catalog.hardware_names, name)
    if found is not None:
        return found
    short = WRAPPING.sub(" ", name[:MAX_NAME])
    said = MEMORY.search(short)
    found = resolve(catalog.hardware_names, MEMORY.sub(" ", short).strip(" ,()-_"))
    if found is None or said is None:
        return found
    memory = catalog.hardware[found].memory_gb
    return found if abs(float(said[1]) / memory - 1) <= MEMORY_TOLERANCE else None


def precision_of(catalog: Catalog, name: str) -> str | None:
    """The format or family an engine's word stands for, None where it says too little."""
    known = {*catalog.precisions, *catalog.precisions_by_family}
    if name.lower() in known:
        return name.lower()
    word = "".join(character for character in name.lower() if character.isalnum())
    found = PRECISION_WORDS.get(word, word)
    return found if found in known else None


def _point(catalog: Catalog, run: BenchmarkRun) -> MeasuredPoint:
    assert run.interactivity_tok_s_per_user is not None  # _problems has refused the others
    assert run.tok_s_per_gpu is not None
    return MeasuredPoint.model_validate(
        {
            "model": resolve(catalog.model_names, run.model or ""),
            "hardware": hardware_of(catalog, run.gpu or ""),
            "precision": precision_of(catalog, run.precision or ""),
            "decoding": run.decoding or "none",
            "engine": resolve(catalog.engine_names, run.engine or ""),
            "disaggregated": run.disaggregated,
            "replica_gpus": run.tensor_parallel or run.gpus,
            "input_tokens": rounded(run.input_tokens),
            "output_tokens": rounded(run.output_tokens),
            "concurrency": rounded(run.concurrency),
            "interactivity_tok_s_per_user": rounded(run.interactivity_tok_s_per_user),
            "tok_s_per_gpu": rounded(run.tok_s_per_gpu),
            "ttft_ms": rounded(run.ttft_ms.typical),
            "date": run.date,
            "tool": run.tool,
        }
    )


def rounded(value: float | None) -> float | None:
    """A number to the digits a scenario keeps."""
    return None if value is None else float(f"{value:.{SIGNIFICANT}g}")


def measured_probe(catalog: Catalog, probe: ProbeResult) -> MeasuredProbe:
    """A probe for a scenario.

    Raises:
        ScenarioError: the catalog does not know the GPU.
    """
    hardware = hardware_of(catalog, probe.gpu)
    if hardware is None:
        raise ScenarioError([Problem("probe: gpu", catalog.hardware_names.unknown_message(probe.gpu))])
    rates: dict[str, Any] = {f"{name}_tflops": rounded(rate) for name, rate in probe.tflops.items()}
    return MeasuredProbe(
        hardware=hardware,
        probe_version=probe.probe_version,
        date=probe.date,
        copy_gb_s=rounded(probe.copy_gb_s) or probe.copy_gb_s,
        **rates,
    )


def with_own(scenario: Scenario, points: Sequence[MeasuredPoint], probes: Sequence[MeasuredProbe] = ()) -> Scenario:
    """A scenario with more own evidence; what stands in it already is not added twice."""
    current = scenario.current
    measured = tuple(dict.fromkeys((*current.measured, *points)))
    kept = tuple(dict.fromkeys((*current.probes, *probes)))
    data = scenario.model_dump(mode="python", by_alias=True)
    data["current"]["measured"] = tuple(point.model_dump() for point in measured)
    data["current"]["probes"] = tuple(probe.model_dump() for probe in kept)
    return Scenario.model_validate(data)


def with_catalog_names(
    catalog: Catalog, offers: Iterable[ImportedOffer]
) -> tuple[tuple[ImportedOffer, ...], tuple[str, ...]]:
    """Offers whose GPU the catalog knows, under its ids, and the names it does not know: reported, never dropped."""
    known: list[ImportedOffer] = []
    unknown: list[str] = []
    for offer in offers:
        hardware = hardware_of(catalog, offer.hardware)
        if hardware is None:
            unknown.append(offer.hardware)
        else:
            known.append(replace(offer, hardware=hardware))
    return tuple(known), tuple(dict.fromkeys(unknown))
