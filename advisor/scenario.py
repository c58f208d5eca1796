"""What the user asks: one frozen, validated scenario. Every bound, unit and help text stands here, once.

The wizard's widgets read ``Field`` bounds, ``unit`` and ``help`` from these classes, so a field can never
accept on screen what the validator refuses. Names (model, GPU, engine) are resolved to catalog ids when a
catalog is given as validation context: see :mod:`advisor.scenario_io`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from advisor.catalog.records import PriceBasis
from advisor.measured import MOST_POINTS, MOST_PROBES, MeasuredPoint, MeasuredProbe
from advisor.own_price import MOST_OFFERS, OwnOffer
from advisor.resolved_names import EngineName, HardwareName, ModelName, PrecisionName, PriceBookName
from advisor.scenario_base import Part, field
from advisor.scenario_money import (
    Commitment,
    Finance,
    Migration,
    Owned,
    Preferences,
    PriceChange,
    Uncertainty,
    Weights,
)
from advisor.scenario_quality import OwnResult, Quality, ScenarioTask, Task

SCHEMA_VERSION = 1
HOURS_PER_DAY = 24
MAX_WORKLOADS = 8
DecodingChoice = Literal["none", "mtp"]
Vendor = Literal["nvidia", "amd"]
Billing = Literal["server", "gpu"]


__all__ = [
    "Allow",
    "CandidatePrice",
    "Candidates",
    "CatalogPin",
    "Commitment",
    "Current",
    "CurrentPrice",
    "CustomModel",
    "CustomModelChoice",
    "Demand",
    "Finance",
    "Migration",
    "OwnOffer",
    "OwnResult",
    "Owned",
    "Part",
    "Preferences",
    "PriceChange",
    "Quality",
    "Scenario",
    "ScenarioTask",
    "Sizing",
    "Targets",
    "Task",
    "Uncertainty",
    "Weights",
    "Workload",
    "field",
]


class CustomModel(Part):
    """A model the catalog does not hold, by what memory and speed depend on."""

    total_params_b: float = field(label="Parameters, total", unit="billion", gt=0, le=100_000)
    active_params_b: float = field(label="Parameters, active per token", unit="billion", gt=0, le=100_000)
    layers: int = field(label="Layers", gt=0, le=10_000)
    kv_values_per_token: int = field(label="Cached values per token", unit="values", gt=0, le=100_000_000)
    native_precision: PrecisionName = field("bf16", label="Native precision")

    @model_validator(mode="after")
    def _active_within_total(self) -> CustomModel:
        if self.active_params_b > self.total_params_b:
            raise PydanticCustomError("active", "active parameters exceed total parameters", {})
        return self


class CustomModelChoice(Part):
    """Wrapper of a custom model, as it stands in a scenario file."""

    custom: CustomModel


class Demand(Part):
    """How much is asked, in one of three units, and how the peak relates to the mean."""

    requests_per_second_mean: float | None = field(
        None, label="Requests per second, mean", unit="requests/s", help="Mean over the day.", gt=0, le=1e6
    )
    tokens_per_day: float | None = field(
        None, label="Tokens per day", unit="tokens/day", help="Input and output together.", gt=0, le=1e16
    )
    active_users: float | None = field(
        None, label="Active users", unit="users", help="People at work at the same time, on average.", gt=0, le=1e9
    )
    requests_per_user_minute: float | None = field(
        None, label="Requests per user and minute", unit="requests/min", gt=0, le=1e4
    )
    peak_to_mean_ratio: float = field(
        2.0,
        label="Peak to mean",
        unit="ratio",
        help="Busiest quarter of an hour over the mean. A 24-hour profile gives its own.",
        ge=1,
        le=100,
    )
    profile_24h: tuple[Annotated[float, Field(ge=0, le=1e16)], ...] = field(
        (),
        label="Profile of a day",
        unit="any, hour by hour",
        help="24 values, from midnight: only their proportions count. Empty: none.",
    )

    @field_validator("profile_24h")
    @classmethod
    def _whole_day(cls, profile: tuple[float, ...]) -> tuple[float, ...]:
        if profile and (len(profile) != HOURS_PER_DAY or not sum(profile) > 0):
            raise PydanticCustomError(
                "profile", "needs 24 values, not all of them 0 (found {count})", {"count": len(profile)}
            )
        return profile

    @property
    def peak_ratio(self) -> float:
        """Peak over mean: the busiest hour of the profile where there is one, else as entered."""
        if self.profile_24h:
            return max(self.profile_24h) * HOURS_PER_DAY / sum(self.profile_24h)
        return self.peak_to_mean_ratio

    @model_validator(mode="after")
    def _one_unit(self) -> Demand:
        users = (self.active_users is not None) + (self.requests_per_user_minute is not None)
        ways = (self.requests_per_second_mean is not None) + (self.tokens_per_day is not None) + (users > 0)
        if users == 1:
            raise PydanticCustomError("demand", "active_users and requests_per_user_minute are needed together", {})
        if ways > 1:
            raise PydanticCustomError(
                "demand",
                "give one of requests_per_second_mean, tokens_per_day, or active_users with requests_per_user_minute",
                {},
            )
        return self

    @property
    def is_given(self) -> bool:
        """Whether a volume stands here (a ratio alone is no demand)."""
        return any((self.requests_per_second_mean, self.tokens_per_day, self.active_users))


class Targets(Part):
    """What a user must feel."""

    interactivity_tok_s_per_user: float = field(
        30.0,
        label="Interactivity",
        unit="tok/s per user",
        help="How fast one answer streams: 1000 / median time per output token in ms. 30 is about 1,300 words a minute.",
        gt=0,
        le=5000,
    )
    ttft_ms: float | None = field(None, label="Time to first token", unit="ms", gt=0, le=600_000)
    percentile: Literal[50, 90, 95, 99] = field(50, label="Percentile", unit="%")


class Workload(Part):
    """One stream of requests: model, sizes, demand, targets and tasks."""

    model: ModelName | CustomModelChoice = field(label="Model")
    input_tokens: int = field(1024, label="Input tokens", unit="tokens/request", ge=1, le=10_000_000)
    output_tokens: int = field(1024, label="Output tokens", unit="tokens/request", ge=2, le=1_000_000)
    prefix_cache_hit_fraction: float = field(
        0.0,
        label="Prefix cache hits",
        unit="fraction",
        help="Share of input tokens found in the cache; 0 in all catalog runs.",
        ge=0,
        lt=1,
    )
    demand: Demand | None = field(None, label="Demand")
    growth_per_year_fraction: float = field(0.0, label="Growth a year", unit="fraction", gt=-1, le=10)
    targets: Targets = field(Targets(), label="Targets")
    tasks: tuple[Task, ...] = field((Task(task_class="conversation"),), label="Tasks", min_length=1)

    @model_validator(mode="after")
    def _tasks_once(self) -> Workload:
        classes = [task.task_class for task in self.tasks]
        if len(set(classes)) < len(classes):
            raise PydanticCustomError("tasks", "a task class stands twice in tasks", {})
        return self

    @property
    def model_id(self) -> str | None:
        """The catalog id of the model, or None for a custom one."""
        return self.model if isinstance(self.model, str) else None


class CurrentPrice(Part):
    """Today's bill, per GPU-hour or per month for the whole fleet."""

    usd_per_gpu_hour: float | None = field(None, label="Price", unit="USD/GPU-hour", gt=0, le=1000)
    usd_per_month: float | None = field(None, label="Bill", unit="USD/month", gt=0, le=1e10)
    basis: PriceBasis = field("on_demand", label="Basis")

    @model_validator(mode="after")
    def _one_price(self) -> CurrentPrice:
        if (self.usd_per_gpu_hour is None) == (self.usd_per_month is None):
            raise PydanticCustomError("price", "give one of usd_per_gpu_hour and usd_per_month", {})
        return self


