"""The sheet Sensitivity: every driver at both ends of its range, the widest first, live, with the tornado."""

from __future__ import annotations

from advisor.report.words import looked_at
from advisor.report.workbook import drivers as work
from advisor.report.workbook.axis import Axis, Link
from advisor.report.workbook.book import MONEY, TEXT, WHOLE, Book, Sheet, cell, fixed, on
from advisor.report.workbook.driver_months import write_months
from advisor.report.workbook.model import Model
from advisor.report.workbook.options import Options
from advisor.report.workbook.page import Value
from advisor.report.workbook.sizing import Sizing
from advisor.report.workbook.subject import SHEET as DRIVERS
from advisor.report.workbook.subject import write_subject

SHEET = "Sensitivity"
LOOKED_AT, EXPECTED_ROW, HEADER_ROW, FIRST_ROW = 2, 3, 5, 6
NUMBER_COL, DRIVER, UNIT, LOW, BASE, HIGH, AT_LOW, AT_HIGH, SWING, CHANGE_LOW, CHANGE_HIGH = range(11)
HEADS = (
    "No.",
    "Driver",
    "Unit",
    "Low",
    "Base",
    "High",
    "NPV saved at low, USD",
    "NPV saved at high, USD",
    "Swing, USD",
    "Change at low, USD",
    "Change at high, USD",
)
READ = (
    (DRIVER, work.DRIVER, TEXT),
    (UNIT, work.UNIT, TEXT),
    (LOW, work.LOW, "#,##0.0##"),
    (BASE, work.BASE, "#,##0.0##"),
    (HIGH, work.HIGH, "#,##0.0##"),
    (AT_LOW, work.AT_LOW, MONEY),
    (AT_HIGH, work.AT_HIGH, MONEY),
    (SWING, work.SWING, MONEY),
)
"""Columns here, the columns of Drivers they read, and formats."""
NOTHING = "nothing: no other option passes"
Lines = list[tuple[Value, ...]]


def write_sensitivity(
    book: Book, model: Model, sizing: Sizing, table: Options, axis: Axis, linkable: dict[int, Link], region: str, place: int
) -> None:
    """Write Drivers, Driver months and Sensitivity; ``place`` is that of the option looked at, 0 for none."""
    sheet = book.sheet(DRIVERS)
    sheet.heading(DRIVERS, "Workings of Sensitivity: the option looked at, the range of every driver, and both ends.")
    sheet.widths(44, 22, 26, 14, 18, 16, 18, 18, 16, 14, 14, 18)
    subject, free = write_subject(book, sheet, model, sizing, table, place, region)
    layout, drivers = work.layout_after(free), work.drivers_by_name(model, subject)
    ends = work.ends_of(model, subject, drivers)
    areas = write_months(book, model, axis, subject, layout, ends, linkable)
    work.write_ranges(sheet, model, layout, drivers, ends, subject.exists)
    work.write_ends(sheet, model, layout, ends, areas, subject.row)
    book.name("out_subject_npv_saving", DRIVERS, layout.ends, work.NPV)
    saving = {(end.driver.name, end.side): end.saving for end in ends}
    lines = []
    for name, driver in drivers.items():
        low, high = (saving[name, side] if subject.exists else 0.0 for side in (work.LOW_END, work.HIGH_END))
        flat = not subject.exists or driver.low == driver.high
        swing = abs(high - low)
        lines.append((flat, -swing, name, (name, driver.unit, driver.low, driver.base, driver.high, low, high, swing)))
    ranked: Lines = [values for *_, values in sorted(lines)]
    _write_live(book.sheet(SHEET), layout, ranked, subject.row.label if place else NOTHING, ends[0].saving if place else 0.0)
    _chart(book, len(ranked))


