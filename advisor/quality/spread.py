"""A two-piece Student t: a location, a scale, heavy tails, and a longer one on the side of losses."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, lgamma, log, pi

from advisor.quality import student


@dataclass(frozen=True)
class Spread:
    """A distribution of a difference in points. ``skew`` above 0 stretches the side of losses by exp(skew)."""

    mode: float
    scale: float
    dof: float
    skew: float

    @property
    def _left(self) -> tuple[float, float]:
        """Scale of the left side and its share of probability."""
        left, right = exp(self.skew), exp(-self.skew)
        return left, left / (left + right)

    def quantile(self, share: float) -> float:
        """The value below which ``share`` of the probability lies."""
        left, mass = self._left
        if share < mass:
            return self.mode + self.scale * left * student.quantile(self.dof, share / (2 * mass))
        return self.mode + self.scale / left * student.quantile(self.dof, 1 - (1 - share) / (2 * (1 - mass)))

    def probability_above(self, value: float) -> float:
        """Probability of a value at or above ``value``."""
        left, mass = self._left
        z = (value - self.mode) / self.scale
        if z < 0:
            return 1 - 2 * mass * student.distribution(self.dof, z / left)
        return 2 * (1 - mass) * (1 - student.distribution(self.dof, z * left))

    def log_density(self, value: float) -> float:
        """Log of the density at a value, per point."""
        left, _ = self._left
        z = (value - self.mode) / self.scale
        z = z / left if z < 0 else z * left
        nu = self.dof
        constant = lgamma((nu + 1) / 2) - lgamma(nu / 2) - 0.5 * log(nu * pi)
        return constant - (nu + 1) / 2 * log(1 + z * z / nu) + log(2 / (left + 1 / left)) - log(self.scale)
