"""Own results: files of harnesses read by meaning, verdicts, and everything that must not be compared."""

import json
from pathlib import Path

import pytest

from advisor.errors import QueryError
from advisor.importers.evals import arm_from_files
from advisor.quality.compare import Wishes, compare, known_task
from advisor.quality.entries import own_results
from tests.quality.files import TEMPLATE, candidate, log, results, sha, write

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples" / "lm_eval"


def wishes(tolerance=2.0, **changes):
    given = {"tolerances": {}, "classes": {}, "metrics": {}, **changes}
    return Wishes(tolerance, **given)


@pytest.fixture
def run(catalog, tmp_path):
    """Compare two arms given as data or text; further files by name."""

    def compared(one, other, extra=(), **changes):
        arms = []
        for side, data in (("one", one), ("other", other)):
            folder = tmp_path / side
            folder.mkdir(exist_ok=True)
            if data is not None:
                write(folder, "a.csv" if isinstance(data, str) else "results_1.json", data)
            for where, name, text in extra:
                if where == side:
                    write(folder, name, text)
            arms.append(arm_from_files([folder]))
        return compare(catalog, *arms, wishes(**changes))

    return compared


SAMPLE_TABLE = [
    ("gsm8k", 600, 96.67, 96.50, -0.17, 1.05, -1.89, 1.56, ("INCONCLUSIVE", "PASS", "PASS")),
    ("mmlu_pro", 700, 86.00, 84.43, -1.57, 1.86, -4.64, 1.50, ("INCONCLUSIVE", "INCONCLUSIVE", "PASS")),
]


@pytest.mark.parametrize("row", SAMPLE_TABLE, ids=lambda row: row[0])
def test_published_pairs_of_gemma_to_two_decimals(catalog, row):
    if not SAMPLES.is_dir():
        pytest.skip("../shared is not here: the published pairs are not compared")
    task, items, before, after, delta, stderr, low, high, verdicts = row
    arms = [arm_from_files([SAMPLES / f"gemma4_31b_it__{arm}__{task}.json"]) for arm in ("bf16", "nvfp4")]
    for tolerance, verdict in zip((1, 2, 5), verdicts, strict=True):
        (found,) = compare(catalog, *arms, wishes(tolerance)).tasks
        numbers = (found.baseline_points, found.candidate_points, found.difference.delta_points)
        numbers += (found.difference.stderr_points, found.judgement.low_points, found.judgement.high_points)
        assert found.items == items
        assert [f"{value:.2f}" for value in numbers] == [
            f"{value:.2f}" for value in (before, after, delta, stderr, low, high)
        ]
        assert found.verdict == verdict


def test_verdicts_by_tolerance(run):
    assert run(results(), candidate(), tolerance=5.0).verdict == "PASS"
    assert run(results(), candidate(), tolerance=1.0).verdict == "INCONCLUSIVE"
    assert run(results(), candidate(0.7), tolerance=2.0).verdict == "FAIL"


def test_inconclusive_states_what_settles_it(run):
    (task,) = run(results(), candidate(0.9), tolerance=1.0).tasks
    assert task.needed_unpaired == pytest.approx(2 * 0.09 * 61_826, rel=0.01)
    assert task.needed_paired == pytest.approx(6_183, rel=0.01)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"lm_eval_version": "0.4.9"}, "harness versions"),
        ({"versions": {"gsm8k": 2.0}}, "task versions"),
        ({"n-shot": {"gsm8k": 8}}, "few-shot counts"),
        ({"n-samples": {"gsm8k": {"original": 1000, "effective": 500}}}, "limits"),
        ({"chat_template": None, "chat_template_sha": None}, "chat template"),
        ({"chat_template": TEMPLATE + "x", "chat_template_sha": sha(TEMPLATE + "x")}, "chat templates"),
        ({"chat_template_sha": "0" * 64}, "chat templates"),
        ({"fewshot_as_multiturn": False}, "several turns"),
        ({"system_instruction_sha": "abc"}, "system instructions"),
        ({"config": {"model_args": {"pretrained": "b"}, "gen_kwargs": {"max_gen_toks": 256}}}, "max_gen_toks"),
        ({"results": {"gsm8k": {"exact_match,flexible-extract": 0.9}}}, "no metric and filter in common"),
        ({"results": {"mmlu": {"acc,none": 0.9}}}, "hold no"),
    ],
)
def test_what_differs_is_not_comparable(run, changes, words):
    found = run(results(), candidate(**changes))
    assert found.verdict == "NOT COMPARABLE"
    assert any(words in task.reason for task in found.tasks)


