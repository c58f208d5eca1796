"""Dated offers, price books and power books."""

from __future__ import annotations

from advisor.catalog.records.base import Confidence, Identifier, PartialDate, Positive, PositiveInt, PriceBasis, Record


class Offer(Record):
    """A price seen at a provider on a date, in USD per GPU-hour."""

    id: Identifier
    provider: str
    hardware: Identifier
    usd_per_gpu_hour: Positive
    basis: PriceBasis
    as_of: PartialDate
    region: str | None = None
    gpus_per_machine: PositiveInt | None = None
    form_factor: str | None = None
    machine_type: str | None = None
    confidence: Confidence
    note: str | None = None
    source: Identifier
    source_detail: str | None = None


class PriceBook(Record):
    """A named, dated set of prices on one basis; ``kw_book`` is the power vintage published with it.

    A ``withdrawn`` book was called wrong by its publisher: it can be asked for by name, and is used nowhere else.
    """

    id: Identifier
    title: str
    basis: PriceBasis
    effective_from: PartialDate
    effective_to: PartialDate | None
    kw_book: Identifier | None
    source: Identifier
    note: str | None = None
    withdrawn: bool = False
    usd_per_gpu_hour: dict[str, float]


class PowerBook(Record):
    """All-in kW per GPU (host, network and cooling included), by vintage."""

    id: Identifier
    title: str
    effective_from: PartialDate
    effective_to: PartialDate | None
    source: Identifier
    kw_per_gpu: dict[str, float]


class ApiPrice(Record):
    """What a provider asks for tokens of a model, USD per million; ``offered_as`` is the provider's name for it.

    ``cache_read_usd_per_mtok`` is None where no price for cached input is stated: such input costs the full price.
    """

    id: Identifier
    provider: str
    model: Identifier
    offered_as: str
    input_usd_per_mtok: Positive
    output_usd_per_mtok: Positive
    cache_read_usd_per_mtok: Positive | None = None
    as_of: PartialDate
    source: Identifier
    source_detail: str | None = None
