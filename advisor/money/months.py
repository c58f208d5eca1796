"""The time axis: growth and price paths, ramps, discounting. One formula a row, the same in every month.

Months run 1..N and lie on the last axis; a leading axis, where there is one, holds draws. Month 1 is at today's
demand and today's prices.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from advisor.units import CEILING_GUARD_DIGITS, MONTHS_PER_YEAR

Array = NDArray[np.float64]
Uncertain = float | Array
"""A figure, or draws of it in a column (K, 1) that spreads over months."""

LEAST_RATE = -0.95
"""A spread moves no rate a year below this: a path towards a total loss has no values."""

_HALF_GUARD = 0.5 * 10.0**-CEILING_GUARD_DIGITS


def month_numbers(months: int) -> Array:
    """1..N."""
    return np.arange(1.0, months + 1.0)


def path(rate_per_year: Uncertain, months: int) -> Array:
    """Factor of a figure that changes by ``rate_per_year``: (1 + rate)^((m - 1) / 12)."""
    years = (month_numbers(months) - 1) / MONTHS_PER_YEAR
    if isinstance(rate_per_year, np.ndarray):
        return np.exp(np.log1p(rate_per_year) * years)
    return np.asarray((1 + rate_per_year) ** years)


def least_rate(expected: float, spread: float) -> float:
    """The low end of a rate a year, half an interval below what is expected; an expected rate lower still stays."""
    return max(expected - spread, min(expected, LEAST_RATE))


def switched(months: int, start: Uncertain, ramp_months: float) -> Array:
    """Share switched in each month: 0 until ``start``, then linear over the ramp; at once without one."""
    elapsed = month_numbers(months) - start
    if ramp_months <= 0:
        return np.asarray(elapsed > 0, dtype=float)
    return np.clip(elapsed / ramp_months, 0.0, 1.0)


def discount_factors(rate_per_year: float, months: int) -> Array:
    """1 / (1 + r)^(m / 12), flows at the end of months 1..N."""
    return np.asarray((1 + rate_per_year) ** (-month_numbers(months) / MONTHS_PER_YEAR))


def ceil_array(values: Array) -> Array:
    """The guarded ceiling of :func:`advisor.units.guarded_ceil` for arrays: float noise never buys a GPU."""
    return np.ceil(values - _HALF_GUARD)


def whole_units(gpus: Array, unit: int) -> Array:
    """GPUs rounded up to whole billed units."""
    return gpus if unit == 1 else ceil_array(gpus / unit) * unit
