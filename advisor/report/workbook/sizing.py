"""The sheet Sizing: demand and operating point become replicas, machines, GPUs and a bill. One formula a column."""

from __future__ import annotations

import math
from dataclasses import dataclass

from advisor.economics import fleet_cost, one_off_cost
from advisor.report.workbook.book import CEILING, NUMBER, Book, Sheet, cell, on
from advisor.report.workbook.model import Model, Row
from advisor.report.workbook.page import Value, column
from advisor.report.workbook.points import ENGINE, KNOT_X, KNOT_Y, P_QUOTE, P_USE, PRICES, REPLICA, SLOPE, Y
from advisor.report.workbook.sizing_columns import COLS, INDEX
from advisor.sizing import size_fleet, with_output_length

SHEET = "Sizing"
DEMAND_ROW, HEADER_ROW, UNIT_ROW, TODAY_ROW = 3, 16, 17, 18
FIRST_OPTION = TODAY_ROW + 1


TODAY_FORMULAS = {
    "replicas": "=IF({replica}>0,ROUNDDOWN({gpus}/{replica},0),0)",
    "machines": "=" + CEILING.format("{gpus}/{machine}"),
    "gpus": "=in_gpus",
    "price": "=out_today_usd_per_gpu_hour",
    "quoted": "=0",
    "months": "=0",
}
LINES = {"Y": Y, "SLOPE": SLOPE, "KNOT_X": KNOT_X, "KNOT_Y": KNOT_Y, "REPLICA": REPLICA, "ENGINE": ENGINE}


def ref(key: str, row: int, *, outside: bool = True) -> str:
    """A cell of Sizing; ``outside`` adds the sheet and fixes it."""
    if outside:
        return on(SHEET, cell(row, INDEX[key], fixed_row=True, fixed_col=True))
    return cell(row, INDEX[key], fixed_col=True)


@dataclass
class Sizing:
    """Where Sizing stands, and its values row by row."""

    rows: dict[str, int]
    values: dict[str, dict[str, Value]]


def write_sizing(
    book: Book, model: Model, prices: dict[str, int], curves: dict[str, tuple[int, int]], region: str
) -> Sizing:
    """Write the sheet."""
    sheet = book.sheet(SHEET)
    sheet.heading("Sizing", "Formulas 7 and 8 of docs/method.md. GPUs round up to whole replicas and whole machines.")
    _demand(book, sheet, model)
    sheet.header(HEADER_ROW, [col.header for col in COLS])
    for number, col in enumerate(COLS):
        sheet.page.set_row(UNIT_ROW, 32)
        sheet.text(UNIT_ROW, number, col.unit, italic=True, font_color="#555555", text_wrap=True)
        sheet.page.set_column(number, number, 30 if number == 0 else 14)
    sheet.page.freeze_panes(UNIT_ROW + 1, 1)
    sheet.page.repeat_columns(0)
    sheet.page.fit_to_pages(3, 0)
    found = Sizing({}, {})
    labelled = [("today", model.today), *((one.id, one) for one in model.rows)]
    for number, (key, item) in enumerate(labelled, start=TODAY_ROW):
        found.rows[key] = number
        found.values[key] = values_of(model, item, curves[key], key == "today")
        found.values[key]["price_row"] = prices[item.option.key.hardware] + 1
        _row(sheet, number, item, key, found.values[key], prices, region)
    return found


def _demand(book: Book, sheet: Sheet, model: Model) -> None:
    """Mean and peak demand, from whichever unit the scenario gives."""
    load, scenario = model.decision.load, model.decision.scenario
    derived = f"in_gpus*{cell(TODAY_ROW, INDEX['tok_s'])}*in_utilization"
    tokens = "(cat_input_tokens+cat_output_tokens)"
    mean, peak = f"={derived}", "=1"
    if scenario.workload.demand is not None:
        mean = (
            f"=IF(ISNUMBER(in_requests_per_second),in_requests_per_second*{tokens},IF(ISNUMBER(in_tokens_per_day),"
            "in_tokens_per_day/cat_seconds_per_day,IF(ISNUMBER(in_active_users),"
            f"in_active_users*in_requests_per_user_minute/cat_seconds_per_minute*{tokens},{derived})))"
        )
        peak = "=IF(cat_profile_peak>0,cat_profile_peak,in_peak_to_mean)"
    share = "=cat_output_tokens/(cat_input_tokens+cat_output_tokens)"
    lines = (
        ("Demand, mean", "tok/s, input and output", mean, load.mean_tok_s, "out_mean_tok_s"),
        ("Peak over mean", "ratio", peak, load.peak_tok_s / load.mean_tok_s, "out_peak_ratio"),
        ("Demand at the peak", "tok/s", "=out_mean_tok_s*out_peak_ratio", load.peak_tok_s, "out_peak_tok_s"),
        ("Output share", "fraction", share, load.output_share, "out_output_share"),
        (
            "Committed GPUs",
            "GPUs",
            "=IF(in_months_left=0,0,IF(ISNUMBER(in_committed_gpus),in_committed_gpus,in_gpus))",
            scenario.current.committed_gpus,
            "out_committed_gpus",
        ),
    )
    for row, (label, unit, formula, value, name) in enumerate((*lines, *_one_offs(model)), start=DEMAND_ROW):
        sheet.text(row, 0, label)
        if formula:
            sheet.formula(row, 1, formula, value, NUMBER)
        else:
            sheet.number(row, 1, value, NUMBER)
        sheet.text(row, 2, unit)
        book.name(name, SHEET, row, 1)
    row = DEMAND_ROW + len(lines) + len(_one_offs(model))
    sheet.text(row, 0, "Engine of today, as delivered")
    sheet.text(row, 1, scenario.current.engine or "none", align="right")
    book.name("out_today_engine", SHEET, row, 1)


