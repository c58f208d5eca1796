"""Which options are priced by files of the user's own, in words: price, file, provider, day, and how it was chosen."""

from __future__ import annotations

from advisor.decision import Decision


def own_price_lines(decision: Decision) -> tuple[str, ...]:
    """One line a GPU that an own file prices; empty where none does."""
    lines: dict[str, str] = {}
    for option in decision.options:
        price, hardware = option.price, option.key.hardware
        if price is not None and price.own:
            name, basis = decision.catalog.hardware[hardware].name, price.basis.replace("_", " ")
            words = f"{name}: {price.usd_per_gpu_hour:.2f} USD/GPU-hour {basis}, {price.origin}; {price.rule}"
            detail = price.own[0].detail if len(price.own) == 1 else None
            lines[hardware] = f"{words} ({detail})" if detail else words
    return tuple(lines.values())
