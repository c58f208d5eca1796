"""Time to first token (TTFT) at an operating point, queueing included, with an 80 % interval.

TTFT is written as a multiple of the time per output token, and the log of that multiple is a sum of regression trees over
the physics of a prompt: prefill arithmetic over dense peak, queued prefill work, prefill demand over decode time, sizes,
layout and engine. The trees may only rise with what depends on prompt length or concurrency, so longer prompts and fuller
servers never answer sooner. Fitted by ``benchmarks/fit_latency.py`` to closed-loop runs: docs/method.md, "Time to first
token".
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from advisor.catalog.records import Hardware, LatencyFit, Model, Precision
from advisor.evidence.boosted import QuantileTrees
from advisor.evidence.steffen import FloatArray
from advisor.evidence.steptime import FLOPS_PER_PARAMETER, dense_peak_flops
from advisor.memory import weights_gb
from advisor.units import BYTES_PER_GB, MS_PER_S

UNKNOWN = -9.0
"""Stands in a feature for what a source does not state; the trees learnt it as such."""
USUAL_GPUS = 8
"""A deployment of unknown width counts as one server in the physics."""
ENGINES = MappingProxyType(
    {
        "vllm": 0.0,
        "dynamo-vllm": 0.0,
        "vllm-disagg": 0.0,
        "llmd-vllm": 0.0,
        "sglang": 1.0,
        "dynamo-sglang": 1.0,
        "mori-sglang": 1.0,
        "sglang-disagg": 1.0,
        "trtllm": 2.0,
        "dynamo-trtllm": 2.0,
        "atom": 3.0,
        "atom-disagg": 3.0,
        "mooncake-atom": 3.0,
    }
)
"""Engine family of each engine name; another name is an unknown family."""
FEATURES = (
    "prefill_s",
    "prompt_tokens",
    "output_tokens",
    "tpot_s",
    "concurrency",
    "concurrency_per_gpu",
    "gpus",
    "prefill_share",
    "queued_prefill_s",
    "disaggregated",
    "mean_over_requests",
    "mtp",
    "engine",
    "amd",
    "bandwidth",
    "dense_peak",
    "active_params",
    "total_params",
    "layers",
    "weight_bits",
    "tensor_parallel",
    "decode_tensor_parallel",
    "expert_parallel",
    "dp_attention",
    "prefill_gpus",
    "decode_gpus",
    "weight_read_s",
)
RISING = ("prefill_s", "prompt_tokens", "concurrency", "concurrency_per_gpu", "prefill_share", "queued_prefill_s")


@dataclass(frozen=True)
class Layout:
    """How a deployment is laid out over GPUs; None where the source does not say.

    For disaggregated serving ``tensor_parallel`` and ``expert_parallel`` are those of a prefill worker.
    """

    gpus: int | None
    disaggregated: bool = False
    tensor_parallel: int | None = None
    decode_tensor_parallel: int | None = None
    expert_parallel: int | None = None
    dp_attention: bool | None = None
    prefill_gpus: int | None = None
    decode_gpus: int | None = None


@dataclass(frozen=True)
class Served:
    """What TTFT is asked for: who is served how fast, by what, beside how many others.

    ``concurrency`` is requests in flight on the whole deployment; ``cache_hit_fraction`` the share of the prompt found in
    the prefix cache. ``mtp`` and ``engine`` None: unknown. ``mean_over_requests``: the mean instead of the median.
    """

    model: Model
    hardware: Hardware
    precision: Precision
    isl: int
    osl: int
    interactivity_tok_s_per_user: float
    concurrency: float
    layout: Layout
    engine: str | None
    mtp: bool | None
    cache_hit_fraction: float = 0.0
    mean_over_requests: bool = False


@dataclass(frozen=True)
class Ttft:
    """TTFT in ms; ``low_ms`` and ``high_ms`` bound the 80 % interval."""

    ms: float
    low_ms: float
    high_ms: float


def served_features(served: Served) -> FloatArray:
    """The feature row of the trees, shape (len(FEATURES),); lengths, counts and times in logs, unknown as UNKNOWN."""
    values = {**_load_features(served), **_layout_features(served.layout), **_fact_features(served)}
    return np.array([values[name] for name in FEATURES])


def _load_features(served: Served) -> dict[str, float]:
    """The prompt, its arithmetic, and what waits beside it."""
    layout = served.layout
    prompt = served.isl * (1 - served.cache_hit_fraction)
    arithmetic = FLOPS_PER_PARAMETER * served.model.active_params_b * BYTES_PER_GB * prompt
    prefill_s = arithmetic / dense_peak_flops(served.hardware, served.precision)
    tpot_s = 1 / served.interactivity_tok_s_per_user
    prefilling = layout.prefill_gpus if layout.disaggregated else layout.gpus
    queued_s = served.concurrency * prefill_s / (prefilling or layout.gpus or USUAL_GPUS)
    return {
        "prefill_s": _log(prefill_s / (layout.tensor_parallel or USUAL_GPUS)),
        "prompt_tokens": _log(prompt),
        "output_tokens": _log(served.osl),
        "tpot_s": _log(tpot_s),
        "concurrency": _log(served.concurrency),
        "concurrency_per_gpu": UNKNOWN if layout.gpus is None else _log(served.concurrency / layout.gpus),
        "prefill_share": _log(queued_s / (served.osl * tpot_s)),
        "queued_prefill_s": _log(queued_s),
        "mean_over_requests": float(served.mean_over_requests),
        "mtp": -1.0 if served.mtp is None else float(served.mtp),
        "engine": ENGINES.get(served.engine or "", -1.0),
    }


def _layout_features(layout: Layout) -> dict[str, float]:
    return {
        "gpus": _log(layout.gpus),
        "disaggregated": float(layout.disaggregated),
        "tensor_parallel": _log(layout.tensor_parallel),
        "decode_tensor_parallel": _log(layout.decode_tensor_parallel),
        "expert_parallel": _log(layout.expert_parallel),
        "dp_attention": UNKNOWN if layout.dp_attention is None else float(layout.dp_attention),
        "prefill_gpus": _log(layout.prefill_gpus),
        "decode_gpus": _log(layout.decode_gpus),
    }


def _fact_features(served: Served) -> dict[str, float]:
    model, hardware, precision = served.model, served.hardware, served.precision
    weights = weights_gb(model, precision) / (served.layout.tensor_parallel or USUAL_GPUS)
    return {
        "amd": float(hardware.vendor == "amd"),
        "bandwidth": _log(hardware.memory_bandwidth_gb_s),
        "dense_peak": _log(dense_peak_flops(hardware, precision)),
        "active_params": _log(model.active_params_b),
        "total_params": _log(model.total_params_b),
        "layers": float(model.layers),
        "weight_bits": float(precision.weight_bits),
        "weight_read_s": _log(weights / hardware.memory_bandwidth_gb_s),
    }


def _log(value: float | None) -> float:
    return UNKNOWN if value is None else float(np.log(value))


def estimate_ttft(trees: QuantileTrees, fit: LatencyFit, served: Served, *, covered: bool = True) -> Ttft:
    """TTFT and its 80 % interval.

    Args:
        trees: quantiles of log(TTFT / TPOT), ``catalogs/evidence/ttft.npz``.
        fit: the factors that widen the interval where no run tells of the cell, or where prompts are cached.
        served: the operating point.
        covered: whether runs with latencies of the model and the GPU entered the fit.
    """
    low, middle, high = (float(part[0]) for part in trees.interval(served_features(served)[None, :]))
    factor = 1.0 if covered else fit.ttft_uncovered_factor
    factor *= 1 + fit.ttft_cached_widening * served.cache_hit_fraction
    tpot_ms = MS_PER_S / served.interactivity_tok_s_per_user
    return Ttft(
        tpot_ms * float(np.exp(middle)),
        tpot_ms * float(np.exp(middle + factor * (low - middle))),
        tpot_ms * float(np.exp(middle + factor * (high - middle))),
    )
