"""What each future saves against staying, month by month, with the 80 % range of the advised one at the end."""

from __future__ import annotations

from typing import Any

import streamlit as st

from advisor.decision import Decision
from advisor.phrases import percent, usd
from advisor.report.cash import saved_by_month
from advisor.report.money_text import FUTURE_NAMES
from advisor.ui.charts import parts
from advisor.ui.palette import Palette, palette

RANGE_NAME = "80 % range"


def future_rows(decision: Decision) -> list[dict[str, Any]]:
    """Cumulative present value saved, one row a future and month, month 0 with the one-offs; staying is the zero line."""
    return [
        {"series": FUTURE_NAMES[future.name], "month": month, "value": value, "low": None, "high": None}
        for future in decision.futures
        for month, value in enumerate(saved_by_month(decision, future))
    ]


def range_rows(decision: Decision) -> list[dict[str, Any]]:
    """P10 to P90 of what the advised future saves by the horizon; empty where the advice changes nothing."""
    adopted, outlook = decision.adopted, decision.outlook
    if adopted is None or outlook is None or adopted.name == "stay":
        return []
    months = decision.scenario.finance.horizon_months
    return [
        {"month": months, "low": outlook.saving_p10_usd, "value": outlook.saving_p50_usd, "high": outlook.saving_p90_usd}
    ]


def cash(decision: Decision) -> None:
    """Draw the chart with its table."""
    if len(decision.futures) < 2:
        st.info("There is one future only: nothing that passes would change today's spend.")
        return
    rows, ranges, colours = future_rows(decision), range_rows(decision), palette()
    x = parts.Axis("month", "month")
    y = parts.Axis("value", "present value saved, USD", number="~s")
    shades = shades_of(decision, colours)
    layers = parts.line_layers(rows, shades, x, y, legend=True)
    if ranges:
        layers += _range_layers(ranges, x, y, colours)
    numbers = cash_numbers(decision)
    words = "Present value saved against staying, by month. " + "; ".join(
        f"{row['future']}: {row['present value saved']}" for row in numbers
    )
    parts.show(layers, words, numbers, "cash", legend=True)
    rate = percent(decision.scenario.finance.discount_rate_per_year)
    note = f"Discounted at {rate} a year. The month of payback in the table is undiscounted."
    st.caption(f"{note} The upright line at the end is the {RANGE_NAME} of the advised future." if ranges else note)


def shades_of(decision: Decision, colours: Palette) -> dict[str, str]:
    """The accent for what is advised, one for staying, grey for the rest."""
    adopted = decision.adopted.name if decision.adopted else None
    return {
        FUTURE_NAMES[future.name]: colours.accent
        if future.name == adopted
        else colours.today
        if future.name == "stay"
        else colours.other
        for future in decision.futures
    }


def _range_layers(ranges: list[dict[str, Any]], x: parts.Axis, y: parts.Axis, colours: Palette) -> list[parts.Layer]:
    rule = {"type": "rule", "color": colours.accent, "strokeWidth": 4}
    middle = {"type": "tick", "color": colours.accent, "thickness": 3, "size": 16, "orient": "horizontal"}
    hint = parts.hints(low=",.0f", value=",.0f", high=",.0f")
    return [
        parts.layer(ranges, rule, x=x.of(), y=y.of("low"), y2={"field": "high"}, tooltip=hint),
        parts.layer(ranges, middle, x=x.of(), y=y.of(), tooltip=hint),
    ]


def cash_numbers(decision: Decision) -> list[dict[str, Any]]:
    """The futures as a table."""
    adopted, outlook = decision.adopted, decision.outlook
    return [
        {
            "future": FUTURE_NAMES[future.name] + (" (advised)" if future is adopted else ""),
            "one-off": usd(future.one_off),
            "total": usd(future.total_cost),
            "present value": usd(future.npv_cost),
            "present value saved": usd(future.npv_saving),
            RANGE_NAME: f"{usd(outlook.saving_p10_usd)} to {usd(outlook.saving_p90_usd)}"
            if outlook and future is adopted and future.name != "stay"
            else None,
            "pays back in month": None if future.name == "stay" else future.payback_month,
        }
        for future in decision.futures
    ]
