"""Gates about money and time: budget, date, and risks that block."""

from __future__ import annotations

from advisor.options import Gate, Option
from advisor.scenario import Scenario


def limit_gates(scenario: Scenario, option: Option, one_off_usd: float, serves_after_months: float) -> tuple[Gate, ...]:
    """Budget and date gates of an option; only those the scenario sets.

    Args:
        scenario: holds the limits.
        option: the option with its cost.
        one_off_usd: what changing to it costs once.
        serves_after_months: months until it serves everything if ordered now.
    """
    wanted, gates = scenario.candidates, []
    if wanted.max_usd_per_month is not None and option.cost is not None:
        cost = option.cost.usd_per_month
        reason = f"{cost:,.0f} USD of the {wanted.max_usd_per_month:,.0f} USD a month allowed"
        gates.append(Gate("budget", cost <= wanted.max_usd_per_month, reason))
    if wanted.max_one_off_usd is not None:
        reason = f"{one_off_usd:,.0f} USD of the {wanted.max_one_off_usd:,.0f} USD allowed for moving"
        gates.append(Gate("one_off_budget", one_off_usd <= wanted.max_one_off_usd, reason))
    if wanted.serve_within_months is not None:
        limit = wanted.serve_within_months
        reason = f"serves everything after {serves_after_months:g} of the {limit} months allowed"
        gates.append(Gate("date", serves_after_months <= limit, reason))
    gates += [Gate("readiness", False, risk.reason) for risk in option.readiness.risks if risk.blocks]
    return tuple(gates)
