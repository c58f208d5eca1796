"""From options to a verdict: ranking by cost, futures compared, confidence by rule, what would flip it.

The rules stand in docs/method.md, section "Verdict". No rule draws a random number.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from advisor.catalog import Catalog
from advisor.economics import (
    BreakEven,
    Future,
    break_even,
    move,
    one_off_cost,
    saving,
    stay,
    transition_months,
    tune,
    usd_per_mtok,
)
from advisor.evidence.load import LoadView
from advisor.options import Option
from advisor.own_evidence import OwnMeasurement, own_measurements
from advisor.phrases import percent, would_save
from advisor.pricing import Price, months_between, other_bases
from advisor.scenario import Scenario
from advisor.sizing import Load

VerdictCode = Literal[
    "migrate_now",
    "migrate_at_contract_end",
    "migrate_phased",
    "tune_in_place",
    "stay",
    "buy_tokens",
    "no_feasible_option",
]
ConfidenceLevel = Literal["high", "medium", "low"]

ROUNDING_SHOWS_FRACTION = 0.01
"""Gap between the saving per token and the saving as sized from which rounding is spoken of."""

WIDE_INTERVAL_RATIO = 1.5
"""Upper over lower end of an interval from which its width is named as a doubt."""

BASIS_DECIDES_FRACTION = 0.2
"""Spread of the saving over price books from which the verdict says that the basis decides."""


@dataclass(frozen=True)
class OtherBasis:
    """The same two fleets and the same tokens, priced from another book."""

    book: str
    title: str
    basis: str
    price_ratio: float
    saving_fraction: float
    saving_per_token_fraction: float | None


@dataclass(frozen=True)
class Verdict:
    """The advice: a code, what it rests on, and how far to trust it."""

    code: VerdictCode
    pilot_first: bool
    confidence: ConfidenceLevel
    reasons: tuple[str, ...]
    doubts: tuple[str, ...]


@dataclass(frozen=True)
class LoadViews:
    """What random arrivals at the peak make of today's fleet and of the chosen one; None where it cannot be told."""

    baseline: LoadView | None = None
    chosen: LoadView | None = None


@dataclass(frozen=True)
class Decision:
    """Everything a renderer needs.

    ``best`` is the option ranked first, ``chosen`` the one the verdict adopts (None: none), ``challenger`` the best
    option that would change something: on other GPUs if there is one. Break-even and other bases are about it.
    """

    scenario: Scenario
    catalog: Catalog
    load: Load
    baseline: Option
    options: tuple[Option, ...]
    best: Option | None
    chosen: Option | None
    challenger: Option | None
    futures: tuple[Future, ...]
    break_even: BreakEven | None
    other_bases: tuple[OtherBasis, ...]
    verdict: Verdict
    own: tuple[OwnMeasurement, ...] = ()
    load_view: LoadViews = LoadViews()


def rank(options: Iterable[Option], baseline: Option, baseline_gpus: int) -> tuple[Option, ...]:
    """Options with savings and ranks: measured feasible ones by monthly cost, estimated ones behind them, then the rest.

    Measured before modelled: an option nobody measured never outranks a measured one, however cheap it looks.
    """
    priced = [_against(option, baseline, baseline_gpus) for option in options]
    feasible = sorted(
        (o for o in priced if o.feasible),
        key=lambda o: (o.is_estimate, o.cost.usd_per_month if o.cost else 0.0, o.key.id),
    )
    rest = sorted((o for o in priced if not o.feasible), key=lambda o: o.key.id)
    return (*(replace(option, rank=number) for number, option in enumerate(feasible, start=1)), *rest)


def _against(option: Option, baseline: Option, baseline_gpus: int) -> Option:
    """An option with its saving and break-even against today."""
    price, fleet, point = option.price, option.fleet, option.operating_point
    if option.cost is None or price is None or fleet is None or point is None:
        return option
    assert baseline.cost is not None  # today's bill is always known
    assert baseline.price is not None
    today = baseline.operating_point
    today_price = baseline.price.usd_per_gpu_hour
    per_token = None
    if today is not None:
        today_usd = usd_per_mtok(today_price, today.tok_s_per_gpu)
        per_token = saving(usd_per_mtok(price.usd_per_gpu_hour, point.tok_s_per_gpu), today_usd)
    tok_s_today = today.tok_s_per_gpu if today else None
    return replace(
        option,
        saving_fraction=saving(option.cost.usd_per_month, baseline.cost.usd_per_month),
        saving_per_token_fraction=per_token,
        break_even=break_even(
            baseline_gpus, today_price, tok_s_today, fleet.gpus, price.usd_per_gpu_hour, point.tok_s_per_gpu
        ),
    )


