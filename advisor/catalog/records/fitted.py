"""Fitted numbers of the evidence engine, versioned with the points they were fitted to."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from advisor.catalog.records.base import Fraction, Identifier, PartialDate, Positive, Record


class StepEfficiencies(Record):
    """Step-time model: efficiencies against datasheet peaks, overheads in seconds, tokens a step under MTP.

    An efficiency holds at the reference peak and eight bits; exponents say how it changes with peak and bits.
    """

    source_fields: ClassVar[tuple[str, ...]] = ()

    bandwidth_efficiency: Fraction
    bandwidth_exponent: float = Field(gt=-1, lt=1)
    bandwidth_bits_exponent: float
    arithmetic_efficiency: Fraction
    arithmetic_exponent: float = Field(gt=-1, lt=1)
    arithmetic_bits_exponent: float
    layer_overhead_s: Positive
    overhead_per_log2_gpus: Positive
    mtp_tokens_per_step: float = Field(ge=1)
    scheduling_s_per_user: Positive


class LikenessComponent(Record):
    """One part of the physics' error that cells share: its spread, what a difference leaves of it, and how far it reaches.

    Shares are what remains of the correlation if that one thing differs; lengths are in logs of tokens or users per GPU.
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
    log_isl_length: Positive
    log_osl_length: Positive
    log_users_length: Positive


class Likeness(Record):
    """How much two cells tell about each other. Spreads and offsets are standard deviations of log interactivity.

    Different GPUs and models are the less alike the further apart their peaks and sizes lie, in logs over the lengths.
    """

    source_fields: ClassVar[tuple[str, ...]] = ()

    components: tuple[LikenessComponent, ...] = Field(min_length=1)
    bandwidth_length: Positive
    flops_length: Positive
    memory_length: Positive
    active_params_length: Positive
    total_params_length: Positive
    cached_values_length: Positive
    layers_length: Positive
    model_offset: Positive
    shared_offset: Positive
    option_offset: Positive
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
