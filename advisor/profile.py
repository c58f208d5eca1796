"""The profile of a day from a CSV of one's own: hours of a day, or a log with timestamps, as 24 means."""

from __future__ import annotations

import csv
import io
from datetime import datetime

from advisor.errors import Problem, QueryError

HOURS = 24
MAX_ROWS = 1_000_000


def profile_of_day(text: str, where: str = "profile") -> tuple[float, ...]:
    """Mean load of each hour of the day, midnight first.

    Args:
        text: CSV with a header and two columns: an hour (0-23) or an ISO timestamp, and a load in any unit.
        where: name of the file, for messages.

    Raises:
        QueryError: a row that cannot be read, a negative load, an hour without a row; the first few are named.
    """
    try:
        rows = [row for row in csv.reader(io.StringIO(text.lstrip("\ufeff")), strict=True) if any(row)]
    except csv.Error as error:
        raise QueryError([Problem(where, f"is no CSV text: {error}")]) from error
    if len(rows) < 2 or len(rows) > MAX_ROWS:
        raise QueryError([Problem(where, f"a header and 1 to {MAX_ROWS:,} rows are expected (found {len(rows)} lines)")])
    sums, counts = [0.0] * HOURS, [0] * HOURS
    problems: list[Problem] = []
    for number, row in enumerate(rows[1:], start=2):
        hour, load = _hour(row[0]), _load(row[1] if len(row) > 1 else "")
        if hour is None:
            problems.append(
                Problem(f"{where}: row {number}", f"an hour from 0 to 23 or a timestamp is expected (found {row[0]!r})")
            )
        elif load is None:
            found = row[1] if len(row) > 1 else ""
            problems.append(Problem(f"{where}: row {number}", f"a load of 0 or more is expected (found {found!r})"))
        else:
            sums[hour] += load
            counts[hour] += 1
    problems += [Problem(where, f"no row for hour {hour}") for hour in range(HOURS) if not problems and counts[hour] == 0]
    if problems:
        raise QueryError(problems[:10])
    profile = tuple(total / count for total, count in zip(sums, counts, strict=True))
    if not sum(profile) > 0:
        raise QueryError([Problem(where, "every load is 0")])
    return profile


def _hour(text: str) -> int | None:
    text = text.strip()
    if text.isdigit():
        hour = int(text)
        return hour if hour < HOURS else None
    try:
        return datetime.fromisoformat(text).hour
    except ValueError:
        return None


def _load(text: str) -> float | None:
    try:
        load = float(text)
    except ValueError:
        return None
    return load if 0 <= load < float("inf") else None
