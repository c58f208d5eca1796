"""``advisor quality``: two evaluation arms held against a tolerance, or the prior asked for many rows at once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

import click

from advisor.catalog import Catalog, load_catalog
from advisor.errors import Problem, QueryError
from advisor.formats import resolve_precision
from advisor.importers.evals import arm_from_files
from advisor.quality.compare import Comparison, Wishes, compare
from advisor.quality.entries import scenario_entries
from advisor.quality.prior_file import answer_file, as_csv
from advisor.report.quality_report import comparison_as_dict, comparison_text
from advisor.scenario_quality import TOLERANCE_PRESETS, ScenarioTask

MAX_PRIOR_BYTES = 20_000_000
PATHS = click.Path(path_type=Path)


@click.command()
@click.option("--baseline", multiple=True, type=PATHS, help="Result file or folder of today's arm; may be repeated.")
@click.option("--candidate", multiple=True, type=PATHS, help="Result file or folder of the candidate; may be repeated.")
@click.option(
    "--tolerance",
    "tolerances",
    multiple=True,
    default=("standard",),
    show_default=True,
    metavar="POINTS|PRESET|CLASS=POINTS",
    help="Largest loss in points, or strict (1), standard (2), relaxed (3); CLASS=… or TASK=… for one of them.",
)
@click.option("--class", "classes", multiple=True, metavar="TASK=CLASS", help="The class a task stands for.")
@click.option("--metric", "metrics", multiple=True, metavar="TASK=METRIC[,FILTER]", help="The metric to compare a task on.")
@click.option("--baseline-format", help="Today's format, as in a scenario (fp8, bf16, ...).")
@click.option("--candidate-format", help="The candidate's format: needed where the files name one model for both arms.")
@click.option("--prior", type=PATHS, help="CSV of models and formats; answers with what published pairs let expect (80 %).")
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def quality(ctx: click.Context, /, **given: Any) -> None:
    """Judge an evaluation of two formats, or ask the prior. PASS, FAIL, INCONCLUSIVE or NOT COMPARABLE, task by task."""
    catalog = load_catalog(*ctx.obj)
    if given["prior"] is not None:
        _answer_prior(catalog, given["prior"])
        return
    missing = [f"--{name}" for name in ("baseline", "candidate") if not given[name]]
    if missing:
        raise click.UsageError(f"missing {', '.join(missing)} (or --prior FILE)")
    wishes = _wishes(given)
    formats = tuple(_format(catalog, f"--{side}-format", given[f"{side}_format"]) for side in ("baseline", "candidate"))
    comparison = compare(catalog, arm_from_files(given["baseline"]), arm_from_files(given["candidate"]), wishes)
    entries = scenario_entries(catalog, comparison, *formats)
    if given["as_json"]:
        click.echo(json.dumps(comparison_as_dict(comparison, entries), ensure_ascii=False, indent=2, allow_nan=False))
    else:
        click.echo(comparison_text(comparison))
        click.echo(_for_the_scenario(comparison, entries))


def _for_the_scenario(comparison: Comparison, entries: Sequence[dict[str, Any]]) -> str:
    usable = [entry for entry in entries if entry["format"] is not None]
    if not usable:
        if any(task.verdict != "NOT COMPARABLE" for task in comparison.tasks):
            return "\nTo carry this into a recommendation, name the candidate's format with --candidate-format."
        return ""
    lines = [f"    - {json.dumps(entry, ensure_ascii=False)}" for entry in usable]
    return "\n".join(
        ["", "For the scenario file, so that it overrides published evidence:", "quality:", "  results:", *lines]
    )


def _format(catalog: Catalog, where: str, name: str | None) -> str | None:
    if name is None:
        return None
    first = next(iter(catalog.hardware))
    known = resolve_precision(catalog, name.lower(), first, None)
    if known is None:
        accepted = ", ".join(catalog.precisions)
        raise QueryError([Problem(where, f"must be one of {accepted} (found {name!r})")])
    return known


def _pairs(option: str, values: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for value in values:
        name, sign, content = value.partition("=")
        if not (sign and name and content):
            raise QueryError([Problem(option, f"NAME=VALUE is expected (found {value!r})")])
        found[name.strip()] = content.strip()
    return found


def _points(where: str, text: str) -> float:
    if text in TOLERANCE_PRESETS:
        return TOLERANCE_PRESETS[text]
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= 100:
        presets = ", ".join(TOLERANCE_PRESETS)
        raise QueryError([Problem(where, f"must be points above 0 and at most 100, or one of {presets} (found {text!r})")])
    return value


def _wishes(given: dict[str, Any]) -> Wishes:
    plain = [text for text in given["tolerances"] if "=" not in text] or ["standard"]
    single = _pairs("--tolerance", [text for text in given["tolerances"] if "=" in text])
    classes = _pairs("--class", given["classes"])
    for task, name in classes.items():
        if name not in get_args(ScenarioTask):
            accepted = ", ".join(get_args(ScenarioTask))
            raise QueryError([Problem(f"--class {task}", f"must be one of {accepted} (found {name!r})")])
    metrics = {
        task: (text.rpartition(",")[0], text.rpartition(",")[2]) if "," in text else (text, "")
        for task, text in _pairs("--metric", given["metrics"]).items()
    }
    return Wishes(
        _points("--tolerance", plain[-1]),
        {name: _points(f"--tolerance {name}", text) for name, text in single.items()},
        classes,
        metrics,
        declared_apart=given["candidate_format"] is not None and given["candidate_format"] != given["baseline_format"],
    )


def _answer_prior(catalog: Catalog, path: Path) -> None:
    try:
        if path.stat().st_size > MAX_PRIOR_BYTES:
            raise QueryError([Problem(path.name, f"larger than {MAX_PRIOR_BYTES // 1_000_000} MB")])
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise QueryError([Problem(str(path), f"cannot be read: {error.strerror}")]) from error
    except UnicodeDecodeError as error:
        raise QueryError([Problem(path.name, "is not UTF-8 text")]) from error
    answered = answer_file(catalog, path.name, text)
    click.echo(as_csv(answered), nl=False)
    for problem in answered.problems:
        click.echo(str(problem), err=True)
