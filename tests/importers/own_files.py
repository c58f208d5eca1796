"""The smallest files of every tool, written for these tests, with made-up figures that are easy to check by hand."""

import json


def vllm(**changes):
    """96 requests of 100 in and 50 out in 10 s: 9.6 req/s, 480 output, 1,440 total tok/s."""
    data = {
        "date": "20261101-120000", "backend": "vllm", "model_id": "meta-llama/Llama-3.3-70B-Instruct", "num_prompts": 96,
        "request_rate": "inf", "max_concurrency": 8, "duration": 10.0, "completed": 96, "failed": 0,
        "total_input_tokens": 9600, "total_output_tokens": 4800, "request_throughput": 9.6, "output_throughput": 480.0,
        "total_token_throughput": 1440.0, "mean_ttft_ms": 60.0, "median_ttft_ms": 50.0, "p99_ttft_ms": 90.0,
        "mean_tpot_ms": 21.0, "median_tpot_ms": 20.0, "p99_tpot_ms": 25.0, "mean_itl_ms": 80.0, "median_itl_ms": 79.0,
        "generated_texts": ["a secret of the user"] * 3, "ttfts": [0.05] * 3,
    }  # fmt: skip
    return data | changes


def sglang(**changes):
    data = {
        "backend": "sglang", "request_rate": float("inf"), "max_concurrency": 8, "duration": 10.0, "completed": 96,
        "total_input_tokens": 9600, "total_output_tokens": 4800, "total_output_tokens_retokenized": 4799,
        "request_throughput": 9.6, "output_throughput": 480.0, "mean_ttft_ms": 60.0, "median_ttft_ms": 50.0,
        "mean_tpot_ms": 21.0, "median_tpot_ms": 20.0, "median_itl_ms": 79.0, "mean_e2e_latency_ms": 1080.0,
        "server_info": {"model_path": "org/m", "tp_size": 2, "pp_size": 2, "quantization": "fp8", "version": "0.5.6"},
    }  # fmt: skip
    return data | changes


def _guidellm_metrics():
    def one(mean, **more):
        return {"successful": {"mean": mean, "median": mean, "count": 96, **more}}

    return {
        "request_totals": {"successful": 96, "errored": 0, "incomplete": 0, "total": 96},
        "requests_per_second": one(9.6),
        "request_concurrency": one(7.9),
        "request_latency": one(1.03, percentiles={"p99": 1.5}),
        "prompt_token_count": one(100.0, total_sum=9600.0),
        "output_token_count": one(50.0, total_sum=4800.0),
        "time_to_first_token_ms": one(50.0, percentiles={"p90": 80.0, "p99": 90.0}),
        "inter_token_latency_ms": one(20.0, percentiles={"p99": 25.0}),
        "time_per_output_token_ms": one(99.0),
        "output_tokens_per_second": one(480.0),
    }


def guidellm(layout):
    metrics = _guidellm_metrics()
    item = {
        "type_": "generative_benchmark",
        "metrics": metrics,
        "duration": 10.0,
        "requests": {"successful": [{"prompt": "x"}]},
    }
    strategy = {"type_": "concurrent", "streams": 8}
    if layout == "0.3":
        item |= {"args": {"strategy": strategy}, "worker": {"backend_model": "org/m"}}
        item["request_totals"] = metrics.pop("request_totals")
        return {"benchmarks": [item]}
    item["config"] = {"strategy": strategy, "backend": {"model": "org/m"}}
    if layout == "0.6":
        return {"metadata": {"version": 1, "guidellm_version": "0.6.1"}, "args": {}, "benchmarks": [item]}
    return {"metadata": {"version": 2, "guidellm_version": "0.8.1"}, "config": {"spec": {}}, "benchmarks": [item]}


