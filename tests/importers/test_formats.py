"""Every format, from its smallest file: the same run comes out of all of them, in our units."""

import json

import pytest

from advisor.importers import Document, import_documents
from advisor.importers.as_dict import imported_as_dict
from advisor.importers.values import number
from tests.conftest import ROOT
from tests.importers import own_files as files


def read(text, name="result.txt", answers=None, **given):
    raw = text.encode() if isinstance(text, str) else text
    (imported,) = import_documents([Document(name, raw, given)], answers)
    return imported


def run_of(text, **given):
    imported = read(text, **given)
    assert imported.refusal is None, imported.refusal
    return imported.found.runs[0]


@pytest.mark.parametrize("kind", files.RUNS)
def test_every_tool_gives_the_same_run(kind):
    run = run_of(files.RUNS[kind])
    assert run.input_tokens == pytest.approx(100)
    assert run.output_tokens == pytest.approx(50)
    assert run.output_tok_s == pytest.approx(480)
    assert run.total_tok_s == pytest.approx(1440)
    assert run.tpot_ms.typical == pytest.approx(20)
    assert run.interactivity_tok_s_per_user == pytest.approx(50)
    assert run.ttft_ms.typical == pytest.approx(50)
    if kind != "genai-perf csv":
        assert run.concurrency == 8
    assert run.req_s == pytest.approx(9.6)


@pytest.mark.parametrize(("kind", "tool"), [(kind, kind.split()[0]) for kind in files.RUNS if kind != "table"])
def test_the_tool_is_found_by_content(kind, tool):
    found = read(files.RUNS[kind], name="renamed.dat").tool.replace("trtllm-bench", "trtllm")
    assert found.startswith(tool)


def test_inter_token_latency_is_never_taken_for_tpot():
    """With speculative decoding a chunk holds several tokens: 79 ms a chunk here, 20 ms a token."""
    for kind in ("vllm", "sglang", "inferencex"):
        assert run_of(files.RUNS[kind]).itl_ms.p50 == pytest.approx(79)
    assert run_of(files.RUNS["guidellm 0.8"]).tpot_ms.p50 == 20  # its own "time per output token" says 99


def test_nanoseconds_of_the_oldest_genai_perf():
    run = run_of(files.GENAI_NS_CSV)
    assert (run.tpot_ms.p50, run.ttft_ms.p50, run.output_tokens) == (20, 50, 50)
    assert run.total_tok_s is None
    assert [q.field for q in read(files.GENAI_NS_CSV).questions if q.field.endswith("_tokens")] == ["input_tokens"]


def test_what_a_file_says_is_not_asked():
    imported = read(json.dumps(files.trtllm_report()))
    run = imported.found.runs[0]
    assert (run.gpu, run.gpus, run.tensor_parallel, run.precision, run.engine) == ("NVIDIA B200", 4, 4, "NVFP4", "trtllm")
    assert [q.field for q in imported.questions] == ["decoding", "price"]


def test_a_log_without_streaming_is_throughput_only():
    run = run_of(files.TRTLLM_LOG)
    assert (run.gpus, run.tensor_parallel, run.precision, run.engine_version) == (8, 4, "FP8", "1.0.0")
    assert (run.output_tok_s, run.duration_s, run.interactivity_tok_s_per_user) == (480, 10, None)
    assert any("throughput only" in word for word in run.warnings)


def test_the_machine_in_a_streaming_log():
    run = run_of(files.TRTLLM_STREAMING_LOG)
    assert (run.gpu, run.gpus, run.precision, run.engine_version) == ("NVIDIA B200", 4, "NVFP4", "1.2.0")


def test_server_info_of_sglang():
    run = run_of(files.RUNS["sglang"])
    assert (run.model, run.tensor_parallel, run.precision, run.engine_version) == ("org/m", 2, "fp8", "0.5.6")
    assert run.gpus is None
    assert run.hints["gpus"] == ("4", "the server's tp_size x pp_size")
    assert run.request_rate is None


def test_multinode_rates_of_inferencex_do_not_add():
    row = files.inferencex(disagg=True, num_prefill_gpu=4, num_decode_gpu=12, tput_per_gpu=90.0, output_tput_per_gpu=485.0)
    run = run_of(json.dumps([row]))
    assert (run.disaggregated, run.gpus, run.tok_s_per_gpu) == (True, 16, 90)
    assert run.output_tok_s == pytest.approx(90 * 16 / 3)  # from the total by the lengths, not 485 x 16


def test_early_multinode_rows_are_known_by_rates_that_do_not_add():
    row = files.inferencex(
        hw="gb200",
        tp=36,
        tput_per_gpu=863.3,
        output_tput_per_gpu=484.7,
        input_tput_per_gpu=3892.6,
        mtp="on",
        spec_decoding=None,
    )
    run = run_of(json.dumps([row]))
    assert (run.gpus, run.hints["gpus"][0], run.tok_s_per_gpu, run.decoding) == (None, "36", 863.3, "mtp")


def test_metadata_a_user_gave_to_vllm():
    run = run_of(json.dumps(files.vllm(gpu="H200-SXM", tensor_parallel_size=4, precision="fp8")))
    assert (run.gpu, run.tensor_parallel, run.precision) == ("H200-SXM", 4, "fp8")


