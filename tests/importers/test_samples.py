"""Real files of the tools, beside the project: each imports with figures worked out by hand from it, or is refused.

"By hand": totals over the duration, 1000 / TPOT and so on, from the numbers that stand in the file.
"""

import json
from pathlib import Path

import pytest

from advisor.importers import import_documents, read_document
from advisor.importers.as_dict import imported_as_dict
from tests.conftest import ROOT

SAMPLES = ROOT.parent / "shared" / "samples"

B200 = "bench/vllm/b200_dsr1_fp4_inferencemax_raw/dsr1_1k1k_fp4_"
PD = "bench/vllm/h200_gptoss120b_pd_2025-09/2p2d_"
TRT = "bench/trtllm-bench/h100x8_llama3.1-70b_fp8_v0.16/result_"
SGL = "bench/sglang/"
GUIDE = "bench/guidellm/local_mock/guidellm_"
AIPERF = "bench/aiperf/"
GLM = "bench/inferencex/token_position_glm5_8xh200/glm5_fp8_vllm_tp8_isl1024_osl128_conc"

# file: (tool, runs, run looked at, concurrency, input, output, output tok/s, total tok/s, TPOT ms, TTFT ms)
RUNS = {
    "bench/vllm/v0.25.1_opt125m/bench_serve_v0.25.1.json": ("vllm", 1, 0, 2, 32, 16, 82.893, 248.679, 11.2045, 55.681),
    "bench/vllm/v0.25.1_sweep_summary/max_num_seqs_4.summary.json": ("vllm", 1, 0, 2, 32, 16, None, None, None, None),
    f"{B200}sglang_tp4_ep1_dpa_false_conc4_b200.json": (
        "vllm", 1, 0, 4, 926.7, 917.725, 327.753, 658.7115, 11.0825, 1003.69),
    f"{B200}sglang_tp8_ep1_dpa_false_conc4_b200.json": (
        "vllm", 1, 0, 4, 926.7, 917.725, 352.206, 707.8557, 10.2981, 983.994),
    f"{B200}trt_tp4_ep1_dpa_false_conc4_b200-trt.json": ("vllm", 1, 0, 4, 926.7, 917.725, 462.055, 928.6287, 8.3043, 83.832),
    f"{PD}conc128_in128_out2048_20250922_025354.json": (
        "vllm", 1, 0, 128, 127.992, 648.428, 7503.65, 8984.79, 11.8285, 552.434),
    f"{GLM}16.json": ("vllm", 1, 0, 16, 1024, 128, 403.581, 3632.228, 33.6149, 291.4),
    f"{GLM}4.json": ("vllm", 1, 0, 4, 1024, 128, 164.728, 1482.549, 21.3725, 265.0),
    f"{SGL}2025-12_with_server_info/agg_n100_in128_out128_c32.jsonl": (
        "sglang", 1, 0, 32, 61.45, 61.8, 3190.936, 6363.8, 8.8866, 38.438),
    f"{SGL}2025-12_with_server_info/agg_n100_in512_out128_c8.jsonl": (
        "sglang", 1, 0, 8, 264.97, 61.8, 1418.539, 7500.58, 5.1007, 22.7805),
    f"{SGL}h200_2024-12/llama_3_3_70b_offline_output.jsonl": (
        "sglang", 7, 0, None, 508.358, 514.9393, 4520.6987, 8983.619, None, 91282.2),
    f"{SGL}h200_2024-12/deepseek_dp_mla_output.jsonl": ("sglang", 1, 0, None, 1, 512, 12412.39, 12436.64, None, 10014.1),
    f"{SGL}h200_2024-12/llama_405b_online_output.jsonl": (
        "sglang", 6, 0, None, 508.7067, 534.49, 504.955, 985.552, None, 218.8),
    f"{GUIDE}0.3.1_concurrent8.json": ("guidellm", 1, 0, 8, 78.75, 64, 580.736, 1295.313, 12.2125, 61.9986),
    f"{GUIDE}0.3.1_concurrent8.csv": ("guidellm", 1, 0, 8, 78.75, 64, 528.054, 1177.809, 10.5852, 58.618),
    f"{GUIDE}0.5.4_concurrent8.json": ("guidellm", 1, 0, 8, 63.8333, 64, 682.398, 1363.019, 10.8819, 57.902),
    f"{GUIDE}0.5.4_concurrent8.csv": ("guidellm", 1, 0, 7.94, 63.8333, 64, 682.398, 1363.019, 10.8819, 57.902),
    f"{GUIDE}0.6.1_concurrent8.json": ("guidellm", 1, 0, 8, 63.8333, 64, 660.252, 1318.784, 10.837, 58.691),
    f"{GUIDE}0.6.1_concurrent8.csv": ("guidellm", 1, 0, 7.8465, 63.8333, 64, 660.252, 1318.784, 10.837, 58.691),
    f"{GUIDE}0.8.1_concurrent8.json": ("guidellm", 1, 0, 8, 68.375, 64, 623.304, 1289.216, 12.1406, 54.612),
    f"{GUIDE}0.8.1_concurrent_1_8_32.csv": ("guidellm", 3, 1, 8, 66.2083, 64, 577.225, 1174.367, 11.908, 81.129),
    "bench/guidellm/neuralmagic_af89787_benchmarks_stripped.json": (
        "guidellm", 1, 0, 0.9978, 257.1087, 128, 196.285, 590.555, 4.9241, 16.3805),
    "bench/genai-perf/cloudai_doc_profile_export_genai_perf.csv": (
        "genai-perf", 1, 0, None, 3000.05, 174.45, 261.25, 4761.75, 30.13, 640.07),
    "bench/genai-perf/dgxc_readme_profile_export_genai_perf.csv": (
        "genai-perf", 1, 0, None, 127.5, 511.9, 86.48, 108.698, 11.53, 23.2),
    f"{AIPERF}qwen_plot_fixtures/c1_profile_export_aiperf.json": (
        "aiperf", 1, 0, 1, 100, 199.984, 50.0821, 75.1251, 18.158, 30.6685),
    f"{AIPERF}qwen_plot_fixtures/c2_profile_export_aiperf.json": (
        "aiperf", 1, 0, 2, 100, 199.969, 100.651, 150.985, 18.5214, 35.502),
    # the server's counts: 1,536 output and 1,798 input tokens in 2.2639 s; TPOT p50 4.62644 x 144 / 63
    f"{AIPERF}local_mock/aiperf_0.13.0_c8_profile_export_aiperf.json": (
        "aiperf", 1, 0, 8, 74.9167, 64, 678.466, 1472.66, 10.5747, 56.3155),
    f"{AIPERF}local_mock/aiperf_0.13.0_c8_profile_export_aiperf.csv": (
        "aiperf", 1, 0, 7.82, 74.92, 64, 679.646, 1475.26, 10.5829, 56.32),
    f"{AIPERF}local_mock/aiperf_0.13.0_c1_profile_export_aiperf.json": (
        "aiperf", 1, 0, 1, 73.0417, 64, 90.116, 192.963, 10.3622, None),
    f"{AIPERF}local_mock/aiperf_0.13.0_c1_profile_export_aiperf.csv": (
        "aiperf", 1, 0, 0.99, 73.04, 64, 90.141, 193.014, 10.3543, None),
    # 124.719 tok/s/GPU x 8; lengths stand in the file name only
    "bench/inferencex/agg_dsr1_1k1k.json": ("inferencex", 95, 0, 8, None, None, 500.725, 997.752, 15.4536, 134.405),
    "bench/inferencex/agg_dsr1_8k1k.json": ("inferencex", 93, 0, 16, None, None, 466.22, 4207.522, 32.4744, 494.806),
    "bench/inferencex/agg_gptoss_1k1k.json": ("inferencex", 124, 0, 16, None, None, 3613.793, 7266.057, 4.28, 39.1763),
    f"{TRT}1024_1024_3000.txt": ("trtllm-bench", 1, 0, None, 1024, 1024, 10893.87, 21787.65, None, None),
    f"{TRT}128_128_30000.txt": ("trtllm-bench", 1, 0, None, 128, 128, 14389.8, 28779.6, None, None),
    f"{TRT}1024_128_7500.txt": ("trtllm-bench", 1, 0, None, 1024, 128, 3575.359, 32178.24, None, None),
    # (5.3177 - 0.158139) / (174.59 - 1) s, against 30.3 ms that it calls inter-token latency
    "bench/llmperf/meta-llama_Meta-Llama-3-8B-Instruct_tp_1_results.json": (
        "llmperf", 8, 0, 1, 603.01, 174.59, 30.4336, 135.547, 29.555, 156.856),
    "bench/llmperf/leaderboard_summary_together_70b.json": (
        "llmperf", 1, 0, 5, 550, 158.593, 216.456, 967.12, 11.8553, 635.275),
}  # fmt: skip

