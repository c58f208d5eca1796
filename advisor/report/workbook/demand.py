"""The sheet Demand: what each workload asks for, one row each; what a move and bought tokens cost."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median

from advisor.economics import one_off_cost
from advisor.report.workbook.api_tokens import TokenTable
from advisor.report.workbook.book import FACTOR, MONEY, MONEY_FINE, NUMBER, TEXT, WHOLE, Book, Line, Sheet, cell, fixed, on
from advisor.report.workbook.model import Model
from advisor.report.workbook.names import numbered
from advisor.scenario import Workload

SHEET = "Demand"
HEADER_ROW, UNIT_ROW, FIRST_ROW = 3, 4, 5
COLUMNS = (
    ("label", "Workload", "", TEXT),
    ("number", "Number", "", "0"),
    ("asked", "Interactivity asked", "tok/s/user", NUMBER),
    ("mean", "Demand, mean", "tok/s, input and output", WHOLE),
    ("peak_ratio", "Peak over mean", "ratio", NUMBER),
    ("peak", "Demand at the peak", "tok/s", WHOLE),
    ("output_share", "Output share", "fraction", FACTOR),
    ("token_rate", "API tokens, median of providers", "USD per million; 0: no price", MONEY_FINE),
    ("tokens", "API tokens", "USD/month", MONEY),
)
INDEX = {key: number for number, (key, *_) in enumerate(COLUMNS)}
NAMED = {"mean": "out_mean_tok_s", "peak": "out_peak_tok_s"}


def demand_area(what: str, workloads: int) -> str:
    """A column of the table over all workloads."""
    return on(SHEET, _column(what, workloads))


def _column(what: str, workloads: int) -> str:
    first = fixed(FIRST_ROW, INDEX[what])
    return first if workloads == 1 else f"{first}:{fixed(FIRST_ROW + workloads - 1, INDEX[what])}"


def write_demand(book: Book, model: Model, speeds: str, tokens: TokenTable) -> None:
    """Write the sheet.

    Args:
        book: the workbook.
        model: the decision.
        speeds: today's throughput by workload, an area of Sizing.
        tokens: the table of providers on Prices.
    """
    sheet, count = book.sheet(SHEET), model.workloads
    sheet.heading(
        SHEET, "What is asked, from Inputs: token rates by workload, contract, one-offs, and what API tokens would cost."
    )
    sheet.header(HEADER_ROW, [head for _, head, _, _ in COLUMNS], figures=range(1, len(COLUMNS)))
    sheet.widths(48, 16, *(18 for _ in COLUMNS[2:]))
    for number, (_, _, unit, _) in enumerate(COLUMNS):
        side = "right" if number else "left"
        sheet.text(UNIT_ROW, number, unit, italic=True, font_color="#555555", text_wrap=True, align=side)
    sheet.page.set_row(UNIT_ROW, 32)
    for number in range(count):
        _workload(book, sheet, model, number, speeds, tokens)
    last = FIRST_ROW + count - 1
    book.name_area("out_tokens_by_workload", SHEET, (FIRST_ROW, INDEX["tokens"]), (last, INDEX["tokens"]))
    for row, line in enumerate(_lines(model, tokens), start=last + 2):
        sheet.text(row, 0, line.label)
        if line.formula:
            sheet.formula(row, 1, line.formula, line.value, line.number_format)
        elif isinstance(line.value, str):
            sheet.text(row, 1, line.value, align="right")
        else:
            sheet.number(row, 1, line.value, line.number_format)
        sheet.text(row, 2, line.unit)
        book.name(line.name, SHEET, row, 1)


def _workload(book: Book, sheet: Sheet, model: Model, number: int, speeds: str, tokens: TokenTable) -> None:
    decision, row = model.decision, FIRST_ROW + number
    workload, load, line = decision.scenario.workloads[number], decision.loads[number], decision.tokens
    at = {key: cell(row, col, fixed_col=True) for key, col in INDEX.items()}
    mean, peak = _demand_formulas(workload, numberer(number), f"INDEX({speeds},{at['number']})")
    ins, out = (numbered(f"cat_{side}_tokens", number) for side in ("input", "output"))
    rates, means = (_column(key, model.workloads) for key in ("token_rate", "mean"))
    share = f"{at['token_rate']}*{at['mean']}/SUMPRODUCT({rates}*{means})"
    offers = [offer.usd_per_mtok_by_workload[number] for offer in line.offers]
    name = decision.catalog.models[workload.model_id].name if workload.model_id else "custom model"
    values = {
        "asked": (f"={numbered('in_interactivity', number)}", workload.targets.interactivity_tok_s_per_user),
        "mean": (mean, load.mean_tok_s),
        "peak_ratio": (peak, load.peak_tok_s / load.mean_tok_s),
        "peak": (f"={at['mean']}*{at['peak_ratio']}", load.peak_tok_s),
        "output_share": (f"={out}/({ins}+{out})", load.output_share),
        "token_rate": (
            f"=IF(COUNT({tokens.rates})=0,0,MEDIAN(INDEX({tokens.rates},0,{at['number']})))",
            median(offers) if offers else 0.0,
        ),
        "tokens": (
            f"=IF({at['token_rate']}=0,0,out_tokens_usd_per_month*{share})",
            line.by_workload[number] if line.offers else 0.0,
        ),
    }
    sheet.text(row, INDEX["label"], f"{number + 1}: {name}, {workload.input_tokens}/{workload.output_tokens}")
    sheet.number(row, INDEX["number"], number + 1, "0")
    formats = {key: fmt for key, _, _, fmt in COLUMNS}
    for key, (formula, value) in values.items():
        sheet.formula(row, INDEX[key], formula, value, formats[key])
        if key in NAMED:
            book.name(numbered(NAMED[key], number), SHEET, row, INDEX[key])


def numberer(workload: int) -> Callable[[str], str]:
    """Names of a workload's cells."""
    return lambda name: numbered(name, workload)


