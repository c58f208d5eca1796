"""What a GPU costs in money that moves: rent, or purchase, power, hosting and what it is worth later."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from advisor.money.months import Array, month_numbers
from advisor.scenario import Finance, Owned
from advisor.units import HOURS_PER_MONTH


@dataclass(frozen=True)
class Terms:
    """Cash terms of one kind of GPU, per GPU.

    Rented GPUs have ``purchase_usd`` 0. For own ones ``usd_per_gpu_month`` is power and hosting, ``held_usd`` the
    resale value today of GPUs already there, ``held_life_months`` what is left of their life, ``book_usd`` their book
    value.
    """

    usd_per_gpu_month: float
    purchase_usd: float = 0.0
    residual_usd: float = 0.0
    life_months: int = 1
    held_usd: float = 0.0
    held_life_months: int = 0
    book_usd: float = 0.0

    @property
    def owned(self) -> bool:
        """Whether GPUs of this kind are bought, not rented."""
        return self.purchase_usd > 0

    def held_value(self, months: int) -> Array:
        """Resale value of a GPU that is there today, by month: a straight line to the residual, then flat."""
        return self.residual_usd + (self.held_usd - self.residual_usd) * self._life_left(months)

    def write_off(self, months: int) -> Array:
        """Book value of a GPU that its sale does not bring in, by month of the sale."""
        return (self.book_usd - self.held_usd) * self._life_left(months)

    def _life_left(self, months: int) -> Array:
        if self.held_life_months <= 0:
            return np.zeros(months)
        return np.asarray(np.clip(1 - month_numbers(months) / self.held_life_months, 0.0, 1.0))

    def closing_value(self, months: int) -> Array:
        """Value at the end of the horizon of a GPU bought in month m, by m."""
        age = months - month_numbers(months)
        written_off = np.clip(age / self.life_months, 0.0, 1.0)
        return np.asarray(self.purchase_usd - (self.purchase_usd - self.residual_usd) * written_off)


def power_usd_per_gpu_month(owned: Owned, finance: Finance, all_in_kw: float | None) -> float | None:
    """Electricity of one own GPU, USD a month.

    IT power entered is multiplied by PUE; the catalog's all-in figure holds the cooling already. None where neither
    a figure nor a price per kWh is known.
    """
    if finance.usd_per_kwh is None:
        return None
    kw = owned.kw_per_gpu * finance.pue if owned.kw_per_gpu is not None else all_in_kw
    return None if kw is None else kw * HOURS_PER_MONTH * finance.usd_per_kwh


def owner_rate_usd_per_gpu_hour(owned: Owned, power_usd_per_gpu_month: float) -> float:
    """Owner's cost: straight-line depreciation, power and hosting, USD per GPU-hour."""
    depreciation = owned.capex_usd_per_gpu * (1 - owned.residual_fraction) / owned.life_months
    return (depreciation + power_usd_per_gpu_month + owned.hosting_usd_per_gpu_month) / HOURS_PER_MONTH


def owned_terms(owned: Owned, power_usd_per_gpu_month: float) -> Terms:
    """Cash terms of own hardware: the purchase price of what is there is spent and enters no future."""
    held = owned.book_value_usd_per_gpu if owned.resale_usd_per_gpu is None else owned.resale_usd_per_gpu
    return Terms(
        usd_per_gpu_month=power_usd_per_gpu_month + owned.hosting_usd_per_gpu_month,
        purchase_usd=owned.capex_usd_per_gpu,
        residual_usd=owned.capex_usd_per_gpu * owned.residual_fraction,
        life_months=owned.life_months,
        held_usd=held,
        held_life_months=max(0, owned.life_months - owned.age_months),
        book_usd=owned.book_value_usd_per_gpu,
    )
