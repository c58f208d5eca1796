"""Plans and the cash they cost month by month: stay, tune, move now, at contract end, phased, buy tokens.

Every row is one formula across time (docs/method.md, "Futures"). What the contract does not give back stands in
every plan, so plans differ only by what can be avoided.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from advisor.money.months import Array, Uncertain, ceil_array, month_numbers, switched, whole_units
from advisor.money.need import Need
from advisor.money.terms import Terms
from advisor.units import GPU_NOISE

FutureName = Literal["stay", "tune_in_place", "move_now", "move_at_contract_end", "phased", "buy_tokens"]


@dataclass(frozen=True)
class Today:
    """Today's fleet in money: GPUs, terms, contract. ``need`` is None where nobody measured it."""

    gpus: int
    terms: Terms
    need: Need | None
    unit: int
    committed_gpus: int = 0
    months_left: int = 0
    recoverable_fraction: float = 0.0
    exit_fee_usd: float = 0.0

    def staying_gpus(self, demand: Sequence[Array], speed: Uncertain = 1.0) -> Array:
        """The fleet as entered, plus what growth needs beyond today's need; it never shrinks by itself.

        A fleet nobody measured grows with the workload that grows fastest.
        """
        if self.need is None:
            growth = np.maximum(1.0, np.max(np.stack([np.broadcast_arrays(*demand)]), axis=(0, 1)))
            return np.maximum(self.gpus, ceil_array(self.gpus * growth))
        sized = self.need.gpus(demand, speed)
        return self.gpus + np.maximum(0.0, sized - np.maximum(self.gpus, sized[..., :1]))

    def committed(self, months: int) -> Array:
        """Committed GPUs by month."""
        return np.where(month_numbers(months) <= self.months_left, float(self.committed_gpus), 0.0)


@dataclass(frozen=True)
class Target:
    """What a plan leads to: an option's need and terms; ``in_place`` if it runs on today's GPUs."""

    option_id: str
    need: Need
    terms: Terms
    in_place: bool


@dataclass(frozen=True)
class Timing:
    """Months until the order, until the new fleet serves, of the ramp, and of parallel running."""

    start: float = 0.0
    lead: float = 0.0
    ramp: float = 0.0
    parallel: float = 0.0

    @property
    def served_from(self) -> float:
        """Month after which the new fleet begins to serve."""
        return self.start + self.lead

    @property
    def transition(self) -> float:
        """Months from the order until the old fleet is gone."""
        return self.lead + self.ramp + self.parallel


@dataclass(frozen=True)
class Plan:
    """A course of action. ``end`` is the timing of a phased plan's second tranche, the committed GPUs."""

    name: FutureName
    timing: Timing = field(default_factory=Timing)
    one_off_usd: float = 0.0
    target: Target | None = None
    end: Timing | None = None
    tokens_usd_per_month: tuple[float, ...] = ()


@dataclass(frozen=True)
class World:
    """What may turn out otherwise: paths over months with or without a leading axis of draws.

    ``demand`` holds the growth factor of each workload, the price paths the factor of today's and of candidates'
    rents. ``speed`` is the target's true throughput over its estimate, ``price`` its price over the one used;
    ``today_speed`` and ``today_price`` are today's. A price of own hardware moves all that makes up the owner's cost:
    running it, buying it, and what it is worth.
    """

    demand: tuple[Array, ...]
    current_price_path: Array
    candidate_price_path: Array
    delay_months: Uncertain = 0.0
    speed: Uncertain = 1.0
    price: Uncertain = 1.0
    today_speed: Uncertain = 1.0
    today_price: Uncertain = 1.0


@dataclass(frozen=True)
class Flows:
    """Rows of a plan, months 1..N on the last axis. ``total_usd`` is the sum of the money rows."""

    old_gpus: Array
    new_gpus: Array
    old_usd: Array
    new_usd: Array
    tokens_usd: Array
    recovered_usd: Array
    fee_usd: Array
    purchase_usd: Array
    sale_usd: Array
    total_usd: Array


