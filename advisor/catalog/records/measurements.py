"""Measured and published operating points, latency rows, MLPerf results."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from advisor.catalog.records.base import Decoding, Identifier, PartialDate, Positive, PositiveInt, Record


class BenchmarkPoint(Record):
    """One measured operating point. Throughput counts input and output tokens over all GPUs of the replica.

    ``replica_gpus`` is the tensor-parallel size; for disaggregated rows the sum of tensor-parallel size
    times workers over prefill and decode; None where the source does not say.
    """

    id: Identifier
    model: Identifier
    hardware: Identifier
    precision: Identifier
    decoding: Decoding
    engine: Identifier
    disaggregated: bool
    multinode: bool | None = None
    isl: PositiveInt
    osl: PositiveInt
    concurrency: PositiveInt
    tok_s_per_gpu: Positive
    interactivity_tok_s_per_user: Positive
    replica_gpus: PositiveInt | None = None
    tensor_parallel: PositiveInt | None = None
    expert_parallel: PositiveInt | None = None
    dp_attention: bool | None = None
    prefill_tensor_parallel: PositiveInt | None = None
    prefill_expert_parallel: PositiveInt | None = None
    prefill_workers: PositiveInt | None = None
    prefill_gpus: PositiveInt | None = None
    decode_tensor_parallel: PositiveInt | None = None
    decode_expert_parallel: PositiveInt | None = None
    decode_workers: PositiveInt | None = None
    decode_gpus: PositiveInt | None = None
    median_tpot_ms: Positive | None = None
    p99_tpot_ms: Positive | None = None
    median_ttft_ms: Positive | None = None
    p99_ttft_ms: Positive | None = None
    joules_per_output_token: Positive | None = None
    aggregation: Literal["median_over_runs", "single_run"]
    run_date: PartialDate | None = None
    source: Identifier


class PublishedFigure(Record):
    """A figure a public page printed (the seeds): kept as published, shown beside ours, never in the pool."""

    id: Identifier
    model: Identifier
    hardware: Identifier
    precision: Identifier
    decoding: Literal["none", "mtp", "any"]
    isl: PositiveInt
    osl: PositiveInt
    interactivity_tok_s_per_user: Positive
    tok_s_per_gpu: Positive
    usd_per_mtok_total: Positive
    tok_s_per_mw: Positive
    concurrency: PositiveInt
    as_of: PartialDate
    source: Identifier


class DatedRun(Record):
    """One single run with latencies: medians and 99th percentiles over its requests, its day and engine image.

    ``gpus`` are those of the whole deployment; ``sample_row`` is the row of NVIDIA's sample that is the same run (one
    configuration, one day, TPOT within 5 %), so that no run counts twice. ``decoding`` None: not stated.
    """

    id: Identifier
    model: Identifier
    hardware: Identifier
    precision: Identifier
    decoding: Literal["none", "mtp", "eagle3"] | None = None
    engine: Identifier
    engine_image: str | None = None
    disaggregated: bool
    isl: PositiveInt
    osl: PositiveInt
    concurrency: PositiveInt
    tok_s_per_gpu: Positive
    interactivity_tok_s_per_user: Positive
    gpus: PositiveInt | None = None
    tensor_parallel: PositiveInt | None = None
    expert_parallel: PositiveInt | None = None
    dp_attention: bool | None = None
    prefill_tensor_parallel: PositiveInt | None = None
    prefill_workers: PositiveInt | None = None
    prefill_gpus: PositiveInt | None = None
    decode_tensor_parallel: PositiveInt | None = None
    decode_workers: PositiveInt | None = None
    decode_gpus: PositiveInt | None = None
    median_tpot_ms: Positive
    p99_tpot_ms: Positive | None = None
    median_ttft_ms: Positive
    p99_ttft_ms: Positive | None = None
    median_e2e_s: Positive | None = None
    p99_e2e_s: Positive | None = None
    run_date: PartialDate | None = None
    sample_row: Identifier | None = None
    source: Identifier


class LatencyRow(Record):
    """One measured run with time to first token and time per output token, in ms.

    The source prints means over requests: beside the same runs' medians (:class:`DatedRun`, ``sample_row``) its TPOT
    agrees within 1 %, its TTFT is 1.5 times as high at the median: the burst at the start weighs in. ``inferencex_run``
    marks rows the source itself calls InferenceX runs; more are, as ``sample_row`` shows.
    """

    id: Identifier
    model: Identifier
    hardware: Identifier
    precision: Identifier
    engine: Identifier
    engine_version: str | None = None
    disaggregated: bool
    isl: PositiveInt
    osl: PositiveInt
    concurrency: PositiveInt | None = None
    median_ttft_ms: Positive
    median_tpot_ms: Positive
    tensor_parallel: PositiveInt | None = None
    pipeline_parallel: PositiveInt | None = None
    attention_dp: PositiveInt | None = None
    moe_tensor_parallel: PositiveInt | None = None
    moe_expert_parallel: int | None = Field(default=None, ge=0)
    prefill_workers: PositiveInt | None = None
    prefill_tensor_parallel: PositiveInt | None = None
    prefill_expert_parallel: PositiveInt | None = None
    prefill_attention_dp: PositiveInt | None = None
    decode_workers: PositiveInt | None = None
    decode_tensor_parallel: PositiveInt | None = None
    decode_expert_parallel: PositiveInt | None = None
    decode_attention_dp: PositiveInt | None = None
    inferencex_run: bool
    run_date: PartialDate | None = None
    source: Identifier


class MlperfRow(Record):
    """An MLPerf throughput result. Offline and server throughput are no interactivity curve: kept apart."""

    id: Identifier
    round: Identifier
    submitter: str
    system: str | None = None
    accelerator: str
    hardware: Identifier | None = None
    accelerators: int = Field(ge=0)
    nodes: PositiveInt | None = None
    precision_declared: str | None = None
    precision_effective: str | None = None
    software: str | None = None
    task: Identifier
    model: Identifier | None = None
    scenario: Literal["offline", "server", "interactive"]
    tok_s: Positive
    tok_s_per_accelerator: Positive | None = None
    division: Literal["closed", "open"]
    availability: str
    power_w: Positive | None = None
    mixed_hardware: bool
    result_id: str | None = None
    path: str
    source: Identifier


class ThroughputClaim(Record):
    """A throughput a guide put into its cost table, with the cost it printed: shown as its claim, never in the pool.

    ``estimated`` says whether the guide itself calls it an estimate; ``basis`` how it came about.
    """

    id: Identifier
    table: Identifier
    model: Identifier
    hardware: Identifier
    precision: Identifier
    tok_s_per_gpu: Positive
    estimated: bool
    usd_per_mtok_on_demand: Positive | None = None
    usd_per_mtok_spot: Positive | None = None
    as_of: PartialDate
    basis: str
    source: Identifier
