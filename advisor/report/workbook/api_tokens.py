"""On Prices: what tokens of API providers cost on the scenario's mix, provider by provider."""

from __future__ import annotations

from dataclasses import dataclass

from advisor.report.workbook.book import MONEY, MONEY_FINE, Sheet, cell, fixed, on
from advisor.report.workbook.model import Model
from advisor.report.workbook.names import numbered

PROVIDER, AS_OF, MONTH, FIRST_RATE = 0, 2, 3, 4
OFFERED, SOURCE = 13, 14
TALL_HEADER = 64


@dataclass(frozen=True)
class TokenTable:
    """Areas of the table: USD per million tokens (providers x workloads), and USD a month by provider."""

    rates: str
    months: str


def write_tokens(sheet: Sheet, model: Model, top: int) -> TokenTable:
    """Write the table from a row on; without an offer it holds the reason."""
    line, count = model.decision.tokens, model.workloads
    sheet.section(top, "API tokens, on the scenario's mix of input and output")
    rates = [f"USD per million tokens{'' if count == 1 else f', workload {n + 1}'}" for n in range(count)]
    sheet.header(top + 1, ("Provider",))
    sheet.header(top + 1, ("Offered as", "Source"), col=OFFERED)
    sheet.header(top + 1, ("As of", "USD a month", *rates), col=AS_OF, height=TALL_HEADER, figures=range(1, count + 2))
    first, last = top + 2, top + 1 + max(1, len(line.offers))
    if not line.offers:
        sheet.text(first, PROVIDER, line.reason)
    for row, offer in enumerate(line.offers, start=first):
        sheet.text(row, PROVIDER, offer.provider)
        sheet.text(row, AS_OF, offer.as_of)
        for number, rate in enumerate(offer.usd_per_mtok_by_workload):
            sheet.number(row, FIRST_RATE + number, rate, MONEY_FINE)
        if model.why_not_live:
            sheet.number(row, MONTH, offer.usd_per_month, MONEY)
        else:
            products = "+".join(
                f"{cell(row, FIRST_RATE + n, fixed_col=True)}*{numbered('out_mean_tok_s', n)}" for n in range(count)
            )
            month = f"=({products})*cat_hours_per_month*cat_seconds_per_hour/cat_tokens_per_mtok"
            sheet.formula(row, MONTH, month, offer.usd_per_month, MONEY)
        sheet.text(row, OFFERED, ", ".join(dict.fromkeys(offer.offered_as)), shrink=True)
        sheet.text(row, SOURCE, ", ".join(offer.sources))

    def area(left: int, right: int) -> str:
        return on(sheet.title, f"{fixed(first, left)}:{fixed(last, right)}")

    return TokenTable(area(FIRST_RATE, FIRST_RATE + count - 1), area(MONTH, MONTH))
