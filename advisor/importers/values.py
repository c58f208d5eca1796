"""Reading values of unknown files: numbers however they are written, paths that may not exist, statistics."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from advisor.importers.records import Latency

LARGEST = 1e15
"""Numbers beyond this are no rate, latency or count of a serving benchmark."""


def number(value: Any) -> float | None:
    """A finite number from a number or text (``"1,146.31"``, ``"8.0"``); None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        text = value.strip().replace(",", "").replace("$", "")
        if not re.fullmatch(r"[-+]?(?:\d{1,40}\.?\d{0,40}|\.\d{1,40})(?:[eE][-+]?\d{1,3})?", text, re.ASCII):
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
