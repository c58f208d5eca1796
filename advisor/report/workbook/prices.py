"""The sheet Prices: what a GPU of each kind costs an hour, today's own price, own hardware, and tokens of API providers."""

from __future__ import annotations

from dataclasses import dataclass

from advisor.pricing import Price, candidate_price
from advisor.report.workbook.api_tokens import TokenTable, write_tokens
from advisor.report.workbook.book import MONEY, MONEY_FINE, TEXT, WHOLE, Book, Sheet, cell, fixed, on
from advisor.report.workbook.model import Model
from advisor.report.workbook.names import TODAY, own
from advisor.report.workbook.own_hardware import write_own_hardware
from advisor.report.workbook.rows import is_listed

PRICES = "Prices"
PRICES_HEADER, PRICES_FIRST = 3, 4
RULE_WIDTH, SOURCE_WIDTH = 62, 52
PRICE_COLUMNS = (
    "GPU",
    "Id",
    "ListUnitPrice (offers or book)",
    "ContractedUnitPrice (own quote)",
    "In use",
    "In use is",
    "Lowest listed",
    "Highest listed",
    "Basis",
    "PricingCategory (FOCUS)",
    "Provider",
    "As of",
    "Offers",
    "Rule",
    "Source",
    "Takes effect",
)
(
    P_NAME,
    P_ID,
    P_LIST,
    P_QUOTE,
    P_USE,
    P_WHAT,
    P_LOW,
    P_HIGH,
    P_BASIS,
    P_CATEGORY,
    P_PROVIDER,
    P_DATE,
    P_COUNT,
    P_RULE,
    P_SOURCE,
    P_LIVE,
) = range(len(PRICE_COLUMNS))
OWN_COLUMNS = (
    "Paid a month, USD/GPU",
    "Purchase, USD/GPU (empty: rented)",
    "Value at the end of life, USD/GPU",
    "Life, months",
)
"""Beside the table where any hardware is owned."""
P_CASH, P_BUY, P_END, P_LIFE = range(len(PRICE_COLUMNS), len(PRICE_COLUMNS) + len(OWN_COLUMNS))
LAST_PRICE = 199
"""A row below the table and what stands below it, for areas over a column."""
BELOW = "Today"
"""Heading of what stands below the table; quotes are read above it."""
CATEGORY = {"on_demand": "Standard", "spot": "Dynamic", "reserved_1y": "Committed", "reserved_3y": "Committed"}
"""FOCUS 1.x PricingCategory of our price bases; an own quote or an owner's cost is Other."""


@dataclass(frozen=True)
class Prices:
    """Where Prices stands: the row of every GPU, whether any hardware is owned, and the table of API tokens."""

    rows: dict[str, int]
    owns: bool
    tokens: TokenTable


def write_prices(book: Book, model: Model) -> Prices:
    """Write Prices."""
    sheet = book.sheet(PRICES)
    sheet.heading("Prices", "USD per GPU-hour. Type an own quote into the blue column: it stands above every offer.")
    bought, live = set(model.own_kinds) - {TODAY}, set[str]()
    if not model.why_not_live:
        live = {row.option.key.hardware for row in model.rows}
    columns = PRICE_COLUMNS + (OWN_COLUMNS if model.own_kinds else ())
    sheet.header(
        PRICES_HEADER, columns, figures=(P_LIST, P_QUOTE, P_USE, P_LOW, P_HIGH, P_COUNT, P_CASH, P_BUY, P_END, P_LIFE)
    )
    sheet.widths(34, 14, 16, 18, 12, 20, 10, 10, 14, 16, 26, 12, 8, RULE_WIDTH, SOURCE_WIDTH, 18, *(14 for _ in OWN_COLUMNS))
    sheet.repeat(PRICES_HEADER)
    rows = {}
    for number, hardware in enumerate(model.decision.catalog.hardware, start=PRICES_FIRST):
        rows[hardware] = number
        _price_row(sheet, number, model, hardware, hardware in live)
        if model.own_kinds and hardware in live:
            _cash(sheet, number, model, hardware, hardware in bought)
    free = _today(book, sheet, model, PRICES_FIRST + len(rows) + 1)
    if model.own_kinds:
        free = write_own_hardware(book, sheet, model, free)
    return Prices(rows, bool(model.own_kinds), write_tokens(sheet, model, free))