GENAI_CSV = """Metric,avg,min,max,p99,p95,p90,p75,p50,p25
Time To First Token (ms),"1,060.00",1,1,90.00,1,80,1,50.00,1
Inter Token Latency (ms),21.00,1,1,25.00,1,1,1,20.00,1
Request Latency (ms),"1,080.00",1,1,"1,500.00",1,1,1,"1,030.00",1
Output Sequence Length (tokens),50.00,1,1,1,1,1,1,1,1
Input Sequence Length (tokens),100.00,1,1,1,1,1,1,1,1

Metric,Value
Output Token Throughput (tokens/sec),480.00
Request Throughput (per sec),9.60
Request Count (count),96.00
"""
GENAI_NS_CSV = """Metric,avg,min,max,p99,p50
Time To First Token,60000000,1,1,90000000,50000000
Inter Token Latency,21000000,1,1,25000000,20000000
Request Latency,1080000000,1,1,1,1030000000
Num Output Token,50,1,1,1,1

Metric,Value
Output Token Throughput (per sec),480.00
Request Throughput (per sec),9.60
"""


def _metric(unit, avg, **more):
    return {"unit": unit, "avg": avg, **more}


def genai_perf():
    return {
        "request_throughput": _metric("requests/sec", 9.6),
        "output_token_throughput": _metric("tokens/sec", 480.0),
        "time_to_first_token": _metric("ms", 60.0, p50=50.0),
        "inter_token_latency": _metric("ms", 21.0, p50=20.0),
        "request_latency": _metric("ms", 1080.0),
        "input_sequence_length": _metric("tokens", 100.0),
        "output_sequence_length": _metric("tokens", 50.0),
        "request_count": _metric("count", 96),
        "input_config": {"model_names": ["org/m"], "perf_analyzer": {"stimulus": {"concurrency": 8}}},
    }


def aiperf(**changes):
    data = genai_perf() | {
        "schema_version": "1.4",
        "aiperf_version": "0.13.0",
        "benchmark_duration": _metric("sec", 10.0),
        "total_isl": _metric("tokens", 9600),
        "total_osl": _metric("tokens", 4800),
        "total_token_throughput": _metric("tokens/sec", 1440.0),
        "goodput": None,
        "start_time": "2026-11-01T10:00:00",
        "input_config": {
            "models": {"items": [{"name": "org/m"}]},
            "phases": [{"name": "warmup", "concurrency": 1}, {"name": "profiling", "concurrency": 8}],
        },
    }
    return data | changes


AIPERF_CSV = """Metric,avg,min,max,sum,p1,p50,p90,p99
Effective Concurrency,8.00,1,1,,,1,1,1
Input Sequence Length (tokens),100.00,1,1,9600.00,1,1,1,1
Inter Token Latency (ms),21.00,1,1,1,1,20.00,1,25.00
Output Sequence Length (tokens),50.00,1,1,4800.00,1,1,1,1
Request Latency (ms),1080.00,1,1,1,1,1030.00,1,1
Time to First Token (ms),60.00,1,1,1,1,50.00,1,90.00

Metric,Value
Benchmark Duration (sec),10.00
Output Token Throughput (tokens/sec),480.00
Request Count,96.00
Request Throughput (requests/sec),9.60
"""


def inferencex(**changes):
    row = {
        "hw": "b200-trt", "tp": 4, "ep": 1, "dp_attention": "false", "conc": 8, "model": "openai/gpt-oss-120b",
        "framework": "trt", "precision": "fp4", "tput_per_gpu": 360.0, "output_tput_per_gpu": 120.0, "isl": 100, "osl": 50,
        "mean_ttft": 0.06, "median_ttft": 0.05, "mean_tpot": 0.021, "median_tpot": 0.02, "median_itl": 0.079,
        "median_intvty": 50.0, "median_e2el": 1.03, "spec_decoding": "none",
    }  # fmt: skip
    return row | changes


