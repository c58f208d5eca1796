"""The verdict in one sentence, and the names options and fleets go by."""

from __future__ import annotations

from collections.abc import Callable

from advisor.decision import Decision
from advisor.decision.reasons import eaten_by
from advisor.options import OperatingPoint, Option
from advisor.phrases import joined, percent, saves, usd

GRADE_MARKS = {"measured": "●", "interpolated": "◐", "transferred": "◑", "modelled": "○", "user-measured": "★"}


def option_name(decision: Decision, option: Option) -> str:
    """An option as people say it: ``B200 SXM NVFP4 with MTP``."""
    return option.key.label(decision.catalog)


def fleet_name(decision: Decision, option: Option) -> str:
    """A fleet: ``24 × B200 SXM NVFP4``; for today's fleet the GPUs entered."""
    gpus = option.fleet.gpus if option.fleet else decision.scenario.current.gpus
    return f"{gpus} × {option_name(decision, option)}"


def looked_at(decision: Decision) -> Option | None:
    """The option tornado and quality are about: the advised one where it changes something, else the challenger."""
    unchanged = decision.chosen is None or decision.chosen is decision.baseline
    return decision.challenger if unchanged else decision.chosen


def saving_words(decision: Decision, option: Option) -> str:
    """``saves 29 % a month ($135,000 → $96,400)`` or ``costs 12 % more a month (…)``."""
    assert option.cost is not None  # only priced options are put into words
    assert decision.baseline.cost is not None
    assert option.saving_fraction is not None
    amounts = f"({usd(decision.baseline.cost.usd_per_month)} → {usd(option.cost.usd_per_month)})"
    return f"{saves(option.saving_fraction)} a month {amounts}"


def confidence_words(decision: Decision) -> str:
    """``medium``, or ``low: the 80 % range of the saving, ... crosses zero``."""
    verdict = decision.verdict
    return f"{verdict.confidence}: {verdict.confidence_reason}" if verdict.confidence_reason else verdict.confidence


def verdict_sentence(decision: Decision) -> str:
    """The advice in one sentence, with the numbers it rests on."""
    code, chosen = decision.verdict.code, decision.chosen
    if code == "buy_tokens":
        return _buy_tokens(decision)
    if code == "no_feasible_option" or chosen is None:
        return _no_option(decision)
    if code == "stay":
        return _stay(decision)
    before = fleet_name(decision, decision.baseline)
    after = fleet_name(decision, chosen)
    effect = saving_words(decision, chosen)
    if code == "tune_in_place":
        return f"Stay on these GPUs and tune: {after} instead of {before} {effect}{_payback(decision)}."
    return f"{_when(decision)}: {after} replace {before}; the new fleet {effect}{_payback(decision)}."


def _when(decision: Decision) -> str:
    """When to move, by the verdict's code."""
    months = decision.scenario.current.commitment.months_left
    words = {
        "migrate_now": "Move now",
        "migrate_at_contract_end": f"Move when the contract ends (in {months} months)",
        "migrate_phased": f"Move in two tranches, now and when the contract ends (in {months} months)",
    }
    return words[decision.verdict.code]


def _buy_tokens(decision: Decision) -> str:
    """Tokens bought against what the fleet costs reserved, used or not."""
    line, baseline = decision.tokens, decision.baseline
    assert line.usd_per_month is not None  # the verdict rests on a price
    assert baseline.cost is not None
    name = fleet_name(decision, baseline)
    return (
        f"Buy tokens instead of running {name}: at the median of {len(line.offers)} providers the same tokens cost "
        f"{usd(line.usd_per_month)} a month, the fleet {usd(baseline.cost.usd_per_month)}{_payback(decision)}."
    )


