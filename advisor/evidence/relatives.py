"""What the measured cells tell about one that nobody measured: step-time physics plus a Gaussian process on its error.

Coordinates: log interactivity v against log users per GPU t. Throughput follows by identity, log y = t + v - log share,
so one function v(t) is the whole frontier. Its mean is the step-time model's; its error is shared between relatives as
their likeness says (C. E. Rasmussen, C. K. I. Williams, Gaussian Processes for Machine Learning, 2006, chapter 2).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from advisor.catalog.records import Architecture, BenchmarkPoint, Hardware, Model, Precision, RelativesFit
from advisor.evidence.likeness import Table, prior, total_variance
from advisor.evidence.runs import Codes, Runs, runs_of
from advisor.evidence.steffen import FloatArray
from advisor.evidence.steptime import Deployment, step_time_s
from advisor.memory import weights_gb

MOST_RELATIVES = 320
WIDTHS = (1, 2, 4, 8, 16, 32)
USABLE_MEMORY = 0.85
GRID = 64
"""Loads at which a transferred frontier is worked out."""
PROBED_LOG_USERS, PROBES = (-2.0, 6.0), 5
"""Loads at which likeness is judged."""
SHOWN_RELATIVES = 3
UNKNOWN = -1


@dataclass(frozen=True)
class Facts:
    """Records the physics needs, by id."""

    models: Mapping[str, Model]
    hardware: Mapping[str, Hardware]
    precisions: Mapping[str, Precision]


@dataclass(frozen=True)
class Target:
    """A cell asked about, with what its frontier may contain."""

    model: Architecture
    hardware: Hardware
    precision: Precision
    isl: int
    osl: int
    plain_decoding: bool
    mtp: bool
    disaggregated: bool
    single_node: bool


@dataclass(frozen=True, eq=False)
class Relatives:
    """All measured frontiers as one table with the residual of each point against the physics."""

    table: Table
    residual: FloatArray
    gpus: FloatArray
    cells: tuple[tuple[str, str, str, int, int], ...]
    labels: dict[str, int]
    facts: Facts
    fit: RelativesFit


@dataclass(frozen=True)
class Transfer:
    """Predicted v(t): log users per GPU, log interactivity, its standard deviation; replica GPUs; the nearest cells."""

    log_users: FloatArray
    log_interactivity: FloatArray
    deviation: FloatArray
    replica_gpus: int
    nearest: tuple[tuple[str, str, str, int, int], ...]
    likeness: float
    """Prior correlation with the nearest relative, 0 to 1."""


def architecture_family(hardware: Hardware) -> str:
    """GPUs of one generation: sm_100 and sm_103 are kin, sm_120 is not."""
    return hardware.compute_target[:5]


def build_relatives(
    cells: Mapping[tuple[str, str, str, int, int], Sequence[BenchmarkPoint]], facts: Facts, fit: RelativesFit
) -> Relatives:
    """Frontiers of every cell, for each decoding and deployment it was measured in, against the physics."""
    labels: dict[str, int] = {}
    columns: list[list[FloatArray]] = [[] for _ in range(9)]
    for number, (key, points) in enumerate(sorted(cells.items())):
        for variant, (target, runs) in enumerate(variants(key, runs_of(points), facts)):
            rows = runs.frontier()
            x, y = runs.interactivity[rows], runs.throughput[rows]
            log_users = np.log(y * target.osl / (target.isl + target.osl) / x)
            n = len(rows)
            parts = (
                np.tile(_codes(target, labels, add=True), (n, 1)),
                *(np.tile(traits, (n, 1)) for traits in _traits(target)),
                log_users,
                np.full(n, float(number)),
                np.full(n, number * 100.0 + variant),
                np.log(x) - physics(target, log_users, fit),
                runs.gpus[rows],
            )
            for column, part in zip(columns, parts, strict=True):
                column.append(part)
    joined = [np.concatenate(column) for column in columns]
    return Relatives(Table(*joined[:7]), joined[7], joined[8], tuple(sorted(cells)), labels, facts, fit)


def variants(key: tuple[str, str, str, int, int], runs: Runs, facts: Facts) -> list[tuple[Target, Runs]]:
    """The pooled frontier and those of single decodings and deployments, each distinct one once."""
    everything = np.ones(len(runs), dtype=bool)
    single = ~runs.disaggregated
    masks = (everything, ~runs.mtp, runs.mtp, single, single & ~runs.mtp, single & runs.mtp)
    found: list[tuple[Target, Runs]] = []
    seen: set[tuple[float, ...]] = set()
    for mask in masks:
        if not mask.any():
            continue
        part = runs.where(mask)
        signature = tuple(part.interactivity[part.frontier()].tolist())
        if signature in seen:
            continue
        seen.add(signature)
        found.append((target_of(key, part, facts), part))
    return found


def target_of(key: tuple[str, str, str, int, int], runs: Runs, facts: Facts) -> Target:
    """A measured pool as a target: its cell and what its points contain."""
    model, hardware, precision, isl, osl = key
    return Target(
        facts.models[model],
        facts.hardware[hardware],
        facts.precisions[precision],
        isl,
        osl,
        bool((~runs.mtp).any()),
        bool(runs.mtp.any()),
        bool(runs.disaggregated.any()),
        bool((~runs.disaggregated).any()),
    )


def _codes(target: Target, labels: dict[str, int], *, add: bool) -> list[float]:
    """Category codes of a target; a name that is not in the table gets a code nothing equals."""
    names = (
        f"model {target.model.id}",
        f"family {architecture_family(target.hardware)}",
        f"hardware {target.hardware.id}",
        f"precision {target.precision.family or target.precision.id}",
    )
    if add:
        for name in names:
            labels.setdefault(name, len(labels))
    coded = [float(labels.get(name, UNKNOWN)) for name in names]
    return [*coded, target.plain_decoding, target.mtp, target.disaggregated, target.single_node]


def _traits(target: Target) -> tuple[list[float], list[float], list[float]]:
    """Logs of what makes GPUs, models and requests alike, in the order of the table's columns."""
    hardware, model = target.hardware, target.model
    gpu = [hardware.memory_bandwidth_gb_s, hardware.dense_tflops.bf16 or np.nan, hardware.memory_gb]
    size = [model.active_params_b, model.total_params_b, model.kv_values_per_token, model.layers]
    traits = [np.log(part).tolist() for part in (gpu, size, [target.isl, target.osl])]
    return traits[0], traits[1], traits[2]


