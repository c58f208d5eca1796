"""Before and after, figure by figure, as a difference: what the result page leads with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from advisor.decision import Decision
from advisor.options import Option
from advisor.phrases import joined, percent, usd
from advisor.quality.words import class_words
from advisor.units import MS_PER_S


@dataclass(frozen=True)
class Difference:
    """One figure before and after. ``title`` is also the name of its trace; ``change`` is empty where none can be given."""

    title: str
    before: str
    after: str
    change: str
    note: str


UNKNOWN = "not known"


def differences(decision: Decision) -> tuple[Difference, ...]:
    """Cost, GPUs, speed, first token, power, quality: today against what is advised (itself where that is to stay)."""
    if decision.verdict.code == "buy_tokens":
        return _bought(decision)
    before, after = decision.baseline, decision.chosen or decision.baseline
    targets = [workload.targets for workload in decision.scenario.workloads]
    wanted = [f"{target.interactivity_tok_s_per_user:g}" for target in targets]
    firsts = [f"{target.ttft_ms / MS_PER_S:g}" if target.ttft_ms else "none" for target in targets]
    asked = "no target set" if set(firsts) == {"none"} else f"target {joined(firsts)} s"
    return (
        Difference(
            "Cost a month", _cost(before), _cost(after), _relative(_usd(before), _usd(after)), _per_token(before, after)
        ),
        Difference(
            "GPUs",
            str(gpus_of(decision, before)),
            str(gpus_of(decision, after)),
            _relative(float(gpus_of(decision, before)), float(gpus_of(decision, after))),
            _busy(before, after),
        ),
        Difference("Speed per user", _speed(before), _speed(after), "", f"target {joined(wanted)} tok/s{_in_order(wanted)}"),
        Difference("First token", _first_token(before), _first_token(after), "", f"{asked}{_in_order(wanted)}"),
        Difference(
            "Power", _kw(before), _kw(after), _relative(_kilowatts(before), _kilowatts(after)), "all-in, at full load"
        ),
        Difference("Quality", before.quality.status, after.quality.status, "", _quality_note(after)),
    )


def _bought(decision: Decision) -> tuple[Difference, ...]:
    """Today's fleet against tokens of a provider: what nobody measured there is said to be unknown."""
    before, line = decision.baseline, decision.tokens
    assert line.usd_per_month is not None  # the verdict rests on a price
    gpus, unknown = str(gpus_of(decision, before)), "not measured at providers"
    offers = f"median of {len(line.offers)} providers"
    change = _relative(_usd(before), line.usd_per_month)
    return (
        Difference("Cost a month", _cost(before), usd(line.usd_per_month), change, offers),
        Difference("GPUs", gpus, "0", _relative(float(gpus), 0.0), "tokens are bought"),
        Difference("Speed per user", _speed(before), UNKNOWN, "", unknown),
        Difference("First token", _first_token(before), UNKNOWN, "", unknown),
        Difference("Power", _kw(before), "0 kW", _relative(_kilowatts(before), 0.0), "on your own bill"),
        Difference("Quality", before.quality.status, UNKNOWN, "", "precision and terms are the provider's"),
    )


def gpus_of(decision: Decision, option: Option) -> int:
    """GPUs of an option's fleet; today's as entered."""
    return option.fleet.gpus if option.fleet else decision.scenario.current.gpus


def arrow(difference: Difference) -> str:
    """``$135,000 → $96,400``, or the one value where nothing changes."""
    if difference.before == difference.after:
        return difference.after
    return f"{difference.before} → {difference.after}"


def _usd(option: Option) -> float | None:
    return option.cost.usd_per_month if option.cost else None


def _cost(option: Option) -> str:
    return usd(option.cost.usd_per_month) if option.cost else UNKNOWN


def _per_token(before: Option, after: Option) -> str:
    if before.cost is None or after.cost is None:
        return ""
    old, new = before.cost.usd_per_mtok_output, after.cost.usd_per_mtok_output
    words = f"${new:,.2f}" if old == new else f"${old:,.2f} → ${new:,.2f}"
    return f"{words} per million output tokens"


def _relative(before: float | None, after: float | None) -> str:
    if not before or after is None:
        return ""
    change = after / before - 1
    sign = "−" if change < 0 else "+"
    return "no change" if round(abs(change), 3) == 0 else f"{sign}{percent(abs(change))}"


def _busy(before: Option, after: Option) -> str:
    shares = [percent(o.fleet.utilization_fraction) if o.fleet else UNKNOWN for o in (before, after)]
    return f"busy {shares[0]}" if shares[0] == shares[1] else f"busy {shares[0]} → {shares[1]}"


def _in_order(workloads: Sequence[str]) -> str:
    return "" if len(workloads) == 1 else "; by workload"


def _speed(option: Option) -> str:
    points = [part.operating_point for part in option.parts or (option,)]
    if not any(points):
        return "not measured"
    return f"{joined([f'{p.interactivity_tok_s_per_user:.3g}' if p else UNKNOWN for p in points])} tok/s"


def _first_token(option: Option) -> str:
    points = [part.operating_point for part in option.parts or (option,)]
    seconds = [UNKNOWN if p is None or p.ttft_ms is None else f"{p.ttft_ms / MS_PER_S:.2f}" for p in points]
    return UNKNOWN if set(seconds) == {UNKNOWN} else f"{joined(seconds)} s"


def _kilowatts(option: Option) -> float | None:
    return option.energy.kw if option.energy else None


def _kw(option: Option) -> str:
    return f"{option.energy.kw:.3g} kW" if option.energy else UNKNOWN


def _quality_note(option: Option) -> str:
    return ", ".join(f"{class_words(item.task_class)}: {item.status}" for item in option.quality.classes)
