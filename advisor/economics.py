"""Single figures of money and energy: cost per token, the saving, the break-even price ratio, what moving costs once.

Months, futures and NPV: :mod:`advisor.money`.
"""

from __future__ import annotations

from dataclasses import dataclass

from advisor.scenario import Migration
from advisor.sizing import Load
from advisor.units import (
    HOURS_PER_MONTH,
    KW_PER_MW,
    SECONDS_PER_HOUR,
    SECONDS_PER_MONTH,
    TOKENS_PER_MTOK,
    WATT_PER_KW,
)


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


def one_off_cost(migration: Migration) -> float:
    """Engineering and re-validation with contingency, USD. Parallel running is in the monthly flows."""
    work = migration.engineering_weeks * migration.usd_per_engineering_week + migration.revalidation_usd
    return work * (1 + migration.contingency_fraction)
