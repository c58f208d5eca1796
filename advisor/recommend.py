"""The pipeline on one screen: scenario -> baseline -> options -> decision. Read this first."""

from __future__ import annotations

from advisor.catalog import Catalog
from advisor.decision import Decision, decide
from advisor.economics import fleet_cost
from advisor.errors import Problem, ScenarioError
from advisor.evaluate import Context, energy_of, evaluate, judge_quality, operate, today_key
from advisor.options import Gate, OperatingPoint, Option, OptionKey, enumerate_options
from advisor.pricing import Price, candidate_price, current_price
from advisor.scenario import Scenario
from advisor.scenario_io import resolve_scenario
from advisor.sizing import Load, fleet_as_entered, load_from_demand, load_from_utilization


def recommend(scenario: Scenario, catalog: Catalog) -> Decision:
    """Decide what to do with a fleet.

    Args:
        scenario: what the user asks; names may still be aliases.
        catalog: the records to decide from.

    Raises:
        ScenarioError: the scenario does not fit the catalog, or no demand follows from it.
    """
    context = Context(catalog, resolve_scenario(scenario, catalog))
    baseline, load = _baseline(context)
    options = [evaluate(context, key, load, _price(context, key)) for key in enumerate_options(catalog, context.scenario)]
    return decide(catalog, context.scenario, load, baseline, options)


def _price(context: Context, key: OptionKey) -> Price | None:
    """An option on today's hardware costs what the user pays for it, unless a quote says otherwise."""
    current, wanted = context.scenario.current, context.scenario.candidates.price
    if key.hardware == current.hardware and key.hardware not in wanted.overrides:
        return current_price(current)
    return candidate_price(context.catalog, key.hardware, wanted)


def _baseline(context: Context) -> tuple[Option, Load]:
    """Today's setup: the GPUs and price entered, at the entered demand."""
    current, catalog = context.scenario.current, context.catalog
    key = today_key(context)
    engines = (current.engine,) if current.engine else ()
    point, curve, latency = operate(context, key, engines)
    load = _load(context, point, latency)
    fleet = None
    if point is not None and point.replica_gpus is not None:
        fleet = fleet_as_entered(
            load,
            current.gpus,
            point.tok_s_per_gpu,
            point.replica_gpus,
            headroom_fraction=context.scenario.sizing.headroom_fraction,
            server_gpus=catalog.hardware[key.hardware].gpus_per_server,
        )
    price = current_price(current)
    gates = [latency]
    if fleet is not None:
        gates.append(_capacity_gate(load, fleet.capacity_tok_s, current.gpus))
    cost = fleet_cost(current.gpus, price.usd_per_gpu_hour, load)
    energy = energy_of(catalog, key.hardware, current.gpus, point.tok_s_per_gpu) if point is not None else None
    return Option(key, tuple(gates), price, point, curve, fleet, cost, energy, judge_quality(context, key, point)), load


def _load(context: Context, point: OperatingPoint | None, latency: Gate) -> Load:
    workload, current = context.scenario.workload, context.scenario.current
    if workload.demand is not None and workload.demand.is_given:
        return load_from_demand(workload, workload.demand)
    if point is None or current.utilization_fraction is None:
        message = (
            f"is needed: it cannot be derived from the utilization, since today's fleet cannot be read ({latency.reason})"
        )
        raise ScenarioError([Problem("workloads[0].demand", message)])
    return load_from_utilization(workload, current.gpus, point.tok_s_per_gpu, current.utilization_fraction)


def _capacity_gate(load: Load, capacity_tok_s: float, gpus: int) -> Gate:
    """Demand above what the fleet is measured to carry is said and asked about, never shrunk."""
    share = load.peak_tok_s / capacity_tok_s
    if share > 1:
        reason = (
            f"the entered peak of {load.peak_tok_s:,.0f} tok/s is {share:.0%} of what {gpus} GPUs are measured to carry "
            f"at this target ({capacity_tok_s:,.0f} tok/s): is the demand, the target or the GPU count right?"
        )
        return Gate("capacity", False, reason)
    return Gate("capacity", True, f"the peak takes {share:.0%} of measured capacity")
