"""Step 4: candidate prices, what the buyer would accept, one-off costs and horizon."""

from __future__ import annotations

from typing import Any

import streamlit as st

from advisor.pricing import offer_price
from advisor.scenario import (
    Allow,
    CandidatePrice,
    Candidates,
    Finance,
    Migration,
    Preferences,
    PriceChange,
    Scenario,
    Sizing,
    Uncertainty,
    Weights,
)
from advisor.ui.fields import Sheet, as_number, help_of
from advisor.ui.mount import catalog
from advisor.ui.steps.prices import ask_prices
from advisor.ui.steps.today import BASES, BILLING

OFFERS = "offers"
VENDORS = {"nvidia": "NVIDIA", "amd": "AMD"}
QUOTED_GPUS = 4
PATH = "candidates."
TOKENS = {"unsaid": "Not decided", "yes": "May be advised", "no": "Never"}
WEIGHT_WORDS = {
    "cost": "Cost",
    "latency": "Speed to spare",
    "quality": "Quality",
    "evidence": "Evidence",
    "readiness": "Readiness",
    "energy": "Energy",
}
UNCERTAIN_PERCENT = (
    "growth_spread_fraction",
    "price_change_spread_fraction",
    "quality_unproven_fails_fraction",
    "quality_unknown_fails_fraction",
)


def ask(scenario: Scenario, sheet: Sheet) -> dict[str, Any]:
    """Draw the step; its answers as changes to candidates, migration, finance, sizing and preferences."""
    wanted = scenario.candidates
    names = {gpu.id: gpu.name for gpu in catalog().hardware.values()}
    left, right = st.columns(2)
    with left:
        hardware = sheet.several(
            PATH + "hardware",
            "GPUs to consider",
            names,
            wanted.hardware,
            placeholder="all of the catalog",
            help_text="GPUs named here are listed even where nothing was measured, as estimates.",
        )
    with right:
        quoted = sheet.several(
            PATH + "price.overrides",
            "GPUs you have a quote for",
            names,
            list(wanted.price.overrides),
            placeholder="none: your files and dated offers" if wanted.price.offers else "none: dated offers are used",
        )
    price = _ask_price(scenario, sheet, quoted, names)
    ask_prices(scenario)
    allow, billing, max_kw, engines = _ask_limits(scenario, sheet)
    candidates = {
        **_ask_budget(wanted, sheet),
        "hardware": tuple(hardware),
        "engines": tuple(engines),
        "price": price,
        "billing": billing,
        "allow": {**allow, "api_tokens": _ask_tokens(wanted.allow, sheet)},
        "max_kw": max_kw,
    }
    return {
        "candidates": candidates,
        "migration": _ask_migration(scenario.migration, sheet),
        "finance": _ask_finance(scenario.finance, sheet),
        "sizing": _ask_sizing(scenario.sizing, sheet),
        "uncertainty": _ask_uncertainty(scenario.uncertainty, sheet),
        "preferences": _ask_preferences(scenario.preferences, sheet),
    }


def _ask_price(scenario: Scenario, sheet: Sheet, quoted: list[str], names: dict[str, str]) -> dict[str, Any]:
    records, wanted = catalog(), scenario.candidates.price
    quotes: dict[str, Any] = {}
    if quoted:
        columns = st.columns(min(len(quoted), QUOTED_GPUS))
        for place, gpu in enumerate(quoted):
            with columns[place % len(columns)]:
                offer = offer_price(records, gpu, "on_demand")
                start = wanted.overrides.get(gpu) or (round(offer.usd_per_gpu_hour, 2) if offer else None)
                help_text = f"Dated offers: {offer.provider}, {offer.as_of}" if offer else "Nobody offers it on demand"
                label = f"Quote for {names[gpu]} (USD/GPU-hour)"
                path = f"{PATH}price.overrides.{gpu}"
                quotes[gpu] = sheet.plain_number(label, path, start, step=0.1, help_text=help_text)
    one, two = st.columns(2)
    with one:
        books = {OFFERS: "Median of dated offers", **{book.id: book.title for book in records.price_books.values()}}
        book = sheet.choose(PATH + "price.book", "Other prices from", books, wanted.book or OFFERS)
    with two:
        basis = sheet.choose(PATH + "price.basis", "Offers on this basis", BASES, wanted.basis)
    given = {gpu: value for gpu, value in quotes.items() if value is not None}
    with st.expander("Offers of one provider, or as they were on a day"):
        one, two = st.columns(2)
        with one:
            provider = sheet.text(CandidatePrice, "provider", PATH + "price.provider", wanted.provider)
        with two:
            as_of = sheet.text(CandidatePrice, "as_of", PATH + "price.as_of", wanted.as_of)
    book_id = None if book == OFFERS else book
    held = tuple(offer.model_dump() for offer in wanted.offers)
    return {"basis": basis, "book": book_id, "overrides": given, "provider": provider, "as_of": as_of, "offers": held}


def _ask_budget(wanted: Candidates, sheet: Sheet) -> dict[str, Any]:
    steps = {"max_usd_per_month": 5000, "max_one_off_usd": 10000, "serve_within_months": 1, "spot_overhead_fraction": 5}
    with st.expander("Budget and deadline"):
        return sheet.numbers(Candidates, wanted, PATH, steps, columns=4)