def outlook_sentence(decision: Decision) -> str:
    """What the advice saves over the horizon, with its 80 % range and the odds; empty where nothing changes."""
    adopted, outlook = decision.adopted, decision.outlook
    if adopted is None or outlook is None or adopted.name == "stay":
        return ""
    months = decision.scenario.finance.horizon_months
    span = f"{usd(outlook.saving_p10_usd)} to {usd(outlook.saving_p90_usd)}"
    return (
        f"Over {months} months it saves {usd(adopted.npv_saving)} (NPV as expected; 80 % range {span}); it saves money in "
        f"{percent(outlook.saves_money_fraction)} of {decision.stability.draws:,} draws and meets the target in "
        f"{percent(outlook.target_met_fraction)}."
    )


def _payback(decision: Decision) -> str:
    future = decision.adopted
    if future is None or not future.payback_month:
        return ""
    return f", and pays back in month {future.payback_month}"


def _stay(decision: Decision) -> str:
    start = f"Stay on {fleet_name(decision, decision.baseline)}"
    known = [option for option in (decision.best, decision.challenger) if option is not None and _differs(decision, option)]
    other = max(known, key=lambda option: option.saving_fraction or 0.0, default=None)
    if other is None or other.saving_fraction is None:
        return f"{start}: no other option passes every gate."
    name = fleet_name(decision, other)
    if other.saving_fraction <= 0:
        return f"{start}: the cheapest alternative, {name}, {saving_words(decision, other)}."
    least = decision.scenario.preferences.minimum_saving_fraction
    if other.saving_fraction < least:
        return f"{start}: the cheapest alternative, {name}, saves only {percent(other.saving_fraction)} a month."
    left = 0.0 if other.standing is None else other.standing.future.npv_saving
    if left > 0:
        return f"{start}: {name} would cost less a month, but saves only {usd(left)} over the horizon, all costs included."
    eaten = eaten_by(decision.scenario, other)
    return f"{start}: {name} would cost less a month, but {eaten} the saving within the horizon."


def _differs(decision: Decision, option: Option) -> bool:
    """Whether an option is anything else than today's fleet as it stands."""
    gpus = option.fleet.gpus if option.fleet else None
    return option.key.id != decision.baseline.key.id or gpus != decision.scenario.current.gpus


def _no_option(decision: Decision) -> str:
    wanted = [f"{workload.targets.interactivity_tok_s_per_user:g}" for workload in decision.scenario.workloads]
    curves = [[part.curve for part in option.parts or (option,)] for option in decision.options]
    reach = [max((curve.fastest for curve in one if curve is not None), default=None) for one in zip(*curves, strict=True)]
    if not any(reach):
        return "No option can be recommended: nothing was measured for this model and request size."
    fastest = ["not known" if speed is None else f"{speed:g}" for speed in reach]
    order = "" if len(wanted) == 1 else ", workload by workload"
    return (
        f"No option meets every condition at {joined(wanted)} tok/s per user; "
        f"the fastest measured reaches {joined(fastest)} tok/s per user{order}."
    )


def speed_words(option: Option) -> str:
    """Interactivity at which an option runs, tok/s/user, of several workloads one each; empty where none is known."""
    return _of_each(option, lambda point: f"{point.interactivity_tok_s_per_user:.1f}")


def throughput_words(option: Option) -> str:
    """Throughput of an option, tok/s/GPU, of several workloads one each; empty where none is known."""
    return _of_each(option, lambda point: f"{point.tok_s_per_gpu:,.1f}")


def evidence_words(option: Option) -> str:
    """How the throughput is known, ``◐ interpolated``, of several workloads one each; empty where none is known."""
    return _of_each(option, lambda point: f"{GRADE_MARKS[point.grade]} {point.grade}")


def engine_words(option: Option) -> str:
    """The engine at the operating point, of several workloads one each; empty where none is named."""
    return _of_each(option, lambda point: point.engine or "")


def _of_each(option: Option, words: Callable[[OperatingPoint], str]) -> str:
    points = [part.operating_point for part in option.parts or (option,)]
    said = ["" if point is None else words(point) for point in points]
    return joined([each or "-" for each in said]) if any(said) else ""
