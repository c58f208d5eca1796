"""One row an option: everything the formulas of the workbook start from, workload by workload."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from advisor.context import Context, contexts_of
from advisor.decision import Case, Decision
from advisor.decision.case import runs_in_place
from advisor.evaluate import today_key
from advisor.evidence.frontier import Curve
from advisor.evidence.latency import tail_at
from advisor.evidence.own import own_curve
from advisor.evidence.reading import KNOT_TOLERANCE, Reading, read_curve
from advisor.mix import evaluate_mix
from advisor.operate import question_of
from advisor.options import Option
from advisor.pricing import YOUR_BILL, YOUR_QUOTE, candidate_price, has_own_quote
from advisor.quality.turns import Turn, turns_of
from advisor.quality.verdict import Change
from advisor.readiness import readiness_of
from advisor.scenario import Scenario

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
class Part:
    """One workload on an option. ``asked`` is its interactivity in tok/s/user, before the percentile's tail."""

    view: Context
    option: Option
    lookup: Lookup
    asked: float
    tail_ratio: float
    length_ratio: float
    is_own: bool
    turns: tuple[Turn, ...]
    prefix_factor: float = 1.0
    fixed_engine_months: float = 0.0

    @cached_property
    def position(self) -> tuple[Curve, str, float, bool]:
        """Curve read, its kind, where it is read, and whether the target is within reach."""
        target = self.asked * self.tail_ratio
        curve, kind = self.lookup.chosen(target)
        reach = target <= curve.fastest
        return curve, kind, max(target, curve.slowest) if reach else curve.slowest, reach

    @cached_property
    def reading(self) -> tuple[float, Reading]:
        """Throughput of the curve at the operating point, and the reading."""
        curve, _, at, _ = self.position
        return curve.throughput(at), read_curve(self.view.catalog, curve, at)

    @property
    def tok_s(self) -> float:
        """tok/s/GPU with the prefix cache, before what spot costs."""
        return self.reading[0] * self.prefix_factor

    @property
    def engine(self) -> str:
        """Engine of the nearer knot, empty for estimates."""
        return self.reading[1].engine or ""

    @property
    def engine_months(self) -> float:
        """Months another engine than today's adds, where one was measured."""
        mine = self.view.scenario.current.engine
        if mine is None or self.is_own or self.lookup.first is None or not self.engine or self.engine == mine:
            return 0.0
        return self.view.catalog.assume("readiness_engine_change_months")

    @property
    def is_exact(self) -> bool:
        """Whether the operating point is a measured knot."""
        value, reading = self.reading
        knots = reading.knots
        return len(knots) == 1 and abs(value / knots[0].tok_s_per_gpu - 1) <= KNOT_TOLERANCE


@dataclass(frozen=True)
class Row:
    """An option (or today's fleet). ``own_kind`` names the own hardware it buys, empty where it is rented.

    ``is_spot``: its price is a spot price, or would be without the quote typed for its GPU.
    """

    option: Option
    label: str
    parts: tuple[Part, ...]
    is_spot: bool
    unit: int
    fixed_gates: bool
    fixed_months: float
    in_place: bool
    is_own: bool
    own_kind: str

    @property
    def id(self) -> str:
        """``b200:fp4:none``."""
        return self.option.key.id

    @property
    def overhead(self) -> float:
        """Share of the throughput that spot interruptions cost; a quote as typed is firm."""
        price = self.option.price
        if not self.is_spot or (price is not None and price.provider == YOUR_QUOTE):
            return 0.0
        return self.parts[0].view.scenario.candidates.spot_overhead_fraction


def parts_of(option: Option) -> tuple[Option, ...]:
    """One option a workload."""
    return option.parts or (option,)


def is_listed(scenario: Scenario, hardware: str) -> bool:
    """Whether a GPU without a quote typed for it costs what is listed; else it is there, or would be bought."""
    unquoted = scenario.candidates.price.model_copy(update={"overrides": {}})
    is_paid = hardware == scenario.current.hardware and not has_own_quote(hardware, unquoted)
    return hardware not in scenario.candidates.owned and not is_paid


def _is_spot(decision: Decision, option: Option) -> bool:
    price, hardware, scenario = option.price, option.key.hardware, decision.scenario
    if price is not None and price.provider == YOUR_QUOTE and is_listed(scenario, hardware):
        price = candidate_price(decision.catalog, hardware, scenario.candidates.price.model_copy(update={"overrides": {}}))
    return price is not None and price.basis == "spot" and price.provider != YOUR_BILL


