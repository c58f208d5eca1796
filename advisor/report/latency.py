"""How an option feels at the peak, in words: time to first token, and what random arrivals do to its speed."""

from __future__ import annotations

from advisor.decision import Decision
from advisor.evidence.load import LoadView
from advisor.options import OperatingPoint, Option
from advisor.phrases import percent
from advisor.report.words import option_name
from advisor.units import MS_PER_S

SMALLEST_SHOWN = 0.001


def latency_lines(decision: Decision) -> list[str]:
    """A line for today's fleet, and one for the chosen option where it is another."""
    views = decision.load_view
    pairs = [("today", decision.baseline, views.baseline)]
    if decision.chosen is not None and decision.chosen is not decision.baseline:
        pairs.append(("advised", decision.chosen, views.chosen))
    lines = []
    for label, option, view in pairs:
        parts = [*_first_tokens(option), load_words(view)]
        known = [part for part in parts if part]
        if known:
            lines.append(f"{label}, {option_name(decision, option)}: {'; '.join(known)}")
    return lines


def _first_tokens(option: Option) -> list[str]:
    """The words of each workload, which is named where there are several."""
    words = [first_token_words(part.operating_point) for part in option.parts or (option,)]
    return [f"workload {n}: {said}" if option.parts and said else said for n, said in enumerate(words, start=1)]


def first_token_words(point: OperatingPoint | None) -> str:
    """``first token after 0.31 s (80 %: 0.22 to 0.45, interpolated)``; empty where unknown."""
    if point is None or point.ttft_ms is None or point.ttft_low_ms is None or point.ttft_high_ms is None:
        return ""
    middle, low, high = (f"{value / MS_PER_S:.2f}" for value in (point.ttft_ms, point.ttft_low_ms, point.ttft_high_ms))
    return f"first token after {middle} s (80 %: {low} to {high}, {point.ttft_grade})"


def load_words(view: LoadView | None) -> str:
    """How many requests start too slow at the peak, and the headroom that would keep them few; empty where unknown."""
    if view is None:
        return ""
    target = f"{view.target_tok_s_per_user:g} tok/s/user"
    replicas = "1 replica" if view.replicas == 1 else f"{view.replicas:,} replicas"
    arrivals = f"{view.requests_per_second_peak:,.3g} requests/s at random over {replicas}"
    if view.overloaded:
        return f"at the peak of {arrivals} the queue grows without end"
    return (
        f"at the peak of {arrivals} {_share(view.missed_requests_fraction)} of requests start below {target}, with "
        f"{percent(view.headroom_fraction)} headroom; {percent(view.recommended_headroom_fraction)} would keep that to "
        f"{percent(view.allowed_fraction)}"
    )


def _share(fraction: float) -> str:
    return f"{fraction:.1%}".replace("%", " %") if fraction >= SMALLEST_SHOWN else "under 0.1 %"
