"""Which number formats a GPU runs for a model: the fp4 family resolved, legality with its reason."""

from __future__ import annotations

from dataclasses import dataclass

from advisor.catalog import Catalog
from advisor.catalog.records import Model, SupportLevel

FP4_FAMILY = "fp4"


@dataclass(frozen=True)
class Legality:
    """Whether a GPU may run a format as a serving option, how, and why."""

    legal: bool
    support: SupportLevel
    reason: str
    sources: tuple[str, ...]


def resolve_precision(catalog: Catalog, name: str, hardware: str, model: Model | None) -> str | None:
    """The format a precision name stands for on a GPU, or None if the catalog has no such name.

    ``fp4`` is a family: MXFP4 for models published in MXFP4 only as gpt-oss is, and on AMD; else NVFP4
    (design.md, section 2).
    """
    if name in catalog.precisions:
        return name
    if name not in catalog.precisions_by_family:
        return None
    if name != FP4_FAMILY:
        return catalog.precisions_by_family[name][0]
    amd = catalog.hardware[hardware].vendor == "amd"
    return "mxfp4" if amd or (model is not None and _is_published_in(model, "mxfp4")) else "nvfp4"


def _is_published_in(model: Model, precision: str) -> bool:
    """Whether the whole model is published in a format (DeepSeek-V4 has FP4 experts and FP8 elsewhere: no)."""
    return model.native_precision == precision and model.native_precision_note == precision


def legality(catalog: Catalog, hardware: str, precision: str, model: Model | None) -> Legality:
    """Whether a format is a legal option on a GPU.

    Native support is legal. Weight-only support is legal where the format computes in 16 bits by definition
    (INT4 W4A16) or where the model's own checkpoint is in that format (gpt-oss in MXFP4 on Hopper); it is not
    FP4 or FP8 compute, and never offered as such.
    """
    gpu, fmt = catalog.hardware[hardware], catalog.precisions[precision]
    row = fmt.support_on(hardware)
    native_checkpoint = model is not None and model.native_precision == precision
    if row.support == "native":
        return Legality(True, row.support, f"{gpu.name} runs {fmt.name} natively: {row.reason}", row.sources)
    if row.support == "weight_only" and (fmt.weight_only_by_definition or native_checkpoint):
        return Legality(True, row.support, f"{fmt.name} runs weight-only on {gpu.name}: {row.reason}", row.sources)
    if row.support == "weight_only":
        reason = f"{gpu.name} does not compute in {fmt.name}: {row.reason}"
    else:
        reason = f"{gpu.name} does not run {fmt.name}: {row.reason}"
    runs = [p.id for p in catalog.precisions.values() if p.support_on(hardware).support == "native"]
    return Legality(False, row.support, f"{reason}. It runs {', '.join(runs)} natively", row.sources)
