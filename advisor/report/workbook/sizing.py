"""The sheet Sizing: demand and operating points become replicas, machines, GPUs and a bill. One formula a column."""

from __future__ import annotations

import re
from dataclasses import dataclass

from advisor.report.workbook.book import CEILING, HEADER_FOUR, TEXT, Book, Sheet, cell, fixed, on
from advisor.report.workbook.demand import demand_area, write_demand
from advisor.report.workbook.model import Model
from advisor.report.workbook.names import TODAY
from advisor.report.workbook.page import Value, column
from advisor.report.workbook.points import ENGINE, KNOT_X, KNOT_Y, REPLICA, Curves, Y, part_label
from advisor.report.workbook.prices import P_CASH, P_QUOTE, P_USE, PRICES, Prices
from advisor.report.workbook.rows import Row
from advisor.report.workbook.sizing_columns import COLS, INDEX, Col
from advisor.report.workbook.sizing_values import fleet_values, part_values

SHEET = "Sizing"
HEADER_ROW = 3
TODAY_FORMULAS = {
    "replicas": "=IF({replica}>0,ROUNDDOWN(in_gpus/{replica},0),0)",
    "machines": "=" + CEILING.format("in_gpus/{machine}"),
    "gpus": "=in_gpus",
    "busy": "=IF({serves}=1,SUM({busy_gpus*})/in_gpus,0)",
    "price": "=out_today_usd_per_gpu_hour",
    "cash": "=out_today_usd_per_gpu_month",
    "quoted": "=0",
    "engine_months": "=0",
    "months": "=0",
}
SEVERAL_TODAY = {"replicas": "=" + CEILING.format("{per_replica}")}
"""Of several workloads on today's fleet each counts the replicas it needs."""
LINES = {"Y": Y, "KNOT_X": KNOT_X, "KNOT_Y": KNOT_Y, "REPLICA": REPLICA, "ENGINE": ENGINE}
AREA = re.compile(r"\{(\w+)\*\}")


def ref(key: str, row: int) -> str:
    """A cell of Sizing, for other sheets."""
    return on(SHEET, cell(row, INDEX[key], fixed_row=True, fixed_col=True))


def span(key: str, row: int, workloads: int) -> str:
    """The cells of an option's workloads, one above the other, for other sheets."""
    first = cell(row, INDEX[key], fixed_row=True, fixed_col=True)
    if workloads == 1:
        return on(SHEET, first)
    return on(SHEET, f"{first}:{cell(row + workloads - 1, INDEX[key], fixed_row=True, fixed_col=True)}")


def on_line(line: int) -> str:
    """A line of a block as an offset: a name, since formulas hold no constants."""
    return f"cat_line_{line}"


@dataclass(frozen=True)
class Sizing:
    """Where Sizing stands: first rows by option, their values (the fleet's with the first workload's), and by part."""

    rows: dict[str, int]
    values: dict[str, dict[str, Value]]
    parts: dict[str, list[dict[str, Value]]]
    workloads: int

    @property
    def options(self) -> tuple[int, int]:
        """First and last row of the options."""
        rows = [row for key, row in self.rows.items() if key != TODAY]
        return min(rows), max(rows) + self.workloads - 1


