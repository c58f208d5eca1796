"""Unit conversions and the one guarded ceiling that engine and workbook share."""

from __future__ import annotations

import math

HOURS_PER_MONTH = 730.0
"""8,760 hours a year over 12 months, the convention of cloud price lists."""

MONTHS_PER_YEAR = 12
SECONDS_PER_MINUTE = 60.0
SECONDS_PER_HOUR = 3600.0
SECONDS_PER_DAY = 86400.0
SECONDS_PER_MONTH = HOURS_PER_MONTH * SECONDS_PER_HOUR
TOKENS_PER_MTOK = 1e6
MS_PER_S = 1000.0
KW_PER_MW = 1000.0
WATT_PER_KW = 1000.0
BYTES_PER_GB = 1e9
BITS_PER_BYTE = 8.0

CEILING_GUARD_DIGITS = 9
"""Decimals kept before rounding up, so that float noise never buys a GPU."""


GPU_NOISE = 10.0**-CEILING_GUARD_DIGITS
"""A count of GPUs this close to 0 is float noise: it is neither bought nor left unused."""


def guarded_ceil(value: float) -> int:
    """Round up after dropping float noise: ``ceil(round(x, 9))``.

    Spreadsheets write the same as ``ROUNDUP(ROUND(x,9),0)``, so both sides count the same GPUs.
    """
    return math.ceil(round(value, CEILING_GUARD_DIGITS))


def round_half_up(value: float) -> int:
    """Round to the nearest integer, halves up, as the published comparison pages do."""
    return math.floor(value + 0.5)
