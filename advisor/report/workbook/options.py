"""The sheets Quality and Options: gates, plans, score, rank and the verdict code, all by the rules of docs/method.md."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from advisor.quality.turns import Turn
from advisor.quality.verdict import SEVERITY
from advisor.report.workbook.axis import PARAM
from advisor.report.workbook.book import FACTOR, HEADER_LINE, NUMBER, TEXT, WHOLE, Book, Sheet, cell, fixed, on
from advisor.report.workbook.model import Model
from advisor.report.workbook.names import TODAY, numbered, tolerance
from advisor.report.workbook.options_columns import COLS, INDEX
from advisor.report.workbook.options_values import values_of
from advisor.report.workbook.page import Value
from advisor.report.workbook.plan_blocks import NEVER
from advisor.report.workbook.plans import SHEET as PLANS
from advisor.report.workbook.plans import Spot
from advisor.report.workbook.points import part_label
from advisor.report.workbook.sizing import SHEET as SIZING
from advisor.report.workbook.sizing import Sizing, ref
from advisor.report.workbook.sizing_columns import INDEX as SIZING_COLUMNS

QUALITY, SHEET = "Quality", "Options"
SOURCES_WIDTH, WORDS_WIDTH = 40, 110
STATUS_ROW = 4
LINES_ROW = STATUS_ROW + len(SEVERITY) + 3
HEADER_ROW, UNIT_ROW, FIRST_ROW = 3, 4, 5
TEXT_STYLE = {"align": "left", "indent": 1}
"""Of text that a formula gives, clear of the figure beside it."""


def write_quality(book: Book, model: Model) -> int:
    """Write Quality; the last row of its lines."""
    sheet, catalog = book.sheet(QUALITY), model.decision.catalog
    sheet.heading(
        "Quality",
        "Every task class on its own against its tolerance (Inputs); the worst decides. The two turning points are the "
        "engine's, from published pairs or your own results; the status follows the tolerance.",
    )
    sheet.header(STATUS_ROW - 1, ("Status", "Severity", "Score", "Gate"), height=HEADER_LINE, figures=(1, 2))
    names = {
        "unproven": "cat_score_quality_unproven",
        "inconclusive": "cat_score_quality_inconclusive",
        "unknown": "cat_score_quality_unknown",
    }
    for number, status in enumerate(SEVERITY):
        row = STATUS_ROW + number
        sheet.text(row, 0, status)
        sheet.number(row, 1, number, WHOLE)
        if status in names:
            sheet.formula(row, 2, f"={names[status]}", catalog.assume(names[status].removeprefix("cat_")), FACTOR)
        else:
            sheet.number(row, 2, 0 if status == "fails" else 1, FACTOR)
        sheet.text(row, 3, "excludes" if status == "fails" else "passes" if number <= SEVERITY.index("unproven") else "open")
    header = (
        "Option",
        "Id",
        "Task class",
        "What narrows",
        "Evidence",
        "Tolerance, points",
        "Passes from, points",
        "Fails up to, points",
        "Status",
        "Severity",
        "Pairs",
        "Sources",
        "In words, at delivery",
    )
    sheet.header(LINES_ROW - 1, header, figures=range(5, 8))
    sheet.widths(30, 20, 18, 12, 12, 12, 12, 12, 14, 10, 8, SOURCES_WIDTH, WORDS_WIDTH)
    row = LINES_ROW
    for item in model.rows:
        for workload, part in enumerate(item.parts):
            label = part_label(item.label, workload, model.workloads)
            classes: list[str] = [task.task_class for task in part.view.workload.tasks]
            for turn in part.turns:
                name = tolerance(workload, classes.index(turn.task_class))
                _quality_line(sheet, row, label, item.id, turn, name)
                row += 1
            if not part.turns:
                for col, text in enumerate((label, item.id, "all", "nothing", "none needed")):
                    sheet.text(row, col, text)
                sheet.text(row, 8, "unchanged")
                sheet.number(row, 9, 0, WHOLE)
                sheet.wrapped(row, (12, part.option.quality.reason, WORDS_WIDTH))
                row += 1
    return row - 1


def _quality_line(sheet: Sheet, row: int, label: str, option_id: str, turn: Turn, name: str) -> None:
    for col, text in enumerate((label, option_id, turn.task_class, turn.what, turn.basis)):
        sheet.text(row, col, text)
    sheet.formula(row, 5, f"={name}", turn.now.tolerance_points, NUMBER)
    for col, value in ((6, turn.passes_from), (7, turn.fails_to)):
        if value is None:
            sheet.text(row, col, NEVER, align="right")
        else:
            sheet.number(row, col, value, "0.000")
    basis, tolerance, passes, fails = (cell(row, col, fixed_col=True) for col in (4, 5, 6, 7))
    formula = (
        f'=IF({basis}="none","unknown",IF(AND(ISNUMBER({passes}),{tolerance}>={passes}),'
        f'IF({basis}="own","proven","unproven"),IF({tolerance}<={fails},"fails","inconclusive")))'
    )
    sheet.formula(row, 8, formula, turn.now.status, TEXT)
    area = f"{fixed(STATUS_ROW, 0)}:{fixed(STATUS_ROW + len(SEVERITY) - 1, 0)}"
    severity = SEVERITY.index(turn.now.status)
    sheet.formula(row, 9, f"=MATCH({cell(row, 8, fixed_col=True)},{area},0)-1", severity, WHOLE)
    sheet.number(row, 10, turn.now.pairs, WHOLE)
    sheet.wrapped(row, (11, ", ".join(turn.now.sources), SOURCES_WIDTH), (12, turn.now.reason, WORDS_WIDTH))


@dataclass
class Options:
    """Where Options stands: its option rows, and their values by option."""

    first: int
    last: int
    values: dict[str, dict[str, Value]]

    def area(self, key: str, *, inside: bool = False) -> str:
        """A column over all options; ``inside`` the sheet without its name."""
        text = f"{fixed(self.first, INDEX[key])}:{fixed(self.last, INDEX[key])}"
        return text if inside else on(SHEET, text)


def write_options(
    book: Book, model: Model, sizing: Sizing, spots: dict[str, list[Spot]], last_plan: int, last_quality: int
) -> Options:
    """Write the table of options."""
    sheet = book.sheet(SHEET)
    sheet.heading(
        "Options", "All options that have a price and an operating point, ranked live by the rules of docs/method.md."
    )
    figures = {number for number, col in enumerate(COLS) if col.number_format != TEXT}
    sheet.header(HEADER_ROW, [col.header for col in COLS], figures=figures)
    for number, col in enumerate(COLS):
        sheet.page.set_row(UNIT_ROW, 32)
        side = "right" if number in figures else "left"
        sheet.text(UNIT_ROW, number, col.unit, italic=True, font_color="#555555", text_wrap=True, align=side)
        sheet.page.set_column(number, number, 48 if number == 0 else 26 if col.key in ("id", "plan") else 14)
    sheet.page.freeze_panes(UNIT_ROW + 1, 1)
    sheet.page.repeat_columns(0)
    sheet.page.fit_to_pages(3, 0)
    table = Options(FIRST_ROW, FIRST_ROW + len(model.rows) - 1, values_of(model, sizing, spots))
    shared = {
        "plan_column": on(PLANS, f"{fixed(0, PARAM)}:{fixed(last_plan, PARAM)}"),
        "statuses": on(QUALITY, f"{fixed(STATUS_ROW, 0)}:{fixed(STATUS_ROW + len(SEVERITY) - 1, 0)}"),
        "status_scores": on(QUALITY, f"{fixed(STATUS_ROW, 2)}:{fixed(STATUS_ROW + len(SEVERITY) - 1, 2)}"),
        "quality_ids": on(QUALITY, f"{fixed(LINES_ROW, 1)}:{fixed(last_quality, 1)}"),
        "grows": ",".join(f"{numbered('in_growth', n)}>0" for n in range(model.workloads)),
        "quality_severities": on(QUALITY, f"{fixed(LINES_ROW, 9)}:{fixed(last_quality, 9)}"),
    }
    templates = [_template(col.formula, shared, table) for col in COLS]
    for row, item in enumerate(model.rows, start=FIRST_ROW):
        keys = {name: cell(row, number, fixed_col=True) for name, number in INDEX.items()}
        sized = partial(_sized, sizing, sizing.rows[item.id], row)
        for number, col in enumerate(COLS):
            value = table.values[item.id][col.key]
            if col.is_formula:
                formula = _filled(templates[number], keys, sized, sizing.rows[TODAY])
                style = {"align": "right"} if number in figures else TEXT_STYLE
                sheet.formula(row, number, formula, value, col.number_format, **style)
            elif isinstance(value, str):
                sheet.text(row, number, value)
            else:
                sheet.number(row, number, float(value), col.number_format)
    return table


CELL = re.compile(r"\{(?:([ST]):)?(\w+)\}")
AREA = re.compile(r"\[(\w+)\]")


def _template(formula: str, shared: dict[str, str], table: Options) -> str:
    """A column's formula with all that is the same in every row: ``[key]`` is the column, ``{name}`` a shared area."""
    text = AREA.sub(lambda match: table.area(match[1], inside=True), formula)
    return CELL.sub(lambda match: shared.get(match[2], match[0]) if match[1] is None else match[0], text)


def _sized(sizing: Sizing, line: int, row: int, key: str) -> str:
    """A cell of an option's fleet on Sizing, by a formula that is the same in every row of Options."""
    if sizing.workloads == 1:
        return on(SIZING, cell(line, SIZING_COLUMNS[key], fixed_col=True))
    first, last = (fixed(edge, SIZING_COLUMNS[key]) for edge in sizing.options)
    counted = f"ROWS({fixed(FIRST_ROW, 0)}:{cell(row, 0, fixed_col=True)})"
    return f"INDEX({on(SIZING, f'{first}:{last}')},({counted}-1)*cat_workloads+1)"


def _filled(template: str, keys: dict[str, str], sized: Callable[[str], str], today: int) -> str:
    """A template with the cells of a row: ``{key}`` of this sheet, ``{S:key}`` and today's ``{T:key}`` on Sizing."""

    def one(match: re.Match[str]) -> str:
        mark, key = match[1], match[2]
        if mark is None:
            return keys[key]
        return ref(key, today) if mark == "T" else sized(key)

    return CELL.sub(one, template)