def write_sizing(book: Book, model: Model, prices: Prices, curves: Curves, region: str) -> Sizing:
    """Write the sheet."""
    sheet = book.sheet(SHEET)
    sheet.heading("Sizing", "Formulas 7 and 8 of docs/method.md. GPUs round up to whole replicas and whole machines.")
    header = HEADER_ROW
    figures = {number for number, col in enumerate(COLS) if col.number_format != TEXT}
    sheet.header(header, [col.header for col in COLS], height=HEADER_FOUR, figures=figures)
    for number, col in enumerate(COLS):
        sheet.page.set_row(header + 1, 32)
        side = "right" if number in figures else "left"
        sheet.text(header + 1, number, col.unit, italic=True, font_color="#555555", text_wrap=True, align=side)
        sheet.page.set_column(number, number, 40 if number == 0 else 14)
    sheet.page.freeze_panes(header + 2, 1)
    sheet.page.repeat_columns(0)
    sheet.page.fit_to_pages(3, 0)
    found = Sizing({}, {}, {}, model.workloads)
    writer = _Writer(sheet, model, prices, region)
    for number, (key, item) in enumerate(model.labelled):
        row = header + 2 + number * model.workloads
        found.rows[key] = row
        parts = [part_values(model, item, n, curves[key, n]) for n in range(model.workloads)]
        fleet = fleet_values(model, item, parts) | {"price_row": prices.rows[item.option.key.hardware] + 1}
        found.values[key], found.parts[key] = parts[0] | fleet, parts
        writer.write(row, item, key, parts, fleet)
    for key in ("unit", "serves"):
        book.name(f"out_today_{key}", SHEET, found.rows[TODAY], INDEX[key])
    last = found.rows[TODAY] + model.workloads - 1
    for key in ("per_replica", "replica"):
        book.name_area(f"out_today_{key}", SHEET, (found.rows[TODAY], INDEX[key]), (last, INDEX[key]))
    write_demand(book, model, span("tok_s", found.rows[TODAY], model.workloads), prices.tokens)
    return found


@dataclass(frozen=True)
class _Writer:
    """Writes the rows of an option: one a workload."""

    sheet: Sheet
    model: Model
    prices: Prices
    region: str

    def write(self, row: int, item: Row, key: str, parts: list[dict[str, Value]], fleet: dict[str, Value]) -> None:
        """All workloads of an option; the fleet's columns in the first one's row."""
        shared = self._shared(item, key == TODAY)
        formulas = {col.key: _formula(col, key == TODAY, len(parts)) for col in COLS}
        for number, part in enumerate(parts):
            values = part | (fleet if number == 0 else {}) | {"label": part_label(str(part["label"]), number, len(parts))}
            self._row(row + number, values, formulas, shared, len(parts))

    def _row(
        self, row: int, values: dict[str, Value], formulas: dict[str, str], shared: dict[str, str], workloads: int
    ) -> None:
        own = {name: cell(row, number, fixed_col=True) for name, number in INDEX.items()}

        def whole(match: re.Match[str]) -> str:
            first = own[match[1]]
            return first if workloads == 1 else f"{first}:{cell(row + workloads - 1, INDEX[match[1]], fixed_col=True)}"

        for number, col in enumerate(COLS):
            if col.key not in values:
                continue
            value = values[col.key]
            if col.is_formula:
                formula = AREA.sub(whole, formulas[col.key]).format(**own, **shared)
                self.sheet.formula(row, number, formula, value, col.number_format)
            elif isinstance(value, str):
                self.sheet.text(row, number, value)
            else:
                self.sheet.number(row, number, float(value), col.number_format)

    def _shared(self, item: Row, today: bool) -> dict[str, str]:
        price_row = self.prices.rows[item.option.key.hardware]
        end = self.region.split("!")[1].split(":")[1]
        quote, use, cash = (on(PRICES, fixed(price_row, col)) for col in (P_QUOTE, P_USE, P_CASH))
        workloads = self.model.workloads
        return {
            "region": self.region,
            # The region begins at the first row, so that row numbers are those of the sheet.
            "kinds": self.region.split("!")[0] + f"!${column(2)}$1:${column(2)}${end.split('$')[-1]}",
            "means": demand_area("mean", workloads),
            "peaks": demand_area("peak", workloads),
            "asked": demand_area("asked", workloads),
            "output_shares": demand_area("output_share", workloads),
            "quote": quote,
            "price_ref": use,
            "cash_ref": cash if self.prices.owns else f"{use}*cat_hours_per_month",
            "billing": "in_today_billing" if today else "in_candidate_billing",
            **{name: on_line(line) for name, line in LINES.items()},
        }


def _formula(col: Col, today: bool, workloads: int) -> str:
    if not today:
        return col.formula
    if workloads > 1 and col.key in SEVERAL_TODAY:
        return SEVERAL_TODAY[col.key]
    return TODAY_FORMULAS.get(col.key, col.formula)
