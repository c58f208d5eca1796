"""Step 4: candidate prices, what the buyer would accept, one-off costs and horizon."""

from __future__ import annotations

from typing import Any

import streamlit as st

from advisor.pricing import offer_price
from advisor.scenario import Candidates, Finance, Migration, Scenario, Sizing
from advisor.ui.fields import choose, number, percent
from advisor.ui.state import catalog
from advisor.ui.steps.today import BASES

OFFERS = "offers"
BILLING = {"server": "Whole servers", "gpu": "Single GPUs"}
VENDORS = {"nvidia": "NVIDIA", "amd": "AMD"}
QUOTED_GPUS = 4


def ask(scenario: Scenario) -> dict[str, Any] | None:
    """Draw the step; what was submitted as changes to candidates, migration, finance and sizing, or None."""
    records, wanted = catalog(), scenario.candidates
    names = {gpu.id: gpu.name for gpu in records.hardware.values()}
    left, right = st.columns(2)
    with left:
        hardware = st.multiselect(
            "GPUs to consider", list(names), list(wanted.hardware), format_func=lambda gpu: names[gpu], placeholder="all"
        )
    with right:
        quoted = st.multiselect(
            "GPUs you have a quote for", list(names), list(wanted.price.overrides), format_func=lambda gpu: names[gpu]
        )
    with st.form("money"):
        overrides = _ask_quotes(quoted, names, wanted.price.overrides)
        one, two, three = st.columns(3)
        with one:
            books = {OFFERS: "Median of dated offers", **{book.id: book.title for book in records.price_books.values()}}
            book = choose("Other prices from", books, wanted.price.book or OFFERS)
        with two:
            basis = choose("Offers on this basis", BASES, wanted.price.basis)
        with three:
            billing = choose("Billed by", BILLING, wanted.billing)
        one, two, three = st.columns(3)
        with one:
            vendors = st.multiselect("Vendors", list(VENDORS), list(wanted.allow.vendors), format_func=lambda v: VENDORS[v])
        with two:
            disaggregated = st.checkbox("Allow disaggregated serving", value=wanted.allow.disaggregated)
        with three:
            max_kw = number(Candidates, "max_kw", wanted.max_kw)
        migration = _ask_migration(scenario.migration)
        finance, sizing = _ask_finance(scenario)
        if not st.form_submit_button("Show the result", type="primary"):
            return None
    price = {"basis": basis, "book": None if book == OFFERS else book, "overrides": overrides}
    allow = {"disaggregated": disaggregated, "vendors": tuple(vendors), "spot": basis == "spot"}
    candidates = {"hardware": tuple(hardware), "price": price, "billing": billing, "allow": allow, "max_kw": max_kw}
    return {"candidates": candidates, "migration": migration, "finance": finance, "sizing": sizing}


def _ask_quotes(quoted: list[str], names: dict[str, str], known: dict[str, float]) -> dict[str, Any]:
    quotes: dict[str, Any] = {}
    if not quoted:
        return quotes
    columns = st.columns(min(len(quoted), QUOTED_GPUS))
    for place, gpu in enumerate(quoted):
        with columns[place % len(columns)]:
            offer = offer_price(catalog(), gpu, "on_demand")
            start = known.get(gpu) or (round(offer.usd_per_gpu_hour, 2) if offer else None)
            quotes[gpu] = st.number_input(
                f"Quote for {names[gpu]} (USD/GPU-hour)", value=start, step=0.1, format="%.10g", key=f"quote_{gpu}"
            )
    return {gpu: value for gpu, value in quotes.items() if value is not None}


def _ask_migration(migration: Migration) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    with st.expander("One-off costs and time to move"):
        columns = st.columns(3)
        steps = {"engineering_weeks": 1, "usd_per_engineering_week": 500, "revalidation_usd": 1000}
        steps |= {"parallel_months": 1, "ramp_months": 1, "lead_time_months": 1}
        for place, (name, step) in enumerate(steps.items()):
            with columns[place % len(columns)]:
                answers[name] = number(Migration, name, getattr(migration, name), step=step)
        answers["contingency_fraction"] = percent(Migration, "contingency_fraction", migration.contingency_fraction)
    return answers


def _ask_finance(scenario: Scenario) -> tuple[dict[str, Any], dict[str, Any]]:
    with st.expander("Horizon, discounting and spare capacity"):
        one, two, three = st.columns(3)
        with one:
            horizon = number(Finance, "horizon_months", scenario.finance.horizon_months)
        with two:
            rate = percent(Finance, "discount_rate_per_year", scenario.finance.discount_rate_per_year)
        with three:
            headroom = percent(Sizing, "headroom_fraction", scenario.sizing.headroom_fraction)
        spare = number(Sizing, "spare_replicas", scenario.sizing.spare_replicas)
    finance = {"horizon_months": horizon, "discount_rate_per_year": rate}
    return finance, {"headroom_fraction": headroom, "spare_replicas": spare}
