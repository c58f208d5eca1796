"""Imported prices as an own catalog folder: the files ``--catalog`` lays over the shipped ones."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping

from advisor.catalog import Catalog
from advisor.catalog.load import FILES
from advisor.errors import Problem, ScenarioError
from advisor.importers.points import with_catalog_names
from advisor.importers.records import ImportedOffer

COLUMNS = (
    "id", "provider", "hardware", "usd_per_gpu_hour", "basis", "as_of", "region", "gpus_per_machine", "form_factor",
    "machine_type", "confidence", "note", "source", "source_detail",
)  # fmt: skip
ID_BYTES = 5


def overlay_files(catalog: Catalog, offers: Iterable[ImportedOffer], file: str) -> tuple[Mapping[str, str], tuple[str, ...]]:
    """Text by relative path of an own catalog folder with these offers, and the GPU names the catalog does not know.

    Raises:
        ScenarioError: an offer has no provider or no date, or none is of a known GPU.
    """
    known, unknown = with_catalog_names(catalog, offers)
    lacking = [name for name in ("provider", "as_of") if any(getattr(offer, name) is None for offer in known)]
    if lacking:
        flags = [f"--{name.replace('_', '-')}" for name in lacking]
        raise ScenarioError([Problem(flag, "is needed: the price file does not say it") for flag in flags])
    if not known:
        raise ScenarioError([Problem(file, f"holds no GPU this catalog knows (it names {', '.join(unknown)})")])
    dates = sorted(offer.as_of or "" for offer in known)
    source = f"import-{hashlib.blake2s(file.encode(), digest_size=ID_BYTES).hexdigest()}"
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for offer in known:
        writer.writerow(_row(offer, source))
    return {FILES["offers"]: out.getvalue(), FILES["sources"]: _source(source, file, dates[-1])}, unknown


def _row(offer: ImportedOffer, source: str) -> dict[str, object]:
    what = (
        offer.provider,
        offer.hardware,
        offer.basis,
        offer.region,
        offer.machine_type,
        offer.as_of,
        offer.usd_per_gpu_hour,
    )
    said = "|".join(str(part) for part in what)
    identity = hashlib.blake2s(said.encode(), digest_size=ID_BYTES).hexdigest()
    return {
        "id": f"I-{identity}",
        "provider": offer.provider,
        "hardware": offer.hardware,
        "usd_per_gpu_hour": f"{offer.usd_per_gpu_hour:.6g}",
        "basis": offer.basis,
        "as_of": offer.as_of,
        "region": offer.region or "",
        "gpus_per_machine": offer.gpus_per_machine or "",
        "machine_type": offer.machine_type or "",
        "confidence": "medium",
        "note": offer.note or "",
        "source": source,
    }


def _source(identifier: str, file: str, date: str) -> str:
    import yaml

    record = {"id": identifier, "title": f"Own price file {file}", "publisher": "the user", "date": date, "licence": None}
    record["address"] = None
    return str(yaml.safe_dump([record], sort_keys=False, allow_unicode=True))
