"""Roofline step time: seconds between two output tokens of one user in continuous batching.

Per GPU: weights and cache read over bandwidth, decode and interleaved prefill arithmetic over dense peak, and a fixed
cost a layer that grows with the width of the replica (launches, all-reduce latency). S. Williams, A. Waterman,
D. Patterson, "Roofline", Communications of the ACM 52(4), 65-76 (2009), plus overheads. Efficiencies are fitted to the
catalog's points: ``catalogs/evidence/relatives.yaml``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from advisor.catalog.records import Architecture, Hardware, Precision, StepEfficiencies
from advisor.evidence.steffen import FloatArray
from advisor.memory import weights_gb
from advisor.units import BITS_PER_BYTE, BYTES_PER_GB

TERA = 1e12
FLOPS_PER_PARAMETER = 2.0
DRAFTED_ROWS = 2.0
"""Rows a step computes per user under MTP: the token and its draft."""
NARROWEST_KV_BITS = 8
REFERENCE_BANDWIDTH, REFERENCE_FLOPS, REFERENCE_BITS = 4.8e12, 2e15, 8.0
"""Peaks at which the fitted efficiencies hold as they stand: about an H200 in FP8. A scale, not a figure."""


@dataclass(frozen=True)
class Deployment:
    """What a step time is asked for: model, GPU, format, request size, replica width, decoding.

    ``gpus`` may be several widths, shape (w, 1): step times are then (w, n).
    """

    model: Architecture
    hardware: Hardware
    precision: Precision
    isl: int
    osl: int
    gpus: int | FloatArray
    mtp: bool


def dense_peak_flops(hardware: Hardware, precision: Precision) -> float:
    """Arithmetic peak a format computes at: a GPU without the units computes in the next wider format it has."""
    rates = hardware.dense_tflops
    by_bits = {16: (rates.bf16,), 8: (rates.fp8, rates.bf16), 4: (rates.fp4, rates.bf16)}
    native = precision.support_on(hardware.id).support == "native"
    bits = precision.activation_bits if native else 16
    known = [rate for rate in by_bits[bits] if rate is not None]
    assert known  # every GPU of the catalog has a BF16 rate
    return known[0] * TERA


def effective_rates(hardware: Hardware, precision: Precision, fitted: StepEfficiencies) -> tuple[float, float]:
    """Bandwidth in bytes/s and arithmetic in FLOP/s that decoding reaches: peaks times efficiencies.

    An efficiency changes as a power of the peak and of the bits of a weight: faster GPUs and narrower formats reach a
    smaller part of their datasheet.
    """
    bits = precision.weight_bits / REFERENCE_BITS
    bandwidth = hardware.memory_bandwidth_gb_s * BYTES_PER_GB
    reached = fitted.bandwidth_efficiency * (bandwidth / REFERENCE_BANDWIDTH) ** fitted.bandwidth_exponent
    peak = dense_peak_flops(hardware, precision)
    worked = fitted.arithmetic_efficiency * (peak / REFERENCE_FLOPS) ** fitted.arithmetic_exponent
    return (
        bandwidth * reached * bits**fitted.bandwidth_bits_exponent,
        peak * worked * bits**fitted.arithmetic_bits_exponent,
    )


def step_time_s(deployment: Deployment, users_per_gpu: FloatArray, fitted: StepEfficiencies) -> FloatArray:
    """Seconds per output token of one user (TPOT) for an array of users per GPU."""
    model, gpus = deployment.model, deployment.gpus
    rows_per_user = DRAFTED_ROWS if deployment.mtp else 1.0
    accepted = fitted.mtp_tokens_per_step if deployment.mtp else 1.0
    batch = users_per_gpu * gpus
    read = weight_bytes_touched(deployment, batch * rows_per_user) / gpus
    kv_bytes = max(deployment.precision.kv_cache_bits, NARROWEST_KV_BITS) / BITS_PER_BYTE
    cache = users_per_gpu * (deployment.isl + deployment.osl / 2) * model.kv_values_per_token * kv_bytes
    work = FLOPS_PER_PARAMETER * model.active_params_b * BYTES_PER_GB
    arithmetic = users_per_gpu * work * (rows_per_user + deployment.isl / deployment.osl * accepted)
    bandwidth, peak = effective_rates(deployment.hardware, deployment.precision, fitted)
    width = 1 + fitted.overhead_per_log2_gpus * np.log2(gpus)
    overhead = model.layers * fitted.layer_overhead_s * width + fitted.scheduling_s_per_user * batch
    step: FloatArray = ((read + cache) / bandwidth + arithmetic / peak + overhead) / accepted
    return step


def weight_bytes_touched(deployment: Deployment, rows: FloatArray) -> FloatArray:
    """Weights one step reads, in bytes: shared ones, and the experts that at least one row picks."""
    model = deployment.model
    total_bytes = weights_gb(model, deployment.precision) * BYTES_PER_GB
    if not model.moe or not model.experts_total:
        return np.full(rows.shape, total_bytes)
    picked = model.experts_active / model.experts_total
    touched = 1.0 - (1.0 - picked) ** rows
    share = expert_share(model)
    return total_bytes * (1 - share + share * touched)


def expert_share(model: Architecture) -> float:
    """Part of the weights that routed experts hold, from total and active parameters; 0 for a dense model."""
    if not model.moe or not model.experts_total:
        return 0.0
    picked = model.experts_active / model.experts_total
    return min((1 - model.active_params_b / model.total_params_b) / (1 - picked), 1.0)
