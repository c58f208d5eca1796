"""The ``advisor`` command. Answers go to standard output, problems to standard error with exit code 2."""

from __future__ import annotations

import csv
import gc
import importlib
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from threadpoolctl import threadpool_limits

from advisor import link as links
from advisor.argument import guide_argument
from advisor.catalog import Catalog, load_catalog
from advisor.compare import compare as compare_options
from advisor.errors import AdvisorError
from advisor.evidence.reading import DEFAULT_METHOD, REFERENCE_METHOD
from advisor.questions import (
    DECODINGS,
    DEPLOYMENTS,
    Reader,
    answer,
    parse_question,
    parse_target,
    read_batch,
)
from advisor.recommend import recommend as decide
from advisor.report.argument_text import argument_as_dict, argument_text
from advisor.report.as_json import SCHEMA, comparison_as_dict, decision_as_dict
from advisor.report.text import comparison_text, decision_text, reading_text
from advisor.scenario import Scenario
from advisor.scenario_io import dump_yaml, load_scenario

if TYPE_CHECKING:
    from advisor.decision import Decision
    from advisor.report.workbook.readback import FileFigures

BAD_INPUT = 2
ELSEWHERE = {
    "import": "advisor.import_command:import_command",
    "probe": "advisor.import_command:probe",
    "schema": "advisor.import_command:schema",
    "quality": "advisor.cli_quality:quality",
}
"""Commands of other modules, imported when asked for: the importers of a dozen tools are no part of a recommendation."""


class Refusal(click.ClickException):
    """Our own errors as click shows them: the message on standard error, exit code 2."""

    exit_code = BAD_INPUT

    def show(self, file: Any = None) -> None:  # noqa: ARG002 - click's signature
        """Print the message as it is; our messages carry their own heading."""
        click.echo(self.message, err=True)


class AdvisorGroup(click.Group):
    """A group whose commands may raise AdvisorError and may stand in modules of their own."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all commands, for the help text."""
        return sorted([*super().list_commands(ctx), *ELSEWHERE])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command by name, imported if need be."""
        if cmd_name not in ELSEWHERE:
            return super().get_command(ctx, cmd_name)
        module, _, name = ELSEWHERE[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; our own errors become refusals."""
        try:
            return super().invoke(ctx)
        except AdvisorError as error:
            raise Refusal(str(error)) from error


@click.group(cls=AdvisorGroup)
@click.option(
    "--catalog",
    "folders",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Own catalog folder to lay over the shipped one; may be repeated. Also read from ADVISOR_CATALOG.",
)
@click.version_option(package_name="gpu-migration-advisor")
@click.pass_context
def main(ctx: click.Context, folders: tuple[Path, ...]) -> None:
    """Should you move LLM inference to other GPUs, another precision, or stay? Measured, sourced, with the money."""
    # Small matrices: on a busy machine BLAS threads wait for one another longer than the work takes.
    threadpool_limits(1, user_api="blas")
    gc.freeze()  # what the imports made lives as long as this process: no need to walk it again and again
    from_environment = [Path(part) for part in os.environ.get("ADVISOR_CATALOG", "").split(os.pathsep) if part]
    ctx.obj = folders or tuple(from_environment)


def _catalog(ctx: click.Context) -> Catalog:
    return load_catalog(*ctx.obj)


def _print_json(data: Any) -> None:
    click.echo(json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False))