def decide(catalog: Catalog, scenario: Scenario, load: Load, baseline: Option, options: Sequence[Option]) -> Decision:
    """Choose between staying, tuning and moving, and say how sure that is."""
    ranked = rank(options, baseline, scenario.current.gpus)
    best = next((option for option in ranked if option.rank == 1), None)
    futures = compare_futures(scenario, baseline, best)
    code = _code(scenario, baseline, best, futures)
    chosen = _chosen(code, baseline, best)
    challenger = _challenger(ranked, baseline)
    bases = _other_bases(catalog, baseline, challenger)
    reasons = (
        *_reasons(catalog, scenario, baseline, best, challenger, code),
        *_basis_reason(catalog, challenger, bases),
    )
    doubts = _doubts(catalog, baseline, chosen)
    verdict = Verdict(code, _pilot_first(chosen, baseline), _confidence(baseline, chosen, doubts), reasons, doubts)
    even = challenger.break_even if challenger else None
    own = own_measurements(catalog, scenario)
    return Decision(scenario, catalog, load, baseline, ranked, best, chosen, challenger, futures, even, bases, verdict, own)


def compare_futures(scenario: Scenario, baseline: Option, best: Option | None) -> tuple[Future, ...]:
    """Staying, and what the best option makes possible: tuning, or moving now or as the contract ends."""
    assert baseline.cost is not None  # today's bill is always known
    old, finance, commitment = baseline.cost.usd_per_month, scenario.finance, scenario.current.commitment
    futures = [stay(old, finance)]
    if best is None or best.cost is None:
        return tuple(futures)
    new = best.cost.usd_per_month
    if best.key.hardware == baseline.key.hardware:
        work = one_off_cost(scenario.migration) if best.key.id != baseline.key.id else 0.0
        futures.append(tune(old, new, work, commitment, finance))
        return tuple(futures)
    futures.append(move("move_now", old, new, 0, scenario.migration, commitment, finance))
    if commitment.months_left > 0:
        start = max(0.0, commitment.months_left - transition_months(scenario.migration))
        futures.append(move("move_at_contract_end", old, new, start, scenario.migration, commitment, finance))
    return tuple(futures)


def _code(scenario: Scenario, baseline: Option, best: Option | None, futures: Sequence[Future]) -> VerdictCode:
    stays = all(gate.passed is not False for gate in baseline.gates)
    if best is None or best.saving_fraction is None:
        return "stay" if stays else "no_feasible_option"
    if stays and best.saving_fraction < scenario.preferences.minimum_saving_fraction:
        return "stay"
    # On equal cost the earlier name wins, and staying comes first: a change must pay to be advised.
    pool = futures if stays else [future for future in futures if future.name != "stay"]
    cheapest = min(pool, key=lambda future: future.npv_cost)
    codes: dict[str, VerdictCode] = {
        "stay": "stay",
        "tune_in_place": "tune_in_place",
        "move_now": "migrate_now",
        "move_at_contract_end": "migrate_at_contract_end",
    }
    return codes[cheapest.name]


def _chosen(code: VerdictCode, baseline: Option, best: Option | None) -> Option | None:
    if code == "no_feasible_option":
        return None
    return baseline if code == "stay" else best


def _challenger(ranked: Sequence[Option], baseline: Option) -> Option | None:
    """The best-ranked option on other hardware, else the best other than today's setup: what a break-even is about."""
    feasible = [option for option in ranked if option.rank is not None]
    elsewhere = [option for option in feasible if option.key.hardware != baseline.key.hardware]
    others = [option for option in feasible if option.key.id != baseline.key.id]
    return next(iter(elsewhere), next(iter(others), None))


def _other_bases(catalog: Catalog, baseline: Option, challenger: Option | None) -> tuple[OtherBasis, ...]:
    if challenger is None or challenger.break_even is None:
        return ()
    even = challenger.break_even
    result = []
    for one, other in other_bases(catalog, baseline.key.hardware, challenger.key.hardware):
        assert one.book is not None
        ratio = other.usd_per_gpu_hour / one.usd_per_gpu_hour
        result.append(
            OtherBasis(
                one.book.id,
                one.book.title,
                one.book.basis,
                ratio,
                1 - ratio / even.price_ratio,
                None if even.per_token_ratio is None else 1 - ratio / even.per_token_ratio,
            )
        )
    return tuple(result)


