"""On Monthly, below the shared rows: the plans of one option in full, chosen by its id; and the chart of its savings."""

from __future__ import annotations

from advisor.report.workbook.book import MONEY, WHOLE, Book, Sheet, cell, on
from advisor.report.workbook.model import Model
from advisor.report.workbook.monthly import (
    BEFORE,
    FIRST,
    LABEL,
    LAST_SHARED,
    MONTH,
    PARAM,
    SHEET,
    STAY_USD,
    UNIT,
    Axis,
)
from advisor.report.workbook.options import Options
from advisor.report.workbook.plans import ARRIVED, IDLE, NEW, OLD, SAVED, TOTAL, Spot
from advisor.report.workbook.plans import SHEET as PLANS

CONTROL = LAST_SHARED + 3
LINES = (
    (ARRIVED, "share of the new setup serving", "fraction", "0.00"),
    (OLD, "today's GPUs", "GPUs", "#,##0.##"),
    (NEW, "new GPUs", "GPUs", WHOLE),
    (IDLE, "committed GPUs unused", "GPUs", "#,##0.##"),
    (TOTAL, "total cost", "USD", MONEY),
    (SAVED, "cumulative saving", "USD", MONEY),
)
TITLES = ("Tune in place / move now", "Move at contract end", "Move in two tranches")
SIZE = len(LINES) + 2


def shown(model: Model) -> str:
    """The option looked at first: the advised one, else the challenger, else the first."""
    known = [row.id for row in model.rows]
    for option in (model.decision.chosen, model.decision.challenger, model.decision.best):
        if option is not None and option.key.id in known:
            return option.key.id
    return known[0]


def write_view(
    book: Book, sheet: Sheet, model: Model, axis: Axis, table: Options, spots: dict[str, list[Spot]], last: int
) -> None:
    """Write the view: which option, then its plans."""
    chosen = shown(model)
    sheet.section(CONTROL - 1, "Plans of one option in full: type or pick its id; rows read the sheet Plans")
    sheet.text(CONTROL, LABEL, "Option shown")
    sheet.entry(CONTROL, PARAM, chosen, "@")
    ids = table.area("id", outside=True)
    sheet.page.data_validation(CONTROL, PARAM, CONTROL, PARAM, {"validate": "list", "source": f"={ids}"})
    book.name("in_option_shown", SHEET, CONTROL, PARAM)
    sheet.text(CONTROL + 1, LABEL, "Its place among the options")
    place = next(number for number, row in enumerate(model.rows, start=1) if row.id == chosen)
    sheet.formula(CONTROL + 1, PARAM, f"=MATCH(in_option_shown,{ids},0)", place, WHOLE)
    for number, title in enumerate(TITLES):
        spot = spots[chosen][number] if number < len(spots[chosen]) else None
        _plan(sheet, axis, table, number, title, spot, last)
    _chart(book, sheet, axis)


def _plan(sheet: Sheet, axis: Axis, table: Options, number: int, title: str, spot: Spot | None, last: int) -> None:
    top = CONTROL + 3 + number * SIZE
    sheet.section(top, title)
    key = table.area(f"block{number + 1}", outside=True)
    anchor = cell(top, PARAM, fixed_row=True, fixed_col=True)
    place = cell(CONTROL + 1, PARAM, fixed_row=True, fixed_col=True)
    sheet.formula(top, PARAM, f"=INDEX({key},{place})", spot.top + TOTAL + 1 if spot else 0, WHOLE, font_color="#888888")
    sheet.text(top, UNIT, "row of Plans; 0: none", font_color="#888888")
    for offset, (line, label, unit, fmt) in enumerate(LINES, start=1):
        row = top + offset
        sheet.text(row, LABEL, f"  {label}")
        sheet.text(row, UNIT, unit, font_color="#555555")
        shift = f"+{line - TOTAL}" if line > TOTAL else "".join("-1" for _ in range(TOTAL - line))
        values = (
            None
            if spot is None
            else (spot.rows.arrived, None, spot.rows.old, spot.rows.new, spot.rows.idle, spot.rows.total, None)[line]
        )
        saved = None if spot is None else [month.cumulative_saving_usd for month in spot.rows.result.rows]
        for col in range(FIRST if line < TOTAL else BEFORE, axis.last + 1):
            column_text = cell(0, col, fixed_row=True) + ":" + cell(last, col, fixed_row=True)
            formula = f"=IF({anchor}>0,INDEX({on(PLANS, column_text)},MAX(1,{anchor}{shift})),0)"
            month = col - FIRST
            value = 0.0
            if spot is not None:
                once = spot.plan.one_off_usd
                series = saved if line == SAVED else values
                value = (-once if line == SAVED else once) if month < 0 else float(series[month])  # type: ignore[index]
            sheet.formula(row, col, formula, value, fmt)


def _chart(book: Book, sheet: Sheet, axis: Axis) -> None:
    """Cumulative saving of the plans shown, over months; and monthly cost of staying against them."""
    below = CONTROL + 3 + len(TITLES) * SIZE + 1
    for place, (offset, title, stay) in enumerate(
        ((len(LINES), "Cumulative saving of the option shown, USD", False), (len(LINES) - 1, "Monthly cost, USD", True))
    ):
        chart = book.file.add_chart({"type": "line"})
        if stay:
            chart.add_series(_series(axis, STAY_USD, "Staying"))
        for number, name in enumerate(TITLES):
            chart.add_series(_series(axis, CONTROL + 3 + number * SIZE + offset, name))
        chart.set_title({"name": title, "name_font": {"size": 12}})
        chart.set_x_axis({"name": "Month", "label_position": "low", "interval_unit": 3})
        chart.set_y_axis(
            {"name": "USD", "num_format": "#,##0", "major_gridlines": {"visible": True, "line": {"color": "#DDDDDD"}}}
        )
        chart.set_legend({"position": "bottom"})
        chart.set_size({"width": 720, "height": 340})
        sheet.page.insert_chart(below, BEFORE + place * 9, chart, {"object_position": 1})


def _series(axis: Axis, row: int, name: str) -> dict[str, object]:
    return {
        "name": name,
        "categories": [SHEET, MONTH, FIRST, MONTH, axis.last],
        "values": [SHEET, row, FIRST, row, axis.last],
        "line": {"width": 2},
    }