def test_repeated_runs_of_a_sweep_become_their_mean():
    runs = [files.vllm(run_number=n, max_num_seqs=4, output_throughput=480.0, median_tpot_ms=20.0 + n) for n in range(3)]
    runs.append(files.vllm(run_number=0, max_num_seqs=8))
    found = read(json.dumps(runs)).found.runs
    assert [run.tpot_ms.p50 for run in found] == [21.0, 20.0]
    assert "mean of 3 repeated runs" in found[0].warnings


def test_appended_lines_are_runs_of_their_own():
    assert [run.concurrency for run in read(files.RUNS["vllm lines"]).found.runs] == [8, 16]


def test_request_texts_are_dropped():
    imported = read(json.dumps(files.vllm()))
    assert "secret" not in json.dumps(imported_as_dict(imported))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"failed": 5, "completed": 91, "num_prompts": 96}, "5 of 96 requests failed"),
        ({"num_prompts": 20, "completed": 20}, "fewer than 4 rounds"),
        ({"output_throughput": 600.0}, "+25%"),
        ({"median_tpot_ms": None}, "the mean is used"),
    ],
)
def test_doubts_are_said(changes, words):
    assert any(words in word for word in run_of(json.dumps(files.vllm(**changes))).warnings)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (json.dumps(files.vllm(completed=0, total_output_tokens=0, mean_ttft_ms=0.0)), "no request completed"),
        (json.dumps({"avg_latency": 4.7, "latencies": [4.7], "percentiles": {"50": 4.7}}), "vllm bench latency"),
        (json.dumps({"elapsed_time": 1.0, "num_requests": 2, "tokens_per_second": 3.0}), "vllm bench throughput"),
        (json.dumps(files.aiperf(was_cancelled=True)), "was cancelled"),
        (json.dumps(files.vllm())[:-40], "not valid JSON"),
        ("a,b\n1,2\n", "--map FIELD=COLUMN (columns: a, b)"),
        ("hello", "is of no known tool"),
        (files.scrape(100), "second scrape"),
        (files.scrape(0), "second scrape"),
    ],
)
def test_refused_with_the_reason(text, words):
    imported = read(text)
    assert imported.refusal is not None
    assert words in imported.refusal
    assert not imported.found.runs


def test_server_counts_overrule_the_clients():
    """145 tokens by the client's tokenizer, 50 by the server: lengths, rates and TPOT follow the server."""
    data = files.aiperf(
        total_osl={"avg": 96 * 145}, inter_token_latency={"unit": "ms", "avg": 7.0, "p50": 6.0},
        usage_discrepancy_count={"avg": 96}, total_usage_completion_tokens={"avg": 4800},
        total_usage_prompt_tokens={"avg": 9600},
    )  # fmt: skip
    run = run_of(json.dumps(data))
    assert run.output_tokens == 50
    assert run.output_tok_s == pytest.approx(480)
    assert run.tpot_ms.p50 == pytest.approx(6.0 * 144 / 49)
    assert any("rescaled" in word for word in run.warnings)


def test_two_scrapes_in_either_order():
    early, late = (Document(n, files.scrape(c).encode(), {"seconds": 10.0}) for n, c in (("a.txt", 1000), ("b.txt", 1096)))
    for pair in ([early, late], [late, early]):
        (imported,) = import_documents(pair)
        run = imported.found.runs[0]
        assert run.req_s == pytest.approx(9.6)
        assert (run.output_tok_s, run.total_tok_s) == (pytest.approx(480), pytest.approx(1440))
        assert run.tpot_ms.mean == pytest.approx(20)
        assert run.concurrency == pytest.approx(9.6 * 1.03)
        assert run.cached_fraction == pytest.approx(0.25)
        assert any("between 10 and 25 ms" in word for word in run.warnings)


@pytest.mark.parametrize(
    ("first", "second", "given", "words"),
    [
        (files.scrape(5), files.scrape(9), {}, "--seconds"),
        (files.scrape(5), files.scrape(9, started=2000.0), {"seconds": 9}, "started anew"),
        (files.scrape(5), files.scrape(5), {"seconds": 9}, "no request was finished"),
        (files.scrape(5), files.scrape(9).replace("org/m", "org/n"), {"seconds": 9}, "different models"),
    ],
)
def test_scrapes_that_are_no_pair(first, second, given, words):
    documents = [Document("a", first.encode(), given), Document("b", second.encode(), given)]
    assert words in import_documents(documents)[0].refusal


def test_a_table_mapped_by_the_user():
    text = "sep=;\nuser speed;in;out;rate\n50 tok/s;100;50;9,6 \n"
    columns = {"tok_s_per_user": "user speed", "input_tokens": "in", "output_tokens": "out", "req_s": "rate"}
    text = text.replace("9,6", "9.6 req/s")
    run = run_of(text, columns=columns)
    assert (run.total_tok_s, run.tpot_ms.p50) == (pytest.approx(1440), 20)
    assert "unknown field 'speed'" in read(text, columns={"speed": "in"}).refusal
    assert "no column 'nix'" in read(text, columns={"req_s": "nix"}).refusal


