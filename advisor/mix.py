"""Several workloads served by one fleet: each worked out on its own, then packed and judged together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from advisor.context import Context, contexts_of, workload_name
from advisor.economics import fleet_cost
from advisor.evaluate import billed_gpus, energy_of, evaluate, judge_quality, power_gate
from advisor.formats import resolve_precision
from advisor.operate import operate
from advisor.options import Gate, Option, OptionKey
from advisor.pricing import Price
from advisor.quality.verdict import SEVERITY, QualityVerdict
from advisor.sizing import Fleet, Load, add_loads, fleet_as_entered, pack, shared_fleet, with_output_length
from advisor.units import guarded_ceil

WHOLE_FLEET_GATES = frozenset({"power"})
"""Gates about the fleet as a whole: judged after packing."""


def key_for(context: Context, key: OptionKey) -> OptionKey:
    """The same option for another workload: a family such as fp4 may resolve to another format for its model."""
    resolved = resolve_precision(context.catalog, key.precision, key.hardware, context.model)
    assert resolved is not None  # the name comes from the catalog
    return replace(key, format=resolved)


def evaluate_mix(context: Context, key: OptionKey, loads: Sequence[Load], price: Price | None) -> Option:
    """Work out an option for every workload and pack them into one fleet. Nothing is raised: what fails is a gate.

    ``loads`` are today's; each workload's answers are as long as its own quality verdict says of the option.
    """
    if len(loads) == 1:
        return evaluate(context, key, loads[0], price)
    views = contexts_of(context)
    parts = tuple(evaluate(view, key_for(view, key), load, price) for view, load in zip(views, loads, strict=True))
    carried = [with_output_length(load, part.quality.output_length_ratio) for load, part in zip(loads, parts, strict=True)]
    fleets = [part.fleet for part in parts if part.fleet is not None]
    fleet = pack(fleets, carried, billed_gpus(context, key)) if len(fleets) == len(parts) else None
    return _joined(context, key, parts, carried, price, fleet)


def _joined(
    context: Context,
    key: OptionKey,
    parts: tuple[Option, ...],
    loads: Sequence[Load],
    price: Price | None,
    fleet: Fleet | None,
) -> Option:
    load, first = add_loads(loads), parts[0]
    cost = fleet_cost(fleet.gpus, price.usd_per_gpu_hour, load) if fleet is not None and price is not None else None
    energy = energy_of(context.catalog, key.hardware, fleet.gpus, fleet.capacity_tok_s / fleet.gpus) if fleet else None
    gates = [*join_gates(context, parts)]
    power = power_gate(context, energy)
    if power is not None:
        gates.append(power)
    return replace(
        first,
        key=key,
        gates=tuple(gates),
        price=price,
        fleet=fleet,
        cost=cost,
        energy=energy,
        quality=_joined_quality(context, parts, loads),
        parts=parts,
    )


def _joined_quality(context: Context, parts: Sequence[Option], loads: Sequence[Load]) -> QualityVerdict:
    """The worst workload's verdict, which its reason names unless all say the same.

    Its answer length is that of all output tokens together; ``loads`` are those carried, answers lengthened.
    """
    verdicts = [part.quality for part in parts]
    number = max(range(len(verdicts)), key=lambda n: SEVERITY.index(verdicts[n].status))
    worst, ratios = verdicts[number], [verdict.output_length_ratio for verdict in verdicts]
    if any(verdict.reason != worst.reason for verdict in verdicts):
        worst = replace(worst, reason=f"{workload_name(context, number)}: {worst.reason}")
    if len(set(ratios)) == 1:
        return worst
    today = sum(load.mean_output_tok_s / ratio for load, ratio in zip(loads, ratios, strict=True))
    return replace(worst, output_length_ratio=sum(load.mean_output_tok_s for load in loads) / today)


def join_gates(context: Context, parts: Sequence[Option]) -> list[Gate]:
    """Gate by gate the worst workload's word: failed before open before passed, and which workload it is about."""
    names = dict.fromkeys(gate.name for part in parts for gate in part.gates if gate.name not in WHOLE_FLEET_GATES)
    joined = []
    for name in names:
        found = [(n, gate) for n, part in enumerate(parts) for gate in part.gates if gate.name == name]
        number, worst = min(found, key=lambda item: {False: 0, None: 1, True: 2}[item[1].passed])
        same = all(gate == worst for _, gate in found)
        words = worst.reason if same else f"{workload_name(context, number)}: {worst.reason}"
        joined.append(Gate(name, worst.passed, words))
    return joined


def baseline_mix(context: Context, key: OptionKey, loads: Sequence[Load], price: Price) -> Option:
    """Today's fleet as entered, serving every workload at its own target."""
    current = context.scenario.current
    server_gpus = context.catalog.hardware[key.hardware].gpus_per_server
    parts = tuple(_today_part(view, key, load, price) for view, load in zip(contexts_of(context), loads, strict=True))
    fleets = [part.fleet for part in parts if part.fleet is not None]
    fleet = None
    if len(parts) == 1:
        fleet = parts[0].fleet
    elif len(fleets) == len(parts):
        servers = guarded_ceil(current.gpus / server_gpus)
        fleet = shared_fleet(current.gpus, servers, [found.parts[0] for found in fleets], loads)
    joined = _joined(context, key, parts, loads, price, fleet)
    cost = fleet_cost(current.gpus, price.usd_per_gpu_hour, add_loads(loads))
    return replace(joined, cost=cost, parts=parts if len(parts) > 1 else ())


def _today_part(context: Context, key: OptionKey, load: Load, price: Price) -> Option:
    """One workload on today's fleet. Alone it has all replicas there are; of several each counts those it needs."""
    current, own = context.scenario.current, key_for(context, key)
    point, curve, latency = operate(context, own, (current.engine,) if current.engine else ())
    fleet = None
    if point is not None and point.replica_gpus is not None:
        fleet = fleet_as_entered(
            load,
            current.gpus,
            point.tok_s_per_gpu,
            point.replica_gpus,
            headroom_fraction=context.scenario.sizing.headroom_fraction,
            server_gpus=context.catalog.hardware[key.hardware].gpus_per_server,
        )
        if len(context.scenario.workloads) > 1:
            needed = guarded_ceil(fleet.needed_gpus / point.replica_gpus)
            fleet = replace(fleet, parts=(replace(fleet.parts[0], replicas=needed),))
    return Option(own, (latency,), price, point, curve, fleet, None, None, judge_quality(context, own, point))
