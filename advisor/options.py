"""Options: every hardware x format x decoding a GPU may serve the model with, and what becomes of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from advisor.catalog import Catalog
from advisor.economics import BreakEven, Cost, Energy
from advisor.evidence.frontier import Curve
from advisor.evidence.reading import Grade
from advisor.formats import legality, resolve_precision
from advisor.money.futures import Future
from advisor.pricing import Price
from advisor.quality import QualityVerdict
from advisor.scenario import DecodingChoice, Scenario
from advisor.sizing import Fleet


@dataclass(frozen=True)
class OptionKey:
    """What an option is. ``precision`` is the name asked for (a family such as fp4), ``format`` what it means here."""

    hardware: str
    precision: str
    format: str
    decoding: DecodingChoice

    @property
    def id(self) -> str:
        """``h200:fp8:none``."""
        return f"{self.hardware}:{self.precision}:{self.decoding}"

    def label(self, catalog: Catalog) -> str:
        """``H200 SXM FP8 with MTP``."""
        words = f"{catalog.hardware[self.hardware].name} {catalog.precisions[self.format].name}"
        return words if self.decoding == "none" else f"{words} with {self.decoding.upper()}"


@dataclass(frozen=True)
class Gate:
    """A condition an option must meet; ``passed`` is None where nobody knows."""

    name: str
    passed: bool | None
    reason: str


@dataclass(frozen=True)
class OperatingPoint:
    """Where an option runs. Rates in tok/s/user and tok/s/GPU; ``low``/``high`` bound the 80 % interval.

    ``ttft_ms`` is the median time to first token in closed loop. ``tail_ratio`` is TPOT at the percentile asked over the
    median, None where the target is about the median. ``software`` says how old what was measured is.
    """

    interactivity_tok_s_per_user: float
    tok_s_per_gpu: float
    low: float | None
    high: float | None
    grade: Grade
    range: tuple[float, float]
    sources: tuple[str, ...]
    run_dates: tuple[str, ...]
    concurrency: float
    replica_gpus: int | None
    engine: str
    users_per_gpu: float
    note: str
    ttft_ms: float | None = None
    ttft_low_ms: float | None = None
    ttft_high_ms: float | None = None
    ttft_grade: Grade | None = None
    tail_ratio: float | None = None
    tail_grade: Grade | None = None
    software: str = ""


CRITERIA = ("cost", "latency", "quality", "evidence", "readiness", "energy")
"""What options that pass are scored on; the names are those of the scenario's weights."""


@dataclass(frozen=True)
class Risk:
    """Something that stands between an option and serving: it adds months or blocks, or must only be known."""

    name: str
    reason: str
    added_months: float = 0.0
    blocks: bool = False
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Readiness:
    """What moving to an option needs before it serves."""

    risks: tuple[Risk, ...] = ()

    @property
    def added_months(self) -> float:
        """Months the risks add to the lead time."""
        return sum(risk.added_months for risk in self.risks)


READY = Readiness()


@dataclass(frozen=True)
class Standing:
    """Where an option stands among those that pass.

    ``criteria`` are scores in the order of :data:`CRITERIA`: 0 to 1, but cost is 0 as today, 1 at the saving assumed to
    count in full, and knows no bounds. ``score`` is their weighted mean. ``future`` is
    its cheapest course of action. ``dominated_by`` names an option that is at least as good in every criterion and
    better in one. ``why_not`` is one sentence, empty for the winner.
    """

    criteria: tuple[float, ...]
    score: float
    future: Future
    dominated_by: str | None
    weight_share_fraction: float
    why_not: str = ""


@dataclass(frozen=True)
class Outlook:
    """What the draws say of an option's cheapest future against staying. NPVs in USD; P10/P50/P90 of the draws.

    ``win_fraction`` is the share of draws in which the option scores best at the user's weights.
    """

    saves_money_fraction: float
    target_met_fraction: float
    saving_p10_usd: float
    saving_p50_usd: float
    saving_p90_usd: float
    npv_p10_usd: float
    npv_p50_usd: float
    npv_p90_usd: float
    win_fraction: float


