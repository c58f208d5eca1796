"""One option worked out: gates, operating point, fleet, money, energy, quality."""

from __future__ import annotations

from advisor.catalog import Catalog
from advisor.context import Context
from advisor.economics import Energy, fleet_cost, fleet_energy
from advisor.formats import legality, resolve_precision
from advisor.latency import ttft_gate
from advisor.memory import memory_need
from advisor.operate import operate
from advisor.options import Gate, OperatingPoint, Option, OptionKey, family_name
from advisor.own_price import basis_words, other_bases_held
from advisor.pricing import YOUR_BILL, Price
from advisor.quality import Change, QualityVerdict, Usage, judge_change
from advisor.sizing import Fleet, Load, size_fleet, with_output_length


def evaluate(context: Context, key: OptionKey, load: Load, price: Price | None) -> Option:
    """Work out one option. Nothing is raised: what fails is a gate with its reason."""
    scenario = context.scenario
    point, curve, latency = operate(context, key, scenario.candidates.engines)
    quality = judge_quality(context, key, point)
    load = with_output_length(load, quality.output_length_ratio)
    fleet = _fleet(context, key, load, point, price)
    energy = energy_of(context.catalog, key.hardware, fleet.gpus, point.tok_s_per_gpu) if fleet and point else None
    gates = (
        _format_gate(context, key),
        _constraints_gate(context, key),
        latency,
        _memory_gate(context, key, point),
        _replica_gate(point),
        ttft_gate(context.workload.targets.ttft_ms, point),
        _price_gate(context, key, price),
        power_gate(context, energy),
        quality_gate(context, quality),
    )
    cost = fleet_cost(fleet.gpus, price.usd_per_gpu_hour, load) if fleet is not None and price is not None else None
    known = tuple(gate for gate in gates if gate is not None)
    return Option(key, known, price, point, curve, fleet, cost, energy, quality)


def judge_quality(context: Context, key: OptionKey, point: OperatingPoint | None) -> QualityVerdict:
    """Quality of an option's format against today's; the operating point sizes the evaluation a pilot would run."""
    workload = context.workload
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


def effective_tok_s(context: Context, point: OperatingPoint, price: Price | None) -> float:
    """Throughput that serves, tok/s/GPU: on spot less what interruptions cost."""
    if price is None or price.basis != "spot" or price.provider == YOUR_BILL:
        return point.tok_s_per_gpu
    return point.tok_s_per_gpu * (1 - context.scenario.candidates.spot_overhead_fraction)


def billed_gpus(context: Context, key: OptionKey) -> int:
    """GPUs of a billed machine; 1 where GPUs are billed singly."""
    whole_servers = context.scenario.candidates.billing == "server"
    return context.catalog.hardware[key.hardware].gpus_per_server if whole_servers else 1


def _fleet(context: Context, key: OptionKey, load: Load, point: OperatingPoint | None, price: Price | None) -> Fleet | None:
    if point is None or point.replica_gpus is None:
        return None
    sizing = context.scenario.sizing
    return size_fleet(
        load,
        effective_tok_s(context, point, price),
        point.replica_gpus,
        headroom_fraction=sizing.headroom_fraction,
        spare_replicas=sizing.spare_replicas,
        billed_server_gpus=billed_gpus(context, key),
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
    workload = context.workload
    hardware = context.catalog.hardware[key.hardware]
    tokens = workload.input_tokens + workload.output_tokens
    need = memory_need(context.catalog, context.architecture, context.catalog.precisions[key.format], hardware, tokens)
    what = f"{need.weights_gb:,.0f} GB of weights and {need.kv_gb_per_request:.2f} GB of cache a request"
    if need.smallest_replica_gpus is None:
        return Gate("memory", False, f"{what} do not fit {hardware.gpus_per_server} x {hardware.memory_gb:g} GB")
    return Gate("memory", True, f"{what} fit {need.smallest_replica_gpus} x {hardware.memory_gb:g} GB")


def _replica_gate(point: OperatingPoint | None) -> Gate | None:
    if point is None or point.replica_gpus is not None:
        return None
    return Gate("replica", False, "the source does not say on how many GPUs this point ran, so no fleet can be sized")


def _price_gate(context: Context, key: OptionKey, price: Price | None) -> Gate:
    wanted = context.scenario.candidates.price
    if price is not None:
        return Gate("price", True, f"{price.usd_per_gpu_hour:.2f} USD/GPU-hour, {price.origin}")
    name = context.catalog.hardware[key.hardware].name
    other = other_bases_held(wanted.offers, key.hardware, wanted.basis)
    if other:
        return Gate(
            "price", False, f"your own prices for {name} are {basis_words(other)}: ask for that basis, or give a quote"
        )
    if wanted.book is not None:
        return Gate("price", False, f"price book {wanted.book} holds no price for {name}: give your own quote")
    basis = wanted.basis.replace("_", " ")
    return Gate("price", False, f"no {basis} offer for {name} that is at most 12 months old: give your own quote")


def power_gate(context: Context, energy: Energy | None) -> Gate | None:
    """The whole fleet's all-in power against the cap, where the scenario sets one."""
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
