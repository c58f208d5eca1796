"""Cumulative cash per future, with P10–P90 where a future has one."""

from __future__ import annotations

from itertools import accumulate
from typing import Any

import streamlit as st

from advisor.decision import Decision
from advisor.money.futures import Future
from advisor.phrases import usd
from advisor.ui.charts import parts
from advisor.ui.palette import palette

FUTURE_NAMES = {
    "stay": "Stay",
    "tune_in_place": "Tune in place",
    "move_now": "Move now",
    "move_at_contract_end": "Move as the contract ends",
}
VERDICT_FUTURE = {
    "stay": "stay",
    "tune_in_place": "tune_in_place",
    "migrate_now": "move_now",
    "migrate_at_contract_end": "move_at_contract_end",
}


def future_rows(future: Future) -> list[dict[str, Any]]:
    """Cumulative undiscounted cost by month, month 0 with the one-offs."""
    name = FUTURE_NAMES[future.name]
    spent = accumulate(future.flows, initial=future.one_off)
    return [{"series": name, "month": month, "value": value, "low": None, "high": None} for month, value in enumerate(spent)]


def cash(decision: Decision) -> None:
    """Draw the chart with its table."""
    if len(decision.futures) < 2:
        st.info("There is one future only: nothing that passes would change today's spend.")
        return
    rows = [row for future in decision.futures for row in future_rows(future)]
    colours = palette()
    advised = FUTURE_NAMES.get(VERDICT_FUTURE.get(decision.verdict.code, ""), "")
    shades = {
        FUTURE_NAMES[future.name]: colours.today
        if future.name == "stay"
        else colours.accent
        if FUTURE_NAMES[future.name] == advised
        else colours.other
        for future in decision.futures
    }
    numbers = [
        {
            "future": FUTURE_NAMES[future.name],
            "one-off": usd(future.one_off),
            "total": usd(future.total_cost),
            "present value": usd(future.npv_cost),
            "pays back in month": future.payback_month,
        }
        for future in decision.futures
    ]
    x = parts.Axis("month", "month")
    y = parts.Axis("value", "cumulative cost, USD", number="~s")
    layers = [*parts.line_layers(rows, shades, x, y), parts.names(rows, shades, x, y, from_start=False)]
    words = "Cumulative cost by month. " + "; ".join(f"{row['future']}: {row['total']} in total" for row in numbers)
    parts.show(layers, words, numbers, "cumulative cash")
