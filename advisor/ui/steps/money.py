"""Step 4: candidate prices, what the buyer would accept, one-off costs and horizon."""

from __future__ import annotations

from typing import Any

import streamlit as st

from advisor.pricing import offer_price
from advisor.scenario import (
    Allow,
    Candidates,
    Finance,
    Migration,
    Preferences,
    PriceChange,
    Scenario,
    Sizing,
)
from advisor.ui.fields import Sheet
from advisor.ui.mount import catalog
from advisor.ui.steps.today import BASES, BILLING

OFFERS = "offers"
VENDORS = {"nvidia": "NVIDIA", "amd": "AMD"}
QUOTED_GPUS = 4
PATH = "candidates."


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
            placeholder="none: dated offers are used",
        )
    price = _ask_price(scenario, sheet, quoted, names)
    allow, billing, max_kw, engines = _ask_limits(scenario, sheet)
    candidates = {
        "hardware": tuple(hardware),
        "engines": tuple(engines),
        "price": price,
        "billing": billing,
        "allow": allow,
        "max_kw": max_kw,
    }
    return {
        "candidates": candidates,
        "migration": _ask_migration(scenario.migration, sheet),
        "finance": _ask_finance(scenario.finance, sheet),
        "sizing": _ask_sizing(scenario.sizing, sheet),
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
    return {"basis": basis, "book": None if book == OFFERS else book, "overrides": given}


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
    answers: dict[str, Any] = {}
    with st.expander("One-off costs and time to move"):
        steps = {"engineering_weeks": 1, "usd_per_engineering_week": 500, "revalidation_usd": 1000}
        steps |= {"parallel_months": 1, "ramp_months": 1, "lead_time_months": 1}
        columns = st.columns(3)
        for place, (name, step) in enumerate(steps.items()):
            with columns[place % len(columns)]:
                answers[name] = sheet.number(Migration, name, f"migration.{name}", getattr(migration, name), step=step)
        name = "contingency_fraction"
        answers[name] = sheet.percent(Migration, name, f"migration.{name}", migration.contingency_fraction)
    return answers


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
    with st.expander("When is a change worth it"):
        least = sheet.percent(Preferences, name, f"preferences.{name}", preferences.minimum_saving_fraction)
    return {name: least}
