"""SkyPilot's ``vms.csv``: prices are per instance, hosts and GPUs may be split, some figures are no prices at all."""

from __future__ import annotations

from collections import Counter
from typing import Literal

from advisor.importers.document import Document
from advisor.importers.prices.prepare import fold, rows_left_out
from advisor.importers.prices.rows import Row, table
from advisor.importers.records import Found, ImportedOffer, ImportRefusedError
from advisor.importers.values import iso_date, positive, text

NAME = "SkyPilot catalog"
NEEDED = ("instancetype", "acceleratorname", "acceleratorcount", "price", "spotprice")
SENTINEL_USD = frozenset({700.0})
"""Placed where no price is known (TPU rows of Google's catalog)."""
BID_FLOOR_USD_PER_GPU = 1.0
"""Exactly this per GPU on demand and as spot: the floor of an auction (Mithril), not a price."""

Basis = Literal["on_demand", "spot"]


def detect(document: Document) -> bool:
    """SkyPilot's column names, in any order."""
    return not document.looks_like_json and not document.is_workbook and bool(table(document, *NEEDED))


def read(document: Document) -> Found:
    """Offers per GPU-hour; what is not a price is counted by reason."""
    left_out: Counter[str] = Counter()
    offers: list[ImportedOffer] = []
    rows = table(document, *NEEDED)
    hosts_only = any(not row.get("acceleratorname") and _gpu_family(row.get("instancetype", "")) for row in rows)
    for row in rows:
        offers += _offers(document, row, left_out)
    warnings = [*rows_left_out(left_out)]
    if hosts_only:
        warnings.append(
            "host rows of GPU machines (a2-, a3-, a4-) hold the price of the host without its GPUs: they are no offers"
        )
    if not offers:
        raise ImportRefusedError(f"{document.file}: no usable GPU price; {'; '.join(warnings) or 'no GPU rows'}")
    if any(_names_region(row) for row in rows):
        warnings.append("a price in a region is no promise of availability there")
    return Found(offers=fold(offers), warnings=tuple(warnings))


def _names_region(row: Row) -> bool:
    return bool(row.get("region"))


def _gpu_family(instance: str) -> bool:
    return instance.lower().startswith(("a2-", "a3-", "a4-", "a4x-"))


def _offers(document: Document, row: Row, left_out: Counter[str]) -> list[ImportedOffer]:
    name, instance = text(row.get("acceleratorname")), text(row.get("instancetype"))
    count = positive(row.get("acceleratorcount"))
    if name is None:
        left_out["no accelerator (a CPU machine, or a host without its GPUs)"] += 1
        return []
    if name.lower().startswith("tpu"):
        left_out["a TPU, no GPU"] += 1
        return []
    if instance is None:
        left_out["the price of GPUs without their host (no InstanceType): not what a machine costs"] += 1
        return []
    if count is None:
        left_out["no accelerator count"] += 1
        return []
    prices = {"on_demand": positive(row.get("price")), "spot": positive(row.get("spotprice"))}
    if prices["on_demand"] == prices["spot"] == BID_FLOOR_USD_PER_GPU * count:
        left_out[f"{BID_FLOOR_USD_PER_GPU:.2f} USD per GPU on demand and spot: an auction's bid floor, not a price"] += 1
        return []
    found = []
    for basis, price in prices.items():
        if price in SENTINEL_USD:
            left_out[f"{price:g} USD: a placeholder, not a price"] += 1
        elif price is not None:
            found.append(_offer(document, row, name, basis, price / count, int(count)))
    if not found and not any(prices.values()):
        left_out["no price"] += 1
    return found


def _offer(document: Document, row: Row, name: str, basis: str, per_gpu: float, gpus: int) -> ImportedOffer:
    reseller = text(row.get("provider"))
    return ImportedOffer(
        provider=None,
        hardware=name,
        usd_per_gpu_hour=per_gpu,
        basis="spot" if basis == "spot" else "on_demand",
        as_of=iso_date(document.given.get("as_of")),
        region=text(row.get("region")),
        machine_type=text(row.get("instancetype")),
        gpus_per_machine=gpus,
        note=f"resold from {reseller}" if reseller else None,
    )
