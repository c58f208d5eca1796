"""How alike frontier points of different cells are: the prior covariance of the step-time model's error.

A sum of parts, each the product of what a difference in model, GPU, format, decoding, deployment, request size and load
leaves of the correlation (C. E. Rasmussen, C. K. I. Williams, Gaussian Processes for Machine Learning, 2006, chapter 4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from advisor.catalog.records import Likeness
from advisor.evidence.runs import Codes
from advisor.evidence.steffen import FloatArray

SQRT3 = 3.0**0.5
HARDWARE_LENGTHS = ("bandwidth_length", "flops_length", "memory_length")
MODEL_LENGTHS = ("active_params_length", "total_params_length", "cached_values_length", "layers_length")
CATEGORIES = ("model", "family", "hardware", "precision", "plain_decoding", "mtp", "disaggregated", "single_node")
"""Columns compared for equality, in the order of the table and of the likeness fields."""


@dataclass(frozen=True, eq=False)
class Table:
    """Frontier points of measured cells, one row each.

    Category codes (n, 8); log traits of GPU (n, 3) and model (n, 4); log request sizes (n, 2); log users per GPU (n,);
    cell and variant codes (n,).
    """

    codes: FloatArray
    hardware: FloatArray
    model: FloatArray
    sizes: FloatArray
    log_users: FloatArray
    cell: FloatArray
    variant: FloatArray

    def take(self, rows: Codes) -> Table:
        """Some rows."""
        return Table(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))

    def __len__(self) -> int:
        return len(self.log_users)


def prior(a: Table, b: Table, like: Likeness) -> FloatArray:
    """Prior covariance of the physics' error between two tables, shape (len(a), len(b))."""
    same = [a.codes[:, column, None] == b.codes[None, :, column] for column in range(len(CATEGORIES))]
    kin = {
        "hardware": np.exp(-0.5 * _squares(a.hardware, b.hardware, [getattr(like, name) for name in HARDWARE_LENGTHS])),
        "model": np.exp(-0.5 * _squares(a.model, b.model, [getattr(like, name) for name in MODEL_LENGTHS])),
    }
    distance = np.abs(a.log_users[:, None] - b.log_users[None, :])
    kernel = np.zeros((len(a), len(b)))
    for part in like.components:
        lengths = [part.log_isl_length, part.log_osl_length]
        term = part.spread**2 * np.exp(-0.5 * _squares(a.sizes, b.sizes, lengths)) * _matern(distance, part.log_users_length)
        for name, equal in zip(CATEGORIES, same, strict=True):
            term *= np.where(equal, 1.0, getattr(part, name) * kin.get(name, 1.0))
        kernel += term
    option = same[CATEGORIES.index("model")] & same[CATEGORIES.index("hardware")] & same[CATEGORIES.index("precision")]
    kernel += like.shared_offset**2 + like.model_offset**2 * same[CATEGORIES.index("model")] + like.option_offset**2 * option
    kernel += like.cell_spread**2 * (a.cell[:, None] == b.cell[None, :]) * _matern(distance, like.cell_length)
    own = a.variant[:, None] == b.variant[None, :]
    kernel += like.variant_spread**2 * own * _matern(distance, like.variant_length)
    return kernel


def _squares(a: FloatArray, b: FloatArray, lengths: Sequence[float]) -> FloatArray:
    """Squared distances between rows, each column over its length."""
    total: FloatArray = (((a[:, None, :] - b[None, :, :]) / np.array(lengths)) ** 2).sum(axis=2)
    return total


def _matern(distance: FloatArray, length: float) -> FloatArray:
    """Matérn 3/2."""
    scaled = SQRT3 * distance / length
    result: FloatArray = (1.0 + scaled) * np.exp(-scaled)
    return result


def total_variance(like: Likeness) -> float:
    """Prior variance of the physics' error at one point."""
    offsets = (like.shared_offset, like.model_offset, like.option_offset, like.cell_spread, like.variant_spread)
    return float(sum(part**2 for part in (*(part.spread for part in like.components), *offsets)))
