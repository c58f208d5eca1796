"""The pipeline on one screen: scenario -> baseline -> options -> decision. Read this first."""

from __future__ import annotations

from dataclasses import replace

from advisor.catalog import Catalog
from advisor.context import Context, contexts_of
from advisor.decision import Case, Decision, decide, open_case
from advisor.decision.case import one_off_of, timing_of
from advisor.errors import Problem, ScenarioError
from advisor.evaluate import today_key
from advisor.latency import load_views
from advisor.limits import limit_gates
from advisor.mix import baseline_mix, evaluate_mix, key_for
from advisor.money.tokens import token_line
from advisor.operate import operate
from advisor.options import Gate, Option, OptionKey, enumerate_options
from advisor.own_evidence import own_measurements
from advisor.pricing import Price, candidate_price, current_price, has_own_quote, owner_price
from advisor.readiness import readiness_of
from advisor.scenario import Scenario
from advisor.scenario_io import resolve_scenario
from advisor.sizing import Load, add_loads, load_from_demand, load_from_utilization


def recommend(scenario: Scenario, catalog: Catalog) -> Decision:
    """Decide what to do with a fleet.

    Args:
        scenario: what the user asks; names may still be aliases.
        catalog: the records to decide from.

    Raises:
        ScenarioError: the scenario does not fit the catalog, or no demand follows from it.
    """
    context = Context(catalog, resolve_scenario(scenario, catalog))
    loads = _loads(context)
    baseline = _baseline(context, loads)
    tokens = token_line(catalog, context.scenario.workloads, loads)
    case = open_case(catalog, context.scenario, loads, baseline, tokens)
    decision = decide(case, [_option(context, case, key) for key in enumerate_options(catalog, context.scenario)])
    return replace(decision, own=own_measurements(context), load_view=load_views(decision))


def _option(context: Context, case: Case, key: OptionKey) -> Option:
    """One option: gates, fleet and money, what stands between it and serving, and the limits on budget and date."""
    option = evaluate_mix(context, key, case.loads, _price(context, key))
    option = replace(option, readiness=readiness_of(context, option, case.baseline))
    timing = timing_of(case, option)
    gates = limit_gates(case.scenario, option, one_off_of(case, option), timing.lead + timing.ramp)
    return replace(option, gates=(*option.gates, *gates)) if gates else option


def _price(context: Context, key: OptionKey) -> Price | None:
    """An option on today's hardware costs what the user pays for it, unless a quote says otherwise."""
    catalog, scenario = context.catalog, context.scenario
    wanted = scenario.candidates.price
    if key.hardware in scenario.candidates.owned and key.hardware not in wanted.overrides:
        owned = scenario.candidates.owned[key.hardware]
        return owner_price(catalog, key.hardware, owned, scenario.finance, f"candidates.owned.{key.hardware}.kw_per_gpu")
    if key.hardware == scenario.current.hardware and not has_own_quote(key.hardware, wanted):
        return current_price(catalog, scenario.current, scenario.finance)
    return candidate_price(catalog, key.hardware, wanted)


def _baseline(context: Context, loads: tuple[Load, ...]) -> Option:
    """Today's setup: the GPUs and price entered, at the entered demand."""
    scenario, catalog = context.scenario, context.catalog
    key, price = today_key(context), current_price(catalog, scenario.current, scenario.finance)
    option = baseline_mix(context, key, loads, price)
    if option.fleet is None:
        return option
    return replace(option, gates=(*option.gates, _capacity_gate(option, scenario.current.gpus, add_loads(loads))))


def _loads(context: Context) -> tuple[Load, ...]:
    """Every workload's demand; of a single one it may follow from the utilization of today's fleet."""
    return tuple(
        load_from_demand(view.workload, view.workload.demand)
        if view.workload.demand is not None and view.workload.demand.is_given
        else _load_from_fleet(view)
        for view in contexts_of(context)
    )


def _load_from_fleet(context: Context) -> Load:
    current = context.scenario.current
    engines = (current.engine,) if current.engine else ()
    point, _, latency = operate(context, key_for(context, today_key(context)), engines)
    if point is None or current.utilization_fraction is None:
        message = (
            f"is needed: it cannot be derived from the utilization, since today's fleet cannot be read ({latency.reason})"
        )
        raise ScenarioError([Problem(f"workloads[{context.index}].demand", message)])
    return load_from_utilization(context.workload, current.gpus, point.tok_s_per_gpu, current.utilization_fraction)


def _capacity_gate(option: Option, gpus: int, load: Load) -> Gate:
    """Demand above what the fleet is measured to carry is said and asked about, never shrunk."""
    assert option.fleet is not None  # the caller has seen a fleet
    share = 1 - option.fleet.spare_fraction
    if share > 1:
        reason = (
            f"the entered peak of {load.peak_tok_s:,.0f} tok/s is {share:.0%} of what {gpus} GPUs are measured to carry "
            f"at this target ({load.peak_tok_s / share:,.0f} tok/s): is the demand, the target or the GPU count right?"
        )
        return Gate("capacity", False, reason)
    return Gate("capacity", True, f"the peak takes {share:.0%} of measured capacity")