def flows(plan: Plan, today: Today, world: World, staying: Array) -> Flows:
    """Cash rows of a plan.

    Args:
        plan: what is done, and when.
        today: fleet, terms and contract of today.
        world: demand, prices, delay.
        staying: GPUs of the fleet if nothing is done, by month.
    """
    months = staying.shape[-1]
    none = np.zeros(months)
    old, new = _fleets(plan, today, world, staying)
    old_usd, recovered, fee = _old_fleet(today, world, old, none)
    new_usd = tokens = purchase = sale = none
    if today.terms.owned:
        purchase, sale = (usd * world.today_price for usd in _hardware_cash(today.terms, old, held=today.gpus))
    if plan.target is not None and not plan.target.in_place:
        terms = plan.target.terms
        per_gpu = terms.usd_per_gpu_month * world.price
        new_usd = new * (per_gpu if terms.owned else per_gpu * world.candidate_price_path)
        if terms.owned:
            bought, closing = (usd * world.price for usd in _hardware_cash(terms, new, held=0))
            purchase, sale = purchase + bought, sale + closing
    if plan.tokens_usd_per_month:
        share = switched(months, plan.timing.served_from + world.delay_months, plan.timing.ramp)
        per_month = (usd * growth for usd, growth in zip(plan.tokens_usd_per_month, world.demand, strict=True))
        tokens = share * sum(per_month)
    total = old_usd + new_usd
    for row, sign in ((tokens, 1), (fee, 1), (purchase, 1), (recovered, -1), (sale, -1)):
        if row is not none:
            total = total + sign * row
    return Flows(old, new, old_usd, new_usd, tokens, recovered, fee, purchase, sale, total)


def _old_fleet(today: Today, world: World, old: Array, none: Array) -> tuple[Array, Array, Array]:
    """What today's GPUs cost: committed ones at the contract's price to its end, others at the price of the month."""
    per_gpu = today.terms.usd_per_gpu_month * world.today_price
    rate = per_gpu if today.terms.owned else per_gpu * world.current_price_path
    if today.committed_gpus == 0:
        return old * rate, none, none
    committed = today.committed(old.shape[-1])
    idle = unused(committed, old)
    usd = committed * per_gpu + np.maximum(0.0, old - committed) * rate
    recovered = idle * (per_gpu * today.recoverable_fraction) if today.recoverable_fraction else none
    fee = _first_month(idle > 0) * today.exit_fee_usd if today.exit_fee_usd else none
    return usd, recovered, fee


def unused(committed: Array, old: Array) -> Array:
    """Committed GPUs not in use; float noise is none, since the first unused one brings the exit fee."""
    idle = committed - old
    return np.where(idle > GPU_NOISE, idle, 0.0)


def _fleets(plan: Plan, today: Today, world: World, staying: Array) -> tuple[Array, Array]:
    """GPUs of the old and of the new kind in each month."""
    months = staying.shape[-1]
    none = np.zeros(months)
    if plan.name == "stay":
        return staying, none
    begin = plan.timing.served_from + world.delay_months
    arrived = switched(months, begin, plan.timing.ramp)
    gone = switched(months, begin + plan.timing.parallel, plan.timing.ramp)
    if plan.end is not None:
        end = plan.end.served_from + world.delay_months
        free = np.clip(1 - today.committed(months) / staying, 0.0, 1.0)
        arrived = free * arrived + (1 - free) * switched(months, end, plan.end.ramp)
        gone = free * gone + (1 - free) * switched(months, end + plan.end.parallel, plan.end.ramp)
    if plan.target is None:
        return _released(staying, gone, today.unit), none
    if plan.target.in_place:
        sized = plan.target.need.gpus(world.demand, world.speed)
        return _mixed(staying, sized, arrived, today.unit), none
    return _released(staying, gone, today.unit), plan.target.need.gpus(world.demand, world.speed, arrived)


def _released(staying: Array, gone: Array, unit: int) -> Array:
    """The old fleet while it goes, in whole billed units, never more than there is."""
    return np.minimum(staying, whole_units((1 - gone) * staying, unit))


def _mixed(staying: Array, sized: Array, share: Array, unit: int) -> Array:
    """Today's GPUs while they are set up anew: from the fleet as it is to the fleet as sized."""
    between = np.minimum(whole_units((1 - share) * staying + share * sized, unit), np.maximum(staying, sized))
    return np.where(share <= 0, staying, between)


def _first_month(flags: NDArray[np.bool_]) -> Array:
    """1 in the first month a flag is set."""
    return np.asarray(flags & (np.cumsum(flags, axis=-1) == 1), dtype=float)


def _hardware_cash(terms: Terms, gpus: Array, held: int) -> tuple[Array, Array]:
    """Purchases and sales of own hardware; sold at its value when it goes, and valued at the end of the horizon."""
    months = gpus.shape[-1]
    if not terms.owned:
        return np.zeros(months), np.zeros(months)
    before = np.concatenate([np.full((*gpus.shape[:-1], 1), float(held)), gpus[..., :-1]], axis=-1)
    bought = np.maximum(0.0, gpus - before)
    kept = np.minimum(held, np.minimum.accumulate(gpus, axis=-1))
    kept_before = np.concatenate([np.full((*gpus.shape[:-1], 1), float(held)), kept[..., :-1]], axis=-1)
    value = terms.held_value(months)
    sale = (kept_before - kept) * value
    closing = kept[..., -1] * value[-1] + bought @ terms.closing_value(months)
    sale[..., -1] += closing
    return bought * terms.purchase_usd, sale
