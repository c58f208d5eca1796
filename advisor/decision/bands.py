"""Cumulative cash by month with the 80 % range of the draws: today's setup, what is advised, the cheapest other future.

The same draws as the outlooks', so that a band ends exactly at the outlook's figures.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from advisor.decision.case import Case
from advisor.decision.choice import Choice
from advisor.decision.outlook import STAYING, Drawn, percentiles
from advisor.decision.records import CashBand
from advisor.money.futures import Future
from advisor.money.months import Array
from advisor.money.plans import FutureName
from advisor.options import Option

MOST_FOLLOWED = 2
"""Futures followed month by month beside staying: each costs a few milliseconds."""


def followed_futures(choice: Choice, options: Sequence[Option]) -> tuple[Future, ...]:
    """The advised future, then the cheapest others; only an option's cheapest future was drawn.

    Bought tokens are never among them: how a provider's price may move is not drawn.
    """
    plans = {o.key.id: o.standing.future.plan for o in options if o.standing is not None}
    known = [f for f in choice.futures if f.option_id is not None and plans.get(f.option_id) == f.plan]
    advised = choice.adopted.name if choice.adopted is not None else None
    return tuple(sorted(known, key=lambda future: (future.name != advised, future.npv_cost))[:MOST_FOLLOWED])


def cash_bands(case: Case, followed: Sequence[Future], options: Sequence[Option], drawn: Drawn) -> tuple[CashBand, ...]:
    """P10, P50 and P90 of cumulative discounted cash by month, of staying and of the futures followed.

    Args:
        case: its ledger discounts.
        followed: futures whose months ``drawn`` holds.
        options: those that passed, in the order of ``drawn``.
        drawn: what every draw costs.
    """
    stay = _running(case, drawn.months[STAYING], drawn.stay_npv)
    found = [_band("stay", 0.0, stay, None)]
    for future in followed:
        row = next(row for row, option in enumerate(options) if option.key.id == future.option_id)
        paid = _running(case, drawn.months[str(future.option_id)], drawn.npv[row] - future.one_off)
        paid += future.one_off
        # A move that fails its validation has cost its one-offs and stays where it was.
        failed = drawn.fails[row]
        paid[:, failed] = stay[:, failed] + future.one_off
        paid[-1] = drawn.npv[row]
        found.append(_band(future.name, future.one_off, paid, stay))
    return tuple(found)


def _running(case: Case, cash: Array, horizon: Array) -> Array:
    """Cumulative discounted cash (months x draws); the last row is the NPV itself, without a running sum's rounding."""
    total = cash * case.ledger.factors[:, None]
    for month in range(1, case.ledger.months):  # row by row: NumPy's own running sum down columns is 20 times slower
        total[month] += total[month - 1]
    total[-1] = horizon
    return np.asarray(total)


def _band(name: FutureName, one_off: float, paid: Array, stay: Array | None) -> CashBand:
    """The percentiles by month; month 0 holds the one-offs alone, which are not drawn."""
    cost = np.insert(percentiles(paid), 0, one_off, axis=1)
    saved = np.zeros_like(cost) if stay is None else np.insert(percentiles(stay - paid), 0, -one_off, axis=1)
    p10, p50, p90, s10, s50, s90 = (tuple(row) for row in (*cost.tolist(), *saved.tolist()))
    return CashBand(name, p10, p50, p90, s10, s50, s90)