def _today(book: Book, sheet: Sheet, model: Model, top: int) -> int:
    """What an hour of today's GPUs costs, and what is paid a month for one; the next free row."""
    price, owned = model.decision.baseline.price, model.decision.scenario.current.owned is not None
    assert price is not None  # today's bill is always known
    sheet.section(top, BELOW)
    hour, month = top + 1, top + 2
    sheet.text(hour, P_NAME, "Today's price (EffectiveCost per GPU-hour)")
    sheet.text(hour, P_RULE, price.rule)
    sheet.text(hour, P_BASIS, price.basis)
    sheet.text(hour, P_PROVIDER, price.provider)
    sheet.text(month, P_NAME, "Running cost, USD per GPU-month" if owned else "Rent, USD per GPU-month")
    paid = model.case.ledger.today.terms.usd_per_gpu_month
    if model.why_not_live:
        sheet.number(hour, P_USE, price.usd_per_gpu_hour, MONEY_FINE)
        sheet.number(month, P_USE, paid, MONEY)
    else:
        hourly, monthly = "in_today_usd_per_gpu_hour", "in_today_usd_per_month"
        formula = f"=IF(ISNUMBER({hourly}),{hourly},{monthly}/(in_gpus*cat_hours_per_month))"
        rent = "=out_today_usd_per_gpu_hour*cat_hours_per_month"
        if owned:
            formula, rent = (f"=out_{own(TODAY, what)}" for what in ("usd_per_gpu_hour", "usd_per_gpu_month"))
        sheet.formula(hour, P_USE, formula, price.usd_per_gpu_hour, MONEY_FINE)
        sheet.formula(month, P_USE, rent, paid, MONEY)
    book.name("out_today_usd_per_gpu_hour", PRICES, hour, P_USE)
    book.name("out_today_usd_per_gpu_month", PRICES, month, P_USE)
    return month + 2


def _cash(sheet: Sheet, row: int, model: Model, hardware: str, is_bought: bool) -> None:
    """What is paid a month for a GPU; for one that is bought also what it costs and what it is worth later."""
    option = next(one for one in model.rows if one.option.key.hardware == hardware)
    terms = model.terms_of(option)
    if not is_bought:
        today = "out_today_usd_per_gpu_month" if option.in_place else ""
        rent = f"={cell(row, P_USE, fixed_col=True)}*cat_hours_per_month"
        sheet.formula(row, P_CASH, f"={today}" if today else rent, terms.usd_per_gpu_month, MONEY)
        return
    capex, residual, life = (f"in_{own(hardware, what)}" for what in ("capex", "residual", "life"))
    sheet.formula(row, P_CASH, f"=out_{own(hardware, 'usd_per_gpu_month')}", terms.usd_per_gpu_month, MONEY)
    sheet.formula(row, P_BUY, f"={capex}", terms.purchase_usd, MONEY)
    sheet.formula(row, P_END, f"={capex}*{residual}", terms.residual_usd, MONEY)
    sheet.formula(row, P_LIFE, f"={life}", terms.life_months, WHOLE)


