"""Own hardware: what it costs, on Prices; and the cash of buying and selling it by month, wherever there are fleets.

Formulas are those of docs/method.md, "Own hardware"; what today's GPUs once cost is spent and enters no future.
"""

from __future__ import annotations

from collections.abc import Callable

from advisor.money.terms import Terms
from advisor.report.workbook.book import MONEY, MONEY_FINE, NUMBER, Book, Sheet, cell
from advisor.report.workbook.model import Model
from advisor.report.workbook.names import TODAY, own
from advisor.report.workbook.page import Value
from advisor.scenario import Owned
from advisor.units import HOURS_PER_MONTH

Make = Callable[[int], str]

FIELDS = {
    "capex_usd_per_gpu": "capex",
    "life_months": "life",
    "age_months": "age",
    "residual_fraction": "residual",
    "resale_usd_per_gpu": "resale",
    "kw_per_gpu": "kw",
    "hosting_usd_per_gpu_month": "hosting",
}
"""Fields of own hardware, and how the names of their cells end."""
COLUMNS = (
    ("book", "Book value today, USD/GPU", MONEY, "={capex}*(1-MIN(1,{age}/{life})*(1-{residual}))"),
    ("value", "Worth today, USD/GPU", MONEY, "=IF(ISNUMBER({resale}),{resale},{book})"),
    ("all_in", "All-in power of the catalog, kW/GPU", NUMBER, ""),
    ("power_kw", "Power in use, kW/GPU", NUMBER, "=IF(ISNUMBER({kw}),{kw}*in_pue,{all_in})"),
    ("power", "Power, USD/GPU-month", MONEY, "={power_kw}*cat_hours_per_month*in_usd_per_kwh"),
    ("usd_per_gpu_month", "Running cost, USD/GPU-month", MONEY, "={power}+{hosting}"),
    ("depreciation", "Depreciation, USD/GPU-month", MONEY, "={capex}*(1-{residual})/{life}"),
    (
        "usd_per_gpu_hour",
        "Owner's cost, USD/GPU-hour",
        MONEY_FINE,
        "=({depreciation}+{usd_per_gpu_month})/cat_hours_per_month",
    ),
)
FIRST_COLUMN = 2
TALL_HEADER = 78


def write_own_hardware(book: Book, sheet: Sheet, model: Model, top: int) -> int:
    """Write the table on Prices and name its figures; the next free row."""
    sheet.section(top, "Own hardware: owner's cost a GPU-hour, for comparison; flows hold purchases, sales and running cost")
    sheet.header(top + 1, ("GPU",))
    sheet.header(
        top + 1, [head for _, head, _, _ in COLUMNS], col=FIRST_COLUMN, height=TALL_HEADER, figures=range(len(COLUMNS))
    )
    catalog, scenario = model.decision.catalog, model.decision.scenario
    for row, (kind, owned) in enumerate(model.own_kinds.items(), start=top + 2):
        hardware = scenario.current.hardware if kind == TODAY else kind
        name = catalog.hardware[hardware].name
        sheet.text(row, 0, f"{name}, there already" if kind == TODAY else name)
        values = _values(model, kind, owned, hardware)
        at = {key: cell(row, FIRST_COLUMN + number, fixed_col=True) for number, (key, *_) in enumerate(COLUMNS)}
        fields = {name: f"in_{own(kind, name)}" for name in FIELDS.values()}
        for number, (key, _, fmt, formula) in enumerate(COLUMNS, start=FIRST_COLUMN):
            value = values[key]
            if formula:
                sheet.formula(row, number, formula.format(**fields, **at), value, fmt)
                book.name(f"out_{own(kind, key)}", sheet.title, row, number)
            elif isinstance(value, str):
                sheet.text(row, number, value, align="right")
            else:
                sheet.number(row, number, value, fmt)
    return top + 3 + len(model.own_kinds)


def terms_of(model: Model, kind: str) -> Terms:
    """Cash terms of a kind of own hardware."""
    if kind == TODAY:
        return model.case.ledger.today.terms
    return model.terms_of(next(row for row in model.rows if row.own_kind == kind))


def _values(model: Model, kind: str, owned: Owned, hardware: str) -> dict[str, Value]:
    terms, scenario = terms_of(model, kind), model.decision.scenario
    all_in: Value = model.decision.catalog.default_power_book.kw_per_gpu.get(hardware, "unknown")
    kw = all_in if owned.kw_per_gpu is None else owned.kw_per_gpu * scenario.finance.pue
    power = terms.usd_per_gpu_month - owned.hosting_usd_per_gpu_month
    depreciation = owned.capex_usd_per_gpu * (1 - owned.residual_fraction) / owned.life_months
    return {
        "book": terms.book_usd,
        "value": terms.held_usd,
        "all_in": all_in,
        "power_kw": kw,
        "power": power,
        "usd_per_gpu_month": terms.usd_per_gpu_month,
        "depreciation": depreciation,
        "usd_per_gpu_hour": (depreciation + terms.usd_per_gpu_month) / HOURS_PER_MONTH,
    }


def held_value(month: str) -> str:
    """Worth of one of today's own GPUs in a month: a straight line to the value at the end of its life, then flat."""
    capex, residual, life, age = (f"in_{own(TODAY, what)}" for what in ("capex", "residual", "life", "age"))
    left = f"IF({life}>{age},MAX(0,1-{month}/({life}-{age})),0)"
    return f"{capex}*{residual}+(out_{own(TODAY, 'value')}-{capex}*{residual})*{left}"


def closing_value(month: str, active: str, capex: str, end: str, life: str) -> str:
    """Value at the end of the horizon of a GPU bought in a month; 0 beyond the horizon."""
    return f"{active}*({capex}-({capex}-{end})*MIN(1,(in_horizon-{month})/{life}))"


def bought(now: str, before: str, whole: str, whole_before: str, price: str, closing: str, month: str) -> str:
    """Cash of buying GPUs: ``now`` less ``before`` is bought, and all that was bought is valued at the end of the horizon.

    ``whole`` and ``whole_before`` are the row of GPUs and the same row a month earlier, ``closing`` the values by month.
    """
    valued = f"SUMPRODUCT(({whole}>{whole_before})*({whole}-{whole_before})*{closing})"
    return f"MAX(0,{now}-{before})*{price}-IF({month}=in_horizon,{valued},0)"


def sold(kept: str, kept_before: str, value: str, month: str) -> str:
    """Cash of today's own GPUs as they go, at their worth in that month; what is left is valued at the end."""
    return f"-({kept_before}-{kept})*{value}-IF({month}=in_horizon,{kept}*{value},0)"
