"""The sheet Cash range: cumulative present value month by month in the draws, P10, P50 and P90 of each future followed.

Values of delivery, the engine's own (:class:`advisor.decision.CashBand`): a spreadsheet does not draw. The same column is
the same month as on Monthly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from advisor.decision import CashBand, Decision
from advisor.report.cash import View, paid_by_month, saved_by_month
from advisor.report.words import option_name
from advisor.report.workbook.axis import BEFORE, FIRST, LABEL, MONTH, PARAM, UNIT, Axis, write_axis
from advisor.report.workbook.book import MONEY, Book, Sheet
from advisor.report.workbook.plans import WORDS

SHEET = "Cash range"
FIRST_ROW = MONTH + 1
MOST_CHARTED = 2
"""Futures of a chart: three lines each, and more would hide each other."""
NONE_DRAWN = "No option passes every gate, so there is no other future to draw and no range to show."
NOTES = {
    (
        1,
        PARAM,
    ): "Cumulative present value, USD, at the end of each month. 80 % of the draws lie from P10 to P90 of that "
    "month; no single draw follows a line.",
    (2, LABEL): "A change in this file, the horizon's too, leaves it as delivered.",
    (2, PARAM): "Upload the file in the app to draw again.",
}
"""By cell: what stands in the first two columns is repeated on every page, so it is short enough for them."""
SAID: dict[View, str] = {"saved": "Saved against staying", "paid": "Paid in all"}
PERCENTILES = (
    ("P10", "P10 (one draw in ten is lower)"),
    ("P50", "P50 (the middle draw)"),
    ("P90", "P90 (one draw in ten is higher)"),
)
DASHES = {"P10": "dash", "P50": "solid", "P90": "round_dot"}
LOOKS = (("#E69F00", "diamond"), ("#0072B2", "none"), ("#009E73", "triangle"))
"""Colour and marker of staying, of what is advised (or else the cheapest) and of one more; the same in both charts."""
CHART_SIZE = {"width": 780, "height": 460}
CHART_STEP = 800
"""Pixels from a chart to the next: not columns, since those after a short horizon are narrower."""
LETTERS = {"size": 12}
"""A page holds half a horizon in small print: letters of a chart are larger than those of cells."""


@dataclass
class Lines:
    """Where percentiles stand on the sheet: by view each future's name, look and the row of its P10."""

    months: int
    rows: dict[View, list[tuple[str, tuple[str, str], int]]] = field(default_factory=lambda: {"saved": [], "paid": []})


def write_cash_range(book: Book, decision: Decision) -> None:
    """Write Cash range, with its two charts; one sentence where nothing was drawn."""
    sheet, draws = book.sheet(SHEET), decision.stability
    if not decision.bands:
        sheet.heading(SHEET, NONE_DRAWN)
        sheet.widths(100)
        return
    months = decision.scenario.finance.horizon_months
    sheet.heading(SHEET, f"Values, not live: {draws.draws:,} draws, seed {draws.seed}, inputs as delivered.")
    write_axis(sheet, Axis(months), linked=False)
    sheet.text(MONTH, PARAM, f"At month {months}", bold=True)
    for (note_row, col), words in NOTES.items():
        sheet.text(note_row, col, words, italic=True, font_color="#555555")
    lines, row = Lines(months), FIRST_ROW
    for band, look in zip(decision.bands, LOOKS, strict=False):
        row = _write_band(sheet, decision, band, look, lines, row) + 1
    views: tuple[View, ...] = ("saved", "paid")
    charted = [view for view in views if lines.rows[view]]
    for place, view in enumerate(charted):
        _chart(book, lines, view, row, place * CHART_STEP)


def future_title(decision: Decision, name: str) -> str:
    """``Move now: B200 SXM NVFP4 (advised)``."""
    future = decision.future(name)
    assert future is not None  # bands follow futures of the decision
    option = next((option for option in decision.options if option.key.id == future.option_id), None)
    target = "" if option is None else f": {option_name(decision, option)}"
    advised = " (advised)" if decision.adopted is not None and decision.adopted.name == name else ""
    return f"{WORDS[future.name].capitalize()}{target}{advised}"


def _write_band(sheet: Sheet, decision: Decision, band: CashBand, look: tuple[str, str], lines: Lines, row: int) -> int:
    """A future's rows under its name; the row after them."""
    future = decision.future(band.future)
    assert future is not None  # bands follow futures of the decision
    sheet.section(row, future_title(decision, band.future))
    blocks: list[tuple[View, Sequence[float], tuple[Sequence[float], ...]]] = [
        ("paid", paid_by_month(decision, future), (band.cost_p10_usd, band.cost_p50_usd, band.cost_p90_usd))
    ]
    if band.future != "stay":
        saved = (band.saved_p10_usd, band.saved_p50_usd, band.saved_p90_usd)
        blocks.insert(0, ("saved", saved_by_month(decision, future), saved))
    for view, expected, percentiles in blocks:
        lines.rows[view].append((WORDS[band.future], look, row + 2))
        row = _line(sheet, row + 1, f"{SAID[view]}: as expected, without draws", expected)
        for (_, label), values in zip(PERCENTILES, percentiles, strict=True):
            row = _line(sheet, row + 1, f"{SAID[view]}: {label}", values)
    return row + 1


def _line(sheet: Sheet, row: int, label: str, values: Sequence[float]) -> int:
    """One row of values, months 0 to the horizon, the last of them beside the label too; its number."""
    sheet.text(row, LABEL, f"  {label}")
    sheet.text(row, UNIT, "USD, present value", font_color="#555555")
    sheet.number(row, PARAM, values[-1], MONEY, bold=True)
    for col, value in enumerate(values, start=BEFORE):
        sheet.number(row, col, value, MONEY)
    return row


def _chart(book: Book, lines: Lines, view: View, row: int, shift: int) -> None:
    """The percentiles as lines: dashes tell them apart, colour and markers the futures."""
    chart = book.file.add_chart({"type": "line"})
    last = FIRST + lines.months - 1
    for name, (colour, shape), top in lines.rows[view][:MOST_CHARTED]:
        marker = {"type": shape, "size": 5, "fill": {"color": colour}, "border": {"color": colour}}
        for offset, (percentile, _) in enumerate(PERCENTILES):
            chart.add_series(
                {
                    "name": f"{name}, {percentile}",
                    "categories": [SHEET, MONTH, BEFORE, MONTH, last],
                    "values": [SHEET, top + offset, BEFORE, top + offset, last],
                    "line": {"color": colour, "width": 2, "dash_type": DASHES[percentile]},
                    "marker": marker,
                }
            )
    chart.set_title({"name": f"{SAID[view]}, cumulative present value, USD (draws)", "name_font": {"size": 14}})
    written = {"num_font": LETTERS, "name_font": LETTERS}
    chart.set_x_axis({"name": "Month", "label_position": "low", "interval_unit": 3, **written})
    grid = {"visible": True, "line": {"color": "#DDDDDD"}}
    chart.set_y_axis({"name": "USD", "num_format": "#,##0", "major_gridlines": grid, **written})
    chart.set_legend({"position": "bottom", "font": LETTERS})
    chart.set_size(CHART_SIZE)
    book.sheet(SHEET).page.insert_chart(row, BEFORE, chart, {"x_offset": shift, "object_position": 1})
