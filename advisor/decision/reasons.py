"""Why: reasons for the advice, doubts about it, confidence by rule, and one sentence for every losing option."""

from __future__ import annotations

from collections.abc import Sequence

from advisor.decision.case import Case
from advisor.decision.choice import Choice
from advisor.decision.records import ConfidenceLevel, OtherBasis
from advisor.economics import one_off_cost
from advisor.options import CRITERIA, Option
from advisor.phrases import percent, usd, would_save
from advisor.price_warnings import PriceWarning
from advisor.pricing import YOUR_HARDWARE, other_bases
from advisor.scenario import Scenario

ROUNDING_SHOWS_FRACTION = 0.01
"""Gap between the saving per token and the saving as sized from which rounding is spoken of."""

WIDE_INTERVAL_RATIO = 1.5
"""Upper over lower end of an interval from which its width is named as a doubt."""

BASIS_DECIDES_FRACTION = 0.2
"""Spread of the saving over price books from which the verdict says that the basis decides."""


def same_fleets_at_other_prices(case: Case, challenger: Option | None) -> tuple[OtherBasis, ...]:
    """Today's fleet and the challenger's, priced from every book that holds both GPUs."""
    if challenger is None or challenger.break_even is None:
        return ()
    even = challenger.break_even
    result = []
    for one, other in other_bases(case.catalog, case.baseline.key.hardware, challenger.key.hardware):
        assert one.book is not None
        ratio = other.usd_per_gpu_hour / one.usd_per_gpu_hour
        per_token = None if even.per_token_ratio is None else 1 - ratio / even.per_token_ratio
        result.append(
            OtherBasis(one.book.id, one.book.title, one.book.basis, ratio, 1 - ratio / even.price_ratio, per_token)
        )
    return tuple(result)


def reasons(case: Case, choice: Choice, ranked: Sequence[Option], bases: Sequence[OtherBasis]) -> tuple[str, ...]:
    """What speaks for the advice, with its numbers."""
    found = [f"Today's fleet: {gate.reason}" for gate in case.baseline.failures]
    best = next((option for option in ranked if option.rank == 1), None)
    if best is None and choice.code in ("stay", "no_feasible_option"):
        return (*found, "No option passes every gate; each names what stands against it", *_tokens(case, choice))
    if choice.code == "stay" and best is not None:
        found.append(_why_stay(case, best))
    if choice.challenger is not None:
        found += _price_and_rounding(case, choice.challenger)
        found += _basis(case, choice.challenger, bases)
    return (*found, *_tokens(case, choice))


def _why_stay(case: Case, best: Option) -> str:
    assert best.standing is not None  # a ranked option has its future
    future, least = best.standing.future, case.scenario.preferences.minimum_saving_fraction
    name = best.key.label(case.catalog)
    own = best.key.id == case.baseline.key.id
    if own and future.npv_saving <= 0 and (best.saving_fraction or 0) <= 0:
        return "Nothing that passes costs less than today's setup and ranks above it"
    if (best.saving_fraction or 0) < least:
        return (
            f"The best option that passes, {name}, {would_save(best.saving_fraction or 0)} a month; "
            f"below {percent(least)} a change is not advised"
        )
    if future.npv_saving > 0:
        share = percent(future.npv_saving / case.bill_npv)
        return (
            f"{name} would save {usd(future.npv_saving)} over the horizon (NPV, one-offs and contract included), {share} of "
            f"today's bill; below {percent(least)} a change is not advised"
        )
    words = eaten_by(case.scenario, best)
    return f"{words[0].upper()}{words[1:]} the saving within the horizon"


def eaten_by(scenario: Scenario, option: Option) -> str:
    """What stands between a lower monthly cost and a saving over the horizon, with its verb."""
    bought = option.price is not None and option.price.provider == YOUR_HARDWARE
    found = [
        *(["one-off cost"] if one_off_cost(scenario.migration) > 0 else []),
        *(["what the contract does not give back"] if scenario.current.committed_gpus > 0 else []),
        *(["what buying the GPUs costs"] if bought and option.key.hardware in scenario.candidates.owned else []),
        *(["today's GPUs, which are paid for,"] if scenario.current.owned is not None else []),
    ]
    if not found:
        return "what changes over the months eats"
    if len(found) == 1:
        return f"{found[0]} eats"
    return f"{', '.join(found[:-1])} and {found[-1]} eat"


