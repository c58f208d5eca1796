"""The sheet Plans: every plan of every option month by month, seven rows each."""

from __future__ import annotations

from dataclasses import dataclass, replace

from advisor.decision.case import every_plan
from advisor.money.plans import FutureName, Plan
from advisor.report.workbook.axis import (
    ACTIVE,
    BEFORE,
    CANDIDATE_PATH,
    COMMITTED,
    LABEL,
    PARAM,
    STAY_USD,
    STAYING,
    TODAY_PATH,
    UNIT,
    Axis,
    Link,
    Linked,
    write_axis,
    write_linked,
)
from advisor.report.workbook.book import MONEY, NUMBER, WHOLE, Book, Sheet
from advisor.report.workbook.model import Model, PlanRows
from advisor.report.workbook.plan_blocks import KEPT, Block, stride
from advisor.report.workbook.points import part_label
from advisor.report.workbook.rows import Row
from advisor.report.workbook.sizing import Sizing, ref

SHEET = "Plans"
WORDS: dict[FutureName, str] = {
    "stay": "stay",
    "tune_in_place": "tune in place",
    "move_now": "move now",
    "move_at_contract_end": "move at contract end",
    "phased": "move in two tranches",
    "buy_tokens": "buy tokens",
}


@dataclass(frozen=True)
class Spot:
    """Where a block stands: its plan and the first of its rows on Plans."""

    plan: Plan
    top: int
    rows: PlanRows


def one_off_name(row: Row) -> str:
    """What changing to an option costs once, as a formula."""
    return "0" if row.is_own and row.in_place else "out_one_off"


def write_need(sheet: Sheet, axis: Axis, row: Row, sizing: Sizing, top: int) -> int:
    """What an option needs and costs, once for all its plans, from Sizing; the row of its first plan."""
    line = sizing.rows[row.id]
    machine = ("billed machine (C), paid a month (D)", "GPUs; USD/GPU-month", ("unit", WHOLE), ("cash", MONEY))
    needs = (
        "replicas needed (C), GPUs of one (D)",
        "unrounded; GPUs",
        ("per_replica", NUMBER),
        ("replica", WHOLE),
    )
    rows = [
        (line, sizing.values[row.id], machine),
        *((line + n, part, needs) for n, part in enumerate(sizing.parts[row.id])),
    ]
    for at, (source, values, (label, unit, *cells)) in enumerate(rows, start=top):
        title = label if at == top else part_label(label, source - line, axis.workloads)
        sheet.text(at, LABEL, f"{row.label}: {title}")
        sheet.text(at, UNIT, unit, font_color="#555555")
        for col, (key, fmt) in zip((PARAM, BEFORE), cells, strict=True):
            sheet.formula(at, col, f"={ref(key, source)}", values[key], fmt)
    return top + len(rows)


def blocks_of(sheet: Sheet, linked: Linked, model: Model, row: Row, line: int, need: int) -> list[tuple[Block, Plan]]:
    """The blocks of an option, one under the other below what it needs."""
    plans, axis = every_plan(model.case, row.option), linked.axis
    months, top = ref("months", line), need + 1 + axis.workloads
    found = []
    for number, plan in enumerate(plans):
        place = top + number * stride(axis)
        label = f"{row.label}, {WORDS[plan.name]}"
        start, ramp, parallel = f"in_lead_months+{months}", "in_ramp_months", "in_parallel_months"
        if row.in_place:
            start, ramp, parallel = ("0", "0", "0") if row.is_own else (months, "in_ramp_months", "0")
        if plan.name == "move_at_contract_end":
            start = (
                f"MAX(0,in_months_left-(in_lead_months+{months}+in_ramp_months+in_parallel_months))+in_lead_months+{months}"
            )
        block = Block(
            sheet, axis, place, plan.name, label, linked, need, start, ramp, parallel, one_off_name(row), row.own_kind
        )
        if plan.name == "phased":
            block = replace(block, tranches=(top, top + stride(axis)))
        found.append((block, plan))
    return found


def write_plans(
    book: Book, model: Model, axis: Axis, lines: dict[int, Link], sizing: Sizing
) -> tuple[dict[str, list[Spot]], Spot | None]:
    """Write all plans; where each stands, and the plan of buying tokens."""
    sheet = book.sheet(SHEET)
    sheet.heading(
        "Plans",
        "Every plan of every option. In rows of shares C holds the month after which it starts and D the months it takes; "
        "below them C holds NPV and payback, D one-offs. A plan that Options shows as – is not open.",
    )
    write_axis(sheet, axis, linked=True)
    first, last = axis.demand_rows
    own_rows = ([axis.held] if axis.owns_today else []) + [axis.closing(kind) for kind in axis.own_kinds]
    rows = (ACTIVE, *range(first, last + 1), TODAY_PATH, CANDIDATE_PATH, STAYING, COMMITTED, STAY_USD, *own_rows)
    linked = write_linked(sheet, axis, lines, rows)
    spots: dict[str, list[Spot]] = {}
    top = linked.end + 1
    for row in model.rows:
        spots[row.id], need = [], top
        top = write_need(sheet, axis, row, sizing, need)
        for block, plan in blocks_of(sheet, linked, model, row, sizing.rows[row.id], need):
            worked = model.plan_rows(plan)
            block.write(worked)
            spots[row.id].append(Spot(plan, block.top, worked))
            top += stride(axis)
    tokens = model.token_plan
    if tokens is None:
        return spots, None
    buying = ("0", "in_ramp_months", "0", "out_tokens_one_off")
    block = Block(sheet, axis, top, "buy_tokens", "Buy tokens", linked, top, *buying)
    worked = model.plan_rows(tokens)
    block.write(worked)
    return spots, Spot(tokens, top, worked)


def last_row(spots: dict[str, list[Spot]], tokens: Spot | None) -> int:
    """The last row the plans take."""
    found = [spot for blocks in spots.values() for spot in blocks] + ([tokens] if tokens else [])
    return max(spot.top for spot in found) + KEPT