REFUSED = {
    "bench/vllm/v0.25.1_opt125m/bench_serve_all_requests_failed_v0.25.1.json": "no request completed",
    "bench/vllm/not_serving/bench_latency_nvidia-latency_test_ip2048_op2048_np128.json": "vllm bench latency",
    "bench/vllm/not_serving/bench_throughput_Meta-Llama-3.1-405B-Instruct-FP8-KV_throughput_req64_in2048_out2048_.json": (
        "vllm bench throughput"
    ),
    "bench/aiperf/qwen_plot_fixtures/c1_profile_export.jsonl": "single requests",
    "bench/aiperf/qwen_plot_fixtures/c2_profile_export.jsonl": "single requests",
    "bench/llmperf/meta-llama_Meta-Llama-3-8B-Instruct_tp_1_summary.json": "contains the time to first token",
    "bench/other/llmd_benchmark_report_v0_2_1_example.yaml": "llm-d",
    "bench/trtllm-bench/h100x8_llama3.1-70b_throughput_summary.csv": "--map FIELD=COLUMN",
    "bench/prometheus/vllm_0.25.1_idle.txt": "second scrape",
    "bench/prometheus/vllm_0.25.1_loaded.txt": "second scrape",
    "prices/skypilot_v8_gcp_vms_quirks_excerpt.csv": "host of a GPU machine|price of the host without its GPUs",
    "prices/skypilot_v8_mithril_vms_full.csv": "bid floor",
}