def test_nested_json_can_be_mapped_too():
    data = {"load": {"c": 8}, "rate": 1440.0, "speed": 50.0, "lists": [1, 2]}
    columns = {"concurrency": "load.c", "total_tok_s": "rate", "tok_s_per_user": "speed"}
    assert run_of(json.dumps(data), columns=columns).concurrency == 8


def test_hints_come_from_names_and_answers_win():
    name = "runs/llama_8xH200_fp8_sglang_tp4_conc8.json"
    imported = read(json.dumps(files.vllm()), name=name)
    suggested = {q.field: q.suggestion for q in imported.questions}
    assert suggested["gpu"] == "H200"
    assert suggested["gpus"] == "8"
    assert suggested["precision"] == "fp8"
    answered = read(json.dumps(files.vllm()), name=name, answers={"gpu": "B200", "gpus": 2, "concurrency": 9.0})
    run = answered.found.runs[0]
    assert (run.gpu, run.tok_s_per_gpu) == ("B200", 720)
    assert any("the file says 8.0, you say 9.0" in word for word in run.warnings)
    assert "gpu" not in [q.field for q in answered.questions]


def test_probe():
    probe = read(json.dumps(files.PROBE)).found.probe
    assert (probe.gpu, probe.copy_gb_s, dict(probe.tflops)) == ("NVIDIA H200", 4282, {"bf16": 690, "fp8": 1270})
    assert "schema 2" in read(json.dumps(files.PROBE | {"schema": 2})).refusal


FIXTURES = ROOT / "tests" / "fixtures" / "bench"


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*/conc_*.json")), ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_the_projects_own_h200_runs(path):
    printed = json.loads(path.read_text())
    run = run_of(path.read_bytes(), name=str(path))
    assert run.total_tok_s == pytest.approx(printed["total_token_throughput"], rel=1e-9)
    assert run.interactivity_tok_s_per_user == pytest.approx(1000 / printed["median_tpot_ms"])
    assert (run.gpu, run.tensor_parallel, run.input_tokens, run.output_tokens) == ("H200-SXM", 1, 1024, 1024)
    assert run.hints["precision"][0] == "fp8"


def test_the_projects_own_metrics_page():
    """340 requests since the start, taken as 100 s."""
    run = run_of((FIXTURES / "vllm_metrics_after_conc_64.prom").read_bytes(), seconds=100.0)
    assert run.req_s == pytest.approx(3.4)
    assert run.total_tok_s == pytest.approx((348160 + 348160) / 100)
    assert run.input_tokens == 1024
    assert any("idle time dilutes" in word for word in run.warnings)


def test_a_sweeps_summary_as_csv_reads_like_its_json():
    item = {name: value for name, value in files.vllm().items() if not isinstance(value, list)}
    text = ",".join(item) + "\n" + ",".join("" if value is None else str(value) for value in item.values()) + "\n"
    run, same = run_of(text), run_of(json.dumps(files.vllm()))
    for name in ("model", "concurrency", "input_tokens", "output_tokens", "total_tok_s", "ttft_ms", "tpot_ms", "date"):
        assert getattr(run, name) == getattr(same, name), name


def test_an_open_loop_run_suggests_what_its_rate_and_latency_make():
    run = run_of(json.dumps(files.vllm(max_concurrency=None, request_rate=9.6)))
    assert run.concurrency is None
    assert run.hints["concurrency"][0] == "10.5"  # 9.6/s x (60 + 21 x 49) ms


@pytest.mark.parametrize(
    ("dp_size", "attention", "gpus"),
    [(1, False, "4"), (2, True, "4"), (2, False, "8"), (2, None, None)],
)
def test_copies_of_a_sglang_server_count_unless_they_share_its_gpus(dp_size, attention, gpus):
    server = files.sglang()["server_info"] | {"dp_size": dp_size, "enable_dp_attention": attention}
    run = run_of(json.dumps(files.sglang(server_info=server)))
    assert run.hints.get("gpus", (None,))[0] == gpus


@pytest.mark.parametrize("prefix", ["[07/11/2025-08:01:45] [TRT-LLM] [I] ", "2025-11-07T08:01:45.123456789Z stdout F "])
def test_a_log_with_a_prefix_on_every_line(prefix):
    plain = run_of(files.TRTLLM_STREAMING_LOG)
    run = run_of("\n".join(prefix + line for line in files.TRTLLM_STREAMING_LOG.splitlines()))
    assert (run.gpu, run.total_tok_s, run.tpot_ms, run.ttft_ms) == (
        plain.gpu,
        plain.total_tok_s,
        plain.tpot_ms,
        plain.ttft_ms,
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [("1,146.31", 1146.31), ("3,10", 3.1), ("1.440,5", 1440.5), ("1 440,5", 1440.5), ("2,490", 2490.0), ("0,985", 0.985),
     ("12,34,567", None), ("1.2.3", None)],
)  # fmt: skip
def test_numbers_as_other_places_write_them(text, value):
    assert number(text) == value
    assert number("2,490", decimal_comma=True) == 2.49
