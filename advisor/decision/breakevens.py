"""Break-evens and flips in closed form: where the advice turns, with the number (design.md, formula 10)."""

from __future__ import annotations

from collections.abc import Sequence

from advisor.decision.case import Case, plans_of, runs_in_place, target_of, timing_of
from advisor.decision.choice import Choice
from advisor.decision.records import BreakEvens, Flip
from advisor.economics import one_off_cost
from advisor.options import Option
from advisor.phrases import percent
from advisor.units import HOURS_PER_MONTH

USD_PER_GPU_HOUR = "USD/GPU-hour"


def break_evens(case: Case, challenger: Option | None) -> BreakEvens | None:
    """All break-evens of the challenger against today's fleet; None without a challenger."""
    if challenger is None or challenger.break_even is None:
        return None
    today = case.baseline.fleet
    own = case.ledger.today.terms.owned or target_of(case, challenger).terms.owned
    return BreakEvens(
        price=challenger.break_even,
        utilization_fraction=None if today is None else today.utilization_fraction * break_even_load(case, challenger),
        utilization_today_fraction=None if today is None else today.utilization_fraction,
        throughput_ratio=break_even_throughput_ratio(case, challenger),
        throughput_ratio_today=challenger.break_even.per_token_ratio,
        months_of_demand=None if runs_in_place(case, challenger) or own else break_even_months(case, challenger),
        npv_price_usd_per_gpu_hour=price_for_npv(case, challenger, case.ledger.stay_npv),
        npv_current_price_usd_per_gpu_hour=current_price_for_saving(case, challenger, 0.0),
    )


def unrounded_usd_per_month(option: Option) -> float:
    """What an option would cost a month if GPUs could be bought in fractions."""
    assert option.price is not None  # a challenger is priced and sized
    assert option.fleet is not None
    return option.fleet.needed_gpus * option.price.usd_per_gpu_hour * HOURS_PER_MONTH


def today_usd_per_month(case: Case) -> float:
    """Today's bill."""
    assert case.baseline.cost is not None  # today's bill is always known
    return case.baseline.cost.usd_per_month


def break_even_load(case: Case, option: Option) -> float:
    """Factor on today's demand at which the option, unrounded, costs what today's fleet costs."""
    return today_usd_per_month(case) / unrounded_usd_per_month(option)


def break_even_throughput_ratio(case: Case, option: Option) -> float | None:
    """Candidate over today's throughput at which the option, unrounded, costs today's bill."""
    assert option.break_even is not None  # a challenger has one
    ratio = option.break_even.per_token_ratio
    return None if ratio is None else ratio / break_even_load(case, option)


def break_even_months(case: Case, option: Option) -> float | None:
    """Months the demand must last, counted from the order, for a move to come back; unrounded, undiscounted.

    saved(M) = old (M - t - p) - new (M - t) - one-off - stranded = 0, where t is the lead time and half the ramp and p
    the months of parallel running. ``stranded`` is what the contract costs after the old fleet is gone. None where the
    option never saves.
    """
    old, new = today_usd_per_month(case), unrounded_usd_per_month(option)
    if old <= new:
        return None
    timing, today = timing_of(case, option), case.ledger.today
    served = switch_month(timing.lead, timing.ramp)
    kept = max(0.0, today.months_left - served - timing.parallel)
    per_month = today.committed_gpus * today.terms.usd_per_gpu_month * (1 - today.recoverable_fraction)
    lost = one_off_cost(case.scenario.migration) + kept * per_month + old * timing.parallel
    return served + lost / (old - new)


def switch_month(lead: float, ramp: float) -> float:
    """The month at which an instant switch would cost what the ramp costs: lead + (ramp - 1) / 2."""
    return lead + max(0.0, (ramp - 1) / 2)


def price_for_npv(case: Case, option: Option, npv_usd: float) -> float | None:
    """The option's price at which the NPV of its cheapest plan is ``npv_usd``; None on today's own or on bought GPUs.

    NPV is linear in the price: p* = p (npv - rest) / priced, where priced is the NPV of the new GPUs' rent. Of
    several plans the one that bears the highest price counts.
    """
    found = []
    for plan in plans_of(case, option):
        target = plan.target
        if target is None or target.in_place or target.terms.owned or option.price is None:
            return None
        cash, factors = case.ledger.run(plan), case.ledger.factors
        priced = float(cash.new_usd @ factors)
        rest = plan.one_off_usd + float((cash.total_usd - cash.new_usd) @ factors)
        if priced > 0:
            found.append(option.price.usd_per_gpu_hour * (npv_usd - rest) / priced)
    best = max(found, default=0.0)
    return best if best > 0 else None


