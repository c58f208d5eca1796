"""A billing export in the wizard: what it says of today's fleet is shown, then taken into the Today step by a button."""

from __future__ import annotations

from typing import Any

import streamlit as st

from advisor.errors import AdvisorError
from advisor.importers.prices.spend import Spend, machine_gpus, machine_hint, spend_on, unclear_groups, with_machine_gpus
from advisor.importers.records import Bill, BillGroup, Imported
from advisor.scenario import Scenario
from advisor.scenario_io import build_scenario
from advisor.ui import state
from advisor.ui.mount import catalog, key
from advisor.ui.text import escape, table

BASES = {
    "on_demand": "On demand",
    "reserved_1y": "Reserved, one year",
    "reserved_3y": "Reserved, three years",
    "spot": "Spot",
}


def offer_bill(scenario: Scenario, item: Imported, step: str) -> None:
    """Draw one bill: its groups, which of them are today's fleet, the fields it fills, and the button that fills them."""
    bill = item.found.bill
    if bill is None:
        return
    bill = with_machine_gpus(bill, _machine_counts(item, bill, step))
    st.caption(escape(f"{item.file}: a bill of {bill.period_start} to {bill.period_end}, {bill.months:.2f} months."))
    table([_row(group, bill) for group in bill.groups], "Spend on GPUs by kind")
    also = _whose(scenario, item, bill, step)
    name = catalog().hardware[scenario.current.hardware].name
    try:
        spend = spend_on(catalog(), bill, scenario.current.hardware, also)
    except AdvisorError as error:
        st.error(
            escape(f"{error}. Today's GPU is {name}: choose another on the Today step if the bill is of another fleet.")
        )
        return
    basis = _basis(spend, item, step)
    table(_fields(scenario, spend, basis), "What the bill would fill in")
    st.caption(
        escape(
            "Effective spend, unused commitments included. Counts are averages over the bill's period: correct them on the "
            "Today step if the fleet has changed, and enter there how long a commitment still runs, which no bill says."
        )
    )
    if st.button("Fill these into today's fleet", key=key(f"{step}.bill.{item.file}"), type="primary"):
        take(spend.as_current(basis), step)


def _row(group: BillGroup, bill: Bill) -> dict[str, Any]:
    def monthly(usd: float) -> str:
        return f"{usd / bill.months:,.0f}"

    return {
        "GPU": group.hardware,
        "spend (USD/month)": monthly(group.effective_usd),
        "committed": monthly(group.committed_usd),
        "unused": monthly(group.unused_commitment_usd),
        "invoiced": monthly(group.billed_usd),
        "GPU-hours": None if group.gpu_hours is None else f"{group.gpu_hours:,.0f}",
        "USD/GPU-hour used": None if group.usd_per_gpu_hour is None else f"{group.usd_per_gpu_hour:.2f}",
    }


def _whose(scenario: Scenario, item: Imported, bill: Bill, step: str) -> list[str]:
    """Groups that name a machine or nothing: which of them are today's GPUs, machines of the catalog pre-selected."""
    unclear = unclear_groups(catalog(), bill)
    if not unclear:
        return []
    gpu = scenario.current.hardware
    hinted = [group.hardware for group in unclear if machine_hint(catalog(), group) == gpu]
    chosen: list[str] = st.multiselect(
        f"Which of these are your {catalog().hardware[gpu].name}?",
        [group.hardware for group in unclear],
        hinted,
        key=key(f"{step}.whose.{item.file}.{gpu}"),
        placeholder="none",
        help="The bill names a machine, or a commitment without a GPU. Machines of dated offers are pre-selected.",
    )
    return chosen


def _machine_counts(item: Imported, bill: Bill, step: str) -> dict[str, int]:
    """GPUs of the machines whose hours the bill counts, asked where it does not say; dated offers suggest them."""
    counts: dict[str, int] = {}
    for group in bill.groups:
        if group.machine_hours is None:
            continue
        label = f"How many GPUs has one machine of {group.machine or group.hardware}? The bill counts its hours"
        place = key(f"{step}.machine.{item.file}.{group.hardware}")
        start = machine_gpus(catalog(), group)
        given = st.number_input(escape(label), min_value=1, max_value=1000, value=start, step=1, key=place)
        if given:
            counts[group.hardware] = int(given)
    return counts


def _basis(spend: Spend, item: Imported, step: str) -> str:
    options = list(BASES)
    start = "reserved_1y" if spend.is_committed else "on_demand"
    label = "On which basis is it paid?"
    if spend.is_committed:
        label = "Most of it is committed; for which term? The bill does not say"
    place = key(f"{step}.basis.{item.file}")
    return st.selectbox(label, options, options.index(start), key=place, format_func=lambda name: BASES[name])


def _fields(scenario: Scenario, spend: Spend, basis: str) -> list[dict[str, Any]]:
    now = scenario.current
    rent = now.price
    monthly = rent.usd_per_month if rent is not None else None
    hourly = rent.usd_per_gpu_hour if rent is not None else None
    bill_now = f"{monthly:,.0f} USD/month" if monthly else f"{hourly:,.2f} USD/GPU-hour" if hourly else "own hardware"
    share = spend.unused_usd_per_month / spend.usd_per_month
    rows = [
        ("Bill", bill_now, f"{spend.usd_per_month:,.0f} USD/month", f"of it unused {share:.0%}"),
        ("Basis", BASES.get(rent.basis, rent.basis) if rent is not None else None, BASES[basis], ""),
    ]
    if spend.gpus is not None:
        note = f"{spend.gpus_paid:.1f} paid for, {spend.gpus_in_use:.1f} in use"
        rows.append(("GPUs", str(now.gpus), str(spend.gpus), note))
    if spend.committed_gpus is not None:
        held = now.commitment.gpus
        note = f"{spend.committed_usd_per_month:,.0f} USD/month committed"
        rows.append(("Committed GPUs", "whole fleet" if held is None else str(held), str(spend.committed_gpus), note))
    return [dict(zip(("field", "now", "from the bill", "note"), row, strict=True)) for row in rows]


def take(changes: dict[str, Any], step: str) -> None:
    """Lay the bill over today's fleet and stay on the step; what was typed of today's fleet gives way to it."""
    known = state.session()
    data = state.merged(known.scenario, {"current": changes})
    if "gpus" in changes and "commitment" not in changes:
        held = data["current"]["commitment"]["gpus"]
        data["current"]["commitment"]["gpus"] = None if held is not None and held > changes["gpus"] else held
    known.drafts.pop("today", None)
    known.generation += 1
    state.commit(build_scenario(data, catalog()), step)
