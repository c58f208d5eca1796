"""From options that were worked out to a verdict that survives argument: rank, choose, draw, explain.

The rules stand in docs/method.md, section "Verdict". No code depends on a draw; the confidence may.
"""

from advisor.decision.case import Case, open_case
from advisor.decision.decide import decide
from advisor.decision.records import (
    BreakEvens,
    CashBand,
    ConfidenceLevel,
    Decision,
    Experiment,
    Flip,
    LoadViews,
    OtherBasis,
    Stability,
    TornadoRow,
    Verdict,
    VerdictCode,
)

__all__ = [
    "BreakEvens",
    "Case",
    "CashBand",
    "ConfidenceLevel",
    "Decision",
    "Experiment",
    "Flip",
    "LoadViews",
    "OtherBasis",
    "Stability",
    "TornadoRow",
    "Verdict",
    "VerdictCode",
    "decide",
    "open_case",
]
