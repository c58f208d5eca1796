"""Software age: how far the engines of today may have moved from those that were measured."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from advisor.catalog.records import SoftwareAging
from advisor.units import MONTHS_PER_YEAR

UNDATED = "undated"
Z80 = 1.2815515655446004
"""Standard deviations from the middle to either end of an 80 % interval."""


@dataclass(frozen=True)
class SoftwareAge:
    """Age of the software behind a figure, in months before the day it is used; ``words`` say it to a person.

    ``dated`` is False where the middle of the span of undated runs stands in.
    """

    months: float
    dated: bool
    words: str


def months_of(date: str) -> float:
    """Months since year 0 of a day, a month (its middle) or a year (its middle)."""
    parts = [int(part) for part in date.split("-")]
    if len(parts) == 1:
        return parts[0] * MONTHS_PER_YEAR + MONTHS_PER_YEAR / 2
    day = (parts[2] - 1) / 31 if len(parts) > 2 else 0.5
    return parts[0] * MONTHS_PER_YEAR + parts[1] - 1 + day


def software_age(run_dates: Iterable[str | None], as_of: str, fit: SoftwareAging) -> SoftwareAge:
    """Age of the oldest software among runs; any run without a date makes the figure undated.

    Args:
        run_dates: days or months of the runs, None (or "undated") for those without.
        as_of: the day the figure is used, usually the catalog's.
        fit: between which days undated runs were made.
    """
    dates = list(run_dates)
    now = months_of(as_of)
    if not dates or any(date is None or date == UNDATED for date in dates):
        start, end = months_of(fit.undated_from), months_of(fit.undated_to)
        words = f"undated: software of {fit.undated_from[:7]} to {fit.undated_to[:7]}"
        return SoftwareAge(max(0.0, now - (start + end) / 2), False, words)
    oldest = min((date for date in dates if date), key=months_of)
    return SoftwareAge(max(0.0, now - months_of(oldest)), True, f"software of {oldest[:7]}")


def age_deviation(months: float, fit: SoftwareAging) -> float:
    """Standard deviation of log throughput that software of this age adds; 0 at age 0, never falling with age."""
    return fit.deviation_per_sqrt_year * math.sqrt(max(0.0, months) / MONTHS_PER_YEAR)


def widened(low: float, middle: float, high: float, deviation: float) -> tuple[float, float]:
    """An 80 % interval widened by an independent deviation of the log; the middle stays where it was.

    Half widths add in squares, so a sharp reading of old software is about as wide as its age alone.
    """
    extra = Z80 * deviation
    below = math.hypot(math.log(middle / low), extra)
    above = math.hypot(math.log(high / middle), extra)
    return middle * math.exp(-below), middle * math.exp(above)
