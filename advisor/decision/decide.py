"""From options to a decision: rank, choose, draw, explain. Read :func:`decide`; each step is a module here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from advisor.decision.bands import cash_bands, followed_futures
from advisor.decision.breakevens import break_evens, flips
from advisor.decision.case import Case
from advisor.decision.choice import Choice, choose
from advisor.decision.outlook import DRAWS, make_draws, outlooks, run_draws
from advisor.decision.pilot import pilot_of
from advisor.decision.ranking import Contest, compete
from advisor.decision.reasons import confidence, doubts, losing_sentences, reasons, same_fleets_at_other_prices
from advisor.decision.records import CashBand, Decision, Stability, TornadoRow, Verdict
from advisor.decision.tornado import tornado
from advisor.options import Option
from advisor.price_warnings import PriceWarning, own_basis_warnings, price_warnings


def decide(case: Case, options: Sequence[Option]) -> Decision:
    """Choose between staying, tuning, moving and buying tokens, and say how sure that is."""
    ranked, contest = compete(case, options)
    choice = choose(case, ranked)
    ranked, bands = _drawn(case, contest, choice, ranked)
    choice = _with_outlooks(choice, ranked)
    evens = break_evens(case, choice.challenger)
    subject = choice.challenger if choice.option in (None, case.baseline) else choice.option
    rows = tornado(case, subject, subject.standing.future.plan) if subject and subject.standing else ()
    warnings = _warnings(case, choice)
    bases = same_fleets_at_other_prices(case, choice.challenger)
    found = doubts(case, choice, ranked, warnings)
    pilot = pilot_of(case, choice, _at_slow_end(rows))
    level, why_low = confidence(case, choice, found)
    verdict = Verdict(
        choice.code, bool(pilot), level, reasons(case, choice, ranked, bases), found, pilot, confidence_reason=why_low
    )
    return Decision(
        scenario=case.scenario,
        catalog=case.catalog,
        load=case.load,
        baseline=case.baseline,
        options=_with_sentences(case, choice, ranked),
        best=next((option for option in ranked if option.rank == 1), None),
        chosen=choice.option,
        challenger=choice.challenger,
        futures=choice.futures,
        break_even=evens.price if evens else None,
        other_bases=bases,
        verdict=verdict,
        loads=case.loads,
        adopted=choice.adopted,
        tokens=case.tokens,
        break_evens=evens,
        flips=flips(case, choice, ranked, evens),
        tornado=rows,
        outlook=choice.option.outlook if choice.option else None,
        stability=_stability(case, ranked),
        price_warnings=warnings,
        losing=losing_sentences(case, choice, ranked),
        bands=bands,
    )


def _drawn(
    case: Case, contest: Contest, choice: Choice, ranked: tuple[Option, ...]
) -> tuple[tuple[Option, ...], tuple[CashBand, ...]]:
    """The options with what the draws say of each, and the futures' cash month by month; as they are if none passes."""
    if not contest.options:
        return ranked, ()
    draws = make_draws(case, contest.options)
    followed = followed_futures(choice, contest.options)
    drawn = run_draws(case, contest.options, draws, [str(future.option_id) for future in followed])
    by_id = {option.key.id: option.outlook for option in outlooks(contest, drawn)}
    known = tuple(replace(o, outlook=by_id[o.key.id]) if o.key.id in by_id else o for o in ranked)
    return known, cash_bands(case, followed, contest.options, drawn)


def _with_outlooks(choice: Choice, ranked: Sequence[Option]) -> Choice:
    """The choice's options as they stand in the ranking, draws included; today's fleet as entered stays itself."""
    by_id = {option.key.id: option for option in ranked if option.rank is not None}

    def newest(option: Option | None) -> Option | None:
        return option if option is None or option.rank is None else by_id[option.key.id]

    return replace(choice, option=newest(choice.option), challenger=newest(choice.challenger))


def _with_sentences(case: Case, choice: Choice, ranked: Sequence[Option]) -> tuple[Option, ...]:
    said = dict(losing_sentences(case, choice, ranked))
    return tuple(
        replace(option, standing=replace(option.standing, why_not=said.get(option.key.id, "")))
        if option.standing is not None
        else option
        for option in ranked
    )


def _at_slow_end(rows: Sequence[TornadoRow]) -> float | None:
    """NPV saved at the slow end of the candidate's throughput interval; None where it has none."""
    return next((row.saving_at_low_usd for row in rows if row.driver == "candidate throughput"), None)


def _warnings(case: Case, choice: Choice) -> tuple[PriceWarning, ...]:
    """Doubts about the prices the advice rests on: today's, the advised option's, the challenger's."""
    found: list[PriceWarning] = []
    for option in (case.baseline, choice.option, choice.challenger):
        if option is not None:
            found += price_warnings(case.catalog, option.key.hardware, option.price)
            found += own_basis_warnings(case.catalog, option.key.hardware, option.price, case.scenario.candidates.price)
    return tuple(dict.fromkeys(found))


def _stability(case: Case, ranked: Sequence[Option]) -> Stability:
    passing = [option for option in ranked if option.standing is not None and option.outlook is not None]
    return Stability(
        tuple((o.key.id, o.standing.weight_share_fraction) for o in passing if o.standing),
        tuple((o.key.id, o.outlook.win_fraction) for o in passing if o.outlook),
        DRAWS,
        case.scenario.uncertainty.seed,
    )