def current_price_for_saving(case: Case, option: Option, least_fraction: float) -> float | None:
    """Today's price at which the option's NPV saving is ``least_fraction`` of today's bill; None if none is.

    Both are linear in it: with s, o and b what staying, the plan's old fleet and the bill cost at today's price, and
    rest what else the plan costs, (s - o) x - rest = least b x gives the factor x.
    """
    if case.ledger.today.terms.owned or case.baseline.price is None:
        return None
    factors, found = case.ledger.factors, []
    for plan in plans_of(case, option):
        cash = case.ledger.run(plan)
        old = float((cash.old_usd - cash.recovered_usd) @ factors)
        rest = plan.one_off_usd + float(cash.total_usd @ factors) - old
        margin = case.ledger.stay_npv - old - least_fraction * case.bill_npv
        if margin > 0:
            found.append(case.baseline.price.usd_per_gpu_hour * rest / margin)
    best = min(found, default=0.0)
    return best if best > 0 else None


def flips(case: Case, choice: Choice, ranked: Sequence[Option], evens: BreakEvens | None) -> tuple[Flip, ...]:
    """What would turn the advice, one driver at a time, everything else as it is."""
    adopted = choice.option if choice.adopted is not None and choice.code != "stay" else None
    found = [] if adopted is None else _flips_of_winner(case, adopted, ranked)
    challenger = choice.challenger
    if challenger is not None and (adopted is None or challenger.key.id != adopted.key.id):
        found += _flips_to(case, challenger, _to_beat(case, choice, ranked))
    if challenger is not None and evens is not None:
        moves = adopted is not None and challenger.key.id == adopted.key.id
        found += _physical_flips(challenger.key.label(case.catalog), evens, moves)
    return tuple(found)


def _flips_of_winner(case: Case, winner: Option, ranked: Sequence[Option]) -> list[Flip]:
    """Its price, today's price, the horizon and its quality: where the advised option stops being advised."""
    assert winner.standing is not None  # an advised option has its future
    assert winner.price is not None
    future, found, name = winner.standing.future, [], winner.key.label(case.catalog)
    least = case.scenario.preferences.minimum_saving_fraction if case.today_can_stay else 0.0
    bounds = [(case.ledger.stay_npv - least * case.bill_npv, "Stay")] if case.today_can_stay else []
    runner = _runner_up(case, winner, ranked)
    if runner is not None and (at := npv_for_score(case, winner, runner)) is not None:
        worth = case.worth_it(runner.standing.future.npv_saving) if runner.standing else False
        bounds.append((at, f"Take {runner.key.label(case.catalog)}" if worth or not case.today_can_stay else "Stay"))
    if bounds:
        npv, then = min(bounds)
        price = price_for_npv(case, winner, npv)
        now = winner.price.usd_per_gpu_hour
        if price is not None:
            sentence = f"{then} if {name} costs above {price:.2f} {USD_PER_GPU_HOUR} (now {now:.2f})"
            found.append(Flip("candidate_price", now, price, USD_PER_GPU_HOUR, sentence))
    current = current_price_for_saving(case, winner, least)
    if case.today_can_stay and current is not None and case.baseline.price is not None:
        now = case.baseline.price.usd_per_gpu_hour
        gpu = case.catalog.hardware[case.baseline.key.hardware].name
        sentence = f"Stay if {gpu} falls below {current:.2f} {USD_PER_GPU_HOUR} (now {now:.2f})"
        found.append(Flip("current_price", now, current, USD_PER_GPU_HOUR, sentence))
    if future.payback_month:
        sentence = f"Stay if the demand ends before month {future.payback_month} (horizon {case.ledger.months})"
        found.append(Flip("horizon", float(case.ledger.months), float(future.payback_month), "months", sentence))
    if winner.quality.status in ("unproven", "inconclusive", "unknown") and winner.quality.classes:
        tolerance = min(item.tolerance_points for item in winner.quality.classes)
        sentence = f"Do not move if your own evaluation loses more than {tolerance:g} points ({winner.quality.reason})"
        found.append(Flip("quality", 0.0, -tolerance, "points", sentence))
    return found


