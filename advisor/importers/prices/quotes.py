"""One's own quote sheet, CSV or XLSX: a GPU, a price per GPU-hour or per machine, and what else the sheet says."""

from __future__ import annotations

from collections import Counter
from typing import Literal

from advisor.importers.document import Document
from advisor.importers.prices.rows import Row, table
from advisor.importers.records import Found, ImportedOffer, ImportRefusedError
from advisor.importers.values import iso_date, positive, text
from advisor.units import HOURS_PER_MONTH

NAME = "quote sheet"
GPU_COLUMNS = ("gpu", "hardware", "accelerator", "gputype", "gpumodel", "product", "sku")
PER_GPU_HOUR = ("usdpergpuhour", "pricepergpuhour", "usdgpuhour", "usdgpuh", "gpuhourusd", "pricegpuhour", "usdpergpuhr")
PER_MACHINE_HOUR = (
    "usdperhour",
    "priceperhour",
    "usdh",
    "hourlyprice",
    "usdperserverhour",
    "usdpermachinehour",
    "pricehour",
)
PER_MACHINE_MONTH = ("usdpermonth", "pricepermonth", "monthlyprice", "usdmonth")
COUNTS = ("gpus", "gpucount", "gpuspermachine", "gpusperserver", "gpuspernode")
BASES: dict[str, Literal["on_demand", "spot", "reserved_1y", "reserved_3y"]] = {
    "ondemand": "on_demand", "payasyougo": "on_demand", "spot": "spot", "preemptible": "spot", "interruptible": "spot",
    "reserved1y": "reserved_1y", "1y": "reserved_1y", "1year": "reserved_1y", "12months": "reserved_1y",
    "1yearreserved": "reserved_1y",
    "reserved3y": "reserved_3y", "3y": "reserved_3y", "3years": "reserved_3y", "36months": "reserved_3y",
    "3yearreserved": "reserved_3y",
    "oneyear": "reserved_1y", "threeyears": "reserved_3y",
}  # fmt: skip


def detect(document: Document) -> bool:
    """A sheet with a GPU column and a price whose unit its name says."""
    if document.looks_like_json:
        return False
    return any(
        table(document, gpu, price)
        for gpu in GPU_COLUMNS
        for price in (*PER_GPU_HOUR, *PER_MACHINE_HOUR, *PER_MACHINE_MONTH)
    )


def read(document: Document) -> Found:
    """Offers per GPU-hour; rows that cannot be priced are counted by reason."""
    left_out: Counter[str] = Counter()
    offers = []
    for gpu_column in GPU_COLUMNS:
        for column in (*PER_GPU_HOUR, *PER_MACHINE_HOUR, *PER_MACHINE_MONTH):
            for row in table(document, gpu_column, column):
                offer = _offer(row, gpu_column, column, left_out)
                if offer is not None:
                    offers.append(offer)
            if offers or left_out:
                return _found(document, offers, left_out)
    raise ImportRefusedError(f"{document.file}: holds no rows with a GPU and a price")


def _found(document: Document, offers: list[ImportedOffer], left_out: Counter[str]) -> Found:
    warnings = tuple(f"{count} rows left out: {reason}" for reason, count in left_out.items())
    if not offers:
        raise ImportRefusedError(f"{document.file}: no usable price; {'; '.join(warnings)}")
    return Found(offers=tuple(offers), warnings=warnings)


def _offer(row: Row, gpu_column: str, column: str, left_out: Counter[str]) -> ImportedOffer | None:
    gpu, price = text(row.get(gpu_column)), positive(row.get(column))
    count = next((found for name in COUNTS if (found := positive(row.get(name)))), None)
    if gpu is None or price is None:
        left_out["no GPU name or no price above zero"] += 1
        return None
    currency = (text(row.get("currency")) or "USD").upper()
    if currency not in ("USD", "US$", "$"):
        left_out[f"in {currency}: give USD"] += 1
        return None
    basis_words = "".join(
        c for c in (row.get("basis") or row.get("term") or row.get("commitment") or "").lower() if c.isalnum()
    )
    if basis_words and basis_words not in BASES:
        left_out[f"basis {basis_words!r} is none of on-demand, spot, reserved 1y, reserved 3y"] += 1
        return None
    if column not in PER_GPU_HOUR:
        if count is None:
            left_out["a price per machine without its number of GPUs"] += 1
            return None
        price /= count * (HOURS_PER_MONTH if column in PER_MACHINE_MONTH else 1.0)
    return ImportedOffer(
        provider=text(row.get("provider") or row.get("vendor") or row.get("supplier")),
        hardware=gpu,
        usd_per_gpu_hour=price,
        basis=BASES.get(basis_words, "on_demand"),
        as_of=iso_date(row.get("date") or row.get("asof") or row.get("quotedate")),
        region=text(row.get("region") or row.get("location")),
        machine_type=text(row.get("machinetype") or row.get("instancetype")),
        gpus_per_machine=int(count) if count else None,
        note=None if basis_words else "the sheet names no basis: on demand is assumed",
    )
