"""The sheets Quality and Options: gates, plans, score, rank and the verdict code, all by the rules of docs/method.md."""

from __future__ import annotations

from dataclasses import dataclass

from advisor.decision.ranking import evidence_score, quality_score
from advisor.options import CRITERIA, Option
from advisor.quality.verdict import SEVERITY
from advisor.report.workbook.book import FACTOR, NUMBER, TEXT, WHOLE, Book, Sheet, cell, fixed, on
from advisor.report.workbook.model import Model, Row
from advisor.report.workbook.monthly import PARAM
from advisor.report.workbook.options_columns import COLS, INDEX
from advisor.report.workbook.page import Value
from advisor.report.workbook.plans import NEVER, TOTAL, Spot
from advisor.report.workbook.plans import SHEET as PLANS
from advisor.report.workbook.sizing import Sizing, ref

QUALITY, SHEET = "Quality", "Options"
STATUS_ROW = 4
LINES_ROW = STATUS_ROW + len(SEVERITY) + 3
HEADER_ROW, UNIT_ROW, FIRST_ROW = 3, 4, 5
NOTHING = "–"
ESTIMATES = ("transferred", "modelled")


def write_quality(book: Book, model: Model) -> int:
    """Write Quality; the last row of its lines."""
    sheet, catalog = book.sheet(QUALITY), model.decision.catalog
    sheet.heading(
        "Quality",
        "Every task class on its own against its tolerance (Inputs); the worst decides. The two turning points are the "
        "engine's, from published pairs or your own results; the status follows the tolerance.",
    )
    sheet.header(STATUS_ROW - 1, ("Status", "Severity", "Score", "Gate"))
    names = {
        "unproven": "cat_score_quality_unproven",
        "inconclusive": "cat_score_quality_inconclusive",
        "unknown": "cat_score_quality_unknown",
    }
    for number, status in enumerate(SEVERITY):
        row = STATUS_ROW + number
        sheet.text(row, 0, status)
        sheet.number(row, 1, number, WHOLE)
        if status in names:
            sheet.formula(row, 2, f"={names[status]}", catalog.assume(names[status].removeprefix("cat_")), FACTOR)
        else:
            sheet.number(row, 2, 0 if status == "fails" else 1, FACTOR)
        sheet.text(row, 3, "excludes" if status == "fails" else "passes" if number <= SEVERITY.index("unproven") else "open")
    header = (
        "Option",
        "Id",
        "Task class",
        "What narrows",
        "Evidence",
        "Tolerance, points",
        "Passes from, points",
        "Fails up to, points",
        "Status",
        "Severity",
        "Pairs",
        "Sources",
        "In words, at delivery",
    )
    sheet.header(LINES_ROW - 1, header)
    sheet.widths(30, 20, 18, 12, 12, 12, 12, 12, 14, 10, 8, 40, 100)
    row = LINES_ROW
    classes: list[str] = [task.task_class for task in model.decision.scenario.workload.tasks]
    for item in model.rows:
        for turn in item.turns:
            _quality_line(sheet, row, item, turn, classes.index(turn.task_class) + 1)
            row += 1
        if not item.turns:
            for col, text in enumerate((item.label, item.id, "all", "nothing", "none needed")):
                sheet.text(row, col, text)
            sheet.text(row, 8, "unchanged")
            sheet.number(row, 9, 0, WHOLE)
            sheet.text(row, 12, item.option.quality.reason)
            row += 1
    return row - 1


def _quality_line(sheet: Sheet, row: int, item: Row, turn: object, number: int) -> None:
    from advisor.quality.turns import Turn

    assert isinstance(turn, Turn)
    for col, text in enumerate((item.label, item.id, turn.task_class, turn.what, turn.basis)):
        sheet.text(row, col, text)
    sheet.formula(row, 5, f"=in_tolerance_{number}", turn.now.tolerance_points, NUMBER)
    for col, value in ((6, turn.passes_from), (7, turn.fails_to)):
        if value is None:
            sheet.text(row, col, NEVER, align="right")
        else:
            sheet.number(row, col, value, "0.000")
    basis, tolerance, passes, fails = (cell(row, col, fixed_col=True) for col in (4, 5, 6, 7))
    formula = (
        f'=IF({basis}="none","unknown",IF(AND(ISNUMBER({passes}),{tolerance}>={passes}),'
        f'IF({basis}="own","proven","unproven"),IF({tolerance}<={fails},"fails","inconclusive")))'
    )
    sheet.formula(row, 8, formula, turn.now.status, TEXT)
    area = f"{fixed(STATUS_ROW, 0)}:{fixed(STATUS_ROW + len(SEVERITY) - 1, 0)}"
    severity = SEVERITY.index(turn.now.status)
    sheet.formula(row, 9, f"=MATCH({cell(row, 8, fixed_col=True)},{area},0)-1", severity, WHOLE)
    sheet.number(row, 10, turn.now.pairs, WHOLE)
    sheet.text(row, 11, ", ".join(turn.now.sources))
    sheet.text(row, 12, turn.now.reason)


@dataclass
class Options:
    """Where Options stands: its option rows, and their values by option."""

    first: int
    last: int
    values: dict[str, dict[str, Value]]

    def area(self, key: str, *, outside: bool = False) -> str:
        """A column over all options."""
        text = f"{fixed(self.first, INDEX[key])}:{fixed(self.last, INDEX[key])}"
        return on(SHEET, text) if outside else text


