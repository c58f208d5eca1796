"""The workbook: sizing and cost of every feasible option as live formulas, cached values the engine's own.

A formula without a cached value cannot be written here (:meth:`Sheet.formula` asks for one), so previews and
readers that do not calculate show the engine's numbers. Text is always written as text, never as a formula.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from advisor import link
from advisor.decision import Decision
from advisor.options import Option
from advisor.report.words import option_name, verdict_sentence
from advisor.units import (
    HOURS_PER_MONTH,
    SECONDS_PER_HOUR,
    TOKENS_PER_MTOK,
)

CEILING = "ROUNDUP(ROUND({0},9),0)"
"""The guarded ceiling of :func:`advisor.units.guarded_ceil`, in spreadsheet words."""

MONEY, MONEY_FINE, NUMBER, WHOLE, SHARE = "#,##0", "#,##0.0000", "#,##0.0###", "0", "0.0%"


@dataclass(frozen=True)
class Input:
    """One input cell: its name, label, value, unit, number format and where it comes from."""

    name: str
    label: str
    value: float
    unit: str
    number_format: str
    source: str


@dataclass(frozen=True)
class Column:
    """One column of the options sheet: header, unit, and either a value or a formula for a row."""

    header: str
    unit: str
    number_format: str
    width: int = 13


def workbook_bytes(decision: Decision) -> bytes:
    """The workbook of a decision, as the bytes of an .xlsx file."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_calc_mode("auto")
        styles = Styles(book)
        _cover(book.add_worksheet("Cover"), decision, styles)
        _inputs(book, book.add_worksheet("Inputs"), decision, styles)
        _options(book.add_worksheet("Options"), decision, styles)
        _sources(book.add_worksheet("Sources"), decision, styles)
    return buffer.getvalue()


