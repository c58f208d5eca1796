"""Curves as plain rows for charts and the tables beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from advisor.evidence.frontier import Curve
from advisor.units import KW_PER_MW, SECONDS_PER_HOUR, TOKENS_PER_MTOK, WATT_PER_KW

SAMPLES = 48
"""Steps a curve is drawn in: fine enough that the knots' corners do not show."""


@dataclass(frozen=True)
class Setting:
    """What turns throughput into the other metrics of a side; None where it is not known."""

    output_share: float
    usd_per_gpu_hour: float | None
    kw_per_gpu: float | None


@dataclass(frozen=True)
class Metric:
    """A figure derived from throughput (tok/s/GPU) at an interactivity (tok/s/user)."""

    id: str
    name: str
    unit: str
    form: str
    derive: Callable[[float, float, Setting], float | None]
    falls_with_throughput: bool = False


def _cost(rate: float, _at: float, side: Setting) -> float | None:
    if side.usd_per_gpu_hour is None:
        return None
    return side.usd_per_gpu_hour * TOKENS_PER_MTOK / (SECONDS_PER_HOUR * rate)


def _per_mw(rate: float, _at: float, side: Setting) -> float | None:
    return None if side.kw_per_gpu is None else rate * KW_PER_MW / side.kw_per_gpu


def _joules(rate: float, _at: float, side: Setting) -> float | None:
    return None if side.kw_per_gpu is None else side.kw_per_gpu * WATT_PER_KW / rate


METRICS: Mapping[str, Metric] = MappingProxyType(
    {
        metric.id: metric
        for metric in (
            Metric("throughput", "Throughput", "tok/s per GPU", ",.1f", lambda rate, _at, _side: rate),
            Metric("cost", "Cost", "USD per million total tokens", ",.4f", _cost, True),
            Metric("tok_s_per_mw", "Throughput per power", "tok/s per MW", ",.0f", _per_mw),
            Metric("users", "Users per GPU", "users", ",.1f", lambda rate, at, side: rate * side.output_share / at),
            Metric("joules", "Energy", "J per token", ",.3f", _joules, True),
        )
    }
)
"""Formulas 1 and 2 of the method at full load; users per GPU by its definition."""


@dataclass(frozen=True)
class Sample:
    """One place of a drawn curve; ``low`` and ``high`` bound the 80 % interval, None where there is none."""

    at: float
    value: float
    low: float | None
    high: float | None


def sample_curve(curve: Curve, metric: Metric, side: Setting, samples: int = SAMPLES) -> list[Sample]:
    """A curve from its slowest to its fastest interactivity; empty where the metric cannot be derived."""
    span = curve.fastest - curve.slowest
    places = [min(curve.slowest + span * step / samples, curve.fastest) for step in range(samples + 1)]
    rows = []
    for at in places if span > 0 else places[:1]:
        value = metric.derive(curve.throughput(at), at, side)
        if value is None:
            return []
        bounds = [metric.derive(bound(at), at, side) for bound in curve.bounds] if curve.bounds else []
        known = sorted(bound for bound in bounds if bound is not None)
        low, high = (known[0], known[-1]) if known else (None, None)
        rows.append(Sample(at, value, low, high))
    return rows
