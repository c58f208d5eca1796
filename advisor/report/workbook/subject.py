"""The option the sensitivity is about, live: where it stands, its plan, its need, and the 80 % interval of its throughput.

All on the sheet Drivers, one named cell a line; the months and the ends of each driver read these names.
"""

from __future__ import annotations

from dataclasses import dataclass

from advisor.decision.case import every_plan
from advisor.money.plans import Plan
from advisor.report.workbook.book import (
    MONEY,
    MONEY_FINE,
    NUMBER,
    TEXT,
    WHOLE,
    Book,
    Line,
    Sheet,
    fixed,
    on,
)
from advisor.report.workbook.interval import interval_lines, interval_values, looked_up, sized_at
from advisor.report.workbook.model import Model
from advisor.report.workbook.options import SHEET as OPTIONS
from advisor.report.workbook.options import Options
from advisor.report.workbook.options_columns import INDEX as OPTION_COLUMNS
from advisor.report.workbook.points import part_label
from advisor.report.workbook.prices import LAST_PRICE, P_BUY, P_END, P_LIFE, PRICES
from advisor.report.workbook.rows import Row
from advisor.report.workbook.sizing import Sizing

SHEET = "Drivers"
FIRST_ROW = 4
NAME, VALUE, UNIT = range(3)
WORKLOADS = ("per_replica", "replica")
"""Lines that stand once a workload, one below the other; their names are of the area."""


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
    return row, every_plan(model.case, row.option)[best - 1]


def write_subject(
    book: Book, sheet: Sheet, model: Model, sizing: Sizing, table: Options, place: int, region: str
) -> tuple[Subject, int]:
    """Write the lines and define their names; the subject, and the first free row."""
    row, plan = subject_of(model, table, place)
    ends = [interval_values(model, part) for part in row.parts]
    timing = plan.timing
    waits = max(0.0, model.decision.scenario.current.commitment.months_left - timing.transition)
    found = Subject(row, plan, place > 0, timing.lead, timing.lead if row.in_place else waits + timing.lead)
    lines = (*_plan_lines(model, sizing, table, found, place), *interval_lines(region, sizing, row, ends))
    sheet.section(FIRST_ROW - 1, "The option looked at: the advised one if it changes something, else the challenger")
    for number, line in enumerate(lines, start=FIRST_ROW):
        sheet.text(number, NAME, line.label)
        sheet.formula(number, VALUE, line.formula, line.value, line.number_format, align="right")
        sheet.text(number, UNIT, line.unit, font_color="#555555", indent=1)
        if line.name not in WORKLOADS:
            book.name(f"out_subject_{line.name}", SHEET, number, VALUE)
    for name in WORKLOADS:
        rows = [number for number, line in enumerate(lines, start=FIRST_ROW) if line.name == name]
        book.name_area(f"out_subject_{name}", SHEET, (rows[0], VALUE), (rows[-1], VALUE))
    return found, FIRST_ROW + len(lines)


def _plan_lines(model: Model, sizing: Sizing, table: Options, subject: Subject, place: int) -> list[Line]:
    """Place, plan, timing and need."""
    row = subject.row
    sized, values = sizing.values[row.id], table.values[row.id]

    def option(name: str, key: str, label: str, unit: str, fmt: str) -> Line:
        return Line(name, label, unit, fmt, looked_up(OPTIONS, OPTION_COLUMNS[key], table.first, table.last), values[key])

    def need(name: str, key: str, label: str, unit: str, fmt: str) -> Line:
        return Line(name, label, unit, fmt, sized_at(sizing, key), sized[key])

    def needs(key: str, label: str, unit: str, fmt: str) -> list[Line]:
        return [
            Line(key, part_label(label, n, sizing.workloads), unit, fmt, sized_at(sizing, key, n), part[key])
            for n, part in enumerate(sizing.parts[row.id])
        ]

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
        *needs("per_replica", "Replicas needed at today's demand", "unrounded", NUMBER),
        *needs("replica", "Replica", "GPUs", WHOLE),
        need("unit", "unit", "Billed machine", "GPUs", WHOLE),
        need("usd_per_gpu_hour", "price", "Price", "USD/GPU-hour", MONEY_FINE),
        need("quoted", "quoted", "Own quote", "1 yes, 0 no", WHOLE),
        need("price_row", "price_row", "Its price", "row of Prices", WHOLE),
        need("usd_per_gpu_month", "cash", "Paid a month", "USD/GPU-month", MONEY),
        *_bought_lines(model, subject),
        *_timing_lines(subject),
    ]


def _bought_lines(model: Model, subject: Subject) -> list[Line]:
    """What the option's GPUs cost and are worth later, if they are bought."""
    terms = model.terms_of(subject.row)
    is_bought = bool(subject.row.own_kind)

    def look(col: int) -> str:
        return f"N(INDEX({on(PRICES, f'{fixed(0, col)}:{fixed(LAST_PRICE, col)}')},out_subject_price_row))"

    owns = bool(model.own_kinds)
    return [
        Line(
            "bought",
            "Its GPUs are bought",
            "1 yes, 0 no",
            WHOLE,
            f"=IF(AND(out_subject_in_place=0,{look(P_BUY)}>0),1,0)" if owns else "=0",
            float(is_bought),
        ),
        Line(
            "purchase",
            "Purchase",
            "USD/GPU; 0: rented",
            MONEY,
            f"=out_subject_bought*{look(P_BUY)}" if owns else "=0",
            terms.purchase_usd if is_bought else 0.0,
        ),
        Line(
            "end_value",
            "Worth at the end of its life",
            "USD/GPU",
            MONEY,
            f"=out_subject_bought*{look(P_END)}" if owns else "=0",
            terms.residual_usd if is_bought else 0.0,
        ),
        Line(
            "life",
            "Life",
            "months; 1: rented",
            WHOLE,
            f"=IF(out_subject_bought=1,{look(P_LIFE)},1)" if owns else "=1",
            float(terms.life_months) if is_bought else 1.0,
        ),
    ]


def _timing_lines(subject: Subject) -> list[Line]:
    """When it serves."""
    timing = subject.plan.timing
    return [
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
