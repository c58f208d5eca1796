"""The workbook: a finance model, alive. One file to check, change and defend every number without us.

Read :func:`workbook_bytes`; each sheet is a module here. Formulas are those of docs/method.md, cached values the engine's.
"""

from __future__ import annotations

import io
from datetime import date

import xlsxwriter

from advisor.decision import Decision
from advisor.report.workbook import (
    cash_range,
    control,
    cover,
    demand,
    driver_blocks,
    inputs,
    monthly,
    options,
    plans,
    points,
    sensitivity,
    sizing,
    subject,
    verdict,
)
from advisor.report.workbook.axis import SHEET as MONTHLY
from advisor.report.workbook.book import Book
from advisor.report.workbook.model import Model
from advisor.report.workbook.prices import PRICES, Prices, write_prices
from advisor.report.workbook.static import write_static
from advisor.report.workbook.view import write_view

SHEETS = (
    cover.SHEET,
    inputs.SHEET,
    PRICES,
    points.POINTS,
    demand.SHEET,
    sizing.SHEET,
    MONTHLY,
    plans.SHEET,
    options.SHEET,
    verdict.SHEET,
    sensitivity.SHEET,
    cash_range.SHEET,
    subject.SHEET,
    driver_blocks.SHEET,
    options.QUALITY,
    control.CHECKS,
    control.SOURCES,
    control.LOG,
)


def workbook_bytes(decision: Decision, made: date | None = None) -> bytes:
    """The workbook of a decision, as the bytes of an .xlsx file.

    Args:
        decision: what was decided.
        made: the day written on the Cover; today if left out.
    """
    buffer = io.BytesIO()
    settings = {"in_memory": True, "default_format_properties": {"valign": "top"}}
    with xlsxwriter.Workbook(buffer, settings) as file:
        file.set_calc_mode("auto")
        book, model = Book(file), Model(decision)
        book.create(SHEETS)
        _write(book, model, (made or date.today()).isoformat())
    return buffer.getvalue()


def _write(book: Book, model: Model, made: str) -> None:
    rows = inputs.write_inputs(book, model, made)
    prices = write_prices(book, model)
    if model.why_not_live:
        write_static(book, model)
        sensitivity.write_static_sensitivity(book, model)
        control.write_checks(book, model, prices, None, None, {}, control.write_log(book, model, rows, made))
    else:
        _write_live(book, model, prices, rows, made)
    cash_range.write_cash_range(book, model.decision)
    control.write_sources(book, model.decision)
    cover.write_cover(book, model, made)


def _write_live(book: Book, model: Model, prices: Prices, rows: list[tuple[int, str, bool]], made: str) -> None:
    curves, region = points.write_points(book, model)
    sized = sizing.write_sizing(book, model, prices, curves, region)
    page, axis, lines = monthly.write_monthly(book, model)
    spots, tokens = plans.write_plans(book, model, axis, lines, sized)
    last_plan = plans.last_row(spots, tokens)
    last_quality = options.write_quality(book, model)
    table = options.write_options(book, model, sized, spots, last_plan, last_quality)
    place = verdict.write_verdict(book, model, sized, table, tokens, axis)
    sensitivity.write_sensitivity(book, model, sized, table, axis, lines, region, place)
    write_view(book, page, model, axis, table, spots, last_plan)
    logged = control.write_log(book, model, rows, made)
    control.write_checks(book, model, prices, axis, table, spots, logged)
