"""On Monthly, below the shared rows: the plans of one option in full, chosen by its id; and the chart of its savings."""

from __future__ import annotations

from dataclasses import dataclass

from advisor.report.workbook.axis import (
    BEFORE,
    FIRST,
    LABEL,
    MONTH,
    PARAM,
    SHEET,
    STAY_USD,
    UNIT,
    Axis,
)
from advisor.report.workbook.book import MONEY, TEXT, WHOLE, Book, Sheet, cell, on
from advisor.report.workbook.model import Model
from advisor.report.workbook.options import Options
from advisor.report.workbook.options_columns import NOTHING
from advisor.report.workbook.page import Value
from advisor.report.workbook.plan_blocks import ARRIVED, HARDWARE, IDLE, NEW, OLD, SAVED, TOTAL
from advisor.report.workbook.plans import SHEET as PLANS
from advisor.report.workbook.plans import Spot

LINES = (
    (ARRIVED, "share of the new setup serving", "fraction", "0.00"),
    (OLD, "today's GPUs", "GPUs", "#,##0.##"),
    (NEW, "new GPUs", "GPUs", WHOLE),
    (IDLE, "committed GPUs unused", "GPUs", "#,##0.##"),
    (TOTAL, "total cost", "USD", MONEY),
    (SAVED, "cumulative saving", "USD", MONEY),
)
OWN_LINE = (HARDWARE, "purchases less sales", "USD", MONEY)
"""Beside the others where hardware is owned."""
TITLES = ("Move now", "Move at contract end", "Move in two tranches")
IN_PLACE, NOT_OPEN = "Tune in place", "not open"
LOOKS = (("#0072B2", "solid"), ("#009E73", "dash"), ("#CC79A7", "round_dot"))
"""Colour and dash of each plan's line: plans that agree lie on each other, and the dashes show both."""
STAYING_LOOK = ("#E69F00", "long_dash_dot")
CHART_STEP = 800
"""Pixels from a chart to the next: not columns, since those after a short horizon are narrower."""


def shown(model: Model) -> str:
    """The option looked at first: the advised one, else the challenger, else the first."""
    known = [row.id for row in model.rows]
    for option in (model.decision.chosen, model.decision.challenger, model.decision.best):
        if option is not None and option.key.id in known:
            return option.key.id
    return known[0]


@dataclass(frozen=True)
class _View:
    """Where the plans of one option stand on Monthly."""

    sheet: Sheet
    axis: Axis
    table: Options
    last: int
    """The last row of Plans."""

    @property
    def control(self) -> int:
        """Row that says which option is shown."""
        return self.axis.last_shared + 3

    @property
    def lines(self) -> tuple[tuple[int, str, str, str], ...]:
        """Rows of a plan: line of its block, label, unit, format; total and cumulative saving stand last."""
        return (*LINES[:-2], OWN_LINE, *LINES[-2:]) if self.axis.own_kinds else LINES

    def top(self, number: int) -> int:
        """First row of a plan; of the number after the last what stands below."""
        return self.control + 3 + number * (len(self.lines) + 2)


def write_view(
    book: Book, sheet: Sheet, model: Model, axis: Axis, table: Options, spots: dict[str, list[Spot]], last: int
) -> None:
    """Write the view: which option, then its plans."""
    chosen, view = shown(model), _View(sheet, axis, table, last)
    control = view.control
    sheet.section(control - 1, "Plans of one option in full: type or pick its id; rows read the sheet Plans")
    sheet.text(control, LABEL, "Option shown")
    sheet.entry(control, PARAM, chosen, "@")
    ids = table.area("id")
    sheet.page.data_validation(control, PARAM, control, PARAM, {"validate": "list", "source": f"={ids}"})
    book.name("in_option_shown", SHEET, control, PARAM)
    sheet.text(control + 1, LABEL, "Its place among the options")
    place = next(number for number, row in enumerate(model.rows, start=1) if row.id == chosen)
    sheet.formula(control + 1, PARAM, f"=MATCH(in_option_shown,{ids},0)", place, WHOLE)
    for number, title in enumerate(TITLES):
        is_open = table.values[chosen][f"npv{number + 1}"] != NOTHING
        _plan(view, number, title, spots[chosen][number] if is_open else None)
    _chart(book, view)


