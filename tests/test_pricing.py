"""Prices: the default rule on hand-made offers, own quotes as typed, books."""

from dataclasses import replace

import pytest

from advisor.catalog.records import Offer
from advisor.pricing import candidate_price, current_price, months_between, newest_by_provider, offer_price, other_bases
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


def test_monthly_bill_becomes_an_hourly_rate(make):
    scenario = make(current={"price": {"usd_per_month": 146000.0}, "gpus": 100})
    assert current_price(scenario.current).usd_per_gpu_hour == pytest.approx(2.0)


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
