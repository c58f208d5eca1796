"""One option worked out: gates, operating point, fleet, money, energy, quality."""

from __future__ import annotations

from dataclasses import dataclass

from advisor.catalog import Catalog
from advisor.catalog.records import Model
from advisor.economics import Energy, fleet_cost, fleet_energy
from advisor.evidence.frontier import Curve
from advisor.evidence.question import Question
from advisor.evidence.reading import Reading, curve_for, read_curve, why_no_curve
from advisor.formats import legality, resolve_precision
from advisor.memory import memory_need
from advisor.options import Gate, OperatingPoint, Option, OptionKey, family_name
from advisor.pricing import Price
from advisor.quality import Change, QualityVerdict, Usage, judge_change
from advisor.scenario import Scenario
from advisor.sizing import Fleet, Load, size_fleet, with_output_length


@dataclass(frozen=True)
class Context:
    """What evaluating an option needs besides the option."""

    catalog: Catalog
    scenario: Scenario

    @property
    def model(self) -> Model | None:
        """The catalog's record of the model, None for a custom one."""
        model_id = self.scenario.workload.model_id
        return self.catalog.models[model_id] if model_id else None

    @property
    def target(self) -> float:
        """Interactivity asked for, tok/s/user."""
        return self.scenario.workload.targets.interactivity_tok_s_per_user


def question_of(context: Context, key: OptionKey, engines: tuple[str, ...]) -> Question | None:
    """The curve an option is read from; None for a model without a record."""
    model_id = context.scenario.workload.model_id
    if model_id is None:
        return None
    workload = context.scenario.workload
    return Question(
        model_id,
        key.hardware,
        key.format,
        workload.input_tokens,
        workload.output_tokens,
        key.decoding,
        "any" if context.scenario.candidates.allow.disaggregated else "single-node",
        engines,
    )


def operate(context: Context, key: OptionKey, engines: tuple[str, ...]) -> tuple[OperatingPoint | None, Curve | None, Gate]:
    """Where an option runs for the target asked: at the target, or at its slowest knot if that is faster.

    What nobody measured is estimated from relatives only for GPUs the user named; the gate is then open, not passed.
    """
    question = question_of(context, key, engines)
    if question is None:
        return None, None, Gate("latency", False, "not measured: a custom model has no measured range")
    curve = curve_for(context.catalog, question) if _may_estimate(context, key) else context.catalog.curves.pooled(question)
    if curve is None:
        return None, None, Gate("latency", False, why_no_curve(context.catalog, question))
    at = max(context.target, curve.slowest)
    reading = read_curve(context.catalog, curve, at)
    if reading.tok_s_per_gpu is None:
        return None, curve, Gate("latency", False, reading.reason)
    if curve.origin is not None:
        return _operating_point(question, curve, reading, reading.reason), curve, Gate("latency", None, reading.reason)
    note = ""
    if at > context.target:
        note = f"runs at its slowest measured point, {at:g} tok/s/user: faster than the {context.target:g} asked"
    reason = note or f"{at:g} tok/s/user reached within {curve.slowest:g} to {curve.fastest:g} measured"
    return _operating_point(question, curve, reading, note), curve, Gate("latency", True, reason)


def _may_estimate(context: Context, key: OptionKey) -> bool:
    named = {*context.scenario.candidates.hardware, context.scenario.current.hardware}
    return key.hardware in named and legality(context.catalog, key.hardware, key.format, context.model).legal


def _operating_point(question: Question, curve: Curve, reading: Reading, note: str) -> OperatingPoint:
    concurrency = reading.concurrency(question.output_share)
    assert reading.tok_s_per_gpu is not None  # the caller has seen a number
    assert reading.grade is not None
    assert concurrency is not None
    return OperatingPoint(
        interactivity_tok_s_per_user=reading.at,
        tok_s_per_gpu=reading.tok_s_per_gpu,
        low=reading.low,
        high=reading.high,
        grade=reading.grade,
        range=(curve.slowest, curve.fastest),
        sources=reading.sources,
        run_dates=tuple(sorted({knot.run_date or "undated" for knot in reading.knots})),
        concurrency=concurrency,
        replica_gpus=reading.replica_gpus,
        engine=reading.engine or "",
        users_per_gpu=reading.tok_s_per_gpu * question.output_share / reading.at,
        note=note,
    )


def evaluate(context: Context, key: OptionKey, load: Load, price: Price | None) -> Option:
    """Work out one option. Nothing is raised: what fails is a gate with its reason."""
    scenario = context.scenario
    point, curve, latency = operate(context, key, scenario.candidates.engines)
    quality = judge_quality(context, key, point)
    load = with_output_length(load, quality.output_length_ratio)
    fleet = _fleet(context, key, load, point)
    energy = energy_of(context.catalog, key.hardware, fleet.gpus, point.tok_s_per_gpu) if fleet and point else None
    gates = (
        _format_gate(context, key),
        _constraints_gate(context, key),
        latency,
        _memory_gate(context, key, point),
        _replica_gate(point),
        _ttft_gate(context, point),
        _price_gate(context, key, price),
        _power_gate(context, energy),
        quality_gate(context, quality),
    )
    cost = fleet_cost(fleet.gpus, price.usd_per_gpu_hour, load) if fleet is not None and price is not None else None
    known = tuple(gate for gate in gates if gate is not None)
    return Option(key, known, price, point, curve, fleet, cost, energy, quality)