def _ask_tokens(allow: Allow, sheet: Sheet) -> bool | None:
    """Whether a provider's tokens may be advised: the answer, or none yet."""
    info = Allow.model_fields["api_tokens"]
    given = {None: "unsaid", True: "yes", False: "no"}[allow.api_tokens]
    path = PATH + "allow.api_tokens"
    chosen = sheet.radio(path, str(info.title), TOKENS, given, help_text=info.description)
    return {"unsaid": None, "yes": True, "no": False}[chosen]


def _ask_limits(scenario: Scenario, sheet: Sheet) -> tuple[dict[str, Any], str, Any, list[str]]:
    wanted = scenario.candidates
    one, two, three, four = st.columns(4)
    with one:
        vendors = sheet.several(PATH + "allow.vendors", "Vendors", VENDORS, wanted.allow.vendors, placeholder="at least one")
    with two:
        billing = sheet.choose(PATH + "billing", "Billed by", BILLING, wanted.billing)
    with three:
        max_kw = sheet.number(Candidates, "max_kw", PATH + "max_kw", wanted.max_kw)
    with four:
        engine_names = {name: name for name in catalog().engine_names.ids}
        engines = sheet.several(PATH + "engines", "Engines", engine_names, wanted.engines, placeholder="any")
    one, two = st.columns(2)
    with one:
        spot = sheet.tick(Allow, "spot", PATH + "allow.spot", wanted.allow.spot)
    with two:
        disaggregated = sheet.tick(Allow, "disaggregated", PATH + "allow.disaggregated", wanted.allow.disaggregated)
    sheet.alias("candidates", PATH + "allow.spot")
    return {"disaggregated": disaggregated, "vendors": tuple(vendors), "spot": spot}, billing, max_kw, engines


def _ask_migration(migration: Migration, sheet: Sheet) -> dict[str, Any]:
    with st.expander("One-off costs and time to move"):
        steps = {"engineering_weeks": 1, "usd_per_engineering_week": 500, "revalidation_usd": 1000}
        steps |= {"parallel_months": 1, "ramp_months": 1, "lead_time_months": 1, "buy_tokens_weeks": 1}
        steps["contingency_fraction"] = 5
        return sheet.numbers(Migration, migration, "migration.", steps)


def _ask_finance(finance: Finance, sheet: Sheet) -> dict[str, Any]:
    with st.expander("Horizon, discounting, price changes and electricity"):
        one, two, three = st.columns(3)
        path, change = "finance.", finance.price_change_per_year
        with one:
            horizon = sheet.number(Finance, "horizon_months", path + "horizon_months", finance.horizon_months)
            current = sheet.percent(PriceChange, "current", path + "price_change_per_year.current", change.current)
        with two:
            name = "discount_rate_per_year"
            rate = sheet.percent(Finance, name, path + name, finance.discount_rate_per_year)
            candidate = sheet.percent(PriceChange, "candidate", path + "price_change_per_year.candidate", change.candidate)
        with three:
            kwh = sheet.number(Finance, "usd_per_kwh", path + "usd_per_kwh", finance.usd_per_kwh, step=0.01)
            pue = sheet.number(Finance, "pue", path + "pue", finance.pue, step=0.05)
        st.caption("Price changes are signed, a year, for today's GPUs and for candidates.")
    changes = {"current": current, "candidate": candidate}
    return {
        "horizon_months": horizon,
        "discount_rate_per_year": rate,
        "price_change_per_year": changes,
        "usd_per_kwh": kwh,
        "pue": pue,
    }


def _ask_sizing(sizing: Sizing, sheet: Sheet) -> dict[str, Any]:
    with st.expander("Spare capacity"):
        one, two = st.columns(2)
        with one:
            headroom = sheet.percent(Sizing, "headroom_fraction", "sizing.headroom_fraction", sizing.headroom_fraction)
        with two:
            spare = sheet.number(Sizing, "spare_replicas", "sizing.spare_replicas", sizing.spare_replicas)
    return {"headroom_fraction": headroom, "spare_replicas": spare}


def _ask_preferences(preferences: Preferences, sheet: Sheet) -> dict[str, Any]:
    name = "minimum_saving_fraction"
    with st.expander("When is a change worth it, and what counts"):
        least = sheet.percent(Preferences, name, f"preferences.{name}", preferences.minimum_saving_fraction)
        st.caption("Weights among options that pass, from 0 to 1; only their proportions count.")
        weights: dict[str, Any] = {}
        for column, (name_of, label) in zip(st.columns(len(WEIGHT_WORDS)), WEIGHT_WORDS.items(), strict=True):
            with column:
                path, value = f"preferences.weights.{name_of}", getattr(preferences.weights, name_of)
                help_text = help_of(Weights.model_fields[name_of])
                weights[name_of] = as_number(sheet.plain_number(label, path, value, step=0.05, help_text=help_text))
        sheet.slot("preferences.weights")
    return {name: least, "weights": weights}


def _ask_uncertainty(now: Uncertainty, sheet: Sheet) -> dict[str, Any]:
    steps = {"throughput_spread_ratio": 0.1, "price_spread_ratio": 0.1, "delay_p90_months": 0.5}
    steps |= dict.fromkeys(UNCERTAIN_PERCENT, 5) | {"seed": 1}
    with st.expander("How far inputs may be off"):
        return sheet.numbers(Uncertainty, now, "uncertainty.", steps, columns=4)
