"""The same sheets where nothing can follow live: the engine's values, each sheet saying so in its second row."""

from __future__ import annotations

from advisor.report.workbook import demand, driver_blocks, options, plans, points, sizing, subject, verdict
from advisor.report.workbook.axis import SHEET as MONTHLY
from advisor.report.workbook.book import MONEY, MONEY_FINE, NUMBER, SHARE, WHOLE, Book
from advisor.report.workbook.model import Model


def write_static(book: Book, model: Model) -> None:
    """Write Sizing, Options, Quality and Monthly as values; the rest holds the reason."""
    why = f"Values, not live: {model.why_not_live}."
    titles = (points.POINTS, demand.SHEET, sizing.SHEET, MONTHLY, plans.SHEET, options.SHEET, verdict.SHEET, options.QUALITY)
    for title in (*titles, subject.SHEET, driver_blocks.SHEET):
        book.sheet(title).heading(title, why)
    _points(book, model)
    _sizing(book, model)
    _options(book, model)
    _quality(book, model)
    _monthly(book, model)
    book.sheet(plans.SHEET).text(3, 0, "The plans that were compared stand on Monthly.")


def _points(book: Book, model: Model) -> None:
    sheet = book.sheet(points.POINTS)
    heads = (
        "Option",
        "Workload",
        "Runs at, tok/s/user",
        "Throughput, tok/s/GPU",
        "Low",
        "High",
        "Evidence",
        "Engine",
        "Records",
    )
    sheet.header(3, heads)
    sheet.widths(36, 12, 14, 14, 12, 12, 16, 14, 60)
    row = 4
    for option in (model.decision.baseline, *model.decision.options):
        for number, part in enumerate(option.parts or (option,), start=1):
            point = part.operating_point
            if point is None:
                continue
            sheet.text(row, 0, option.key.label(model.decision.catalog))
            sheet.number(row, 1, number, WHOLE)
            for col, value in (
                (2, point.interactivity_tok_s_per_user),
                (3, point.tok_s_per_gpu),
                (4, point.low),
                (5, point.high),
            ):
                if value is not None:
                    sheet.number(row, col, value, NUMBER)
            for col, text in ((6, point.grade), (7, point.engine), (8, ", ".join(point.sources))):
                sheet.text(row, col, text)
            row += 1


def _sizing(book: Book, model: Model) -> None:
    sheet = book.sheet(sizing.SHEET)
    sheet.header(3, ("Option", "GPUs needed, unrounded", "Replicas", "Machines", "GPUs", "Utilization", "kW"))
    sheet.widths(40, 16, 12, 12, 12, 14, 12)
    sized = [option for option in (model.decision.baseline, *model.decision.options) if option.fleet is not None]
    for row, option in enumerate(sized, start=4):
        fleet = option.fleet
        assert fleet is not None  # chosen above
        sheet.text(row, 0, option.key.label(model.decision.catalog))
        values = (
            (fleet.needed_gpus, NUMBER),
            (fleet.replicas, WHOLE),
            (fleet.servers, WHOLE),
            (fleet.gpus, WHOLE),
            (fleet.utilization_fraction, SHARE),
        )
        for col, (value, fmt) in enumerate(values, start=1):
            sheet.number(row, col, value, fmt)
        if option.energy is not None:
            sheet.number(row, 6, option.energy.kw, NUMBER)


def _options(book: Book, model: Model) -> None:
    sheet = book.sheet(options.SHEET)
    heads = (
        "Option",
        "Id",
        "Rank",
        "Price, USD/GPU-hour",
        "GPUs",
        "USD/month",
        "USD/M tokens",
        "NPV of its cost, USD",
        "NPV saved, USD",
        "Plan",
        "Score",
        "Why not",
    )
    sheet.header(3, heads)
    sheet.widths(40, 22, 8, 14, 10, 14, 14, 18, 16, 22, 10, 90)
    for row, option in enumerate(model.decision.options, start=4):
        sheet.text(row, 0, option.key.label(model.decision.catalog))
        sheet.text(row, 1, option.key.id)
        standing = option.standing
        figures = (
            (2, option.rank, WHOLE),
            (3, option.price.usd_per_gpu_hour if option.price else None, MONEY_FINE),
            (4, option.fleet.gpus if option.fleet else None, WHOLE),
            (5, option.cost.usd_per_month if option.cost else None, MONEY),
            (6, option.cost.usd_per_mtok_total if option.cost else None, MONEY_FINE),
            (7, standing.future.npv_cost if standing else None, MONEY),
            (8, standing.future.npv_saving if standing else None, MONEY),
            (10, standing.score if standing else None, "0.0000"),
        )
        for col, value, fmt in figures:
            if value is not None:
                sheet.number(row, col, value, fmt)
        sheet.text(row, 9, plans.WORDS[standing.future.name] if standing else "–")
        sheet.text(row, 11, standing.why_not if standing else "; ".join(gate.reason for gate in option.failures))


def _quality(book: Book, model: Model) -> None:
    sheet = book.sheet(options.QUALITY)
    sheet.header(3, ("Option", "Task class", "Status", "Tolerance, points", "In words"))
    sheet.widths(40, 20, 16, 14, 120)
    row = 4
    for option in model.decision.options:
        for part in option.parts or (option,):
            for line in part.quality.classes:
                sheet.text(row, 0, option.key.label(model.decision.catalog))
                sheet.text(row, 1, line.task_class)
                sheet.text(row, 2, line.status)
                sheet.number(row, 3, line.tolerance_points, NUMBER)
                sheet.text(row, 4, line.reason)
                row += 1


def _monthly(book: Book, model: Model) -> None:
    sheet = book.sheet(MONTHLY)
    sheet.header(3, ("Future", "Row", "NPV / payback", "Month 0", *(str(m) for m in range(1, model.case.ledger.months + 1))))
    sheet.widths(40, 26, 16)
    row = 4
    for future in model.decision.futures:
        name = plans.WORDS[future.name] + (f", {future.option_id}" if future.option_id else "")
        series = (
            ("today's GPUs", [m.old_gpus for m in future.rows], WHOLE, None, None),
            ("new GPUs", [m.new_gpus for m in future.rows], WHOLE, None, None),
            ("total cost, USD", [m.total_usd for m in future.rows], MONEY, future.npv_cost, future.one_off),
            (
                "cumulative saving, USD",
                [m.cumulative_saving_usd for m in future.rows],
                MONEY,
                future.payback_month,
                -future.one_off,
            ),
        )
        for label, values, fmt, total, first in series:
            sheet.text(row, 0, name)
            sheet.text(row, 1, label)
            for col, value in ((2, total), (3, first), *enumerate(values, start=4)):
                if value is not None:
                    sheet.number(row, col, value, fmt)
            row += 1
    sheet.page.freeze_panes(4, 3)
