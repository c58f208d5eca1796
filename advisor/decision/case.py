"""The business case of a scenario: its ledger, and the plans each option allows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from advisor.catalog import Catalog
from advisor.economics import one_off_cost
from advisor.money.futures import Future, Ledger, future, open_ledger
from advisor.money.months import path
from advisor.money.need import Need, PartNeed
from advisor.money.plans import Plan, Target, Timing, Today, World
from advisor.money.terms import Terms, owned_terms, power_usd_per_gpu_month
from advisor.money.tokens import TokenLine
from advisor.options import Option
from advisor.pricing import YOUR_HARDWARE
from advisor.scenario import Owned, Scenario
from advisor.sizing import Fleet, Load, add_loads
from advisor.units import HOURS_PER_MONTH


@dataclass(frozen=True)
class Case:
    """Everything the money of one scenario rests on."""

    catalog: Catalog
    scenario: Scenario
    loads: tuple[Load, ...]
    baseline: Option
    tokens: TokenLine
    ledger: Ledger

    @property
    def load(self) -> Load:
        """All workloads' demand together."""
        return add_loads(self.loads)

    @property
    def bill_npv(self) -> float:
        """Today's bill paid over the whole horizon, discounted: what savings are measured against."""
        assert self.baseline.cost is not None  # today's bill is always known
        return self.baseline.cost.usd_per_month * float(self.ledger.factors.sum())

    def worth_it(self, npv_saving: float) -> bool:
        """Whether a saving is worth a change: above 0 and not below the smallest share of today's bill."""
        return npv_saving > 0 and npv_saving >= self.scenario.preferences.minimum_saving_fraction * self.bill_npv

    @property
    def today_can_stay(self) -> bool:
        """Whether no gate of today's fleet fails."""
        return not self.baseline.failures


def open_case(catalog: Catalog, scenario: Scenario, loads: Sequence[Load], baseline: Option, tokens: TokenLine) -> Case:
    """Set up the ledger of a scenario: today's fleet, terms and contract, and the world as expected."""
    months = scenario.finance.horizon_months
    change = scenario.finance.price_change_per_year
    world = World(
        tuple(path(workload.growth_per_year_fraction, months) for workload in scenario.workloads),
        path(change.current, months),
        path(change.candidate, months),
    )
    total = sum(load.mean_tok_s for load in loads)
    shares = tuple(load.mean_tok_s / total for load in loads)
    today = _today(catalog, scenario, baseline)
    ledger = open_ledger(today, world, months, scenario.finance.discount_rate_per_year, shares)
    return Case(catalog, scenario, tuple(loads), baseline, tokens, ledger)


def _today(catalog: Catalog, scenario: Scenario, baseline: Option) -> Today:
    current, contract = scenario.current, scenario.current.commitment
    unit = catalog.hardware[current.hardware].gpus_per_server if current.billing == "server" else 1
    return Today(
        gpus=current.gpus,
        terms=_today_terms(catalog, scenario, baseline),
        need=_need(scenario, baseline.fleet, unit) if baseline.fleet is not None else None,
        unit=unit,
        committed_gpus=current.committed_gpus,
        months_left=contract.months_left,
        recoverable_fraction=contract.recoverable_fraction,
        exit_fee_usd=contract.exit_fee_usd,
    )


def _today_terms(catalog: Catalog, scenario: Scenario, baseline: Option) -> Terms:
    owned = scenario.current.owned
    if owned is not None:
        return _owned_terms(catalog, scenario, scenario.current.hardware, owned)
    assert baseline.price is not None  # today's bill is always known
    return Terms(baseline.price.usd_per_gpu_hour * HOURS_PER_MONTH)


def _owned_terms(catalog: Catalog, scenario: Scenario, hardware: str, owned: Owned) -> Terms:
    power = power_usd_per_gpu_month(owned, scenario.finance, catalog.default_power_book.kw_per_gpu.get(hardware))
    assert power is not None  # pricing has refused own hardware whose power cannot be priced
    return owned_terms(owned, power)


def _need(scenario: Scenario, fleet: Fleet, unit: int) -> Need:
    parts = tuple(PartNeed(part.peak_tok_s, part.tok_s_per_gpu, part.replica_gpus) for part in fleet.parts)
    return Need(parts, scenario.sizing.headroom_fraction, scenario.sizing.spare_replicas, unit)