def test_a_template_that_differs_only_for_tools_is_said_and_compared(run):
    other = TEMPLATE.replace("{{ tools }}", "{{ tools | tojson }}")
    found = run(results(), candidate(0.9, chat_template=other, chat_template_sha=sha(other)), tolerance=5.0)
    assert found.verdict == "PASS"
    assert "only where tools" in found.notes[0]


def test_two_files_of_the_same_arm(run):
    assert "same run" in run(results(), results()).tasks[0].reason
    again = run(results(), results(0.91))
    assert again.verdict == "NOT COMPARABLE"
    assert "same arm" in again.tasks[0].reason
    assert run(results(), results(0.91), tolerance=5.0, declared_apart=True).verdict == "PASS"


@pytest.mark.parametrize(("task", "key", "score"), [("mmlu", "acc,none", 0.25), ("gsm8k", "exact_match,strict-match", 0.01)])
def test_an_implausible_baseline(run, task, key, score):
    data = {"results": {task: {key: score}}, "versions": {task: 1}, "n-samples": {task: {"original": 500, "effective": 500}}}
    found = run(results(**data), candidate(**data))
    assert "implausible baseline" in found.tasks[0].reason


def test_missing_stderr_is_bounded_for_shares_and_unknown_for_the_rest(run):
    def arm(make, value):
        rows = {
            "ifeval": {"inst_level_strict_acc,none": value, "inst_level_strict_acc_stderr,none": "N/A", "sample_len": 541},
            "wmt": {"bleu,none": 30 * value, "bleu_stderr,none": "N/A", "sample_len": 100},
            "wikitext": {"word_perplexity,none": 8.1, "word_perplexity_stderr,none": "N/A"},
        }
        return make(results=rows, **{"n-samples": {}})

    by_task = {task.task: task for task in run(arm(results, 0.9), arm(candidate, 0.88)).tasks}
    assert by_task["ifeval"].difference.stderr_points == pytest.approx(100 * ((0.09 + 0.88 * 0.12) / 540) ** 0.5, rel=1e-3)
    assert by_task["wmt"].verdict == "INCONCLUSIVE"
    assert "no standard error" in " ".join(by_task["wmt"].notes)
    assert "no 0-100 scale" in by_task["wikitext"].reason


def group(make, scores, sizes, **changes):
    mean = sum(s * n for s, n in zip(scores, sizes, strict=True)) / sum(sizes)
    rows = {"mmlu": {"acc,none": mean, "acc_stderr,none": "N/A", "alias": "mmlu"}}
    for number, (score, size) in enumerate(zip(scores, sizes, strict=True)):
        stderr = (score * (1 - score) / (size - 1)) ** 0.5
        rows[f"mmlu_{number}"] = {"acc,none": score, "acc_stderr,none": stderr, "alias": " - x"}
    counts = {f"mmlu_{number}": {"original": size, "effective": size} for number, size in enumerate(sizes)}
    names = [f"mmlu_{number}" for number in range(len(sizes))]
    versions = dict.fromkeys(["mmlu", *names], 1)
    data = {"results": rows, "n-samples": counts, "group_subtasks": {"mmlu": names}, "versions": versions}
    return make(**{**data, "n-shot": {}, "higher_is_better": {}, **changes})


def test_groups_without_count_or_error_take_them_from_subtasks(run):
    found = run(group(results, [0.8, 0.6], [300, 100]), group(candidate, [0.79, 0.6], [300, 100])).tasks
    assert [(task.task, task.items) for task in found] == [("mmlu", 400)]
    expected = ((0.75 * 0.023132) ** 2 + (0.25 * 0.049237) ** 2) ** 0.5 * 100
    assert found[0].difference.stderr_points == pytest.approx(expected * 2**0.5, rel=0.01)


def test_schemas_before_filters_and_with_text_arguments(run):
    rows = {"arc_challenge": {"acc": 0.5, "acc_stderr": 0.01, "acc_norm": 0.55, "acc_norm_stderr": 0.01}}
    old = {"results": rows, "versions": {"arc_challenge": 0}, "config": {"model_args": "pretrained=a/b,dtype=auto"}}
    new = {**old, "config": {"model_args": "pretrained=a/b-FP8"}}
    new["results"] = {"arc_challenge": {"acc": 0.5, "acc_stderr": 0.01, "acc_norm": 0.549, "acc_norm_stderr": 0.01}}
    (task,) = run(old, new, tolerance=5.0).tasks
    assert (task.metric, task.verdict, task.task_class) == ("acc_norm", "PASS", "classification")


