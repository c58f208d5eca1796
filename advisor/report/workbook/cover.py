"""The Cover: the verdict as delivered, the live figures beside it, the check light, and what is not live."""

from __future__ import annotations

from advisor import link
from advisor.decision import Decision
from advisor.phrases import usd
from advisor.report.words import confidence_words, outlook_sentence, verdict_sentence
from advisor.report.workbook.book import HEADER_LINE, LINE_HEIGHT, MONEY, WHOLE, Book, Sheet
from advisor.report.workbook.cash_range import future_title
from advisor.report.workbook.control import LOOK, OK, lights
from advisor.report.workbook.model import Model
from advisor.report.workbook.names import TODAY
from advisor.report.workbook.page import Value
from advisor.report.workbook.plan_blocks import NEVER

SHEET = "Cover"
LINK_CHARACTERS = 2000
LINE_CHARACTERS = 150
"""Characters of a line of the merged cells, with room to spare."""
TITLE_CHARACTERS, TITLE_HEIGHT = 90, 19
"""The same of the verdict's larger letters, and the height of such a line in points."""
PAYBACK = "month from which the cumulative saving, not discounted, is and stays at least 0; 0: at once, or no change"
LINK, NO_LINK = "Back to the app: add to its address", "the link would be too long: upload this file"
LINK_LINE = 115
"""Characters of a line of the link: capitals are wide, and it breaks at hyphens."""


def write_cover(book: Book, model: Model, made: str) -> None:
    """Write the Cover."""
    sheet, decision = book.sheet(SHEET), model.decision
    sheet.widths(36, 30, 30, 90)
    style = {"bold": True, "font_size": 14, "text_wrap": True, "valign": "top"}
    sheet.text(0, 0, "GPU migration advice", bold=True, font_size=14)
    sheet.page.merge_range(0, 1, 0, 3, "", book.style(**style))
    said = verdict_sentence(decision)
    sheet.text(0, 1, said, **style)
    sheet.page.set_row(0, TITLE_HEIGHT * lines_of(said, TITLE_CHARACTERS))
    heads = ("Key figures", "In this file, live" if not model.why_not_live else "Not live", "As delivered", "  What it is")
    sheet.header(2, heads, height=HEADER_LINE)
    for col in (1, 2):  # above figures
        sheet.text(2, col, heads[col], bold=True, bottom=1, valign="top", bg_color="#E8EEF4", align="right")
    sheet.page.fit_to_pages(1, 1)
    row = _figures(book, sheet, model)
    row = _lines(sheet, model, made, row + 1)
    lights(book, sheet, 3, 1, row)


