"""Whether a configuration nobody measured fits its GPUs' memory (design.md, formula 9)."""

from __future__ import annotations

from dataclasses import dataclass

from advisor.catalog import Catalog
from advisor.catalog.records import Architecture, Hardware, Precision
from advisor.units import BITS_PER_BYTE, BYTES_PER_GB

PARAMETERS_PER_BILLION = 1e9


@dataclass(frozen=True)
class MemoryNeed:
    """What a replica must hold, in GB, and the fewest GPUs (a power of two within a server) that hold it."""

    weights_gb: float
    kv_gb_per_request: float
    smallest_replica_gpus: int | None


def weights_gb(model: Architecture, precision: Precision) -> float:
    """Weights in GB: the published checkpoint where known, else parameters x bytes with scales. MoE: all experts."""
    published = model.published_weight_gb.get(precision.id)
    if published is not None:
        return published
    group = model.int4_group if precision.bytes_per_parameter_by_group else None
    per_parameter = precision.bytes_per_parameter
    if group is not None:
        per_parameter = precision.bytes_per_parameter_by_group[group]
    return model.total_params_b * PARAMETERS_PER_BILLION * per_parameter / BYTES_PER_GB


def kv_gb_per_request(model: Architecture, precision: Precision, tokens: int) -> float:
    """Cache of one request in GB: growing values, sliding window up to its length, fixed state."""
    growing = (model.kv_values_per_token + (model.indexer_kv_values_per_token or 0)) * tokens
    window = (model.kv_window_values_per_token or 0) * min(tokens, model.kv_window_tokens or 0)
    values_bytes = (growing + window) * precision.kv_cache_bits / BITS_PER_BYTE
    return (values_bytes + (model.fixed_state_bytes_per_request or 0)) / BYTES_PER_GB


def memory_need(catalog: Catalog, model: Architecture, precision: Precision, hardware: Hardware, tokens: int) -> MemoryNeed:
    """Size a replica for ``tokens`` per request at the least concurrency worth serving."""
    weights = weights_gb(model, precision)
    cache = kv_gb_per_request(model, precision, tokens)
    need = weights + cache * catalog.assume("memory_least_concurrency")
    usable = hardware.memory_gb * catalog.assume("memory_usable_fraction")
    per_gpu = usable - catalog.assume("memory_reserve_gb_per_gpu")
    gpus = 1
    while gpus <= hardware.gpus_per_server:
        if per_gpu > 0 and need <= gpus * per_gpu:
            return MemoryNeed(weights, cache, gpus)
        gpus *= 2
    return MemoryNeed(weights, cache, None)
