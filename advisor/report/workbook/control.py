"""The sheets Checks, Change log and Sources: does the file hold together, what was changed, where figures come from."""

from __future__ import annotations

from dataclasses import dataclass

from advisor.decision import Decision
from advisor.report.workbook.axis import LEFT, STAY_SUM, STAY_USD, Axis
from advisor.report.workbook.axis import SHEET as MONTHLY
from advisor.report.workbook.book import HEADER_LINE, WHOLE, Book, Sheet, cell, fixed, on
from advisor.report.workbook.fields import leaves
from advisor.report.workbook.inputs import DELIVERED, EFFECT, FIELD, IN_USE, LABEL, ON_UPLOAD, VALUE
from advisor.report.workbook.inputs import SHEET as INPUTS
from advisor.report.workbook.model import Model
from advisor.report.workbook.names import numbered
from advisor.report.workbook.options import Options
from advisor.report.workbook.page import Value
from advisor.report.workbook.plan_blocks import SAVED, TOTAL
from advisor.report.workbook.plans import SHEET as PLANS
from advisor.report.workbook.plans import Spot
from advisor.report.workbook.prices import Prices, plans_as_delivered
from advisor.report.workbook.rows import parts_of
from advisor.scenario import Workload

CHECKS, LOG, SOURCES = "Checks", "Change log", "Sources"
OK, LOOK = "ok", "look"
MOST_TIED = 20
"""Options whose savings are tied to their totals: one formula holds them all."""


@dataclass(frozen=True)
class Check:
    """One test of the file: a formula that is 1 where it holds."""

    label: str
    formula: str
    holds: bool
    note: str


def write_checks(
    book: Book,
    model: Model,
    prices: Prices,
    axis: Axis | None,
    table: Options | None,
    spots: dict[str, list[Spot]],
    log_rows: int,
) -> Sheet:
    """Write Checks; the roll-up is named ``out_checks``."""
    sheet = book.sheet(CHECKS)
    sheet.heading("Checks", "Each line is ok or look; the roll-up stands on the Cover.")
    sheet.header(3, ("Check", "Holds (1/0)", "Light", "What it means"), height=HEADER_LINE, figures=(1,))
    sheet.widths(64, 12, 12, 100)
    sheet.repeat(3)
    checks = _file_checks(model, prices, log_rows) + (
        [] if axis is None or table is None else _model_checks(axis, table, spots)
    )
    for row, check in enumerate(checks, start=4):
        sheet.text(row, 0, check.label)
        sheet.formula(row, 1, check.formula, float(check.holds), WHOLE)
        sheet.formula(row, 2, f'=IF({cell(row, 1)}=1,"{OK}","{LOOK}")', OK if check.holds else LOOK, "@")
        sheet.text(row, 3, check.note, text_wrap=True)
    last = 3 + len(checks)
    area = f"{fixed(4, 1)}:{fixed(last, 1)}"
    failed = sum(not check.holds for check in checks)
    sheet.text(last + 2, 0, "Checks that do not hold", bold=True)
    sheet.formula(last + 2, 1, f"=COUNTIF({area},0)+COUNT({area})*0+ROWS({area})-COUNT({area})", failed, WHOLE, bold=True)
    book.name("out_checks_failed", CHECKS, last + 2, 1)
    sheet.formula(last + 2, 2, f'=IF(out_checks_failed=0,"{OK}","{LOOK}")', LOOK if failed else OK, "@", bold=True)
    lights(book, sheet, 4, 2, last + 2)
    return sheet


def lights(book: Book, sheet: Sheet, row: int, col: int, last: int) -> None:
    """Green for ok, amber for look; the word stands beside the colour."""
    for word, colour in ((OK, "#C6E9CC"), (LOOK, "#FFD9A0")):
        rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": book.style(bg_color=colour)}
        sheet.page.conditional_format(row, col, last, col, rule)


