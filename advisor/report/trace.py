"""Where a shown figure comes from: its formula, its inputs, the records behind it with source and date."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from advisor.decision import Decision
from advisor.options import Option
from advisor.phrases import percent
from advisor.quality import ClassVerdict
from advisor.quality.words import class_words
from advisor.report.words import GRADE_MARKS, option_name
from advisor.sizing import with_output_length
from advisor.units import HOURS_PER_MONTH


@dataclass(frozen=True)
class Ingredient:
    """One thing a figure is made of. ``origin``: your input, a record's id with its date, derived, or a named assumption."""

    name: str
    value: str
    origin: str


@dataclass(frozen=True)
class Trace:
    """A figure with its formula, what entered it, and the ids of the sources behind it."""

    title: str
    value: str
    formula: str
    ingredients: tuple[Ingredient, ...]
    sources: tuple[str, ...] = ()
    note: str = ""


YOURS = "your input"
DERIVED = "derived, see its own trace"


def traces_of(decision: Decision, option: Option) -> tuple[Trace, ...]:
    """Every figure of an option that is known, in the order of the result page."""
    parts = option.parts or (option,)
    found = (
        _cost(decision, option),
        _gpus(decision, option),
        *(_speed(decision, part, number) for number, part in enumerate(parts)),
        *(_first_token(decision, part, number) for number, part in enumerate(parts)),
        _power(decision, option),
        _price(option),
        _per_token(decision, option),
        _quality(decision, option),
        _saving(decision, option),
    )
    return tuple(trace for trace in found if trace is not None)


def traces_named(decision: Decision, option: Option, title: str) -> tuple[Trace, ...]:
    """One figure's trace, of several workloads one each; empty where the figure is not known."""
    return tuple(trace for trace in traces_of(decision, option) if trace.title.partition(", workload ")[0] == title)


def _of_workload(decision: Decision, title: str, number: int) -> str:
    """A title that names the workload where there are several."""
    return title if len(decision.scenario.workloads) == 1 else f"{title}, workload {number + 1}"


def _cost(decision: Decision, option: Option) -> Trace | None:
    if option.cost is None or option.price is None:
        return None
    gpus = option.fleet.gpus if option.fleet else decision.scenario.current.gpus
    parts = [
        Ingredient("GPUs", f"{gpus}", YOURS if option is decision.baseline else DERIVED),
        Ingredient("price", f"{option.price.usd_per_gpu_hour:,.4f} USD/GPU-hour", _price_origin(option)),
        Ingredient("hours a month", f"{HOURS_PER_MONTH:g}", "convention of cloud price lists"),
    ]
    return Trace(
        "Cost a month",
        f"{option.cost.usd_per_month:,.2f} USD",
        "GPUs × USD/GPU-hour × 730 h",
        tuple(parts),
        option.price.source,
    )


def _gpus(decision: Decision, option: Option) -> Trace | None:
    fleet, sizing = option.fleet, decision.scenario.sizing
    if fleet is None:
        return None
    parts = [
        Ingredient("headroom", percent(sizing.headroom_fraction), YOURS),
        Ingredient("spare replicas", f"{sizing.spare_replicas}", YOURS),
    ]
    for number, share in enumerate(fleet.parts):
        parts += [
            Ingredient(_of_workload(decision, name, number), value, origin)
            for name, value, origin in (
                ("peak", f"{share.peak_tok_s:,.1f} tok/s, input and output", _load_origin(decision, option, number)),
                ("throughput", f"{share.tok_s_per_gpu:,.1f} tok/s/GPU", DERIVED),
                ("unrounded need", f"{share.needed_gpus:,.3f} GPUs", DERIVED),
                ("replica", f"{share.replica_gpus} GPUs", "records at the operating point"),
                ("replicas", f"{share.replicas}", DERIVED),
            )
        ]
    parts.append(Ingredient("servers billed", f"{fleet.servers}", DERIVED))
    formula = (
        "as entered; needed = peak / (throughput × (1 − headroom))"
        if option is decision.baseline
        else "ceil(peak / (throughput × (1 − headroom)) / replica) + spare replicas, then whole servers if billed so"
    )
    points = [part.operating_point for part in option.parts or (option,)]
    sources = _once(source for point in points if point is not None for source in point.sources)
    return Trace("GPUs", f"{fleet.gpus}", formula, tuple(parts), sources)


