"""The futures' money as plain numbers for charts: present value saved month by month, and where the money goes."""

from __future__ import annotations

from itertools import accumulate

from advisor.decision import Decision
from advisor.money.futures import Future
from advisor.money.months import discount_factors

SHARES = ("today's GPUs", "new GPUs", "tokens", "one-off costs", "exit fee", "own hardware, less sales")
"""What a future's money goes to; today's GPUs are less what the contract gives back."""


def saved_by_month(decision: Decision, future: Future) -> tuple[float, ...]:
    """Cumulative present value saved against staying, USD, months 0 to the horizon; the last is ``npv_saving``."""
    stay = decision.future("stay")
    assert stay is not None  # staying is among the futures of every decision
    factors = discount_factors(decision.scenario.finance.discount_rate_per_year, len(future.flows))
    each = ((usd - other) * float(factor) for usd, other, factor in zip(stay.flows, future.flows, factors, strict=True))
    return tuple(accumulate(each, initial=-future.one_off))


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
