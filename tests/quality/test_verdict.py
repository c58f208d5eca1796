"""Verdicts of a change of format: published evidence, own results, the KV cache, and how they enter a decision."""

import pytest

from advisor.errors import ScenarioError
from advisor.quality import Change, Usage, judge_change
from advisor.recommend import recommend
from advisor.report.text import decision_text
from advisor.scenario_quality import OwnResult, Quality, Task


def verdict(catalog, now="fp8", then="nvfp4", model="llama-3.3-70b", tasks=(("conversation", 2.0),), **quality):
    record = catalog.models[model]
    change = Change(record, record.total_params_b, catalog.precisions[now], catalog.precisions[then])
    mix = [Task(task_class=name, tolerance_points=points) for name, points in tasks]
    return judge_change(catalog, change, mix, Quality(**quality), Usage(1024, 1024, 5000.0))


def own(catalog, **changes):
    data = {
        "task_class": "conversation",
        "task": "ifeval",
        "format": "nvfp4",
        "delta_points": 0.1,
        "stderr_points": 0.5,
        "items": 3000,
    }
    return OwnResult.model_validate({**data, **changes}, context={"catalog": catalog})


@pytest.mark.parametrize(
    ("model", "now", "then"),
    [
        ("llama-3.3-70b", "fp8", "fp8"),
        ("llama-3.3-70b", "fp8", "bf16"),
        ("kimi-k2.5", "nvfp4", "int4"),
        ("gpt-oss-120b", "mxfp4", "mxfp4"),
    ],
)
def test_no_narrower_format_changes_nothing(catalog, model, now, then):
    assert verdict(catalog, now, then, model).status == "unchanged"


def test_published_evidence_is_unproven_at_best_and_shows_what_is_behind_it(catalog):
    found = verdict(catalog, tasks=(("conversation", 3.0),))
    (item,) = found.classes
    assert (found.status, item.basis) == ("unproven", "published")
    assert item.low_points < item.median_delta_points < item.high_points
    assert item.pairs == len(item.rows) > 0
    assert "published pairs" in item.reason
    assert "1 in 10 loses more than" in item.reason
    assert found.plan.gpu_hours > 0


def test_a_tolerance_the_evidence_cannot_decide_is_inconclusive(catalog):
    found = verdict(catalog, tasks=(("reasoning_math", 0.5),), model="llama-3.1-8b")
    assert found.status in ("inconclusive", "fails")
    assert 0 < found.classes[0].probability_within < 0.8


def test_no_pair_of_the_class_is_unknown(catalog):
    found = verdict(catalog, then="mxfp4", tasks=(("summarization", 2.0),))
    assert (found.status, found.classes[0].median_delta_points) == ("unknown", None)


def test_the_worst_class_decides(catalog):
    found = verdict(catalog, tasks=(("conversation", 5.0), ("factual_qa", 0.01)))
    assert found.classes[0].status == "unproven"
    assert found.status == found.classes[1].status != "unproven"


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, "proven"),
        ({"delta_points": -9.0}, "fails"),
        ({"stderr_points": 3.0}, "inconclusive"),
        ({"stderr_points": None}, "inconclusive"),
        ({"format": "mxfp4"}, "unproven"),
        ({"baseline": "bf16"}, "unproven"),
        ({"task_class": "code"}, "unproven"),
    ],
)
def test_own_results_of_this_change_override_the_evidence(catalog, changes, status):
    found = verdict(catalog, results=(own(catalog, **changes),))
    assert found.status == status
    assert found.classes[0].basis == ("published" if status == "unproven" else "own")


def test_every_own_task_of_a_class_must_pass(catalog):
    good, bad = own(catalog), own(catalog, task="ifbench", delta_points=-9.0)
    assert verdict(catalog, results=(good, bad)).status == "fails"
    assert verdict(catalog, results=(good, own(catalog, task="x", stderr_points=4.0))).status == "inconclusive"