def _one_offs(model: Model) -> tuple[tuple[str, str, str, float, str], ...]:
    """What moving and buying tokens cost once, and what tokens cost a month; lines without a formula are records."""
    line, migration = model.decision.tokens, model.decision.scenario.migration
    plan = model.token_plan
    work = "(in_engineering_weeks*in_usd_per_week+in_revalidation)*(1+in_contingency)"
    calls = "(in_buy_tokens_weeks*in_usd_per_week+in_revalidation)*(1+in_contingency)"
    month = "=out_mean_tok_s*cat_hours_per_month*cat_seconds_per_hour/cat_tokens_per_mtok*cat_tokens_usd_per_mtok"
    dearest = line.highest.usd_per_month / line.usd_per_month if line.offers and line.usd_per_month else 0.0
    kw = model.decision.catalog.default_power_book.kw_per_gpu.get(model.decision.baseline.key.hardware, 0.0)
    return (
        ("All-in power of today's GPU", "kW/GPU; 0: not known", "", kw, "cat_today_kw_per_gpu"),
        ("One-offs of a move", "USD", f"={work}", one_off_cost(migration), "out_one_off"),
        (
            "API tokens, median of providers",
            "USD per million; 0: no price",
            "",
            line.usd_per_mtok_total or 0.0,
            "cat_tokens_usd_per_mtok",
        ),
        ("Dearest provider over the median", "ratio", "", dearest, "cat_tokens_dearest_ratio"),
        ("API tokens a month", "USD/month", month, line.usd_per_month or 0.0, "out_tokens_usd_per_month"),
        (
            "One-offs of buying tokens",
            "USD",
            f"={calls}",
            plan.one_off_usd if plan else _token_one_off(model),
            "out_tokens_one_off",
        ),
    )


def _token_one_off(model: Model) -> float:
    migration = model.decision.scenario.migration
    work = migration.buy_tokens_weeks * migration.usd_per_engineering_week + migration.revalidation_usd
    return work * (1 + migration.contingency_fraction)


def _row(sheet: Sheet, row: int, item: Row, key: str, values: dict[str, Value], prices: dict[str, int], region: str) -> None:
    price_row = prices[item.option.key.hardware]
    quote = on(PRICES, cell(price_row, P_QUOTE, fixed_row=True, fixed_col=True))
    start, end = region.split("!")[1].split(":")
    kinds = region.split("!")[0] + f"!${column(2)}$1:${column(2)}${end.split('$')[-1]}"
    assert start  # the region begins at the first row, so that row numbers are those of the sheet
    own = {name: ref(name, row, outside=False) for name in INDEX}
    shared = {
        "region": region,
        "kinds": kinds,
        "quote": quote,
        "mean": "out_mean_tok_s",
        "peak": "out_peak_tok_s",
        "price_ref": on(PRICES, cell(price_row, P_USE, fixed_row=True, fixed_col=True)),
        "billing": "in_today_billing" if key == "today" else "in_candidate_billing",
    }
    for number, col in enumerate(COLS):
        value = values[col.key]
        if not col.is_formula:
            if isinstance(value, str):
                sheet.text(row, number, value)
            else:
                sheet.number(row, number, float(value), col.number_format)
            continue
        formula = TODAY_FORMULAS.get(col.key, col.formula) if key == "today" else col.formula
        lines = {name: on_line(line) for name, line in LINES.items()}
        sheet.formula(row, number, formula.format(**own, **shared, **lines), value, col.number_format)


