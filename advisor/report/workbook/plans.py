"""The sheet Plans: every plan of every option month by month, seven rows each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from advisor.money.plans import FutureName, Plan
from advisor.report.workbook.book import CEILING, FACTOR, MONEY, WHOLE, Book, Sheet, cell
from advisor.report.workbook.model import Model, PlanRows, Row
from advisor.report.workbook.monthly import (
    ACTIVE,
    BEFORE,
    CANDIDATE_PATH,
    COMMITTED,
    DEMAND,
    DISCOUNT,
    MONTH,
    PARAM,
    STAY_USD,
    STAYING,
    TODAY_PATH,
    Axis,
    shared,
    sized_formula,
    write_axis,
    write_line,
)
from advisor.report.workbook.monthly import (
    SHEET as MONTHLY,
)
from advisor.report.workbook.page import Value
from advisor.report.workbook.sizing import ref

SHEET = "Plans"
FIRST_BLOCK, STRIDE = 4, 8
ARRIVED, GONE, OLD, NEW, IDLE, TOTAL, SAVED = range(7)
WORDS: dict[FutureName, str] = {
    "stay": "stay",
    "tune_in_place": "tune in place",
    "move_now": "move now",
    "move_at_contract_end": "move at contract end",
    "phased": "move in two tranches",
    "buy_tokens": "buy tokens",
}
NEVER = "never"


@dataclass(frozen=True)
class Spot:
    """Where a block stands: its plan and the first of its rows on Plans."""

    plan: Plan
    top: int
    rows: PlanRows


@dataclass(frozen=True)
class Block:
    """One plan on a sheet: ``start`` and ``ramp`` are formulas for when its fleet arrives, ``parallel`` how long both run.

    ``tranches`` are the blocks of both halves of a phased plan. Rows: share arrived, share of the old fleet gone (sized
    fleet for tuning), old GPUs, new GPUs (USD for tokens), idle committed GPUs, total USD, cumulative saving.
    """

    sheet: Sheet
    axis: Axis
    top: int
    name: FutureName
    label: str
    row: int
    today: int
    start: str
    ramp: str
    parallel: str
    one_off: str
    tranches: tuple[int, int] | None = None

    def at(self, line: int, col: int) -> str:
        """A cell of this block on its own sheet."""
        return cell(self.top + line, col)

    def share(self, line: int) -> Callable[[int], str]:
        """Share switched by a month, linear over the ramp."""
        begin, ramp = (cell(self.top + line, col, fixed_row=True, fixed_col=True) for col in (PARAM, BEFORE))
        if self.tranches is not None:
            now, end = (top + line for top in self.tranches)

            def free(col: int) -> str:
                return f"MIN(1,MAX(0,1-{shared(COMMITTED, col)}/{shared(STAYING, col)}))"

            return lambda col: f"{free(col)}*{cell(now, col)}+(1-{free(col)})*{cell(end, col)}"

        def switched(col: int) -> str:
            elapsed = f"({cell(MONTH, col, fixed_row=True)}-{begin})"
            return f"IF({ramp}<=0,IF({elapsed}>0,1,0),MIN(1,MAX(0,{elapsed}/{ramp})))"

        return switched

    def whole(self, gpus: str) -> str:
        """GPUs in whole billed machines of today's kind; singly billed ones as they are."""
        unit = ref("unit", self.today)
        return f"IF({unit}=1,{gpus},{CEILING.format(f'({gpus})/{unit}')}*{unit})"

    def old(self, col: int) -> str:
        """GPUs of the old kind."""
        staying = shared(STAYING, col)
        if self.name != "tune_in_place":
            return f"MIN({staying},{self.whole(f'(1-{self.at(GONE, col)})*{staying}')})"
        arrived, sized = self.at(ARRIVED, col), self.at(GONE, col)
        mixed = self.whole(f"(1-{arrived})*{staying}+{arrived}*{sized}")
        return f"IF({arrived}<=0,{staying},MIN({mixed},MAX({staying},{sized})))"

    def new(self, col: int) -> str:
        """GPUs of the new kind, or USD of bought tokens."""
        if self.name == "tune_in_place":
            return "0"
        if self.name == "buy_tokens":
            return f"out_tokens_usd_per_month*{shared(DEMAND, col)}*{self.at(ARRIVED, col)}"
        return sized_formula(shared(DEMAND, col), self.row, ref("unit", self.row), self.at(ARRIVED, col))

    def total(self, col: int) -> str:
        """USD of the month."""
        rate = "out_today_usd_per_gpu_hour*cat_hours_per_month"
        committed, old, idle = shared(COMMITTED, col), self.at(OLD, col), self.at(IDLE, col)
        so_far = f"{cell(self.top + IDLE, BEFORE, fixed_col=True)}:{cell(self.top + IDLE, col - 1)}"
        parts = [
            f"({committed}+MAX(0,{old}-{committed})*{shared(TODAY_PATH, col)}-{idle}*in_recoverable)*{rate}",
            f'IF(AND({idle}>0,COUNTIF({so_far},">0")=0),in_exit_fee,0)',
        ]
        if self.name == "buy_tokens":
            parts.append(self.at(NEW, col))
        elif self.name != "tune_in_place":
            per_gpu = f"{ref('price', self.row)}*cat_hours_per_month"
            parts.append(f"{self.at(NEW, col)}*{per_gpu}*{shared(CANDIDATE_PATH, col)}")
        return f"{shared(ACTIVE, col)}*({'+'.join(parts)})"

    def write(self, rows: PlanRows) -> None:
        """Write the block with its totals: NPV beside the total, payback beside the cumulative saving."""
        tune, tokens = self.name == "tune_in_place", self.name == "buy_tokens"
        second = ("GPUs sized afresh", "GPUs") if tune else ("share of today's fleet gone", "fraction")
        third = ("tokens bought", "USD") if tokens else ("new GPUs", "GPUs")
        sized = sized_formula
        lines = (
            ("share of the new setup serving", "fraction", self.share(ARRIVED), rows.arrived, FACTOR),
            (*second, self._second(sized), rows.gone, WHOLE if tune else FACTOR),
            ("today's GPUs", "GPUs", self.old, rows.old, "#,##0.##"),
            (*third, self.new, rows.new, MONEY if tokens else WHOLE),
            (
                "committed GPUs unused",
                "GPUs",
                self._idle,
                rows.idle,
                "#,##0.##",
            ),
            ("total cost (D: one-offs, C: NPV)", "USD", self.total, rows.total, MONEY),
            ("cumulative saving (C: payback)", "USD", self._saved, self._cumulative(rows), MONEY),
        )
        for line, (label, unit, make, values, fmt) in enumerate(lines):
            write_line(self.sheet, self.axis, self.top + line, f"{self.label}: {label}", unit, make, list(values), fmt)
        self._parameters(rows)

    def _second(self, sized: Callable[..., str]) -> Callable[[int], str]:
        if self.name != "tune_in_place":
            return self.share(GONE)
        return lambda col: sized(shared(DEMAND, col), self.row, ref("unit", self.row))

    def _idle(self, col: int) -> str:
        unused = f"{shared(COMMITTED, col)}-{self.at(OLD, col)}"
        return f"IF({unused}>cat_gpu_noise,{unused},0)"

    def _saved(self, col: int) -> str:
        return f"{self.at(SAVED, col - 1)}+{shared(STAY_USD, col)}-{self.at(TOTAL, col)}"

    def _cumulative(self, rows: PlanRows) -> np.ndarray:
        stay = np.array(rows.total) + np.diff(
            [month.cumulative_saving_usd for month in rows.result.rows], prepend=-rows.plan.one_off_usd
        )
        return np.cumsum(stay - rows.total) - rows.plan.one_off_usd

    def _parameters(self, rows: PlanRows) -> None:
        sheet, timing = self.sheet, rows.plan.timing
        begin = cell(self.top + ARRIVED, PARAM, fixed_row=True, fixed_col=True)
        if self.tranches is None:
            sheet.formula(self.top + ARRIVED, PARAM, "=" + self.start, timing.served_from, "0.0##")
            sheet.formula(self.top + ARRIVED, BEFORE, "=" + self.ramp, timing.ramp, "0.0##")
            if self.name != "tune_in_place":
                gone = timing.served_from + timing.parallel
                sheet.formula(self.top + GONE, PARAM, f"={begin}+{self.parallel}", gone, "0.0##")
                sheet.formula(self.top + GONE, BEFORE, "=" + self.ramp, timing.ramp, "0.0##")
        total = self.top + TOTAL
        sheet.formula(total, BEFORE, "=" + self.one_off, rows.plan.one_off_usd, MONEY)
        npv = f"={cell(total, BEFORE)}+SUMPRODUCT({self.axis.whole(total)},{self.axis.whole(DISCOUNT, MONTHLY)})"
        sheet.formula(total, PARAM, npv, rows.result.npv_cost, MONEY, bold=True)
        saved = self.top + SAVED
        sheet.formula(saved, BEFORE, f"=-{cell(total, BEFORE)}", -rows.plan.one_off_usd, MONEY)
        paid: Value = NEVER if rows.result.payback_month is None else rows.result.payback_month
        sheet.formula(saved, PARAM, "=" + self._payback(), paid, "0", bold=True)

    def _payback(self) -> str:
        """The month after the last in which the cumulative saving is below 0, if that is within the horizon."""
        sums, months = self.axis.whole(self.top + SAVED), self.axis.whole(MONTH)
        stay = self.axis.whole(STAY_USD, MONTHLY)
        below = f"({sums}<-ABS({stay})*cat_float_noise)*({months}<=in_horizon)*{months}"
        last = f"SUMPRODUCT(MAX({below}))"
        free = cell(self.top + TOTAL, BEFORE)
        return f'IF({last}>=in_horizon,"{NEVER}",IF({last}=0,IF({free}=0,0,1),{last}+1))'