def _plan(view: _View, number: int, title: str, spot: Spot | None) -> None:
    sheet, axis, top = view.sheet, view.axis, view.top(number)
    anchor = cell(top, PARAM, fixed_row=True, fixed_col=True)
    _head(view, number, title, anchor, spot)
    for row, (line, label, unit, fmt) in enumerate(view.lines, start=top + 1):
        sheet.text(row, LABEL, f"  {label}")
        sheet.text(row, UNIT, unit, font_color="#555555")
        shift = "+1" * (line - TOTAL) if line > TOTAL else "-1" * (TOTAL - line)
        once, values = _values(spot, line) if spot else (NOTHING, [NOTHING] * axis.months)
        for col in range(BEFORE if line in (TOTAL, SAVED) else FIRST, axis.last + 1):
            column_text = cell(0, col, fixed_row=True) + ":" + cell(view.last, col, fixed_row=True)
            formula = f'=IF({anchor}>0,INDEX({on(PLANS, column_text)},MAX(1,{anchor}{shift})),"{NOTHING}")'
            sheet.formula(row, col, formula, once if col == BEFORE else values[col - FIRST], fmt, align="right")


def _head(view: _View, number: int, title: str, anchor: str, spot: Spot | None) -> None:
    """A plan's name, which its lines in the charts read, and where it stands on Plans: 0 where it is not open."""
    sheet, top = view.sheet, view.top(number)
    place = cell(view.control + 1, PARAM, fixed_row=True, fixed_col=True)
    key, npv, plans = (view.table.area(name) for name in (f"block{number + 1}", f"npv{number + 1}", "plans"))
    row = f"=IF(ISNUMBER(INDEX({npv},{place})),INDEX({key},{place}),0)"
    sheet.formula(top, PARAM, row, spot.top + TOTAL + 1 if spot else 0, WHOLE, font_color="#888888")
    sheet.text(top, UNIT, f"row of Plans; 0: {NOT_OPEN}", font_color="#888888")
    name, found = f'=IF({anchor}>0,"{title}","{title}: {NOT_OPEN}")', title if spot else f"{title}: {NOT_OPEN}"
    if number == 0:  # every option has a first plan, and tuning has no other
        name = f'=IF(INDEX({plans},{place})>1,"{title}","{IN_PLACE}")'
        found = IN_PLACE if spot is not None and spot.plan.name == "tune_in_place" else title
    sheet.formula(top, LABEL, name, found, TEXT, bold=True, font_color="#1F3864")


def _values(spot: Spot, line: int) -> tuple[Value, list[Value]]:
    """What a line shows before month 1, where it shows anything, and in each month."""
    rows, once = spot.rows, spot.plan.one_off_usd
    if line == SAVED:
        return -once, [float(value) for value in rows.saved]
    shown = {
        ARRIVED: rows.arrived,
        OLD: rows.old,
        NEW: rows.new,
        IDLE: rows.idle,
        TOTAL: rows.total,
        HARDWARE: rows.hardware,
    }
    return once, [float(value) for value in shown[line]]


def _chart(book: Book, view: _View) -> None:
    """Cumulative saving of the plans shown, over months; and monthly cost of staying against them."""
    axis, count = view.axis, len(view.lines)
    for place, (offset, title, stay) in enumerate(
        ((count, "Cumulative saving of the option shown, USD", False), (count - 1, "Monthly cost, USD", True))
    ):
        chart = book.file.add_chart({"type": "line"})
        if stay:
            chart.add_series(_series(axis, STAY_USD, STAYING_LOOK))
        for number, look in enumerate(LOOKS):
            top = view.top(number)
            chart.add_series(_series(axis, top + offset, look, top))
        chart.set_title({"name": title, "name_font": {"size": 12}})
        chart.set_x_axis({"name": "Month", "label_position": "low", "interval_unit": 3})
        chart.set_y_axis(
            {"name": "USD", "num_format": "#,##0", "major_gridlines": {"visible": True, "line": {"color": "#DDDDDD"}}}
        )
        chart.set_legend({"position": "bottom"})
        chart.set_size({"width": 720, "height": 340})
        view.sheet.page.insert_chart(
            view.top(len(TITLES)) + 1, BEFORE, chart, {"x_offset": place * CHART_STEP, "object_position": 1}
        )


def _series(axis: Axis, row: int, look: tuple[str, str], named: int | None = None) -> dict[str, object]:
    """A line of a chart, named by the label of its row or of another."""
    colour, dash = look
    return {
        "name": [SHEET, row if named is None else named, LABEL],
        "categories": [SHEET, MONTH, FIRST, MONTH, axis.last],
        "values": [SHEET, row, FIRST, row, axis.last],
        "line": {"width": 2, "color": colour, "dash_type": dash},
    }