TRTLLM_LOG = """[07/11/2025-08:01:45] [TRT-LLM] [I] noise: 3
===========================================================
= ENGINE DETAILS
===========================================================
Model:			org/m
TensorRT-LLM Version:	1.0.0
Dtype:			bfloat16
Quantization:		FP8

===========================================================
= WORLD + RUNTIME INFORMATION
===========================================================
TP Size:		4
PP Size:		2

===========================================================
= PERFORMANCE OVERVIEW
===========================================================
Number of requests:		96
Average Input Length (tokens):	100.0000
Average Output Length (tokens):	50.0000
Token Throughput (tokens/sec):	480.0000
Request Throughput (req/sec):	9.6000
Total Latency (ms):		10000.0000
"""


TRTLLM_STREAMING_LOG = """
===========================================================
= PYTORCH BACKEND
===========================================================
Model:			org/m
Model Path:		None
TensorRT LLM Version:	1.2.0
Dtype:			bfloat16
KV Cache Dtype:		FP8
Quantization:		NVFP4

===========================================================
= MACHINE DETAILS
===========================================================
NVIDIA B200, memory 179.05 GB, 3.99 GHz

===========================================================
= REQUEST DETAILS
===========================================================
Number of requests:             96
Number of concurrent requests:  8.0000
Average Input Length (tokens):  100.0000
Average Output Length (tokens): 50.0000
===========================================================
= WORLD + RUNTIME INFORMATION
===========================================================
TP Size:                4
PP Size:                1

===========================================================
= PERFORMANCE OVERVIEW
===========================================================
Request Throughput (req/sec):                     9.6000
Total Output Throughput (tokens/sec):             480.0000
Total Token Throughput (tokens/sec):              1440.0000
Total Latency (ms):                               10000.0000
Average time-to-first-token [TTFT] (ms):          60.0000
Average time-per-output-token [TPOT] (ms):        21.0000

-- Per-Request Time-per-Output-Token [TPOT] Breakdown (ms)

[TPOT] MINIMUM: 18.0000
[TPOT] P50    : 20.0000
[TPOT] P99    : 25.0000
[TTFT] P50    : 50.0000
"""


def trtllm_report():
    return {
        "engine": {"model": "org/m", "version": "1.3.0", "backend": "Pytorch", "dtype": "bfloat16", "quantization": "NVFP4"},
        "machine": {"name": "NVIDIA B200", "memory.total": 179.0},
        "world_info": {"tp_size": 4, "pp_size": 1, "ep_size": 1, "world_size": 4},
        "request_info": {
            "num_requests": 96, "avg_num_concurrent_requests": 8.0, "avg_input_length": 100.0, "avg_output_length": 50.0
        },
        "performance": {
            "total_latency_ms": 10000.0, "avg_request_latency_ms": 1080.0, "request_throughput_req_s": 9.6,
            "system_output_throughput_tok_s": 480.0, "system_total_throughput_tok_s": 1440.0,
        },
        "streaming_metrics": {"avg_ttft_ms": 60.0, "avg_tpot_ms": 21.0, "tpot_percentiles": {"p50": 20.0, "p99": 25.0},
                              "ttft_percentiles": {"p50": 50.0}},
    }  # fmt: skip


def llmperf():
    """E2E 1.03 s, TTFT 0.05 s, 50 tokens: TPOT (1.03 - 0.05) / 49 = 20 ms, not the 20.6 it prints."""
    return {
        "version": "2023-08-31", "model": "org/m", "num_concurrent_requests": 8, "results_num_requests_started": 96,
        "results_num_completed_requests": 96, "results_num_completed_requests_per_min": 576.0,
        "results_mean_output_throughput_token_per_s": 480.0, "results_number_input_tokens_mean": 100.0,
        "results_number_output_tokens_mean": 50.0, "results_number_output_tokens_min": "50", "results_ttft_s_mean": 0.05,
        "results_ttft_s_quantiles_p50": 0.05, "results_end_to_end_latency_s_mean": 1.03,
        "results_inter_token_latency_s_mean": 0.0206,
    }  # fmt: skip


