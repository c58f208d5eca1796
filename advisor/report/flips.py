"""What would flip the verdict, in words with numbers."""

from __future__ import annotations

from advisor.decision import Decision
from advisor.report.words import option_name


def flips_of(decision: Decision) -> tuple[str, ...]:
    """Price conditions under which the challenger and today's fleet change places, before one-off costs."""
    even, other, today = decision.break_even, decision.challenger, decision.baseline.price
    if even is None or other is None or other.price is None or today is None:
        return ()
    name = decision.catalog.hardware[other.key.hardware].name
    now = decision.catalog.hardware[decision.baseline.key.hardware].name
    cheaper = other.price.usd_per_gpu_hour < even.price_b_usd_per_gpu_hour
    direction, reverse = ("above", "below") if cheaper else ("below", "above")
    price_a = other.price.usd_per_gpu_hour / even.price_ratio
    return (
        f"{name} {direction} ${even.price_b_usd_per_gpu_hour:,.2f} a GPU-hour (now ${other.price.usd_per_gpu_hour:,.2f}), "
        f"or {now} {reverse} ${price_a:,.2f} (now ${today.usd_per_gpu_hour:,.2f})",
        f"Price ratio {name} to {now} {direction} {even.price_ratio:.2f} (now {even.price_ratio_today:.2f}), for "
        f"{option_name(decision, other)} as sized and before one-off costs",
    )