def one_off_name(row: Row) -> str:
    """What changing to an option costs once, as a formula."""
    return "0" if row.is_own and row.in_place else "out_one_off"


def blocks_of(sheet: Sheet, axis: Axis, model: Model, row: Row, line: int, today: int, top: int) -> list[tuple[Block, Plan]]:
    """The blocks of an option, one under the other from ``top``."""
    plans = model.plans(row)
    months = ref("months", line)
    found = []
    for number, plan in enumerate(plans):
        place = top + number * STRIDE
        label = f"{row.label}, {WORDS[plan.name]}"
        start, ramp, parallel = f"in_lead_months+{months}", "in_ramp_months", "in_parallel_months"
        if row.in_place:
            start, ramp, parallel = ("0", "0", "0") if row.is_own else (months, "in_ramp_months", "0")
        if plan.name == "move_at_contract_end":
            start = (
                f"MAX(0,in_months_left-(in_lead_months+{months}+in_ramp_months+in_parallel_months))+in_lead_months+{months}"
            )
        block = Block(sheet, axis, place, plan.name, label, line, today, start, ramp, parallel, one_off_name(row))
        if plan.name == "phased":
            block = replace(block, tranches=(top, top + STRIDE))
        found.append((block, plan))
    return found


def write_plans(book: Book, model: Model, axis: Axis, rows: dict[str, int]) -> tuple[dict[str, list[Spot]], Spot | None]:
    """Write all plans; where each stands, and the plan of buying tokens."""
    sheet = book.sheet(SHEET)
    sheet.heading(
        "Plans", "Every plan of every option. C holds the month it starts, NPV and payback; D its ramp and one-offs."
    )
    write_axis(sheet, axis, linked=True)
    spots: dict[str, list[Spot]] = {}
    top, today = FIRST_BLOCK, rows["today"]
    for row in model.rows:
        spots[row.id] = []
        for block, plan in blocks_of(sheet, axis, model, row, rows[row.id], today, top):
            worked = model.plan_rows(plan)
            block.write(worked)
            spots[row.id].append(Spot(plan, block.top, worked))
            top += STRIDE
    tokens = model.token_plan
    if tokens is None:
        return spots, None
    block = Block(
        sheet, axis, top, "buy_tokens", "Buy tokens", today, today, "0", "in_ramp_months", "0", "out_tokens_one_off"
    )
    worked = model.plan_rows(tokens)
    block.write(worked)
    return spots, Spot(tokens, top, worked)


def last_row(spots: dict[str, list[Spot]], tokens: Spot | None) -> int:
    """The last row the plans take."""
    found = [spot for blocks in spots.values() for spot in blocks] + ([tokens] if tokens else [])
    return max(spot.top for spot in found) + SAVED
