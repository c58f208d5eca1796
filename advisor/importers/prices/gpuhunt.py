"""gpuhunt CSV: one row an offer, price per instance, the provider in the file's name only."""

from __future__ import annotations

import re
from collections import Counter

from advisor.importers.document import Document
from advisor.importers.prices.prepare import PROVIDER_WORDS, fold, rows_left_out
from advisor.importers.prices.rows import table
from advisor.importers.records import Found, ImportedOffer, ImportRefusedError
from advisor.importers.values import iso_date, positive, text

NAME = "gpuhunt catalog"
NEEDED = ("instancename", "location", "price", "gpucount", "gpuname", "spot")


def detect(document: Document) -> bool:
    """Gpuhunt's column names."""
    return not document.looks_like_json and not document.is_workbook and bool(table(document, *NEEDED))


def read(document: Document) -> Found:
    """Offers per GPU-hour; rows without a GPU or a price are counted."""
    left_out: Counter[str] = Counter()
    offers = []
    provider = provider_of(document)
    for row in table(document, *NEEDED):
        gpu, count, price = text(row.get("gpuname")), positive(row.get("gpucount")), positive(row.get("price"))
        if gpu is None or count is None:
            left_out["no GPU"] += 1
            continue
        if price is None:
            left_out["no price"] += 1
            continue
        memory = positive(row.get("gpumemory"))
        offers.append(
            ImportedOffer(
                provider=provider,
                hardware=f"{gpu} {memory:g}GB" if memory and gpu.upper() == "A100" else gpu,
                usd_per_gpu_hour=price / count,
                basis="spot" if str(row.get("spot", "")).strip().lower() == "true" else "on_demand",
                as_of=iso_date(document.given.get("as_of")),
                region=text(row.get("location")),
                machine_type=text(row.get("instancename")),
                gpus_per_machine=int(count),
            )
        )
    if not offers:
        raise ImportRefusedError(f"{document.file}: holds no GPU with a price")
    return Found(offers=fold(offers), warnings=rows_left_out(left_out))


def provider_of(document: Document) -> str | None:
    """The provider whose name the file bears, as gpuhunt writes them (``aws.csv``)."""
    stem = re.sub(r"\.csv$", "", document.file.lower())
    return stem if stem in PROVIDER_WORDS else None
