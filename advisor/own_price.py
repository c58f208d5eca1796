"""Own prices as they stand in a scenario, and which of them a GPU is priced by: quotes first, then price lists."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from advisor.resolved_names import HardwareName
from advisor.scenario_base import Part, field

MOST_OFFERS = 100
OwnBasis = Literal["on_demand", "spot", "reserved_1y", "reserved_3y"]
Kind = Literal["quote", "list"]
KIND_WORDS = {"quote": "quote sheet", "list": "price file"}


def _real_day(text: str) -> str:
    try:
        if date.fromisoformat(text).isoformat() == text:
            return text
    except ValueError:
        pass
    raise PydanticCustomError("day", "a day such as 2026-11-24 is expected", {})


Day = Annotated[str, AfterValidator(_real_day)]


class OwnOffer(Part):
    """One price from a file of the user's own, in USD per GPU-hour. The basis holds the term of a commitment.

    A ``quote`` was made to the user; a ``list`` price is what a provider's catalog asks of anyone.
    """

    hardware: HardwareName = field(label="GPU")
    usd_per_gpu_hour: float = field(label="Own price", unit="USD/GPU-hour", gt=0, le=1000)
    basis: OwnBasis = field("on_demand", label="Basis and term")
    provider: str = field(label="Provider", min_length=1, max_length=80)
    as_of: Day = field(label="As of", unit="date", max_length=10)
    kind: Kind = field("quote", label="Quote or list price")
    detail: str | None = field(None, label="Machine and region", max_length=120)
    file: str | None = field(None, label="Read from", help="Never put into a link.", max_length=120)

    @property
    def origin(self) -> str:
        """``your quote sheet quotes.xlsx (Acme)``."""
        name = f" {self.file}" if self.file else ""
        return f"your {KIND_WORDS[self.kind]}{name} ({self.provider})"


def own_offers(
    offers: Iterable[OwnOffer], hardware: str, basis: str, provider: str | None = None, as_of: str | None = None
) -> tuple[OwnOffer, ...]:
    """The own prices that apply to a GPU: one a provider, its newest, of that date the cheapest; the cheapest first.

    Quotes keep list prices out. A provider or a day that the scenario names narrows them, as it does dated offers.
    """
    fitting = [
        offer
        for offer in offers
        if offer.hardware == hardware
        and offer.basis == basis
        and (provider is None or offer.provider == provider)
        and (as_of is None or offer.as_of <= as_of)
    ]
    quotes = [offer for offer in fitting if offer.kind == "quote"]
    best: dict[str, OwnOffer] = {}
    for offer in sorted(quotes or fitting, key=_by_price):
        known = best.get(offer.provider)
        if known is None or offer.as_of > known.as_of:
            best[offer.provider] = offer
    return tuple(sorted(best.values(), key=_by_price))


def _by_price(offer: OwnOffer) -> tuple[float, str, str, str]:
    return (offer.usd_per_gpu_hour, offer.provider, offer.as_of, offer.detail or "")


def other_bases_held(offers: Iterable[OwnOffer], hardware: str, basis: str) -> tuple[str, ...]:
    """Bases on which own prices of a GPU stand while none does on the one asked for; empty if one does."""
    held = {offer.basis for offer in offers if offer.hardware == hardware}
    return () if basis in held else tuple(sorted(held))


def basis_words(bases: Iterable[str]) -> str:
    """``on demand and reserved 1y``."""
    return " and ".join(basis.replace("_", " ") for basis in bases)