@dataclass(frozen=True)
class Option:
    """An option with all that was worked out; what could not be is None, with the reason among the gates.

    Of several workloads ``parts`` holds one option each; operating point and curve are then the first one's.
    ``standing`` is what the decision made of it, ``outlook`` what the draws say.
    """

    key: OptionKey
    gates: tuple[Gate, ...]
    price: Price | None
    operating_point: OperatingPoint | None
    curve: Curve | None
    fleet: Fleet | None
    cost: Cost | None
    energy: Energy | None
    quality: QualityVerdict
    saving_fraction: float | None = None
    saving_per_token_fraction: float | None = None
    break_even: BreakEven | None = None
    rank: int | None = None
    readiness: Readiness = READY
    parts: tuple[Option, ...] = ()
    standing: Standing | None = None
    outlook: Outlook | None = None

    @property
    def feasible(self) -> bool:
        """No gate fails and the money is known. A gate nobody can judge does not exclude; it calls for a pilot."""
        return self.cost is not None and all(gate.passed is not False for gate in self.gates)

    @property
    def is_estimate(self) -> bool:
        """Whether nobody measured the option: its throughput is transferred or modelled, for any of its workloads."""
        points = [part.operating_point for part in self.parts or (self,)]
        return any(point is not None and point.grade in ("transferred", "modelled") for point in points)

    @property
    def throughput_range(self) -> tuple[float, float] | None:
        """Ends of the 80 % interval of its throughput over the estimate, None where no workload has one.

        Of several workloads the widest stands for all: they share engine, format and GPU.
        """
        points = [part.operating_point for part in self.parts or (self,)]
        lows = [point.low / point.tok_s_per_gpu for point in points if point is not None and point.low is not None]
        highs = [point.high / point.tok_s_per_gpu for point in points if point is not None and point.high is not None]
        return (min(lows), max(highs)) if lows and highs else None

    @property
    def failures(self) -> tuple[Gate, ...]:
        """Gates that exclude the option."""
        return tuple(gate for gate in self.gates if gate.passed is False)

    @property
    def unknowns(self) -> tuple[Gate, ...]:
        """Gates nobody could judge."""
        return tuple(gate for gate in self.gates if gate.passed is None)


def precision_names(catalog: Catalog) -> tuple[str, ...]:
    """Names options are built from: families in place of their formats."""
    names = [precision.family or precision.id for precision in catalog.precisions.values()]
    return tuple(dict.fromkeys(names))


def family_name(catalog: Catalog, precision: str) -> str:
    """The name a format goes by in option ids: nvfp4 and mxfp4 are fp4."""
    return catalog.precisions[precision].family or precision


def enumerate_options(catalog: Catalog, scenario: Scenario) -> Iterator[OptionKey]:
    """Every candidate option, legal ones first asked for by hardware order of the catalog.

    A format a GPU does not compute in is listed, with its reason, only for GPUs the user named (today's included):
    nobody asked about the others.
    """
    model = catalog.models[scenario.workload.model_id] if scenario.workload.model_id else None
    named = {*scenario.candidates.hardware, scenario.current.hardware}
    wanted = named if scenario.candidates.hardware else set(catalog.hardware)
    decodings = decodings_of(catalog, scenario)
    for hardware in (gpu for gpu in catalog.hardware if gpu in wanted):
        for name in precision_names(catalog):
            precision = resolve_precision(catalog, name, hardware, model)
            assert precision is not None  # names come from the catalog itself
            if not legality(catalog, hardware, precision, model).legal and hardware not in named:
                continue
            for decoding in decodings:
                yield OptionKey(hardware, name, precision, decoding)


def decodings_of(catalog: Catalog, scenario: Scenario) -> tuple[DecodingChoice, ...]:
    """Plain decoding, and MTP where the model has such layers or was measured with a draft model."""
    model_id = scenario.workload.model_id
    if model_id is None:
        return ("none",)
    measured = any(
        point.decoding == "mtp" for cell, points in catalog.points_by_cell.items() if cell[0] == model_id for point in points
    )
    return ("none", "mtp") if measured or catalog.models[model_id].mtp_layers > 0 else ("none",)
