"""Widgets built from the scenario's own fields: label, unit, help and bounds come from there, nowhere else.

Bounds are told in the help but not given to the widget: Streamlit would keep the old value silently when a typed
one is out of range. Every value reaches the validator, and what it says stands beside the field.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, get_args, get_origin

import streamlit as st
from annotated_types import Ge, Gt, Le, Lt
from pydantic.fields import FieldInfo
from streamlit.delta_generator import DeltaGenerator

from advisor.errors import Problem
from advisor.scenario import Part
from advisor.ui.mount import key
from advisor.ui.text import escape

PERCENT = 100.0
NUMBER_FORMAT = "%.10g"
AREA_HEIGHT = 90
WORKLOAD = re.compile(r"workloads\[(\d+)\]")


@dataclass
class Sheet:
    """The fields of one step: each drawn at its draft or its value, remembered as typed, its problems beside it.

    Args:
        step: name of the step, part of every key.
        draft: fields as typed so far, by path; filled while drawing.
        generation: moves on when the scenario came from elsewhere, so that widgets show the new values.
        workload: which workload the fields are of, from 0.
        one_of_many: whether there are more, so that a problem names its own.
    """

    step: str
    draft: dict[str, Any]
    generation: int
    workload: int = 0
    one_of_many: bool = False
    _slots: dict[str, DeltaGenerator] = field(default_factory=dict)
    _said: dict[str, str] = field(default_factory=dict)

    def number(
        self, part: type[Part], name: str, path: str, value: float | None, *, step: float = 1.0
    ) -> float | int | None:
        """A number field; empty gives None. Whole numbers come back as int."""
        info = part.model_fields[name]
        return as_number(self._typed(path, label_of(info), value, step, help_of(info)))

    def percent(self, part: type[Part], name: str, path: str, value: float | None, *, step: float = 1.0) -> float | None:
        """A fraction asked for in percent."""
        info = part.model_fields[name]
        start = None if value is None else round(value * PERCENT, 10)
        shown = self._typed(path, f"{info.title} (%)", start, step, help_of(info, scale=PERCENT))
        return None if shown is None else round(shown / PERCENT, 12)

    def plain_number(self, label: str, path: str, value: float | None, *, step: float, help_text: str) -> float | None:
        """A number that is an entry of a mapping (a quote by GPU), with a label of its own."""
        return self._typed(path, label, value, step, escape(help_text))

    def text(self, part: type[Part], name: str, path: str, value: str | None) -> str | None:
        """A short text; empty gives None."""
        info = part.model_fields[name]
        place = self._key(path)
        if place not in st.session_state:
            st.session_state[place] = self.draft.get(path, value) or ""
        typed = st.text_input(label_of(info), key=place, help=help_of(info) or None, placeholder="not given")
        self._slots[path] = st.empty()
        kept: str | None = self._keep(path, typed.strip() or None)
        return kept

    def area(self, part: type[Part], name: str, path: str, value: str) -> str | None:
        """A longer text of several lines; empty gives None."""
        info = part.model_fields[name]
        place = self._key(path)
        if place not in st.session_state:
            st.session_state[place] = self.draft.get(path, value) or ""
        typed = st.text_area(label_of(info), key=place, help=help_of(info) or None, height=AREA_HEIGHT)
        self._slots[path] = st.empty()
        kept: str | None = self._keep(path, typed.strip() or None)
        return kept

    def numbers(
        self, part: type[Part], record: Part, path: str, steps: Mapping[str, float], *, columns: int = 3
    ) -> dict[str, Any]:
        """Several number fields of one record in a grid, by name; fractions are asked for in percent."""
        answers: dict[str, Any] = {}
        grid = st.columns(columns)
        for place, (name, step) in enumerate(steps.items()):
            with grid[place % columns]:
                ask = self.percent if name.endswith("_fraction") else self.number
                answers[name] = ask(part, name, f"{path}{name}", getattr(record, name), step=step)
        return answers

    def choose(self, path: str, label: str, options: Mapping[Any, str], value: Any, *, help_text: str | None = None) -> Any:
        """A select box over ids with names; a value no longer among them gives way to the first."""
        keys = list(options)
        place = self._place(path, value, keys)
        chosen = st.selectbox(label, keys, key=place, format_func=lambda option: options[option], help=_help(help_text))
        return self._keep(path, chosen)

    def radio(self, path: str, label: str, options: Mapping[Any, str], value: Any, *, help_text: str | None = None) -> Any:
        """A few choices side by side."""
        keys = list(options)
        place = self._place(path, value, keys)
        chosen = st.radio(
            label, keys, key=place, format_func=lambda option: options[option], horizontal=True, help=_help(help_text)
        )
        return self._keep(path, chosen)

    def several(
        self,
        path: str,
        label: str,
        options: Mapping[str, str],
        value: Sequence[str],
        *,
        placeholder: str,
        help_text: str = "",
    ) -> list[str]:
        """Any of several names; what is no longer among them is dropped."""
        start = [name for name in self.draft.get(path, value) if name in options]
        place = self._key(path)
        if place not in st.session_state:
            st.session_state[place] = start
        chosen: list[str] = st.multiselect(
            label,
            list(options),
            key=place,
            format_func=lambda name: options[name],
            placeholder=placeholder,
            help=_help(help_text),
        )
        kept: list[str] = self._keep(path, chosen)
        return kept

    def tick(self, part: type[Part], name: str, path: str, value: bool) -> bool:
        """Yes or no."""
        info = part.model_fields[name]
        place = self._key(path)
        if place not in st.session_state:
            st.session_state[place] = self.draft.get(path, value)
        kept: bool = self._keep(path, st.checkbox(str(info.title), key=place, help=help_of(info) or None))
        return kept

    def slider(self, part: type[Part], name: str, path: str, value: int, stops: Sequence[int]) -> int:
        """A slider over round figures; a value between them becomes a stop of its own."""
        info = part.model_fields[name]
        start = self.draft.get(path, value)
        places = sorted({*stops, start})
        place = self._key(f"{path}.slider")  # the exact field of the same path has its own
        if st.session_state.get(place) not in places:
            st.session_state[place] = start
        chosen = st.select_slider(
            label_of(info), places, key=place, format_func=lambda stop: f"{stop:,}", help=help_of(info) or None
        )
        self._slots[path] = st.empty()
        kept: int = self._keep(path, chosen)
        return kept

    def slot(self, path: str) -> None:
        """A place for problems of something that is no single widget."""
        self._slots[path] = st.empty()

    def alias(self, where: str, path: str, said: str = "") -> None:
        """A problem the validator finds at ``where`` belongs beside the field at ``path``, named ``said`` there."""
        self._slots[where] = self._slots[path]
        self._said[where] = f"{said}: " if said else ""

    def tell(self, problems: Sequence[Problem]) -> None:
        """Every problem beside its field; those of no field here in one box under the step."""
        rest, beside = [], dict[int, list[str]]()
        for problem in problems:
            slot = self._slots.get(problem.where)
            if slot is None:
                rest.append(problem)
            else:
                lines = beside.setdefault(id(slot), [])
                lines.append(escape(f"{self._owner(problem)}{self._said.get(problem.where, '')}{problem.message}"))
                slot.error("  \n".join(lines))
        if rest:
            listed = "\n".join(f"- {escape(f'{self._owner(problem)}{problem}')}" for problem in rest)
            st.error(f"Please correct before going on:\n\n{listed}")

    def _owner(self, problem: Problem) -> str:
        """``Workload 2: `` before a problem of one of several."""
        found = WORKLOAD.match(problem.where) if self.one_of_many else None
        return f"Workload {int(found[1]) + 1}: " if found else ""

    def _typed(self, path: str, label: str, value: float | None, step: float, help_text: str) -> float | None:
        start = self.draft.get(path, value)
        place = self._key(path)
        if place not in st.session_state:
            st.session_state[place] = None if start is None else float(start)
        shown = st.number_input(
            label,
            value=None,
            step=float(step),
            key=place,
            format=NUMBER_FORMAT,
            help=help_text or None,
            placeholder="not given",
        )
        self._slots[path] = st.empty()
        kept: float | None = self._keep(path, shown)
        return kept

    def _place(self, path: str, value: Any, keys: Sequence[Any]) -> str:
        place = self._key(path)
        if st.session_state.get(place, self.draft.get(path, value)) not in keys:
            st.session_state[place] = keys[0]
        elif place not in st.session_state:
            st.session_state[place] = self.draft.get(path, value)
        return place

    def _keep(self, path: str, value: Any) -> Any:
        self.draft[path] = value
        if path not in self._slots:
            self._slots[path] = st.empty()
        return value

    def _key(self, path: str) -> str:
        return key(f"{self.step}.{self.generation}.{path}")


def as_number(value: float | None) -> float | int | None:
    """8.0 as 8, 8.5 as it is: a whole-number field then refuses the latter in words."""
    if value is None:
        return None
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


def choices_of(part: type[Part], name: str) -> tuple[Any, ...]:
    """The values a field of fixed choices accepts."""
    annotation = part.model_fields[name].annotation
    if get_origin(annotation) is tuple:
        annotation = get_args(annotation)[0]
    return get_args(annotation)


def _help(text: str | None) -> str | None:
    return escape(text) if text else None
