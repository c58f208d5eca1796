"""Live load: how often a sized fleet streams slower than asked when requests arrive at random.

Benchmarks hold concurrency fixed; users do not. Each replica gets Poisson arrivals and shares its decode rate among the
requests in flight. That is a processor-sharing queue whose rate depends on the number served; its stationary distribution
needs only the mean request size (J. W. Cohen, "The multiple phase service network with generalized processor sharing",
Acta Informatica 12, 245-284, 1979), so it is computed, not drawn.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from advisor.evidence.frontier import Curve
from advisor.evidence.steffen import FloatArray
from advisor.units import guarded_ceil

GRID = 400
"""Points of the curve the decode rate is read from."""
MOST_IN_FLIGHT = 200_000
"""Requests on one replica up to which states are summed one by one; beyond, the tail is geometric."""
TARGET_TOLERANCE = 1e-9
HALVINGS = 40
MOST_HEADROOM = 0.95


@dataclass(frozen=True)
class DecodeRate:
    """Interactivity over requests in flight on one replica, by increasing number; at least two points."""

    requests: FloatArray
    interactivity: FloatArray

    def at(self, requests: FloatArray) -> FloatArray:
        """Interactivity in tok/s/user: between points along logs, flat below the first, shared evenly above the last."""
        inside = np.exp(np.interp(np.log(requests), np.log(self.requests), np.log(self.interactivity)))
        shared: FloatArray = inside * np.minimum(1.0, self.requests[-1] / requests)
        return shared


@dataclass(frozen=True)
class LoadView:
    """What random arrivals make of a fleet at its peak.

    ``missed_requests_fraction`` of requests start while their replica streams below the target;
    ``missed_time_fraction`` is the share of time in such a state. ``headroom_fraction`` is what the fleet bought leaves
    free at the peak, ``recommended_headroom_fraction`` the least that keeps missed requests within ``allowed_fraction``.
    """

    replicas: int
    requests_per_second_peak: float
    target_tok_s_per_user: float
    requests_in_flight_mean: float
    missed_requests_fraction: float
    missed_time_fraction: float
    overloaded: bool
    headroom_fraction: float
    recommended_headroom_fraction: float
    allowed_fraction: float


def decode_rate(curve: Curve, replica_gpus: int, output_share: float) -> DecodeRate:
    """Interactivity over requests streaming on one replica: users = throughput x output share / interactivity x GPUs."""
    x = np.geomspace(curve.fastest, curve.slowest, GRID) if curve.fastest > curve.slowest else np.full(2, curve.slowest)
    x[0], x[-1] = curve.fastest, curve.slowest
    y = np.array([curve.throughput(float(at)) for at in x])
    users = y * output_share / x * replica_gpus
    keep = np.concatenate([[True], np.diff(np.maximum.accumulate(users)) > 0])
    return DecodeRate(users[keep], x[keep])


def stationary(rate: DecodeRate, osl: int, requests_per_second: float) -> FloatArray | None:
    """Probability of 0, 1, 2 … requests in flight on a replica; None if it cannot keep up.

    The last entry holds everything beyond the states summed.
    """
    full = math.ceil(float(rate.requests[-1])) + 1
    drain = full * float(rate.at(np.array([float(full)]))[0]) / osl
    busy = requests_per_second / drain
    if busy >= 1:
        return None
    n = np.arange(1.0, min(full, MOST_IN_FLIGHT) + 1)
    log_weight = np.concatenate([[0.0], np.cumsum(np.log(requests_per_second * osl) - np.log(n * rate.at(n)))])
    weight = np.exp(log_weight - log_weight.max())
    beyond = weight[-1] * busy / (1 - busy)
    states = np.append(weight, beyond)
    total: FloatArray = states / states.sum()
    return total


def missed(rate: DecodeRate, osl: int, requests_per_second: float, target: float) -> tuple[float, float, float]:
    """(requests that start too slow, time too slow, mean requests in flight) on one replica; all of it if overloaded."""
    if requests_per_second <= 0:
        return 0.0, 0.0, 0.0
    probability = stationary(rate, osl, requests_per_second)
    if probability is None:
        return 1.0, 1.0, math.inf
    n = np.arange(1.0, len(probability) + 1)
    slow = rate.at(n) < target * (1 - TARGET_TOLERANCE)
    starts_slow = float(probability @ slow)
    busy_slow = float(probability[1:] @ slow[:-1])
    return starts_slow, busy_slow, float(probability @ (n - 1))


def view_load(
    rate: DecodeRate,
    *,
    replicas: int,
    peak_requests_per_second: float,
    isl: int,
    osl: int,
    target: float,
    tok_s_per_replica: float,
    allowed_fraction: float,
) -> LoadView:
    """What Poisson arrivals at the peak make of a fleet.

    Args:
        rate: interactivity over requests in flight on one replica.
        replicas: how many share the arrivals, at random.
        peak_requests_per_second: arrivals at the entered peak, all replicas together.
        isl: input tokens a request.
        osl: output tokens a request.
        target: interactivity asked, tok/s/user.
        tok_s_per_replica: measured throughput at the operating point, input and output tokens.
        allowed_fraction: share of requests that may start below the target.
    """
    arrivals = peak_requests_per_second / replicas
    capacity = tok_s_per_replica / (isl + osl)
    requests, time, in_flight = missed(rate, osl, arrivals, target)
    return LoadView(
        replicas,
        peak_requests_per_second,
        target,
        in_flight * replicas,
        requests,
        time,
        math.isinf(in_flight),
        1 - arrivals / capacity,
        recommended_headroom(rate, osl, capacity, target, allowed_fraction),
        allowed_fraction,
    )


def recommended_headroom(rate: DecodeRate, osl: int, capacity: float, target: float, allowed_fraction: float) -> float:
    """The least headroom, in whole percent, at which no more than the allowed share of requests starts too slow.

    ``capacity`` is requests per second of one replica at the operating point. At most 95 %.
    """
    low, high = 0.0, MOST_HEADROOM
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        enough = missed(rate, osl, capacity * (1 - middle), target)[0] <= allowed_fraction
        low, high = (low, middle) if enough else (middle, high)
        if high - low < 1e-4:
            break
    return min(MOST_HEADROOM, guarded_ceil(high * 100) / 100)
