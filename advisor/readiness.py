"""What stands between an option and serving: checkpoint, engine, vendor, as named risks that add time or block."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from advisor.catalog import Catalog
from advisor.catalog.records import EngineSupport, Model
from advisor.context import Context, contexts_of, workload_name
from advisor.options import Option, OptionKey, Readiness, Risk

FORMATS_WITH_CHECKPOINTS = frozenset({"nvfp4", "mxfp4"})
"""Formats a checkpoint must be published in; engines make the others from the original weights."""

RUNS = ("native", "yes", "supported", "partial")
"""How the support table's words begin where an engine runs a format."""


def readiness_of(context: Context, option: Option, today: Option) -> Readiness:
    """Named risks of moving to an option; none for today's own setup.

    Every workload has its own (its model's checkpoint, the engine measured with it); of each name the worst counts, since
    checkpoints are made side by side and a vendor is new once.
    """
    if option.key.id == today.key.id:
        return Readiness()
    if not option.parts:
        return Readiness(tuple(risk for risk in _risks(context, option, today) if risk is not None))
    views = zip(contexts_of(context), option.parts, today.parts, strict=True)
    by_name = zip(*(_risks(view, part, before) for view, part, before in views), strict=True)
    worst = (worst_risk(context, risks) for risks in by_name)
    return Readiness(tuple(risk for risk in worst if risk is not None))


def _risks(context: Context, option: Option, today: Option) -> tuple[Risk | None, ...]:
    """Every risk of one workload in a fixed order, None for one it does not run."""
    return (
        _checkpoint(context.catalog, context.model, option.key, today.key),
        _engine(context, option, today),
        _vendor(context.catalog, option.key, today.key),
        _draft(option.key, today.key),
    )


def worst_risk(context: Context, risks: Sequence[Risk | None]) -> Risk | None:
    """The worst of what the workloads, in their order, run of one risk: most months, then blocking, then the earlier.

    Its reason names the workload unless all of them say the same; then the sources are everyone's.
    """
    found = [(number, risk) for number, risk in enumerate(risks) if risk is not None]
    if not found:
        return None
    number, worst = max(found, key=lambda item: (item[1].added_months, item[1].blocks))
    if all(risk is not None and replace(risk, sources=worst.sources) == worst for risk in risks):
        sources = tuple(dict.fromkeys(source for _, risk in found for source in risk.sources))
        return replace(worst, sources=sources)
    return replace(worst, reason=f"{workload_name(context, number)}: {worst.reason}")


def _checkpoint(catalog: Catalog, model: Model | None, key: OptionKey, today: OptionKey) -> Risk | None:
    if key.format not in FORMATS_WITH_CHECKPOINTS or key.format == today.format:
        return None
    name = catalog.precisions[key.format].name
    if model is None:
        return Risk(
            "checkpoint",
            f"a custom model: its {name} checkpoint must be made and calibrated",
            _months(catalog, "no_checkpoint"),
        )
    if model.native_precision == key.format:
        return None
    known = [c for c in catalog.checkpoints if c.model == model.id and c.format == key.format]
    if known:
        best = min(known, key=lambda c: (c.evidence != "read", c.id))
        return Risk("checkpoint", f"published: {best.id}", sources=(best.source,))
    reason = f"no published {name} checkpoint of {model.name} is known: it must be made and calibrated"
    return Risk("checkpoint", reason, _months(catalog, "no_checkpoint"))


def _engine(context: Context, option: Option, today: Option) -> Risk | None:
    catalog, key, point = context.catalog, option.key, option.operating_point
    gpu, fmt = catalog.hardware[key.hardware].name, catalog.precisions[key.format].name
    if point is None:
        return None
    if option.is_estimate or not point.engine:
        rows = _support(catalog, key)
        if rows:
            row = min(rows, key=lambda r: r.id)
            version = f" {row.version_from}" if row.version_from else ""
            return Risk(
                "engine",
                f"{row.engine}{version} documents {row.format} on {row.gpus}; nobody measured it here",
                sources=(row.source,),
            )
        return Risk("engine", f"no engine is documented to run {fmt} on {gpu}", _months(catalog, "engine_change"))
    used = context.scenario.current.engine or (today.operating_point.engine if today.operating_point else "")
    if context.scenario.current.engine and point.engine != used:
        reason = f"measured with {point.engine}, today runs {used}: another engine to operate"
        return Risk("engine", reason, _months(catalog, "engine_change"))
    return Risk("engine", f"{point.engine} was measured running {fmt} on {gpu}", sources=point.sources)


def _support(catalog: Catalog, key: OptionKey) -> list[EngineSupport]:
    """Rows that say an engine runs the format on the GPU."""
    family = key.format.upper()
    wanted = "INT4" if key.format == "int4" else family
    hardware = catalog.hardware[key.hardware]
    names = {hardware.name.split()[0].upper(), hardware.compute_target.upper()}
    return [
        row
        for row in catalog.engine_support
        if wanted in row.format.upper()
        and row.support.lower().startswith(RUNS)
        and ({part.strip().upper() for part in row.gpus.split(",")} & names or row.compute_target.upper() in names)
    ]


def _vendor(catalog: Catalog, key: OptionKey, today: OptionKey) -> Risk | None:
    new, old = catalog.hardware[key.hardware].vendor, catalog.hardware[today.hardware].vendor
    if new == old:
        return None
    return Risk("vendor", f"first {new.upper()} GPUs beside {old.upper()}", _months(catalog, "vendor_change"))


def _draft(key: OptionKey, today: OptionKey) -> Risk | None:
    if key.decoding == "none" or today.decoding == key.decoding:
        return None
    return Risk("decoding", "speculative decoding gains what your prompts let the draft guess: measure it on them")


def _months(catalog: Catalog, name: str) -> float:
    return catalog.assume(f"readiness_{name}_months")