def _demand_formulas(workload: Workload, name: Callable[[str], str], speed: str) -> tuple[str, str]:
    """Mean demand and peak over mean, from whichever unit the scenario gives."""
    derived = f"in_gpus*{speed}*in_utilization"
    if workload.demand is None:
        return f"={derived}", "=1"
    tokens = f"({name('cat_input_tokens')}+{name('cat_output_tokens')})"
    rps, day, users = (name(f"in_{unit}") for unit in ("requests_per_second", "tokens_per_day", "active_users"))
    each, profile = name("in_requests_per_user_minute"), name("cat_profile_peak")
    mean = (
        f"=IF(ISNUMBER({rps}),{rps}*{tokens},IF(ISNUMBER({day}),{day}/cat_seconds_per_day,"
        f"IF(ISNUMBER({users}),{users}*{each}/cat_seconds_per_minute*{tokens},{derived})))"
    )
    return mean, f"=IF({profile}>0,{profile},{name('in_peak_to_mean')})"


def _lines(model: Model, tokens: TokenTable) -> tuple[Line, ...]:
    """Below the table: contract, one-offs, tokens, today's engine and power."""
    decision = model.decision
    line, migration, scenario = decision.tokens, decision.scenario.migration, decision.scenario
    work = "(in_engineering_weeks*in_usd_per_week+in_revalidation)*(1+in_contingency)"
    calls = "(in_buy_tokens_weeks*in_usd_per_week+in_revalidation)*(1+in_contingency)"
    dearest = line.highest.usd_per_month / line.usd_per_month if line.offers and line.usd_per_month else 0.0
    kw = decision.catalog.default_power_book.kw_per_gpu.get(decision.baseline.key.hardware, 0.0)
    weeks = migration.buy_tokens_weeks * migration.usd_per_engineering_week + migration.revalidation_usd
    return (
        Line(
            "out_committed_gpus",
            "Committed GPUs",
            "GPUs",
            WHOLE,
            "=IF(in_months_left=0,0,IF(ISNUMBER(in_committed_gpus),in_committed_gpus,in_gpus))",
            scenario.current.committed_gpus,
        ),
        Line("cat_today_kw_per_gpu", "All-in power of today's GPU", "kW/GPU; 0: not known", NUMBER, "", kw),
        Line("out_one_off", "One-offs of a move", "USD", MONEY, f"={work}", one_off_cost(migration)),
        Line(
            "out_tokens_usd_per_month",
            "API tokens a month, median of providers",
            "USD/month; 0: no price",
            MONEY,
            f"=IF(COUNT({tokens.months})=0,0,MEDIAN({tokens.months}))",
            line.usd_per_month or 0.0,
        ),
        Line(
            "out_tokens_dearest_ratio",
            "Dearest provider over the median",
            "ratio; 0: no price",
            FACTOR,
            f"=IF(out_tokens_usd_per_month=0,0,MAX({tokens.months})/out_tokens_usd_per_month)",
            dearest,
        ),
        Line(
            "out_tokens_one_off",
            "One-offs of buying tokens",
            "USD",
            MONEY,
            f"={calls}",
            weeks * (1 + migration.contingency_fraction),
        ),
        Line("out_today_engine", "Engine of today, as delivered", "", TEXT, "", scenario.current.engine or "none"),
    )