def _price_row(sheet: Sheet, row: int, model: Model, hardware: str, live: bool) -> None:
    scenario, catalog = model.decision.scenario, model.decision.catalog
    wanted = scenario.candidates.price
    listed = candidate_price(catalog, hardware, wanted.model_copy(update={"overrides": {}}))
    quote = wanted.overrides.get(hardware)
    sheet.text(row, P_NAME, catalog.hardware[hardware].name)
    sheet.text(row, P_ID, hardware)
    if listed is not None:
        _listed(sheet, row, listed)
    else:
        sheet.text(row, P_RULE, "no offer on this basis: give an own quote")
    sheet.entry(row, P_QUOTE, quote, MONEY_FINE)
    rule = {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 1000}
    sheet.page.data_validation(row, P_QUOTE, row, P_QUOTE, rule)
    quoted_later = quote is None and not is_listed(scenario, hardware)
    owned = hardware in model.own_kinds  # what costs the same as today's GPUs is run in place, not bought
    follows = "here, at once" if is_listed(scenario, hardware) else "here, while quoted"
    sheet.text(row, P_LIVE, "on upload" if not live or quoted_later else follows)
    if not live:
        return
    option = next(one.option for one in model.rows if one.option.key.hardware == hardware)
    assert option.price is not None  # rows are priced
    if quoted_later:
        rate = f"=out_{own(hardware, 'usd_per_gpu_hour')}" if owned else "=out_today_usd_per_gpu_hour"
        sheet.formula(row, P_USE, rate, option.price.usd_per_gpu_hour, MONEY_FINE)
        sheet.text(row, P_WHAT, "own hardware, below" if owned else "what you pay today", align="left", indent=1)
        return
    quoted, book_price = cell(row, P_QUOTE, fixed_col=True), cell(row, P_LIST, fixed_col=True)
    sheet.formula(row, P_USE, f"=IF(ISNUMBER({quoted}),{quoted},{book_price})", option.price.usd_per_gpu_hour, MONEY_FINE)
    what = "own quote" if quote is not None else "list price"
    sheet.formula(row, P_WHAT, f'=IF(ISNUMBER({quoted}),"own quote","list price")', what, TEXT, align="left", indent=1)


def _listed(sheet: Sheet, row: int, price: Price) -> None:
    sheet.number(row, P_LIST, price.usd_per_gpu_hour, MONEY_FINE)
    if price.low is not None and price.high is not None:
        sheet.number(row, P_LOW, price.low, MONEY_FINE)
        sheet.number(row, P_HIGH, price.high, MONEY_FINE)
    sheet.text(row, P_BASIS, price.basis, align="left", indent=1)
    sheet.text(row, P_CATEGORY, CATEGORY.get(price.basis, "Other"))
    sheet.text(row, P_PROVIDER, price.provider)
    sheet.text(row, P_DATE, price.as_of or "undated")
    sheet.number(row, P_COUNT, len(price.offers or price.own), WHOLE)
    sheet.wrapped(row, (P_RULE, price.rule, RULE_WIDTH), (P_SOURCE, ", ".join(price.source), SOURCE_WIDTH))


def plans_as_delivered(model: Model, prices: Prices) -> str:
    """A formula: no quote or price makes options or a kind of plan that the file does not have.

    A quote typed for a GPU that is there or would be bought makes it one that is rented; emptied, the reverse. GPUs of
    today's kind run in place exactly where they cost what today's do (:func:`advisor.decision.case.runs_in_place`).
    """
    scenario, rows = model.decision.scenario, {row.option.key.hardware: row for row in model.rows}
    holds = list[str]()
    for hardware, line in prices.rows.items():
        row, quoted = rows.get(hardware), hardware in scenario.candidates.price.overrides
        quote, use = (on(PRICES, fixed(line, col)) for col in (P_QUOTE, P_USE))
        if row is None or not is_listed(scenario, hardware):
            holds.append(f"ISNUMBER({quote})" if quoted else f"NOT(ISNUMBER({quote}))")
        if row is not None and hardware == scenario.current.hardware:
            holds.append(f"{use}{'=' if row.in_place else '<>'}out_today_usd_per_gpu_hour")
    if model.equals_today:
        holds.append("ABS(out_today_usd_per_gpu_hour/cat_today_price_delivered-1)<=cat_float_noise")
    return f"=IF(AND({','.join(holds)}),1,0)"