def judge_quality(context: Context, key: OptionKey, point: OperatingPoint | None) -> QualityVerdict:
    """Quality of an option's format against today's; the operating point sizes the evaluation a pilot would run."""
    workload = context.scenario.workload
    params = context.model.total_params_b if context.model else workload.model.custom.total_params_b  # type: ignore[union-attr]
    precisions = context.catalog.precisions
    now = precisions[today_key(context).format]
    usage = Usage(workload.input_tokens, workload.output_tokens, point.tok_s_per_gpu if point else None)
    change = Change(context.model, params, now, precisions[key.format])
    return judge_change(context.catalog, change, workload.tasks, context.scenario.quality, usage)


def today_key(context: Context) -> OptionKey:
    """Today's setup as an option key."""
    current = context.scenario.current
    precision = resolve_precision(context.catalog, current.precision, current.hardware, context.model)
    assert precision is not None  # the scenario was validated against this catalog
    return OptionKey(current.hardware, family_name(context.catalog, precision), precision, current.decoding)


def energy_of(catalog: Catalog, hardware: str, gpus: int, tok_s_per_gpu: float) -> Energy | None:
    """Energy by the newest power book, None where it does not hold the GPU."""
    book = catalog.default_power_book
    kw = book.kw_per_gpu.get(hardware)
    return None if kw is None else fleet_energy(gpus, kw, tok_s_per_gpu, book.id)


def _fleet(context: Context, key: OptionKey, load: Load, point: OperatingPoint | None) -> Fleet | None:
    if point is None or point.replica_gpus is None:
        return None
    sizing = context.scenario.sizing
    whole_servers = context.scenario.candidates.billing == "server"
    return size_fleet(
        load,
        point.tok_s_per_gpu,
        point.replica_gpus,
        headroom_fraction=sizing.headroom_fraction,
        spare_replicas=sizing.spare_replicas,
        billed_server_gpus=context.catalog.hardware[key.hardware].gpus_per_server if whole_servers else 1,
    )


def _format_gate(context: Context, key: OptionKey) -> Gate:
    verdict = legality(context.catalog, key.hardware, key.format, context.model)
    return Gate("format", verdict.legal, verdict.reason)


def _constraints_gate(context: Context, key: OptionKey) -> Gate:
    candidates = context.scenario.candidates
    vendor = context.catalog.hardware[key.hardware].vendor
    if vendor not in candidates.allow.vendors:
        return Gate(
            "constraints", False, f"vendor {vendor} is not among those allowed ({', '.join(candidates.allow.vendors)})"
        )
    return Gate("constraints", True, "allowed")


def _memory_gate(context: Context, key: OptionKey, point: OperatingPoint | None) -> Gate:
    if point is not None and point.grade not in ("transferred", "modelled"):
        return Gate("memory", True, "a configuration that was measured fits")
    if context.model is None:
        return Gate("memory", None, "a custom model's memory is sized with the evidence for it")
    workload = context.scenario.workload
    hardware = context.catalog.hardware[key.hardware]
    tokens = workload.input_tokens + workload.output_tokens
    need = memory_need(context.catalog, context.model, context.catalog.precisions[key.format], hardware, tokens)
    what = f"{need.weights_gb:,.0f} GB of weights and {need.kv_gb_per_request:.2f} GB of cache a request"
    if need.smallest_replica_gpus is None:
        return Gate("memory", False, f"{what} do not fit {hardware.gpus_per_server} x {hardware.memory_gb:g} GB")
    return Gate("memory", True, f"{what} fit {need.smallest_replica_gpus} x {hardware.memory_gb:g} GB")


def _replica_gate(point: OperatingPoint | None) -> Gate | None:
    if point is None or point.replica_gpus is not None:
        return None
    return Gate("replica", False, "the source does not say on how many GPUs this point ran, so no fleet can be sized")


def _ttft_gate(context: Context, point: OperatingPoint | None) -> Gate | None:
    target = context.scenario.workload.targets.ttft_ms
    if target is None or point is None:
        return None
    return Gate(
        "ttft", None, f"time to first token was not measured with this curve: the target of {target:g} ms is unchecked"
    )


def _price_gate(context: Context, key: OptionKey, price: Price | None) -> Gate:
    wanted = context.scenario.candidates.price
    if price is not None:
        return Gate("price", True, f"{price.usd_per_gpu_hour:.2f} USD/GPU-hour, {price.provider}")
    name = context.catalog.hardware[key.hardware].name
    if wanted.book is not None:
        return Gate("price", False, f"price book {wanted.book} holds no price for {name}: give your own quote")
    basis = wanted.basis.replace("_", " ")
    return Gate("price", False, f"no {basis} offer for {name} that is at most 12 months old: give your own quote")


def _power_gate(context: Context, energy: Energy | None) -> Gate | None:
    limit = context.scenario.candidates.max_kw
    if limit is None:
        return None
    if energy is None:
        return Gate("power", None, "no all-in power figure for this GPU or no fleet to apply it to")
    return Gate("power", energy.kw <= limit, f"{energy.kw:.1f} kW of the {limit:g} kW allowed")


def quality_gate(context: Context, quality: QualityVerdict) -> Gate:
    """Quality as a gate: what is not settled is open, and high stakes take no published word."""
    if quality.status == "fails":
        return Gate("quality", False, quality.reason)
    if quality.status in ("unknown", "inconclusive"):
        return Gate("quality", None, f"{quality.status}: {quality.reason}")
    if quality.status == "unproven" and context.scenario.quality.high_stakes:
        return Gate("quality", None, f"unproven, and the stakes are high: {quality.reason}")
    prefix = "unproven: " if quality.status == "unproven" else ""
    return Gate("quality", True, f"{prefix}{quality.reason}")
