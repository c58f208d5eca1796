"""``advisor import``, ``advisor probe`` and ``advisor schema``."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from advisor.catalog import Catalog, load_catalog
from advisor.errors import AdvisorError, Problem, ScenarioError
from advisor.importers import Document, Imported, ImportRefusedError, import_documents, read_document
from advisor.importers.as_dict import imported_as_dict
from advisor.importers.overlay import overlay_files
from advisor.importers.points import measured_points, measured_probe, with_own
from advisor.importers.prices.own import own_prices, with_prices
from advisor.importers.records import Found
from advisor.importers.values import iso_date
from advisor.report.import_text import import_text
from advisor.scenario_io import dump_yaml, load_scenario

SCHEMA = 1
BAD_INPUT = 2


class ImportCommandError(AdvisorError):
    """The command was called in a way that cannot work."""


@dataclass(frozen=True)
class Given:
    """What the user says on the command line: answers about runs and prices, and how to read the files."""

    answers: Mapping[str, Any]
    reading: Mapping[str, Any]


def _columns(pairs: Sequence[str]) -> dict[str, str]:
    columns = {}
    for pair in pairs:
        field, equals, column = pair.partition("=")
        if not equals or not field or not column:
            raise ImportCommandError(f"--map {pair!r}: FIELD=COLUMN is expected, as in tpot_ms='median TPOT'")
        columns[field.strip()] = column.strip()
    return columns


@click.command(name="import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--model", help="Model served.")
@click.option("--gpu", help="GPU it ran on.")
@click.option("--gpus", type=click.IntRange(1), help="GPUs that produced the throughput, all replicas together.")
@click.option("--tp", "tensor_parallel", type=click.IntRange(1), help="GPUs of one replica.")
@click.option("--precision", help="Format of the weights: bf16, fp8, nvfp4, mxfp4, int4, int8.")
@click.option("--engine", help="Serving engine.")
@click.option("--isl", "input_tokens", type=click.FloatRange(0, min_open=True), help="Input tokens per request, mean.")
@click.option("--osl", "output_tokens", type=click.FloatRange(0, min_open=True), help="Output tokens per request, mean.")
@click.option("--concurrency", type=click.FloatRange(0, min_open=True), help="Requests in flight.")
@click.option("--decoding", type=click.Choice(("none", "mtp")), help="Speculative decoding.")
@click.option("--provider", help="Whose prices a price file holds.")
@click.option("--as-of", help="Day a price file was made, YYYY-MM-DD.")
@click.option("--seconds", type=click.FloatRange(0, min_open=True), help="Seconds between two scrapes of /metrics.")
@click.option("--map", "mapped", multiple=True, metavar="FIELD=COLUMN", help="Column of a table of your own; repeat it.")
@click.option("--accept-hints", is_flag=True, help="Take the suggestions for what the files do not say.")
@click.option(
    "--into", type=click.Path(path_type=Path), help="Print this scenario file with the measurements and prices added."
)
@click.option("--overlay", type=click.Path(path_type=Path), help="Write imported prices as a catalog folder for --catalog.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def import_command(
    ctx: click.Context,
    /,
    files: tuple[Path, ...],
    mapped: tuple[str, ...],
    accept_hints: bool,
    into: Path | None,
    overlay: Path | None,
    as_json: bool,
    **said: Any,
) -> None:
    """Read benchmark, price, billing and probe files of other tools; say what they leave open.

    Recognised by content: vllm bench serve, SGLang, GuideLLM, GenAI-Perf, AIPerf, InferenceX, trtllm-bench, llmperf, two
    scrapes of vLLM's /metrics, advisor probe; SkyPilot and gpuhunt catalogs, quote sheets (CSV, XLSX), FOCUS bills; and
    tables of your own with --map.
    """
    as_of = said["as_of"]
    if as_of is not None and iso_date(as_of) != as_of:
        raise ImportCommandError(f"--as-of {as_of!r}: a day such as 2026-11-24 is expected")
    reading = {"seconds": said.pop("seconds"), "columns": _columns(mapped), "as_of": as_of}
    imported = _import(files, Given(said, reading), accept_hints)
    if into is not None:
        click.echo(_into(load_catalog(*ctx.obj), into, imported))
    elif as_json:
        click.echo(json.dumps({"schema": SCHEMA, "files": [imported_as_dict(item) for item in imported]}, indent=2))
    else:
        click.echo(import_text(imported))
    if overlay is not None:
        _write_overlay(load_catalog(*ctx.obj), overlay, imported)
    if all(item.refusal is not None for item in imported):
        sys.exit(BAD_INPUT)


def _import(files: Sequence[Path], given: Given, accept_hints: bool) -> tuple[Imported, ...]:
    documents: list[Document] = []
    unread: list[Imported] = []
    for path in files:
        try:
            documents.append(read_document(path, given.reading))
        except ImportRefusedError as error:
            unread.append(Imported(path.name, None, Found(), refusal=str(error)))
    imported = import_documents(documents, given.answers)
    if accept_hints:
        imported = tuple(_with_hints(item, documents, given.answers) for item in imported)
    return (*imported, *unread)


def _with_hints(item: Imported, documents: Sequence[Document], answers: Mapping[str, Any]) -> Imported:
    """The same import with its suggestions as answers; the user's own answers stand."""
    hints = {
        question.field: _typed(question.field, question.suggestion) for question in item.questions if question.suggestion
    }
    if not hints:
        return item
    names = item.file.split(" + ")
    own = [document for document in documents if document.file in names]
    again = import_documents(own, {**hints, **{field: value for field, value in answers.items() if value is not None}})
    return next((other for other in again if other.file == item.file), item)


