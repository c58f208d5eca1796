"""Prices: the default rule on hand-made offers, own quotes as typed, books."""

from dataclasses import replace

import pytest

from advisor.catalog.records import Offer
from advisor.errors import ScenarioError
from advisor.price_warnings import price_warnings
from advisor.pricing import (
    book_price,
    candidate_price,
    current_price,
    months_between,
    newest_by_provider,
    offer_price,
    other_bases,
)
from advisor.scenario import CandidatePrice


def offer(identifier, provider, usd, as_of="2026-05-01", basis="on_demand", confidence="high"):
    return Offer(
        id=identifier,
        provider=provider,
        hardware="h200",
        usd_per_gpu_hour=usd,
        basis=basis,
        as_of=as_of,
        confidence=confidence,
        source="advisor-formats",
    )


OFFERS = (
    offer("a-old", "a", 9.0, "2026-01-01"),
    offer("a-new", "a", 3.0, "2026-05-01"),
    offer("b-east", "b", 4.4),
    offer("b-west", "b", 4.0),
    offer("c", "c", 7.0, "2026-03"),
    offer("too-old", "d", 1.0, "2025-10-31"),
    offer("low", "e", 1.0, confidence="low"),
    offer("spot", "f", 1.0, basis="spot"),
)


def test_default_rule_by_hand(catalog):
    """a 3.00 (its newest), b 4.00 (its cheapest that day), c 7.00; d is over a year old, e low, f spot."""
    price = offer_price(replace(catalog, offers=OFFERS), "h200", "on_demand")
    assert price.usd_per_gpu_hour == 4.0
    assert (price.low, price.high, len(price.offers)) == (3.0, 7.0, 3)
    assert (price.oldest, price.as_of) == ("2026-03", "2026-05-01")


def test_order_of_offers_does_not_matter():
    assert newest_by_provider(OFFERS) == newest_by_provider(OFFERS[::-1])


def test_no_offer_is_no_price(catalog):
    assert offer_price(catalog, "rtx4090", "on_demand") is None
    assert offer_price(catalog, "b200", "reserved_1y") is None


def test_owner_cost_never_enters_a_default(catalog):
    for gpu in catalog.hardware:
        price = offer_price(catalog, gpu, "on_demand")
        assert price is None or all(o.basis == "on_demand" for o in price.offers)


def test_own_quote_wins_and_is_applied_as_typed(catalog):
    wanted = CandidatePrice(book="inferencex-2026-03", overrides={"b200": 5.4321})
    assert candidate_price(catalog, "b200", wanted).usd_per_gpu_hour == 5.4321
    assert candidate_price(catalog, "h200", wanted).usd_per_gpu_hour == 1.41
    assert candidate_price(catalog, "l40s", wanted) is None


def test_monthly_bill_becomes_an_hourly_rate(catalog, make):
    scenario = make(current={"price": {"usd_per_month": 146000.0}, "gpus": 100})
    assert current_price(catalog, scenario.current, scenario.finance).usd_per_gpu_hour == pytest.approx(2.0)


def test_an_owners_cost_by_hand(catalog, make):
    """(30,000 less 10 %) over 60 months = 450; 0.7 kW x 1.3 x 730 h x 0.10 = 66.43; hosting 50: 566.43 / 730 an hour."""
    owned = {"capex_usd_per_gpu": 30000.0, "residual_fraction": 0.1, "kw_per_gpu": 0.7, "hosting_usd_per_gpu_month": 50.0}
    scenario = make(current={"price": None, "owned": owned}, finance={"usd_per_kwh": 0.10})
    price = current_price(catalog, scenario.current, scenario.finance)
    assert price.usd_per_gpu_hour == pytest.approx(566.43 / 730)
    assert price.basis == "owner_cost"


def test_own_hardware_needs_a_price_of_power(catalog, make):
    scenario = make(current={"price": None, "owned": {"capex_usd_per_gpu": 30000.0}})
    with pytest.raises(ScenarioError, match=r"finance\.usd_per_kwh"):
        current_price(catalog, scenario.current, scenario.finance)


def test_a_named_provider_and_a_date(catalog):
    """Spheron's H200, as known on two days of March 2026: 1.56, then 4.54."""
    first = candidate_price(catalog, "h200", CandidatePrice(provider="spheron", as_of="2026-03-15"))
    later = candidate_price(catalog, "h200", CandidatePrice(provider="spheron", as_of="2026-03-17"))
    assert (first.usd_per_gpu_hour, later.usd_per_gpu_hour) == (1.56, 4.54)
    assert candidate_price(catalog, "h200", CandidatePrice(provider="nobody")) is None


def test_the_outlier_is_named_and_ordinary_prices_are_not(catalog):
    book = catalog.price_books["spheron-2026-03-15"]
    odd = price_warnings(catalog, "h200", book_price(book, "h200"))
    assert "outlier" in {warning.code for warning in odd}
    ordinary = price_warnings(catalog, "h200", offer_price(catalog, "h200", "on_demand"))
    assert "outlier" not in {warning.code for warning in ordinary}
    quote = candidate_price(catalog, "b200", CandidatePrice(overrides={"b200": 55.0}))
    assert [warning.code for warning in price_warnings(catalog, "b200", quote)] == ["outlier"]


@pytest.mark.parametrize(
    ("earlier", "later", "months"), [("2025-11-22", "2026-11-22", 12), ("2025-08", "2026-11-22", 15), ("2026", "2026-02", 1)]
)
def test_months_between(earlier, later, months):
    assert months_between(earlier, later) == months


def test_other_bases_hold_both_gpus(catalog):
    books = {one.book.id for one, _ in other_bases(catalog, "h200", "b200")}
    assert {"inferencex-2026-03", "spheron-2026-03-15", "spheron-2026-03-17"} <= books
    assert "spheron-2026-03-15-spot" not in books
    assert "inferencex-2026-07-31-rental-3y" not in books, "withdrawn by its publisher"
