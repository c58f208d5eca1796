"""The sheets Prices and Operating points: what each option costs an hour, and the curve it is read from."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from advisor.evidence.age import UNDATED, software_age
from advisor.evidence.frontier import Curve
from advisor.pricing import Price, candidate_price, has_own_quote
from advisor.report.workbook.book import MONEY_FINE, NUMBER, WHOLE, Book, Sheet, cell, fixed, on
from advisor.report.workbook.model import Model, Row

PRICES = "Prices"
PRICES_HEADER, PRICES_FIRST = 3, 4
RULE_WIDTH, SOURCE_WIDTH = 88, 60
PRICE_COLUMNS = (
    "GPU",
    "Id",
    "ListUnitPrice (offers or book)",
    "ContractedUnitPrice (own quote)",
    "In use",
    "Low",
    "High",
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
CATEGORY = {"on_demand": "Standard", "spot": "Dynamic", "reserved_1y": "Committed", "reserved_3y": "Committed"}
"""FOCUS 1.x PricingCategory of our price bases; an own quote or an owner's cost is Other."""

POINTS = "Operating points"
COLUMNS_A_PAGE = 15
POINTS_FIRST, STRIDE, DATA = 4, 14, 3
LINES = (
    "Interactivity",
    "Throughput",
    "Slope (Steffen, by the engine)",
    "Knot: interactivity",
    "Knot: throughput",
    "Knot: GPUs of a replica",
    "Knot: engine",
    "Knot: record",
    "Knot: run",
    "Knot: age of its software, months",
    "80 % interval: lower end",
    "Slope of the lower end",
    "80 % interval: upper end",
    "Slope of the upper end",
)
X, Y, SLOPE, KNOT_X, KNOT_Y, REPLICA, ENGINE, RECORD, RUN, AGE, LOW, LOW_SLOPE, HIGH, HIGH_SLOPE = range(STRIDE)


def write_prices(book: Book, model: Model) -> dict[str, int]:
    """Write Prices; the row of every GPU."""
    sheet = book.sheet(PRICES)
    sheet.heading("Prices", "USD per GPU-hour. Type an own quote into the blue column: it stands above every offer.")
    sheet.header(PRICES_HEADER, PRICE_COLUMNS)
    sheet.widths(24, 12, 16, 18, 12, 10, 10, 14, 16, 26, 12, 8, RULE_WIDTH, SOURCE_WIDTH, 14)
    sheet.repeat(PRICES_HEADER)
    live = set() if model.why_not_live else {row.option.key.hardware for row in model.rows}
    rows = {}
    for number, hardware in enumerate(model.decision.catalog.hardware, start=PRICES_FIRST):
        rows[hardware] = number
        _price_row(sheet, number, model, hardware, hardware in live)
    last = PRICES_FIRST + len(rows) + 1
    sheet.section(last, "Today")
    sheet.text(last + 1, P_NAME, "Today's price (EffectiveCost per GPU-hour)")
    price = model.decision.baseline.price
    assert price is not None  # today's bill is always known
    sheet.text(last + 1, P_RULE, price.rule)
    sheet.text(last + 1, P_BASIS, price.basis)
    sheet.text(last + 1, P_PROVIDER, price.provider)
    if model.why_not_live:
        sheet.number(last + 1, P_USE, price.usd_per_gpu_hour, MONEY_FINE)
    else:
        hourly, monthly = "in_today_usd_per_gpu_hour", "in_today_usd_per_month"
        formula = f"=IF(ISNUMBER({hourly}),{hourly},{monthly}/(in_gpus*cat_hours_per_month))"
        sheet.formula(last + 1, P_USE, formula, price.usd_per_gpu_hour, MONEY_FINE)
    book.name("out_today_usd_per_gpu_hour", PRICES, last + 1, P_USE)
    return rows


def _price_row(sheet: Sheet, row: int, model: Model, hardware: str, live: bool) -> None:
    scenario, catalog = model.decision.scenario, model.decision.catalog
    wanted = scenario.candidates.price
    today = hardware == scenario.current.hardware
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
    quoted_later = today and quote is None and not has_own_quote(hardware, wanted)
    sheet.text(row, P_LIVE, "on upload" if not live or quoted_later else "here, at once")
    if not live:
        return
    option = next(one.option for one in model.rows if one.option.key.hardware == hardware)
    assert option.price is not None  # rows are priced
    if quoted_later:
        sheet.formula(row, P_USE, "=out_today_usd_per_gpu_hour", option.price.usd_per_gpu_hour, MONEY_FINE)
        sheet.text(row, P_SOURCE, "what you pay today")
        return
    own, book_price = cell(row, P_QUOTE, fixed_col=True), cell(row, P_LIST, fixed_col=True)
    sheet.formula(row, P_USE, f"=IF(ISNUMBER({own}),{own},{book_price})", option.price.usd_per_gpu_hour, MONEY_FINE)


