"""Operating points derived from latency rows, for cells that no throughput run covers."""

from __future__ import annotations

from advisor.catalog.records import BenchmarkPoint, LatencyRow, Model
from advisor.units import MS_PER_S

GPUS_PER_NODE = 8
"""Wider aggregated rows of the sample count tensor and expert parallelism twice: they are left out."""


def point_of_latency_row(row: LatencyRow, model: Model) -> BenchmarkPoint | None:
    """A latency row as an operating point, or None where the row does not say enough.

    A closed loop keeps ``concurrency`` requests in flight, each for TTFT + TPOT x (OSL - 1): Little's law gives the
    throughput over tensor-parallel x attention data-parallel GPUs. On the 119 rows that are InferenceX runs with a
    throughput of their own it reads 2.4 % high at the median (5 to 95 %: 0.8 to 7.8 %).

    A model with multi-token-prediction layers yields None: the rows do not say whether they were used.
    """
    if row.disaggregated or row.concurrency is None or row.tensor_parallel is None or model.mtp_layers > 0:
        return None
    gpus = row.tensor_parallel * (row.attention_dp or 1) * (row.pipeline_parallel or 1)
    if gpus > GPUS_PER_NODE:
        return None
    seconds = (row.median_ttft_ms + row.median_tpot_ms * (row.osl - 1)) / MS_PER_S
    return BenchmarkPoint(
        id=row.id,
        model=row.model,
        hardware=row.hardware,
        precision=row.precision,
        decoding="none",
        engine=row.engine,
        disaggregated=False,
        multinode=False,
        isl=row.isl,
        osl=row.osl,
        concurrency=row.concurrency,
        tok_s_per_gpu=row.concurrency * (row.isl + row.osl) / seconds / gpus,
        interactivity_tok_s_per_user=MS_PER_S / row.median_tpot_ms,
        replica_gpus=gpus,
        tensor_parallel=row.tensor_parallel,
        expert_parallel=row.moe_expert_parallel or None,
        dp_attention=(row.attention_dp or 1) > 1,
        median_tpot_ms=row.median_tpot_ms,
        median_ttft_ms=row.median_ttft_ms,
        aggregation="single_run",
        run_date=row.run_date,
        source=row.source,
    )
