"""Measured latencies as the estimator's inputs: dated runs (medians) and NVIDIA's sample (means), with their groups."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from advisor.catalog import Catalog
from advisor.catalog.records import DatedRun, LatencyRow
from advisor.evidence.age import months_of
from advisor.evidence.ttft import ENGINES, Layout, Served
from advisor.units import MS_PER_S


@dataclass(frozen=True)
class Measured:
    """One run: the operating point, log(TTFT / TPOT), and the groups no fold may split.

    A configuration leaves out what sources state differently (expert parallelism, decoding) and counts all layouts of a
    disaggregated cell as one, so that a run that stands in two sources is never on both sides of a fold.
    """

    served: Served
    log_ratio: float
    cell: tuple[object, ...]
    configuration: tuple[object, ...]


def measured_latencies(catalog: Catalog) -> list[Measured]:
    """All runs with TTFT and TPOT whose concurrency is stated."""
    rows: list[Measured] = [_of_run(catalog, run) for run in catalog.dated_runs]
    rows += [_of_sample(catalog, row) for row in catalog.latency_rows if row.concurrency is not None]
    return rows


def _of_run(catalog: Catalog, run: DatedRun) -> Measured:
    if run.disaggregated:
        prefill, decode = run.prefill_tensor_parallel, run.decode_tensor_parallel
        layout = Layout(
            run.gpus,
            True,
            prefill,
            decode,
            run.expert_parallel,
            run.dp_attention,
            prefill * run.prefill_workers if prefill and run.prefill_workers else None,
            decode * run.decode_workers if decode and run.decode_workers else None,
        )
    else:
        tp = run.tensor_parallel
        layout = Layout(run.gpus, False, tp, tp, run.expert_parallel, run.dp_attention)
    mtp = None if run.decoding is None else run.decoding != "none"
    return _measured(catalog, run, layout, mtp, mean=False)


def _of_sample(catalog: Catalog, row: LatencyRow) -> Measured:
    if row.disaggregated:
        prefill, decode = row.prefill_tensor_parallel, row.decode_tensor_parallel
        prefill_gpus = prefill * row.prefill_workers if prefill and row.prefill_workers else None
        decode_gpus = decode * row.decode_workers if decode and row.decode_workers else None
        gpus = prefill_gpus + decode_gpus if prefill_gpus and decode_gpus else None
        attention, expert = row.prefill_attention_dp, row.prefill_expert_parallel
        layout = Layout(gpus, True, prefill, decode, expert or None, _several(attention), prefill_gpus, decode_gpus)
    else:
        tp = row.tensor_parallel
        layout = Layout(tp, False, tp, tp, row.moe_expert_parallel or None, _several(row.attention_dp))
    return _measured(catalog, row, layout, None, mean=True)


def _several(attention_dp: int | None) -> bool | None:
    return None if attention_dp is None else attention_dp > 1


def _measured(catalog: Catalog, row: DatedRun | LatencyRow, layout: Layout, mtp: bool | None, *, mean: bool) -> Measured:
    model, hardware = catalog.models[row.model], catalog.hardware[row.hardware]
    precision = catalog.precisions[row.precision]
    assert row.concurrency is not None  # rows without one were left out
    speed = MS_PER_S / row.median_tpot_ms
    served = Served(model, hardware, precision, row.isl, row.osl, speed, row.concurrency, layout, row.engine, mtp, 0.0, mean)
    cell = (row.model, row.hardware, row.precision, row.isl, row.osl)
    width = None if row.disaggregated else layout.gpus
    configuration = (*cell, ENGINES.get(row.engine), row.disaggregated, width)
    return Measured(served, math.log(row.median_ttft_ms / row.median_tpot_ms), cell, configuration)


def folds_by(groups: list[object], count: int, seed: int = 0) -> np.ndarray:
    """A fold for every row; rows of one group share it."""
    seen: dict[object, int] = {}
    codes = np.array([seen.setdefault(group, len(seen)) for group in groups])
    fold_of = np.argsort(np.random.default_rng(seed).permutation(len(seen))) % count
    return fold_of[codes]


def pairs_in_time(catalog: Catalog) -> Iterator[tuple[object, float, float]]:
    """(configuration, months apart, log throughput of the later over the earlier) for every two dated runs of one."""
    runs: dict[object, list[tuple[float, float]]] = {}
    for run in catalog.dated_runs:
        if run.run_date is None or run.tensor_parallel is None or run.disaggregated:
            continue
        cell = (run.model, run.hardware, run.precision, run.isl, run.osl, run.concurrency)
        layout = (run.engine, run.tensor_parallel, run.expert_parallel, run.dp_attention, run.decoding)
        runs.setdefault((*cell, *layout), []).append((months_of(run.run_date), math.log(run.tok_s_per_gpu)))
    for configuration, dated in runs.items():
        dated.sort()
        for index, (month, value) in enumerate(dated):
            for later, other in dated[index + 1 :]:
                yield configuration, later - month, other - value


def mlperf_steps(catalog: Catalog) -> Iterator[tuple[object, float, float]]:
    """(benchmark, months apart, log change) of the best closed eight-GPU result from one MLPerf round to the next."""
    best: dict[tuple[str, str, str], dict[str, float]] = {}
    for row in catalog.mlperf:
        if row.division != "closed" or row.mixed_hardware or row.hardware is None or row.accelerators != 8:
            continue
        if row.tok_s_per_accelerator is None:
            continue
        task = row.task.removesuffix("-99.9").removesuffix("-99")
        date = catalog.sources[row.source].date
        assert date is not None  # rounds are published on a day
        rounds = best.setdefault((task, row.hardware, row.scenario), {})
        rounds[date] = max(rounds.get(date, 0.0), row.tok_s_per_accelerator)
    for benchmark, rounds in best.items():
        ordered = sorted(rounds)
        for early, late in pairwise(ordered):
            yield benchmark, months_of(late) - months_of(early), math.log(rounds[late] / rounds[early])
