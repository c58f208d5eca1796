"""The money side of a scenario: contract, own hardware, moving, finance, uncertainty, what counts."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from advisor.scenario_base import Part, field

Recovery = Literal["idle", "reuse", "refund", "sell"]


class Commitment(Part):
    """What is left of today's contract, and what of it comes back if the GPUs are not used."""

    months_left: int = field(0, label="Months left", unit="months", ge=0, le=120)
    gpus: int | None = field(
        None, label="Committed GPUs", unit="GPUs", help="Empty: the whole fleet is committed.", ge=1, le=1_000_000
    )
    recovery: Recovery | None = field(None, label="What happens to unused committed GPUs")
    recoverable_fraction: float = field(
        0.0,
        label="Recoverable",
        unit="fraction",
        help="Share of the remaining payments you get back if you leave early.",
        ge=0,
        le=1,
    )
    exit_fee_usd: float = field(0.0, label="Exit fee", unit="USD", help="Paid once, on leaving early.", ge=0, le=1e9)

    @model_validator(mode="after")
    def _idle_recovers_nothing(self) -> Commitment:
        if self.recovery == "idle" and self.recoverable_fraction > 0:
            raise PydanticCustomError("recovery", "recovery is idle, but recoverable_fraction is above 0", {})
        return self


class Owned(Part):
    """Hardware on the own books: what it cost, how long it lasts, what it is worth later, what running it costs."""

    capex_usd_per_gpu: float = field(
        label="Purchase price", unit="USD/GPU", help="With its share of host and network.", gt=0, le=1e7
    )
    life_months: int = field(60, label="Useful life", unit="months", ge=1, le=240)
    age_months: int = field(0, label="Age", unit="months", help="Of today's GPUs; 0 for new ones.", ge=0, le=240)
    residual_fraction: float = field(
        0.0, label="Value at the end of life", unit="fraction of the purchase price", ge=0, le=1
    )
    resale_usd_per_gpu: float | None = field(
        None, label="Resale value today", unit="USD/GPU", help="Empty: the book value.", ge=0, le=1e7
    )
    kw_per_gpu: float | None = field(
        None,
        label="IT power",
        unit="kW/GPU",
        help="Multiplied by PUE. Empty: the catalog's all-in figure, which holds the cooling already.",
        gt=0,
        le=100,
    )
    hosting_usd_per_gpu_month: float = field(0.0, label="Hosting", unit="USD/GPU-month", ge=0, le=1e5)

    @property
    def book_value_usd_per_gpu(self) -> float:
        """Straight line from the purchase price to the residual over the life, USD per GPU."""
        written_off = min(1.0, self.age_months / self.life_months) * (1 - self.residual_fraction)
        return self.capex_usd_per_gpu * (1 - written_off)


class Migration(Part):
    """What moving costs and how long it takes."""

    engineering_weeks: float = field(6.0, label="Engineering", unit="weeks", ge=0, le=1000)
    usd_per_engineering_week: float = field(5000.0, label="Engineering rate", unit="USD/week", ge=0, le=1e6)
    revalidation_usd: float = field(20000.0, label="Re-validation", unit="USD", ge=0, le=1e8)
    parallel_months: float = field(1.0, label="Parallel running", unit="months", ge=0, le=24)
    ramp_months: int = field(2, label="Ramp", unit="months", ge=0, le=36)
    lead_time_months: int = field(2, label="Lead time", unit="months", ge=0, le=36)
    contingency_fraction: float = field(0.15, label="Contingency", unit="fraction", ge=0, le=2)
    buy_tokens_weeks: float = field(
        2.0, label="Engineering for bought tokens", unit="weeks", help="Moving the calls to an API.", ge=0, le=1000
    )


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


class Uncertainty(Part):
    """How far inputs may be off, as half-widths of 80 % intervals, and the seed of the draws."""

    seed: int = field(1, label="Seed", help="The same seed gives the same digits.", ge=0, le=2**31)
    throughput_spread_ratio: float = field(
        1.0, label="Throughput intervals", unit="ratio", help="1: as the evidence gives them; 0: none.", ge=0, le=5
    )
    price_spread_ratio: float = field(
        1.0, label="Offer spread", unit="ratio", help="1: as the offers are spread; 0: none. Quotes have none.", ge=0, le=5
    )
    growth_spread_fraction: float = field(0.1, label="Growth a year, ±", unit="fraction/year", ge=0, lt=1)
    price_change_spread_fraction: float = field(0.1, label="Price change a year, ±", unit="fraction/year", ge=0, lt=1)
    delay_p90_months: float = field(
        2.0, label="Delay", unit="months", help="One move in ten is later by more than this.", ge=0, le=60
    )
    quality_unproven_fails_fraction: float = field(0.1, label="Unproven quality fails", unit="probability", ge=0, le=1)
    quality_unknown_fails_fraction: float = field(0.3, label="Unknown quality fails", unit="probability", ge=0, le=1)


class Weights(Part):
    """What counts how much among options that pass."""

    cost: float = Field(0.5, ge=0, le=1)
    latency: float = Field(0.1, ge=0, le=1)
    quality: float = Field(0.15, ge=0, le=1)
    evidence: float = Field(0.1, ge=0, le=1)
    readiness: float = Field(0.1, ge=0, le=1)
    energy: float = Field(0.05, ge=0, le=1)

    @model_validator(mode="after")
    def _something_counts(self) -> Weights:
        if not sum(dict(self).values()) > 0:
            raise PydanticCustomError("weights", "at least one weight must be above 0", {})
        return self


class Preferences(Part):
    """The buyer's weights, and the saving below which a change is not worth its trouble."""

    weights: Weights = Weights()
    minimum_saving_fraction: float = field(
        0.05, label="Smallest saving worth a change", unit="fraction", help="Below this the advice is to stay.", ge=0, lt=1
    )
