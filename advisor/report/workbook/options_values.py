"""What the table of options shows: the engine's figures where an option passed, the same rules where it did not."""

from __future__ import annotations

from advisor.decision.case import is_offered
from advisor.decision.ranking import quality_score
from advisor.options import CRITERIA, Option
from advisor.quality.verdict import SEVERITY
from advisor.report.workbook.model import Model
from advisor.report.workbook.options_columns import NOTHING
from advisor.report.workbook.page import Value
from advisor.report.workbook.plan_blocks import NEVER, TOTAL
from advisor.report.workbook.plans import Spot
from advisor.report.workbook.rows import Row
from advisor.report.workbook.sizing import Sizing


def values_of(model: Model, sizing: Sizing, spots: dict[str, list[Spot]]) -> dict[str, dict[str, Value]]:
    """Every cell of every option, from the engine where it passed, by the same rules where it did not."""
    found = {row.id: _option_values(model, row, sizing.values[row.id], spots[row.id], sizing) for row in model.rows}
    passing = [values for values in found.values() if values["passes"] == 1]
    kw = [float(values["kw"]) for values in passing if not isinstance(values["kw"], str)]
    weights = model.decision.scenario.preferences.weights
    total = sum(dict(weights).values())
    for values in found.values():
        own = values["kw"]
        values["energy"] = min(kw) / float(own) if kw and not isinstance(own, str) and own else 0.0
        parts = ("cost", "latency", "quality_score", "evidence", "readiness", "energy")
        shares = [getattr(weights, name) / total for name in CRITERIA]
        score = sum(float(values[part]) * share for part, share in zip(parts, shares, strict=True))
        values["score"] = round(score, 12)
    _engine_standings(model, found)
    order = sorted(
        (row for row in model.rows if found[row.id]["passes"] == 1),
        key=lambda row: (found[row.id]["estimate"], -float(found[row.id]["score"]), found[row.id]["npv"], row.id),
    )
    for number, row in enumerate(order, start=1):
        found[row.id]["rank"] = number
    own_rank = next(
        (found[r.id]["rank"] for r in model.rows if r.is_own and r.in_place and found[r.id]["rank"]), len(found) + 1
    )
    _challengers(model, found)
    for values in found.values():
        may = not model.case.today_can_stay or (values["worth"] == 1 and float(values["rank"]) <= float(own_rank))
        values["eligible"] = values["rank"] if values["passes"] == 1 and may else NOTHING
    return found


def _challengers(model: Model, found: dict[str, dict[str, Value]]) -> None:
    """Their order, as :mod:`advisor.decision.choice` takes the challenger."""
    others = [row for row in model.rows if found[row.id]["passes"] == 1 and not row.is_own]

    def key(row: Row) -> tuple[bool, float, float, float, str]:
        values = found[row.id]
        return (row.in_place, float(values["estimate"]), float(values["npv"]), float(values["unrounded"]), row.id)

    for number, row in enumerate(sorted(others, key=key), start=1):
        found[row.id]["challenge"] = number


def _engine_standings(model: Model, found: dict[str, dict[str, Value]]) -> None:
    """The engine's own scores and ranks where it gave them."""
    for option in model.decision.options:
        if option.standing is not None and option.key.id in found:
            found[option.key.id]["score"] = option.standing.score


def _option_values(model: Model, row: Row, sized: dict[str, Value], spots: list[Spot], sizing: Sizing) -> dict[str, Value]:
    option, scenario, catalog = row.option, model.decision.scenario, model.decision.catalog
    kw_gpu: Value = catalog.default_power_book.kw_per_gpu.get(option.key.hardware, "unknown")
    gpus, month = float(sized["gpus"]), float(sized["month"])
    kw: Value = "unknown" if isinstance(kw_gpu, str) else gpus * kw_gpu
    npvs: list[Value] = [spot.rows.npv_cost if is_offered(model.case, spot.plan) else NOTHING for spot in spots]
    known = [npv for npv in npvs if not isinstance(npv, str)]
    best = npvs.index(min(known))
    result = spots[best].rows
    case, timing, limits = model.case, spots[0].plan.timing, scenario.candidates
    serving = timing.lead + timing.ramp
    turns = [turn for part in row.parts for turn in part.turns]
    severity = max((SEVERITY.index(turn.now.status) for turn in turns), default=0)
    reach = float(sized["serves"] == 1 and float(sized["price"]) > 0)

    def within(limit: float | None, value: Value) -> float:
        return 1.0 if limit is None or isinstance(value, str) else float(value <= limit)

    values: dict[str, Value] = {
        "label": row.label,
        "id": row.id,
        "rank": 0.0,
        "gpus": gpus,
        "price": sized["price"],
        "month": month,
        "saving_month": 1 - month / float(sizing.values["today"]["month"]),
        "plan": spots[best].plan.name,
        "npv": result.npv_cost,
        "saving": result.npv_saving,
        "saving_share": result.npv_saving / model.case.ledger.stay_npv if model.case.ledger.stay_npv else 0.0,
        "payback": NEVER if result.payback_month is None else result.payback_month,
        "per_mtok": sized["per_mtok"],
        "busy": sized["busy"],
        "status": SEVERITY[severity],
        "kind": sized["kind_worst"],
        "fixed": float(row.fixed_gates),
        "reach": reach,
        "kw_gpu": kw_gpu,
        "kw": kw,
        "power": within(limits.max_kw, kw),
        "severity": severity,
        "quality": float(SEVERITY[severity] != "fails"),
        "budget": within(limits.max_usd_per_month, month),
        "once": result.plan.one_off_usd,
        "once_ok": within(limits.max_one_off_usd, result.plan.one_off_usd),
        "serves": serving,
        "date": within(limits.serve_within_months, serving),
        "own": float(row.is_own),
        "plans": len(spots),
        **_criteria(model, option, result.npv_saving, serving, sized),
        "estimate": sized["estimate"],
        "unrounded": float(sized["needed_all"]) * float(sized["price"]),
        "challenge": NOTHING,
        "worth": float(case.worth_it(result.npv_saving)),
        "best": best + 1,
    }
    return _with_plans(values, spots, npvs)


def _with_plans(values: dict[str, Value], spots: list[Spot], npvs: list[Value]) -> dict[str, Value]:
    """The values with whether all gates pass, and the NPV of each plan."""
    gates = ("fixed", "reach", "power", "quality", "budget", "once_ok", "date")
    values["passes"] = float(all(values[gate] == 1 for gate in gates))
    values["kw_passing"] = values["kw"] if values["passes"] == 1 and not isinstance(values["kw"], str) else NOTHING
    for number in range(3):
        values[f"block{number + 1}"] = spots[number].top + TOTAL + 1 if number < len(spots) else 0
        values[f"npv{number + 1}"] = npvs[number] if number < len(spots) else NOTHING
    return values


def _criteria(model: Model, option: Option, saving: float, serving: float, sized: dict[str, Value]) -> dict[str, Value]:
    """Scores but for energy, which depends on the others."""
    catalog = model.decision.catalog
    return {
        "cost": saving / (catalog.assume("score_full_saving_fraction") * model.case.bill_npv),
        "latency": max(0.0, float(sized["margin_least"])),
        "quality_score": quality_score(catalog, option),
        "evidence": sized["evidence_worst"],
        "readiness": max(0.0, 1 - serving / catalog.assume("score_readiness_months")),
    }
