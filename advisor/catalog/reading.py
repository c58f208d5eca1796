"""Strict readers for the catalog's files: what stands there is what is read, and every problem is reported.

YAML here has JSON's scalars only (no ``NO`` = false, no dates, no 12:30 = 750) and refuses repeated keys and aliases;
CSV cells are text until a record's own type parses them, so a region "NA" stays a region.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Hashable, Iterator
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import yaml
from pydantic import ValidationError

from advisor.catalog.records import Record
from advisor.errors import Problem

R = TypeVar("R", bound=Record)


MAY_BE_ALIAS = re.compile(r"(?:^|[\s,:?\[{-])\*\S")
"""Where a text may name an alias; a product in a comment looks like one, and is only read by the slower parser."""
MOST_NESTED = 2_000
"""Bound on a text's nesting up to which libyaml may read it: it recurses in C, where too deep a text ends the process."""


class Strictness:
    """What a loader needs to be without YAML 1.1's surprises: JSON scalars, no repeated keys, sequences as tuples."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}

    def construct_strict_mapping(self: Any, node: yaml.MappingNode) -> dict[Hashable, Any]:
        """Build a mapping, refusing a key that stands twice or is no name."""
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, "a name is expected before the colon", key.start_mark)
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        repeated = sorted(str(key) for key, count in Counter(keys).items() if count > 1)
        if repeated:
            raise yaml.constructor.ConstructorError(None, None, f"repeated key(s) {', '.join(repeated)}", node.start_mark)
        mapping: dict[Hashable, Any] = self.construct_mapping(node, deep=True)
        return mapping

    def construct_tuple(self: Any, node: yaml.SequenceNode) -> tuple[Any, ...]:
        """Sequences become tuples, so that records built from them are frozen all the way down."""
        return tuple(self.construct_sequence(node, deep=True))


class StrictLoader(Strictness, yaml.SafeLoader):
    """PyYAML's own parser: slow, safe on a text of any depth, and without aliases."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Refuse ``*name``: a few lines of them stand for more text than memory holds."""
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, f"alias *{event.anchor}: write it out", event.start_mark)
        return super().compose_node(parent, index)


class FastStrictLoader(Strictness, getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """libyaml's parser where PyYAML was built with it: ten times as fast, for shallow texts that name no alias."""


for _loader in (StrictLoader, FastStrictLoader):
    _loader.add_constructor("tag:yaml.org,2002:map", Strictness.construct_strict_mapping)
    _loader.add_constructor("tag:yaml.org,2002:seq", Strictness.construct_tuple)
    for _tag, _pattern, _first in (
        ("bool", r"^(?:true|false)$", "tf"),
        ("null", r"^(?:null|)$", ["n", ""]),
        ("int", r"^-?(?:0|[1-9]\d*)$", "-0123456789"),
        ("float", r"^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$", "-0123456789"),
        ("float", r"^[-+]?\.(?:nan|NaN|NAN|inf|Inf|INF)$", "-+."),
    ):
        _loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))


def parse_yaml(text: str) -> Any:
    """Parse YAML (or JSON, which is YAML here) strictly.

    Raises:
        yaml.YAMLError: the text is no YAML, repeats a key, names an alias, or is nested too deeply.
    """
    # Every level of nesting opens a bracket or starts further right on its line.
    nested = text.count("[") + text.count("{") + max(map(len, text.splitlines()), default=0)
    harmless = nested <= MOST_NESTED and not MAY_BE_ALIAS.search(text)
    try:
        return yaml.load(text, Loader=FastStrictLoader if harmless else StrictLoader)
    except RecursionError as error:
        raise yaml.YAMLError("the text is nested too deeply") from error


def yaml_problem(where: str, error: yaml.YAMLError) -> Problem:
    """One line for a YAML error, with its line number."""
    mark = getattr(error, "problem_mark", None)
    place = f"{where}: line {mark.line + 1}" if mark else where
    return Problem(place, str(getattr(error, "problem", None) or error))


def validation_problems(where: str, error: ValidationError) -> list[Problem]:
    """Turn pydantic's findings into ours: place, what is wrong, and the value that stands there."""
    problems = []
    for item in error.errors(include_url=False):
        field = ".".join(str(part) for part in item["loc"])
        place = f"{where}: {field}" if field else where
        shown = "" if item["type"] == "missing" else f" (found {item['input']!r})"
        problems.append(Problem(place, f"{item['msg']}{shown}"))
    return problems


def read_yaml_records(path: Path, where: str, record: type[R], problems: list[Problem]) -> list[R]:
    """Records of a YAML file that holds a list; what cannot be read is added to ``problems``."""
    try:
        data = parse_yaml(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        problems.append(yaml_problem(where, error))
        return []
    if not isinstance(data, tuple):
        problems.append(Problem(where, "a list of records is expected"))
        return []
    records = []
    for number, entry in enumerate(data, start=1):
        label = entry.get("id", f"record {number}") if isinstance(entry, dict) else f"record {number}"
        try:
            records.append(record.model_validate(entry))
        except ValidationError as error:
            problems.extend(validation_problems(f"{where}: {label}", error))
    return records


def read_csv_records(path: Path, where: str, record: type[R], problems: list[Problem]) -> list[R]:
    """Records of a CSV file, one a row; an empty cell is None; problems name the file and the row."""
    records = []
    for row_number, cells in _csv_rows(path, where, record, problems):
        try:
            records.append(record.model_validate_strings(cells))
        except ValidationError as error:
            problems.extend(validation_problems(f"{where}: row {row_number}", error))
    return records


def _csv_rows(path: Path, where: str, record: type[R], problems: list[Problem]) -> Iterator[tuple[int, dict[str, str]]]:
    with path.open(encoding="utf-8", newline="") as handle:
        reader = csv.reader(handle, strict=True)
        header = next(reader, [])
        found = _header_problems(header, where, record)
        problems.extend(found)
        if found:
            return
        try:
            for cells in reader:
                if len(cells) != len(header):
                    problems.append(
                        Problem(f"{where}: row {reader.line_num}", f"{len(cells)} cells under {len(header)} columns")
                    )
                    continue
                yield reader.line_num, {name: cell for name, cell in zip(header, cells, strict=True) if cell}
        except csv.Error as error:
            problems.append(Problem(f"{where}: row {reader.line_num}", str(error)))


def _header_problems(header: list[str], where: str, record: type[R]) -> list[Problem]:
    fields = record.model_fields
    problems = [Problem(where, f"column {name!r} stands twice") for name, n in Counter(header).items() if n > 1]
    problems += [Problem(where, f"unknown column {name!r}") for name in header if name not in fields]
    problems += [
        Problem(where, f"column {name!r} is missing")
        for name, field in fields.items()
        if field.is_required() and name not in header
    ]
    return problems