def write_options(
    book: Book, model: Model, sizing: Sizing, spots: dict[str, list[Spot]], last_plan: int, last_quality: int
) -> tuple[Sheet, Options]:
    """Write the table of options."""
    sheet = book.sheet(SHEET)
    sheet.heading(
        "Options", "All options that have a price and an operating point, ranked live by the rules of docs/method.md."
    )
    sheet.header(HEADER_ROW, [col.header for col in COLS])
    for number, col in enumerate(COLS):
        sheet.page.set_row(UNIT_ROW, 32)
        sheet.text(UNIT_ROW, number, col.unit, italic=True, font_color="#555555", text_wrap=True)
        sheet.page.set_column(number, number, 48 if number == 0 else 26 if col.key in ("id", "plan") else 14)
    sheet.page.freeze_panes(UNIT_ROW + 1, 1)
    sheet.page.repeat_columns(0)
    sheet.page.fit_to_pages(3, 0)
    table = Options(FIRST_ROW, FIRST_ROW + len(model.rows) - 1, values_of(model, sizing, spots))
    shared = {
        "plan_column": on(PLANS, f"{fixed(0, PARAM)}:{fixed(last_plan, PARAM)}"),
        "statuses": on(QUALITY, f"{fixed(STATUS_ROW, 0)}:{fixed(STATUS_ROW + len(SEVERITY) - 1, 0)}"),
        "status_scores": on(QUALITY, f"{fixed(STATUS_ROW, 2)}:{fixed(STATUS_ROW + len(SEVERITY) - 1, 2)}"),
        "quality_ids": on(QUALITY, f"{fixed(LINES_ROW, 1)}:{fixed(last_quality, 1)}"),
        "quality_severities": on(QUALITY, f"{fixed(LINES_ROW, 9)}:{fixed(last_quality, 9)}"),
    }
    for row, item in enumerate(model.rows, start=FIRST_ROW):
        keys = {name: cell(row, number, fixed_col=True) for name, number in INDEX.items()}
        line = sizing.rows[item.id]
        for number, col in enumerate(COLS):
            value = table.values[item.id][col.key]
            if col.is_formula:
                formula = _filled(col.formula, keys, shared, table, line, sizing.rows["today"])
                sheet.formula(row, number, formula, value, col.number_format)
            elif isinstance(value, str):
                sheet.text(row, number, value)
            else:
                sheet.number(row, number, float(value), col.number_format)
    return sheet, table


def _filled(formula: str, keys: dict[str, str], shared: dict[str, str], table: Options, line: int, today: int) -> str:
    """A template with its cells: ``{key}`` of the row, ``[key]`` the column, ``{S:key}`` and ``{T:key}`` on Sizing."""
    for name in INDEX:
        formula = formula.replace(f"[{name}]", table.area(name))
    for mark, at in (("S", line), ("T", today)):
        while (start := formula.find("{" + mark + ":")) >= 0:
            end = formula.index("}", start)
            key = formula[start + 3 : end]
            text = ref(key, at) if mark == "T" else on("Sizing", cell(at, _sizing_index(key), fixed_col=True))
            formula = formula[:start] + text + formula[end + 1 :]
    return formula.format(**keys, **shared)


def _sizing_index(key: str) -> int:
    from advisor.report.workbook.sizing_columns import INDEX as SIZING_INDEX

    return SIZING_INDEX[key]


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
    npvs: list[Value] = [spot.rows.result.npv_cost if model.is_offered(spot.plan.name) else NOTHING for spot in spots]
    known = [npv for npv in npvs if not isinstance(npv, str)]
    best = npvs.index(min(known))
    result = spots[best].rows.result
    case, timing, limits = model.case, spots[0].plan.timing, scenario.candidates
    serving = timing.lead + timing.ramp
    severity = max((SEVERITY.index(turn.now.status) for turn in row.turns), default=0)
    reach = float(sized["reach"] == 1 and float(sized["replica"]) > 0 and float(sized["price"]) > 0)

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
        "saving_share": result.saving_fraction,
        "payback": NEVER if result.payback_month is None else result.payback_month,
        "per_mtok": sized["per_mtok"],
        "busy": sized["busy"],
        "status": SEVERITY[severity],
        "kind": sized["kind"],
        "fixed": float(row.fixed_gates),
        "reach": reach,
        "kw_gpu": kw_gpu,
        "kw": kw,
        "power": within(limits.max_kw, kw),
        "severity": severity,
        "quality": float(SEVERITY[severity] != "fails"),
        "budget": within(limits.max_usd_per_month, month),
        "once": result.one_off,
        "once_ok": within(limits.max_one_off_usd, result.one_off),
        "serves": serving,
        "date": within(limits.serve_within_months, serving),
        "own": float(row.is_own),
        "plans": len(spots),
        **_criteria(model, row, option, result.npv_saving, serving, float(sized["fastest"])),
        "serving": serving,
        "estimate": float(sized["kind"] in ESTIMATES),
        "unrounded": float(sized["needed"]) * float(sized["price"]),
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


def _criteria(model: Model, row: Row, option: Option, saving: float, serving: float, fastest: float) -> dict[str, Value]:
    """Scores but for energy, which depends on the others."""
    catalog = model.decision.catalog
    return {
        "cost": saving / (catalog.assume("score_full_saving_fraction") * model.case.bill_npv),
        "latency": max(0.0, 1 - model.target / fastest),
        "quality_score": quality_score(catalog, option),
        "evidence": _evidence(model, row, option),
        "readiness": max(0.0, 1 - serving / catalog.assume("score_readiness_months")),
    }


def _evidence(model: Model, row: Row, option: Option) -> float:
    kind = model.position(row)[1]
    if option.operating_point is not None and model.position(row)[3]:
        return evidence_score(model.decision.catalog, option)
    if kind in ESTIMATES:
        return model.decision.catalog.assume(f"score_evidence_{kind}")
    if kind == "user-measured" or (model.is_exact(row) and row.prefix_factor == 1):
        return 1.0
    return model.decision.catalog.assume("score_evidence_interpolated")
