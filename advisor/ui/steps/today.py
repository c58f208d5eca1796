"""Step 2: today's GPUs, bill and contract."""

from __future__ import annotations

from typing import Any

import streamlit as st

from advisor.catalog.records import Model
from advisor.formats import legality, resolve_precision
from advisor.options import precision_names
from advisor.pricing import current_price
from advisor.scenario import Commitment, Current, CurrentPrice, Scenario
from advisor.ui.fields import Sheet
from advisor.ui.mount import catalog

BASES = {
    "on_demand": "On demand",
    "reserved_1y": "Reserved, one year",
    "reserved_3y": "Reserved, three years",
    "spot": "Spot",
    "capacity_block": "Capacity block",
    "owner_cost": "Own hardware (owner's cost)",
}
BILLS = {"usd_per_gpu_hour": "Per GPU and hour", "usd_per_month": "Per month, whole fleet"}
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
    price = _ask_price(now.price or CurrentPrice(usd_per_gpu_hour=_owners_rate(scenario)), sheet)
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
    return {
        "current": {
            "hardware": hardware,
            "gpus": gpus,
            "precision": precision,
            "decoding": decoding,
            "engine": None if engine == ANY_ENGINE else engine,
            "price": price,
            "billing": billing,
            "utilization_fraction": utilization,
            "commitment": {"months_left": months, "recoverable_fraction": recoverable},
        }
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


def _ask_price(now: CurrentPrice, sheet: Sheet) -> dict[str, Any]:
    one, two, three = st.columns(3)
    with one:
        given = "usd_per_month" if now.usd_per_month is not None else "usd_per_gpu_hour"
        bill = sheet.radio(PATH + "price", "Bill", BILLS, given)
    with two:
        step = 0.1 if bill == "usd_per_gpu_hour" else 1000.0
        price = sheet.number(CurrentPrice, bill, f"{PATH}price.{bill}", getattr(now, bill), step=step)
    with three:
        basis = sheet.choose(PATH + "price.basis", "Basis", BASES, now.basis)
    return {bill: price, "basis": basis}


def _owners_rate(scenario: Scenario) -> float:
    """What own hardware costs an hour: the step asks for a bill, so the owner's cost stands in it."""
    return current_price(catalog(), scenario.current, scenario.finance).usd_per_gpu_hour


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
