"""A FOCUS billing export (FinOps Open Cost and Usage Specification 1.0 to 1.2): what is spent on GPUs today.

Effective cost spreads upfront payments over the time they cover; billed cost is what the invoice says. What a
commitment pays for and nobody used has the status Unused.
"""

from __future__ import annotations

import datetime
import re
from collections import Counter
from dataclasses import dataclass, field

from advisor.importers.document import Document
from advisor.importers.hints import from_names
from advisor.importers.prices.prepare import rows_left_out
from advisor.importers.prices.rows import Row, table
from advisor.importers.records import Bill, BillGroup, Found, ImportRefusedError
from advisor.importers.values import number, positive
from advisor.units import HOURS_PER_MONTH, SECONDS_PER_HOUR

NAME = "FOCUS billing export"
NEEDED = ("billedcost", "effectivecost", "chargecategory", "chargeperiodstart", "chargeperiodend", "pricingquantity")
DESCRIBED_BY = ("skupricedetails", "chargedescription", "resourcename", "resourcetype", "skumeter", "skuid", "servicename")
MACHINE = re.compile(
    r"\b(p[45]\w{0,3}\.\d*xlarge|p6e?-\w+\.\d*xlarge|a[234]x?-\w+-\d+g|g[26]-\w+-\d+|Standard_N[CDV]\w+|BM\.GPU\.\w+(?:\.\d+)?)",
    re.I,
)
GPU_COUNT = re.compile(r'"?Gpu_?Count"?\s*[:=]\s*"?(\d{1,3})', re.IGNORECASE)
MACHINE_GPUS = re.compile(r"-(\d{1,2})g\b|^BM\.GPU\.[\w.-]*?\.(\d{1,2})$", re.IGNORECASE)
MAX_DESCRIPTION = 500
HOURS = frozenset({"hours", "hour", "hrs", "hr", "instancehours"})
UNNAMED = "commitment (GPU not named)"
LONGEST_DAYS = 366 * 5


@dataclass
class _Sum:
    effective: float = 0.0
    billed: float = 0.0
    committed: float = 0.0
    unused: float = 0.0
    used_cost: float = 0.0
    gpu_hours: float = 0.0
    hours_known: bool = True
    counted_rows: int = 0
    machine_hours: float = 0.0
    machine_hours_known: bool = True
    machines: set[str] = field(default_factory=set)
    rows: int = field(default=0)


def detect(document: Document) -> bool:
    """FOCUS's column names, whatever their case."""
    return not document.looks_like_json and bool(table(document, *NEEDED))


def read(document: Document) -> Found:
    """Spend on GPUs by kind: effective, billed, committed, unused."""
    left_out: Counter[str] = Counter()
    sums: dict[str, _Sum] = {}
    first, last = None, None
    for row in table(document, *NEEDED):
        label = _label(row)
        if label is None:
            left_out["no GPU in it"] += 1
            continue
        if _refused(row, left_out):
            continue
        begin, end = _time(row["chargeperiodstart"]), _time(row["chargeperiodend"])
        if begin is None or end is None or end <= begin:
            left_out["a charge period that cannot be read"] += 1
            continue
        first, last = min(first or begin, begin), max(last or end, end)
        _add(sums.setdefault(label, _Sum()), row)
    if not sums or first is None or last is None:
        words = "; ".join(f"{count} rows: {reason}" for reason, count in left_out.items())
        raise ImportRefusedError(f"{document.file}: no charge for GPUs found ({words or 'no rows'})")
    days = (last - first).total_seconds() / SECONDS_PER_HOUR / 24
    if days > LONGEST_DAYS:
        raise ImportRefusedError(f"{document.file}: the charge periods span {days:,.0f} days: is a date wrong?")
    groups = tuple(_group(label, total) for label, total in sorted(sums.items()))
    bill = Bill(first.date().isoformat(), last.date().isoformat(), days * 24 / HOURS_PER_MONTH, groups)
    warnings = [*rows_left_out(left_out)]
    if UNNAMED in sums:
        warnings.append("unused commitment rows name no GPU: say to which fleet they belong")
    return Found(bill=bill, warnings=tuple(warnings))


