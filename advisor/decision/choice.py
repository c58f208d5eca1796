"""Which course of action the advice names: written rules on expected figures, no draws (docs/method.md, "Verdict")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from advisor.decision.case import Case, plans_of, runs_in_place, token_plan, worked_out
from advisor.decision.records import VerdictCode
from advisor.money.futures import Future
from advisor.money.plans import FutureName, Plan
from advisor.options import Option

CODES: dict[FutureName, VerdictCode] = {
    "stay": "stay",
    "tune_in_place": "tune_in_place",
    "move_now": "migrate_now",
    "move_at_contract_end": "migrate_at_contract_end",
    "phased": "migrate_phased",
    "buy_tokens": "buy_tokens",
}


@dataclass(frozen=True)
class Choice:
    """What is advised, and the futures it was compared with. ``option`` is None where nothing or tokens are bought."""

    code: VerdictCode
    option: Option | None
    adopted: Future | None
    challenger: Option | None
    futures: tuple[Future, ...]


def choose(case: Case, ranked: Sequence[Option]) -> Choice:
    """Stay, tune, move or buy tokens."""
    feasible = [option for option in ranked if option.rank is not None]
    staying = worked_out(case, [Plan("stay")])[0]
    worth = _first_worth_it(case, feasible)
    challenger = _challenger(case, feasible, worth)
    futures = _futures(case, staying, feasible, worth, challenger)
    by_name = {future.name: future for future in futures}
    if worth is None:
        code: VerdictCode = "stay" if case.today_can_stay else "no_feasible_option"
        adopted, option = (staying, case.baseline) if case.today_can_stay else (None, None)
    else:
        assert worth.standing is not None  # every feasible option has its future
        adopted, option = worth.standing.future, worth
        code = CODES[adopted.name]
    tokens = by_name.get("buy_tokens")
    if tokens is not None and _tokens_win(case, tokens, adopted, staying):
        return Choice("buy_tokens", None, tokens, challenger, futures)
    return Choice(code, option, adopted, challenger, futures)


def _first_worth_it(case: Case, feasible: Sequence[Option]) -> Option | None:
    """The highest-ranked option whose cheapest future saves enough.

    Today's own setup ends the search: what ranks below it is not worth a change even if it saves. A fleet that
    cannot stay as it is takes the option ranked first.
    """
    if not case.today_can_stay:
        return feasible[0] if feasible else None
    for option in feasible:
        assert option.standing is not None  # every feasible option has its future
        if case.worth_it(option.standing.future.npv_saving):
            return option
        if option.key.id == case.baseline.key.id and runs_in_place(case, option):
            return None
    return None


def _challenger(case: Case, feasible: Sequence[Option], worth: Option | None) -> Option | None:
    """What a break-even is about: the advised option if it runs elsewhere, else the cheapest elsewhere, else here.

    Measured options come first; of equally dear fleets the one that would cost less if machines could be split.
    """
    if worth is not None and not runs_in_place(case, worth):
        return worth
    others = [option for option in feasible if option.key.id != case.baseline.key.id]
    return min(others, key=lambda option: _cheapness(case, option), default=None)


def _cheapness(case: Case, option: Option) -> tuple[bool, bool, float, float, str]:
    assert option.standing is not None  # feasible options are priced, sized and have their future
    assert option.price is not None
    assert option.fleet is not None
    unrounded = option.fleet.needed_gpus * option.price.usd_per_gpu_hour
    return (runs_in_place(case, option), option.is_estimate, option.standing.future.npv_cost, unrounded, option.key.id)


def _futures(
    case: Case, staying: Future, feasible: Sequence[Option], worth: Option | None, challenger: Option | None
) -> tuple[Future, ...]:
    """Staying, tuning, the moves and buying tokens: of the advised option where there is one, else of the best."""
    tuned = next((option for option in feasible if runs_in_place(case, option)), None)
    moved = challenger if challenger is not None and not runs_in_place(case, challenger) else None
    if worth is not None:
        tuned, moved = (worth, moved) if runs_in_place(case, worth) else (tuned, worth)
    plans = [plan for option in (tuned, moved) if option is not None for plan in plans_of(case, option)]
    tokens = token_plan(case)
    return (staying, *worked_out(case, plans if tokens is None else [*plans, tokens]))


def _tokens_win(case: Case, tokens: Future, adopted: Future | None, staying: Future) -> bool:
    """Whether tokens are bought: nobody measured them, so they need the buyer's word, or to win by far.

    Allowed: the median price must beat what would be advised otherwise by the smallest saving worth a change. Not
    said: even the dearest provider must cost less than an assumed share of that and of today's bill. Forbidden: never.
    """
    allowed = case.scenario.candidates.allow.api_tokens
    if allowed is False or case.tokens.usd_per_month is None:
        return False
    otherwise = adopted if adopted is not None else staying
    if allowed:
        return case.worth_it(otherwise.npv_cost - tokens.npv_cost)
    running = sum(row.tokens_usd * factor for row, factor in zip(tokens.rows, case.ledger.factors, strict=True))
    dearest = tokens.npv_cost + running * (case.tokens.highest.usd_per_month / case.tokens.usd_per_month - 1)
    if not case.today_can_stay:  # a target that today's fleet misses was not measured at a provider either
        return False
    least = min(otherwise.npv_cost, case.bill_npv)
    return bool(dearest < case.catalog.assume("api_unasked_cost_fraction") * least)