def _price_and_rounding(case: Case, challenger: Option) -> list[str]:
    """Where price and whole servers decide: the break-even ratio beside today's, per token beside as sized."""
    even, fleet = challenger.break_even, challenger.fleet
    per_token, sized = challenger.saving_per_token_fraction, challenger.saving_fraction
    if even is None or fleet is None or sized is None:
        return []
    name = challenger.key.label(case.catalog)
    lines = [
        f"{name} pays while a GPU-hour costs less than {even.price_ratio:.2f} times today's; "
        f"it costs {even.price_ratio_today:.2f} times"
    ]
    if per_token is not None and abs(per_token - sized) > ROUNDING_SHOWS_FRACTION:
        lines.append(
            f"Per token at equal utilization {name} {would_save(per_token)}; "
            f"as sized ({fleet.needed_gpus:.1f} GPUs needed, {fleet.gpus} bought) it {would_save(sized)}"
        )
    return lines


def _basis(case: Case, challenger: Option, bases: Sequence[OtherBasis]) -> list[str]:
    """Say so where the price basis decides: the same tokens, priced from other books, save much more or less."""
    savings = sorted((b.saving_per_token_fraction, b.book) for b in bases if b.saving_per_token_fraction is not None)
    if not savings or savings[-1][0] - savings[0][0] < BASIS_DECIDES_FRACTION:
        return []
    (low, low_book), (high, high_book) = savings[0], savings[-1]
    return [
        f"The price basis decides: per token {challenger.key.label(case.catalog)} {would_save(low)} at the prices of "
        f"{low_book} and {would_save(high)} at those of {high_book}"
    ]


def _tokens(case: Case, choice: Choice) -> list[str]:
    """Buying tokens beside the fleet, and what would have to be said for it to be advised."""
    line = case.tokens
    if line.usd_per_month is None or not line.offers:
        return []
    span = f"{usd(line.lowest.usd_per_month)} to {usd(line.highest.usd_per_month)} a month over {len(line.offers)} providers"
    text = f"Buying the same tokens would cost {usd(line.usd_per_month)} a month (median; {span}, {line.lowest.as_of})"
    if choice.code == "buy_tokens" or case.scenario.candidates.allow.api_tokens is not None:
        return [text]
    return [f"{text}; their latency, precision and data terms are the provider's: allow api_tokens to have them compete"]


def doubts(case: Case, choice: Choice, ranked: Sequence[Option], warnings: Sequence[PriceWarning]) -> tuple[str, ...]:
    """What lowers the confidence, in words."""
    chosen, baseline = choice.option, case.baseline
    found = [
        *_unsure_saving(case, choice),
        *_surer(case, choice, ranked),
        *(f"open: {gate.reason}" for gate in (chosen.unknowns if chosen else ())),
    ]
    options = [baseline] if chosen is None or chosen is baseline else [baseline, chosen]
    for option in options:
        for number, part in enumerate(option.parts or (option,), start=1):
            point, name = part.operating_point, option.key.label(case.catalog)
            name += f", workload {number}" if option.parts else ""
            if point is None:
                continue
            if point.low is not None and point.high is not None and point.high / point.low > WIDE_INTERVAL_RATIO:
                found.append(
                    f"{name}: the 80 % interval of its throughput runs from {point.low:,.0f} to {point.high:,.0f} tok/s/GPU"
                )
            if "undated" in point.run_dates:
                found.append(f"{name}: the runs behind its throughput carry no date of their own")
    if choice.code == "buy_tokens":
        found.append("a provider's latency, precision and terms were not measured here")
    if chosen is not None and chosen is not baseline and chosen.quality.status in ("unproven", "inconclusive"):
        found.append(f"quality {chosen.quality.status}: {chosen.quality.reason}")
    wanted = {option.key.hardware for option in options}
    found += [f"price: {warning.message}" for warning in warnings if warning.hardware in wanted]
    return tuple(dict.fromkeys(found))


def _unsure_saving(case: Case, choice: Choice) -> list[str]:
    """Say so where the draws do not agree that the advice saves money; of staying, that the challenger would not."""
    option = choice.challenger if choice.code == "stay" else choice.option
    if option is None or not crosses_zero(option):
        return []
    assert option.outlook is not None  # its sign was looked at
    name, share = option.key.label(case.catalog), percent(option.outlook.saves_money_fraction)
    span = f"{usd(option.outlook.saving_p10_usd)} to {usd(option.outlook.saving_p90_usd)}"
    if choice.code == "stay":
        return [f"{name} might still save: the 80 % range against staying is {span}, and it saves in {share} of the draws"]
    return [f"the 80 % range of the saving, {span}, crosses zero: it saves money in {share} of the draws"]


