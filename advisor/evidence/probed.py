"""A probe of the user's own card: it scales the fitted efficiencies for that GPU.

The step-time model reads weights at ``bandwidth_efficiency`` of the datasheet and computes at
``arithmetic_efficiency`` of it, fitted over all GPUs. Where a probe reaches another share of its datasheet than the
reference card did (named assumptions), both are multiplied by that ratio. Only estimates are touched: what was
measured already contains its card.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from advisor.catalog import Catalog
from advisor.catalog.records import Hardware, StepEfficiencies
from advisor.evidence.frontier import Curve, StoredCurve
from advisor.evidence.question import Question
from advisor.evidence.steffen import FloatArray
from advisor.evidence.steptime import Deployment, step_time_s
from advisor.measured import MeasuredProbe

BITS_NAME = {16: "bf16", 8: "fp8", 4: "fp4"}


@dataclass(frozen=True)
class EfficiencyChange:
    """Fitted efficiencies for one GPU and format before and after a probe; ``rate`` names the format compared."""

    hardware: str
    bandwidth_before: float
    bandwidth_after: float
    arithmetic_before: float
    arithmetic_after: float
    rate: str | None
    probe_version: str

    def words(self, catalog: Catalog) -> str:
        """The change in one sentence."""
        name = catalog.hardware[self.hardware].name
        rate = f", arithmetic efficiency {self.arithmetic_before:.3f} to {self.arithmetic_after:.3f} ({self.rate})"
        return (
            f"Your probe of {name} (version {self.probe_version}): bandwidth efficiency "
            f"{self.bandwidth_before:.3f} to {self.bandwidth_after:.3f}{rate if self.rate else ''}"
        )


def efficiency_change(catalog: Catalog, probes: Sequence[MeasuredProbe], question: Question) -> EfficiencyChange | None:
    """What the newest probe of the question's GPU changes, None without one."""
    own = [probe for probe in probes if probe.hardware == question.hardware]
    if not own:
        return None
    probe = max(own, key=lambda item: item.date or "")
    gpu, fitted = catalog.hardware[question.hardware], catalog.relatives_fit.step
    copied = probe.copy_gb_s / gpu.memory_bandwidth_gb_s / catalog.assume("probe_reference_copy_fraction")
    rate, computed = _arithmetic_ratio(catalog, probe, gpu, question)
    return EfficiencyChange(
        gpu.id,
        fitted.bandwidth_efficiency,
        fitted.bandwidth_efficiency * copied,
        fitted.arithmetic_efficiency,
        fitted.arithmetic_efficiency * computed,
        rate,
        probe.probe_version,
    )


def _arithmetic_ratio(catalog: Catalog, probe: MeasuredProbe, gpu: Hardware, question: Question) -> tuple[str | None, float]:
    """The format whose rate is compared, and probe over reference: the format computed in, else the next wider one."""
    precision = catalog.precisions[question.precision]
    native = precision.support_on(gpu.id).support == "native"
    bits = precision.activation_bits if native else 16
    for name in [BITS_NAME[width] for width in (4, 8, 16) if width >= bits]:
        measured, peak = getattr(probe, f"{name}_tflops"), getattr(gpu.dense_tflops, name)
        reference = catalog.assumptions.get(f"probe_reference_{name}_fraction")
        if measured and peak and reference:
            return name, measured / peak / reference.value
    return None, 1.0


def probed_curve(catalog: Catalog, change: EfficiencyChange, question: Question, curve: Curve) -> Curve:
    """An estimated curve moved by a probe: at each load the step time changes as the physics says.

    At a fixed load throughput and interactivity move together, so both are divided by the ratio of the step times.
    """
    if curve.origin is None or curve.stored is None:
        return curve
    x, y = np.array(curve.stored.interactivity), np.array(curve.stored.throughput)
    ratio = _step_ratio(catalog, change, question, curve.origin.replica_gpus, y * question.output_share / x)
    moved = x / ratio
    order = np.argsort(moved, kind="stable")
    keep = order[np.concatenate([[True], np.diff(moved[order]) > 1e-9 * moved[order][:-1]])]
    columns = (np.array(part) / ratio for part in (curve.stored.throughput, curve.stored.low, curve.stored.high))
    middle, low, high = (np.minimum.accumulate(column[keep]) for column in columns)
    stored = StoredCurve(tuple(moved[keep].tolist()), tuple(middle.tolist()), tuple(low.tolist()), tuple(high.tolist()))
    return replace(curve, stored=stored, measured_range=(stored.interactivity[0], stored.interactivity[-1]))


def _step_ratio(
    catalog: Catalog, change: EfficiencyChange, question: Question, gpus: int, users_per_gpu: FloatArray
) -> FloatArray:
    """Step time with the probe's efficiencies over that with the fitted ones."""
    model, gpu = catalog.models[question.model], catalog.hardware[question.hardware]
    precision = catalog.precisions[question.precision]
    mtp = question.decoding == "mtp"
    deployment = Deployment(model, gpu, precision, question.isl, question.osl, gpus, mtp)
    fitted = catalog.relatives_fit.step
    # A card may beat the datasheet share of the fit: the record's upper bound of 1 is for fits, not for this ratio.
    scaled: StepEfficiencies = fitted.model_copy(
        update={"bandwidth_efficiency": change.bandwidth_after, "arithmetic_efficiency": change.arithmetic_after}
    )
    ratio: FloatArray = step_time_s(deployment, users_per_gpu, scaled) / step_time_s(deployment, users_per_gpu, fitted)
    return ratio