# file: (offers, name, USD per GPU-hour, basis, machine) of one row: instance price over its GPUs
PRICES = {
    "prices/skypilot_v8_oci_vms_excerpt.csv": (25, "B200", 112 / 8, "on_demand", "BM.GPU.B200.8"),
    "prices/skypilot_v8_verda_vms_excerpt.csv": (29, "B200", 13.69 / 8, "spot", "8B200.240V"),
    "prices/gpuhunt_gcp_format_excerpt.csv": (34, "H100", 88.49 / 8, "on_demand", "a3-highgpu-8g"),
}

pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="../shared/samples is not here: real files are not read")


def imported(name):
    (result,) = import_documents([read_document(SAMPLES / name)])
    return result


@pytest.mark.parametrize("name", RUNS)
def test_runs(name):
    tool, count, index, load, isl, osl, output, total, tpot, ttft = RUNS[name]
    result = imported(name)
    assert result.refusal is None, result.refusal
    assert result.tool.startswith(tool)
    assert len(result.found.runs) == count
    run = result.found.runs[index]
    pairs = [
        (run.concurrency, load), (run.input_tokens, isl), (run.output_tokens, osl), (run.output_tok_s, output),
        (run.total_tok_s, total), (run.tpot_ms.typical, tpot), (run.ttft_ms.typical, ttft),
    ]  # fmt: skip
    for ours, by_hand in pairs:
        if by_hand is not None:
            assert ours == pytest.approx(by_hand, rel=2e-4)


@pytest.mark.parametrize("name", REFUSED)
def test_refusals(name):
    result = imported(name)
    assert result.refusal is not None
    assert any(words in result.refusal for words in REFUSED[name].split("|"))


@pytest.mark.parametrize("name", PRICES)
def test_prices(name):
    count, gpu, usd, basis, machine = PRICES[name]
    result = imported(name)
    assert len(result.found.offers) == count
    found = [o for o in result.found.offers if (o.hardware, o.basis, o.machine_type) == (gpu, basis, machine)]
    assert any(offer.usd_per_gpu_hour == pytest.approx(usd) for offer in found)
    assert [question.field for question in result.questions] == ["provider", "as_of"]


def test_no_file_is_without_an_answer():
    """Files not listed above are of the same kinds: they import, or say why not, and never raise."""
    seen = 0
    for path in sorted(SAMPLES.rglob("*")):
        if path.is_dir() or path.suffix == ".md" or "lm_eval" in path.parts:
            continue
        (result,) = import_documents([read_document(path)])
        assert result.refusal or result.found.runs or result.found.offers, path
        seen += 1
    assert seen > 60


def test_a_home_made_file_is_mapped():
    columns = {
        "concurrency": "concurrency", "req_s": "requests_per_second", "output_tok_s": "system_output_throughput",
        "ttft_ms": "median_ttft", "input_tokens": "test_config.input_tokens", "gpu": "gpu_info.model",
        "gpus": "gpu_info.count",
        "tok_s_per_user": "median_output_speed_per_query",
    }  # fmt: skip
    (result,) = import_documents([read_document(SAMPLES / "bench/other/gpu_conc/H200_c64.json", {"columns": columns})])
    run = result.found.runs[0]
    assert (run.gpu, run.gpus, run.concurrency) == ("NVIDIA H200", 1, 64)
    assert run.output_tok_s == pytest.approx(2105.8547)
    assert run.ttft_ms.p50 == pytest.approx(71.1043, rel=1e-5)


def test_the_loaded_server_against_the_idle_one():
    names = [f"bench/prometheus/vllm_0.25.1_{state}.txt" for state in ("idle", "loaded")]
    documents = [read_document(Path(SAMPLES / name), {"seconds": 60.0}) for name in names]
    (result,) = import_documents(documents)
    run = result.found.runs[0]
    assert run.req_s == pytest.approx((600 - 0) / 60)
    assert run.output_tok_s == pytest.approx(165293 / 60)
    assert run.tpot_ms.mean == pytest.approx(6.0689, rel=1e-3)
    assert json.dumps(imported_as_dict(result))
