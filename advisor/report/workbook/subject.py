"""The option the sensitivity is about, live: where it stands, its plan, its need, and the 80 % interval of its throughput.

All on the sheet Drivers, one named cell a line; the months and the ends of each driver read these names.
"""

from __future__ import annotations

from dataclasses import dataclass

from advisor.evidence.age import Z80, age_deviation, software_age, widened
from advisor.evidence.frontier import Curve
from advisor.evidence.prefix import UNCERTAIN_SHARE
from advisor.evidence.steffen import MonotoneCubic
from advisor.money.plans import Plan
from advisor.report.workbook.book import FACTOR, MONEY, MONEY_FINE, NUMBER, TEXT, WHOLE, Book, Sheet, fixed, on
from advisor.report.workbook.model import Model, Row
from advisor.report.workbook.options import SHEET as OPTIONS
from advisor.report.workbook.options import Options
from advisor.report.workbook.options_columns import INDEX as OPTION_COLUMNS
from advisor.report.workbook.page import Value
from advisor.report.workbook.points import AGE, HIGH, HIGH_SLOPE, KNOT_X, LOW, LOW_SLOPE
from advisor.report.workbook.sizing import SHEET as SIZING
from advisor.report.workbook.sizing import Sizing, on_line
from advisor.report.workbook.sizing_columns import INDEX as SIZING_COLUMNS

SHEET = "Drivers"
FIRST_ROW = 4
NAME, VALUE, UNIT = range(3)


@dataclass(frozen=True)
class Line:
    """One named cell: name without its prefix, label, unit, format, formula, value."""

    name: str
    label: str
    unit: str
    number_format: str
    formula: str
    value: Value


@dataclass(frozen=True)
class Subject:
    """The option looked at as the file is delivered: its row and plan; the first option stands in where there is none."""

    row: Row
    plan: Plan
    exists: bool
    start: float
    end_start: float
    """Months after which it serves, if ordered now, or for the contract's end."""


def subject_of(model: Model, table: Options, place: int) -> tuple[Row, Plan]:
    """The option at a place of the table (0: none), and its cheapest plan."""
    row = model.rows[max(0, place - 1)]
    best = int(float(table.values[row.id]["best"]))
    return row, model.plans(row)[best - 1]


def write_subject(
    book: Book, sheet: Sheet, model: Model, sizing: Sizing, table: Options, place: int, region: str
) -> tuple[Subject, int]:
    """Write the lines and define their names; the subject, and the first free row."""
    row, plan = subject_of(model, table, place)
    ends = _interval_values(model, row)
    timing = plan.timing
    waits = max(0.0, model.decision.scenario.current.commitment.months_left - timing.transition)
    found = Subject(row, plan, place > 0, timing.lead, timing.lead if row.in_place else waits + timing.lead)
    lines = (*_plan_lines(sizing, table, found, place), *_interval_lines(region, sizing, row, ends))
    sheet.section(FIRST_ROW - 1, "The option looked at: the advised one if it changes something, else the challenger")
    for number, line in enumerate(lines, start=FIRST_ROW):
        sheet.text(number, NAME, line.label)
        sheet.formula(number, VALUE, line.formula, line.value, line.number_format, align="right")
        sheet.text(number, UNIT, line.unit, font_color="#555555", indent=1)
        book.name(f"out_subject_{line.name}", SHEET, number, VALUE)
    return found, FIRST_ROW + len(lines)


def _at(sheet: str, column: int, first: int, last: int) -> str:
    return f"=INDEX({on(sheet, f'{fixed(first, column)}:{fixed(last, column)}')},out_subject_place)"


