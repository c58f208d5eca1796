"""Reading values that harnesses write loosely: numbers as text, "N/A", arguments as text or mapping."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from typing import Any

from advisor.errors import Problem, QueryError


def number(value: Any) -> float | None:
    """A finite number, also when it stands as text; None for "N/A", NaN, booleans and everything else."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        found = float(value)
    except (TypeError, ValueError):
        return None
    return found if math.isfinite(found) else None


def count(value: Any) -> int | None:
    """A positive whole number, or None."""
    found = number(value)
    return int(found) if found is not None and found >= 1 and found == int(found) else None


def text(value: Any) -> str | None:
    """A value as comparable text: 3, 3.0 and "3" are the same; None stays None; mappings in one order."""
    if value is None or value == "":
        return None
    as_number = number(value)
    if as_number is not None:
        return f"{as_number:g}"
    if isinstance(value, str):
        return value
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)


def mapping(value: Any) -> Mapping[str, Any]:
    """A mapping, or an empty one for anything else."""
    return value if isinstance(value, Mapping) else {}


def arguments(value: Any) -> dict[str, str]:
    """Arguments of a model: a mapping, or ``k=v,k=v`` as older versions write."""
    if isinstance(value, str):
        pairs = (part.partition("=") for part in value.split(","))
        return {key.strip(): content.strip() for key, sign, content in pairs if sign}
    return {str(key): content for key, raw in mapping(value).items() if (content := text(raw)) is not None}


def digest(content: str) -> str:
    """A short hash of text that is compared but not kept: prompts, answers, configurations."""
    return hashlib.blake2s(content.encode("utf-8", "surrogatepass"), digest_size=10).hexdigest()


def refuse(where: str, message: str) -> QueryError:
    """One problem as the error to raise."""
    return QueryError([Problem(where, message)])


def parse_json(name: str, content: str) -> Any:
    """JSON text, or a refusal that says where it breaks off.

    Raises:
        QueryError: the text is no JSON, or is cut off.
    """
    try:
        return json.loads(content)
    except RecursionError as error:
        raise refuse(name, "is nested too deeply to be a result file") from error
    except json.JSONDecodeError as error:
        cut = error.pos >= len(content.rstrip()) or "Unterminated" in error.msg
        hint = "it looks cut off: copy the file again" if cut else error.msg
        message = f"is no complete JSON, line {error.lineno}, column {error.colno}: {hint}"
        raise refuse(name, message) from error
