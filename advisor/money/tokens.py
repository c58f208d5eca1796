"""Buying tokens instead: what dated API prices would cost on the same input and output mix.

Compared with what a fleet costs *reserved*: all of it, used or not (a token of a fleet that idles is not cheaper).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from advisor.catalog import Catalog
from advisor.catalog.records import ApiPrice
from advisor.scenario import Workload
from advisor.sizing import Load
from advisor.units import SECONDS_PER_MONTH, TOKENS_PER_MTOK


@dataclass(frozen=True)
class TokenOffer:
    """One provider's price on the scenario's mix: USD a month and per million total tokens, in all and by workload."""

    provider: str
    offered_as: tuple[str, ...]
    usd_per_month: float
    usd_per_mtok_total: float
    usd_per_mtok_by_workload: tuple[float, ...]
    as_of: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class TokenLine:
    """Buying all tokens from a provider: every one that lists all models of the scenario, and their middle.

    ``by_workload`` is the middle's monthly cost at today's demand, workload by workload. ``reason`` says why there
    is no line; ``offers`` is then empty and the figures are None.
    """

    offers: tuple[TokenOffer, ...]
    usd_per_month: float | None
    usd_per_mtok_total: float | None
    by_workload: tuple[float, ...]
    reason: str

    @property
    def lowest(self) -> TokenOffer:
        """The cheapest offer."""
        return self.offers[0]

    @property
    def highest(self) -> TokenOffer:
        """The dearest offer."""
        return self.offers[-1]


def mtok_per_month(load: Load) -> float:
    """Million tokens of a month of 730 h, input and output, at the mean rate."""
    return load.mean_tok_s * SECONDS_PER_MONTH / TOKENS_PER_MTOK


def usd_per_mtok_on_mix(price: ApiPrice, workload: Workload) -> float:
    """USD per million total tokens on a workload's mix, cached input at its own price where one is stated."""
    cached = workload.prefix_cache_hit_fraction
    cached_price = price.cache_read_usd_per_mtok or price.input_usd_per_mtok
    per_input = price.input_usd_per_mtok * (1 - cached) + cached_price * cached
    total = workload.input_tokens + workload.output_tokens
    return (workload.input_tokens * per_input + workload.output_tokens * price.output_usd_per_mtok) / total


def token_line(catalog: Catalog, workloads: Sequence[Workload], loads: Sequence[Load]) -> TokenLine:
    """What the scenario's tokens would cost from API providers.

    A provider enters once, with its cheapest price for each model; it must list every model. The line is the median
    over providers.
    """
    tables = [_cheapest_by_provider(catalog, workload) for workload in workloads]
    common = sorted(set.intersection(*(set(table) for table in tables)))
    if not common:
        missing = [w for w, table in zip(workloads, tables, strict=True) if not table]
        names = ", ".join(catalog.models[w.model_id].name if w.model_id else "a custom model" for w in missing)
        what = f"no API price of {names} is in the catalog" if missing else "no provider lists every model of the scenario"
        return TokenLine((), None, None, (), what)
    volumes = [mtok_per_month(load) for load in loads]
    offers = []
    for provider in common:
        prices = [table[provider] for table in tables]
        rates = tuple(usd_per_mtok_on_mix(price, workload) for price, workload in zip(prices, workloads, strict=True))
        cost = sum(volume * rate for volume, rate in zip(volumes, rates, strict=True))
        offers.append(
            TokenOffer(
                provider,
                tuple(price.offered_as for price in prices),
                cost,
                cost / sum(volumes),
                rates,
                min(price.as_of for price in prices),
                tuple(dict.fromkeys(price.source for price in prices)),
            )
        )
    offers.sort(key=lambda offer: (offer.usd_per_month, offer.provider))
    middle = median(offer.usd_per_month for offer in offers)
    rough = [
        v * median(usd_per_mtok_on_mix(t[p], w) for p in common) for v, t, w in zip(volumes, tables, workloads, strict=True)
    ]
    scale = middle / sum(rough)
    return TokenLine(tuple(offers), middle, middle / sum(volumes), tuple(usd * scale for usd in rough), "")


def _cheapest_by_provider(catalog: Catalog, workload: Workload) -> dict[str, ApiPrice]:
    """Each provider's newest price of a workload's model; of several on that date the cheapest on its mix."""
    best: dict[str, ApiPrice] = {}
    for price in sorted(catalog.api_prices, key=lambda p: p.id):
        if price.model != workload.model_id:
            continue
        known = best.get(price.provider)
        if known is None or _preference(price, workload) < _preference(known, workload):
            best[price.provider] = price
    return best


def _preference(price: ApiPrice, workload: Workload) -> tuple[int, float, str]:
    date = int(price.as_of.replace("-", "").ljust(8, "0"))
    return (-date, usd_per_mtok_on_mix(price, workload), price.id)