def lines_of(text: str, characters: int) -> int:
    """Lines a text takes in cells of a width."""
    return max(1, -(-len(text) // characters))


def owners_cost(is_owned: bool) -> str:
    """What to add where a month's cost is an owner's cost and no bill."""
    return "; of own hardware the owner's cost, with depreciation; cash is on Monthly" if is_owned else ""


def delivered_figures(model: Model) -> list[tuple[str, str, Value, str, str]]:
    """Label, name, value, format and meaning of every key figure, as the engine gives it."""
    decision = model.decision
    adopted, chosen, cost = decision.adopted, decision.chosen, decision.baseline.cost
    stay = model.case.ledger.stay_npv
    assert cost is not None  # today's bill is always known
    npv = adopted.npv_cost if adopted else stay
    payback: Value = 0 if adopted is None else NEVER if adopted.payback_month is None else adopted.payback_month
    buys = decision.verdict.code == "buy_tokens"
    gpus: Value = decision.scenario.current.gpus
    month: Value = cost.usd_per_month
    if buys:
        gpus, month = 0, decision.tokens.usd_per_month or 0.0
    elif chosen is not None and chosen.fleet is not None and decision.verdict.code != "stay":
        gpus, month = chosen.fleet.gpus, chosen.cost.usd_per_month if chosen.cost else month
    worth = ", less what own hardware is worth at the end" if model.own_kinds else ""
    negative = "; below 0: sales and that worth bring in more" if model.own_kinds else ""
    return [
        ("Verdict code", "out_verdict_code", decision.verdict.code, "@", "by the written rules, step by step on Verdict"),
        (
            "Today's bill",
            "out_today_usd_per_month",
            cost.usd_per_month,
            MONEY,
            f"USD a month{owners_cost(TODAY in model.own_kinds)}",
        ),
        (
            "Cost a month after it",
            "out_usd_per_month",
            month,
            MONEY,
            f"USD a month at today's demand{owners_cost(bool(model.own_kinds))}",
        ),
        ("GPUs after it", "out_gpus", gpus, WHOLE, "as sized at today's demand"),
        ("NPV of staying", "out_stay_npv", stay, MONEY, f"USD over {model.case.ledger.months} months: a cost{worth}"),
        ("NPV of what is advised", "out_npv", npv, MONEY, f"USD: a cost, one-offs and contract included{negative}"),
        ("NPV saved", "out_npv_saving", stay - npv, MONEY, "USD"),
        ("Payback", "out_payback", payback, "0", PAYBACK),
    ]


def _figures(book: Book, sheet: Sheet, model: Model) -> int:
    row = 3
    for label, name, value, fmt, words in delivered_figures(model):
        sheet.text(row, 0, label)
        if model.why_not_live:
            sheet.text(row, 1, "see as delivered", align="right")
        else:
            sheet.formula(row, 1, f"={name}", value, fmt, align="right", bold=True)
        if isinstance(value, str):
            sheet.text(row, 2, value, align="right")
        else:
            sheet.number(row, 2, float(value), fmt, align="right")
        if name == "out_verdict_code":
            book.name("out_delivered_code", SHEET, row, 2)
        sheet.text(row, 3, words, align="left", indent=1)
        row += 1
    sheet.text(row, 0, "Checks")
    sheet.formula(row, 1, f'=IF(out_checks_failed=0,"{OK}","{LOOK}")', OK, "@", align="right", bold=True)
    sheet.text(row, 2, OK, align="right")
    sheet.text(row, 3, "look: see the sheet Checks", align="left", indent=1)
    return row + 1


def _lines(sheet: Sheet, model: Model, made: str, row: int) -> int:
    decision = model.decision
    verdict, catalog, draws = decision.verdict, decision.catalog, decision.stability
    address = f"?s={link.encode(decision)}"
    lines = [
        ("As delivered, not live", ""),
        ("Confidence", confidence_words(decision)),
        ("Pilot first", "yes" if verdict.pilot_first else "no"),
        *(("Why", reason) for reason in verdict.reasons),
        *(("What lowers the confidence", doubt) for doubt in verdict.doubts if doubt != verdict.confidence_reason),
        *(("What would turn it", flip.sentence) for flip in decision.flips),
    ]
    outlook = outlook_sentence(decision)
    if outlook:
        lines.append((f"Draws, seed {draws.seed} (values)", outlook))
    others = "Not advised, same draws" if outlook else f"Not advised, seed {draws.seed}"
    lines += [(f"{others} (values)", words) for words in other_ranges(decision)]
    lines += [("What is not live", words) for words in not_live(model)]
    lines += [
        ("Catalog", f"{catalog.version} of {catalog.as_of}, digest {catalog.digest}"),
        ("Made", made),
        (
            "How to read",
            "Blue cells are inputs (Inputs, Prices). Change them: what is live follows. Upload the file in the app, or run "
            "`advisor recommend model.xlsx`, to see everything worked out again and compared with this file.",
        ),
        (LINK, address if len(address) < LINK_CHARACTERS else NO_LINK),
    ]
    before = ""
    for label, text in lines:
        sheet.text(row, 0, label if label != before else "", valign="top", bold=not text)
        before = label
        sheet.page.merge_range(row, 1, row, 3, "", sheet.book.style(text_wrap=True, valign="top"))
        sheet.text(row, 1, text, text_wrap=True, valign="top")
        sheet.page.set_row(row, LINE_HEIGHT * lines_of(text, LINK_LINE if label == LINK else LINE_CHARACTERS))
        row += 1
    return row


def other_ranges(decision: Decision) -> list[str]:
    """What each future followed that is not advised saves by the horizon, with its 80 % range; the outlook has the other."""
    adopted = decision.adopted.name if decision.adopted is not None else "stay"
    months, found = decision.scenario.finance.horizon_months, []
    for band in decision.bands:
        future = decision.future(band.future)
        if future is None or band.future in ("stay", adopted):
            continue
        span = f"80 % range {usd(band.saved_p10_usd[-1])} to {usd(band.saved_p90_usd[-1])}"
        found.append(
            f"{future_title(decision, band.future)}: NPV saved against staying over {months} months "
            f"{usd(future.npv_saving)} as expected, {span}; by month on Cash range."
        )
    return found


def not_live(model: Model) -> list[str]:
    """What does not follow a change in the file, said plainly."""
    if model.why_not_live:
        return [
            f"Nothing: {model.why_not_live}. All figures are the engine's values for the inputs as delivered. "
            "Change inputs and upload the file to see them worked out again."
        ]
    found = [
        "Confidence, pilot, reasons, break-evens and draws (with the sheet Cash range) are values of delivery.",
        "Fields marked “on upload” on Inputs (model, token sizes, formats, engines, percentile, quality settings).",
        "Curves and quality turning points are records and fits of the catalog.",
    ]
    workloads = model.decision.scenario.workloads
    if any(workload.prefix_cache_hit_fraction > 0 for workload in workloads):
        found.append("The prefix-cache factor is that of the interactivity as delivered.")
    if any(workload.targets.ttft_ms is not None for workload in workloads):
        found.append("The time-to-first-token gate is that of the interactivity as delivered.")
    return found