def on_line(line: int) -> str:
    """A line of a block as an offset: a name, since formulas hold no constants."""
    return f"cat_line_{line}"


def values_of(model: Model, item: Row, curves: tuple[int, int], today: bool) -> dict[str, Value]:
    """Every cell of a row, from the engine."""
    curve_values = _curve_values(model, item, curves)
    decision, scenario = model.decision, model.decision.scenario
    load = decision.load if today else with_output_length(decision.load, item.length_ratio)
    tok_s = model.serving(item) if item.lookup.first else 1.0
    replica = int(curve_values["replica"])
    machine = decision.catalog.hardware[item.option.key.hardware].gpus_per_server
    needed = load.peak_tok_s / (tok_s * (1 - scenario.sizing.headroom_fraction))
    price = item.option.price
    assert price is not None  # rows are priced
    if replica and not today:
        fleet = size_fleet(
            load,
            tok_s,
            replica,
            headroom_fraction=scenario.sizing.headroom_fraction,
            spare_replicas=scenario.sizing.spare_replicas,
            billed_server_gpus=item.unit,
        )
        replicas, machines, gpus = fleet.replicas, fleet.servers, fleet.gpus
    else:
        gpus = scenario.current.gpus if today else 0
        replicas, machines = (gpus // replica if replica else 0), math.ceil(gpus / machine)
    cost = fleet_cost(gpus, price.usd_per_gpu_hour, load)
    return {
        **curve_values,
        "label": ("today: " if today else "") + item.label,
        "id": item.id,
        "tail": item.tail_ratio,
        "own": float(item.is_own),
        "fixed_months": item.fixed_months,
        "months": 0.0 if today else item.fixed_months + model.engine_months(item),
        "prefix": item.prefix_factor,
        "spot": float(item.is_spot),
        "quoted": 0.0 if today else float(model.is_quote(item)),
        "tok_s": tok_s,
        "length": 1.0 if today else item.length_factor,
        "ratio": 1.0 if today else item.length_ratio,
        "machine": machine,
        "unit": item.unit,
        "needed": needed,
        "per_replica": needed / replica if replica else 0.0,
        "replicas": replicas,
        "machines": machines,
        "gpus": gpus,
        "busy": load.mean_tok_s / (gpus * tok_s) if gpus else 0.0,
        "price": price.usd_per_gpu_hour,
        "month": cost.usd_per_month,
        "per_mtok": cost.usd_per_mtok_total,
        "per_mtok_out": cost.usd_per_mtok_output,
    }


def _curve_values(model: Model, item: Row, curves: tuple[int, int]) -> dict[str, Value]:
    """The cells that read the curve."""
    target = model.target * item.tail_ratio
    first = item.lookup.first
    if first is None:
        blank = dict.fromkeys(
            ("count_a", "count", "fastest_a", "slowest", "fastest", "at", "left", "x0", "x1", "y0", "y1"), 1.0
        )
        return {
            **blank,
            "row_a": curves[0] + 1,
            "row_b": curves[1] + 1,
            "row": curves[0] + 1,
            "target": target,
            "kind": "none",
            "reach": 0.0,
            "s0": 0.0,
            "s1": 0.0,
            "step": 0.0,
            "read": 1.0,
            "knot": 1.0,
            "exact": 0.0,
            "replica": 0.0,
            "engine": "none",
        }
    curve, kind, at, reach = model.position(item)
    value, reading = model.reading(item)
    cubic = curve.throughput
    count = len(cubic.x)
    left = max(1, min(sum(x <= at for x in cubic.x), count - 1))
    right = min(count, left + 1)
    x0, x1 = cubic.x[left - 1], cubic.x[right - 1]
    knots = curve.knots
    return {
        "row_a": curves[0] + 1,
        "row_b": curves[1] + 1,
        "row": curves[0 if curve is first else 1] + 1,
        "target": target,
        "count_a": len(first.throughput.x),
        "fastest_a": first.fastest,
        "kind": kind,
        "count": count,
        "slowest": curve.slowest,
        "fastest": curve.fastest,
        "reach": float(reach),
        "at": at,
        "left": left,
        "x0": x0,
        "x1": x1,
        "y0": cubic.y[left - 1],
        "y1": cubic.y[right - 1],
        "s0": cubic.slope[left - 1],
        "s1": cubic.slope[right - 1],
        "step": (at - x0) / (x1 - x0) if x1 > x0 else 0.0,
        "read": value,
        "knot": sum(knot.interactivity_tok_s_per_user <= at for knot in knots) if knots else 1,
        "exact": float(model.is_exact(item)),
        "replica": reading.replica_gpus or 0,
        "engine": reading.engine or "none",
    }
