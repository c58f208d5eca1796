"""The decision: everything a renderer needs, frozen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from advisor.catalog import Catalog
from advisor.economics import BreakEven
from advisor.evidence.load import LoadView
from advisor.money.futures import Future
from advisor.money.plans import FutureName
from advisor.money.tokens import TokenLine
from advisor.options import Option, Outlook
from advisor.own_evidence import OwnMeasurement
from advisor.price_warnings import PriceWarning
from advisor.scenario import Scenario
from advisor.sizing import Load

VerdictCode = Literal[
    "migrate_now",
    "migrate_at_contract_end",
    "migrate_phased",
    "tune_in_place",
    "stay",
    "buy_tokens",
    "no_feasible_option",
]
ConfidenceLevel = Literal["high", "medium", "low"]


@dataclass(frozen=True)
class OtherBasis:
    """The same two fleets and the same tokens, priced from another book."""

    book: str
    title: str
    basis: str
    price_ratio: float
    saving_fraction: float
    saving_per_token_fraction: float | None


@dataclass(frozen=True)
class Experiment:
    """A test that would settle an open question: what to run, and what it takes."""

    kind: Literal["benchmark", "evaluation"]
    what: str
    settles: str
    gpu_hours: float
    usd: float | None


@dataclass(frozen=True)
class Verdict:
    """The advice: a code, what it rests on, and how far to trust it.

    ``pilot`` names the experiments that come first, the cheapest one first; empty unless ``pilot_first``.
    ``confidence_reason`` is the rule that made the confidence low, in words; empty otherwise: see ``doubts``.
    """

    code: VerdictCode
    pilot_first: bool
    confidence: ConfidenceLevel
    reasons: tuple[str, ...]
    doubts: tuple[str, ...]
    pilot: tuple[Experiment, ...] = ()
    confidence_reason: str = ""


@dataclass(frozen=True)
class Flip:
    """A single change that would turn the advice: the driver, its value now and where it turns, in words."""

    driver: str
    now: float
    at: float
    unit: str
    sentence: str


@dataclass(frozen=True)
class TornadoRow:
    """NPV saved by the move looked at if one driver is at the low or high end of its 80 % range, all else as expected.

    Savings in USD; ``low`` and ``high`` are the driver's values in ``unit``.
    """

    driver: str
    unit: str
    low: float
    base: float
    high: float
    saving_at_low_usd: float
    saving_at_high_usd: float

    @property
    def swing_usd(self) -> float:
        """Distance between both ends."""
        return abs(self.saving_at_high_usd - self.saving_at_low_usd)


@dataclass(frozen=True)
class BreakEvens:
    """Where the challenger and today's fleet cost the same (design.md, formula 10).

    ``price`` holds the ratio of the fleets as sized. The others take today's bill as it is and the challenger's fleet
    unrounded, since whole machines make steps: ``utilization_fraction`` of today's fleet below which the challenger
    is cheaper (None where nobody measured today's fleet), ``throughput_ratio`` of candidate to today above which it
    is, and ``months_of_demand`` the demand must last for one-offs and double running to come back (None: never).
    """

    price: BreakEven
    utilization_fraction: float | None
    utilization_today_fraction: float | None
    throughput_ratio: float | None
    throughput_ratio_today: float | None
    months_of_demand: float | None
    npv_price_usd_per_gpu_hour: float | None
    npv_current_price_usd_per_gpu_hour: float | None


@dataclass(frozen=True)
class Stability:
    """How stable the order is: share of all weightings, and of the draws, in which each option scores best."""

    weight_shares: tuple[tuple[str, float], ...]
    draw_shares: tuple[tuple[str, float], ...]
    draws: int
    seed: int


@dataclass(frozen=True)
class LoadViews:
    """What random arrivals at the peak make of today's fleet and of the chosen one; None where it cannot be told."""

    baseline: LoadView | None = None
    chosen: LoadView | None = None


@dataclass(frozen=True)
class CashBand:
    """Cumulative discounted cash of a future, USD, months 0 to the horizon: P10, P50 and P90 of the draws.

    ``cost`` is what is paid, one-offs included; ``saved`` what is paid less than by staying. At the horizon they are
    the outlook's figures.
    """

    future: FutureName
    cost_p10_usd: tuple[float, ...]
    cost_p50_usd: tuple[float, ...]
    cost_p90_usd: tuple[float, ...]
    saved_p10_usd: tuple[float, ...]
    saved_p50_usd: tuple[float, ...]
    saved_p90_usd: tuple[float, ...]


@dataclass(frozen=True)
class Decision:
    """Everything a renderer needs.

    ``best`` is the option ranked first, ``chosen`` the one the verdict adopts (None: none, or tokens are bought),
    ``challenger`` the best option that would change something: on other GPUs if there is one. Break-even, tornado and
    other bases are about it. ``futures`` holds staying, the best tuning, the best moves and buying tokens;
    ``adopted`` is the one the verdict names. ``bands`` follow up to three of them month by month through the draws.
    ``losing`` says of every other option in one sentence why not.
    """

    scenario: Scenario
    catalog: Catalog
    load: Load
    baseline: Option
    options: tuple[Option, ...]
    best: Option | None
    chosen: Option | None
    challenger: Option | None
    futures: tuple[Future, ...]
    break_even: BreakEven | None
    other_bases: tuple[OtherBasis, ...]
    verdict: Verdict
    loads: tuple[Load, ...]
    adopted: Future | None
    tokens: TokenLine
    break_evens: BreakEvens | None
    flips: tuple[Flip, ...]
    tornado: tuple[TornadoRow, ...]
    outlook: Outlook | None
    stability: Stability
    price_warnings: tuple[PriceWarning, ...]
    losing: tuple[tuple[str, str], ...]
    own: tuple[OwnMeasurement, ...] = ()
    load_view: LoadViews = LoadViews()
    bands: tuple[CashBand, ...] = ()

    def future(self, name: str) -> Future | None:
        """A future by its name."""
        return next((future for future in self.futures if future.name == name), None)

    def band(self, name: str) -> CashBand | None:
        """A future's range by month, None where it was not drawn."""
        return next((band for band in self.bands if band.future == name), None)
