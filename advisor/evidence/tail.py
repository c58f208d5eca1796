"""Targets at a percentile: what the median must be so that the slowest requests still stream at the rate asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist, quantiles

import numpy as np

from advisor.catalog.records import LatencyFit
from advisor.evidence.reading import Grade

MEDIAN = 50
TAIL = 99
LONG_PROMPT_RATIO = 4
"""Prompts of at least this many times the answer interrupt decoding more: their tails are counted apart."""
LEAST_RUNS = 3
"""With fewer runs of the cell itself the usual ratio of all runs is used."""


@dataclass(frozen=True)
class Tail:
    """TPOT at a percentile over median TPOT; ``low`` and ``high`` hold the middle 80 % of runs.

    ``grade``: *measured* where runs of the same cell and decoding carry P99 TPOT, *transferred* where the usual ratio of
    other cells stands in.
    """

    percentile: int
    ratio: float
    low: float
    high: float
    grade: Grade
    runs: int

    def median_target(self, interactivity_tok_s_per_user: float) -> float:
        """Median interactivity at which the percentile still streams at the rate asked, tok/s/user."""
        return interactivity_tok_s_per_user * self.ratio

    def words(self, interactivity_tok_s_per_user: float) -> str:
        """The conversion in a sentence."""
        whose = "this cell's" if self.grade == "measured" else "other cells'"
        return (
            f"{interactivity_tok_s_per_user:g} tok/s/user at P{self.percentile} needs "
            f"{self.median_target(interactivity_tok_s_per_user):.1f} at the median: P{self.percentile} TPOT is "
            f"{self.ratio:.2f} times the median ({self.low:.2f} to {self.high:.2f} in {self.runs:,} of {whose} runs)"
        )


def tail_of(fit: LatencyFit, cell_ratios: Sequence[float], percentile: int, *, mtp: bool, isl: int, osl: int) -> Tail | None:
    """The tail at a percentile, None at the median.

    Args:
        fit: the usual log ratios, by decoding and prompt length.
        cell_ratios: P99 TPOT over median TPOT of the cell's own runs in the decoding asked.
        percentile: 50, 90, 95 or 99.
        mtp: whether drafts are decoded.
        isl: input tokens.
        osl: output tokens.
    """
    if percentile == MEDIAN:
        return None
    share = NormalDist().inv_cdf(percentile / 100) / NormalDist().inv_cdf(TAIL / 100)
    if len(cell_ratios) >= LEAST_RUNS:
        deciles = quantiles([float(np.log(ratio)) for ratio in cell_ratios], n=10, method="inclusive")
        low, middle, high, runs = deciles[0], deciles[4], deciles[8], len(cell_ratios)
        grade: Grade = "measured"
    else:
        usual = next(
            tail
            for tail in fit.tails
            if (tail.decoding == "mtp") == mtp and tail.long_prompts == (isl >= LONG_PROMPT_RATIO * osl)
        )
        low, middle, high, runs, grade = usual.low, usual.middle, usual.high, usual.runs, "transferred"
    at, least, most = (float(np.exp(part * share)) for part in (middle, low, high))
    return Tail(percentile, at, least, most, grade, runs)