def _plan_lines(sizing: Sizing, table: Options, subject: Subject, place: int) -> list[Line]:
    """Place, plan, timing and need."""
    row, timing = subject.row, subject.plan.timing
    sized, values = sizing.values[row.id], table.values[row.id]
    rows = [number for key, number in sizing.rows.items() if key != "today"]

    def option(name: str, key: str, label: str, unit: str, fmt: str) -> Line:
        return Line(name, label, unit, fmt, _at(OPTIONS, OPTION_COLUMNS[key], table.first, table.last), values[key])

    def need(name: str, key: str, label: str, unit: str, fmt: str) -> Line:
        return Line(name, label, unit, fmt, _at(SIZING, SIZING_COLUMNS[key], min(rows), max(rows)), sized[key])

    place_unit = "of the table of options; 1 where there is none"
    return [
        Line("place", "Its place", place_unit, WHOLE, "=MAX(1,out_subject_row)", max(1, place)),
        option("label", "label", "Option", "", TEXT),
        option("plan", "plan", "Its cheapest plan", "", TEXT),
        option("plans", "plans", "Plans", "1: in place", WHOLE),
        Line(
            "in_place",
            "Runs on today's GPUs",
            "1 yes, 0 no",
            WHOLE,
            "=IF(out_subject_plans=1,1,0)",
            float(row.in_place),
        ),
        option("own", "own", "Today's own setup", "1 yes, 0 no", WHOLE),
        option("one_off", "once", "One-offs", "USD", MONEY),
        need("months", "months", "Readiness in all", "months", "0.0##"),
        need("per_replica", "per_replica", "Replicas needed at today's demand", "unrounded", NUMBER),
        need("replica", "replica", "Replica", "GPUs", WHOLE),
        need("unit", "unit", "Billed machine", "GPUs", WHOLE),
        need("usd_per_gpu_hour", "price", "Price", "USD/GPU-hour", MONEY_FINE),
        need("quoted", "quoted", "Own quote", "1 yes, 0 no", WHOLE),
        need("price_row", "price_row", "Its price", "row of Prices", WHOLE),
        Line(
            "ramp",
            "Ramp",
            "months",
            "0.0##",
            "=IF(out_subject_in_place*out_subject_own=1,0,in_ramp_months)",
            timing.ramp,
        ),
        Line("parallel", "Both run", "months", "0.0##", "=IF(out_subject_in_place=1,0,in_parallel_months)", timing.parallel),
        Line(
            "start",
            "Serves after, if ordered now",
            "months",
            "0.0##",
            "=IF(out_subject_in_place=1,IF(out_subject_own=1,0,out_subject_months),in_lead_months+out_subject_months)",
            subject.start,
        ),
        Line(
            "end_start",
            "Serves after, if ordered for the contract's end",
            "months",
            "0.0##",
            "=IF(out_subject_in_place=1,out_subject_start,"
            "MAX(0,in_months_left-(out_subject_start+out_subject_ramp+out_subject_parallel))+out_subject_start)",
            subject.end_start,
        ),
    ]


CUBIC = (
    "=IF({at}={x0},{y0},IF({at}={x1},{y1},MIN(MAX("
    "((1+{t}+{t})*(1-{t})*(1-{t})*{y0}+{t}*(1-{t})*(1-{t})*({x1}-{x0})*{s0}"
    "+{t}*{t}*(1+1+1-{t}-{t})*{y1}+{t}*{t}*({t}-1)*({x1}-{x0})*{s1}),"
    "MIN({y0},{y1})),MAX({y0},{y1}))))"
)
SIZED = (
    ("curve", "row", "Curve read", "row of Operating points", WHOLE),
    ("kind", "kind", "Evidence", "", TEXT),
    ("at", "at", "Runs at", "tok/s/user", NUMBER),
    ("left", "left", "Knot before", "number", WHOLE),
    ("count", "count", "Knots", "knots", WHOLE),
    ("x0", "x0", "x before", "tok/s/user", NUMBER),
    ("x1", "x1", "x after", "tok/s/user", NUMBER),
    ("step", "step", "Step", "share of the gap", FACTOR),
    ("read", "read", "Throughput read", "tok/s/GPU", NUMBER),
    ("prefix", "prefix", "Prefix-cache factor", "ratio, at delivery", FACTOR),
    ("knot", "knot", "Measured knot before", "number", WHOLE),
)


