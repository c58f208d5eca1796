"""What is common to price files: the user's provider and date, folding of repeats, questions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from advisor.importers.records import ImportedOffer, Question


def fold(offers: Iterable[ImportedOffer]) -> tuple[ImportedOffer, ...]:
    """Rows that repeat an offer (zones of a region, exact duplicates) as one, with the number of rows it stood in."""
    folded: dict[ImportedOffer, int] = {}
    for offer in offers:
        folded[offer] = folded.get(offer, 0) + offer.rows
    return tuple(replace(offer, rows=rows) for offer, rows in folded.items())


def rows_left_out(reasons: Mapping[str, int]) -> tuple[str, ...]:
    """``1 row left out: tax``, ``3 rows left out: no price``."""
    return tuple(f"{count} row{'' if count == 1 else 's'} left out: {reason}" for reason, count in reasons.items())


def with_price_answers(offers: tuple[ImportedOffer, ...], answers: Mapping[str, Any]) -> tuple[ImportedOffer, ...]:
    """Offers with the provider and date the user gave, where the file is silent."""
    provider, as_of = answers.get("provider"), answers.get("as_of")
    return tuple(replace(offer, provider=offer.provider or provider, as_of=offer.as_of or as_of) for offer in offers)


PROVIDER_WORDS = frozenset({
    "aws", "azure", "cloudrift", "coreweave", "crusoe", "cudo", "daytona", "datacrunch", "digitalocean", "gcp",
    "hotaisle", "hyperstack", "jarvislabs", "lambda", "lambdalabs", "lium", "mithril", "nebius", "oci", "runpod",
    "seeweb", "spheron", "tensordock", "vastai", "verda", "vultr",
})  # fmt: skip
"""Names by which catalog files and their folders are known."""


def price_questions(offers: tuple[ImportedOffer, ...], name: str) -> tuple[Question, ...]:
    """Provider and date, where offers lack them; the provider is suggested by a file's or folder's ``name``."""
    questions = []
    if any(offer.provider is None for offer in offers):
        words = [word for word in re.split(r"[^a-z0-9]+", name.lower()) if word in PROVIDER_WORDS]
        hint = (words[-1], "the file's name or folder") if words else (None, None)
        questions.append(Question("provider", "Whose prices are these?", *hint))
    if any(offer.as_of is None for offer in offers):
        questions.append(Question("as_of", "On which day were these prices read (YYYY-MM-DD)? The file does not say."))
    return tuple(questions)
