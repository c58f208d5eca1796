"""Step 2: today's GPUs, bill and contract."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import streamlit as st

from advisor.catalog.records import Model
from advisor.errors import ScenarioError
from advisor.formats import legality, resolve_precision
from advisor.options import precision_names
from advisor.pricing import current_price
from advisor.scenario import Commitment, Current, CurrentPrice, Finance, Owned, Scenario
from advisor.ui.fields import Sheet
from advisor.ui.mount import catalog
from advisor.ui.steps.benchmarks import ask_benchmarks

BASES = {
    "on_demand": "On demand",
    "reserved_1y": "Reserved, one year",
    "reserved_3y": "Reserved, three years",
    "spot": "Spot",
    "capacity_block": "Capacity block",
    "owner_cost": "Own hardware (owner's cost)",
}
OWNED = "owned"
BILLS = {"usd_per_gpu_hour": "Per GPU and hour", "usd_per_month": "Per month, whole fleet", OWNED: "Own hardware"}
OWNED_STEPS = {
    "capex_usd_per_gpu": 1000,
    "life_months": 6,
    "age_months": 6,
    "residual_fraction": 5,
    "resale_usd_per_gpu": 1000,
    "kw_per_gpu": 0.1,
    "hosting_usd_per_gpu_month": 10,
}
NOT_SAID = "not_said"
RECOVERIES = {
    NOT_SAID: "Not said",
    "idle": "They stand idle, paid for",
    "reuse": "We use them elsewhere",
    "refund": "The provider refunds",
    "sell": "We resell the capacity",
}
BILLING = {"server": "Whole servers", "gpu": "Single GPUs"}
DECODINGS = {"none": "Plain", "mtp": "MTP (speculative)"}
ANY_ENGINE = "any"
PATH = "current."


def ask(scenario: Scenario, sheet: Sheet) -> dict[str, Any]:
    """Draw the step; its answers as changes to ``current``."""
    now = scenario.current
    hardware, gpus, precision = _ask_fleet(scenario, sheet)
    one, two = st.columns(2)
    with one:
        decoding = sheet.choose(PATH + "decoding", "Decoding", DECODINGS, now.decoding)
    with two:
        engines = {ANY_ENGINE: "Not sure (any)", **{name: name for name in catalog().engine_names.ids}}
        engine = sheet.choose(PATH + "engine", "Engine", engines, now.engine or ANY_ENGINE)
    bill = _ask_bill(scenario, sheet)
    one, two, three, four = st.columns(4)
    with one:
        billing = sheet.choose(PATH + "billing", "Billed by", BILLING, now.billing)
    with two:
        months = sheet.number(Commitment, "months_left", PATH + "commitment.months_left", now.commitment.months_left)
    with three:
        recoverable = sheet.percent(
            Commitment, "recoverable_fraction", PATH + "commitment.recoverable_fraction", now.commitment.recoverable_fraction
        )
    with four:
        utilization = sheet.percent(Current, "utilization_fraction", PATH + "utilization_fraction", now.utilization_fraction)
    kwh = scenario.finance.usd_per_kwh
    if bill["owned"] is not None:
        kwh = sheet.number(Finance, "usd_per_kwh", "finance.usd_per_kwh", kwh, step=0.01)
    more = _ask_contract(now.commitment, sheet)
    ask_benchmarks(scenario)
    return {
        "current": {
            "hardware": hardware,
            "gpus": gpus,
            "precision": precision,
            "decoding": decoding,
            "engine": None if engine == ANY_ENGINE else engine,
            **bill,
            "billing": billing,
            "utilization_fraction": utilization,
            "commitment": {"months_left": months, "recoverable_fraction": recoverable, **more},
        },
        "finance": {"usd_per_kwh": kwh},
    }


def _ask_fleet(scenario: Scenario, sheet: Sheet) -> tuple[str, Any, str]:
    records, now = catalog(), scenario.current
    one, two, three = st.columns(3)
    with one:
        names = {gpu.id: f"{gpu.name} {gpu.memory_gb:g} GB" for gpu in records.hardware.values()}
        hardware = sheet.choose(PATH + "hardware", "GPU", names, now.hardware)
    with two:
        gpus = sheet.number(Current, "gpus", PATH + "gpus", now.gpus)
    with three:
        precision = sheet.choose(
            PATH + "precision",
            "Precision",
            _legal_precisions(scenario, hardware),
            now.precision,
            help_text="Only formats this GPU serves the model in.",
        )
    return hardware, gpus, precision


def _ask_bill(scenario: Scenario, sheet: Sheet) -> dict[str, Any]:
    """Rent, by the hour or by the month, or hardware on the own books: one of them, the other emptied."""
    now = scenario.current
    rent = now.price or _as_rent(scenario)
    given = OWNED if now.owned else "usd_per_month" if rent.usd_per_month is not None else "usd_per_gpu_hour"
    one, two, three = st.columns(3)
    with one:
        bill = sheet.radio(PATH + "price", "Bill", BILLS, given)
    if bill == OWNED:
        return {"price": None, "owned": _ask_owned(now.owned, sheet)}
    with two:
        step = 0.1 if bill == "usd_per_gpu_hour" else 1000.0
        price = sheet.number(CurrentPrice, bill, f"{PATH}price.{bill}", getattr(rent, bill), step=step)
    with three:
        basis = sheet.choose(PATH + "price.basis", "Basis", BASES, rent.basis)
    return {"price": {bill: price, "basis": basis}, "owned": None}


def _ask_owned(now: Owned | None, sheet: Sheet) -> dict[str, Any]:
    """Hardware on the own books: nothing is assumed for its price, which is asked for."""
    unpriced: dict[str, Any] = {"capex_usd_per_gpu": None}
    shown = now or Owned.model_construct(**unpriced)
    return sheet.numbers(Owned, shown, PATH + "owned.", OWNED_STEPS, columns=4)


def _as_rent(scenario: Scenario) -> CurrentPrice:
    """Own hardware at its owner's cost an hour, to two digits: where a rent starts; empty while that cannot be priced."""
    rate: dict[str, Any] = {"usd_per_gpu_hour": None}
    with suppress(ScenarioError):  # the step says what is missing
        rate["usd_per_gpu_hour"] = round(current_price(catalog(), scenario.current, scenario.finance).usd_per_gpu_hour, 2)
    return CurrentPrice.model_construct(**rate)