def _listed(sheet: Sheet, row: int, price: Price) -> None:
    sheet.number(row, P_LIST, price.usd_per_gpu_hour, MONEY_FINE)
    if price.low is not None and price.high is not None:
        sheet.number(row, P_LOW, price.low, MONEY_FINE)
        sheet.number(row, P_HIGH, price.high, MONEY_FINE)
    sheet.text(row, P_BASIS, price.basis)
    sheet.text(row, P_CATEGORY, CATEGORY.get(price.basis, "Other"))
    sheet.text(row, P_PROVIDER, price.provider)
    sheet.text(row, P_DATE, price.as_of or "undated")
    sheet.number(row, P_COUNT, len(price.offers or price.own), WHOLE)
    sheet.wrapped(row, (P_RULE, price.rule, RULE_WIDTH), (P_SOURCE, ", ".join(price.source), SOURCE_WIDTH))


def write_points(book: Book, model: Model) -> tuple[dict[str, tuple[int, int]], str]:
    """Write Operating points; first rows of the two curves of every row, and the region all lookups read."""
    sheet = book.sheet(POINTS)
    sheet.heading(
        "Operating points",
        "tok/s/user and tok/s/GPU (input and output). Records and the engine's curve through them, no inputs: "
        "Sizing reads them at the interactivity asked.",
    )
    sheet.header(3, ("Option", "Line", "Kind"))
    sheet.widths(30, 28, 14)
    sheet.repeat(3, DATA)
    blocks: dict[str, tuple[int, int]] = {}
    row, width = POINTS_FIRST, 1
    for key, item in [("today", model.today), *((one.id, one) for one in model.rows)]:
        first, second = row, row
        ages = _ages(model, item)
        width = max(width, _block(sheet, row, item, item.lookup.first, item.lookup.first_kind, ages))
        row += STRIDE
        if item.lookup.second is not None:
            second = row
            width = max(width, _block(sheet, row, item, item.lookup.second, item.lookup.second_kind, ages))
            row += STRIDE
        blocks[key] = (first, second)
    for number in range(width):
        sheet.number(3, DATA + number, number + 1, WHOLE, bold=True, bottom=1, bg_color="#E8EEF4")
    sheet.page.set_column(DATA, DATA + width, 13)
    sheet.page.repeat_columns(0, DATA - 1)
    sheet.page.fit_to_pages(max(1, round(width / COLUMNS_A_PAGE)), 0)
    return blocks, on(POINTS, f"{fixed(0, DATA)}:{fixed(row, DATA + width)}")


def _ages(model: Model, item: Row) -> Callable[[str | None], float | None]:
    """Months since a run, None where it is undated; own measurements are today's software."""
    if item.lookup.first_kind == "user-measured":
        return lambda _: 0.0
    catalog = model.decision.catalog
    aging = catalog.latency_fits[-1].aging

    @cache
    def age(run_date: str | None) -> float | None:
        found = software_age((run_date,), catalog.as_of, aging)
        return found.months if found.dated else None

    return age


def _block(
    sheet: Sheet, row: int, item: Row, curve: Curve | None, kind: str, age: Callable[[str | None], float | None]
) -> int:
    """One curve; how many columns it takes. Without a curve a single knot of kind none, which is never reached."""
    for line, name in enumerate(LINES):
        sheet.text(row + line, 0, item.label, font_color="#888888" if line else "#000000")
        sheet.text(row + line, 1, name)
        sheet.text(row + line, 2, kind if line == X else "")
    if curve is None:
        for line, value in ((X, 1.0), (Y, 1.0), (SLOPE, 0.0), (KNOT_X, 1.0), (KNOT_Y, 0.0), (REPLICA, 0.0)):
            sheet.number(row + line, DATA, value)
        sheet.text(row + ENGINE, DATA, "none")
        return 1
    cubic, numbers = curve.throughput, sheet.book.style(num_format=NUMBER)
    lines = [(X, cubic.x), (Y, cubic.y), (SLOPE, cubic.slope)]
    if curve.bounds is not None:
        low, high = curve.bounds
        lines += [(LOW, low.y), (LOW_SLOPE, low.slope), (HIGH, high.y), (HIGH_SLOPE, high.slope)]
    for line, series in lines:
        for number, value in enumerate(series, start=DATA):
            sheet.page.number(row + line, number, value, numbers)
    if curve.origin is not None:
        for line, value in ((KNOT_X, curve.slowest), (KNOT_Y, 0.0), (REPLICA, float(curve.origin.replica_gpus))):
            sheet.number(row + line, DATA, value, NUMBER)
        sheet.text(row + ENGINE, DATA, "none")
        sheet.text(row + RECORD, DATA, curve.origin.source)
        _age(sheet, row, DATA, age(None))
    for number, knot in enumerate(curve.knots):
        sheet.number(row + KNOT_X, DATA + number, knot.interactivity_tok_s_per_user, NUMBER)
        sheet.number(row + KNOT_Y, DATA + number, knot.tok_s_per_gpu, NUMBER)
        sheet.number(row + REPLICA, DATA + number, knot.replica_gpus or 0, WHOLE)
        sheet.text(row + ENGINE, DATA + number, knot.engine or "none")
        sheet.text(row + RECORD, DATA + number, knot.point_id)
        sheet.text(row + RUN, DATA + number, knot.run_date or UNDATED)
        _age(sheet, row, DATA + number, age(knot.run_date))
    return max(len(cubic.x), len(curve.knots))


def _age(sheet: Sheet, row: int, col: int, months: float | None) -> None:
    """Age of a run's software, or that nobody knows it."""
    if months is None:
        sheet.text(row + AGE, col, UNDATED)
    else:
        sheet.number(row + AGE, col, months, NUMBER)