def _load_origin(decision: Decision, option: Option, number: int) -> str:
    """Where the peak of a workload comes from; a candidate whose answers are longer or shorter carries another."""
    ratio = (option.parts or (option,))[number].quality.output_length_ratio
    origin = decision.loads[number].origin
    return origin if ratio == 1 else f"{origin}, answers {ratio:g} times as long by your own results"


def _speed(decision: Decision, option: Option, number: int) -> Trace | None:
    point, curve = option.operating_point, option.curve
    if point is None or curve is None:
        return None
    target = decision.scenario.workloads[number].targets.interactivity_tok_s_per_user
    parts = [
        Ingredient("target", f"{target:g} tok/s per user", YOURS),
        Ingredient("runs at", f"{point.interactivity_tok_s_per_user:g} tok/s per user", DERIVED),
        Ingredient("throughput there", f"{point.tok_s_per_gpu:,.1f} tok/s/GPU", f"{GRADE_MARKS[point.grade]} {point.grade}"),
    ]
    if point.low is not None and point.high is not None:
        parts.append(
            Ingredient("80 % interval", f"{point.low:,.1f} to {point.high:,.1f} tok/s/GPU", "derived from held-out runs")
        )
    parts.append(Ingredient("measured range", f"{point.range[0]:g} to {point.range[1]:g} tok/s per user", "records"))
    for knot in curve.neighbours(point.interactivity_tok_s_per_user) if curve.knots else ():
        words = f"{knot.tok_s_per_gpu:,.1f} tok/s/GPU at {knot.interactivity_tok_s_per_user:g} ({knot.engine})"
        parts.append(Ingredient("measured point", words, f"record {knot.point_id}, {knot.run_date or 'no date of its own'}"))
    formula = "read between measured points at the larger of the target and the slowest point"
    title, value = _of_workload(decision, "Speed per user", number), f"{point.interactivity_tok_s_per_user:g} tok/s"
    return Trace(title, value, formula, tuple(parts), point.sources, point.note)


def _first_token(decision: Decision, option: Option, number: int) -> Trace | None:
    point = option.operating_point
    if point is None or point.ttft_ms is None or point.ttft_grade is None:
        return None
    workload = decision.scenario.workloads[number]
    parts = [
        Ingredient("input tokens", f"{workload.input_tokens:,} a request", YOURS),
        Ingredient("prefix cache hits", percent(workload.prefix_cache_hit_fraction), YOURS),
        Ingredient("requests in flight", f"{point.concurrency:,.3g} on a replica", DERIVED),
        Ingredient("how it is known", f"{GRADE_MARKS[point.ttft_grade]} {point.ttft_grade}", "runs at the operating point"),
    ]
    if point.ttft_low_ms is not None and point.ttft_high_ms is not None:
        words = f"{point.ttft_low_ms:,.0f} to {point.ttft_high_ms:,.0f} ms"
        parts.append(Ingredient("80 % interval", words, "derived from held-out runs"))
    formula = "median time to first token in closed loop, read at the requests in flight (docs/method.md)"
    return Trace(
        _of_workload(decision, "First token", number), f"{point.ttft_ms:,.0f} ms", formula, tuple(parts), point.sources
    )


def _power(decision: Decision, option: Option) -> Trace | None:
    energy = option.energy
    if energy is None:
        return None
    book = decision.catalog.power_books[energy.book]
    gpus = option.fleet.gpus if option.fleet else decision.scenario.current.gpus
    parts = (
        Ingredient("GPUs", f"{gpus}", YOURS if option is decision.baseline else DERIVED),
        Ingredient("all-in power", f"{energy.kw_per_gpu:g} kW/GPU", f"power book {book.id}, from {book.effective_from}"),
    )
    return Trace(
        "Power", f"{energy.kw:,.2f} kW", "GPUs × kW/GPU (host, network and cooling included)", parts, (book.source,)
    )


