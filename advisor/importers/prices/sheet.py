"""The header of a quote sheet by meaning: which column names the GPU, which a price in which unit, on which basis."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from advisor.importers.values import number
from advisor.units import HOURS_PER_MONTH, MONTHS_PER_YEAR

Basis = Literal["on_demand", "spot", "reserved_1y", "reserved_3y"]
MAX_HEADER = 80
MAX_CELL = 60
CURRENCIES = {"€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR"}
OTHER_CURRENCY = frozenset({"eur", "euro", "euros", "gbp", "chf", "jpy", "cny", "rmb", "inr", "cad", "aud", "sek"})
GPU_NAMES = ("gpu", "accelerator", "hardware", "chip", "card", "product", "sku", "model", "item")
COUNT_WORDS = frozenset({"count", "number", "num", "qty", "quantity", "no", "per", "amount"})
NO_NAME = COUNT_WORDS | {"memory", "gb", "vram", "hours", "utilization", "vendor", "manufacturer"}
MONEY = frozenset({"usd", "dollar", "dollars", "price", "pricing", "rate", "cost", "fee", "charge"})
NO_PRICE = frozenset({"total", "sum", "discount", "saving", "savings", "budget", "subtotal"})
HOUR = frozenset({"hour", "hourly", "hr", "hrs", "h", "gpuh", "gpuhr", "gpuhour"})
MONTH = frozenset({"month", "monthly", "mo"})
YEAR = frozenset({"annual", "annually", "yearly"})
PER_GPU = frozenset({"gpu", "accelerator", "card", "gpuh", "gpuhr", "gpuhour"})
AGREED, ASKED = (
    frozenset({"net", "contracted", "contract", "negotiated", "discounted", "quoted", "offer", "our"}),
    frozenset({"list", "public", "original", "retail"}),
)
SPEEDS = re.compile(r"tpot|ttft|tok/s|tokens?[ _/]*(per|/)[ _]*s|throughput|latency", re.IGNORECASE)
RUN_TOGETHER: Mapping[str, tuple[str, ...]] = {
    "priceperhour": ("price", "per", "hour"), "hourlyprice": ("hourly", "price"), "usdperhour": ("usd", "per", "hour"),
    "priceperhr": ("price", "per", "hr"), "monthlyprice": ("monthly", "price"), "usdpermonth": ("usd", "per", "month"),
    "pricepermonth": ("price", "per", "month"), "usdpergpuhour": ("usd", "per", "gpu", "hour"),
    "pricepergpuhour": ("price", "per", "gpu", "hour"), "gputype": ("gpu", "type"), "gpumodel": ("gpu", "model"),
    "gpuname": ("gpu", "name"), "gpucount": ("gpu", "count"),
}  # fmt: skip
UNIT_WORDS = re.compile(
    r"us\$|[$€£¥₹/*]|\b(?:us|usd|dollars?|per|gpus?|h|hrs?|hours?|mo|months?|yr|years?|each|node|server|machine|"
    + "|".join(sorted(OTHER_CURRENCY))
    + r")\b"
)
"""What may stand beside an amount; any other word (14.6k, from 3.9, on request) makes it no figure to rely on."""
BASES: tuple[tuple[Basis, str], ...] = (
    ("spot", r"spot|pre-?emptible|interruptible"),
    ("reserved_3y", r"\b(?:3|three)[ _-]*(?:y|yr|yrs|year|years)\b|\b36[ _-]*(?:m|mo|month|months)\b|reserved[ _-]*3y"),
    ("reserved_1y", r"\b(?:1|one)[ _-]*(?:y|yr|year|years)\b|\b12[ _-]*(?:m|mo|month|months)\b|reserved[ _-]*1y"),
    ("on_demand", r"on[ _-]*demand|pay[ _-]*(?:as[ _-]*you[ _-]*go|g\b)|payg|no[ _-]*commit|uncommitted"),
)
NO_TERM = frozenset({"none", "no", "0", "hourly", "flexible", "n/a"})


@dataclass(frozen=True)
class PriceColumn:
    """A column of prices: hours its unit covers, whether a GPU or a machine is meant, basis and currency if it says so."""

    index: int
    hours: float
    per_gpu: bool
    basis: Basis | None
    currency: str
    rank: int


@dataclass(frozen=True)
class Header:
    """What the columns of a quote sheet are, by index."""

    row: int
    gpu: int
    prices: tuple[PriceColumn, ...]
    count: int | None = None
    others: Mapping[str, int] = field(default_factory=dict)


OTHERS: Mapping[str, frozenset[str]] = {
    "basis": frozenset({"basis", "term", "commitment", "plan", "contract", "tenancy"}),
    "provider": frozenset({"provider", "vendor", "supplier", "cloud", "company", "seller"}),
    "date": frozenset({"date", "asof", "quoted", "day"}),
    "region": frozenset({"region", "location", "datacenter", "site", "zone"}),
    "machine": frozenset({"machine", "instance", "server", "flavor", "node", "shape"}),
    "currency": frozenset({"currency"}),
}
NO_DATE = frozenset({"until", "valid", "validity", "expires", "expiry", "through", "end", "to", "delivery", "start"})


def find_header(rows: Sequence[Sequence[str]], most: int) -> Header | None:
    """The first row that names a GPU column and a price column with its unit; None without one."""
    for number_, row in enumerate(rows[:most]):
        found = _header(number_, row)
        if found is not None:
            return found
    return None


def _header(row: int, cells: Sequence[str]) -> Header | None:
    if any(SPEEDS.search(cell[:MAX_HEADER]) for cell in cells):
        return None  # a benchmark table that also states a price
    words = [_words(cell) for cell in cells]
    prices = [found for i, cell in enumerate(cells) if (found := _price(i, cell, words[i])) is not None]
    taken = {price.index for price in prices}
    free = [i for i in range(len(cells)) if i not in taken and words[i]]
    gpu = next((i for name in GPU_NAMES for i in free if name in words[i] and not NO_NAME & set(words[i])), None)
    if gpu is None or not prices:
        return None
    counts = [i for i in free if "gpus" in words[i] or ("gpu" in words[i] and COUNT_WORDS & set(words[i]))]
    others = {}
    for name, names in OTHERS.items():
        banned = NO_DATE if name == "date" else frozenset()
        fitting = (i for i in free if i not in (gpu, *counts) and names & set(words[i]) and not banned & set(words[i]))
        found_at = next(fitting, None)
        if found_at is not None:
            others[name] = found_at
    return Header(row, gpu, _best(prices), counts[0] if counts else None, others)


def _best(prices: Sequence[PriceColumn]) -> tuple[PriceColumn, ...]:
    """One column a basis: what was agreed before list prices, a GPU before a machine, an hour before a month."""
    best: dict[Basis | None, PriceColumn] = {}
    for price in sorted(prices, key=lambda p: (p.rank, not p.per_gpu, p.hours, p.index)):
        best.setdefault(price.basis, price)
    return tuple(best.values())


def _words(cell: str) -> tuple[str, ...]:
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", cell[:MAX_HEADER].strip())
    text = text.replace("$", " usd ")
    for sign, name in CURRENCIES.items():
        text = text.replace(sign, f" {name} ")
    words = tuple(re.findall(r"[a-z]+|\d+", text.lower()))
    return RUN_TOGETHER.get("".join(words), words)


def _price(index: int, cell: str, words: tuple[str, ...]) -> PriceColumn | None:
    said = set(words)
    currency = next((word.upper() for word in words if word in OTHER_CURRENCY), "USD")
    basis = basis_of(cell[:MAX_HEADER])
    if said & NO_PRICE or not (said & MONEY or currency != "USD" or basis):
        return None
    if said & HOUR:
        hours = 1.0
    elif said & MONTH:
        hours = HOURS_PER_MONTH
    elif said & YEAR or {"per", "year"} <= said:
        hours = HOURS_PER_MONTH * MONTHS_PER_YEAR
    else:
        return None
    rank = 0 if said & AGREED else 2 if said & ASKED else 1
    return PriceColumn(index, hours, bool(said & PER_GPU), basis, currency, rank)


def basis_of(text: str) -> Basis | None:
    """The basis some words stand for: ``1-Year Reserved``, ``36 months``, ``On-demand``; None for anything else."""
    return next((basis for basis, pattern in BASES if re.search(pattern, text, re.IGNORECASE)), None)


def basis_of_cell(text: str, header: str) -> Basis | None:
    """The same for a cell: a bare number counts as months or years where its column's name says so."""
    bare = text.strip().lower()
    if bare in NO_TERM:
        return "on_demand"
    words = set(_words(header))
    if bare.isdigit() and words & {"month", "months", "mo", "year", "years", "yr"}:
        unit = "months" if words & {"month", "months", "mo"} else "years"
        return basis_of(f"{bare} {unit}")
    return basis_of(text)


def money(cell: str, *, decimal_comma: bool) -> tuple[float | None, str | None]:
    """The amount in a cell and the currency it names: ``$3.10``, ``3,10 €``, ``USD 2.49 /GPU/hr``; None without one."""
    text = cell[:MAX_CELL].lower()
    currency = next((name for sign, name in CURRENCIES.items() if sign in text), None)
    currency = currency or next((word.upper() for word in re.findall(r"[a-z]+", text) if word in OTHER_CURRENCY), None)
    bare = UNIT_WORDS.sub(" ", text)
    return number(bare, decimal_comma=decimal_comma), currency
