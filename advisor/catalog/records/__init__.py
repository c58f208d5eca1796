"""The catalog's records: typed, frozen, strict. One class a table, one field a column.

Units stand in the names. ``None`` means "not stated by the source", never zero.
"""

from advisor.catalog.records.base import (
    Assumption,
    Confidence,
    Decoding,
    PartialDate,
    PriceBasis,
    Record,
    RequestClass,
    SizeBand,
    Source,
    SupportLevel,
    TaskClass,
)
from advisor.catalog.records.evidence import Checkpoint, EngineSupport, QualityPair
from advisor.catalog.records.fitted import IntervalFactor, Likeness, LikenessComponent, RelativesFit, StepEfficiencies
from advisor.catalog.records.latency import LatencyFit, SoftwareAging, TailRatio
from advisor.catalog.records.machines import (
    Architecture,
    Conflict,
    DenseTflops,
    Hardware,
    Model,
    Placement,
    Precision,
    Support,
)
from advisor.catalog.records.measurements import (
    BenchmarkPoint,
    DatedRun,
    LatencyRow,
    MlperfRow,
    PublishedFigure,
    ThroughputClaim,
)
from advisor.catalog.records.money import ApiPrice, Offer, PowerBook, PriceBook
from advisor.catalog.records.quality import EffectSpreads, EvalTask, QualityPriorFit

__all__ = [
    "ApiPrice",
    "Architecture",
    "Assumption",
    "BenchmarkPoint",
    "Checkpoint",
    "Confidence",
    "Conflict",
    "DatedRun",
    "Decoding",
    "DenseTflops",
    "EffectSpreads",
    "EngineSupport",
    "EvalTask",
    "Hardware",
    "IntervalFactor",
    "LatencyFit",
    "LatencyRow",
    "Likeness",
    "LikenessComponent",
    "MlperfRow",
    "Model",
    "Offer",
    "PartialDate",
    "Placement",
    "PowerBook",
    "Precision",
    "PriceBasis",
    "PriceBook",
    "PublishedFigure",
    "QualityPair",
    "QualityPriorFit",
    "Record",
    "RelativesFit",
    "RequestClass",
    "SizeBand",
    "SoftwareAging",
    "Source",
    "StepEfficiencies",
    "Support",
    "SupportLevel",
    "TailRatio",
    "TaskClass",
    "ThroughputClaim",
]