def _file_checks(model: Model, prices: Prices, log_rows: int) -> list[Check]:
    changed = f'SUMPRODUCT(({on(LOG, area(log_rows, 3))}=1)*({on(LOG, area(log_rows, 4))}="{ON_UPLOAD}"))'
    live = f'SUMPRODUCT(({on(LOG, area(log_rows, 3))}=1)*({on(LOG, area(log_rows, 4))}<>"{ON_UPLOAD}"))'
    found = [
        Check(
            "No field was changed that takes effect on upload only",
            f"=IF({changed}=0,1,0)",
            True,
            "Otherwise the sheets do not show that change yet: upload the file to see it worked out.",
        ),
    ]
    if model.why_not_live:
        found.append(
            Check(
                "No field was changed at all",
                f"=IF({live}+{changed}=0,1,0)",
                True,
                "This file is not live: its figures are those of the inputs as delivered.",
            )
        )
        return found
    found.append(
        Check(
            "Prices make the kinds of plan the file has",
            plans_as_delivered(model, prices),
            True,
            "A quote typed or emptied for GPUs that are there or would be bought, or a price of today's kind of GPU that "
            "becomes or no longer is what today's cost, makes another kind of plan: upload the file to see it worked out.",
        )
    )
    fixed_here = [number for number, part in enumerate(model.today.parts) if is_fixed(part.view.workload)]
    if fixed_here:
        pairs = (f"{numbered('in_interactivity', n)}={numbered('cat_interactivity_delivered', n)}" for n in fixed_here)
        found.append(
            Check(
                "The interactivity is that of delivery (prefix cache or TTFT are worked out there)",
                f"=IF(AND({','.join(pairs)}),1,0)",
                True,
                "The prefix-cache factor and the TTFT gate are values of delivery: upload the file after a change.",
            )
        )
    return found


def is_fixed(workload: Workload) -> bool:
    """Whether values of a workload hold at the interactivity as delivered only."""
    return workload.prefix_cache_hit_fraction > 0 or workload.targets.ttft_ms is not None


def _model_checks(axis: Axis, table: Options, spots: dict[str, list[Spot]]) -> list[Check]:
    rank, passes, npv = (table.area(key) for key in ("rank", "passes", "npv"))
    ends = "+".join(
        f"ABS({on(PLANS, fixed(s.top + SAVED, axis.last))}-({on(MONTHLY, fixed(STAY_SUM, axis.last))}"
        f"-SUM({axis.whole(s.top + TOTAL, PLANS)})-{on(PLANS, fixed(s.top + TOTAL, 3))}))"
        for s in [blocks[0] for blocks in spots.values()][:MOST_TIED]
    )
    gpus = table.area("gpus")
    return [
        Check("Every option has an NPV", f"=IF(COUNT({npv})=ROWS({npv}),1,0)", True, "No error in any plan."),
        Check(
            "Ranks run from 1 without a gap",
            f"=IF(SUM({rank})=SUM({passes})*(SUM({passes})+1)/(1+1),1,0)",
            True,
            "The ranking is a permutation of the options that pass.",
        ),
        Check("GPUs are whole numbers", f"=IF(SUMPRODUCT(ABS({gpus}-ROUND({gpus},0)))=0,1,0)", True, ""),
        Check(
            "The contract is paid in full by its end",
            f"=IF(ABS({on(MONTHLY, fixed(LEFT, axis.last))})<=1,1,0)",
            True,
            "The corkscrew of what is owed closes at 0.",
        ),
        Check(
            "Cumulative savings tie to the totals of staying and moving",
            f"=IF({ends}<=1,1,0)",
            True,
            f"Within one dollar over the first plan of each option, of the first {MOST_TIED} options.",
        ),
        Check(
            "Staying adds up",
            f"=IF(ABS(SUM({axis.whole(STAY_USD, MONTHLY)})-{on(MONTHLY, fixed(STAY_SUM, axis.last))})<=1,1,0)",
            True,
            "",
        ),
        Check(
            "The sensitivity starts from the saving on Options",
            f"=IF(ABS(IF(out_subject_row=0,0,INDEX({table.area('saving')},out_subject_place)"
            "-out_subject_npv_saving))<=1,1,0)",
            True,
            "Its own sums over months, with every driver as expected, give the NPV saved of the option looked at.",
        ),
        Check(
            "The horizon fits the months shown",
            f"=IF(AND(in_horizon>=1,in_horizon<={on(MONTHLY, fixed(3, axis.last))}),1,0)",
            True,
            "A longer horizon than the file was made with takes effect on upload; a shorter one at once.",
        ),
        Check(
            "The verdict code is the one delivered",
            "=IF(out_verdict_code=out_delivered_code,1,0)",
            True,
            "If not, the inputs changed in this file turn the advice: see Change log.",
        ),
    ]


