"""Demand and an operating point become replicas, GPUs and servers (design.md, formulas 7 and 8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from advisor.scenario import Demand, Workload
from advisor.units import SECONDS_PER_DAY, SECONDS_PER_MINUTE, guarded_ceil


@dataclass(frozen=True)
class Load:
    """What must be carried, in tokens per second, input and output together."""

    mean_tok_s: float
    peak_tok_s: float
    output_share: float
    origin: str

    @property
    def mean_output_tok_s(self) -> float:
        """Output tokens per second, mean."""
        return self.mean_tok_s * self.output_share


def with_output_length(load: Load, ratio: float) -> Load:
    """The load of a candidate whose answers are ``ratio`` times as long as today's: same requests, other output tokens."""
    if ratio == 1:
        return load
    factor = 1 - load.output_share + load.output_share * ratio
    return Load(load.mean_tok_s * factor, load.peak_tok_s * factor, load.output_share * ratio / factor, load.origin)


@dataclass(frozen=True)
class FleetPart:
    """One workload's share of a fleet: peak to carry, throughput that serves, replicas. GPUs before packing."""

    peak_tok_s: float
    tok_s_per_gpu: float
    replicas: int
    replica_gpus: int
    needed_gpus: float


@dataclass(frozen=True)
class Fleet:
    """GPUs bought. ``needed_gpus`` is the unrounded need, headroom included; capacity is as measured.

    Of several workloads ``replicas`` and ``needed_gpus`` are sums, ``replica_gpus`` the largest replica.
    """

    gpus: int
    replicas: int
    replica_gpus: int
    servers: int
    needed_gpus: float
    capacity_tok_s: float
    utilization_fraction: float
    parts: tuple[FleetPart, ...] = ()

    @property
    def spare_fraction(self) -> float:
        """Capacity headroom: share of the GPUs free at the peak; negative where the peak exceeds the fleet."""
        return 1 - sum(part.peak_tok_s / part.tok_s_per_gpu for part in self.parts) / self.gpus


def requests_per_second(demand: Demand, workload: Workload) -> float:
    """Mean requests per second, from whichever unit was given."""
    tokens_per_request = workload.input_tokens + workload.output_tokens
    if demand.requests_per_second_mean is not None:
        return demand.requests_per_second_mean
    if demand.tokens_per_day is not None:
        return demand.tokens_per_day / SECONDS_PER_DAY / tokens_per_request
    if demand.active_users is None or demand.requests_per_user_minute is None:
        raise ValueError("the demand holds no volume")
    return demand.active_users * demand.requests_per_user_minute / SECONDS_PER_MINUTE


def load_from_demand(workload: Workload, demand: Demand) -> Load:
    """Mean and peak token rates of a given demand."""
    tokens = workload.input_tokens + workload.output_tokens
    mean = requests_per_second(demand, workload) * tokens
    origin = "demand as entered"
    if demand.profile_24h:
        origin += f", peak from the profile of a day ({demand.peak_ratio:.2f} times the mean)"
    return Load(mean, mean * demand.peak_ratio, workload.output_tokens / tokens, origin)


def load_from_utilization(workload: Workload, gpus: int, tok_s_per_gpu: float, utilization: float) -> Load:
    """Demand derived from today's fleet: capacity at its operating point x entered utilization.

    A peak ratio entered without a volume applies; without one the utilization is taken as the busy hour's.
    """
    tokens = workload.input_tokens + workload.output_tokens
    mean = gpus * tok_s_per_gpu * utilization
    ratio = workload.demand.peak_ratio if workload.demand is not None else 1.0
    origin = f"{gpus} GPUs x {tok_s_per_gpu:,.0f} tok/s/GPU x {utilization:.0%} utilization"
    return Load(mean, mean * ratio, workload.output_tokens / tokens, origin)


def size_fleet(
    load: Load,
    tok_s_per_gpu: float,
    replica_gpus: int,
    *,
    headroom_fraction: float,
    spare_replicas: int,
    billed_server_gpus: int,
) -> Fleet:
    """The smallest fleet that carries the peak with headroom.

    Args:
        load: token rates to carry.
        tok_s_per_gpu: throughput at the operating point, tok/s/GPU.
        replica_gpus: GPUs of one replica.
        headroom_fraction: share of measured throughput left free at the peak.
        spare_replicas: replicas beyond need.
        billed_server_gpus: GPUs of a billed machine; 1 where GPUs are billed singly.
    """
    needed = load.peak_tok_s / (tok_s_per_gpu * (1 - headroom_fraction))
    replicas = guarded_ceil(needed / replica_gpus) + spare_replicas
    servers = guarded_ceil(replicas * replica_gpus / billed_server_gpus)
    return _fleet(servers * billed_server_gpus, replicas, replica_gpus, servers, needed, tok_s_per_gpu, load)


def fleet_as_entered(
    load: Load, gpus: int, tok_s_per_gpu: float, replica_gpus: int, *, headroom_fraction: float, server_gpus: int
) -> Fleet:
    """Today's fleet: the GPUs entered, whatever the demand needs."""
    needed = load.peak_tok_s / (tok_s_per_gpu * (1 - headroom_fraction))
    servers = guarded_ceil(gpus / server_gpus)
    return _fleet(gpus, gpus // replica_gpus, replica_gpus, servers, needed, tok_s_per_gpu, load)


def _fleet(
    gpus: int, replicas: int, replica_gpus: int, servers: int, needed: float, tok_s_per_gpu: float, load: Load
) -> Fleet:
    capacity = gpus * tok_s_per_gpu
    part = FleetPart(load.peak_tok_s, tok_s_per_gpu, replicas, replica_gpus, needed)
    return Fleet(gpus, replicas, replica_gpus, servers, needed, capacity, load.mean_tok_s / capacity, (part,))


def add_loads(loads: Sequence[Load]) -> Load:
    """Several workloads as one: rates add up; each is sized at its own peak, so peaks add up too."""
    if len(loads) == 1:
        return loads[0]
    mean = sum(load.mean_tok_s for load in loads)
    output = sum(load.mean_output_tok_s for load in loads) / mean
    return Load(mean, sum(load.peak_tok_s for load in loads), output, f"{len(loads)} workloads, each at its own peak")


def pack(fleets: Sequence[Fleet], loads: Sequence[Load], billed_server_gpus: int) -> Fleet:
    """Fleets sized workload by workload, packed into one: replicas are not shared, machines are.

    The time the GPUs are busy adds up: utilization is sum(mean / throughput) over the GPUs.
    """
    parts = tuple(part for fleet in fleets for part in fleet.parts)
    servers = guarded_ceil(sum(part.replicas * part.replica_gpus for part in parts) / billed_server_gpus)
    return shared_fleet(servers * billed_server_gpus, servers, parts, loads)


def shared_fleet(gpus: int, servers: int, parts: Sequence[FleetPart], loads: Sequence[Load]) -> Fleet:
    """A fleet of given size that serves several workloads."""
    busy = sum(load.mean_tok_s / part.tok_s_per_gpu for load, part in zip(loads, parts, strict=True)) / gpus
    return Fleet(
        gpus,
        sum(part.replicas for part in parts),
        max(part.replica_gpus for part in parts),
        servers,
        sum(part.needed_gpus for part in parts),
        sum(load.mean_tok_s for load in loads) / busy,
        busy,
        tuple(parts),
    )
