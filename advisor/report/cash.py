"""The futures' money as plain numbers for charts: present value saved month by month, and where the money goes."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

from advisor.decision import Decision
from advisor.money.futures import Future
from advisor.money.months import discount_factors
from advisor.phrases import usd
from advisor.report.money_text import FUTURE_NAMES

View = Literal["saved", "paid"]
"""Cumulative cash against staying, or in all."""

SHARES = ("today's GPUs", "new GPUs", "tokens", "one-off costs", "exit fee", "own hardware, less sales")
"""What a future's money goes to; today's GPUs are less what the contract gives back."""


@dataclass(frozen=True)
class Point:
    """Cumulative present value of a future after a month, USD, as expected; P10 and P90 of the draws, None if not drawn."""

    month: int
    value: float
    low: float | None
    high: float | None


def saved_by_month(decision: Decision, future: Future) -> tuple[float, ...]:
    """Cumulative present value saved against staying, USD, months 0 to the horizon; the last is ``npv_saving``."""
    stay = decision.future("stay")
    assert stay is not None  # staying is among the futures of every decision
    return tuple(
        own - other for own, other in zip(paid_by_month(decision, stay), paid_by_month(decision, future), strict=True)
    )


def paid_by_month(decision: Decision, future: Future) -> tuple[float, ...]:
    """Cumulative present value paid, USD, months 0 to the horizon; the last is ``npv_cost``."""
    factors = discount_factors(decision.scenario.finance.discount_rate_per_year, len(future.flows))
    each = (flow * float(factor) for flow, factor in zip(future.flows, factors, strict=True))
    return tuple(accumulate(each, initial=future.one_off))


def cash_by_month(decision: Decision, future: Future, view: View) -> tuple[Point, ...]:
    """A future's cumulative present value, saved against staying or paid, with its 80 % range where it was drawn."""
    band = decision.band(future.name)
    values = saved_by_month(decision, future) if view == "saved" else paid_by_month(decision, future)
    if band is None:
        return tuple(Point(month, value, None, None) for month, value in enumerate(values))
    lows, highs = (band.saved_p10_usd, band.saved_p90_usd) if view == "saved" else (band.cost_p10_usd, band.cost_p90_usd)
    rows = zip(values, lows, highs, strict=True)
    return tuple(Point(month, value, low, high) for month, (value, low, high) in enumerate(rows))


def month_rows(decision: Decision, view: View) -> list[dict[str, str]]:
    """The same as a table: one row a month, a column a future and one for the range of each that was drawn."""
    rows: list[dict[str, str]] = [{"month": str(m)} for m in range(decision.scenario.finance.horizon_months + 1)]
    for future in decision.futures:
        if view == "saved" and future.name == "stay":
            continue
        name = FUTURE_NAMES[future.name]
        for row, point in zip(rows, cash_by_month(decision, future, view), strict=True):
            row[name] = usd(point.value)
            if point.low is not None and point.high is not None:
                row[f"{name}, P10 to P90"] = f"{usd(point.low)} to {usd(point.high)}"
    return rows


def split_of(future: Future) -> dict[str, float]:
    """A future's undiscounted cost over the horizon by :data:`SHARES`, USD; they add up to ``total_cost``."""
    rows = future.rows
    amounts = (
        sum(row.old_usd - row.recovered_usd for row in rows),
        sum(row.new_usd for row in rows),
        sum(row.tokens_usd for row in rows),
        future.one_off,
        sum(row.fee_usd for row in rows),
        sum(row.purchase_usd - row.sale_usd for row in rows),
    )
    return dict(zip(SHARES, amounts, strict=True))