def _interval_lines(region: str, sizing: Sizing, row: Row, values: dict[str, Value]) -> list[Line]:
    """The 80 % interval of the throughput: both ends read as the middle is, then widened by age and prefix cache."""
    rows = [number for key, number in sizing.rows.items() if key != "today"]
    sized = sizing.values[row.id]
    lines = [
        Line(name, label, unit, fmt, _at(SIZING, SIZING_COLUMNS[key], min(rows), max(rows)), sized[key])
        for name, key, label, unit, fmt in SIZED
    ]

    def line(name: str, label: str, unit: str, fmt: str, formula: str) -> None:
        lines.append(Line(name, label, unit, fmt, formula, values[name]))

    def point(number: int, knot: str) -> str:
        return f"INDEX({region},out_subject_curve+{on_line(number)},{knot})"

    after = "MIN(out_subject_count,out_subject_left+1)"
    for side, number, slope, words in (("low", LOW, LOW_SLOPE, "Lower"), ("high", HIGH, HIGH_SLOPE, "Upper")):
        cells = {"at": "out_subject_at", "t": "out_subject_step", "x0": "out_subject_x0", "x1": "out_subject_x1"}
        for part, at, kind, unit in (
            ("y0", "out_subject_left", number, "tok/s/GPU"),
            ("y1", after, number, "tok/s/GPU"),
            ("s0", "out_subject_left", slope, "per tok/s/user"),
            ("s1", after, slope, "per tok/s/user"),
        ):
            name = f"{side}_{part}"
            cells[part] = f"out_subject_{name}"
            line(
                name,
                f"{words} end: {'slope' if part[0] == 's' else 'value'} {'before' if part[1] == '0' else 'after'}",
                unit,
                FACTOR,
                f"={point(kind, at)}",
            )
        line(f"{side}_read", f"{words} end, read", "tok/s/GPU", NUMBER, CUBIC.format(**cells))
    here, there = point(AGE, "out_subject_knot"), point(AGE, "out_subject_knot+1")
    hit = f"{point(KNOT_X, 'out_subject_knot')}=out_subject_at"
    line(
        "age",
        "Age of the software behind it",
        "months; the older of both knots",
        NUMBER,
        f"=IF({hit},IF(ISNUMBER({here}),{here},cat_undated_age_months),"
        f"IF(AND(ISNUMBER({here}),ISNUMBER({there})),MAX({here},{there}),cat_undated_age_months))",
    )
    line("extra", "What age adds to half the interval", "log", FACTOR, "=cat_z80*cat_age_deviation*SQRT(out_subject_age/12)")
    line("tok_s", "Throughput with the prefix cache", "tok/s/GPU", NUMBER, "=out_subject_read*out_subject_prefix")
    known = f"COUNT(INDEX({region},out_subject_curve+{on_line(LOW)},0))=0"
    below = "SUMSQ(LN(out_subject_read/MIN(out_subject_low_read,out_subject_read)),out_subject_extra)"
    above = "SUMSQ(LN(MAX(out_subject_high_read,out_subject_read)/out_subject_read),out_subject_extra)"
    share = "cat_prefix_uncertain_share"
    line(
        "low",
        "Lower end of the 80 % interval",
        "tok/s/GPU",
        NUMBER,
        f"=IF({known},out_subject_tok_s,out_subject_read*EXP(-SQRT({below}))*out_subject_prefix^(1-{share}))",
    )
    line(
        "high",
        "Upper end of the 80 % interval",
        "tok/s/GPU",
        NUMBER,
        f"=IF({known},out_subject_tok_s,out_subject_read*EXP(SQRT({above}))*out_subject_prefix^(1+{share}))",
    )
    return lines


def _interval_values(model: Model, row: Row) -> dict[str, Value]:
    """What these lines show, by the engine's own functions."""
    curve, _, at, _ = model.position(row)
    value, reading = model.reading(row)
    catalog = model.decision.catalog
    aging = catalog.latency_fits[-1].aging
    months = 0.0
    if row.lookup.first_kind != "user-measured":
        months = software_age([knot.run_date for knot in reading.knots], catalog.as_of, aging).months
    found: dict[str, Value] = {"age": months, "extra": Z80 * age_deviation(months, aging)}
    for side, bound in zip(("low", "high"), curve.bounds or (None, None), strict=True):
        found |= _end_values(side, curve, bound, at)
    found["tok_s"] = value * row.prefix_factor
    found["low"] = found["high"] = found["tok_s"]
    if reading.low is not None and reading.high is not None:
        ends = (min(reading.low, value), value, max(reading.high, value))
        low, high = widened(*ends, age_deviation(months, aging))
        found["low"] = low * row.prefix_factor ** (1 - UNCERTAIN_SHARE)
        found["high"] = high * row.prefix_factor ** (1 + UNCERTAIN_SHARE)
    return found


def _end_values(side: str, curve: Curve, bound: MonotoneCubic | None, at: float) -> dict[str, Value]:
    names = [f"{side}_{part}" for part in ("y0", "y1", "s0", "s1", "read")]
    if bound is None:
        return dict.fromkeys(names, 0.0)
    count = len(bound.x)
    left = max(1, min(sum(x <= at for x in bound.x), count - 1))
    right = min(count, left + 1)
    read = bound(min(max(at, curve.slowest), curve.fastest))
    figures = (bound.y[left - 1], bound.y[right - 1], bound.slope[left - 1], bound.slope[right - 1], read)
    return dict(zip(names, figures, strict=True))
