"""The sheet Sensitivity: the engine's tornado as values of delivery, with its chart. It says that it is not live."""

from __future__ import annotations

from advisor.report.workbook.book import MONEY, NUMBER, Book
from advisor.report.workbook.model import Model

SHEET = "Sensitivity"
FIRST_ROW = 4


def write_sensitivity(book: Book, model: Model) -> None:
    """Write the drivers, the widest swing first, and the tornado."""
    sheet, decision = book.sheet(SHEET), model.decision
    sheet.heading(
        "Sensitivity",
        "NPV saved by the move looked at, one driver at a time, all else as expected. Values of delivery, not live: "
        "to see one end live, set its Case on Inputs to low or high, where the driver is an input.",
    )
    heads = ("Driver", "Unit", "Low", "Base", "High", "NPV saved at low, USD", "NPV saved at high, USD", "Swing, USD")
    sheet.header(FIRST_ROW - 1, heads)
    sheet.widths(30, 22, 14, 14, 14, 18, 18, 18)
    sheet.repeat(FIRST_ROW - 1)
    if not decision.tornado:
        sheet.text(FIRST_ROW, 0, "No option would change anything, so there is nothing to vary.")
        return
    for row, line in enumerate(decision.tornado, start=FIRST_ROW):
        sheet.text(row, 0, line.driver)
        sheet.text(row, 1, line.unit)
        for col, value in ((2, line.low), (3, line.base), (4, line.high)):
            sheet.number(row, col, value, NUMBER)
        for col, value in ((5, line.saving_at_low_usd), (6, line.saving_at_high_usd), (7, line.swing_usd)):
            sheet.number(row, col, value, MONEY)
    last = FIRST_ROW + len(decision.tornado) - 1
    chart = book.file.add_chart({"type": "bar"})
    for col, name, colour in ((5, "driver low", "#E69F00"), (6, "driver high", "#0072B2")):
        chart.add_series(
            {
                "name": name,
                "categories": [SHEET, FIRST_ROW, 0, last, 0],
                "values": [SHEET, FIRST_ROW, col, last, col],
                "fill": {"color": colour},
                "gap": 40,
            }
        )
    chart.set_title({"name": "NPV saved at both ends of each driver, USD", "name_font": {"size": 12}})
    chart.set_y_axis({"reverse": True, "label_position": "low", "name": "Driver"})
    chart.set_x_axis({"name": "NPV saved, USD", "num_format": "#,##0"})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": 860, "height": 120 + 45 * len(decision.tornado)})
    sheet.page.insert_chart(last + 3, 0, chart)