def _typed(field: str, suggestion: str) -> Any:
    whole, real = ("gpus", "tensor_parallel"), ("input_tokens", "output_tokens", "concurrency")
    return int(suggestion) if field in whole else float(suggestion) if field in real else suggestion


def _into(catalog: Catalog, path: Path, imported: Sequence[Imported]) -> str:
    scenario = load_scenario(path, catalog)
    refused = [Problem(item.file, item.refusal) for item in imported if item.refusal is not None]
    runs = [run for item in imported for run in item.found.runs]
    resolved = measured_points(catalog, runs)
    probes = [measured_probe(catalog, item.found.probe) for item in imported if item.found.probe is not None]
    prices = own_prices(catalog, imported)
    problems = [*refused, *resolved.problems, *prices.problems]
    if problems or not (resolved.points or probes or prices.offers):
        raise ScenarioError(problems or [Problem("import", "the files hold no measurement and no price")])
    if prices.unknown:
        _say_unknown(prices.unknown)
    return dump_yaml(with_prices(with_own(scenario, resolved.points, probes), prices.offers))


def _say_unknown(names: Sequence[str]) -> None:
    click.echo(f"Left out, because the catalog has no such GPU: {', '.join(names)}", err=True)


def _write_overlay(catalog: Catalog, folder: Path, imported: Sequence[Imported]) -> None:
    priced = [item for item in imported if item.found.offers]
    if len(priced) != 1:
        raise ImportCommandError("--overlay: give exactly one price file")
    files, unknown = overlay_files(catalog, priced[0].found.offers, priced[0].file)
    for name, content in files.items():
        target = folder / name
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(content, encoding="utf-8")
        except OSError as error:
            raise ImportCommandError(f"{target}: cannot be written: {error.strerror}") from error
    if unknown:
        _say_unknown(unknown)


@click.command()
@click.option("--out", type=click.Path(path_type=Path), default=Path("probe.json"), show_default=True)
def probe(out: Path) -> None:
    """Measure what this machine's GPU reaches (needs PyTorch; under two minutes), for `advisor import`."""
    from advisor import probe as prober

    try:
        result = prober.run_probe(lambda line: click.echo(line, err=True))
        prober.write_result(result, out)
    except prober.ProbeError as error:
        raise ImportCommandError(str(error)) from error
    click.echo(f"{out}: {len(result['matmul'])} rates in {result['elapsed_s']} s")


@click.command()
@click.argument("what", type=click.Choice(("scenario", "decision")))
def schema(what: str) -> None:
    """Print the JSON schema of a scenario or of a decision."""
    from advisor.report.schema import decision_schema, scenario_schema

    click.echo(json.dumps(scenario_schema() if what == "scenario" else decision_schema(), indent=2))