def row_of(case: Case, decision: Decision, option: Option, *, today: bool = False) -> Row:
    """An option as a row; out of reach it is worked out where it runs if asked for less."""
    scenario, catalog = decision.scenario, decision.catalog
    context = Context(catalog, scenario)
    full = option if today else _within_reach(context, case, option)
    is_own = option.key.id == decision.baseline.key.id
    parts = []
    for view, part in zip(contexts_of(context), parts_of(full), strict=True):
        parts.append(_part(view, part, today=today, is_own=is_own))
    others = 0.0
    if not today:
        parts, others = _engine_months(parts, full, decision.baseline)
    server = catalog.hardware[option.key.hardware].gpus_per_server
    billing = scenario.current.billing if today else scenario.candidates.billing
    in_place = not today and runs_in_place(case, option)
    hardware, owned = option.key.hardware, scenario.candidates.owned
    buys = hardware in owned and hardware not in scenario.candidates.price.overrides and not in_place and not today
    return Row(
        option=full,
        label=option.key.label(catalog),
        parts=tuple(parts),
        is_spot=_is_spot(decision, option),
        unit=server if billing == "server" else 1,
        fixed_gates=all(gate.passed is not False for gate in full.gates if gate.name in FIXED_GATES),
        fixed_months=others,
        in_place=in_place,
        is_own=is_own,
        own_kind=hardware if buys else "",
    )


def _part(view: Context, option: Option, *, today: bool, is_own: bool) -> Part:
    scenario, catalog = view.scenario, view.catalog
    engines = ((scenario.current.engine,) if scenario.current.engine else ()) if today else scenario.candidates.engines
    question = question_of(view, option.key, engines)
    tail = tail_at(catalog, question, view.workload.targets.percentile)
    own = own_curve(catalog, scenario.current.measured, question) if view.model else None
    lookup = Lookup(option.curve, _kind(option.curve), None, "")
    if own is not None:
        anchor = own.anchor.curve if own.anchor else None
        lookup = Lookup(own.curve, "user-measured", anchor, _kind(anchor))
    ratio = 1.0 if today else option.quality.output_length_ratio
    turns = () if today else _turns(view, option)
    found = Part(view, option, lookup, view.target, tail.ratio if tail else 1.0, ratio, is_own, turns)
    point = option.operating_point
    if view.workload.prefix_cache_hit_fraction == 0 or point is None or lookup.first is None:
        return found
    return replace(found, prefix_factor=point.tok_s_per_gpu / found.reading[0])


def _turns(view: Context, option: Option) -> tuple[Turn, ...]:
    catalog, custom = view.catalog, view.workload.model
    size = view.model.total_params_b if view.model else getattr(custom, "custom").total_params_b  # noqa: B009
    now, then = catalog.precisions[today_key(view).format], catalog.precisions[option.key.format]
    change = Change(view.model, size, now, then)
    return turns_of(catalog, change, option.quality, view.scenario.quality)


def _engine_months(parts: list[Part], option: Option, baseline: Option) -> tuple[list[Part], float]:
    """The parts with the months no change of theirs moves, and the months that are not about engines."""
    found, worst = [], 0.0
    for part, today in zip(parts, parts_of(baseline), strict=True):
        risks = readiness_of(part.view, part.option, today).risks
        months = sum(risk.added_months for risk in risks if risk.name == "engine")
        worst = max(worst, months)
        found.append(replace(part, fixed_engine_months=max(0.0, months - part.engine_months)))
    return found, max(0.0, option.readiness.added_months - worst)


def _within_reach(context: Context, case: Case, option: Option) -> Option:
    """The option itself, or as it would run if asked for less; its gates but latency hold there."""
    slow = [part.operating_point is None for part in parts_of(option)]
    if not any(slow):
        return option
    workloads = tuple(
        workload.model_copy(
            update={"targets": workload.targets.model_copy(update={"interactivity_tok_s_per_user": NOWHERE})}
        )
        if is_slow
        else workload
        for workload, is_slow in zip(context.scenario.workloads, slow, strict=True)
    )
    view = replace(context, scenario=context.scenario.model_copy(update={"workloads": workloads}))
    found = evaluate_mix(view, option.key, case.loads, option.price)
    return replace(found, readiness=readiness_of(view, found, case.baseline))


def _kind(curve: Curve | None) -> str:
    """How a curve was come by: ``measured``, or the grade of an estimate."""
    if curve is None:
        return "none"
    return curve.origin.grade if curve.origin is not None else "measured"
