"""The wizard under AppTest: every step, the address, Back, damaged and old links, bad input, examples, presets."""

import pytest
from streamlit.testing.v1 import AppTest

from advisor import link
from advisor.presets import PRESETS
from advisor.recommend import recommend
from advisor.report.words import verdict_sentence
from advisor.scenario_io import load_scenario
from advisor.ui.text import escape
from tests.conftest import EXAMPLES, ROOT
from tests.ui.driving import clean, field, named, open_app, press, shown, step, token

SEEDS = sorted((ROOT / "examples" / "seeds").glob("*.yaml"))


def test_the_whole_wizard(catalog):
    test = open_app()
    assert step(test) == "Step 1 of 5 · Workload"
    clean(field(test, "Requests per second").set_value(4.5).run())
    press(test, "Next")
    assert step(test).startswith("Step 2")
    clean(field(test, "Price").set_value(2.9).run())
    clean(field(test, "Months left").set_value(7).run())
    press(test, "Next")
    assert step(test).startswith("Step 3")
    press(test, "Next")
    assert step(test).startswith("Step 4")
    press(test, "Show the result")
    assert step(test) == "Step 5 of 5 · Result"
    scenario = link.decode(token(test), catalog).scenario
    assert scenario.workload.demand.requests_per_second_mean == 4.5
    assert scenario.current.price.usd_per_gpu_hour == 2.9
    assert scenario.current.commitment.months_left == 7
    assert test.header[0].value == escape(verdict_sentence(recommend(scenario, catalog)))


def test_a_first_verdict_takes_one_press():
    test = press(open_app(), "Straight to the result")
    assert step(test).startswith("Step 5")
    assert test.header[0].value


def test_back_keeps_what_was_entered():
    test = open_app()
    clean(field(test, "Requests per second").set_value(4.5).run())
    press(test, "Next")
    press(test, "Back")
    assert step(test).startswith("Step 1")
    assert field(test, "Requests per second").value == 4.5


def test_back_keeps_even_what_cannot_be_used():
    test = press(open_app(), "Next")
    clean(field(test, "GPUs").set_value(8.5).run())
    press(test, "Back")
    press(test, "Next")
    assert field(test, "GPUs").value == 8.5
    assert "whole number" in test.error[0].value
    press(test, "Next")
    assert step(test).startswith("Step 2")


def test_bad_input_is_told_beside_its_field_and_nothing_is_lost():
    test = open_app()
    clean(field(test, "Requests per second").set_value(-3).run())
    assert any("must be above 0" in error.value for error in test.error)
    press(test, "Next")
    assert step(test).startswith("Step 1")
    assert field(test, "Requests per second").value == -3
    clean(field(test, "Requests per second").set_value(3).run())
    assert not test.error
    press(test, "Next")
    assert step(test).startswith("Step 2")


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_a_link_opens_on_the_same_verdict(catalog, path):
    decision = recommend(load_scenario(path, catalog), catalog)
    test = open_app(s=link.encode(decision), step="result")
    assert test.header[0].value == escape(verdict_sentence(decision))
    assert not test.warning
    assert not test.error


@pytest.mark.parametrize("path", [*EXAMPLES, *SEEDS], ids=lambda p: p.stem)
def test_every_example_can_be_started_from(catalog, path):
    scenario = load_scenario(path, catalog)
    test = open_app()
    clean(named(test.selectbox, "Start from an example").set_value(path.stem).run())
    assert not test.error
    for _ in range(3):
        press(test, "Next")
    press(test, "Show the result")
    found = link.decode(token(test), catalog).scenario
    assert found == scenario.model_copy(update={"name": "", "catalog": found.catalog})


def test_a_cut_link_says_so_and_starts_clean(catalog):
    good = link.encode(recommend(load_scenario(EXAMPLES[0], catalog), catalog))
    test = open_app(s=good[:-14])
    assert "damaged or cut off" in test.error[0].value
    assert step(test).startswith("Step 1")
    press(test, "Next")
    assert not test.error