def _reasons(
    catalog: Catalog, scenario: Scenario, baseline: Option, best: Option | None, challenger: Option | None, code: VerdictCode
) -> tuple[str, ...]:
    reasons = [f"Today's fleet: {gate.reason}" for gate in baseline.failures]
    if best is None:
        return (*reasons, "No option passes every gate; each names what stands against it")
    if code == "stay" and best.saving_fraction is not None:
        least = scenario.preferences.minimum_saving_fraction
        if best.key.id == baseline.key.id and best.saving_fraction <= 0:
            reasons.append("Nothing that passes costs less than today's setup")
        elif best.saving_fraction < least:
            reasons.append(
                f"The cheapest option that passes, {best.key.label(catalog)}, {would_save(best.saving_fraction)} a month; "
                f"below {percent(least)} a change is not advised"
            )
        else:
            reasons.append("One-off cost and what the contract does not give back eat the saving within the horizon")
    if challenger is not None:
        reasons += _price_and_rounding(catalog, challenger)
    return tuple(reasons)


def _price_and_rounding(catalog: Catalog, challenger: Option) -> list[str]:
    """Where price and whole servers decide: the break-even ratio beside today's, per token beside as sized."""
    even, fleet = challenger.break_even, challenger.fleet
    per_token, sized = challenger.saving_per_token_fraction, challenger.saving_fraction
    if even is None or fleet is None or sized is None:
        return []
    name = challenger.key.label(catalog)
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


def _basis_reason(catalog: Catalog, challenger: Option | None, bases: Sequence[OtherBasis]) -> list[str]:
    """Say so where the price basis decides: the same tokens, priced from other books, save much more or less."""
    savings = sorted((b.saving_per_token_fraction, b.book) for b in bases if b.saving_per_token_fraction is not None)
    if challenger is None or not savings or savings[-1][0] - savings[0][0] < BASIS_DECIDES_FRACTION:
        return []
    (low, low_book), (high, high_book) = savings[0], savings[-1]
    return [
        f"The price basis decides: per token {challenger.key.label(catalog)} {would_save(low)} at the prices of {low_book} "
        f"and {would_save(high)} at those of {high_book}"
    ]


def _pilot_first(chosen: Option | None, baseline: Option) -> bool:
    """A pilot first where the advice changes something and a gate of the chosen option is open."""
    return chosen is not None and chosen is not baseline and bool(chosen.unknowns)


def _doubts(catalog: Catalog, baseline: Option, chosen: Option | None) -> tuple[str, ...]:
    """What lowers the confidence, in words."""
    doubts = [f"open: {gate.reason}" for gate in (chosen.unknowns if chosen else ())]
    options = [baseline] if chosen is None or chosen is baseline else [baseline, chosen]
    for option in options:
        point = option.operating_point
        if point is None:
            continue
        if point.low is not None and point.high is not None and point.high / point.low > WIDE_INTERVAL_RATIO:
            doubts.append(
                f"{option.key.label(catalog)}: the 80 % interval of its throughput runs from {point.low:,.0f} "
                f"to {point.high:,.0f} tok/s/GPU"
            )
        if "undated" in point.run_dates:
            doubts.append(f"{option.key.label(catalog)}: the runs behind its throughput carry no date of their own")
    if chosen is not None and chosen is not baseline:
        if chosen.quality.status == "unproven":
            doubts.append(f"quality unproven: {chosen.quality.reason}")
        doubts += price_doubts(catalog, chosen.price)
    return tuple(doubts)


def price_doubts(catalog: Catalog, price: Price | None) -> list[str]:
    """Why a price deserves less trust: old offers, few of them, or an owner's cost nobody offers."""
    if price is None or price.as_of is None:
        return []
    doubts = []
    age = months_between(price.oldest or price.as_of, catalog.as_of)
    if age > catalog.assume("price_stale_months"):
        doubts.append(f"price: offers up to {age} months old enter ({price.oldest or price.as_of})")
    if price.offers and len(price.offers) < catalog.assume("price_few_offers"):
        doubts.append(f"price: only {len(price.offers)} offer(s) known")
    if price.basis == "owner_cost":
        doubts.append("price: an owner's cost, which nobody offers")
    return doubts


def _confidence(baseline: Option, chosen: Option | None, doubts: Sequence[str]) -> ConfidenceLevel:
    """Low where today's fleet or a gate is in doubt, medium with any other doubt, high without."""
    if chosen is None or baseline.failures or chosen.unknowns or baseline.operating_point is None:
        return "low"
    return "medium" if doubts else "high"
