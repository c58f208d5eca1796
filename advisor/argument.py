"""The guide's own argument, with its dates: at one day's prices staying wins, two days later moving does.

Its throughputs are claims (six of eight estimates by its own word). They are priced here as the guide priced them, and
shown beside what has been measured since. What decides is a ratio: the move pays while the price ratio is below the
throughput ratio (design.md, formula 10, per token at equal utilization).
"""

from __future__ import annotations

from dataclasses import dataclass

from advisor.catalog import Catalog
from advisor.catalog.records import MlperfRow, PriceBook, ThroughputClaim
from advisor.economics import saving, usd_per_mtok

ON_DEMAND_BOOKS = ("spheron-2026-03-15", "spheron-2026-03-17")
SPOT_BOOK = "spheron-2026-03-15-spot"
TODAY, CANDIDATE = ("h200", "fp8"), ("b200", "nvfp4")
MLPERF_WORDS = {"nvfp4": ("fp4", "nvfp4"), "fp8": ("fp8",), "bf16": ("bf16", "fp16")}
"""How MLPerf's results word the formats."""


@dataclass(frozen=True)
class Measured:
    """The best closed offline result of the newest round that holds the pair: tok/s per GPU."""

    tok_s_per_gpu: float
    round: str
    gpus: int
    submitter: str
    source: str


@dataclass(frozen=True)
class ClaimedCost:
    """A claim priced as the guide did, at full use; None where it names no price. Measured since: None if nobody has."""

    claim: ThroughputClaim
    usd_per_gpu_hour_on_demand: float | None
    usd_per_gpu_hour_spot: float | None
    usd_per_mtok_on_demand: float | None
    usd_per_mtok_spot: float | None
    measured: Measured | None


@dataclass(frozen=True)
class Day:
    """The argument at one day's prices: the move pays while ``price_ratio`` is below the throughput ratio."""

    book: PriceBook
    usd_per_mtok_today: float
    usd_per_mtok_candidate: float
    price_ratio: float
    saving_fraction: float
    moves: bool


@dataclass(frozen=True)
class Argument:
    """The guide's cost table, and its H200 FP8 against B200 FP4 on both days."""

    costs: tuple[ClaimedCost, ...]
    days: tuple[Day, ...]
    break_even_ratio: float
    measured_ratio: float | None

    @property
    def flips(self) -> bool:
        """Whether the answer differs between the days."""
        return len({day.moves for day in self.days}) > 1


def guide_argument(catalog: Catalog) -> Argument:
    """Reproduce the guide's argument from the catalog's claims and dated price books."""
    costs = tuple(_cost(catalog, claim) for claim in sorted(catalog.claims, key=lambda claim: claim.id))
    by_pair = {(c.claim.hardware, c.claim.precision): c for c in costs}
    today, candidate = by_pair[TODAY], by_pair[CANDIDATE]
    ratio = candidate.claim.tok_s_per_gpu / today.claim.tok_s_per_gpu
    days = tuple(_day(catalog.price_books[book], today.claim, candidate.claim, ratio) for book in ON_DEMAND_BOOKS)
    return Argument(costs, days, ratio, _one_round_ratio(catalog, today.claim, candidate.claim))


def _day(book: PriceBook, today: ThroughputClaim, candidate: ThroughputClaim, break_even: float) -> Day:
    one, other = book.usd_per_gpu_hour[today.hardware], book.usd_per_gpu_hour[candidate.hardware]
    cost_today = usd_per_mtok(one, today.tok_s_per_gpu)
    cost_candidate = usd_per_mtok(other, candidate.tok_s_per_gpu)
    ratio = other / one
    return Day(book, cost_today, cost_candidate, ratio, saving(cost_candidate, cost_today), ratio < break_even)


def _cost(catalog: Catalog, claim: ThroughputClaim) -> ClaimedCost:
    on_demand = catalog.price_books[ON_DEMAND_BOOKS[0]].usd_per_gpu_hour.get(claim.hardware)
    spot = catalog.price_books[SPOT_BOOK].usd_per_gpu_hour.get(claim.hardware)
    return ClaimedCost(
        claim,
        on_demand,
        spot,
        None if on_demand is None else usd_per_mtok(on_demand, claim.tok_s_per_gpu),
        None if spot is None else usd_per_mtok(spot, claim.tok_s_per_gpu),
        _measured(catalog, claim, None),
    )


def _rows(catalog: Catalog, claim: ThroughputClaim) -> list[MlperfRow]:
    words = MLPERF_WORDS.get(claim.precision, (claim.precision,))
    return [
        row
        for row in catalog.mlperf
        if row.model == claim.model
        and row.hardware == claim.hardware
        and row.scenario == "offline"
        and row.division == "closed"
        and not row.mixed_hardware
        and row.tok_s_per_accelerator is not None
        and (row.precision_effective or "") in words
    ]


def _measured(catalog: Catalog, claim: ThroughputClaim, in_round: str | None) -> Measured | None:
    """The best result of the newest round, or of a named one."""
    rows = [row for row in _rows(catalog, claim) if in_round in (None, row.round)]
    if not rows:
        return None
    newest = max(row.round for row in rows)
    best = max((row for row in rows if row.round == newest), key=lambda row: (row.tok_s_per_accelerator or 0.0, row.id))
    return Measured(best.tok_s_per_accelerator or 0.0, newest, best.accelerators, best.submitter, best.source)


def _one_round_ratio(catalog: Catalog, today: ThroughputClaim, candidate: ThroughputClaim) -> float | None:
    """Candidate over today within the newest round that measured both: rounds are never mixed."""
    common = {row.round for row in _rows(catalog, today)} & {row.round for row in _rows(catalog, candidate)}
    if not common:
        return None
    one, other = (_measured(catalog, claim, max(common)) for claim in (today, candidate))
    assert one is not None  # the round holds both
    assert other is not None
    return other.tok_s_per_gpu / one.tok_s_per_gpu
