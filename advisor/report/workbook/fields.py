"""A scenario as rows of plain cells and back: every field by its path, with label, unit and kind from the schema."""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from advisor.scenario import Scenario
from advisor.scenario_io import plain

Kind = Literal["number", "whole", "text", "yes/no", "list"]
FieldPath = tuple[str | int, ...]
SEPARATOR = ", "
OVERRIDES: FieldPath = ("candidates", "price", "overrides")
"""Own quotes stand on the sheet Prices, beside the offers they replace."""


@dataclass(frozen=True)
class Leaf:
    """One field of a scenario: its path, label, unit, what it takes, and its value as a cell holds it (None: empty)."""

    path: FieldPath
    label: str
    unit: str
    kind: Kind
    value: float | int | str | None

    @property
    def name(self) -> str:
        """``finance.horizon_months``, as error messages name it."""
        return path_text(self.path)


def path_text(path: FieldPath) -> str:
    """``workloads[0].model``."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")


def parse_path(text: str) -> FieldPath:
    """The path behind its text; raises ValueError where it is none."""
    if not re.fullmatch(r"[\w-]+(\[\d+\])*(\.[\w-]+(\[\d+\])*)*", text):
        raise ValueError(f"{text!r} names no field")
    return tuple(int(part[1:-1]) if part[0] == "[" else part for part in re.findall(r"[\w-]+|\[\d+\]", text))


def leaves(scenario: Scenario) -> Iterator[Leaf]:
    """Every field of a scenario in the schema's order; own quotes left out."""
    yield from _walk(plain(scenario), ())


def _walk(value: Any, path: FieldPath) -> Iterator[Leaf]:
    if path == OVERRIDES:
        return
    if isinstance(value, Mapping) and value:
        for key, part in value.items():
            yield from _walk(part, (*path, key))
        return
    if isinstance(value, Mapping):
        return
    if isinstance(value, list | tuple) and value and isinstance(value[0], Mapping):
        for number, part in enumerate(value):
            yield from _walk(part, (*path, number))
        return
    found = describe(path)
    if found is None:
        return  # an empty list of records, or a part that is left out
    label, unit, kind = found
    yield Leaf(path, label, unit, kind, _as_cell(value))


def _as_cell(value: Any) -> float | int | str | None:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return SEPARATOR.join(repr(part) if isinstance(part, float) else str(part) for part in value) or None
    if value == "":
        return None
    if isinstance(value, float | int | str):
        return value
    return None


@lru_cache(maxsize=4096)
def describe(path: FieldPath) -> tuple[str, str, Kind] | None:
    """Label, unit and kind of a field; None where the path ends at a part or at no field of a scenario."""
    owner: Any = Scenario
    label = unit = ""
    for part in path:
        owner, label, unit = _step(owner, part, label, unit)
        if owner is None:
            return None
    kind = _kind(owner)
    return None if kind is None else (label or str(path[-1]).replace("_", " "), unit, kind)


def _step(owner: Any, part: str | int, label: str, unit: str) -> tuple[Any, str, str]:
    """The annotation one step down a path, with the label and unit found so far."""
    for one in _branches(owner):
        if isinstance(part, int):
            if typing.get_origin(one) is tuple:
                return typing.get_args(one)[0], label, unit
        elif typing.get_origin(one) is dict:
            return typing.get_args(one)[1], label, unit
        elif isinstance(one, type) and issubclass(one, BaseModel):
            for name, info in one.model_fields.items():
                if part in (name, info.alias) and part == (info.alias or name):
                    extra = info.json_schema_extra
                    found = str(extra.get("unit", "")) if isinstance(extra, dict) else ""
                    annotation = info.annotation
                    return annotation, info.title or str(part).replace("_", " ").capitalize(), found
    return None, label, unit


def _annotation(path: FieldPath) -> Any:
    """The annotation a path leads to; None where it leads to nothing."""
    owner: Any = Scenario
    for part in path:
        owner, _, _ = _step(owner, part, "", "")
    return owner


def _field(path: FieldPath) -> FieldInfo | None:
    """The schema's record of the field a path ends at."""
    for one in _branches(_annotation(path[:-1])):
        if isinstance(one, type) and issubclass(one, BaseModel):
            for name, info in one.model_fields.items():
                if path[-1] == (info.alias or name):
                    return info
    return None


def _branches(annotation: Any) -> list[Any]:
    """What an annotation may be, without None and without what validates it."""
    if typing.get_origin(annotation) is typing.Annotated:
        return _branches(typing.get_args(annotation)[0])
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        return [branch for part in typing.get_args(annotation) if part is not type(None) for branch in _branches(part)]
    return [annotation]


def _kind(annotation: Any) -> Kind | None:
    kinds: dict[Any, Kind] = {bool: "yes/no", int: "whole", float: "number", str: "text"}
    for one in _branches(annotation):
        if one in kinds:
            return kinds[one]
        if typing.get_origin(one) is Literal:
            return "whole" if isinstance(typing.get_args(one)[0], int) else "text"
        if typing.get_origin(one) is tuple and not _holds_records(typing.get_args(one)[0]):
            return "list"
    return None


def _holds_records(annotation: Any) -> bool:
    return any(isinstance(one, type) and issubclass(one, BaseModel) for one in _branches(annotation))


def choices(path: FieldPath) -> tuple[str, ...]:
    """The words a text field takes where it takes only some; empty for any."""
    for one in _branches(_annotation(path)):
        if one is bool:
            return ("yes", "no")
        if typing.get_origin(one) is Literal:
            return tuple(str(word) for word in typing.get_args(one))
    return ()


def element_kind(path: FieldPath) -> Kind | None:
    """Kind of the entries of a list field."""
    for one in _branches(_annotation(path)):
        if typing.get_origin(one) is tuple:
            return _kind(typing.get_args(one)[0])
    return None


def bounds(path: FieldPath) -> tuple[float | None, float | None]:
    """Smallest and largest value a number field takes, as far as the schema sets them (open ends included)."""
    if len(path) < 1 or not isinstance(path[-1], str):
        return None, None
    info = _field(path)
    return (None, None) if info is None else (_limit(info.metadata, "ge", "gt"), _limit(info.metadata, "le", "lt"))


def _limit(metadata: list[Any], *names: str) -> float | None:
    for name in names:
        for rule in metadata:
            found = getattr(rule, name, None)
            if found is not None:
                return float(found)
    return None


def help_of(path: FieldPath) -> str:
    """The schema's help for a field, empty where it has none."""
    info = _field(path)
    return "" if info is None else info.description or ""


def part_fields(part: FieldPath) -> tuple[str, ...]:
    """Names of the fields of a part of the scenario, as files spell them; none where the path leads to no part."""
    for one in _branches(_annotation(part)):
        if isinstance(one, type) and issubclass(one, BaseModel):
            return tuple(info.alias or name for name, info in one.model_fields.items())
    return ()
