"""Futures: a plan's cash rows with their totals, against staying (design.md, formula 11)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from advisor.money.months import Array, discount_factors
from advisor.money.plans import Flows, FutureName, Plan, Today, World, flows


@dataclass(frozen=True)
class MonthRow:
    """One month of a future. Money in USD, positive where it is paid; ``sale_usd`` and ``recovered_usd`` come in."""

    month: int
    demand_factor: float
    old_gpus: int
    new_gpus: int
    old_usd: float
    new_usd: float
    tokens_usd: float
    recovered_usd: float
    fee_usd: float
    purchase_usd: float
    sale_usd: float
    total_usd: float
    cumulative_saving_usd: float


@dataclass(frozen=True)
class Future:
    """One course of action month by month.

    ``flows`` are costs at the end of months 1..N, ``one_off`` falls in month 0. ``unavoidable_usd`` is the committed
    spend that stands in every future. ``write_off_usd`` is book value lost on own hardware: no cash, shown apart.
    """

    name: FutureName
    one_off: float
    flows: tuple[float, ...]
    npv_cost: float
    total_cost: float
    payback_month: int | None
    option_id: str | None
    plan: Plan
    rows: tuple[MonthRow, ...]
    npv_saving: float
    unavoidable_usd: float
    write_off_usd: float

    @property
    def saving_fraction(self) -> float:
        """NPV saved over the NPV of staying."""
        staying = self.npv_cost + self.npv_saving
        return self.npv_saving / staying if staying else 0.0


@dataclass(frozen=True)
class Ledger:
    """What all futures of a decision share: today, the world as expected, horizon, and what staying costs."""

    today: Today
    world: World
    months: int
    discount_rate_per_year: float
    staying: Array
    factors: Array
    stay_usd: Array
    token_shares: tuple[float, ...]

    def run(self, plan: Plan) -> Flows:
        """Cash rows of a plan in the world as expected."""
        return flows(plan, self.today, self.world, self.staying)

    def npv(self, plan: Plan) -> float:
        """NPV of a plan's cost, USD."""
        return plan.one_off_usd + float(self.run(plan).total_usd @ self.factors)

    @property
    def stay_npv(self) -> float:
        """NPV of staying, USD."""
        return float(self.stay_usd @ self.factors)


def open_ledger(
    today: Today, world: World, months: int, discount_rate_per_year: float, token_shares: tuple[float, ...] = (1.0,)
) -> Ledger:
    """A ledger over ``months`` months at an annual discount rate; ``token_shares`` is each workload's of all tokens."""
    staying = np.broadcast_to(today.staying_gpus(world.demand, world.today_speed), (months,))
    stay = flows(Plan("stay"), today, world, staying)
    factors = discount_factors(discount_rate_per_year, months)
    return Ledger(today, world, months, discount_rate_per_year, staying, factors, stay.total_usd, token_shares)


def future(ledger: Ledger, plan: Plan) -> Future:
    """A plan worked out: rows, totals, payback against staying."""
    cash = ledger.run(plan)
    total = tuple(float(usd) for usd in cash.total_usd)
    npv = plan.one_off_usd + float(cash.total_usd @ ledger.factors)
    committed = ledger.today.committed(ledger.months) * ledger.today.terms.usd_per_gpu_month
    held = np.minimum(ledger.today.gpus, np.minimum.accumulate(cash.old_gpus))
    released = -np.diff(held, prepend=float(ledger.today.gpus))
    return Future(
        name=plan.name,
        one_off=plan.one_off_usd,
        flows=total,
        npv_cost=npv,
        total_cost=plan.one_off_usd + sum(total),
        payback_month=payback_month(plan.one_off_usd, total, tuple(float(usd) for usd in ledger.stay_usd)),
        option_id=plan.target.option_id if plan.target else None,
        plan=plan,
        rows=_rows(ledger, plan, cash),
        npv_saving=ledger.stay_npv - npv,
        unavoidable_usd=float(committed.sum()) * (1 - ledger.today.recoverable_fraction),
        write_off_usd=float(released @ ledger.today.terms.write_off(ledger.months)),
    )


def _rows(ledger: Ledger, plan: Plan, cash: Flows) -> tuple[MonthRow, ...]:
    growth = sum(share * path for share, path in zip(ledger.token_shares, ledger.world.demand, strict=True))
    cumulative = np.cumsum(ledger.stay_usd - cash.total_usd) - plan.one_off_usd
    columns = [
        growth,
        cash.old_gpus,
        cash.new_gpus,
        cash.old_usd,
        cash.new_usd,
        cash.tokens_usd,
        cash.recovered_usd,
        cash.fee_usd,
        cash.purchase_usd,
        cash.sale_usd,
        cash.total_usd,
        cumulative,
    ]
    table = np.stack([np.broadcast_to(column, (ledger.months,)) for column in columns], axis=1).tolist()
    return tuple(
        MonthRow(month, line[0], round(line[1]), round(line[2]), *line[3:]) for month, line in enumerate(table, start=1)
    )


def payback_month(one_off: float, flows: Sequence[float], staying: Sequence[float]) -> int | None:
    """First month from which the cumulative undiscounted difference to staying is, and stays, at least 0."""
    cumulative = -one_off
    month_found: int | None = 0 if one_off == 0 else None
    for month, (flow, stay_flow) in enumerate(zip(flows, staying, strict=True), start=1):
        cumulative += stay_flow - flow
        if cumulative < -abs(stay_flow) * 1e-12:  # float noise is no loss
            month_found = None
        elif month_found is None:
            month_found = month
    return month_found
