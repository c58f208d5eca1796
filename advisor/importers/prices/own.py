"""Imported prices as a scenario holds them: catalog ids, one price a provider, basis and day, with the file's name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from advisor.catalog import Catalog
from advisor.errors import Problem, ScenarioError
from advisor.importers.points import rounded, with_catalog_names
from advisor.importers.prices import quotes
from advisor.importers.records import Imported, ImportedOffer
from advisor.own_price import MOST_OFFERS, OwnOffer
from advisor.scenario import Scenario
from advisor.scenario_io import plain

NEEDED = {"provider": "whose prices these are", "as_of": "the day they were read"}
LONGEST = {"provider": 80, "detail": 120, "file": 120}
MOST_USD = 1000.0


@dataclass(frozen=True)
class OwnPrices:
    """Prices ready for a scenario, names of GPUs the catalog does not know, and what stands in the way."""

    offers: tuple[OwnOffer, ...] = ()
    unknown: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def own_prices(catalog: Catalog, imported: Iterable[Imported]) -> OwnPrices:
    """Prices of several files: of a provider's rows for one GPU, basis and day the cheapest, with how many there were."""
    offers: list[OwnOffer] = []
    unknown: list[str] = []
    problems: list[Problem] = []
    for item in imported:
        if not item.found.offers:
            continue
        known, strange = with_catalog_names(catalog, item.found.offers)
        unknown += strange
        if not known:
            problems.append(Problem(item.file, f"holds no GPU this catalog knows (it names {', '.join(strange[:20])})"))
        lacking = [name for name in NEEDED if any(getattr(offer, name) is None for offer in known)]
        problems += [Problem(f"{item.file}: {name}", f"is needed: {NEEDED[name]}") for name in lacking]
        if not lacking:
            for same in _alike(known):
                _add(item, same, offers, problems)
    if len(offers) > MOST_OFFERS:
        problems.append(Problem("prices", f"are {len(offers)}; at most {MOST_OFFERS} can be used: leave out providers"))
    return OwnPrices(tuple(offers), tuple(dict.fromkeys(unknown)), tuple(dict.fromkeys(problems)))


def _alike(offers: Iterable[ImportedOffer]) -> Iterable[list[ImportedOffer]]:
    """Offers of one GPU, basis, provider and day together, the cheapest first."""
    groups: dict[tuple[Any, ...], list[ImportedOffer]] = {}
    for offer in offers:
        groups.setdefault((offer.hardware, offer.basis, offer.provider, offer.as_of), []).append(offer)
    return [sorted(group, key=lambda offer: offer.usd_per_gpu_hour) for _, group in sorted(groups.items())]


def _add(item: Imported, same: Sequence[ImportedOffer], offers: list[OwnOffer], problems: list[Problem]) -> None:
    cheapest = same[0]
    if cheapest.usd_per_gpu_hour > MOST_USD:
        words = f"{cheapest.usd_per_gpu_hour:,.2f} USD/GPU-hour is above {MOST_USD:,.0f}: is it the price of a machine?"
        problems.append(Problem(f"{item.file}: {cheapest.hardware}", words))
        return
    place = [part for part in (cheapest.machine_type, cheapest.region, cheapest.note) if part]
    rows = sum(offer.rows for offer in same)
    if same[-1].usd_per_gpu_hour > cheapest.usd_per_gpu_hour:
        place.append(f"cheapest of {rows} rows, up to {same[-1].usd_per_gpu_hour:,.2f}")
    data = {
        "hardware": cheapest.hardware,
        "usd_per_gpu_hour": rounded(cheapest.usd_per_gpu_hour),
        "basis": cheapest.basis,
        "provider": (cheapest.provider or "")[: LONGEST["provider"]],
        "as_of": cheapest.as_of,
        "kind": "quote" if item.tool == quotes.NAME else "list",
        "detail": "; ".join(place)[: LONGEST["detail"]] or None,
        "file": item.file[: LONGEST["file"]],
    }
    try:
        offers.append(OwnOffer.model_validate(data))
    except ValidationError as error:
        problems += [Problem(f"{item.file}: {found['loc'][-1]}", f"{found['msg']} (found {found['input']!r})")
                     for found in error.errors(include_url=False)]  # fmt: skip


def with_prices(scenario: Scenario, offers: Sequence[OwnOffer], basis: str | None = None) -> Scenario:
    """A scenario with more own prices, asked for on a basis if one is given; a file read again replaces its prices.

    Raises:
        ScenarioError: more prices than a scenario holds.
    """
    files = {(offer.file, offer.provider) for offer in offers}
    kept = [offer for offer in scenario.candidates.price.offers if (offer.file, offer.provider) not in files]
    data = plain(scenario)
    price = data["candidates"]["price"]
    price["offers"] = tuple(offer.model_dump() for offer in (*kept, *offers))
    if basis is not None:
        price["basis"] = basis
    try:
        return Scenario.model_validate(data)
    except ValidationError as error:
        raise ScenarioError([Problem("candidates.price", found["msg"]) for found in error.errors()]) from error