def _write_live(sheet: Sheet, layout: work.Layout, ranked: Lines, label: str, saving: float) -> None:
    """The ranked table, each row by its number."""
    _head(sheet, "Live: both ends follow every input; drivers without a range stand last.")
    named = f'=IF(out_subject_row=0,"{NOTHING}",out_subject_label)'
    sheet.formula(LOOKED_AT, UNIT, named, label, TEXT, bold=True)
    sheet.formula(
        EXPECTED_ROW, UNIT, "=IF(out_subject_row=0,0,out_subject_npv_saving)", saving, MONEY, bold=True, align="left"
    )
    first, last = layout.ranges, layout.ranges + len(work.NAMES) - 1

    def area(col: int) -> str:
        return on(DRIVERS, f"{fixed(first, col)}:{fixed(last, col)}")

    expected = fixed(EXPECTED_ROW, UNIT)
    for number, values in enumerate(ranked, start=1):
        row = FIRST_ROW + number - 1
        if number == 1:
            sheet.number(row, NUMBER_COL, 1, WHOLE, align="left")
        else:
            sheet.formula(row, NUMBER_COL, f"={cell(row - 1, NUMBER_COL)}+1", number, WHOLE, align="left")
        at = f"MATCH({cell(row, NUMBER_COL, fixed_col=True)},{area(work.ORDER)},0)"
        for (col, source, fmt), value in zip(READ, values, strict=True):
            sheet.formula(row, col, f"=INDEX({area(source)},{at})", value, fmt)
        for col, source in ((CHANGE_LOW, AT_LOW), (CHANGE_HIGH, AT_HIGH)):
            change = float(values[source - DRIVER]) - saving
            sheet.formula(row, col, f"={cell(row, source, fixed_col=True)}-{expected}", change, MONEY)


def write_static_sensitivity(book: Book, model: Model) -> None:
    """The engine's tornado as values, where nothing is live."""
    sheet, rows = book.sheet(SHEET), model.decision.tornado
    _head(sheet, f"Values, not live: {model.why_not_live}.")
    if not rows:
        sheet.text(LOOKED_AT, UNIT, NOTHING)
        return
    option = looked_at(model.decision)
    assert option is not None  # there are rows about it
    assert option.standing is not None
    saving = option.standing.future.npv_saving
    sheet.text(LOOKED_AT, UNIT, option.key.label(model.decision.catalog), bold=True)
    sheet.number(EXPECTED_ROW, UNIT, saving, MONEY, bold=True, align="left")
    for number, line in enumerate(rows, start=1):
        row = FIRST_ROW + number - 1
        sheet.number(row, NUMBER_COL, number, WHOLE, align="left")
        sheet.text(row, DRIVER, line.driver)
        sheet.text(row, UNIT, line.unit)
        low, high = line.saving_at_low_usd, line.saving_at_high_usd
        figures = (line.low, line.base, line.high, low, high, line.swing_usd, low - saving, high - saving)
        for col, value in enumerate(figures, start=LOW):
            sheet.number(row, col, value, MONEY if col > HIGH else "#,##0.0##")
    _chart(book, len(rows))


def _head(sheet: Sheet, how: str) -> None:
    note = f"NPV saved by the option looked at, one driver at a time at the ends of its range, all else as expected. {how}"
    sheet.heading(SHEET, note)
    sheet.text(LOOKED_AT, DRIVER, "Option looked at")
    sheet.text(EXPECTED_ROW, DRIVER, "NPV saved as expected, USD")
    sheet.header(HEADER_ROW, HEADS, figures=range(LOW, len(HEADS)))
    sheet.widths(6, 28, 26, 14, 14, 14, 18, 18, 18, 18, 18)
    sheet.repeat(HEADER_ROW, UNIT)


def _chart(book: Book, count: int) -> None:
    """The tornado: bars from the expected saving to either side, the widest on top."""
    sheet, last = book.sheet(SHEET), FIRST_ROW + count - 1
    chart = book.file.add_chart({"type": "bar"})
    for col, name, colour in ((CHANGE_LOW, "driver at its low", "#E69F00"), (CHANGE_HIGH, "driver at its high", "#0072B2")):
        chart.add_series(
            {
                "name": name,
                "categories": [SHEET, FIRST_ROW, DRIVER, last, DRIVER],
                "values": [SHEET, FIRST_ROW, col, last, col],
                "fill": {"color": colour},
                "border": {"none": True},
                "gap": 40,
                "overlap": 100,
            }
        )
    title = "What each driver changes of the NPV saved, USD (0: as expected)"
    chart.set_title({"name": title, "name_font": {"size": 12}})
    chart.set_y_axis(
        {
            "reverse": True,
            "crossing": "max",
            "label_position": "low",
            "name": "Driver",
            "major_gridlines": {"visible": False},
        }
    )
    grid = {"visible": True, "line": {"color": "#DDDDDD"}}
    chart.set_x_axis({"name": "Change of the NPV saved, USD", "num_format": "#,##0", "major_gridlines": grid})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": 1000, "height": 140 + 36 * count})
    sheet.page.insert_chart(last + 2, DRIVER, chart, {"object_position": 1})
