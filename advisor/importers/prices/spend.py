"""What a billing export says of one fleet: spend a month, committed, unused, and the GPUs that were paid for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from advisor.catalog import Catalog
from advisor.errors import Problem, ScenarioError
from advisor.importers.points import hardware_of, rounded
from advisor.importers.records import Bill, BillGroup
from advisor.units import HOURS_PER_MONTH

MOSTLY = 0.5
"""Above this share of the spend a fleet counts as committed."""


@dataclass(frozen=True)
class Spend:
    """A fleet's bill, USD a month (effective: upfront payments spread over what they cover, unused ones included).

    ``gpus_in_use`` and ``gpus_paid`` are means over the period, None where the bill does not count GPU-hours.
    """

    usd_per_month: float
    committed_usd_per_month: float
    unused_usd_per_month: float
    gpus_in_use: float | None
    gpus_paid: float | None

    @property
    def is_committed(self) -> bool:
        """Whether most of it is committed spend."""
        return self.committed_usd_per_month > MOSTLY * self.usd_per_month

    @property
    def gpus(self) -> int | None:
        """GPUs paid for, as a whole number; None where the bill does not say."""
        return None if self.gpus_paid is None else max(1, round(self.gpus_paid))

    @property
    def committed_gpus(self) -> int | None:
        """GPUs under commitment, by their share of the spend; None without a commitment or a count."""
        if self.gpus is None or self.committed_usd_per_month <= 0:
            return None
        return max(1, min(self.gpus, round(self.gpus * self.committed_usd_per_month / self.usd_per_month)))

    def as_current(self, basis: str) -> dict[str, Any]:
        """What of ``current`` the bill fills in."""
        found: dict[str, Any] = {"price": {"usd_per_month": rounded(self.usd_per_month), "basis": basis}, "owned": None}
        if self.gpus is not None:
            found["gpus"] = self.gpus
        if self.committed_gpus is not None:
            found["commitment"] = {"gpus": self.committed_gpus}
        return found


def fleet_groups(catalog: Catalog, bill: Bill, hardware: str) -> tuple[BillGroup, ...]:
    """Groups of a bill whose name stands for a GPU of the catalog."""
    return tuple(group for group in bill.groups if hardware_of(catalog, group.hardware) == hardware)


def unclear_groups(catalog: Catalog, bill: Bill) -> tuple[BillGroup, ...]:
    """Groups that name a machine or no GPU at all: the user must say whose they are."""
    return tuple(group for group in bill.groups if hardware_of(catalog, group.hardware) is None)


def machine_hint(catalog: Catalog, group: BillGroup) -> str | None:
    """The GPU of a machine type, where a dated offer of the catalog names that machine."""
    wanted = group.hardware.lower()
    found = {offer.hardware for offer in catalog.offers if (offer.machine_type or "").lower() == wanted}
    return found.pop() if len(found) == 1 else None


def machine_gpus(catalog: Catalog, group: BillGroup) -> int | None:
    """GPUs of the machine a group names, where dated offers of the catalog agree on them."""
    wanted = (group.machine or group.hardware).lower()
    found = {offer.gpus_per_machine for offer in catalog.offers if (offer.machine_type or "").lower() == wanted}
    return found.pop() if len(found) == 1 else None


def with_machine_gpus(bill: Bill, counts: Mapping[str, int]) -> Bill:
    """The bill with GPU-hours where it counts hours of machines, by the user's word on how many GPUs one has."""

    def counted(group: BillGroup) -> BillGroup:
        gpus, hours, price = counts.get(group.hardware), group.machine_hours, group.usd_per_machine_hour
        if not gpus or hours is None or price is None:
            return group
        return replace(group, gpu_hours=hours * gpus, usd_per_gpu_hour=price / gpus)

    return replace(bill, groups=tuple(counted(group) for group in bill.groups))


def spend_on(catalog: Catalog, bill: Bill, hardware: str, also: Collection[str] = ()) -> Spend:
    """The spend on one GPU, with the groups the user says belong to it.

    Args:
        catalog: the catalog that knows the GPU.
        bill: an imported bill.
        hardware: the GPU's id.
        also: names of further groups (a machine, a commitment without a GPU).

    Raises:
        ScenarioError: the bill holds no spend on that GPU.
    """
    own = fleet_groups(catalog, bill, hardware)
    groups = [*own, *(group for group in unclear_groups(catalog, bill) if group.hardware in also)]
    spend = sum(group.effective_usd for group in groups)
    if spend <= 0:
        names = ", ".join(group.hardware for group in bill.groups)
        raise ScenarioError([Problem("bill", f"holds no spend on {hardware} (it names {names})")])
    unused = sum(group.unused_commitment_usd for group in groups)
    in_use, paid = _gpus(groups, unused, bill.months)
    return Spend(
        usd_per_month=spend / bill.months,
        committed_usd_per_month=sum(group.committed_usd for group in groups) / bill.months,
        unused_usd_per_month=unused / bill.months,
        gpus_in_use=in_use,
        gpus_paid=paid,
    )


def _gpus(groups: Iterable[BillGroup], unused_usd: float, months: float) -> tuple[float | None, float | None]:
    """Mean GPUs in use and paid for: unused spend counts at what a used GPU-hour cost."""
    used = [group for group in groups if group.effective_usd > group.unused_commitment_usd]
    if not used or any(group.gpu_hours is None or group.usd_per_gpu_hour is None for group in used):
        return None, None
    hours = sum(group.gpu_hours or 0.0 for group in used)
    cost = sum((group.gpu_hours or 0.0) * (group.usd_per_gpu_hour or 0.0) for group in used)
    if hours <= 0 or cost <= 0:
        return None, None
    period = months * HOURS_PER_MONTH
    return hours / period, (hours + unused_usd / (cost / hours)) / period
