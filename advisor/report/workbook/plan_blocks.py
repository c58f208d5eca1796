"""One plan month by month: its rows, each one formula, and its totals. Read :class:`Block`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from advisor.money.plans import FutureName
from advisor.report.workbook.axis import (
    ACTIVE,
    BEFORE,
    CANDIDATE_PATH,
    COMMITTED,
    DISCOUNT,
    MONTH,
    PARAM,
    STAY_USD,
    STAYING,
    TODAY_PATH,
    Axis,
    Linked,
    write_line,
)
from advisor.report.workbook.axis import SHEET as MONTHLY
from advisor.report.workbook.book import FACTOR, MONEY, WHOLE, Sheet, cell, fixed
from advisor.report.workbook.model import PlanRows
from advisor.report.workbook.names import TODAY, own
from advisor.report.workbook.needs import needed_gpus, stay_usd_formula, total, whole_machines
from advisor.report.workbook.own_hardware import bought, sold
from advisor.report.workbook.page import Value

ARRIVED, GONE, OLD, NEW, IDLE, TOTAL, SAVED, HARDWARE, KEPT = range(9)
"""Rows of a block; the last two only where hardware is owned."""
NEVER = "never"


@dataclass(frozen=True)
class Block:
    """One plan on a sheet: ``start`` and ``ramp`` are formulas for when its fleet arrives, ``parallel`` how long both run.

    ``tranches`` are the blocks of both halves of a phased plan. Rows: share arrived, share of the old fleet gone (sized
    fleet for tuning), old GPUs, new GPUs (USD for tokens), idle committed GPUs, total USD, cumulative saving; with own
    hardware purchases less sales, and what is left of the GPUs owned today. ``own_kind`` is what the plan buys; ``need``
    is the first row of what the option needs (:func:`write_need`).
    """

    sheet: Sheet
    axis: Axis
    top: int
    name: FutureName
    label: str
    linked: Linked
    need: int
    start: str
    ramp: str
    parallel: str
    one_off: str
    own_kind: str = ""
    tranches: tuple[int, int] | None = None

    def needs(self, col: int) -> str:
        """What each workload needs: a column of the option's rows."""
        first, last = fixed(self.need + 1, col), fixed(self.need + self.axis.workloads, col)
        return first if first == last else f"{first}:{last}"

    def at(self, line: int, col: int) -> str:
        """A cell of this block on its own sheet."""
        return cell(self.top + line, col)

    def share(self, line: int) -> Callable[[int], str]:
        """Share switched by a month, linear over the ramp."""
        begin, ramp = (cell(self.top + line, col, fixed_row=True, fixed_col=True) for col in (PARAM, BEFORE))
        if self.tranches is not None:
            now, end = (top + line for top in self.tranches)

            def free(col: int) -> str:
                return f"MIN(1,MAX(0,1-{self.linked.at(COMMITTED, col)}/{self.linked.at(STAYING, col)}))"

            return lambda col: f"{free(col)}*{cell(now, col)}+(1-{free(col)})*{cell(end, col)}"

        def switched(col: int) -> str:
            elapsed = f"({cell(MONTH, col, fixed_row=True)}-{begin})"
            return f"IF({ramp}<=0,IF({elapsed}>0,1,0),MIN(1,MAX(0,{elapsed}/{ramp})))"

        return switched

    def old(self, col: int) -> str:
        """GPUs of the old kind."""
        staying = self.linked.at(STAYING, col)
        if self.name != "tune_in_place":
            return f"MIN({staying},{whole_machines(f'(1-{self.at(GONE, col)})*{staying}')})"
        arrived, sized = self.at(ARRIVED, col), self.at(GONE, col)
        mixed = whole_machines(f"(1-{arrived})*{staying}+{arrived}*{sized}")
        return f"IF({arrived}<=0,{staying},MIN({mixed},MAX({staying},{sized})))"

    def new(self, col: int) -> str:
        """GPUs of the new kind, or USD of bought tokens."""
        if self.name == "tune_in_place":
            return "0"
        if self.name == "buy_tokens":
            usd = f"out_tokens_by_workload*{self.linked.demand(col)}"
            return f"{total(usd, self.axis.workloads)}*{self.at(ARRIVED, col)}"
        return self.sized(col, self.at(ARRIVED, col))

    def sized(self, col: int, share: str = "") -> str:
        """GPUs the option needs for a share of the demand."""
        per_replica, replica, unit = self.needs(PARAM), self.needs(BEFORE), fixed(self.need, PARAM)
        return needed_gpus(self.linked.demand(col), per_replica, replica, unit, self.axis.workloads, share)

    def total(self, col: int) -> str:
        """USD of the month."""
        idle = self.at(IDLE, col)
        so_far = f"{cell(self.top + IDLE, BEFORE, fixed_col=True)}:{cell(self.top + IDLE, col - 1)}"
        running = stay_usd_formula(self.linked.at(COMMITTED, col), self.at(OLD, col), self.linked.at(TODAY_PATH, col))
        parts = [
            f"{running}-{idle}*in_recoverable*out_today_usd_per_gpu_month",
            f'IF(AND({idle}>0,COUNTIF({so_far},">0")=0),in_exit_fee,0)',
        ]
        if self.name == "buy_tokens":
            parts.append(self.at(NEW, col))
        elif self.name != "tune_in_place":
            path = "" if self.own_kind else f"*{self.linked.at(CANDIDATE_PATH, col)}"
            parts.append(f"{self.at(NEW, col)}*{fixed(self.need, BEFORE)}{path}")
        if self.axis.own_kinds:
            parts.append(self.at(HARDWARE, col))
        return f"{self.linked.at(ACTIVE, col)}*({'+'.join(parts)})"

    def hardware(self, col: int) -> str:
        """Purchases less sales of the month, and at its end what the hardware is worth."""
        month, found = cell(MONTH, col, fixed_row=True), []
        for line, kind in ((OLD, TODAY if self.axis.owns_today else ""), (NEW, self.own_kind)):
            if not kind:
                continue
            whole, before = self.axis.whole(self.top + line), self.axis.whole_before(self.top + line)
            worth = self.linked.whole(self.axis.closing(kind))
            price = f"in_{own(kind, 'capex')}"
            found.append(bought(self.at(line, col), self.at(line, col - 1), whole, before, price, worth, month))
        if self.axis.owns_today:
            found.append(sold(self.at(KEPT, col), self.at(KEPT, col - 1), self.linked.at(self.axis.held, col), month))
        return "+".join(found) or "0"

    def write(self, rows: PlanRows) -> None:
        """Write the block with its totals: NPV beside the total, payback beside the cumulative saving."""
        tune, tokens = self.name == "tune_in_place", self.name == "buy_tokens"
        second = ("GPUs sized afresh", "GPUs") if tune else ("share of today's fleet gone", "fraction")
        third = ("tokens bought", "USD") if tokens else ("new GPUs", "GPUs")
        lines: tuple[tuple[str, str, Callable[[int], str], np.ndarray, str], ...] = (
            ("share of the new setup serving", "fraction", self.share(ARRIVED), rows.arrived, FACTOR),
            (*second, self._second(), rows.gone, WHOLE if tune else FACTOR),
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
            ("cumulative saving (C: payback)", "USD", self._saved, rows.saved, MONEY),
        )
        if self.axis.own_kinds:
            kept = (lambda c: f"MIN({self.at(KEPT, c - 1)},{self.at(OLD, c)})") if self.axis.owns_today else (lambda _: "0")
            left = rows.kept if self.axis.owns_today else np.zeros(self.axis.months)
            lines += (
                ("purchases less sales of own hardware", "USD", self.hardware, rows.hardware, MONEY),
                ("GPUs owned today, left", "GPUs", kept, left, WHOLE),
            )
        for line, (label, unit, make, values, fmt) in enumerate(lines):
            write_line(self.sheet, self.axis, self.top + line, f"{self.label}: {label}", unit, make, list(values), fmt)
        self._parameters(rows)

    def _second(self) -> Callable[[int], str]:
        if self.name != "tune_in_place":
            return self.share(GONE)
        return self.sized

    def _idle(self, col: int) -> str:
        unused = f"{self.linked.at(COMMITTED, col)}-{self.at(OLD, col)}"
        return f"IF({unused}>cat_gpu_noise,{unused},0)"

    def _saved(self, col: int) -> str:
        return f"{self.at(SAVED, col - 1)}+{self.linked.at(STAY_USD, col)}-{self.at(TOTAL, col)}"

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
        cost = self.top + TOTAL
        sheet.formula(cost, BEFORE, "=" + self.one_off, rows.plan.one_off_usd, MONEY)
        npv = f"={cell(cost, BEFORE)}+SUMPRODUCT({self.axis.whole(cost)},{self.axis.whole(DISCOUNT, MONTHLY)})"
        sheet.formula(cost, PARAM, npv, rows.npv_cost, MONEY, bold=True)
        saved = self.top + SAVED
        sheet.formula(saved, BEFORE, f"=-{cell(cost, BEFORE)}", -rows.plan.one_off_usd, MONEY)
        paid: Value = NEVER if rows.payback_month is None else rows.payback_month
        sheet.formula(saved, PARAM, "=" + self._payback(), paid, "0", bold=True, align="right")
        if self.own_kind:
            sheet.number(self.top + NEW, BEFORE, 0, WHOLE)
        if self.axis.owns_today:
            for line in (OLD, KEPT):
                sheet.formula(self.top + line, BEFORE, "=in_gpus", float(rows.held), WHOLE)

    def _payback(self) -> str:
        """The month after the last in which the cumulative saving is below 0, if that is within the horizon."""
        sums, months = self.axis.whole(self.top + SAVED), self.axis.whole(MONTH)
        stay = self.linked.whole(STAY_USD)
        below = f"({sums}<-ABS({stay})*cat_float_noise)*({months}<=in_horizon)*{months}"
        last = f"SUMPRODUCT(MAX({below}))"
        free = cell(self.top + TOTAL, BEFORE)
        return f'IF({last}>=in_horizon,"{NEVER}",IF({last}=0,IF({free}=0,0,1),{last}+1))'


def stride(axis: Axis) -> int:
    """Rows from one block to the next."""
    return (KEPT if axis.own_kinds else SAVED) + 2
