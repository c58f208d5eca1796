"""The shipped catalog: complete, consistent, and equal to what its sources say."""

import csv
import datetime
import json
import re

import pytest

from advisor.catalog.names import normalized

MODEL_KEYS = {
    "llama70b": "llama-3.3-70b",
    "dsr1": "deepseek-r1",
    "dsv4": "deepseek-v4-pro",
    "kimik2.5": "kimi-k2.5",
    "minimaxm2.5": "minimax-m2.5",
    "gptoss120b": "gpt-oss-120b",
    "glm5": "glm-5",
    "qwen3.5": "qwen3.5-397b",
}


def table(shared, name):
    with (shared / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def test_counts(catalog):
    counts = (len(catalog.hardware), len(catalog.precisions), len(catalog.models), len(catalog.offers))
    assert counts == (21, 6, 23, 322)
    assert (len(catalog.points), len(catalog.latency_rows), len(catalog.mlperf)) == (7194, 4317, 1447)
    assert len(catalog.dated_runs) == 3969
    assert (len(catalog.quality), len(catalog.engine_support), len(catalog.checkpoints)) == (854, 102, 73)


def test_every_source_is_complete_and_used_sources_exist(catalog):
    for source in catalog.sources.values():
        assert source.title
        assert source.publisher
        assert source.address is None or source.address.startswith("https://")


@pytest.mark.parametrize(("key", "model"), MODEL_KEYS.items())
def test_model_keys_of_the_points_are_aliases(catalog, key, model):
    assert catalog.model_names.find(key) == model


def test_tpot_and_interactivity_agree(catalog):
    """1000 / TPOT is the interactivity; articles print TPOT to three digits, the database to seven."""
    for point in (*catalog.points, *catalog.own_points):
        if point.median_tpot_ms:
            rel = 0.05 if point.source == "inferencex-articles" else 1e-4
            assert 1000 / point.median_tpot_ms == pytest.approx(point.interactivity_tok_s_per_user, rel=rel)


def test_replica_gpus_follow_the_layout(catalog):
    for point in catalog.points:
        parts = (
            point.prefill_tensor_parallel,
            point.prefill_workers,
            point.decode_tensor_parallel,
            point.decode_workers,
        )
        if point.disaggregated and all(parts):
            assert point.replica_gpus == parts[0] * parts[1] + parts[2] * parts[3]
        elif not point.disaggregated and point.tensor_parallel:
            assert point.replica_gpus == point.tensor_parallel


def test_dense_tflops_are_not_sparse_ones(catalog):
    gpus = catalog.hardware
    assert gpus["h100"].dense_tflops.fp8 == 1979
    assert gpus["b200"].dense_tflops.fp8 == 4500
    assert gpus["mi355x"].dense_tflops.fp8 == 5000
    for gpu in gpus.values():
        rates = gpu.dense_tflops
        if rates.fp8 and gpu.id not in ("rtx4090", "l40s", "rtx5090"):
            assert rates.fp8 == pytest.approx(2 * rates.bf16, rel=0.02)


def test_support_matrix(catalog):
    def support(precision, gpu):
        return catalog.precisions[precision].support_on(gpu).support

    assert support("nvfp4", "b200") == "native"
    assert support("nvfp4", "h200") == "weight_only"
    assert support("nvfp4", "mi355x") == "none"
    assert support("mxfp4", "mi355x") == "native"
    assert support("fp8", "a100") == "weight_only"
    assert all(support("int4", gpu) == "weight_only" for gpu in catalog.hardware)


def test_bytes_per_parameter(catalog):
    bytes_of = {p.id: p.bytes_per_parameter for p in catalog.precisions.values()}
    assert bytes_of == {"bf16": 2, "fp8": 1, "int8": 1, "int4": 0.515625, "nvfp4": 0.5625, "mxfp4": 0.53125}
    assert catalog.precisions["int4"].bytes_per_parameter_by_group == {32: 0.5625, 128: 0.515625}


def test_power_and_price_vintages(catalog):
    assert catalog.power_books["inferencex-2026-03"].kw_per_gpu["b200"] == 2.17
    assert catalog.default_power_book.kw_per_gpu["b200"] == 1.71
    assert catalog.price_books["inferencex-2026-03"].usd_per_gpu_hour["h200"] == 1.41
    assert catalog.price_books["inferencex-2026-09-rental-3y"].usd_per_gpu_hour["b200"] == 3.70


def test_points_equal_their_source(catalog, shared):
    source = {row["point_id"]: row for row in table(shared, "inferencex_points.csv") if not row["quality_flag"]}
    assert {point.id for point in catalog.points} == set(source)
    for point in catalog.points:
        row = source[point.id]
        assert point.tok_s_per_gpu == float(row["throughput_tok_s_per_gpu"])
        assert point.interactivity_tok_s_per_user == float(row["interactivity_tok_s_per_user"])
        assert (point.hardware, point.decoding) == (row["hardware"], row["spec_decoding"])
        assert (point.isl, point.osl) == (int(row["isl"]), int(row["osl"]))
        assert point.disaggregated == (row["disaggregated"] == "True")
        assert catalog.model_names.find(row["model_key"]) == point.model
        assert (catalog.precisions[point.precision].family or point.precision) == row["precision"]


def test_prices_equal_their_source(catalog, shared):
    rows = table(shared, "prices.csv")
    for offer, row in zip(catalog.offers, rows, strict=True):
        assert offer.usd_per_gpu_hour == float(row["usd_per_gpu_hour"])
        assert (offer.provider, offer.as_of, offer.confidence) == (row["provider"], row["as_of"], row["confidence"])
        assert {"owned_tco": "owner_cost"}.get(row["billing"], row["billing"]) == offer.basis


def test_hardware_equals_its_source(catalog, shared):
    for row in table(shared, "hardware_specs.csv"):
        gpu = catalog.hardware[catalog.hardware_names.find(row["gpu"])]
        assert gpu.memory_gb == float(row["memory_gb"])
        assert gpu.memory_bandwidth_gb_s == float(row["memory_bw_gb_s"])
        assert gpu.tdp_w == float(row["tdp_w"])
        for ours, theirs in (("bf16", "bf16_dense_tflops"), ("fp8", "fp8_dense_tflops"), ("fp4", "fp4_dense_tflops")):
            assert getattr(gpu.dense_tflops, ours) == (float(row[theirs]) if row[theirs] else None)


def test_models_and_books_equal_their_source(catalog, shared):
    for row in table(shared, "models.csv"):
        model = catalog.models[catalog.model_names.find(row["model_key"])]
        assert model.total_params_b == float(row["total_params_b"])
        assert model.active_params_b == float(row["active_params_b"])
        assert model.kv_values_per_token == int(row["kv_values_per_token"])
    names = {
        "2026-03-18": "inferencex-2026-03",
        "2026-07-14": "inferencex-2026-07-14",
        "2026-07-31": "inferencex-2026-07-31",
    }
    for row in table(shared, "inferencex_constants.csv"):
        book = catalog.price_books[names[row["effective_from"]]]
        assert book.usd_per_gpu_hour[row["hardware"]] == float(row["usd_per_gpu_hr_hyperscaler"])
        assert catalog.power_books[book.kw_book].kw_per_gpu[row["hardware"]] == float(row["kw_per_gpu_all_in"])


def test_quality_and_latency_rows_equal_their_source(catalog, shared):
    for pair, row in zip(catalog.quality, table(shared, "quality_evidence.csv"), strict=True):
        assert (pair.id, pair.delta_points) == (row["row_id"], float(row["delta_pts"]))
        assert pair.usable == (row["use_in_summary"] == "True")
    for ours, row in zip(catalog.latency_rows, table(shared, "nvidia_measured_sample.csv"), strict=True):
        assert (ours.id, ours.median_ttft_ms, ours.median_tpot_ms) == (
            row["row_id"],
            float(row["ttft_ms"]),
            float(row["tpot_ms"]),
        )


def test_dated_runs_equal_their_source(catalog, shared):
    source = {row["point_id"]: row for row in table(shared, "inferencex_latency_points.csv") if not row["quality_flag"]}
    assert {run.id for run in catalog.dated_runs} == set(source)
    figures = {
        "median_ttft_ms": "median_ttft_ms",
        "p99_ttft_ms": "p99_ttft_ms",
        "median_tpot_ms": "median_tpot_ms",
        "p99_tpot_ms": "p99_tpot_ms",
        "median_e2e_s": "median_e2e_s",
        "tok_s_per_gpu": "throughput_tok_s_per_gpu",
        "concurrency": "concurrency",
        "gpus": "num_gpus",
    }
    for run in catalog.dated_runs:
        row = source[run.id]
        for ours, theirs in figures.items():
            assert getattr(run, ours) == (float(row[theirs]) if row[theirs] else None), (run.id, ours)
        assert (run.run_date or "", run.engine_image or "") == (row["date"], row["image"])
        assert (run.isl, run.osl, run.disaggregated) == (int(row["isl"]), int(row["osl"]), row["disaggregated"] == "True")
        assert catalog.model_names.find(row["model_key"]) == run.model
        assert (catalog.engine_names.find(row["framework"]) or row["framework"]) == run.engine
        assert (catalog.precisions[run.precision].family or run.precision) == row["precision"]


def test_a_run_that_stands_in_two_sources_is_named_once(catalog):
    """Same configuration, same day (one apart where time zones differ), TPOT within 5 %: median here, mean there."""
    sample = {row.id: row for row in catalog.latency_rows}
    twins = [(run, sample[run.sample_row]) for run in catalog.dated_runs if run.sample_row]
    assert len(twins) == 401
    for run, row in twins:
        assert (run.model, run.hardware, run.precision, run.isl, run.osl, run.concurrency) == (
            row.model,
            row.hardware,
            row.precision,
            row.isl,
            row.osl,
            row.concurrency,
        )
        days = datetime.date.fromisoformat(run.run_date) - datetime.date.fromisoformat(row.run_date)
        assert abs(days.days) <= 1
        assert row.median_tpot_ms == pytest.approx(run.median_tpot_ms, rel=0.05)
    ratio = sorted(row.median_ttft_ms / run.median_ttft_ms for run, row in twins)
    assert 1.2 < ratio[len(ratio) // 2] < 2.0  # the sample's TTFT are means


def test_own_runs_equal_their_files(catalog, shared):
    for point in catalog.own_points:
        folder, concurrency = re.match(r"OWN-(.*)-c(\d+)$", point.id).groups()
        run = json.loads((shared / "h200_vllm" / folder / f"conc_{concurrency}.json").read_text())
        assert point.tok_s_per_gpu == pytest.approx(run["total_token_throughput"] / int(run["tp"]), rel=1e-6)
        assert point.median_tpot_ms == pytest.approx(run["median_tpot_ms"], rel=1e-5)


@pytest.mark.parametrize(
    ("file", "column", "kind"),
    [
        ("hardware_specs.csv", "gpu", "hardware"),
        ("inferencex_points.csv", "hardware", "hardware"),
        ("inferencex_latency_points.csv", "hardware", "hardware"),
        ("prices.csv", "gpu", "hardware"),
        ("mlperf.csv", "accelerator", "hardware"),
        ("inferencex_points.csv", "model", "model"),
        ("inferencex_points.csv", "model_key", "model"),
        ("inferencex_latency_points.csv", "model_key", "model"),
        ("nvidia_measured_sample.csv", "model_path", "model"),
        ("quality_evidence.csv", "model", "model"),
        ("fp4_checkpoints.csv", "base_model", "model"),
        ("mlperf.csv", "model", "model"),
        ("api_token_prices.csv", "model_family", "model"),
    ],
)
def test_every_name_in_the_data_is_known(catalog, shared, file, column, kind):
    names = catalog.hardware_names if kind == "hardware" else catalog.model_names
    for name in {row[column] for row in table(shared, file)}:
        assert names.find(name) or normalized(name) in catalog.without_record, name