def test_an_old_link_tells_what_has_changed(catalog):
    decision = recommend(load_scenario(EXAMPLES[0], catalog), catalog)
    then = link.Outcome("migrate_now", "b200:fp4:none", 1000.0, {"h100": 1.5})
    test = open_app(s=link.encode_scenario(decision.scenario, "2026.5.1", then), step="result")
    message = test.warning[0].value
    assert "2026\\.5\\.1" in message
    assert "Prices have changed since" in message
    assert "1\\.50 USD/GPU\\-hour then, 1\\.99 now" in message
    assert test.header[0].value == escape(verdict_sentence(decision))


def test_units_of_demand_switch(catalog):
    test = open_app()
    clean(named(test.radio, "Demand given as").set_value("users").run())
    clean(field(test, "Active users").set_value(600).run())
    clean(field(test, "Requests per user").set_value(0.5).run())
    press(test, "Next")
    demand = link.decode(token(test), catalog).scenario.workload.demand
    assert (demand.active_users, demand.requests_per_user_minute, demand.requests_per_second_mean) == (600, 0.5, None)


def test_utilization_in_place_of_demand(catalog):
    test = open_app()
    clean(named(test.radio, "Demand given as").set_value("utilization").run())
    assert not test.error
    press(test, "Next")
    assert step(test).startswith("Step 2")
    clean(field(test, "Utilization").set_value(30).run())
    press(test, "Straight to the result")
    assert link.decode(token(test), catalog).scenario.current.utilization_fraction == pytest.approx(0.3)
    assert step(test).startswith("Step 5")


@pytest.mark.parametrize("preset", PRESETS.values(), ids=lambda p: p.id)
def test_presets_set_size_speed_and_tasks(catalog, preset):
    test = press(open_app(), preset.name)
    assert not test.error
    press(test, "Next")
    workload = link.decode(token(test), catalog).scenario.workload
    assert (workload.input_tokens, workload.output_tokens) == (preset.input_tokens, preset.output_tokens)
    assert workload.targets.interactivity_tok_s_per_user == preset.interactivity_tok_s_per_user
    assert [task.task_class for task in workload.tasks] == [task[0] for task in preset.tasks]


def test_exact_sizes_and_the_slider_agree(catalog):
    test = open_app()
    clean(named(test.toggle, "Type exact").set_value(True).run())
    clean(field(test, "Input tokens").set_value(3000).run())
    clean(named(test.toggle, "Type exact").set_value(False).run())
    assert named(test.select_slider, "Input tokens").value == 3000
    press(test, "Next")
    assert link.decode(token(test), catalog).scenario.workload.input_tokens == 3000


def test_an_own_model_by_its_parameters(catalog):
    test = open_app()
    clean(named(test.selectbox, "Model").set_value("own").run())
    clean(field(test, "Parameters, total").set_value(34).run())
    assert "active parameters exceed" in test.error[0].value
    clean(field(test, "Parameters, active").set_value(34).run())
    assert not test.error
    press(test, "Next")
    assert link.decode(token(test), catalog).scenario.workload.model.custom.total_params_b == 34


def test_precisions_follow_the_gpu():
    test = press(open_app(), "Next")
    clean(named(test.selectbox, "GPU").set_value("h100").run())
    assert "NVFP4" not in named(test.selectbox, "Precision").options
    clean(named(test.selectbox, "GPU").set_value("b200").run())
    assert "NVFP4" in named(test.selectbox, "Precision").options


def test_quotes_are_applied_as_typed(catalog):
    test = open_app(step="money")
    clean(named(test.multiselect, "GPUs you have a quote for").set_value(["b200"]).run())
    clean(field(test, "Quote for B200").set_value(5.4321).run())
    press(test, "Show the result")
    assert link.decode(token(test), catalog).scenario.candidates.price.overrides == {"b200": 5.4321}


def test_speed_is_also_said_per_token_and_in_words():
    test = open_app(step="targets")
    clean(field(test, "Interactivity").set_value(50).run())
    assert any("20 ms per token" in line and "words a second" in line for line in shown(test))


def test_text_is_shown_as_it_is():
    assert escape("![x](http://evil) $1$ *a*") == r"\!\[x\]\(http\://evil\) \$1\$ \*a\*"


def test_start_anew_forgets():
    test = open_app()
    clean(field(test, "Requests per second").set_value(4.5).run())
    press(test, "Straight to the result")
    press(test, "Start anew")
    assert step(test).startswith("Step 1")
    assert field(test, "Requests per second").value == 6


def test_apptest_sees_the_app_as_it_is_served():
    assert AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run().caption