def _ask_contract(now: Commitment, sheet: Sheet) -> dict[str, Any]:
    with st.expander("More about the contract"):
        one, two, three = st.columns(3)
        with one:
            gpus = sheet.number(Commitment, "gpus", PATH + "commitment.gpus", now.gpus, step=8)
        with two:
            fee = sheet.number(Commitment, "exit_fee_usd", PATH + "commitment.exit_fee_usd", now.exit_fee_usd, step=1000)
        with three:
            label = str(Commitment.model_fields["recovery"].title)
            recovery = sheet.choose(PATH + "commitment.recovery", label, RECOVERIES, now.recovery or NOT_SAID)
        sheet.alias(PATH + "commitment", PATH + "commitment.recovery")
    return {"gpus": gpus, "exit_fee_usd": fee, "recovery": None if recovery == NOT_SAID else recovery}


def _model(scenario: Scenario) -> Model | None:
    model_id = scenario.workload.model_id
    return catalog().models[model_id] if model_id else None


def _legal_precisions(scenario: Scenario, hardware: str) -> dict[str, str]:
    """Only formats this GPU serves the model in, under the name given where one was; the words name the resolved format."""
    records, model, given = catalog(), _model(scenario), scenario.current.precision
    names = {}
    for name in precision_names(records):
        precision = resolve_precision(records, name, hardware, model)
        if precision is not None and legality(records, hardware, precision, model).legal:
            same = precision == resolve_precision(records, given, hardware, model)
            names[given if same else name] = records.precisions[precision].name
    return names
