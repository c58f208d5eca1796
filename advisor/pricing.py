"""What a GPU-hour costs: the user's own figure, a named book, or the median of dated offers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from advisor.catalog import Catalog
from advisor.catalog.records import Offer, PriceBook
from advisor.errors import Problem, ScenarioError
from advisor.money.terms import owner_rate_usd_per_gpu_hour, power_usd_per_gpu_month
from advisor.own_price import KIND_WORDS, OwnOffer, own_offers
from advisor.scenario import CandidatePrice, Current, Finance, Owned
from advisor.units import HOURS_PER_MONTH, MONTHS_PER_YEAR

YOUR_QUOTE = "your quote"
YOUR_BILL = "your bill"
YOUR_HARDWARE = "your own hardware"


@dataclass(frozen=True)
class Price:
    """A price in USD per GPU-hour with what a reader needs to judge it.

    ``as_of`` is the date of the newest offer used, ``oldest`` of the oldest; both None for figures the user typed.
    ``own`` holds the prices of the user's files that entered, the cheapest first.
    """

    usd_per_gpu_hour: float
    provider: str
    basis: str
    as_of: str | None
    source: tuple[str, ...]
    rule: str
    low: float | None = None
    high: float | None = None
    oldest: str | None = None
    offers: tuple[Offer, ...] = ()
    book: PriceBook | None = None
    own: tuple[OwnOffer, ...] = ()

    @property
    def origin(self) -> str:
        """Who says so, and when: ``your quote sheet quotes.xlsx (Acme), 2026-11-02``."""
        return f"{self.provider}, {self.as_of}" if self.as_of else self.provider

    @property
    def spread_usd_per_gpu_hour(self) -> tuple[float, ...]:
        """Prices it could have been, of which it is the middle; empty for what is firm: quotes, bills, books."""
        listed = self.own if all(offer.kind == "list" for offer in self.own) else ()
        return tuple(offer.usd_per_gpu_hour for offer in self.offers or listed)


def months_between(earlier: str, later: str) -> int:
    """Whole calendar months from one date to another; a missing month counts as January."""

    def month_number(date: str) -> int:
        parts = date.split("-")
        return int(parts[0]) * MONTHS_PER_YEAR + (int(parts[1]) if len(parts) > 1 else 1)

    return month_number(later) - month_number(earlier)


def current_price(catalog: Catalog, current: Current, finance: Finance) -> Price:
    """Today's price, from the bill as typed, or the owner's cost of own hardware.

    Raises:
        ScenarioError: own hardware whose power cannot be priced.
    """
    typed = current.price
    if typed is None:
        assert current.owned is not None  # the scenario holds one of the two
        return owner_price(catalog, current.hardware, current.owned, finance, "current.owned.kw_per_gpu")
    if typed.usd_per_gpu_hour is not None:
        rate, rule = typed.usd_per_gpu_hour, "as entered"
    else:
        assert typed.usd_per_month is not None  # the scenario holds exactly one of the two
        rate = typed.usd_per_month / (current.gpus * HOURS_PER_MONTH)
        rule = f"{typed.usd_per_month:,.0f} USD a month / ({current.gpus} GPUs x {HOURS_PER_MONTH:g} h)"
    return Price(rate, YOUR_BILL, typed.basis, None, (), rule)


def owner_price(catalog: Catalog, hardware: str, owned: Owned, finance: Finance, kw_field: str) -> Price:
    """Owner's cost of own hardware: depreciation, power, hosting. Raises ScenarioError where power cannot be priced."""
    book = catalog.default_power_book
    all_in = book.kw_per_gpu.get(hardware)
    power = power_usd_per_gpu_month(owned, finance, all_in)
    if power is None:
        missing = "finance.usd_per_kwh" if finance.usd_per_kwh is None else kw_field
        raise ScenarioError([Problem(missing, f"is needed to price the power of own {catalog.hardware[hardware].name}")])
    rate = owner_rate_usd_per_gpu_hour(owned, power)
    kw = f"{owned.kw_per_gpu:g} kW x PUE {finance.pue:g}" if owned.kw_per_gpu is not None else f"{all_in:g} kW all-in"
    rule = (
        f"({owned.capex_usd_per_gpu:,.0f} USD less {owned.residual_fraction:.0%}) over {owned.life_months} months, "
        f"{kw} at {finance.usd_per_kwh:g} USD/kWh, hosting {owned.hosting_usd_per_gpu_month:,.0f} USD a month"
    )
    source = () if owned.kw_per_gpu is not None else (book.source,)
    return Price(rate, YOUR_HARDWARE, "owner_cost", None, source, rule)


def candidate_price(catalog: Catalog, hardware: str, wanted: CandidatePrice) -> Price | None:
    """The price of a candidate GPU, or None where nobody offers it on that basis.

    A quote as typed wins and is applied exactly so; then prices of own files on the wanted basis; then the named
    book; else the default rule on the wanted basis.
    """
    if hardware in wanted.overrides:
        return Price(wanted.overrides[hardware], YOUR_QUOTE, "quote", None, (), "as entered")
    own = own_price(hardware, wanted)
    if own is not None:
        return own
    if wanted.book is not None:
        return book_price(catalog.price_books[wanted.book], hardware)
    return offer_price(catalog, hardware, wanted.basis, wanted.provider, wanted.as_of)


