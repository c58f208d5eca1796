"""Evaluation results of other tools as arms: lm-evaluation-harness, lighteval, evalscope, plain CSV."""

from advisor.importers.evals.arm import arm_from_files

__all__ = ["arm_from_files"]
