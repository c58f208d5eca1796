"""Fitted numbers of latency: interval factors of time to first token, tails of TPOT, software age."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from advisor.catalog.records.base import Decoding, Identifier, PartialDate, Positive, PositiveInt, Record


class TailRatio(Record):
    """How much slower the slowest 1 % of requests stream than the median: log(P99 TPOT / median TPOT).

    ``low`` and ``high`` hold the middle 80 % of runs. ``long_prompts``: four input tokens or more per output token.
    """

    source_fields: ClassVar[tuple[str, ...]] = ()

    decoding: Decoding
    long_prompts: bool
    low: float = Field(ge=0)
    middle: float = Field(ge=0)
    high: float = Field(ge=0)
    runs: PositiveInt


class SoftwareAging(Record):
    """By how much software moved the throughput of one configuration.

    ``deviation_per_sqrt_year`` is the standard deviation of log throughput that one year adds; changes of different
    months add up as a random walk. ``drift_per_year`` is the mean change, in logs. ``undated_from`` and ``undated_to``
    are the days between which runs without a date of their own were made.
    """

    source_fields: ClassVar[tuple[str, ...]] = ()

    deviation_per_sqrt_year: Positive
    drift_per_year: float
    dated_pairs: PositiveInt
    mlperf_pairs: PositiveInt
    undated_from: PartialDate
    undated_to: PartialDate


class LatencyFit(Record):
    """One fit of latencies. The trees of time to first token stand in ``evidence/ttft.npz``."""

    source_fields: ClassVar[tuple[str, ...]] = ("sources",)

    id: Identifier
    fitted_on: PartialDate
    sources: tuple[str, ...] = Field(min_length=1)
    ttft_uncovered_factor: float = Field(ge=1)
    ttft_cached_widening: float = Field(ge=0)
    tails: tuple[TailRatio, ...] = Field(min_length=1)
    aging: SoftwareAging
