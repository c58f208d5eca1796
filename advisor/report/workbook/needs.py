"""Formulas over time: growth, the GPUs a demand needs, the fleet if nothing is done, and what running it costs."""

from __future__ import annotations

from collections.abc import Callable

from advisor.report.workbook.axis import FIRST, MONTH
from advisor.report.workbook.book import CEILING, cell
from advisor.report.workbook.page import column


def path(rate: str) -> Callable[[int], str]:
    """A figure that changes by a rate a year, over month 1; an empty rate changes nothing."""
    return lambda col: f"(1+{rate})^(({cell(MONTH, col, fixed_row=True)}-1)/12)" if rate else "1"


def total(product: str, workloads: int) -> str:
    """A product of areas over workloads, summed."""
    return f"({product})" if workloads == 1 else f"SUMPRODUCT({product})"


def needed_gpus(demand: str, per_replica: str, replica: str, unit: str, workloads: int, share: str = "") -> str:
    """GPUs a demand needs: whole replicas and spares of each workload, then whole machines.

    Args:
        demand: demand over today's, workload by workload.
        per_replica: replicas needed at today's demand, unrounded.
        replica: GPUs of a replica.
        unit: GPUs of a billed machine.
        workloads: how many cells these areas have.
        share: share of the demand served; empty for all of it.
    """
    wanted = f"{demand}*{per_replica}" + (f"*{share}" if share else "")
    spare = f"({share}>0)*in_spare_replicas" if share else "in_spare_replicas"
    gpus = total(f"({CEILING.format(wanted)}+{spare})*{replica}", workloads)
    return CEILING.format(f"{gpus}/{unit}") + f"*{unit}"


def needed_today(demand: str, workloads: int) -> str:
    """GPUs today's setup needs for a demand, sized afresh; 0 where nobody measured it."""
    gpus = needed_gpus(demand, "out_today_per_replica", "out_today_replica", "out_today_unit", workloads)
    return f"IF(out_today_serves=1,{gpus},0)"


def whole_machines(gpus: str) -> str:
    """GPUs in whole billed machines of today's kind; singly billed ones as they are."""
    return f"IF(out_today_unit=1,{gpus},{CEILING.format(f'({gpus})/out_today_unit')}*out_today_unit)"


def staying_formula(sized: Callable[[int], str], demand: Callable[[int], str]) -> Callable[[int], str]:
    """The fleet as entered, and what growth needs beyond today's need; unmeasured it grows with the fastest demand."""
    first = sized(FIRST).replace(column(FIRST) + "$", f"${column(FIRST)}$")

    def make(col: int) -> str:
        grown = CEILING.format(f"in_gpus*MAX(1,{demand(col)})")
        return f"IF(out_today_serves>0,in_gpus+MAX(0,{sized(col)}-MAX(in_gpus,{first})),MAX(in_gpus,{grown}))"

    return make


def stay_usd_formula(committed: str, staying: str, path: str) -> str:
    """What running today's fleet costs: committed GPUs at the contract's price, the others at the month's."""
    return f"({committed}+MAX(0,{staying}-{committed})*{path})*out_today_usd_per_gpu_month"