def scrape(requests, started=1000.0):
    """A server that has finished ``requests``, each of 100 in and 50 out, TPOT 20 ms, TTFT 50 ms, E2E 1.03 s."""
    n = requests
    return f"""# HELP vllm:generation_tokens_total Tokens.
process_start_time_seconds {started}
vllm:generation_tokens_total{{engine="0",model_name="org/m"}} {30 * n}
vllm:generation_tokens_total{{engine="1",model_name="org/m"}} {20 * n}
vllm:generation_tokens_created{{engine="0",model_name="org/m"}} 1.7e9
vllm:prompt_tokens_total{{engine="0",model_name="org/m"}} {100 * n}
vllm:prompt_tokens_cached_total{{engine="0",model_name="org/m"}} {25 * n}
vllm:request_success_total{{engine="0",finished_reason="stop",model_name="org/m"}} {n}
vllm:request_success_total{{engine="0",finished_reason="abort",model_name="org/m"}} 0
vllm:request_prompt_tokens_sum{{engine="0",model_name="org/m"}} {100 * n}
vllm:request_prompt_tokens_count{{engine="0",model_name="org/m"}} {n}
vllm:request_generation_tokens_sum{{engine="0",model_name="org/m"}} {50 * n}
vllm:request_generation_tokens_count{{engine="0",model_name="org/m"}} {n}
vllm:request_time_per_output_token_seconds_sum{{engine="0",model_name="org/m"}} {0.02 * n}
vllm:request_time_per_output_token_seconds_count{{engine="0",model_name="org/m"}} {n}
vllm:request_time_per_output_token_seconds_bucket{{engine="0",le="0.01",model_name="org/m"}} 0
vllm:request_time_per_output_token_seconds_bucket{{engine="0",le="0.025",model_name="org/m"}} {n}
vllm:request_time_per_output_token_seconds_bucket{{engine="0",le="+Inf",model_name="org/m"}} {n}
vllm:time_to_first_token_seconds_sum{{engine="0",model_name="org/m"}} {0.05 * n}
vllm:time_to_first_token_seconds_count{{engine="0",model_name="org/m"}} {n}
vllm:e2e_request_latency_seconds_sum{{engine="0",model_name="org/m"}} {1.03 * n}
vllm:e2e_request_latency_seconds_count{{engine="0",model_name="org/m"}} {n}
vllm:num_requests_waiting{{engine="0",model_name="org/m"}} 0
"""


TABLE_CSV = """Concurrency,ISL,OSL,Total tok/s,TPOT (ms),TTFT (ms)
8,100,50,"1,440.0",20.0,50
16,100,50,"2,400.0",25.0,70
"""

PROBE = {
    "schema": 1, "tool": "gpu-migration-advisor probe", "probe_version": "1.0", "date": "2026-11-24", "gpu": "NVIDIA H200",
    "copy": {"gb_s": 4282.0}, "matmul": [{"format": "bf16", "tflops": 690.0}, {"format": "bf16", "tflops": 300.0},
                                         {"format": "fp8", "tflops": 1270.0}],
    "skipped": [{"format": "fp4", "shape": "1x1x1", "reason": "this GPU has no FP4 units"}],
}  # fmt: skip

SKYPILOT_CSV = """InstanceType,AcceleratorName,AcceleratorCount,vCPUs,MemoryGiB,Price,SpotPrice,Region,GpuInfo
big.8,H200,8.0,1,1,32.0,16.0,eu-1,"{""Gpus"": []}"
big.8,H200,8.0,1,1,32.0,16.0,eu-1,"{""Gpus"": []}"
spot-only.4,B200,4.0,1,1,,12.0,eu-1,
floor.8,H100,8,1,1,8.0,8.0,eu-2,
a3-highgpu-1g,,,1,1,1.18,0.36,us-1,
,H100,1,,,10.0,3.0,us-1,
placeholder.1,H100,1,1,1,700.0,,us-1,
nothing.1,H100,1,1,1,,,us-1,
cpu.2,,,2,8,0.1,0.05,eu-1,
"""

