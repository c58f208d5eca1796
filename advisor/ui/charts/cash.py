"""Cumulative cash of each future, month by month, with the 80 % range of those that were drawn."""

from __future__ import annotations

from typing import Any

import streamlit as st

from advisor.decision import Decision
from advisor.money.futures import Future
from advisor.phrases import percent, usd
from advisor.report.cash import View, cash_by_month, month_rows
from advisor.report.money_text import FUTURE_NAMES
from advisor.ui.charts import parts
from advisor.ui.mount import key
from advisor.ui.palette import Palette, palette

SHADED = 2
RANGE_NAME = "80 % range"
VIEWS: dict[View, str] = {"saved": "Saved against staying", "paid": "Paid in all"}
TITLES: dict[View, str] = {"saved": "present value saved, USD", "paid": "present value paid, USD"}


def shaded(decision: Decision) -> tuple[str, ...]:
    """Futures whose range is shaded: staying and what is advised, or else the first other; more would hide each other."""
    return tuple(band.future for band in decision.bands[:SHADED])


def future_rows(decision: Decision, view: View = "saved") -> list[dict[str, Any]]:
    """Cumulative present value, one row a future and month, month 0 with the one-offs; ``low`` and ``high`` if shaded."""
    bands = shaded(decision)
    return [
        {
            "series": FUTURE_NAMES[future.name],
            "month": point.month,
            "value": point.value,
            "low": point.low if future.name in bands else None,
            "high": point.high if future.name in bands else None,
        }
        for future in decision.futures
        for point in cash_by_month(decision, future, view)
    ]


def cash(decision: Decision) -> None:
    """Draw the chart with its table."""
    if len(decision.futures) < 2:
        st.info("There is one future only: nothing that passes would change today's spend.")
        return
    view: View = st.segmented_control(
        "Cash shown", list(VIEWS), format_func=lambda name: VIEWS[name], default="saved", required=True, key=key("cash.view")
    )
    x = parts.Axis("month", "month", nice=False)
    y = parts.Axis("value", TITLES[view], number="~s")
    shades = shades_of(decision, palette())
    layers = parts.line_layers(future_rows(decision, view), shades, x, y, legend=True)
    parts.show(
        layers,
        cash_words(decision, view),
        cash_numbers(decision),
        "cash",
        legend=len(shades),
        more=month_rows(decision, view),
    )
    rate = percent(decision.scenario.finance.discount_rate_per_year)
    drawn = [FUTURE_NAMES[name] for name in shaded(decision) if view == "paid" or name != "stay"]
    band = f" Shaded: the {RANGE_NAME} in {decision.stability.draws:,} draws ({', '.join(drawn)})." if drawn else ""
    st.caption(f"Lines: as expected. Discounted at {rate} a year; the month of payback in the table is not.{band}")


def cash_words(decision: Decision, view: View = "saved") -> str:
    """The chart for those who do not see it: where each line ends, and its range there."""
    ends = []
    for future in decision.futures:
        end = cash_by_month(decision, future, view)[-1]
        span = "" if end.low is None or end.high is None else f", {RANGE_NAME} {usd(end.low)} to {usd(end.high)}"
        ends.append(f"{FUTURE_NAMES[future.name]}: {usd(end.value)}{span}")
    months = decision.scenario.finance.horizon_months
    said = "saved against staying" if view == "saved" else "paid"
    return f"Cumulative present value {said}, by month. After {months} months " + "; ".join(ends)


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


def cash_numbers(decision: Decision) -> list[dict[str, Any]]:
    """The futures as a table."""
    return [
        {
            "future": FUTURE_NAMES[future.name] + (" (advised)" if _is_advised(decision, future.name) else ""),
            "one-off": usd(future.one_off),
            "total": usd(future.total_cost),
            "present value": usd(future.npv_cost),
            "present value saved": usd(future.npv_saving),
            RANGE_NAME: _span(decision, future),
            "pays back in month": None if future.name == "stay" else future.payback_month,
        }
        for future in decision.futures
    ]


def _is_advised(decision: Decision, name: str) -> bool:
    return decision.adopted is not None and decision.adopted.name == name


def _span(decision: Decision, future: Future) -> str | None:
    """What a future saves by the horizon in 80 % of the draws; None where it was not drawn."""
    end = cash_by_month(decision, future, "saved")[-1]
    if future.name == "stay" or end.low is None or end.high is None:
        return None
    return f"{usd(end.low)} to {usd(end.high)}"
