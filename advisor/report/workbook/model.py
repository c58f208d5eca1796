"""What the workbook shows, worked out by the engine: one row an option, its curves, need, plans and flows.

The formulas stand on the sheets; the values here are theirs as the engine computes them, cell by cell.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from advisor.decision import Case, Decision, open_case
from advisor.decision.case import target_of, token_plan
from advisor.money.futures import payback_month
from advisor.money.months import Array, switched
from advisor.money.plans import Plan, flows, unused
from advisor.money.terms import Terms
from advisor.pricing import YOUR_QUOTE
from advisor.report.workbook.names import TODAY
from advisor.report.workbook.rows import Row, parts_of, row_of
from advisor.scenario import Owned


@dataclass(frozen=True)
class PlanRows:
    """A plan with its rows by month.

    ``arrived`` and ``gone`` are what the block's two shares show; ``kept`` is what is left of the GPUs owned today,
    ``hardware`` purchases less sales in USD, ``saved`` the cumulative saving; ``held`` are the GPUs there today. Totals are
    those of :class:`advisor.money.futures.Future`.
    """

    plan: Plan
    arrived: Array
    gone: Array
    old: Array
    new: Array
    idle: Array
    total: Array
    kept: Array
    hardware: Array
    saved: Array
    held: int
    npv_cost: float
    npv_saving: float
    payback_month: int | None


@dataclass(frozen=True)
class Model:
    """The decision as the workbook needs it."""

    decision: Decision

    @cached_property
    def case(self) -> Case:
        """The business case of the decision."""
        d = self.decision
        return open_case(d.catalog, d.scenario, d.loads, d.baseline, d.tokens)

    @cached_property
    def why_not_live(self) -> str:
        """Why nothing follows live; empty where everything does."""
        return "" if self.rows else "no option has both a price and an operating point"

    @property
    def workloads(self) -> int:
        """How many there are."""
        return len(self.decision.scenario.workloads)

    @cached_property
    def own_kinds(self) -> dict[str, Owned]:
        """Hardware on the own books: today's under ``today``, then candidates by GPU; none where nothing is live."""
        scenario = self.decision.scenario
        if self.why_not_live:
            return {}
        found = {} if scenario.current.owned is None else {TODAY: scenario.current.owned}
        return found | {row.own_kind: scenario.candidates.owned[row.own_kind] for row in self.rows if row.own_kind}

    @property
    def equals_today(self) -> bool:
        """Whether own hardware that would be bought costs exactly what today's does, so that it is run in place instead."""
        candidates = self.decision.scenario.candidates
        own = set(candidates.owned) - set(candidates.price.overrides)
        if self.why_not_live:
            return False
        return any(row.in_place and row.option.key.hardware in own for row in self.rows)

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """Options with a price and curves that no fixed constraint excludes for good, by id."""
        found = [
            option
            for option in self.decision.options
            if all(part.curve is not None for part in parts_of(option))
            and option.price is not None
            and all(gate.passed is not False for gate in option.gates if gate.name in ("format", "constraints"))
        ]
        rows = [row_of(self.case, self.decision, option) for option in sorted(found, key=lambda option: option.key.id)]
        return tuple(row for row in rows if row.option.fleet is not None)

    @cached_property
    def today(self) -> Row:
        """Today's fleet as a row."""
        return row_of(self.case, self.decision, self.decision.baseline, today=True)

    @property
    def labelled(self) -> list[tuple[str, Row]]:
        """Today's fleet under ``today``, then every option under its id."""
        return [(TODAY, self.today), *((row.id, row) for row in self.rows)]

    def terms_of(self, row: Row) -> Terms:
        """What is paid for a row's GPUs."""
        return self.case.ledger.today.terms if row is self.today else target_of(self.case, row.option).terms

    def plan_rows(self, plan: Plan) -> PlanRows:
        """A plan's rows by month."""
        ledger = self.case.ledger
        cash = flows(plan, ledger.today, ledger.world, ledger.staying)
        months, timing = ledger.months, plan.timing
        arrived = switched(months, timing.served_from, timing.ramp)
        gone = switched(months, timing.served_from + timing.parallel, timing.ramp)
        if plan.end is not None:
            end = plan.end
            free = np.clip(1 - ledger.today.committed(months) / ledger.staying, 0.0, 1.0)
            arrived = free * arrived + (1 - free) * switched(months, end.served_from, end.ramp)
            gone = free * gone + (1 - free) * switched(months, end.served_from + end.parallel, end.ramp)
        if plan.target is not None and plan.target.in_place:
            gone = plan.target.need.gpus(ledger.world.demand)
        kept = np.minimum(ledger.today.gpus, np.minimum.accumulate(cash.old_gpus))
        new = cash.tokens_usd if plan.tokens_usd_per_month else cash.new_gpus
        idle = unused(ledger.today.committed(months), cash.old_gpus)
        hardware = cash.purchase_usd - cash.sale_usd
        saved = np.cumsum(ledger.stay_usd - cash.total_usd) - plan.one_off_usd
        parts = (arrived, gone, cash.old_gpus, new, idle, cash.total_usd, kept, hardware, saved)
        one, two, old, third, spare, usd, left, bought, sums = (np.broadcast_to(part, (months,)) for part in parts)
        npv = plan.one_off_usd + float(cash.total_usd @ ledger.factors)
        paid = payback_month(plan.one_off_usd, cash.total_usd.tolist(), ledger.stay_usd.tolist())
        totals = (ledger.today.gpus, npv, ledger.stay_npv - npv, paid)
        return PlanRows(plan, one, two, old, third, spare, usd, left, bought, sums, *totals)

    @cached_property
    def token_plan(self) -> Plan | None:
        """Buying tokens."""
        return token_plan(self.case)

    def is_quote(self, row: Row) -> bool:
        """Whether a row is priced by an own quote."""
        return row.option.price is not None and row.option.price.provider == YOUR_QUOTE
