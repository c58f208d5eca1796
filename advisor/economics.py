"""Money and energy: cost per token, the saving, break-even price ratio, and monthly futures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from advisor.scenario import Commitment, Finance, Migration
from advisor.sizing import Load
from advisor.units import (
    HOURS_PER_MONTH,
    KW_PER_MW,
    MONTHS_PER_YEAR,
    SECONDS_PER_HOUR,
    SECONDS_PER_MONTH,
    TOKENS_PER_MTOK,
    WATT_PER_KW,
)

FutureName = Literal["stay", "tune_in_place", "move_now", "move_at_contract_end"]


@dataclass(frozen=True)
class Cost:
    """Monthly cost of a fleet and what a million tokens served cost, at the fleet's own utilization."""

    usd_per_month: float
    usd_per_mtok_total: float
    usd_per_mtok_output: float


@dataclass(frozen=True)
class Energy:
    """All-in power of the fleet and per-token energy; ``book`` names the kW vintage."""

    kw: float
    kw_per_gpu: float
    tok_s_per_mw: float
    joules_per_token: float
    book: str


@dataclass(frozen=True)
class BreakEven:
    """The move pays while price_b / price_a < ``price_ratio`` = GPUs_a / GPUs_b (fleets as sized).

    ``per_token_ratio`` = tok_s_b / tok_s_a holds at equal utilization only. ``price_b_usd_per_gpu_hour`` is the
    candidate price at which both fleets cost the same.
    """

    price_ratio: float
    price_ratio_today: float
    per_token_ratio: float | None
    price_b_usd_per_gpu_hour: float


def usd_per_mtok(usd_per_gpu_hour: float, tok_s_per_gpu: float, utilization: float = 1.0) -> float:
    """USD per million total tokens (design.md, formula 1)."""
    return usd_per_gpu_hour * TOKENS_PER_MTOK / (SECONDS_PER_HOUR * tok_s_per_gpu * utilization)


def saving(candidate: float, baseline: float) -> float:
    """1 - candidate / baseline: never above 1 (design.md, formula 3)."""
    return 1 - candidate / baseline


def fleet_cost(gpus: int, usd_per_gpu_hour: float, load: Load) -> Cost:
    """Cost of a fleet in a month of 730 h, all of it allocated to the tokens served."""
    month = gpus * usd_per_gpu_hour * HOURS_PER_MONTH
    mtok = load.mean_tok_s * SECONDS_PER_MONTH / TOKENS_PER_MTOK
    return Cost(month, month / mtok, month / (mtok * load.output_share))


def fleet_energy(gpus: int, kw_per_gpu: float, tok_s_per_gpu: float, book: str) -> Energy:
    """Power of a fleet and energy per token at full load (design.md, formula 2)."""
    return Energy(
        gpus * kw_per_gpu,
        kw_per_gpu,
        tok_s_per_gpu * KW_PER_MW / kw_per_gpu,
        kw_per_gpu * WATT_PER_KW / tok_s_per_gpu,
        book,
    )


def break_even(gpus_a: int, price_a: float, tok_s_a: float | None, gpus_b: int, price_b: float, tok_s_b: float) -> BreakEven:
    """Break-even of moving from fleet a to fleet b, before one-off costs (design.md, formula 10)."""
    ratio = gpus_a / gpus_b
    per_token = None if tok_s_a is None else tok_s_b / tok_s_a
    return BreakEven(ratio, price_b / price_a, per_token, ratio * price_a)


@dataclass(frozen=True)
class Future:
    """One course of action month by month. ``flows`` are costs at the end of months 1..N, ``one_off`` in month 0."""

    name: FutureName
    one_off: float
    flows: tuple[float, ...]
    npv_cost: float
    total_cost: float
    payback_month: int | None


def one_off_cost(migration: Migration) -> float:
    """Engineering and re-validation with contingency, USD. Parallel running is in the monthly flows."""
    work = migration.engineering_weeks * migration.usd_per_engineering_week + migration.revalidation_usd
    return work * (1 + migration.contingency_fraction)


def stay(usd_per_month: float, finance: Finance) -> Future:
    """Today's fleet for the whole horizon."""
    flows = (usd_per_month,) * finance.horizon_months
    return _future("stay", 0.0, flows, finance, flows)


def tune(old: float, new: float, one_off: float, commitment: Commitment, finance: Finance) -> Future:
    """The same GPUs, used differently: a smaller bill begins where the contract allows it."""
    months = range(1, finance.horizon_months + 1)
    flows = tuple(max(new, _floor(month, old, commitment)) for month in months)
    return _future("tune_in_place", one_off, flows, finance, (old,) * len(flows))


def move(
    name: FutureName, old: float, new: float, start: float, migration: Migration, commitment: Commitment, finance: Finance
) -> Future:
    """Move to a new fleet ordered in month ``start``.

    After the lead time the new fleet grows linearly over the ramp; the old one shrinks the same way, later by the
    months of parallel running. What the contract does not give back is paid to its end whatever happens.

    Args:
        name: which future this is.
        old: today's cost, USD a month.
        new: the new fleet's cost, USD a month.
        start: month in which the order is placed.
        migration: one-offs and durations.
        commitment: what is left of the contract.
        finance: horizon and discount rate.
    """
    served_from = start + migration.lead_time_months
    flows = []
    for month in range(1, finance.horizon_months + 1):
        new_share = _ramp(month - served_from, migration.ramp_months)
        old_share = 1 - _ramp(month - served_from - migration.parallel_months, migration.ramp_months)
        flows.append(new * new_share + max(old * old_share, _floor(month, old, commitment)))
    return _future(name, one_off_cost(migration), tuple(flows), finance, (old,) * len(flows))


def transition_months(migration: Migration) -> float:
    """Months from the order until the old fleet is gone."""
    return migration.lead_time_months + migration.ramp_months + migration.parallel_months


def _ramp(elapsed: float, ramp_months: int) -> float:
    """Share switched ``elapsed`` months after the start: linear over the ramp, at once without one."""
    if elapsed <= 0:
        return 0.0
    return min(1.0, elapsed / ramp_months) if ramp_months else 1.0


def _floor(month: int, old: float, commitment: Commitment) -> float:
    """What the contract still costs in a month if nothing is used."""
    return old * (1 - commitment.recoverable_fraction) if month <= commitment.months_left else 0.0


def _future(
    name: FutureName, one_off: float, flows: tuple[float, ...], finance: Finance, staying: Sequence[float]
) -> Future:
    rate = 1 + finance.discount_rate_per_year
    npv = one_off + sum(flow / rate ** (month / MONTHS_PER_YEAR) for month, flow in enumerate(flows, start=1))
    return Future(name, one_off, flows, npv, one_off + sum(flows), payback_month(one_off, flows, staying))


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
