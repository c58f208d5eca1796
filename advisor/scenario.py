"""What the user asks: one frozen, validated scenario. Every bound, unit and help text stands here, once.

The wizard's widgets read ``Field`` bounds, ``unit`` and ``help`` from these classes, so a field can never
accept on screen what the validator refuses. Names (model, GPU, engine) are resolved to catalog ids when a
catalog is given as validation context: see :mod:`advisor.scenario_io`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from advisor.catalog.records import PriceBasis
from advisor.resolved_names import EngineName, HardwareName, ModelName, PrecisionName, PriceBookName
from advisor.scenario_base import Part, field
from advisor.scenario_quality import OwnResult, Quality, ScenarioTask, Task

SCHEMA_VERSION = 1
DecodingChoice = Literal["none", "mtp"]
Vendor = Literal["nvidia", "amd"]
Billing = Literal["server", "gpu"]

__all__ = ["OwnResult", "Part", "Quality", "Scenario", "ScenarioTask", "Task", "Workload", "field"]


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
        2.0, label="Peak to mean", unit="ratio", help="Busiest quarter of an hour over the mean.", ge=1, le=100
    )

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


class Commitment(Part):
    """What is left of today's contract."""

    months_left: int = field(0, label="Months left", unit="months", ge=0, le=120)
    recoverable_fraction: float = field(
        0.0,
        label="Recoverable",
        unit="fraction",
        help="Share of the remaining payments you get back if you leave early.",
        ge=0,
        le=1,
    )


class Current(Part):
    """The fleet of today."""

    hardware: HardwareName = field(label="GPU")
    gpus: int = field(label="GPUs", unit="GPUs", ge=1, le=1_000_000)
    precision: PrecisionName = field("fp8", label="Precision")
    decoding: DecodingChoice = field("none", label="Decoding")
    engine: EngineName | None = field(None, label="Engine")
    price: CurrentPrice = field(label="Price")
    billing: Billing = field("server", label="Billed by")
    utilization_fraction: float | None = field(
        None, label="Utilization", unit="fraction", help="Used only when no demand is given.", gt=0, le=1
    )
    commitment: Commitment = field(Commitment(), label="Commitment")
    measured: tuple[dict[str, float], ...] = field(
        (), label="Own operating points", help="Not read yet: leave it empty.", max_length=0
    )


class CandidatePrice(Part):
    """Where candidate prices come from: offers on a basis, a named book, and own quotes, which win."""

    basis: PriceBasis = field("on_demand", label="Basis")
    book: PriceBookName | None = field(None, label="Price book")
    overrides: dict[HardwareName, Annotated[float, Field(gt=0, le=1000)]] = Field(default_factory=dict)


class Allow(Part):
    """What the buyer would accept."""

    spot: bool = field(False, label="Spot")
    disaggregated: bool = field(False, label="Disaggregated serving")
    vendors: tuple[Vendor, ...] = field(("nvidia", "amd"), label="Vendors", min_length=1)


class Candidates(Part):
    """What may replace the fleet. Empty hardware: every GPU of the catalog; empty engines: any."""

    hardware: tuple[HardwareName, ...] = field((), label="GPUs")
    engines: tuple[EngineName, ...] = field((), label="Engines")
    price: CandidatePrice = field(CandidatePrice(), label="Price")
    billing: Billing = field("server", label="Billed by")
    allow: Allow = field(Allow(), label="Allow")
    max_kw: float | None = field(None, label="Power limit", unit="kW", gt=0, le=1e6)

    @model_validator(mode="after")
    def _spot_allowed(self) -> Candidates:
        if self.price.basis == "spot" and not self.allow.spot:
            raise PydanticCustomError("spot", "price.basis is spot, but allow.spot is false", {})
        return self


class Migration(Part):
    """What moving costs and how long it takes."""

    engineering_weeks: float = field(6.0, label="Engineering", unit="weeks", ge=0, le=1000)
    usd_per_engineering_week: float = field(5000.0, label="Engineering rate", unit="USD/week", ge=0, le=1e6)
    revalidation_usd: float = field(20000.0, label="Re-validation", unit="USD", ge=0, le=1e8)
    parallel_months: float = field(1.0, label="Parallel running", unit="months", ge=0, le=24)
    ramp_months: int = field(2, label="Ramp", unit="months", ge=0, le=36)
    lead_time_months: int = field(2, label="Lead time", unit="months", ge=0, le=36)
    contingency_fraction: float = field(0.15, label="Contingency", unit="fraction", ge=0, le=2)


class PriceChange(Part):
    """Signed price change a year, apart for today's GPUs and candidates."""

    current: float = field(0.0, label="Current", unit="fraction/year", gt=-1, le=5)
    candidate: float = field(0.0, label="Candidate", unit="fraction/year", gt=-1, le=5)


class Finance(Part):
    """Horizon and rates."""

    horizon_months: int = field(36, label="Horizon", unit="months", ge=1, le=120)
    discount_rate_per_year: float = field(0.10, label="Discount rate", unit="fraction/year", ge=0, le=1)
    price_change_per_year: PriceChange = field(PriceChange(), label="Price change")
    usd_per_kwh: float | None = field(None, label="Electricity", unit="USD/kWh", gt=0, le=10)
    pue: float = field(1.3, label="PUE", unit="ratio", ge=1, le=5)


class Sizing(Part):
    """How much spare capacity a fleet keeps."""

    headroom_fraction: float = field(
        0.2, label="Headroom", unit="fraction", help="Share of measured throughput left free at the peak.", ge=0, lt=1
    )
    spare_replicas: int = field(0, label="Spare replicas", unit="replicas", ge=0, le=1000)


class Weights(Part):
    """What counts how much among options that pass."""

    cost: float = Field(0.5, ge=0, le=1)
    latency: float = Field(0.1, ge=0, le=1)
    quality: float = Field(0.15, ge=0, le=1)
    evidence: float = Field(0.1, ge=0, le=1)
    readiness: float = Field(0.1, ge=0, le=1)
    energy: float = Field(0.05, ge=0, le=1)


class Preferences(Part):
    """The buyer's weights, and the saving below which a change is not worth its trouble."""

    weights: Weights = Weights()
    minimum_saving_fraction: float = field(
        0.05, label="Smallest saving worth a change", unit="fraction", help="Below this the advice is to stay.", ge=0, lt=1
    )


class CatalogPin(Part):
    """The catalog version a link was made with."""

    version: str | None = None


class Scenario(Part):
    """Everything the advice depends on. ``name`` never enters a link."""

    schema_version: Literal[1] = field(SCHEMA_VERSION, label="Schema", alias="schema")
    name: str = field("", label="Name", max_length=200)
    workloads: tuple[Workload, ...] = field(label="Workloads", min_length=1, max_length=1)
    current: Current = field(label="Today")
    candidates: Candidates = field(Candidates(), label="Candidates")
    quality: Quality = field(Quality(), label="Quality")
    migration: Migration = field(Migration(), label="Migration")
    finance: Finance = field(Finance(), label="Finance")
    sizing: Sizing = field(Sizing(), label="Sizing")
    preferences: Preferences = field(Preferences(), label="Preferences")
    catalog: CatalogPin = field(CatalogPin(), label="Catalog")

    model_config = ConfigDict(populate_by_name=True)

    @property
    def workload(self) -> Workload:
        """The one workload of the scenario."""
        return self.workloads[0]