def own_price(hardware: str, wanted: CandidatePrice) -> Price | None:
    """The price of a GPU by the user's own files on the wanted basis, or None where they hold none.

    Of quotes the lowest, since each can be accepted; of price lists the median over providers, as for dated offers.
    """
    found = own_offers(wanted.offers, hardware, wanted.basis, wanted.provider, wanted.as_of)
    if not found:
        return None
    prices = [offer.usd_per_gpu_hour for offer in found]
    dates = sorted(offer.as_of for offer in found)
    if found[0].kind == "quote":
        lowest = found[0]
        rule = "as quoted" if len(found) == 1 else f"the lowest of {len(found)} quotes, up to {prices[-1]:,.2f}"
        return Price(prices[0], lowest.origin, wanted.basis, lowest.as_of, (), rule, oldest=lowest.as_of, own=found)
    name = found[0].origin
    if len(found) > 1:
        name = f"median of {len(found)} providers in your {KIND_WORDS['list']}s"
    rule = "newest price per provider in your own files; the median"
    return Price(median(prices), name, wanted.basis, dates[-1], (), rule, prices[0], prices[-1], dates[0], own=found)


def has_own_quote(hardware: str, wanted: CandidatePrice) -> bool:
    """Whether someone quoted a price for a GPU, typed or in an own file: list prices are no quote."""
    own = own_price(hardware, wanted)
    return hardware in wanted.overrides or (own is not None and own.own[0].kind == "quote")


def book_price(book: PriceBook, hardware: str) -> Price | None:
    """A GPU's price in a named book, or None where the book does not hold it."""
    rate = book.usd_per_gpu_hour.get(hardware)
    if rate is None:
        return None
    return Price(rate, book.title, book.basis, book.effective_from, (book.source,), f"price book {book.id}", book=book)


def offer_price(
    catalog: Catalog, hardware: str, basis: str, provider: str | None = None, as_of: str | None = None
) -> Price | None:
    """The default price (design.md, formula 12), or None without a usable offer.

    Median over providers of each provider's newest offer; at most ``price_max_age_months`` before the catalog's
    date, confidence not low. Where a provider lists several on that date (regions, machine types), its lowest.
    A provider that is named brings its low-confidence offers too; a date takes the offers known by then.
    """
    newest = newest_by_provider(
        offer
        for offer in known_offers(catalog, hardware, basis, as_of)
        if (offer.confidence != "low" if provider is None else offer.provider == provider)
    )
    if not newest:
        return None
    prices = [offer.usd_per_gpu_hour for offer in newest]
    dates = sorted(offer.as_of for offer in newest)
    count = len(newest)
    name = newest[0].provider if count == 1 else f"median of {count} providers"
    known = "" if as_of is None else f" as known on {as_of}"
    rule = f"newest offer per provider{known}, at most 12 months old, confidence not low; the median"
    if provider is not None:
        rule = f"newest offer of {provider}{known}, at most 12 months old"
    sources = tuple(dict.fromkeys(offer.source for offer in newest))
    return Price(median(prices), name, basis, dates[-1], sources, rule, min(prices), max(prices), dates[0], newest)


def known_offers(catalog: Catalog, hardware: str, basis: str, as_of: str | None = None) -> tuple[Offer, ...]:
    """Offers of a GPU on a basis that were known on a date and at most ``price_max_age_months`` old then."""
    day = as_of or catalog.as_of
    oldest = catalog.assume("price_max_age_months")
    return tuple(
        offer
        for offer in catalog.offers_by_hardware.get(hardware, ())
        if offer.basis == basis and offer.as_of <= day[: len(offer.as_of)] and months_between(offer.as_of, day) <= oldest
    )


def newest_by_provider(offers: Iterable[Offer]) -> tuple[Offer, ...]:
    """One offer a provider: of the newest date the cheapest; by provider name, whatever the input's order."""
    best: dict[str, Offer] = {}
    for offer in offers:
        known = best.get(offer.provider)
        if known is None or _preference(offer) < _preference(known):
            best[offer.provider] = offer
    return tuple(best[provider] for provider in sorted(best))


def _preference(offer: Offer) -> tuple[int, float, str]:
    date = int(offer.as_of.replace("-", "").ljust(8, "0"))
    return (-date, offer.usd_per_gpu_hour, offer.id)


def other_bases(catalog: Catalog, from_hardware: str, to_hardware: str) -> tuple[tuple[Price, Price], ...]:
    """The two GPUs' prices in every book that holds both and was not withdrawn: the same move at other prices."""
    pairs = []
    for book in (book for book in catalog.price_books.values() if not book.withdrawn):
        one, other = book_price(book, from_hardware), book_price(book, to_hardware)
        if one is not None and other is not None:
            pairs.append((one, other))
    return tuple(pairs)