def physics(target: Target, log_users: FloatArray, fit: RelativesFit) -> FloatArray:
    """Log interactivity by the step-time model, at the width of replica that is fastest for each load."""
    widths = np.array(replica_widths(target), dtype=float)[:, None]
    deployment = Deployment(target.model, target.hardware, target.precision, target.isl, target.osl, widths, target.mtp)
    fastest: FloatArray = -np.log(step_time_s(deployment, np.exp(log_users), fit.step).min(axis=0))
    return fastest


def replica_widths(target: Target) -> tuple[int, ...]:
    """Replica widths whose memory holds the weights; across servers only where nothing narrower does or on a rack."""
    weights = weights_gb(target.model, target.precision)
    memory = target.hardware.memory_gb * USABLE_MEMORY
    holding = [width for width in WIDTHS if weights / width < memory] or [WIDTHS[-1]]
    server = target.hardware.gpus_per_server
    within = [width for width in holding if width <= max(server, 8)]
    return tuple(within or holding[:1])


def transfer(relatives: Relatives, target: Target, exclude: frozenset[int] = frozenset()) -> Transfer:
    """Predict a target's frontier from its nearest relatives.

    Args:
        relatives: measured frontiers.
        target: the cell asked about.
        exclude: numbers of cells to leave out (cross-validation).
    """
    like = relatives.fit.likeness
    allowed = np.flatnonzero(~np.isin(relatives.table.cell, [float(number) for number in exclude]))
    probe = _grid_table(relatives, target, np.linspace(*PROBED_LOG_USERS, PROBES))
    score = prior(probe, relatives.table.take(allowed), like)
    # The mean alone would starve small cells; the maximum keeps a twin that was measured at few loads.
    closeness = (score.mean(axis=0) + score.max(axis=0) / 2) / 1.5
    order = np.argsort(-closeness, kind="stable")[:MOST_RELATIVES]
    rows = np.sort(allowed[order])
    near = relatives.table.take(rows)
    grid = np.linspace(near.log_users.min(), near.log_users.max(), GRID)
    mean, deviation = _condition(relatives, target, rows, grid)
    cells = tuple(dict.fromkeys(relatives.cells[int(relatives.table.cell[row])] for row in allowed[order]))
    likeness = float(closeness[order[0]] / total_variance(like))
    return Transfer(grid, mean, deviation, _replica(relatives, target, rows), cells[:SHOWN_RELATIVES], likeness)


def _condition(relatives: Relatives, target: Target, rows: Codes, grid: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mean and standard deviation of log interactivity over a grid of loads, given some rows of the table."""
    like, near = relatives.fit.likeness, relatives.table.take(rows)
    at = _grid_table(relatives, target, grid)
    own = prior(near, near, like)
    own[np.diag_indices_from(own)] += like.noise**2
    cross = prior(at, near, like)
    solved = np.linalg.solve(own, np.column_stack([relatives.residual[rows], cross.T]))
    mean = physics(target, grid, relatives.fit) + cross @ solved[:, 0]
    variance = total_variance(like) - np.einsum("ij,ji->i", cross, solved[:, 1:])
    return mean, np.sqrt(np.maximum(variance, like.noise**2))


def _grid_table(relatives: Relatives, target: Target, log_users: FloatArray) -> Table:
    n = len(log_users)
    codes = np.tile(_codes(target, relatives.labels, add=False), (n, 1))
    gpu, model, size = (np.tile(part, (n, 1)) for part in _traits(target))
    return Table(codes, gpu, model, size, log_users, np.full(n, -1.0), np.full(n, -1.0))


def _replica(relatives: Relatives, target: Target, rows: Codes) -> int:
    """Replica width: the relatives' usual one, at least what memory asks for."""
    known = relatives.gpus[rows]
    known = known[np.isfinite(known)]
    usual = float(np.median(known)) if len(known) else 1.0
    widths = replica_widths(target)
    return min((width for width in widths if width >= usual), default=widths[-1])