def test_points_and_shares_are_told_apart_by_metric(run):
    def arm(make, share):
        rows = {"truthfulqa_gen": {"bleu_acc,none": share, "bleu_acc_stderr,none": 0.01}}
        rows["wmt14"] = {"bleu,none": share, "bleu_stderr,none": 0.05}
        return make(results=rows, **{"n-samples": {}})

    by_task = {task.task: task for task in run(arm(results, 0.41), arm(candidate, 0.40)).tasks}
    assert by_task["truthfulqa_gen"].difference.delta_points == pytest.approx(-1.0)
    assert by_task["wmt14"].baseline_points == pytest.approx(0.41)


def test_lower_is_better_counts_the_other_way(run):
    rows = {"asr": {"wer,none": 0.10, "wer_stderr,none": 0.001}}
    worse = {"asr": {"wer,none": 0.20, "wer_stderr,none": 0.001}}
    data = {"versions": {"asr": 1}, "n-samples": {}, "higher_is_better": {"asr": {"wer": False}}}
    (task,) = run(results(**{**data, "results": rows}), candidate(**{**data, "results": worse})).tasks
    assert task.difference.delta_points == pytest.approx(-10)
    assert task.verdict == "FAIL"


def test_logs_pair_items_and_carry_the_length(run):
    before = [True] * 900 + [False] * 100
    after = [False] * 10 + [True] * 890 + [True] * 5 + [False] * 95
    name = "samples_gsm8k_2026-11-01T10-00-00.000001.jsonl"
    extra = [("one", name, log(before)), ("other", name, log(after, words=11))]
    (task,) = run(results(), candidate(0.895), extra, tolerance=1.5).tasks
    assert (task.difference.flips.lost, task.difference.flips.gained) == (10, 5)
    assert task.difference.stderr_points == pytest.approx(100 * (15 - 25 / 1000) ** 0.5 / 1000)
    assert task.verdict == "PASS"
    assert task.output_length_ratio == pytest.approx(1.1)
    assert any("10.0% longer" in note for note in task.notes)


def test_equal_prompts_make_a_harness_version_harmless_and_unequal_ones_block(run):
    name, right = "samples_gsm8k.jsonl", [True] * 990 + [False] * 10
    extra = [("one", name, log(right)), ("other", name, log(right))]
    other = candidate(0.9, lm_eval_version="0.4.9")
    assert run(results(), other, extra).verdict == "PASS"
    extra = [("one", name, log(right)), ("other", name, log(right, prompt="q"))]
    assert "prompts" in run(results(), candidate(), extra).tasks[0].reason


def test_items_missing_in_one_arm_are_said(run):
    name, right = "samples_gsm8k.jsonl", [True] * 950 + [False] * 50
    few = run(results(), candidate(0.9), [("one", name, log(right)), ("other", name, log(right[:990]))]).tasks[0]
    assert any("10 of 1,000" in note for note in few.notes)
    many = run(results(), candidate(0.9), [("one", name, log(right)), ("other", name, log(right[:500]))]).tasks[0]
    assert many.verdict == "NOT COMPARABLE"


def test_questions_on_one_passage_are_clustered(run):
    before, after = [True] * 800 + [False] * 200, [False] * 40 + [True] * 760 + [False] * 200
    name = "samples_gsm8k.jsonl"
    apart = run(results(), candidate(), [("one", name, log(before)), ("other", name, log(after))]).tasks[0]
    extra = [("one", name, log(before, passage=10)), ("other", name, log(after, passage=10))]
    together = run(results(), candidate(), extra).tasks[0]
    assert together.difference.stderr_points > 2.5 * apart.difference.stderr_points


def test_repeats_are_averaged_by_item_first(run):
    rows = "task,item,run,score\n" + "".join(
        f"own,{item},{turn},{int((item + turn * shift) % 10 != 0)}\n"
        for item in range(200)
        for turn in (1, 2)
        for shift in (1,)
    )
    (task,) = run(rows, rows.replace(",1,1\n", ",1,0\n", 4), tolerance=3.0).tasks
    assert (task.items, task.difference.flips) == (200, None)
    assert task.difference.delta_points == pytest.approx(-1.0)