def _price(option: Option) -> Trace | None:
    price = option.price
    if price is None:
        return None
    parts = [
        Ingredient("rule", price.rule, price.provider),
        Ingredient("basis", price.basis.replace("_", " "), price.provider),
    ]
    parts += [
        Ingredient(offer.provider, f"{offer.usd_per_gpu_hour:,.4f} USD/GPU-hour", f"record {offer.id}, {offer.as_of}")
        for offer in price.offers
    ]
    parts += [
        Ingredient(offer.provider, f"{offer.usd_per_gpu_hour:,.4f} USD/GPU-hour", f"{offer.origin}, {offer.as_of}")
        for offer in price.own
    ]
    note = f"offers from {price.low:,.2f} to {price.high:,.2f}" if price.low is not None and price.high is not None else ""
    return Trace("Price", f"{price.usd_per_gpu_hour:,.4f} USD/GPU-hour", price.rule, tuple(parts), price.source, note)


def _per_token(decision: Decision, option: Option) -> Trace | None:
    if option.cost is None:
        return None
    ratio = option.quality.output_length_ratio
    load = with_output_length(decision.load, ratio)
    origin = load.origin if ratio == 1 else f"{load.origin}, answers {ratio:.4g} times as long by your own results"
    parts = (
        Ingredient("cost a month", f"{option.cost.usd_per_month:,.2f} USD", DERIVED),
        Ingredient("demand", f"{load.mean_tok_s:,.1f} tok/s mean, input and output", origin),
        Ingredient("output share", f"{load.output_share:.4f}", YOURS if ratio == 1 else DERIVED),
    )
    formula = "USD/month / (mean tok/s × 730 × 3600 / 10^6), divided by the output share"
    value = f"{option.cost.usd_per_mtok_output:,.4f} USD per million output tokens"
    return Trace("Cost per token", value, formula, parts)


def _quality(decision: Decision, option: Option) -> Trace | None:
    quality = option.quality
    parts = []
    sources: list[str] = []
    for prefix, items in (("", quality.classes), ("KV cache, ", quality.kv_cache)):
        for item in items:
            words = f"{_points(item)}; tolerance {item.tolerance_points:g}"
            origin = (
                f"{item.status}, {item.pairs} published pairs" if item.basis == "published" else f"{item.status}, {YOURS}"
            )
            parts.append(Ingredient(prefix + class_words(item.task_class), words, origin))
            sources += item.sources
    name = option_name(decision, option)
    formula = "each task class on its own against its tolerance; the worst decides"
    return Trace("Quality", quality.status, formula, tuple(parts), _once(sources), f"{name}: {quality.reason}")


def _points(item: ClassVerdict) -> str:
    if item.median_delta_points is None:
        return "no figure"
    middle = f"median {item.median_delta_points:+.2f} points"
    if item.low_points is None or item.high_points is None:
        return middle
    return f"{middle} ({item.low_points:+.2f} to {item.high_points:+.2f})"


def _saving(decision: Decision, option: Option) -> Trace | None:
    if option.standing is None:
        return None
    future, outlook, finance = option.standing.future, option.outlook, decision.scenario.finance
    parts = [
        Ingredient("course of action", future.name.replace("_", " "), "the cheapest of this option's"),
        Ingredient("cost of staying", f"{future.npv_cost + future.npv_saving:,.0f} USD present value", DERIVED),
        Ingredient("cost of this", f"{future.npv_cost:,.0f} USD present value", DERIVED),
        Ingredient("one-off costs within it", f"{future.one_off:,.0f} USD", YOURS),
        Ingredient("committed spend in both", f"{future.unavoidable_usd:,.0f} USD", YOURS),
        Ingredient("horizon", f"{finance.horizon_months} months", YOURS),
        Ingredient("discount rate", f"{percent(finance.discount_rate_per_year)} a year", YOURS),
    ]
    note = ""
    if outlook is not None:
        draws = f"{decision.stability.draws:,} draws, seed {decision.stability.seed}"
        span = f"{outlook.saving_p10_usd:,.0f} to {outlook.saving_p90_usd:,.0f} USD"
        parts.append(Ingredient("80 % range", span, draws))
        parts.append(Ingredient("saves money", f"in {percent(outlook.saves_money_fraction)}", draws))
        note = (
            "the draws include failures of quality and delays, so the middle of the range can lie below the expected figure"
        )
    formula = "present value of staying − present value of this course of action, months at the discount rate"
    return Trace("Saving over the horizon", f"{future.npv_saving:,.0f} USD", formula, tuple(parts), note=note)


def _price_origin(option: Option) -> str:
    assert option.price is not None  # the caller has seen it
    return option.price.origin


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
