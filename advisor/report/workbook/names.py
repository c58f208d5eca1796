"""Names of cells that stand once for each workload or each kind of own hardware."""

from __future__ import annotations

TODAY = "today"
"""The kind of own hardware that is there already."""


def numbered(name: str, workload: int) -> str:
    """``in_growth`` of the first workload (0), ``in_growth_2`` of the second."""
    return name if workload == 0 else f"{name}_{workload + 1}"


def tolerance(workload: int, number: int) -> str:
    """The tolerance of a task class, both counted from 0."""
    return numbered(f"in_tolerance_{number + 1}", workload)


def own(kind: str, what: str) -> str:
    """``own_b200_capex``: a figure of own hardware, without the prefix that says what the cell is."""
    return f"own_{kind.replace('-', '_')}_{what}"
