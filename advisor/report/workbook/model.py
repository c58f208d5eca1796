"""What the workbook shows, worked out by the engine: one row an option, its curve, need, plans and flows.

The formulas stand on the sheets; the values here are theirs as the engine computes them, cell by cell.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from advisor.context import Context
from advisor.decision import Case, Decision, open_case
from advisor.decision.case import one_off_of, runs_in_place, target_of, timing_of, token_plan
from advisor.evaluate import evaluate, today_key
from advisor.evidence.frontier import Curve
from advisor.evidence.latency import tail_at
from advisor.evidence.own import own_curve
from advisor.evidence.reading import KNOT_TOLERANCE, Reading, read_curve
from advisor.money.futures import Future, future
from advisor.money.months import Array, switched
from advisor.money.plans import FutureName, Plan, Timing, flows, unused
from advisor.operate import question_of
from advisor.options import Option
from advisor.pricing import YOUR_BILL, YOUR_QUOTE
from advisor.quality.turns import Turn, turns_of
from advisor.quality.verdict import Change
from advisor.readiness import readiness_of
from advisor.sizing import with_output_length

FIXED_GATES = frozenset({"format", "constraints", "memory", "ttft", "readiness"})
"""Gates whose answer at delivery stands in the workbook; the others are formulas."""
NOWHERE = 1e-9
"""An interactivity every curve reaches: options out of reach are worked out at their slowest knot."""


@dataclass(frozen=True)
class Lookup:
    """The curve an option is read from, and the one it is read from beyond its own measurements (else the same)."""

    first: Curve | None
    first_kind: str
    second: Curve | None
    second_kind: str

    def chosen(self, target: float) -> tuple[Curve, str]:
        """The curve read at a target, as :class:`advisor.evidence.own.OwnCurve` chooses."""
        assert self.first is not None
        if self.second is None or self.takes_first(target):
            return self.first, self.first_kind
        return self.second, self.second_kind

    def takes_first(self, target: float) -> bool:
        """Whether own points answer."""
        assert self.first is not None
        assert self.second is not None
        fastest = self.first.fastest
        if fastest > self.first.slowest:
            return target <= fastest
        return target == fastest or (target < fastest <= self.second.slowest)


@dataclass(frozen=True)
class Row:
    """An option (or today's fleet) with everything its formulas start from."""

    option: Option
    label: str
    lookup: Lookup
    tail_ratio: float
    prefix_factor: float
    length_factor: float
    length_ratio: float
    is_spot: bool
    unit: int
    fixed_gates: bool
    fixed_months: float
    turns: tuple[Turn, ...]
    in_place: bool
    is_own: bool

    @property
    def id(self) -> str:
        """``b200:fp4:none``."""
        return self.option.key.id


@dataclass(frozen=True)
class PlanRows:
    """A plan with its rows by month; ``first`` and ``second`` are what the block's two shares show."""

    plan: Plan
    arrived: Array
    gone: Array
    old: Array
    new: Array
    idle: Array
    total: Array
    result: Future


@dataclass(frozen=True)
class Model:
    """The decision as the workbook needs it; live only for one workload on rented GPUs."""

    decision: Decision

    @cached_property
    def case(self) -> Case:
        """The business case of the decision."""
        d = self.decision
        return open_case(d.catalog, d.scenario, d.loads, d.baseline, d.tokens)

    @cached_property
    def context(self) -> Context:
        """For the engine's own questions."""
        return Context(self.decision.catalog, self.decision.scenario)

    @cached_property
    def why_not_live(self) -> str:
        """Why nothing follows live; empty where everything does."""
        scenario = self.decision.scenario
        if len(scenario.workloads) > 1:
            return "the scenario has several workloads, whose replicas share machines"
        if scenario.current.owned is not None or scenario.candidates.owned:
            return "the scenario holds own hardware, bought and sold over time"
        if not any(option.curve is not None and option.price is not None for option in self.decision.options):
            return "no option has both a price and an operating point"
        return ""

    @cached_property
    def target(self) -> float:
        """Interactivity asked, tok/s/user."""
        return self.decision.scenario.workload.targets.interactivity_tok_s_per_user

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """Options with a price and a curve that no fixed constraint excludes for good, by id."""
        found = [
            option
            for option in self.decision.options
            if option.curve is not None
            and option.price is not None
            and all(gate.passed is not False for gate in option.gates if gate.name in ("format", "constraints"))
        ]
        return tuple(self._row(option) for option in sorted(found, key=lambda option: option.key.id))

    @cached_property
    def today(self) -> Row:
        """Today's fleet as a row."""
        return self._row(self.decision.baseline, today=True)

    def _row(self, option: Option, *, today: bool = False) -> Row:
        scenario, catalog = self.decision.scenario, self.decision.catalog
        engines = ((scenario.current.engine,) if scenario.current.engine else ()) if today else scenario.candidates.engines
        question = question_of(self.context, option.key, engines)
        tail = tail_at(catalog, question, scenario.workload.targets.percentile) if question else None
        own = own_curve(catalog, scenario.current.measured, question) if question and self.context.model else None
        lookup = Lookup(option.curve, _kind(option.curve), None, "")
        if own is not None:
            anchor = own.anchor.curve if own.anchor else None
            lookup = Lookup(own.curve, "user-measured", anchor, _kind(anchor))
        full = option if today or option.operating_point is not None else self._at_slowest(option)
        ratio = full.quality.output_length_ratio
        load = with_output_length(self.decision.load, ratio)
        machine = catalog.hardware[option.key.hardware].gpus_per_server
        billing = scenario.current.billing if today else scenario.candidates.billing
        row = Row(
            full,
            option.key.label(catalog),
            lookup,
            tail.ratio if tail else 1.0,
            1.0,
            load.mean_tok_s / self.decision.load.mean_tok_s,
            ratio,
            option.price is not None and option.price.basis == "spot" and option.price.provider != YOUR_BILL,
            machine if billing == "server" else 1,
            all(gate.passed is not False for gate in full.gates if gate.name in FIXED_GATES),
            0.0,
            () if today else self._turns(option),
            not today and runs_in_place(self.case, option),
            option.key.id == self.decision.baseline.key.id,
        )
        row = replace(row, prefix_factor=self._prefix(row) if lookup.first else 1.0)
        months = full.readiness.added_months - (0.0 if today else self.engine_months(row))
        return replace(row, fixed_months=max(0.0, months))

    def _prefix(self, row: Row) -> float:
        """What the prefix cache is worth at the interactivity of delivery."""
        point, hit = row.option.operating_point, self.decision.scenario.workload.prefix_cache_hit_fraction
        if hit == 0 or point is None:
            return 1.0
        return point.tok_s_per_gpu / self.reading(row)[0]

    def _at_slowest(self, option: Option) -> Option:
        """An option out of reach, worked out where it runs if asked for less; its gates but latency hold there."""
        scenario = self.decision.scenario
        workload = scenario.workload
        targets = workload.targets.model_copy(update={"interactivity_tok_s_per_user": NOWHERE})
        slow = scenario.model_copy(update={"workloads": (workload.model_copy(update={"targets": targets}),)})
        context = Context(self.decision.catalog, slow)
        found = evaluate(context, option.key, self.decision.load, option.price)
        return replace(found, readiness=readiness_of(context, found, self.decision.baseline))

    def _turns(self, option: Option) -> tuple[Turn, ...]:
        context, catalog = self.context, self.decision.catalog
        custom = context.workload.model
        size = context.model.total_params_b if context.model else getattr(custom, "custom").total_params_b  # noqa: B009
        now, then = catalog.precisions[today_key(context).format], catalog.precisions[option.key.format]
        change = Change(context.model, size, now, then)
        return turns_of(catalog, change, option.quality, context.scenario.quality)

    def position(self, row: Row) -> tuple[Curve, str, float, bool]:
        """Curve read, its kind, where it is read, and whether the target is within reach."""
        target = self.target * row.tail_ratio
        curve, kind = row.lookup.chosen(target)
        reach = target <= curve.fastest
        return curve, kind, max(target, curve.slowest) if reach else curve.slowest, reach

    def reading(self, row: Row) -> tuple[float, Reading]:
        """Throughput of the curve at the operating point, and the reading."""
        curve, _, at, _ = self.position(row)
        return curve.throughput(at), read_curve(self.decision.catalog, curve, at)

    def throughput(self, row: Row) -> float:
        """tok/s/GPU with the prefix cache, before what spot costs."""
        return self.reading(row)[0] * row.prefix_factor

    def serving(self, row: Row) -> float:
        """tok/s/GPU that serves."""
        overhead = self.decision.scenario.candidates.spot_overhead_fraction if row.is_spot else 0.0
        return self.throughput(row) * (1 - overhead)

    def engine(self, row: Row) -> str:
        """Engine of the nearer knot, empty for estimates."""
        return self.reading(row)[1].engine or ""

    def engine_months(self, row: Row) -> float:
        """Months another engine than today's adds, where one was measured."""
        mine = self.decision.scenario.current.engine
        if mine is None or row.is_own or not self.engine(row) or self.engine(row) == mine:
            return 0.0
        return self.decision.catalog.assume("readiness_engine_change_months")

    def is_exact(self, row: Row) -> bool:
        """Whether the operating point is a measured knot."""
        value, reading = self.reading(row)
        knots = reading.knots
        return len(knots) == 1 and abs(value / knots[0].tok_s_per_gpu - 1) <= KNOT_TOLERANCE

    def plans(self, row: Row) -> tuple[Plan, ...]:
        """The plans of a row's block: tuning, or moving now, at contract end, phased, whether open or not."""
        case, option = self.case, row.option
        target, timing, one_off = target_of(case, option), timing_of(case, option), one_off_of(case, option)
        if row.in_place:
            return (Plan("tune_in_place", timing, one_off, target),)
        start = max(0.0, case.ledger.today.months_left - timing.transition)
        end = Timing(start, timing.lead, timing.ramp, timing.parallel)
        return (
            Plan("move_now", timing, one_off, target),
            Plan("move_at_contract_end", end, one_off, target),
            Plan("phased", timing, one_off, target, end),
        )

    def is_offered(self, name: FutureName) -> bool:
        """Whether a plan is among those compared."""
        today = self.case.ledger.today
        grows = self.decision.scenario.workload.growth_per_year_fraction > 0
        if name == "move_at_contract_end":
            return today.committed_gpus > 0
        return name != "phased" or (today.committed_gpus > 0 and (today.committed_gpus < today.gpus or grows))

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
        idle = unused(ledger.today.committed(months), cash.old_gpus)
        new = cash.tokens_usd if plan.tokens_usd_per_month else cash.new_gpus
        if plan.target is not None and plan.target.in_place:
            gone = plan.target.need.gpus(ledger.world.demand)
            gone = np.broadcast_to(gone, (months,))
        parts = (arrived, gone, cash.old_gpus, new, idle, cash.total_usd)
        one, two, old, third, spare, total = (np.broadcast_to(part, (months,)) for part in parts)
        return PlanRows(plan, one, two, old, third, spare, total, future(ledger, plan))

    @cached_property
    def token_plan(self) -> Plan | None:
        """Buying tokens."""
        return token_plan(self.case)

    def is_quoted(self, hardware: str) -> bool:
        """Whether the scenario holds an own quote for a GPU."""
        return hardware in self.decision.scenario.candidates.price.overrides

    def is_quote(self, row: Row) -> bool:
        """Whether a row is priced by an own quote."""
        return row.option.price is not None and row.option.price.provider == YOUR_QUOTE


def _kind(curve: Curve | None) -> str:
    """How a curve was come by: ``measured``, or the grade of an estimate."""
    if curve is None:
        return "none"
    return curve.origin.grade if curve.origin is not None else "measured"


__all__ = ["FIXED_GATES", "Lookup", "Model", "PlanRows", "Row"]
