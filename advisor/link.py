"""Share links: a scenario and the outcome it had, as one checked token. No names of people or customers in it.

Token: ``<version>.<base64url(zlib(canonical JSON))>.<checksum>``. The checksum finds accidents (a cut link, a
changed character); it is no signature and proves nothing about who made the link.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from advisor.catalog import Catalog
from advisor.decision import Decision
from advisor.errors import LinkError, ScenarioError
from advisor.phrases import VERDICT_WORDS
from advisor.scenario import Scenario
from advisor.scenario_io import build_scenario

LINK_VERSION = "1"
MAX_TOKEN_CHARACTERS = 16_384
MAX_JSON_BYTES = 65_536
MAX_WITH_OWN_CHARACTERS = 2_000
"""A token with own measurements or prices longer than this leaves some out and says so: addresses are cut beyond it."""
CHECKSUM_BYTES = 5
OWN_PARTS = ("measured", "probes")
DAMAGED = "This link cannot be opened: it is damaged or cut off"


@dataclass(frozen=True)
class Outcome:
    """What the advice was when the link was made. Prices in USD per GPU-hour, by GPU."""

    verdict: str
    winner: str | None
    usd_per_month: float | None
    prices: Mapping[str, float]


@dataclass(frozen=True)
class LeftOut:
    """How many of the user's own measurements and prices a token does not hold. False if it holds them all."""

    measurements: int = 0
    prices: int = 0

    def __bool__(self) -> bool:
        return self.measurements > 0 or self.prices > 0


@dataclass(frozen=True)
class LinkContent:
    """A decoded link: the scenario, the catalog it was made with, and its outcome then (None if not recorded).

    ``left_out`` counts what stood in the scenario and did not fit into the link.
    """

    scenario: Scenario
    catalog_version: str | None
    outcome: Outcome | None
    left_out: LeftOut = LeftOut()


def outcome_of(decision: Decision) -> Outcome:
    """What a link remembers of a decision: verdict, the option it adopts, its monthly cost, the prices used."""
    chosen = decision.chosen
    priced = [option for option in (decision.baseline, chosen) if option is not None and option.price is not None]
    return Outcome(
        decision.verdict.code,
        chosen.key.id if chosen else None,
        chosen.cost.usd_per_month if chosen and chosen.cost else None,
        {option.key.hardware: option.price.usd_per_gpu_hour for option in priced if option.price},
    )


def encode(decision: Decision) -> str:
    """The token of a decision."""
    return encode_scenario(decision.scenario, decision.catalog.version, outcome_of(decision))


def encode_scenario(scenario: Scenario, catalog_version: str, outcome: Outcome | None = None) -> str:
    """The token of a scenario; every field is written, so that a later default cannot change an old link.

    Own prices, then own measurements are written as long as the token stays short; else it says how many it left out.
    Names of files stay out, as the scenario's name does: they may name a customer.
    """
    data = scenario.model_dump(mode="json", by_alias=True)
    data.pop("name")
    data["catalog"] = {"version": catalog_version}
    points, probes = data["current"].pop("measured"), data["current"].pop("probes")
    prices = [{**offer, "file": None} for offer in data["candidates"]["price"].pop("offers")]
    content: dict[str, Any] = {"s": data}
    if outcome is not None:
        content["o"] = [outcome.verdict, outcome.winner, outcome.usd_per_month, dict(outcome.prices)]
    content, _ = _with_own(content, {"p": _rows_of(prices)}, "q", len(prices))
    content, token = _with_own(content, {"m": [_rows_of(points), _rows_of(probes)]}, "n", len(points) + len(probes))
    return token


def _with_own(content: dict[str, Any], own: dict[str, Any], counter: str, count: int) -> tuple[dict[str, Any], str]:
    """Content and its token with the user's own records where they fit, else with how many there are."""
    if count == 0:
        return content, _pack(content)
    whole = {**content, **own}
    token = _pack(whole)
    if len(token) <= MAX_WITH_OWN_CHARACTERS:
        return whole, token
    short = {**content, counter: count}
    return short, _pack(short)


def left_out(token: str) -> LeftOut:
    """What a token of ours had to leave out."""
    return _left_out(_unpack(token))


def _left_out(content: Mapping[str, Any]) -> LeftOut:
    points, prices = (value if isinstance(value := content.get(name), int) else 0 for name in ("n", "q"))
    return LeftOut(points, prices)


def left_out_words(left_out: LeftOut) -> str:
    """What to say of own records that did not fit into a link; empty if none was left out."""
    if not left_out:
        return ""
    counts = ((left_out.measurements, "own measurements"), (left_out.prices, "own prices"))
    what = " and ".join(f"{count} {name}" for count, name in counts if count)
    return (
        f"This link does not hold the {what} of the scenario: they would make it too long. "
        "The result without them can differ; send the scenario file instead"
    )


def _rows_of(records: list[dict[str, Any]]) -> dict[str, Any]:
    """Records as one set of shared values and rows of those that differ: a sweep repeats most of its fields."""
    names = list(records[0]) if records else []
    same = {name: records[0][name] for name in names if all(record[name] == records[0][name] for record in records)}
    differ = [name for name in names if name not in same]
    kept = {name: value for name, value in same.items() if value is not None}
    return {"c": kept, "k": differ, "r": [[record[name] for name in differ] for record in records]}


