"""Widgets built from the scenario's own fields: label, unit, help and bounds come from there, nowhere else.

Bounds are told in the help but not given to the widget: Streamlit would keep the old value silently when a typed
one is out of range. Every value reaches the validator, which says what is wrong.
"""

from __future__ import annotations

from typing import Any

import streamlit as st
from annotated_types import Ge, Gt, Le, Lt
from pydantic.fields import FieldInfo

from advisor.errors import Problem
from advisor.scenario import Part

PERCENT = 100.0
NUMBER_FORMAT = "%.10g"


def number(
    part: type[Part], name: str, value: float | None, *, step: float = 1.0, key: str | None = None
) -> float | int | None:
    """A number field; empty gives None. Whole numbers come back as int."""
    info = part.model_fields[name]
    shown = st.number_input(
        label_of(info),
        value=None if value is None else float(value),
        step=float(step),
        key=key,
        format=NUMBER_FORMAT,
        help=help_of(info),
        placeholder="not given",
    )
    return None if shown is None else as_number(shown)


def percent(part: type[Part], name: str, value: float | None, *, step: float = 1.0, key: str | None = None) -> float | None:
    """A fraction asked for in percent."""
    info = part.model_fields[name]
    shown = st.number_input(
        f"{info.title} (%)",
        value=None if value is None else round(value * PERCENT, 10),
        step=float(step),
        key=key,
        format=NUMBER_FORMAT,
        help=help_of(info, scale=PERCENT),
        placeholder="not given",
    )
    return None if shown is None else shown / PERCENT


def as_number(value: float) -> float | int:
    """8.0 as 8, 8.5 as it is: a whole-number field then refuses the latter in words."""
    return int(value) if float(value).is_integer() else value


def label_of(info: FieldInfo) -> str:
    """``Input tokens (tokens/request)``."""
    extra = info.json_schema_extra
    unit = extra.get("unit") if isinstance(extra, dict) else None
    return f"{info.title} ({unit})" if unit and unit != info.title else str(info.title)


def help_of(info: FieldInfo, scale: float = 1.0) -> str:
    """The field's help and its bounds in words."""
    words = {Gt: "above", Ge: "at least", Lt: "below", Le: "at most"}
    bounds = []
    for item in info.metadata:
        word = words.get(type(item))
        if word:
            limit = next(getattr(item, name) for name in ("gt", "ge", "lt", "le") if hasattr(item, name))
            bounds.append(f"{word} {float(limit) * scale:,.10g}")
    parts = [info.description or "", ("Accepted: " + ", ".join(bounds)) if bounds else ""]
    return escape(". ".join(part.rstrip(".") for part in parts if part))


def escape(text: str) -> str:
    """Text that Streamlit shows as it is: no Markdown, no HTML, no formulas, no emoji codes."""
    return "".join(f"\\{char}" if char in "\\`*_{}[]()#+-.!|<>$~:^" else char for char in text)


def show_problems(problems: tuple[Problem, ...]) -> None:
    """Every problem of a form in one box, by field; nothing typed is lost."""
    lines = "\n".join(f"- {escape(str(problem))}" for problem in problems)
    st.error(f"Please correct before going on:\n\n{lines}")


def choose(label: str, options: dict[Any, str], value: Any, *, help_text: str | None = None) -> Any:
    """A select box over ids with names."""
    keys = list(options)
    index = keys.index(value) if value in options else 0
    return st.selectbox(label, keys, index=index, format_func=lambda key: options[key], help=help_text)