def runs_in_place(case: Case, option: Option) -> bool:
    """Whether an option runs on the very GPUs there are: same kind, and not bought elsewhere at another price."""
    if option.key.hardware != case.baseline.key.hardware or option.price is None:
        return False
    assert case.baseline.price is not None
    return option.price.usd_per_gpu_hour == case.baseline.price.usd_per_gpu_hour


def buys_hardware(case: Case, option: Option) -> bool:
    """Whether an option's GPUs are bought for the own books."""
    return option.price is not None and option.price.provider == YOUR_HARDWARE and not runs_in_place(case, option)


def target_of(case: Case, option: Option) -> Target:
    """What a plan towards an option leads to."""
    assert option.fleet is not None  # only priced and sized options have plans
    assert option.price is not None
    in_place = runs_in_place(case, option)
    unit = 1
    if case.scenario.candidates.billing == "server":
        unit = case.catalog.hardware[option.key.hardware].gpus_per_server
    terms = Terms(option.price.usd_per_gpu_hour * HOURS_PER_MONTH)
    if in_place:
        terms = case.ledger.today.terms
    elif buys_hardware(case, option):
        owned = case.scenario.candidates.owned[option.key.hardware]
        terms = _owned_terms(case.catalog, case.scenario, option.key.hardware, owned)
    return Target(option.key.id, _need(case.scenario, option.fleet, unit), terms, in_place)


def one_off_of(case: Case, option: Option) -> float:
    """What changing to an option costs once, USD; nothing for today's own setup."""
    return (
        0.0
        if option.key.id == case.baseline.key.id and runs_in_place(case, option)
        else one_off_cost(case.scenario.migration)
    )


def timing_of(case: Case, option: Option) -> Timing:
    """How a change to an option runs if ordered now. On the GPUs there are nothing waits for delivery or runs twice."""
    migration = case.scenario.migration
    if runs_in_place(case, option):
        same = option.key.id == case.baseline.key.id
        return Timing() if same else Timing(0.0, option.readiness.added_months, migration.ramp_months)
    lead = migration.lead_time_months + option.readiness.added_months
    return Timing(0.0, lead, migration.ramp_months, migration.parallel_months)


def every_plan(case: Case, option: Option) -> tuple[Plan, ...]:
    """The courses of action towards an option, open or not: tuning, or moving now, as the contract ends, in two tranches."""
    target, timing, one_off = target_of(case, option), timing_of(case, option), one_off_of(case, option)
    if target.in_place:
        return (Plan("tune_in_place", timing, one_off, target),)
    start = max(0.0, case.ledger.today.months_left - timing.transition)
    end = Timing(start, timing.lead, timing.ramp, timing.parallel)
    return (
        Plan("move_now", timing, one_off, target),
        Plan("move_at_contract_end", end, one_off, target),
        Plan("phased", timing, one_off, target, end),
    )


def is_offered(case: Case, plan: Plan) -> bool:
    """Whether a course of action is one of its own: without a contract nothing waits for its end or comes in two parts."""
    today = case.ledger.today
    grows = any(workload.growth_per_year_fraction > 0 for workload in case.scenario.workloads)
    if plan.name == "move_at_contract_end":
        return today.committed_gpus > 0
    return plan.name != "phased" or (today.committed_gpus > 0 and (today.committed_gpus < today.gpus or grows))


def plans_of(case: Case, option: Option) -> tuple[Plan, ...]:
    """The courses of action an option allows."""
    return tuple(plan for plan in every_plan(case, option) if is_offered(case, plan))


def token_plan(case: Case) -> Plan | None:
    """Buying tokens at the median API price; None without a price for every model."""
    if not case.tokens.offers:
        return None
    migration = case.scenario.migration
    work = migration.buy_tokens_weeks * migration.usd_per_engineering_week + migration.revalidation_usd
    one_off = work * (1 + migration.contingency_fraction)
    return Plan("buy_tokens", Timing(ramp=migration.ramp_months), one_off, tokens_usd_per_month=case.tokens.by_workload)


def best_plan(case: Case, option: Option) -> Future:
    """An option's cheapest course of action by NPV; of equal ones the first."""
    plans = plans_of(case, option)
    return future(case.ledger, min(plans, key=case.ledger.npv))


def worked_out(case: Case, plans: Sequence[Plan]) -> tuple[Future, ...]:
    """Plans with their rows and totals."""
    return tuple(future(case.ledger, plan) for plan in plans)