@main.command()
@click.argument("scenario", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the whole decision as JSON.")
@click.option("--xlsx", type=click.Path(path_type=Path), help="Write the workbook with live formulas to this file.")
@click.option("--all", "all_options", is_flag=True, help="List every option that is not feasible.")
@click.pass_context
def recommend(ctx: click.Context, scenario: Path, as_json: bool, xlsx: Path | None, all_options: bool) -> None:
    """Decide on a scenario file (YAML, JSON, or an edited workbook): stay, tune, or move, to what, and what it saves."""
    catalog = _catalog(ctx)
    if scenario.suffix.lower() == ".xlsx":
        loaded, figures = _read_workbook(scenario, catalog)
        decision = decide(loaded, catalog)
        for line in _differences(figures, decision):
            click.echo(line, err=True)
    else:
        decision = decide(load_scenario(scenario, catalog), catalog)
    if xlsx is not None:
        from advisor.report.workbook import workbook_bytes

        _write(xlsx, workbook_bytes(decision))
    if as_json:
        _print_json(decision_as_dict(decision))
    else:
        click.echo(decision_text(decision, all_options=all_options))


@main.command()
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def argument(ctx: click.Context, as_json: bool) -> None:
    """Reproduce the FP4 guide's cost argument at its own dates: where the answer flips, and what was measured since."""
    catalog = _catalog(ctx)
    found = guide_argument(catalog)
    if as_json:
        _print_json(argument_as_dict(found))
    else:
        click.echo(argument_text(found, catalog))


def _read_workbook(path: Path, catalog: Catalog) -> tuple[Scenario, FileFigures]:
    from advisor.report.workbook.readback import read_workbook

    try:
        return read_workbook(path.read_bytes(), catalog, path.name)
    except OSError as error:
        raise Refusal(f"{path}: cannot be read: {error.strerror}") from error


def _differences(figures: FileFigures, decision: Decision) -> list[str]:
    from advisor.report.workbook.readback import differences_to_file

    found = [f"differs from the file: {line}" for line in differences_to_file(figures, decision)]
    return found or ["The file's own figures are those of this run."]


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise Refusal(f"{path}: cannot be written: {error.strerror}") from error


@main.command()
@click.option("--model")
@click.option("--hardware")
@click.option("--precision")
@click.option("--isl", help="Input tokens per request.")
@click.option("--osl", help="Output tokens per request.")
@click.option("--at", help="Interactivity in tok/s per user.")
@click.option("--decoding", type=click.Choice(DECODINGS), default="any", show_default=True)
@click.option("--deployment", type=click.Choice(DEPLOYMENTS), default="any", show_default=True)
@click.option("--method", default=DEFAULT_METHOD, show_default=True)
@click.option("--batch", type=click.Path(path_type=Path), help="CSV file of questions; answers as CSV.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def read(ctx: click.Context, /, method: str, batch: Path | None, as_json: bool, **given: str | None) -> None:
    """Read the throughput of an option at an interactivity, with its interval and grade; no number outside the range."""
    catalog = _catalog(ctx)
    reader = Reader(catalog, method)
    if batch is not None:
        _print_batch(reader, batch)
        return
    missing = [f"--{name}" for name in ("model", "hardware", "precision", "isl", "osl", "at") if given[name] is None]
    if missing:
        raise click.UsageError(f"missing {', '.join(missing)} (or --batch FILE)")
    question = parse_question(catalog, given)
    reading = reader.read(question, parse_target(given["at"]))
    if as_json:
        asked = {
            "model": question.model,
            "hardware": question.hardware,
            "precision": str(given["precision"]).lower(),
            "isl": question.isl,
            "osl": question.osl,
            "at": reading.at,
            "decoding": question.decoding,
            "deployment": question.deployment,
        }
        _print_json({"schema": SCHEMA, **asked, **answer(catalog, question, reading), "method": method})
    elif reading.tok_s_per_gpu is None:
        click.echo(reading.reason)
    else:
        click.echo(reading_text(question, reading))


def _print_batch(reader: Reader, path: Path) -> None:
    columns, rows = read_batch(reader, path)
    writer = csv.DictWriter(sys.stdout, columns, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: "" if value is None else value for name, value in row.items()})


@main.command()
@click.option("--model", required=True)
@click.option("--a", "side_a", required=True, metavar="HW:PREC[:DECODING]")
@click.option("--b", "side_b", required=True, metavar="HW:PREC[:DECODING]")
@click.option("--isl", required=True)
@click.option("--osl", required=True)
@click.option("--at", default="", help="Interactivities, comma-separated; left out: 25, 50, 75 % of the overlap.")
@click.option("--price-book", help="A named book (see: advisor catalog list --prices); left out: default offers.")
@click.option("--deployment", type=click.Choice(DEPLOYMENTS), default="any", show_default=True)
@click.option("--method", default=REFERENCE_METHOD, show_default=True)
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def compare(
    ctx: click.Context,
    /,
    side_a: str,
    side_b: str,
    at: str,
    price_book: str | None,
    method: str,
    as_json: bool,
    **workload: str,
) -> None:
    """Compare two options at the same model and request size."""
    catalog = _catalog(ctx)
    targets = [part.strip() for part in at.split(",") if part.strip()]
    result = compare_options(catalog, Reader(catalog, method), workload, (side_a, side_b), targets, price_book)
    if as_json:
        _print_json(comparison_as_dict(result))
    else:
        click.echo(comparison_text(result))


@main.group()
def catalog() -> None:
    """The catalog: check it, list it."""


@catalog.command()
@click.pass_context
def check(ctx: click.Context) -> None:
    """Load everything strictly; every problem is listed with file and row."""
    loaded = _catalog(ctx)
    click.echo(f"Catalog {loaded.version} of {loaded.as_of}, digest {loaded.digest}: no problems.")
    for overlay in loaded.overlays:
        click.echo(f"Own catalog {overlay.folder}: {len(overlay.added)} records added, {len(overlay.replaced)} replaced.")


@catalog.command(name="list")
@click.option("--prices", is_flag=True, help="Name the price and power books.")
@click.option("--hardware", is_flag=True, help="Name the GPUs.")
@click.option("--models", is_flag=True, help="Name the models and what was measured of them.")
@click.option("--sources", is_flag=True, help="Name the sources.")
@click.pass_context
def list_records(ctx: click.Context, prices: bool, hardware: bool, models: bool, sources: bool) -> None:
    """Count the records, or name those of one table."""
    from advisor.report.listing import listing_text

    click.echo(listing_text(_catalog(ctx), prices=prices, hardware=hardware, models=models, sources=sources))


@main.group()
def link() -> None:
    """Share links: make one, open one."""


@link.command()
@click.argument("scenario", type=click.Path(path_type=Path))
@click.pass_context
def encode(ctx: click.Context, scenario: Path) -> None:
    """Print the token of a scenario file, with today's outcome in it."""
    loaded = _catalog(ctx)
    token = links.encode(decide(load_scenario(scenario, loaded), loaded))
    click.echo(token)
    words = links.left_out_words(links.left_out(token))
    if words:
        click.echo(words, err=True)


@link.command()
@click.argument("token")
@click.pass_context
def decode(ctx: click.Context, token: str) -> None:
    """Print the scenario a token (or a whole address) holds, and what has changed since it was made."""
    loaded = _catalog(ctx)
    content = links.decode(token, loaded)
    if content.left_out:
        click.echo(f"# {links.left_out_words(content.left_out)}")
    click.echo(f"# made with catalog {content.catalog_version}; this is catalog {loaded.version}")
    for change in links.changes_since(content, decide(content.scenario, loaded)):
        click.echo(f"# changed since: {change}")
    click.echo(dump_yaml(content.scenario))