class Current(Part):
    """The fleet of today."""

    hardware: HardwareName = field(label="GPU")
    gpus: int = field(label="GPUs", unit="GPUs", ge=1, le=1_000_000)
    precision: PrecisionName = field("fp8", label="Precision")
    decoding: DecodingChoice = field("none", label="Decoding")
    engine: EngineName | None = field(None, label="Engine")
    price: CurrentPrice | None = field(None, label="Price")
    owned: Owned | None = field(None, label="Own hardware")
    billing: Billing = field("server", label="Billed by")
    utilization_fraction: float | None = field(
        None, label="Utilization", unit="fraction", help="Used only when no demand is given.", gt=0, le=1
    )
    commitment: Commitment = field(Commitment(), label="Commitment")
    measured: tuple[MeasuredPoint, ...] = field(
        (), label="Own operating points", help="Imported with `advisor import`.", max_length=MOST_POINTS
    )
    probes: tuple[MeasuredProbe, ...] = field(
        (), label="Own probes", help="Results of `advisor probe`, of any GPU considered.", max_length=MOST_PROBES
    )

    @model_validator(mode="after")
    def _one_bill(self) -> Current:
        if (self.price is None) == (self.owned is None):
            raise PydanticCustomError("price", "price is needed; or else owned, for hardware on your own books", {})
        committed = self.commitment.gpus
        if committed is not None and committed > self.gpus:
            raise PydanticCustomError(
                "commitment",
                "commitment.gpus ({committed}) is above gpus ({gpus})",
                {"committed": committed, "gpus": self.gpus},
            )
        return self

    @property
    def committed_gpus(self) -> int:
        """GPUs under contract; 0 without one."""
        if self.commitment.months_left == 0:
            return 0
        return self.gpus if self.commitment.gpus is None else self.commitment.gpus


