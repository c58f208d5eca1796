"""Whether a price deserves trust: its age, how many offers stand behind it, and where it lies among dated offers."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log
from statistics import quantiles
from typing import Literal

from advisor.catalog import Catalog
from advisor.own_price import basis_words, other_bases_held
from advisor.pricing import Price, known_offers, months_between
from advisor.scenario import CandidatePrice

OFFERS_FOR_FENCES = 4
"""Quartiles of fewer offers say nothing about an outlier."""


@dataclass(frozen=True)
class PriceWarning:
    """One doubt about a price, in words, with its code."""

    hardware: str
    code: Literal["old", "few_offers", "outlier", "owner_cost", "own_basis"]
    message: str


@dataclass(frozen=True)
class Fences:
    """Tukey's fences of dated offers on a log scale, USD per GPU-hour, with how many offers and their dates."""

    low: float
    high: float
    offers: int
    oldest: str
    newest: str


def price_warnings(catalog: Catalog, hardware: str, price: Price | None) -> tuple[PriceWarning, ...]:
    """Why a price deserves less trust. A price as entered is compared with offers like any other."""
    if price is None:
        return ()
    name = catalog.hardware[hardware].name
    found = []
    if price.as_of is not None:
        age = months_between(price.oldest or price.as_of, catalog.as_of)
        if age > catalog.assume("price_stale_months"):
            found.append(
                PriceWarning(hardware, "old", f"offers up to {age} months old enter ({price.oldest or price.as_of})")
            )
        if price.offers and len(price.offers) < catalog.assume("price_few_offers"):
            found.append(PriceWarning(hardware, "few_offers", f"only {len(price.offers)} offer(s) known for {name}"))
    if price.basis == "owner_cost":
        found.append(PriceWarning(hardware, "owner_cost", "an owner's cost, which nobody offers"))
        return tuple(found)
    fences = offer_fences(catalog, hardware, price)
    if fences is not None and not fences.low <= price.usd_per_gpu_hour <= fences.high:
        side = "below" if price.usd_per_gpu_hour < fences.low else "above"
        found.append(
            PriceWarning(
                hardware,
                "outlier",
                f"{price.usd_per_gpu_hour:.2f} USD/GPU-hour for {name} lies {side} what {fences.offers} offers of "
                f"{fences.oldest} to {fences.newest} make plausible ({fences.low:.2f} to {fences.high:.2f})",
            )
        )
    return tuple(found)


def own_basis_warnings(
    catalog: Catalog, hardware: str, price: Price | None, wanted: CandidatePrice
) -> tuple[PriceWarning, ...]:
    """A GPU priced by books or dated offers although an own file prices it, on another basis than the one asked for."""
    held = other_bases_held(wanted.offers, hardware, wanted.basis)
    if price is None or not held or not (price.offers or price.book):
        return ()
    message = (
        f"your own prices for {catalog.hardware[hardware].name} are {basis_words(held)}, the scenario asks for "
        f"{basis_words([wanted.basis])}: {price.provider} is used instead"
    )
    return (PriceWarning(hardware, "own_basis", message),)


def offer_fences(catalog: Catalog, hardware: str, price: Price) -> Fences | None:
    """The plausible range of a GPU's price: quartiles of offers on its basis, widened by the assumed multiple.

    Spot prices are compared with spot offers, all others with on-demand offers; reserved prices, which are lower by
    nature and hardly published, only from above.
    """
    spot = price.basis == "spot"
    offers = [o for o in known_offers(catalog, hardware, "spot" if spot else "on_demand") if o.confidence != "low"]
    if len(offers) < OFFERS_FOR_FENCES:
        return None
    logs = [log(offer.usd_per_gpu_hour) for offer in offers]
    first, _, third = quantiles(logs, n=4, method="inclusive")
    reach = catalog.assume("price_outlier_iqr") * (third - first)
    dates = sorted(offer.as_of for offer in offers)
    low = 0.0 if price.basis.startswith("reserved") else exp(first - reach)
    return Fences(low, exp(third + reach), len(offers), dates[0], dates[-1])
