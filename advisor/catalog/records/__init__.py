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
    SizeBand,
    Source,
    SupportLevel,
    TaskClass,
)
from advisor.catalog.records.evidence import Checkpoint, EngineSupport, QualityPair
from advisor.catalog.records.fitted import IntervalFactor, Likeness, RelativesFit, StepEfficiencies
from advisor.catalog.records.machines import Conflict, DenseTflops, Hardware, Model, Precision, Support
from advisor.catalog.records.measurements import BenchmarkPoint, LatencyRow, MlperfRow, PublishedFigure
from advisor.catalog.records.money import Offer, PowerBook, PriceBook
from advisor.catalog.records.quality import EffectSpreads, EvalTask, QualityPriorFit

__all__ = [
    "Assumption",
    "BenchmarkPoint",
    "Checkpoint",
    "Confidence",
    "Conflict",
    "Decoding",
    "DenseTflops",
    "EffectSpreads",
    "EngineSupport",
    "EvalTask",
    "Hardware",
    "IntervalFactor",
    "LatencyRow",
    "Likeness",
    "MlperfRow",
    "Model",
    "Offer",
    "PartialDate",
    "PowerBook",
    "Precision",
    "PriceBasis",
    "PriceBook",
    "PublishedFigure",
    "QualityPair",
    "QualityPriorFit",
    "Record",
    "RelativesFit",
    "SizeBand",
    "Source",
    "StepEfficiencies",
    "Support",
    "SupportLevel",
    "TaskClass",
]
