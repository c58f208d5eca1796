"""A workbook back into a scenario: inputs are read by their field, and what was tampered with is named by its cell."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from typing import Any

import openpyxl

from advisor.catalog import Catalog
from advisor.decision import Decision
from advisor.errors import Problem, ScenarioError
from advisor.report.workbook.fields import (
    SEPARATOR,
    FieldPath,
    Kind,
    describe,
    element_kind,
    parse_path,
    part_fields,
    path_text,
)
from advisor.report.workbook.inputs import CASE, COLUMNS, FIELD, FIRST_ROW, HEADER_ROW, HIGH, LABEL, LOW, SHEET, VALUE
from advisor.report.workbook.page import column
from advisor.report.workbook.prices import BELOW, P_ID, P_NAME, P_QUOTE, PRICES, PRICES_FIRST
from advisor.scenario import Scenario
from advisor.scenario_io import build_scenario

MAX_BYTES, MAX_UNPACKED_BYTES = 10_000_000, 100_000_000
MOST_ROWS = 5000
COVER = "Cover"
Cells = list[tuple[Any, ...]]


@dataclass(frozen=True)
class FileFigures:
    """What the Cover of a workbook says: figure by label, as delivered and as it stands (None: not calculated)."""

    delivered: dict[str, Any]
    live: dict[str, Any]


def is_workbook(content: bytes) -> bool:
    """Whether bytes look like an .xlsx file."""
    return content[:4] == b"PK\x03\x04"


def read_workbook(content: bytes, catalog: Catalog, where: str = "workbook") -> tuple[Scenario, FileFigures]:
    """The scenario a workbook of ours holds, and its own figures.

    Raises:
        ScenarioError: it is no workbook of ours, or inputs cannot be used; each is named by its cell.
    """
    inputs, prices, cover = _sheets(content, where)
    header = inputs[HEADER_ROW][: len(COLUMNS)] if len(inputs) > HEADER_ROW else ()
    if tuple(str(cell or "") for cell in header) != COLUMNS:
        raise ScenarioError([Problem(f"{SHEET}!A{HEADER_ROW + 1}", f"the headers {', '.join(COLUMNS)} are expected")])
    problems: list[Problem] = []
    found: dict[FieldPath, tuple[str, Any]] = {}
    for number, row in enumerate(inputs[FIRST_ROW:], start=FIRST_ROW):
        _read_row(number, row, found, problems)
    problems += _missing(found)
    overrides = _quotes(prices, problems)
    if problems:
        raise ScenarioError(problems)
    data = _nested({path: value for path, (_, value) in found.items()})
    if overrides:
        data.setdefault("candidates", {}).setdefault("price", {})["overrides"] = overrides
    try:
        return build_scenario(data, catalog), _figures(cover)
    except ScenarioError as error:
        cells = {path_text(path): cell for path, (cell, _) in found.items()}
        raise ScenarioError(
            Problem(f"{cells[p.where]} ({p.where})" if p.where in cells else p.where, p.message) for p in error.problems
        ) from error


def _sheets(content: bytes, where: str) -> tuple[Cells, Cells, Cells]:
    """Cells of Inputs, Prices and the Cover."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if len(content) > MAX_BYTES or sum(item.file_size for item in archive.infolist()) > MAX_UNPACKED_BYTES:
                raise ScenarioError([Problem(where, "is larger than any workbook of ours")])
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        missing = [title for title in (SHEET, PRICES, COVER) if title not in book.sheetnames]
        if missing:
            raise ScenarioError([Problem(where, f"is no workbook of this advisor: the sheet {missing[0]} is missing")])
        one, two, three = (
            [tuple(row) for row in book[title].iter_rows(max_row=MOST_ROWS, values_only=True)]
            for title in (SHEET, PRICES, COVER)
        )
        return one, two, three
    except ScenarioError:
        raise
    except Exception as error:
        raise ScenarioError([Problem(where, f"cannot be read as an XLSX workbook: {type(error).__name__}")]) from error


def _read_row(number: int, row: tuple[Any, ...], found: dict[FieldPath, tuple[str, Any]], problems: list[Problem]) -> None:
    cells = (*row, *(None,) * len(COLUMNS))[: len(COLUMNS)]
    name = cells[FIELD]
    if not isinstance(name, str) or not name:
        return
    address = f"{SHEET}!{column(VALUE)}{number + 1}"
    try:
        path = parse_path(name)
        known = describe(path)
    except ValueError:
        known = None
    if known is None:
        problems.append(Problem(f"{SHEET}!{column(FIELD)}{number + 1}", f"{name!r} is no field of a scenario"))
        return
    label, _, kind = known
    if cells[LABEL] != label:
        words = f"the label of {name} is {cells[LABEL]!r}, {label!r} is expected: rows must not be renamed or moved apart"
        problems.append(Problem(f"{SHEET}!{column(LABEL)}{number + 1}", words))
    case = cells[CASE]
    if case not in (None, "base", "low", "high"):
        problems.append(Problem(f"{SHEET}!{column(CASE)}{number + 1}", f"base, low or high is expected (found {case!r})"))
    col = {"low": LOW, "high": HIGH}.get(case, VALUE)
    address = f"{SHEET}!{column(col)}{number + 1}"
    if path in found:
        problems.append(Problem(address, f"{name} stands twice, first in {found[path][0]}"))
        return
    value, wrong = _value(cells[col], kind, path)
    if wrong:
        problems.append(Problem(f"{address} ({label})", f"{wrong} (found {cells[col]!r})"))
    found[path] = (address, value)