def test_several_runs_of_one_task_keep_the_error_of_the_items(catalog, tmp_path):
    one = [write(tmp_path, f"a{n}.json", results(0.9 + n / 100, date=n)) for n in range(3)]
    other = [write(tmp_path, f"b{n}.json", candidate(0.9, date=n)) for n in range(3)]
    (task,) = compare(catalog, arm_from_files(one), arm_from_files(other), wishes()).tasks
    assert task.baseline_points == pytest.approx(91)
    assert any("3 runs" in note for note in task.notes)
    with pytest.raises(QueryError, match="same run"):
        arm_from_files([one[0], one[0]])
    with pytest.raises(QueryError, match=r"few-shot|shots"):
        arm_from_files([one[0], write(tmp_path, "c.json", results(0.9, **{"n-shot": {"gsm8k": 0}}))])
    with pytest.raises(QueryError, match="one model"):
        arm_from_files([one[0], other[0]])


def test_csv_of_totals(run):
    text = "task,score,items,stderr\nown support set,0.91,2000,\nmath,80.5,,1.0\n"
    with pytest.raises(QueryError, match="0 to 1"):
        run("task,score,items\nx,150,10\n", text)
    found = run(
        "task,score,items\nown support set,0.91,2000\n", "task,score,items\nown support set,0.90,2000\n", tolerance=3.0
    )
    assert found.verdict == "PASS"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (json.dumps(results())[:900], "cut off"),
        ("", "empty"),
        ("{}", "no result file"),
        ("[1, 2]", "no result file"),
        ('{"results": {}}', "no task"),
        ('{"results": {"x": {"alias": "x", "acc,none": "N/A"}}}', "no task"),
        ("just words", "is expected"),
        ("a,b\n1,2\n", "columns task and score"),
        ("[" * 100_000, "nested|cut off"),
    ],
)
def test_files_that_cannot_be_used(tmp_path, text, words):
    with pytest.raises(QueryError, match=words):
        arm_from_files([write(tmp_path, "results.json", text)])


def test_a_cut_log_and_a_missing_file(tmp_path):
    with pytest.raises(QueryError, match="line 3"):
        arm_from_files([write(tmp_path, "samples_gsm8k.jsonl", log([True] * 3)[:-40])])
    with pytest.raises(QueryError, match="cannot be read"):
        arm_from_files([tmp_path / "nothing.json"])


def test_lighteval_and_evalscope_by_their_writers_layout(run):
    def lighteval(score, model):
        label = "leaderboard|gsm8k|5"
        return {
            "config_general": {"model_name": model, "lighteval_sha": "abc", "max_samples": None},
            "results": {label: {"qem": score, "qem_stderr": 0.008}, "all": {"qem": score}},
            "versions": {label: 0},
            "config_tasks": {"leaderboard|gsm8k": {"original_num_docs": 1319, "effective_num_docs": 1319}},
            "summary_tasks": {},
        }

    (task,) = run(lighteval(0.90, "a"), lighteval(0.91, "b")).tasks
    assert (task.task, task.verdict) == ("gsm8k", "PASS")
    assert run(lighteval(0.90, "a"), candidate()).verdict == "NOT COMPARABLE"

    def evalscope(score, model):
        metric = {"name": "AverageAccuracy", "num": 1319, "score": score, "categories": []}
        return {"name": "x", "dataset_name": "gsm8k", "model_name": model, "score": score, "metrics": [metric]}

    found = run(evalscope(0.90, "a"), evalscope(0.91, "b"))
    assert found.verdict == "PASS"
    assert "your word" in found.notes[0]


def test_comparisons_become_scenario_results(run, catalog):
    (entry,) = own_results(run(results(), candidate()), "nvfp4", "fp8", catalog)
    assert (entry.task_class, entry.format, entry.baseline, entry.items) == ("reasoning_math", "nvfp4", "fp8", 1000)
    assert entry.delta_points == pytest.approx(-1)


@pytest.mark.parametrize(
    ("task", "task_class"),
    [
        ("mmlu_pro_math", "factual_qa"),
        ("leaderboard_gpqa_diamond", "reasoning_math"),
        ("humaneval_instruct", "code"),
        ("niah_single_1", "long_context"),
        ("hendrycks_math_500", "reasoning_math"),
        ("arc_easy", "classification"),
    ],
)
def test_tasks_find_their_class_by_name(catalog, task, task_class):
    assert known_task(catalog, task).task_class == task_class