class Styles:
    """The few formats of the workbook. Inputs are blue, as finance expects."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._cache: dict[tuple[str, bool], Format] = {}
        self.title: Format = book.add_format({"bold": True, "font_size": 14, "text_wrap": True, "valign": "top"})
        self.header: Format = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.unit: Format = book.add_format({"italic": True, "font_color": "#555555", "text_wrap": True})
        self.wrap: Format = book.add_format({"text_wrap": True, "valign": "top"})

    def number(self, number_format: str, *, is_input: bool = False) -> Format:
        """A number format, blue for inputs."""
        key = (number_format, is_input)
        if key not in self._cache:
            colour = {"font_color": "#0000FF"} if is_input else {}
            self._cache[key] = self._book.add_format({"num_format": number_format, **colour})
        return self._cache[key]


def _page(sheet: Worksheet, *, repeat_rows: int | None = None) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    if repeat_rows is not None:
        sheet.repeat_rows(0, repeat_rows)
        sheet.freeze_panes(repeat_rows + 1, 1)


def _cover(sheet: Worksheet, decision: Decision, styles: Styles) -> None:
    _page(sheet)
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 100, styles.wrap)
    sheet.set_row(0, 40)
    sheet.write_string(0, 0, "GPU migration advice", styles.header)
    sheet.write_string(0, 1, verdict_sentence(decision), styles.title)
    verdict = decision.verdict
    lines = [
        ("Verdict code", verdict.code),
        ("Confidence", verdict.confidence),
        ("Pilot first", "yes" if verdict.pilot_first else "no"),
        *(("Why", reason) for reason in verdict.reasons),
        *(("What lowers the confidence", doubt) for doubt in verdict.doubts),
        ("Catalog", f"{decision.catalog.version} of {decision.catalog.as_of}, digest {decision.catalog.digest}"),
        ("Scenario link", f"?s={link.encode(decision)}"),
        (
            "How to read",
            "Blue cells are inputs. Change them on Inputs, or prices and throughput on Options: the rest follows.",
        ),
    ]
    for row, (label, text) in enumerate(lines, start=2):
        sheet.write_string(row, 0, label)
        sheet.write_string(row, 1, text, styles.wrap)


def _input_rows(decision: Decision) -> list[Input]:
    scenario, load = decision.scenario, decision.load
    tokens = scenario.workload.input_tokens + scenario.workload.output_tokens
    demand = scenario.workload.demand
    return [
        Input("in_requests_per_second", "Requests, mean", load.mean_tok_s / tokens, "requests/s", NUMBER, load.origin),
        Input(
            "in_peak_to_mean",
            "Peak to mean",
            load.peak_tok_s / load.mean_tok_s,
            "ratio",
            NUMBER,
            "scenario" if demand else load.origin,
        ),
        Input("in_input_tokens", "Input tokens", scenario.workload.input_tokens, "tokens/request", WHOLE, "scenario"),
        Input("in_output_tokens", "Output tokens", scenario.workload.output_tokens, "tokens/request", WHOLE, "scenario"),
        Input("in_headroom", "Headroom", scenario.sizing.headroom_fraction, "fraction", SHARE, "scenario"),
        Input("in_spare_replicas", "Spare replicas", scenario.sizing.spare_replicas, "replicas", WHOLE, "scenario"),
        Input("in_hours_per_month", "Hours a month", HOURS_PER_MONTH, "h", WHOLE, "convention: 8,760 h / 12"),
        Input("in_seconds_per_hour", "Seconds an hour", SECONDS_PER_HOUR, "s", WHOLE, "definition"),
        Input("in_tokens_per_mtok", "Tokens in a million", TOKENS_PER_MTOK, "tokens", MONEY, "definition"),
    ]


def _inputs(book: xlsxwriter.Workbook, sheet: Worksheet, decision: Decision, styles: Styles) -> None:
    _page(sheet, repeat_rows=0)
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 2, 16)
    sheet.set_column(3, 3, 60)
    for column, header in enumerate(("Input", "Value", "Unit", "Source")):
        sheet.write_string(0, column, header, styles.header)
    for row, item in enumerate(_input_rows(decision), start=1):
        sheet.write_string(row, 0, item.label)
        sheet.write_number(row, 1, item.value, styles.number(item.number_format, is_input=True))
        sheet.write_string(row, 2, item.unit, styles.unit)
        sheet.write_string(row, 3, item.source)
        sheet.data_validation(row, 1, row, 1, {"validate": "decimal", "criteria": ">=", "value": 0})
        book.define_name(item.name, f"='Inputs'!$B${row + 1}")


COLUMNS: tuple[Column, ...] = (
    Column("Option", "", "@", 34),
    Column("Price", "USD/GPU-hour", MONEY_FINE),
    Column("Throughput", "tok/s/GPU, input and output", NUMBER),
    Column("Replica", "GPUs", WHOLE),
    Column("Billed machine", "GPUs", WHOLE),
    Column("GPUs needed", "GPUs, unrounded", NUMBER),
    Column("Replicas", "replicas", WHOLE),
    Column("Machines", "machines", WHOLE),
    Column("GPUs", "GPUs", WHOLE),
    Column("Utilization", "mean demand / capacity", SHARE),
    Column("Cost", "USD/month", MONEY),
    Column("Per million tokens, total", "USD", MONEY_FINE),
    Column("Per million tokens, output", "USD", MONEY_FINE),
    Column("Saving against today", "1 - cost / today's", SHARE),
    Column("Passes every gate", "", "@"),
    Column("Price source", "", "@", 40),
)
FIRST_ROW = 2


def _options(sheet: Worksheet, decision: Decision, styles: Styles) -> None:
    _page(sheet, repeat_rows=1)
    for number, column in enumerate(COLUMNS):
        sheet.set_column(number, number, column.width)
        sheet.write_string(0, number, column.header, styles.header)
        sheet.write_string(1, number, column.unit, styles.unit)
    rows = [decision.baseline, *(o for o in decision.options if o.fleet is not None and o.price is not None)]
    for offset, option in enumerate(rows):
        if option.fleet is not None:
            _option_row(sheet, decision, option, FIRST_ROW + offset, styles)
        else:
            sheet.write_string(
                FIRST_ROW + offset, 0, f"today: {option_name(decision, option)} (not measured at this target)"
            )


def _option_row(sheet: Worksheet, decision: Decision, option: Option, row: int, styles: Styles) -> None:
    fleet, price, point, cost = option.fleet, option.price, option.operating_point, option.cost
    assert fleet is not None  # the caller lists sized and priced options only
    assert price is not None
    assert point is not None
    assert cost is not None
    today = option is decision.baseline
    n = row + 1
    first = FIRST_ROW + 1
    machine = fleet.gpus // fleet.servers if not today else decision.catalog.hardware[option.key.hardware].gpus_per_server
    mean = "in_requests_per_second*(in_input_tokens+in_output_tokens)"
    needed = f"={mean}*in_peak_to_mean/(C{n}*(1-in_headroom))"
    prefix = "today: " if today else ""
    sheet.write_string(row, 0, f"{prefix}{option_name(decision, option)} ({point.engine})")

    def put(column: int, value: float, formula: str | None = None) -> None:
        style = styles.number(COLUMNS[column].number_format, is_input=formula is None)
        if formula is None:
            sheet.write_number(row, column, value, style)
        else:
            sheet.write_formula(row, column, formula, style, value)

    put(1, price.usd_per_gpu_hour)
    put(2, point.tok_s_per_gpu)
    put(3, fleet.replica_gpus)
    put(4, machine)
    put(5, fleet.needed_gpus, needed)
    if today:
        put(6, fleet.replicas, f"=ROUNDDOWN(I{n}/D{n},0)")
        put(7, fleet.servers, "=" + CEILING.format(f"I{n}/E{n}"))
        put(8, fleet.gpus)
    else:
        put(6, fleet.replicas, "=" + CEILING.format(f"F{n}/D{n}") + "+in_spare_replicas")
        put(7, fleet.servers, "=" + CEILING.format(f"G{n}*D{n}/E{n}"))
        put(8, fleet.gpus, f"=H{n}*E{n}")
    put(9, fleet.utilization_fraction, f"={mean}/(I{n}*C{n})")
    put(10, cost.usd_per_month, f"=I{n}*B{n}*in_hours_per_month")
    month_tokens = f"{mean}*in_hours_per_month*in_seconds_per_hour/in_tokens_per_mtok"
    put(11, cost.usd_per_mtok_total, f"=K{n}/({month_tokens})")
    put(12, cost.usd_per_mtok_output, f"=L{n}*(in_input_tokens+in_output_tokens)/in_output_tokens")
    put(13, _saving(decision, cost.usd_per_month), f"=1-K{n}/K${first}")
    sheet.write_string(row, 14, "today" if today else ("yes" if option.feasible else "no"))
    sheet.write_string(row, 15, f"{price.provider}; {price.as_of or 'undated'}; {price.rule}")


def _saving(decision: Decision, usd_per_month: float) -> float:
    assert decision.baseline.cost is not None  # today's bill is always known
    return 1 - usd_per_month / decision.baseline.cost.usd_per_month


def _sources(sheet: Worksheet, decision: Decision, styles: Styles) -> None:
    _page(sheet, repeat_rows=0)
    sheet.set_column(0, 0, 36)
    sheet.set_column(1, 1, 80)
    sheet.set_column(2, 5, 24)
    for column, header in enumerate(("Source", "Title", "Publisher", "Date", "Licence", "Address")):
        sheet.write_string(0, column, header, styles.header)
    for row, source_id in enumerate(_used_sources(decision), start=1):
        source = decision.catalog.sources[source_id]
        cells: list[Any] = [source.id, source.title, source.publisher, source.date, source.licence, source.address]
        for column, text in enumerate(cells):
            sheet.write_string(row, column, text or "not stated")


def _used_sources(decision: Decision) -> list[str]:
    used: dict[str, None] = {}
    for option in (decision.baseline, *(o for o in decision.options if o.fleet is not None)):
        point, price = option.operating_point, option.price
        used.update(dict.fromkeys(point.sources if point else ()))
        used.update(dict.fromkeys(price.source if price else ()))
        for item in option.quality.classes:
            used.update(dict.fromkeys(item.sources))
    book = decision.catalog.default_power_book
    used[book.source] = None
    return sorted(used)
