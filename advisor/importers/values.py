"""Reading values of unknown files: numbers however they are written, paths that may not exist, statistics."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from advisor.importers.records import Latency

LONGEST = 90
"""Characters of a number that are looked at."""
LARGEST = 1e15
"""Numbers beyond this are no rate, latency or count of a serving benchmark."""


PLAIN = re.compile(r"[-+]?(?:\d{1,40}\.?\d{0,40}|\.\d{1,40})(?:[eE][-+]?\d{1,3})?", re.ASCII)
GROUPED = re.compile(r"[-+]?[1-9]\d{0,2}(?:,\d{3}){1,12}(?:\.\d{0,40})?", re.ASCII)
POINT_GROUPED = re.compile(r"[-+]?[1-9]\d{0,2}(?:\.\d{3}){1,12},\d{1,40}", re.ASCII)
COMMA = re.compile(r"[-+]?\d{1,40},\d{1,40}", re.ASCII)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def _point(text: str, decimal_comma: bool) -> str | None:
    """A number's text with a point for its fraction and nothing between its groups; None if it is no number."""
    if PLAIN.fullmatch(text):
        return text
    if GROUPED.fullmatch(text) and not (decimal_comma and COMMA.fullmatch(text)):
        return text.replace(",", "")
    if POINT_GROUPED.fullmatch(text):
        return text.replace(".", "").replace(",", ".")
    return text.replace(",", ".") if COMMA.fullmatch(text) else None


def number(value: Any, *, decimal_comma: bool = False) -> float | None:
    """A finite number from a number or text (``"1,146.31"``, ``"8.0"``, ``"3,10"``); None for anything else.

    A comma before exactly three digits groups them, unless ``decimal_comma`` says that the file writes fractions so.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        text = _point(
            re.sub(r"(?<=\d)[\s\u00a0\u202f](?=\d{3}\b)", "", value.strip().replace("$", ""))[:LONGEST], decimal_comma
        )
        if text is None:
            return None
        value = float(text)
    if not isinstance(value, int | float):
        return None
    if isinstance(value, int) and abs(value) > LARGEST:
        return None
    result = float(value)
    return result if math.isfinite(result) and abs(result) <= LARGEST else None


def positive(value: Any) -> float | None:
    """A number above zero, or None: zero stands for "not measured" in these files."""
    found = number(value)
    return found if found is not None and found > 0 else None


def count(value: Any) -> int | None:
    """A whole number of at least zero, or None."""
    found = number(value)
    return int(found) if found is not None and found >= 0 and found == int(found) else None


def text(value: Any, limit: int = 200) -> str | None:
    """Text of one line, cut to a limit; None if empty or no text."""
    if not isinstance(value, str) or not value.strip():
        return None
    return " ".join(value.split())[:limit]


def at(data: Any, path: str) -> Any:
    """The value at a dotted path of mappings (``0`` steps into a list), or None where the path ends early."""
    for step in path.split("."):
        if isinstance(data, Mapping):
            data = data.get(step)
        elif isinstance(data, list) and step.isdigit() and int(step) < len(data):
            data = data[int(step)]
        else:
            return None
    return data


def first(data: Any, *paths: str) -> Any:
    """The first of several paths that holds something."""
    for path in paths:
        value = at(data, path)
        if value is not None:
            return value
    return None


def latency(values: Mapping[str, Any], factor: float = 1.0, **names: str) -> Latency:
    """A latency from keys by statistic (``p50="median_ttft_ms"``), times a factor to reach milliseconds."""
    found = {statistic: positive(values.get(key)) for statistic, key in names.items()}
    return Latency(**{name: None if value is None else value * factor for name, value in found.items()})


def iso_date(value: Any) -> str | None:
    """``YYYY-MM-DD`` from ``20261122-021551``, an ISO date-time, or anything that starts with one of them."""
    if not isinstance(value, str):
        return None
    match = re.match(r"\s*((?:19|20)\d\d)[-/]?(0[1-9]|1[0-2])[-/]?(0[1-9]|[12]\d|3[01])(?!\d)", value)
    return f"{match[1]}-{match[2]}-{match[3]}" if match else None


def day(value: Any) -> str | None:
    """A day however a person writes it: ISO, ``02.11.2026``, ``2 Nov 2026``, ``Nov 2, 2026``, ``25/11/2026``.

    ``02/11/2026`` is read by two customs in two ways: None, so that it is asked for.
    """
    if not isinstance(value, str):
        return None
    found = iso_date(value)
    if found:
        return found
    text = value.strip().lower()[:40]
    match = re.fullmatch(r"(\d{1,2})([./-])(\d{1,2})\2(20\d\d)", text, re.ASCII)
    if match:
        one, other, year = int(match[1]), int(match[3]), match[4]
        if match[2] != "." and one <= 12 and other <= 12 and one != other:
            return None
        first_is_day = match[2] == "." or one > 12 or one == other
        return iso_date(f"{year}-{other:02d}-{one:02d}" if first_is_day else f"{year}-{one:02d}-{other:02d}")
    named = re.fullmatch(r"(?:(\d{1,2})[. -]+)?([a-z]{3})[a-z]*[. -]+(?:(\d{1,2}),? +)?(20\d\d)", text, re.ASCII)
    if named and named[2] in MONTHS and (named[1] or named[3]):
        return iso_date(f"{named[4]}-{MONTHS.index(named[2]) + 1:02d}-{int(named[1] or named[3]):02d}")
    return None