def _value(raw: Any, kind: Kind, path: FieldPath) -> tuple[Any, str]:
    """A cell's value as the field takes it, or what was expected."""
    if raw is None or raw == "":
        return None, ""
    if kind in ("number", "whole"):
        if isinstance(raw, bool) or not isinstance(raw, int | float):
            return None, "a number is expected" if kind == "number" else "a whole number is expected"
        if kind == "whole":
            return (int(raw), "") if float(raw).is_integer() else (None, "a whole number is expected")
        return float(raw), ""
    if kind == "yes/no":
        if isinstance(raw, bool):
            return raw, ""
        return (raw == "yes", "") if raw in ("yes", "no") else (None, "yes or no is expected")
    if kind == "list":
        parts = [part.strip() for part in str(raw).split(SEPARATOR.strip()) if part.strip()]
        if element_kind(path) != "number":
            return tuple(parts), ""
        try:
            return tuple(float(part) for part in parts), ""
        except ValueError:
            return None, "numbers, separated by commas, are expected"
    return str(raw), ""


def _missing(found: dict[FieldPath, tuple[str, Any]]) -> list[Problem]:
    """Fields whose row was deleted: every field of a part that has any row in the file."""
    problems, places = [], {path: cell for path, (cell, _) in found.items()}
    parts = {path[:-1] for path in found if isinstance(path[-1], str)} | {(), ("current",), ("finance",), ("migration",)}
    for part in sorted(parts, key=str):
        for name in part_fields(part):
            path = (*part, name)
            nested = any(other[: len(path)] == path for other in found)
            if describe(path) is None or path in found or nested:
                continue
            near = next((places[other] for other in found if other[:-1] == part), f"{SHEET}!A{FIRST_ROW + 1}")
            label = (describe(path) or ("", "", ""))[0]
            problems.append(
                Problem(near, f"the row of {path_text(path)} ({label}) is missing near here: rows must not be deleted")
            )
    return problems


def _quotes(prices: Cells, problems: list[Problem]) -> dict[str, float]:
    quotes = {}
    for number, row in enumerate(prices[PRICES_FIRST:], start=PRICES_FIRST):
        if row and row[P_NAME] == BELOW:
            break
        if len(row) <= P_QUOTE or not row[P_ID] or row[P_QUOTE] is None or row[P_QUOTE] == "":
            continue
        raw = row[P_QUOTE]
        if isinstance(raw, bool) or not isinstance(raw, int | float):
            problems.append(Problem(f"{PRICES}!{column(P_QUOTE)}{number + 1}", f"a number is expected (found {raw!r})"))
            continue
        quotes[str(row[P_ID])] = float(raw)
    return quotes


def _nested(values: dict[FieldPath, Any]) -> dict[str, Any]:
    """Plain data from values by path; empty fields are left out, so that the schema's own default stands."""
    tree: dict[Any, Any] = {}
    for path, value in values.items():
        if value is None:
            continue
        place = tree
        for part in path[:-1]:
            place = place.setdefault(part, {})
        place[path[-1]] = value
    data = _listed(tree)
    assert isinstance(data, dict)
    return data


def _listed(tree: Any) -> Any:
    """Mappings with numbers for keys become tuples."""
    if not isinstance(tree, dict):
        return tree
    if tree and all(isinstance(key, int) for key in tree):
        return tuple(_listed(tree[key]) for key in sorted(tree))
    return {key: _listed(value) for key, value in tree.items()}


def _figures(cover: Cells) -> FileFigures:
    delivered, live = {}, {}
    for row in cover[3:12]:
        if len(row) > 2 and isinstance(row[0], str):
            live[row[0]], delivered[row[0]] = row[1], row[2]
    return FileFigures(delivered, live)


def differences_to_file(figures: FileFigures, decision: Decision) -> tuple[str, ...]:
    """What a fresh run gives, figure by figure, where it differs from what the file says."""
    from advisor.report.workbook.cover import delivered_figures
    from advisor.report.workbook.model import Model

    lines = []
    for label, _, value, _, unit in delivered_figures(Model(decision)):
        for what, said in (("as delivered", figures.delivered.get(label)), ("in the file", figures.live.get(label))):
            if said is None or said == "see as delivered":
                continue
            same = (
                said == value
                if isinstance(value, str) or isinstance(said, str)
                else abs(said - value) <= 1e-6 * max(1.0, abs(value))
            )
            if not same:
                short = unit.partition(";")[0].partition(":")[0]  # without what the Cover explains
                lines.append(f"{label} ({short}): {_shown(said)} {what}, {_shown(value)} now")
    return tuple(lines)


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else f"{value:,.0f}"