class CandidatePrice(Part):
    """Where candidate prices come from: quotes as typed, prices of own files, a named book, offers; in this order."""

    basis: PriceBasis = field("on_demand", label="Basis")
    book: PriceBookName | None = field(None, label="Price book")
    provider: str | None = field(None, label="Provider", help="Only its offers enter. Empty: all.", max_length=80)
    as_of: str | None = field(
        None,
        label="As of",
        unit="date",
        help="Offers as they were known on that day (2026-03-15). Empty: the catalog's date.",
        pattern=r"^\d{4}-\d{2}-\d{2}$",
    )
    overrides: dict[HardwareName, Annotated[float, Field(gt=0, le=1000)]] = Field(default_factory=dict)
    offers: tuple[OwnOffer, ...] = field((), label="Own prices", max_length=MOST_OFFERS)


class Allow(Part):
    """What the buyer would accept."""

    spot: bool = field(False, label="Spot")
    disaggregated: bool = field(False, label="Disaggregated serving")
    vendors: tuple[Vendor, ...] = field(("nvidia", "amd"), label="Vendors", min_length=1)
    api_tokens: bool | None = field(
        None,
        label="Buying tokens",
        help="A provider's latency, precision and terms for your data. Empty: advised only if every listed price wins.",
    )


class Candidates(Part):
    """What may replace the fleet. Empty hardware: every GPU of the catalog; empty engines: any."""

    hardware: tuple[HardwareName, ...] = field((), label="GPUs")
    engines: tuple[EngineName, ...] = field((), label="Engines")
    price: CandidatePrice = field(CandidatePrice(), label="Price")
    billing: Billing = field("server", label="Billed by")
    allow: Allow = field(Allow(), label="Allow")
    spot_overhead_fraction: float = field(
        0.1,
        label="Spot interruptions",
        unit="fraction",
        help="Throughput lost to interruptions and restarts; enters where the price is a spot price.",
        ge=0,
        lt=1,
    )
    owned: dict[HardwareName, Owned] = Field(default_factory=dict)
    max_kw: float | None = field(None, label="Power limit", unit="kW", gt=0, le=1e6)
    max_usd_per_month: float | None = field(None, label="Budget a month", unit="USD/month", gt=0, le=1e10)
    max_one_off_usd: float | None = field(None, label="Budget for moving", unit="USD", ge=0, le=1e10)
    serve_within_months: int | None = field(None, label="Must serve within", unit="months", help="From today.", ge=0, le=120)

    @model_validator(mode="after")
    def _spot_allowed(self) -> Candidates:
        if self.price.basis == "spot" and not self.allow.spot:
            raise PydanticCustomError("spot", "price.basis is spot, but allow.spot is false", {})
        return self


class Sizing(Part):
    """How much spare capacity a fleet keeps."""

    headroom_fraction: float = field(
        0.2, label="Headroom", unit="fraction", help="Share of measured throughput left free at the peak.", ge=0, lt=1
    )
    spare_replicas: int = field(0, label="Spare replicas", unit="replicas", ge=0, le=1000)


class CatalogPin(Part):
    """The catalog version a link was made with."""

    version: str | None = None


class Scenario(Part):
    """Everything the advice depends on. ``name`` never enters a link."""

    schema_version: Literal[1] = field(SCHEMA_VERSION, label="Schema", alias="schema")
    name: str = field("", label="Name", max_length=200)
    workloads: tuple[Workload, ...] = field(label="Workloads", min_length=1, max_length=MAX_WORKLOADS)
    current: Current = field(label="Today")
    candidates: Candidates = field(Candidates(), label="Candidates")
    quality: Quality = field(Quality(), label="Quality")
    migration: Migration = field(Migration(), label="Migration")
    finance: Finance = field(Finance(), label="Finance")
    sizing: Sizing = field(Sizing(), label="Sizing")
    uncertainty: Uncertainty = field(Uncertainty(), label="Uncertainty")
    preferences: Preferences = field(Preferences(), label="Preferences")
    catalog: CatalogPin = field(CatalogPin(), label="Catalog")

    model_config = ConfigDict(populate_by_name=True)

    @property
    def workload(self) -> Workload:
        """The first workload: the one of the scenario where there is but one."""
        return self.workloads[0]