def area(rows: int, col: int) -> str:
    """A column of the change log."""
    return f"{fixed(4, col)}:{fixed(3 + rows, col)}"


def write_log(book: Book, model: Model, input_rows: list[tuple[int, str, bool]], made: str) -> int:
    """Write Change log: every input as delivered and as it stands; how many rows."""
    sheet = book.sheet(LOG)
    sheet.heading(
        "Change log",
        f"Made {made} with catalog {model.decision.catalog.version}. Rows with a 1 were changed in this file since.",
    )
    sheet.header(
        3, ("Input", "As delivered", "Now", "Changed (1/0)", "Takes effect", "Field"), height=HEADER_LINE, figures=(1, 2, 3)
    )
    sheet.widths(40, 24, 24, 14, 18, 60)
    sheet.repeat(3)
    values = {leaf.name: leaf for leaf in leaves(model.decision.scenario)}
    for row, (line, name, live) in enumerate(input_rows, start=4):
        leaf = values[name]
        value: Value = "" if leaf.value is None else leaf.value
        shown: Value = "–" if leaf.value is None else leaf.value
        source = on(INPUTS, cell(line, IN_USE if live else VALUE, fixed_col=True))
        before = on(INPUTS, cell(line, DELIVERED, fixed_col=True))
        sheet.formula(row, 0, f"={on(INPUTS, cell(line, LABEL, fixed_col=True))}", leaf.label, "@")
        fmt = "General"
        sheet.formula(row, 1, f'=IF({before}="","–",{before})', shown, fmt, align="right")
        sheet.formula(
            row,
            2,
            f'=IF(OR({source}="",{source}="none"),"–",{source})',
            "–" if value in ("", "none") else value,
            fmt,
            align="right",
        )
        was, now = (cell(row, col, fixed_col=True) for col in (1, 2))
        same = f'OR({was}={now},AND({before}="none",{now}="–"))'
        sheet.formula(row, 3, f"=IF({same},0,1)", 0, WHOLE)
        sheet.formula(
            row, 4, f"={on(INPUTS, cell(line, EFFECT, fixed_col=True))}", "here, at once" if live else ON_UPLOAD, "@"
        )
        sheet.formula(row, 5, f"={on(INPUTS, cell(line, FIELD, fixed_col=True))}", name, "@", font_color="#888888")
    return len(input_rows)


def write_sources(book: Book, decision: Decision) -> None:
    """Write Sources: every record a shown figure rests on."""
    sheet = book.sheet(SOURCES)
    sheet.heading("Sources", "Every source behind a figure of this file. Ids on the other sheets stand here.")
    heads = ("Source", "Title", "Publisher", "Date", "Licence", "Address")
    sheet.header(3, heads, height=HEADER_LINE)
    sheet.widths(52, 80, 40, 14, 24, 80)
    sheet.repeat(3)
    for row, source_id in enumerate(used_sources(decision), start=4):
        source = decision.catalog.sources[source_id]
        cells = (source.id, source.title, source.publisher, source.date, source.licence, source.address)
        for col, text in enumerate(cells):
            sheet.text(row, col, text or "not stated")
        sheet.wrapped(row, (1, source.title or "not stated", 80))


def used_sources(decision: Decision) -> list[str]:
    """Ids of the sources of points, prices, quality, power and assumptions that enter."""
    used: dict[str, None] = {}
    shown = (decision.baseline, *(option for option in decision.options if option.curve is not None))
    for option in (part for one in shown for part in parts_of(one)):
        point, price = option.operating_point, option.price
        used.update(dict.fromkeys(point.sources if point else ()))
        used.update(dict.fromkeys(price.source if price else ()))
        used.update(dict.fromkeys(knot.source for knot in (option.curve.knots if option.curve else ())))
        for item in option.quality.classes:
            used.update(dict.fromkeys(item.sources))
    for offer in decision.tokens.offers:
        used.update(dict.fromkeys(offer.sources))
    used.update(dict.fromkeys(record.source for record in decision.catalog.assumptions.values()))
    used[decision.catalog.default_power_book.source] = None
    return sorted(name for name in used if name in decision.catalog.sources)