def _refused(row: Row, left_out: Counter[str]) -> bool:
    currency = (row.get("billingcurrency") or "USD").upper()
    if currency != "USD":
        left_out[f"billed in {currency}, not USD"] += 1
        return True
    if row["chargecategory"].lower() == "tax":
        left_out["tax"] += 1
        return True
    if number(row["effectivecost"]) is None or number(row["billedcost"]) is None:
        left_out["a cost that is no number"] += 1
        return True
    return False


def _label(row: Row) -> str | None:
    """The GPU's name if the row says it, else the machine's type; unused commitments may name neither."""
    for column in DESCRIBED_BY:
        said = row.get(column, "")[:MAX_DESCRIPTION]
        hint = from_names((column, said)).get("gpu")
        if hint:
            return hint[0]
        machine = MACHINE.search(said)
        if machine:
            return machine[1]
    return UNNAMED if _is_unused(row) else None


def _is_unused(row: Row) -> bool:
    return row.get("commitmentdiscountstatus", "").lower() == "unused"


def _add(total: _Sum, row: Row) -> None:
    effective, billed = number(row["effectivecost"]) or 0.0, number(row["billedcost"]) or 0.0
    total.rows += 1
    total.billed += billed
    if row["chargecategory"].lower() == "purchase":
        return  # its effective cost stands in the rows of its use
    total.effective += effective
    if _is_unused(row):
        total.unused += effective
    if row.get("pricingcategory", "").lower() == "committed" or row.get("commitmentdiscountid"):
        total.committed += effective
    if row["chargecategory"].lower() == "usage" and not _is_unused(row):
        _add_hours(total, row)
        total.used_cost += effective


def _add_hours(total: _Sum, row: Row) -> None:
    hours, machine_hours = _gpu_hours(row), _machine_hours(row)
    total.gpu_hours += hours or 0.0
    total.hours_known &= hours is not None
    total.counted_rows += hours is not None
    total.machine_hours += machine_hours or 0.0
    total.machine_hours_known &= machine_hours is not None
    total.machines |= {match[1] for name in DESCRIBED_BY if (match := MACHINE.search(row.get(name, "")[:MAX_DESCRIPTION]))}


def _machine_hours(row: Row) -> float | None:
    """Hours of machines in a usage row, None where it counts something else."""
    unit = re.sub(r"[^a-z]", "", (row.get("pricingunit") or row.get("consumedunit") or "").lower())
    quantity = positive(row.get("pricingquantity")) or positive(row.get("consumedquantity"))
    return quantity if unit in HOURS else None


def _gpu_hours(row: Row) -> float | None:
    """GPU-hours of a usage row, None where the row does not say how many GPUs its hours had."""
    quantity = positive(row.get("pricingquantity")) or positive(row.get("consumedquantity"))
    unit = re.sub(r"[^a-z]", "", (row.get("pricingunit") or row.get("consumedunit") or "").lower())
    if quantity is None:
        return None
    if unit.startswith("gpuh"):
        return quantity
    if unit not in HOURS:
        return None
    for column in DESCRIBED_BY:
        said = row.get(column, "")[:MAX_DESCRIPTION]
        counted = GPU_COUNT.search(said) or MACHINE_GPUS.search(said)
        if counted:
            return quantity * int(next(group for group in counted.groups() if group))
    return None


def _group(label: str, total: _Sum) -> BillGroup:
    hours = total.gpu_hours if total.hours_known and total.gpu_hours > 0 else None
    uncounted = total.counted_rows == 0 and total.machine_hours_known and total.machine_hours > 0
    machine_hours = total.machine_hours if uncounted else None
    return BillGroup(
        machine=total.machines.copy().pop() if uncounted and len(total.machines) == 1 else None,
        machine_hours=machine_hours,
        usd_per_machine_hour=total.used_cost / machine_hours if machine_hours else None,
        hardware=label,
        effective_usd=total.effective,
        billed_usd=total.billed,
        committed_usd=total.committed,
        unused_commitment_usd=total.unused,
        gpu_hours=hours,
        usd_per_gpu_hour=total.used_cost / hours if hours else None,
    )


def _time(value: str) -> datetime.datetime | None:
    try:
        moment = datetime.datetime.fromisoformat(value.strip().replace("Z", "+00:00"))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)
