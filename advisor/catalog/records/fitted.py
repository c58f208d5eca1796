"""Fitted numbers of the evidence engine, versioned with the points they were fitted to."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from advisor.catalog.records.base import Fraction, Identifier, PartialDate, Positive, Record


class StepEfficiencies(Record):
    """Step-time model: efficiencies against datasheet peaks, overheads in seconds, tokens a step under MTP."""

    source_fields: ClassVar[tuple[str, ...]] = ()

    bandwidth_efficiency: Fraction
    arithmetic_efficiency: Fraction
    layer_overhead_s: Positive
    overhead_per_log2_gpus: Positive
    mtp_tokens_per_step: float = Field(ge=1)
    scheduling_s_per_user: Positive


class Likeness(Record):
    """How much two cells tell about each other: what share of the spread survives a difference, and length scales.

    Spreads and offsets are standard deviations of log interactivity; lengths are in logs of tokens or users per GPU.
    """

    source_fields: ClassVar[tuple[str, ...]] = ()

    spread: Positive
    model: Fraction
    family: Fraction
    hardware: Fraction
    precision: Fraction
    plain_decoding: Fraction
    mtp: Fraction
    disaggregated: Fraction
    single_node: Fraction
    log_size_length: Positive
    log_users_length: Positive
    model_offset: Positive
    shared_offset: Positive
    cell_spread: Positive
    cell_length: Positive
    variant_spread: Positive
    variant_length: Positive
    noise: Positive


class IntervalFactor(Record):
    """By how much a predicted standard deviation is widened so that the interval covers 80 % of held-out cells."""

    source_fields: ClassVar[tuple[str, ...]] = ()

    transferred: Positive
    modelled: Positive


class RelativesFit(Record):
    """One fit of the transfer between cells."""

    id: Identifier
    fitted_on: PartialDate
    source: Identifier
    step: StepEfficiencies
    likeness: Likeness
    interval_factor: IntervalFactor
