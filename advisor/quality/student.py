"""Student's t for any degrees of freedom: its distribution function and quantiles.

With z = sqrt(dof) tan(angle) the density is proportional to cos(angle)^(dof - 1) on a quarter turn, so one cumulative sum
over a fine grid gives both to about 1e-7. scipy.special has them too, and takes longer to import than a whole recommendation
to compute; the tests hold this to it.
"""

from __future__ import annotations

from functools import lru_cache
from math import atan, pi, sqrt, tan

import numpy as np

from advisor.evidence.steffen import FloatArray

STEPS = 8192


@lru_cache(maxsize=16)
def _upper_half(dof: float) -> tuple[FloatArray, FloatArray]:
    """Angles from 0 to a quarter turn and the share of the upper half's probability below them (trapezoids)."""
    angle = np.linspace(0.0, pi / 2, STEPS + 1)
    density = np.cos(angle).clip(min=0.0) ** (dof - 1)
    below = np.concatenate(([0.0], np.cumsum(density[1:] + density[:-1])))
    return angle, below / below[-1]


def distribution(dof: float, z: float) -> float:
    """Probability of a value at or below z. ``dof`` above 1."""
    angle, below = _upper_half(dof)
    half = float(np.interp(atan(abs(z) / sqrt(dof)), angle, below)) / 2
    return 0.5 + half if z > 0 else 0.5 - half


def quantile(dof: float, share: float) -> float:
    """The value below which ``share`` of the probability lies. ``dof`` above 1, ``share`` within (0, 1)."""
    angle, below = _upper_half(dof)
    z = sqrt(dof) * tan(float(np.interp(abs(2 * share - 1), below, angle)))
    return z if share > 0.5 else -z
