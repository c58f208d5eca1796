"""The frontier: the operating points that no other point beats in both axes, and the curve through them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeVar

from advisor.catalog.records import BenchmarkPoint
from advisor.evidence.steffen import MonotoneCubic, monotone_cubic

T = TypeVar("T")
Cell = tuple[str, str, str, int, int]
"""(model, hardware, precision, ISL, OSL), as in the catalog."""


def pareto_frontier(points: Iterable[T], x: Callable[[T], float], y: Callable[[T], float]) -> tuple[T, ...]:
    """Points that no other point beats or equals in both axes, by increasing ``x``; of identical ones the first.

    Design.md, formula 4. ``y`` falls strictly along the result.
    """
    frontier: list[T] = []
    for point in sorted(points, key=lambda p: (x(p), -y(p))):
        if frontier and x(frontier[-1]) == x(point):
            continue  # same x, lower or equal y: sorted behind its better
        while frontier and y(frontier[-1]) <= y(point):
            frontier.pop()
        frontier.append(point)
    return tuple(frontier)


@dataclass(frozen=True)
class Knot:
    """One point of a stored curve. Throughput in tok/s/GPU (input and output), interactivity in tok/s/user."""

    interactivity_tok_s_per_user: float
    tok_s_per_gpu: float
    concurrency: float
    replica_gpus: int | None
    engine: str
    point_id: str
    source: str
    run_date: str | None


@dataclass(frozen=True)
class StoredCurve:
    """Grid of an estimate: interactivity in tok/s/user, throughput and its 80 % bounds in tok/s/GPU."""

    interactivity: tuple[float, ...]
    throughput: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True)
class Origin:
    """Where an estimate of something nobody measured comes from: its grade, nearest measured cells, replica GPUs."""

    grade: Literal["transferred", "modelled"]
    nearest: tuple[Cell, ...]
    likeness: float
    replica_gpus: int
    source: str


@dataclass(frozen=True)
class Curve:
    """A frontier over interactivity, and the monotone cubics through it.

    Read through the measured ``knots`` (the reference method) or, where an estimate is ``stored``, through its grid.
    An ``origin`` says that nobody measured this: there are no knots then.
    """

    knots: tuple[Knot, ...]
    measured_range: tuple[float, float]
    """Slowest and fastest interactivity of all raw points behind the curve, frontier or not."""
    point_count: int
    stored: StoredCurve | None = None
    origin: Origin | None = None

    @cached_property
    def throughput(self) -> MonotoneCubic:
        """tok/s/GPU over interactivity."""
        if self.stored is not None:
            return monotone_cubic(self.stored.interactivity, self.stored.throughput)
        return monotone_cubic(self._x, [knot.tok_s_per_gpu for knot in self.knots])

    @cached_property
    def bounds(self) -> tuple[MonotoneCubic, MonotoneCubic] | None:
        """The 80 % bounds over interactivity, None without an estimate."""
        if self.stored is None:
            return None
        at = self.stored.interactivity
        return monotone_cubic(at, self.stored.low), monotone_cubic(at, self.stored.high)

    @cached_property
    def concurrency(self) -> MonotoneCubic:
        """Requests in flight on one replica, over interactivity."""
        return monotone_cubic(self._x, [knot.concurrency for knot in self.knots])

    @property
    def _x(self) -> list[float]:
        return [knot.interactivity_tok_s_per_user for knot in self.knots]

    @property
    def slowest(self) -> float:
        """Interactivity of the slowest knot, tok/s/user."""
        return self.stored.interactivity[0] if self.stored else self.knots[0].interactivity_tok_s_per_user

    @property
    def fastest(self) -> float:
        """Interactivity of the fastest knot, tok/s/user."""
        return self.stored.interactivity[-1] if self.stored else self.knots[-1].interactivity_tok_s_per_user

    def neighbours(self, at: float) -> tuple[Knot, ...]:
        """The knot at ``at``, or the two around it."""
        exact = [knot for knot in self.knots if knot.interactivity_tok_s_per_user == at]
        if exact:
            return (exact[0],)
        below = [knot for knot in self.knots if knot.interactivity_tok_s_per_user < at]
        above = [knot for knot in self.knots if knot.interactivity_tok_s_per_user > at]
        return (*below[-1:], *above[:1])


def build_curve(points: Sequence[BenchmarkPoint]) -> Curve | None:
    """The frontier curve of measured points, or None where there are none.

    Independent of the order of ``points``: ties are broken by point id.
    """
    if not points:
        return None
    ordered = sorted(points, key=lambda point: point.id)
    frontier = pareto_frontier(ordered, lambda p: p.interactivity_tok_s_per_user, lambda p: p.tok_s_per_gpu)
    speeds = [point.interactivity_tok_s_per_user for point in points]
    return Curve(tuple(_knot(point) for point in frontier), (min(speeds), max(speeds)), len(points))


def _knot(point: BenchmarkPoint) -> Knot:
    return Knot(
        point.interactivity_tok_s_per_user,
        point.tok_s_per_gpu,
        float(point.concurrency),
        point.replica_gpus,
        point.engine,
        point.id,
        point.source,
        point.run_date,
    )