def _records_of(rows: Any) -> list[dict[str, Any]]:
    """The inverse of :func:`_rows_of`; raises LinkError for anything else."""
    match rows:
        case {"c": dict(same), "k": list(names), "r": list(values)} if all(
            isinstance(row, list) and len(row) == len(names) for row in values
        ) and all(isinstance(name, str) for name in names):
            return [{**same, **dict(zip(names, row, strict=True))} for row in values]
    raise LinkError(DAMAGED)


def _pack(content: dict[str, Any]) -> str:
    text = json.dumps(content, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    packed = base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).rstrip(b"=").decode()
    return f"{LINK_VERSION}.{packed}.{_checksum(packed)}"


def decode(token: str, catalog: Catalog) -> LinkContent:
    """What a token holds, resolved against a catalog.

    Args:
        token: a token, or an address that carries one as ``?s=``.
        catalog: the catalog names are resolved against.

    Raises:
        LinkError: the token is cut, altered, of another version, or names what the catalog does not hold.
    """
    content = _unpack(_bare(token))
    data = content["s"]
    own = content.get("m")
    if own is not None and isinstance(data.get("current"), dict):
        if not (isinstance(own, list) and len(own) == len(OWN_PARTS)):
            raise LinkError(DAMAGED)
        data["current"].update(zip(OWN_PARTS, map(_records_of, own), strict=True))
    if "p" in content:
        _put_prices(data, _records_of(content["p"]))
    version = data.get("catalog", {}).get("version") if isinstance(data.get("catalog"), dict) else None
    try:
        scenario = build_scenario(_tuples(data), catalog, "link")
    except ScenarioError as error:
        raise LinkError(
            f"This link was made with catalog {version} and does not fit catalog {catalog.version}.\n{error}"
        ) from error
    return LinkContent(scenario, version, _outcome(content.get("o")), _left_out(content))


def _put_prices(data: dict[str, Any], offers: list[dict[str, Any]]) -> None:
    match data:
        case {"candidates": {"price": dict(price)}}:
            price["offers"] = offers
        case _:
            raise LinkError(DAMAGED)


def _bare(token: str) -> str:
    token = token.strip()
    if "s=" in token and ("?" in token or token.startswith("s=")):
        token = token.split("s=", 1)[1].split("&", 1)[0]
    return token


def _unpack(token: str) -> dict[str, Any]:
    if len(token) > MAX_TOKEN_CHARACTERS:
        raise LinkError(f"This link cannot be opened: it is longer than {MAX_TOKEN_CHARACTERS:,} characters")
    version, _, rest = token.partition(".")
    packed, _, checksum = rest.partition(".")
    if not packed or not checksum:
        raise LinkError(DAMAGED)
    if version != LINK_VERSION:
        if version.isdigit():
            raise LinkError(f"This link is of version {version}; this program reads version {LINK_VERSION}")
        raise LinkError(DAMAGED)
    if checksum != _checksum(packed):
        raise LinkError(DAMAGED)
    try:
        raw = base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4))
        inflater = zlib.decompressobj()
        text = inflater.decompress(raw, MAX_JSON_BYTES)
        content = json.loads(text)
    except (binascii.Error, zlib.error, ValueError, RecursionError) as error:
        raise LinkError(DAMAGED) from error
    if inflater.unconsumed_tail or not isinstance(content, dict) or not isinstance(content.get("s"), dict):
        raise LinkError(DAMAGED)
    return content


def _outcome(data: Any) -> Outcome | None:
    match data:
        case [str(verdict), str() | None as winner, float() | int() | None as cost, dict(prices)]:
            return Outcome(verdict, winner, cost, prices)
    return None


def _checksum(packed: str) -> str:
    return hashlib.blake2s(f"{LINK_VERSION}.{packed}".encode(), digest_size=CHECKSUM_BYTES).hexdigest()


def _tuples(value: Any) -> Any:
    """JSON's lists as the tuples a strict scenario expects."""
    if isinstance(value, list):
        return tuple(_tuples(item) for item in value)
    if isinstance(value, dict):
        return {key: _tuples(item) for key, item in value.items()}
    return value


def changes_since(content: LinkContent, decision: Decision) -> tuple[str, ...]:
    """What has changed between a link's outcome and the decision today, in words; empty if nothing has."""
    then, now = content.outcome, outcome_of(decision)
    if then is None:
        return ()
    changes = []
    if then.verdict != now.verdict:
        words = [VERDICT_WORDS.get(code, code) for code in (then.verdict, now.verdict)]
        changes.append(f"verdict: {words[0]} then, {words[1]} now")
    if then.winner != now.winner:
        changes.append(f"option: {then.winner or 'none'} then, {now.winner or 'none'} now")
    if _differs(then.usd_per_month, now.usd_per_month):
        changes.append(f"monthly cost: {_usd(then.usd_per_month)} then, {_usd(now.usd_per_month)} now")
    for gpu in sorted({*then.prices, *now.prices}):
        old, new = then.prices.get(gpu), now.prices.get(gpu)
        if old is not None and new is not None and _differs(old, new):
            changes.append(f"price of {gpu}: {old:.2f} USD/GPU-hour then, {new:.2f} now")
    return tuple(changes)


def _differs(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is not other
    return abs(one - other) > 1e-9 * max(abs(one), abs(other))


def _usd(amount: float | None) -> str:
    return "unknown" if amount is None else f"{amount:,.0f} USD"
