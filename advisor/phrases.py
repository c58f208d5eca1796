"""Numbers in words, one style everywhere: ``29 %``, ``$135,000``, ``saves 7 %``, ``costs 12 % more``."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, log10

VERDICT_WORDS = {
    "migrate_now": "move now",
    "migrate_at_contract_end": "move when the contract ends",
    "migrate_phased": "move in phases",
    "tune_in_place": "stay on these GPUs and tune",
    "stay": "stay",
    "buy_tokens": "buy tokens",
    "no_feasible_option": "nothing fits",
}
"""Verdict codes in words, for sentences."""

SIGNIFICANT_DIGITS = 3


def usd(amount: float) -> str:
    """Money to three significant digits: ``$135,000``."""
    if amount == 0:
        return "$0"
    if amount < 0:
        return f"-{usd(-amount)}"
    digits = SIGNIFICANT_DIGITS - 1 - floor(log10(amount))
    return f"${round(amount, digits):,.{max(digits, 0)}f}"


def percent(fraction: float) -> str:
    """A fraction in whole percent: ``29 %``; never ``-0 %``."""
    return f"{round(fraction * 100) + 0:d} %"


def saves(fraction: float) -> str:
    """A saving in words: ``saves 7 %`` or ``costs 12 % more``."""
    return f"saves {percent(fraction)}" if fraction >= 0 else f"costs {percent(-fraction)} more"


def would_save(fraction: float) -> str:
    """A saving in words, conditional: ``would save 7 %`` or ``would cost 12 % more``."""
    return f"would save {percent(fraction)}" if fraction >= 0 else f"would cost {percent(-fraction)} more"


def joined(values: Sequence[str]) -> str:
    """One value of each workload in their order, ``40 / 30``; a single one where all are alike."""
    return values[0] if len(set(values)) == 1 else " / ".join(values)
