"""What Sizing shows, from the engine: every cell of a workload on an option, and of the option's fleet."""

from __future__ import annotations

from advisor.decision.ranking import evidence_score
from advisor.economics import fleet_cost
from advisor.report.workbook.model import Model
from advisor.report.workbook.page import Value
from advisor.report.workbook.rows import Part, Row
from advisor.report.workbook.steffen import KNOTS, STEPS, knot_before, knots_around, step_values
from advisor.sizing import add_loads, with_output_length
from advisor.units import guarded_ceil

Values = dict[str, Value]
ESTIMATES = ("transferred", "modelled")


def part_values(model: Model, item: Row, number: int, curves: tuple[int, int]) -> Values:
    """Every cell of a workload's row but the fleet's."""
    part, today = item.parts[number], item is model.today
    curve = _curve_values(part, curves)
    decision, scenario = model.decision, model.decision.scenario
    load = with_output_length(decision.loads[number], part.length_ratio)
    tok_s = part.tok_s * (1 - item.overhead) if part.lookup.first else 0.0
    replica = int(float(curve["replica"]))
    needed = load.peak_tok_s / (tok_s * (1 - scenario.sizing.headroom_fraction)) if tok_s else 0.0
    per_replica = needed / replica if replica else 0.0
    replicas = guarded_ceil(per_replica) + (0 if today else scenario.sizing.spare_replicas)
    if today and model.workloads == 1:
        replicas = scenario.current.gpus // replica if replica else 0
    return {
        **curve,
        "label": ("today: " if today else "") + item.label,
        "id": item.id,
        "number": number + 1,
        "tail": part.tail_ratio,
        "own": float(item.is_own),
        "fixed_engine": part.fixed_engine_months,
        "engine_months": 0.0 if today else part.fixed_engine_months + part.engine_months,
        "prefix": part.prefix_factor,
        "spot": float(item.is_spot),
        "quoted": 0.0 if today else float(model.is_quote(item)),
        "tok_s": tok_s,
        "length": load.mean_tok_s / decision.loads[number].mean_tok_s,
        "ratio": part.length_ratio,
        "mean": load.mean_tok_s,
        "mean_out": load.mean_output_tok_s,
        "needed": needed,
        "per_replica": per_replica,
        "replicas": replicas,
        "busy_gpus": load.mean_tok_s / tok_s if tok_s else 0.0,
        "margin": 1 - part.asked / float(curve["fastest"]),
        "evidence": _evidence(part),
    }


def fleet_values(model: Model, item: Row, parts: list[Values]) -> Values:
    """The cells of an option's fleet."""
    decision, today, fleet = model.decision, item is model.today, item.option.fleet
    price = item.option.price
    assert price is not None  # rows are priced
    serves = all(part["reach"] == 1 and float(part["replica"]) > 0 for part in parts)
    worst = min(parts, key=lambda part: float(part["evidence"]))
    machine = decision.catalog.hardware[item.option.key.hardware].gpus_per_server
    gpus, machines = decision.scenario.current.gpus, guarded_ceil(decision.scenario.current.gpus / machine)
    if not today:
        assert fleet is not None  # rows are sized
        gpus, machines = fleet.gpus, fleet.servers
    loads = [with_output_length(load, part.length_ratio) for load, part in zip(decision.loads, item.parts, strict=True)]
    cost = fleet_cost(gpus, price.usd_per_gpu_hour, add_loads(loads))
    return {
        "machine": machine,
        "unit": item.unit,
        "serves": float(serves),
        "kind_worst": worst["kind"],
        "evidence_worst": worst["evidence"],
        "margin_least": min(float(part["margin"]) for part in parts),
        "estimate": float(any(part["kind"] in ESTIMATES for part in parts)),
        "fixed_months": item.fixed_months,
        "months": 0.0 if today else item.fixed_months + max(float(part["engine_months"]) for part in parts),
        "needed_all": sum(float(part["needed"]) for part in parts),
        "replicas_all": sum(float(part["replicas"]) for part in parts),
        "machines": machines,
        "gpus": gpus,
        "busy": sum(float(part["busy_gpus"]) for part in parts) / gpus if serves or not today else 0.0,
        "price": price.usd_per_gpu_hour,
        "cash": model.terms_of(item).usd_per_gpu_month,
        "month": cost.usd_per_month,
        "per_mtok": cost.usd_per_mtok_total,
        "per_mtok_out": cost.usd_per_mtok_output,
    }


def _evidence(part: Part) -> float:
    assume, option = part.view.catalog.assume, part.option
    if part.lookup.first is None:
        return assume("score_evidence_interpolated")
    _, kind, _, reach = part.position
    if option.operating_point is not None and reach:
        return evidence_score(part.view.catalog, option)
    if kind in ESTIMATES:
        return assume(f"score_evidence_{kind}")
    if kind == "user-measured" or (part.is_exact and part.prefix_factor == 1):
        return 1.0
    return assume("score_evidence_interpolated")


def _curve_values(part: Part, curves: tuple[int, int]) -> Values:
    """The cells that read the curve."""
    first, target = part.lookup.first, part.asked * part.tail_ratio
    if first is None:
        around = (f"{name}{end}" for name in "xy" for end, *_ in KNOTS)
        ones = ("count_a", "count", "fastest_a", "slowest", "fastest", "at", "left", *around, "read", "knot")
        rows: Values = {"row_a": curves[0] + 1, "row_b": curves[1] + 1, "row": curves[0] + 1}
        none: Values = dict.fromkeys(("reach", "step", *(step.key for step in STEPS), "exact", "replica"), 0.0)
        return {**none, **dict.fromkeys(ones, 1.0), **rows, "target": target, "kind": "none", "engine": "none"}
    curve, kind, at, reach = part.position
    _, reading = part.reading
    cubic = curve.throughput
    left = knot_before(cubic, at)
    x, y = knots_around(cubic.x, "x", left), knots_around(cubic.y, "y", left)
    knots = curve.knots
    return {
        "row_a": curves[0] + 1,
        "row_b": curves[1] + 1,
        "row": curves[0 if curve is first else 1] + 1,
        "target": target,
        "count_a": len(first.throughput.x),
        "fastest_a": first.fastest,
        "kind": kind,
        "count": len(cubic.x),
        "slowest": curve.slowest,
        "fastest": curve.fastest,
        "reach": float(reach),
        "at": at,
        "left": left,
        **x,
        **y,
        "step": (at - x["x0"]) / (x["x1"] - x["x0"]) if x["x1"] > x["x0"] else 0.0,
        **step_values(cubic, at),
        "knot": sum(knot.interactivity_tok_s_per_user <= at for knot in knots) if knots else 1,
        "exact": float(part.is_exact),
        "replica": reading.replica_gpus or 0,
        "engine": reading.engine or "none",
    }