def test_the_cache_is_its_own_line_and_decides_only_if_chosen(catalog):
    by_recipe = verdict(catalog, now="bf16", tasks=(("long_context", 1.0),))
    assert [item.task_class for item in by_recipe.kv_cache] == ["long_context"]
    chosen = verdict(catalog, now="fp8", then="fp8", tasks=(("long_context", 0.2),), kv_cache="fp4")
    assert chosen.classes == ()
    assert chosen.status == chosen.kv_cache[0].status != "unchanged"
    assert verdict(catalog, now="fp8", then="fp8").kv_cache == ()


def test_answer_length_is_weighted_over_the_mix_and_noise_is_left_out(catalog):
    longer = own(catalog, output_length_ratio=1.2)
    both = verdict(catalog, tasks=(("conversation", 2.0), ("code", 2.0)), results=(longer,))
    assert both.output_length_ratio == pytest.approx(1.1)
    assert verdict(catalog, results=(own(catalog, output_length_ratio=1.02),)).output_length_ratio == 1.0


def option(decision, key):
    return next(item for item in decision.options if item.key.id == key)


def gate(decision, key):
    return next(item for item in option(decision, key).gates if item.name == "quality")


def test_longer_answers_cost_more(make, catalog):
    quality = {"results": ({"class": "conversation", "task": "own", "format": "nvfp4", "delta_points": 0.0,
                            "stderr_points": 0.3, "items": 5000, "output_length_ratio": 1.5},)}  # fmt: skip
    plain, longer = (option(recommend(make(**part), catalog), "b200:fp4:none") for part in ({}, {"quality": quality}))
    assert longer.fleet.needed_gpus == pytest.approx(plain.fleet.needed_gpus * (8192 + 1024 * 1.5) / 9216)


def test_high_stakes_take_no_published_word_but_an_own_proof(make, catalog):
    high = {"high_stakes": True}
    assert gate(recommend(make(quality=high), catalog), "b200:fp4:none").passed is None
    proof = (
        {
            "class": "conversation",
            "task": "own",
            "format": "nvfp4",
            "delta_points": 0.0,
            "stderr_points": 0.3,
            "items": 5000,
        },
    )
    assert gate(recommend(make(quality={**high, "results": proof}), catalog), "b200:fp4:none").passed is True


def test_what_is_not_settled_leads_to_a_pilot_with_its_plan(make, catalog):
    open_result = (
        {
            "class": "conversation",
            "task": "own",
            "format": "nvfp4",
            "delta_points": -1.0,
            "stderr_points": 2.0,
            "items": 300,
        },
    )
    price = {"price": {"overrides": {"b200": 3.0}}}
    decision = recommend(make(quality={"results": open_result}, candidates={"hardware": ("b200",), **price}), catalog)
    assert gate(decision, "b200:fp4:none").passed is None
    if decision.chosen.key.id == "b200:fp4:none":
        assert decision.verdict.pilot_first
    plan = option(decision, "b200:fp4:none").quality.plan
    assert plan.tasks[0].task == "ifeval"
    assert plan.gpu_hours > 0
    assert "with per-item logs" in plan.sentence


def test_the_text_says_what_is_known_of_quality(make, catalog):
    text = decision_text(recommend(make(candidates={"hardware": ("b200",), "price": {"overrides": {"b200": 3.0}}}), catalog))
    assert "Quality of B200" in text
    assert "published pairs" in text


def test_presets_and_wrong_own_results(make):
    workload = {"tasks": ({"class": "code", "tolerance_points": "strict"},)}
    assert make(workload=workload).workload.tasks[0].tolerance_points == 1.0
    with pytest.raises(ScenarioError, match="strict, standard, relaxed"):
        make(workload={"tasks": ({"class": "code", "tolerance_points": "some"},)})
    with pytest.raises(ScenarioError, match="lost and gained"):
        make(quality={"results": ({"class": "code", "task": "x", "format": "nvfp4", "delta_points": 0.0, "lost": 3},)})
    with pytest.raises(ScenarioError, match="results"):
        make(quality={"results": ({"class": "code", "task": "x", "format": "fp9", "delta_points": 0.0},)})