def _surer(case: Case, choice: Choice, ranked: Sequence[Option]) -> list[str]:
    """Where the advice may lose money: the option that saves most of those whose 80 % range lies above zero."""
    chosen = choice.option
    if chosen is None or choice.code == "stay" or not crosses_zero(chosen):
        return []
    sure = [
        (option.standing.future.npv_saving, option, option.outlook)
        for option in ranked
        if option.standing is not None and option.outlook is not None and option.outlook.saving_p10_usd > 0
    ]
    if not sure:
        return []
    expected, option, outlook = max(sure, key=lambda found: found[0])
    name, span = option.key.label(case.catalog), f"{usd(outlook.saving_p10_usd)} to {usd(outlook.saving_p90_usd)}"
    assert chosen.standing is not None  # what is advised has its future
    less = "with less" if expected < chosen.standing.future.npv_saving else "and no less"
    return [f"surer, {less} expected of it: {name} saves {usd(expected)} over the horizon (80 % range {span})"]


def crosses_zero(option: Option) -> bool:
    """Whether the 80 % range of what an option saves lies on both sides of zero."""
    drawn = option.outlook
    return drawn is not None and drawn.saving_p10_usd < 0 < drawn.saving_p90_usd


def confidence(case: Case, choice: Choice, found: Sequence[str]) -> tuple[ConfidenceLevel, str]:
    """How far to trust the advice, and why it is low where it is.

    Low where today's fleet or a gate is in doubt, nothing was measured, or the 80 % range of the saving crosses zero;
    medium with any other doubt, else high. A challenger that might save more is a doubt about staying, no more.
    """
    why = _why_low(case, choice)
    return ("low", why) if why else ("medium" if found else "high", "")


def _why_low(case: Case, choice: Choice) -> str:
    """The first rule that makes the confidence low, in words; empty where none does."""
    chosen, baseline = choice.option, case.baseline
    if choice.code == "buy_tokens":
        return "what a provider serves was not measured here"
    if chosen is None:
        return "nothing passes every gate"
    if baseline.failures:
        return f"today's fleet, which all is compared with, fails: {baseline.failures[0].reason}"
    if baseline.operating_point is None:
        return "nobody measured what runs today"
    if chosen.unknowns:
        return f"a gate of the advised option is open: {chosen.unknowns[0].reason}"
    return next(iter(_unsure_saving(case, choice)), "") if choice.code != "stay" else ""


def losing_sentences(case: Case, choice: Choice, ranked: Sequence[Option]) -> tuple[tuple[str, str], ...]:
    """One sentence for every option that is not advised, and for every way to act that was not taken."""
    lines = []
    for option in ranked:
        if choice.option is not None and option.key.id == choice.option.key.id and choice.code != "stay":
            continue
        lines.append((option.key.id, why_not(case, choice, option)))
    return tuple(lines)


def why_not(case: Case, choice: Choice, option: Option) -> str:
    """Why an option is not the advice, with the number that decides."""
    name = option.key.label(case.catalog)
    if not option.feasible or option.standing is None:
        failed = option.failures
        return f"{name} is out: {failed[0].reason}." if failed else f"{name} is out: no price or no fleet is known."
    standing, winner = option.standing, choice.option
    if choice.adopted is None:
        return f"{name} passes, but nothing is advised."
    more, least = standing.future.npv_cost - choice.adopted.npv_cost, min(standing.future.npv_cost, choice.adopted.npv_cost)
    word = "more" if more > 0 else "less"
    # A share of a present value says nothing where own hardware is worth more at the end than running it costs.
    gap = percent(abs(more) / choice.adopted.npv_cost) if least > 0 else usd(abs(more))
    costs = f"costs {gap} {word} over {case.ledger.months} months than what is advised"
    if choice.code == "stay" and option.key.id == case.baseline.key.id:
        return f"{name}, sized afresh, {_effect(standing.future.npv_saving)}: nothing to change."
    if winner is not None and winner.standing is not None and standing.dominated_by is not None:
        return f"{name} {costs}, and {standing.dominated_by} is at least as good in every respect."
    if option.is_estimate and winner is not None and not winner.is_estimate:
        return f"{name} {costs}; nobody measured it, and what nobody measured never outranks what was."
    if more > 0:
        return f"{name} {costs}."
    return f"{name} {costs}, but {_weaker_in(standing.criteria, winner)}."


def _effect(saved_usd: float) -> str:
    """What sizing today's own setup afresh would do."""
    if saved_usd == 0:
        return "is what runs today"
    return f"would save {usd(saved_usd)}" if saved_usd > 0 else f"would cost {usd(-saved_usd)} more"


def _weaker_in(criteria: Sequence[float], winner: Option | None) -> str:
    """The criteria in which an option is behind the winner, the widest gap first."""
    if winner is None or winner.standing is None:
        return "a change would save less than is worth it"
    gaps = [(theirs - own, name) for own, theirs, name in zip(criteria, winner.standing.criteria, CRITERIA, strict=True)]
    behind = [name for gap, name in sorted(gaps, reverse=True) if gap > 0]
    return f"scores lower in {' and '.join(behind[:2])}" if behind else "scores the same and stands behind by its cost"