GPUHUNT_CSV = """instance_name,location,price,cpu,memory,gpu_count,gpu_name,gpu_memory,spot,disk_size
m8,eu-1,32.0,1,1,8,H200,141.0,False,
m8,eu-1,16.0,1,1,8,H200,141.0,True,
cpu,eu-1,0.1,1,1,0,,,False,
"""

QUOTES_CSV = """Provider,GPU,USD per server hour,GPUs per server,Basis,Date,Currency
Acme,B200,44.0,8,reserved 1y,2026-11-02,USD
Acme,H200,20.0,,on demand,2026-11-02,USD
Acme,H100,10.0,8,on demand,2026-11-02,EUR
Acme,H100,16.0,8,handshake,2026-11-02,USD
"""

FOCUS_CSV = (
    "BilledCost,EffectiveCost,ListCost,ChargeCategory,ChargePeriodStart,ChargePeriodEnd,PricingQuantity,PricingUnit,"
    "PricingCategory,CommitmentDiscountStatus,CommitmentDiscountId,BillingCurrency,ChargeDescription,SkuPriceDetails\n"
    # one month (730 h) from 2026-10-01 00:00 to 2026-10-31 10:00: 8 H200 on a commitment, used half the time
    '0,7300,9000,Usage,2026-10-01T00:00:00Z,2026-10-31T10:00:00Z,365,Hours,Committed,Used,c-1,USD,H200,"{""GpuCount"": 8}"\n'
    "0,7300,9000,Usage,2026-10-01T00:00:00Z,2026-10-31T10:00:00Z,365,Hours,Committed,Unused,c-1,USD,p5en.48xlarge H200,\n"
    "14600,0,0,Purchase,2026-10-01T00:00:00Z,2026-10-31T10:00:00Z,1,Each,Committed,,c-1,USD,H200 commitment,\n"
    "1000,1000,1000,Tax,2026-10-01T00:00:00Z,2026-10-31T10:00:00Z,1,Each,,,,USD,Tax on H200,\n"
    "50,50,50,Usage,2026-10-01T00:00:00Z,2026-10-31T10:00:00Z,5,GB,Standard,,,USD,Storage,\n"
)

RUNS = {
    "vllm": json.dumps(vllm()),
    "vllm seconds": json.dumps({k.removesuffix("_ms"): v / 1000 if k.endswith("_ms") else v for k, v in vllm().items()}),
    "vllm lines": json.dumps(vllm()) + "\n" + json.dumps(vllm(max_concurrency=16)),
    "sglang": json.dumps(sglang()) + "\n" + json.dumps(sglang(max_concurrency=16)) + "\n",
    "guidellm 0.3": json.dumps(guidellm("0.3")),
    "guidellm 0.6": json.dumps(guidellm("0.6")),
    "guidellm 0.8": json.dumps(guidellm("0.8")),
    "genai-perf": json.dumps(genai_perf()),
    "genai-perf csv": GENAI_CSV,
    "aiperf": json.dumps(aiperf()),
    "aiperf csv": AIPERF_CSV,
    "inferencex": json.dumps([inferencex(), inferencex(conc=16)]),
    "trtllm report": json.dumps(trtllm_report()),
    "trtllm streaming log": TRTLLM_STREAMING_LOG,
    "llmperf": json.dumps(llmperf()),
    "llmperf wrapped": json.dumps({"8": llmperf()}),
    "table": TABLE_CSV,
}
"""Files whose first run is 8 at once, 100 in, 50 out, 480 output and 1,440 total tok/s, TPOT 20 ms, TTFT 50 ms."""

ALL = {
    **RUNS,
    "genai-perf ns": GENAI_NS_CSV,
    "trtllm log": TRTLLM_LOG,
    "scrape": scrape(100),
    "probe": json.dumps(PROBE),
    "skypilot": SKYPILOT_CSV,
    "gpuhunt": GPUHUNT_CSV,
    "quotes": QUOTES_CSV,
    "focus": FOCUS_CSV,
}