def _runner_up(case: Case, winner: Option, ranked: Sequence[Option]) -> Option | None:
    """What would be advised if the winner's GPU were dearer: worth a change, or today's own setup, on other GPUs."""
    for option in ranked:
        if option.standing is None or option.is_estimate != winner.is_estimate:
            continue
        own = option.key.id == case.baseline.key.id
        if option.key.hardware != winner.key.hardware and (own or case.worth_it(option.standing.future.npv_saving)):
            return option
    return None


def _to_beat(case: Case, choice: Choice, ranked: Sequence[Option]) -> Option | None:
    """The option another must outscore to be advised: the advised one, else today's own setup sized afresh."""
    if choice.option is not None and choice.option.standing is not None:
        return choice.option
    return next((option for option in ranked if option.standing and option.key.id == case.baseline.key.id), None)


def _flips_to(case: Case, challenger: Option, to_beat: Option | None) -> list[Flip]:
    """Prices at which another option would be advised: it must save enough, and outscore what is advised now."""
    assert challenger.price is not None  # a challenger is priced
    found, name = [], challenger.key.label(case.catalog)
    least = case.scenario.preferences.minimum_saving_fraction if case.today_can_stay else 0.0
    bounds = [case.ledger.stay_npv - least * case.bill_npv] if case.today_can_stay else []
    if to_beat is not None:
        if challenger.is_estimate and not to_beat.is_estimate:
            return []
        at = npv_for_score(case, challenger, to_beat)
        if at is None:
            return []
        bounds.append(at)
    price = price_for_npv(case, challenger, min(bounds)) if bounds else None
    now = challenger.price.usd_per_gpu_hour
    if price is not None and price < now:
        sentence = f"Take {name} if it costs below {price:.2f} {USD_PER_GPU_HOUR} (now {now:.2f})"
        found.append(Flip("candidate_price", now, price, USD_PER_GPU_HOUR, sentence))
    current = current_price_for_saving(case, challenger, least)
    if current is not None and case.baseline.price is not None and current > case.baseline.price.usd_per_gpu_hour:
        now = case.baseline.price.usd_per_gpu_hour
        gpu = case.catalog.hardware[case.baseline.key.hardware].name
        sentence = f"{name} would save against staying if {gpu} rose above {current:.2f} {USD_PER_GPU_HOUR} (now {now:.2f})"
        found.append(Flip("current_price", now, current, USD_PER_GPU_HOUR, sentence))
    return found


def npv_for_score(case: Case, option: Option, other: Option) -> float | None:
    """The NPV at which an option scores what another does; None where cost has no weight."""
    weights = case.scenario.preferences.weights
    share: float = weights.cost / sum(dict(weights).values())
    if share == 0 or option.standing is None or other.standing is None:
        return None
    full = case.catalog.assume("score_full_saving_fraction") * case.bill_npv
    ahead: float = option.standing.score - other.standing.score
    return option.standing.future.npv_cost + ahead * full / share


def _physical_flips(name: str, evens: BreakEvens, moves: bool) -> list[Flip]:
    """Throughput and demand, on the unrounded fleet and before one-offs."""
    found = []
    ratio, now = evens.throughput_ratio, evens.throughput_ratio_today
    turn = "Stay if" if moves else "Move if"
    if ratio is not None and now is not None and (ratio < now) == moves:
        way = "less" if moves else "more"
        sentence = (
            f"{turn} {name} serves {way} than {ratio:.2f} times today's throughput per GPU (now {now:.2f}), one-offs aside"
        )
        found.append(Flip("throughput_ratio", now, ratio, "ratio", sentence))
    busy, today = evens.utilization_fraction, evens.utilization_today_fraction
    if busy is not None and today is not None and (busy > today) == moves and busy <= 1:
        way = "above" if moves else "below"
        sentence = f"{turn} today's fleet is busy {way} {percent(busy)} (now {percent(today)}), one-offs aside"
        found.append(Flip("utilization", today, busy, "fraction", sentence))
    return found
