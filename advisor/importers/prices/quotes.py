"""One's own quote sheet, CSV or XLSX: a GPU, a price per GPU-hour or per machine, and what else the sheet says."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from advisor.importers.document import Document
from advisor.importers.prices.prepare import rows_left_out
from advisor.importers.prices.rows import workbook_sheets
from advisor.importers.prices.sheet import Header, PriceColumn, basis_of_cell, find_header, money
from advisor.importers.records import Found, ImportedOffer, ImportRefusedError
from advisor.importers.values import day, positive, text

NAME = "quote sheet"
HEADER_SEARCH = 30
SAMPLE_ROWS = 200
COUNTED = re.compile(r"^\s*(\d{1,3})\s*[x×*]\s*(?=[A-Za-z])", re.IGNORECASE)
NO_BASIS = "the sheet names no basis: on demand is assumed"

Rows = Sequence[Sequence[str]]


def detect(document: Document) -> bool:
    """A sheet with a GPU column and a price whose unit its name says."""
    return not document.looks_like_json and _sheet(document) is not None


def read(document: Document) -> Found:
    """Offers per GPU-hour; rows that cannot be priced are counted by reason."""
    found = _sheet(document)
    if found is None:
        raise ImportRefusedError(f"{document.file}: holds no rows with a GPU and a price")
    header, rows = found
    left_out: Counter[str] = Counter()
    offers: list[ImportedOffer] = []
    comma = _decimal_comma(document, rows)
    for row in rows[header.row + 1 :]:
        offers += _offers(row, rows[header.row], header, left_out, decimal_comma=comma)
    warnings = rows_left_out(left_out)
    if not offers:
        raise ImportRefusedError(f"{document.file}: no usable price; {'; '.join(warnings) or 'no rows'}")
    notes = dict.fromkeys(offer.note for offer in offers if offer.note)
    return Found(offers=tuple(offers), warnings=(*warnings, *notes))


def _sheet(document: Document) -> tuple[Header, Rows] | None:
    sheets = workbook_sheets(document) if document.is_workbook else (document.rows,)
    for rows in sheets:
        header = find_header(rows, HEADER_SEARCH)
        if header is not None:
            return header, rows
    return None


def _decimal_comma(document: Document, rows: Rows) -> bool:
    """Whether 2,490 means 2.49: semicolons between cells, and no number with a point in it."""
    if document.is_workbook or document.delimiter != ";":
        return False
    return not any(re.fullmatch(r"\D{0,4}\d+\.\d+\D{0,4}", cell) for row in rows[:SAMPLE_ROWS] for cell in row)


def _offers(
    row: Sequence[str], names: Sequence[str], header: Header, left_out: Counter[str], *, decimal_comma: bool
) -> list[ImportedOffer]:
    """One row's offers: one, or one a price column where every basis has its own."""
    get = {name: row[at] for name, at in header.others.items() if at < len(row)}
    gpu = text(row[header.gpu]) if header.gpu < len(row) else None
    amounts = [(column, *money(row[column.index], decimal_comma=decimal_comma)) for column in header.prices
               if column.index < len(row) and row[column.index]]  # fmt: skip
    if gpu is None and not any(amount for _, amount, _ in amounts):
        return []  # a note, a heading or an empty row
    usable = [(column, amount, said) for column, amount, said in amounts if amount is not None and amount > 0]
    if gpu is None or not usable:
        left_out["no GPU name or no price above zero"] += 1
        return []
    found = []
    for column, amount, said in usable:
        currency = (said or text(get.get("currency")) or column.currency).upper()
        if currency not in ("USD", "US$", "$", "US DOLLAR"):
            left_out[f"in {currency}: give USD"] += 1
            continue
        offer = _offer(gpu, amount, column, row, names, header, left_out)
        if offer is not None:
            found.append(offer)
    return found


def _offer(
    gpu: str,
    amount: float,
    column: PriceColumn,
    row: Sequence[str],
    names: Sequence[str],
    header: Header,
    left_out: Counter[str],
) -> ImportedOffer | None:
    get = {name: row[at] for name, at in header.others.items() if at < len(row)}
    basis, said = column.basis, get.get("basis") or ""
    if basis is None and said:
        basis = basis_of_cell(said, names[header.others["basis"]])
        if basis is None:
            left_out[f"basis {said[:40]!r} is none of on-demand, spot, reserved 1y, reserved 3y"] += 1
            return None
    counted = COUNTED.match(gpu)
    count = positive(row[header.count]) if header.count is not None and header.count < len(row) else None
    count = count or (float(counted[1]) if counted else None)
    if not column.per_gpu:
        if not count:
            left_out["a price per machine without its number of GPUs"] += 1
            return None
        amount /= count
    if count is not None and count != int(count):
        left_out["a number of GPUs that is not whole"] += 1
        return None
    return ImportedOffer(
        provider=text(get.get("provider")),
        hardware=gpu[counted.end() :] if counted else gpu,
        usd_per_gpu_hour=amount / column.hours,
        basis=basis or "on_demand",
        as_of=day(get.get("date")),
        region=text(get.get("region")),
        machine_type=text(get.get("machine")),
        gpus_per_machine=int(count) if count else None,
        note=None if basis else NO_BASIS,
    )
