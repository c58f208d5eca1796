"""Quality: what a change of format costs each task class, held against the buyer's tolerance.

Read :mod:`advisor.quality.verdict` first. Published pairs speak through :mod:`advisor.quality.prior`, own results through
:mod:`advisor.quality.compare`; the rule itself is in :mod:`advisor.quality.statistics`.
"""

from advisor.quality.grouping import size_band
from advisor.quality.plan import EvalPlan, PlannedTask
from advisor.quality.verdict import Change, ClassVerdict, OwnVerdict, QualityStatus, QualityVerdict, Usage, judge_change

__all__ = [
    "Change",
    "ClassVerdict",
    "EvalPlan",
    "OwnVerdict",
    "PlannedTask",
    "QualityStatus",
    "QualityVerdict",
    "Usage",
    "judge_change",
    "size_band",
]
