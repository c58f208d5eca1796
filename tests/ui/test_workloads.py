"""Several workloads and the day's profile in the wizard: adding, editing, removing, links, Back, and what is wrong where."""

import pytest

from advisor import link
from advisor.presets import DAYS
from advisor.recommend import recommend
from advisor.report.words import verdict_sentence
from advisor.scenario import MAX_WORKLOADS
from advisor.scenario_io import build_scenario
from advisor.ui.steps.demand import as_text, typed_values
from advisor.ui.text import escape
from tests.conftest import scenario_data
from tests.ui.driving import clean, field, named, open_app, press, shown, step, token

ANOTHER = "Add another workload"
OFFICE = DAYS["office"].profile


def scenario_of(test, catalog):
    return link.decode(token(test), catalog).scenario


def labels(test):
    return [button.label for button in test.button]


def plainly(test):
    return " ".join(shown(test)).replace("\\", "")


@pytest.fixture
def two():
    return press(open_app(), ANOTHER)


@pytest.fixture
def three_at_two(catalog):
    """A link to the second of three workloads."""
    data = scenario_data()
    first = data["workloads"][0]
    more = [
        {**first, "model": "gpt-oss-120b", "input_tokens": 1024, "demand": {"requests_per_second_mean": 2.0}},
        {**first, "input_tokens": 1024, "demand": {"tokens_per_day": 1e9}},
    ]
    scenario = build_scenario({**data, "workloads": (first, *more)}, catalog)
    return {"s": link.encode_scenario(scenario, catalog.version), "workload": "2"}


def test_one_workload_shows_no_list():
    test = open_app()
    assert not [label for label in labels(test) if label.startswith(("Edit workload", "Remove workload"))]
    assert ANOTHER in labels(test)
    assert "One fleet serves" not in plainly(test)


def test_an_added_workload_is_edited_and_both_are_kept(two, catalog):
    assert step(two).startswith("Step 1")
    assert two.query_params["workload"] in ("2", ["2"])
    assert [w.input_tokens for w in scenario_of(two, catalog).workloads] == [8192, 1024]
    clean(named(two.selectbox, "Model").set_value("gpt-oss-120b").run())
    clean(field(two, "Requests per second").set_value(3.5).run())
    assert "Workload 2:" in plainly(two)
    assert "All 2 together" in plainly(two)
    press(two, "Edit workload 1")
    assert field(two, "Requests per second").value == 6
    clean(field(two, "Requests per second").set_value(5).run())
    press(two, "Next")
    first, second = scenario_of(two, catalog).workloads
    assert (first.model, first.demand.requests_per_second_mean) == ("llama-3.3-70b", 5)
    assert (second.model, second.demand.requests_per_second_mean) == ("gpt-oss-120b", 3.5)
    press(two, "Back")
    press(two, "Edit workload 2")
    assert field(two, "Requests per second").value == 3.5


def test_each_workload_has_its_own_targets(two, catalog):
    press(two, "Next")
    press(two, "Next")
    assert step(two).startswith("Step 3")
    assert not [label for label in labels(two) if label.startswith("Remove workload")]
    clean(field(two, "Interactivity").set_value(45).run())
    press(two, "Edit workload 2")
    assert step(two).startswith("Step 3")
    clean(field(two, "Interactivity").set_value(20).run())
    clean(named(two.multiselect, "Tasks").set_value(["code"]).run())
    press(two, "Straight to the result")
    scenario = scenario_of(two, catalog)
    assert [w.targets.interactivity_tok_s_per_user for w in scenario.workloads] == [45, 20]
    assert [[task.task_class for task in w.tasks] for w in scenario.workloads] == [["conversation"], ["code"]]
    assert two.header[0].value == escape(verdict_sentence(recommend(scenario, catalog)))


def test_a_link_to_a_workload_opens_it_and_nothing_is_lost(three_at_two, catalog):
    test = open_app(**three_at_two)
    assert "Edit workload 1" in labels(test)
    assert "Workload 2 is below" in labels(test)
    assert field(test, "Requests per second").value == 2
    before = link.decode(three_at_two["s"], catalog).scenario
    press(test, "Straight to the result")
    after = scenario_of(test, catalog)
    assert after.workloads == before.workloads
    assert "workload" not in test.query_params


@pytest.mark.parametrize("wanted", ["0", "9", "-1", "two", "²"])
def test_an_address_that_names_no_workload_shows_the_first(three_at_two, wanted):
    test = open_app(**{**three_at_two, "workload": wanted})
    assert "Workload 1 is below" in labels(test)


def test_removing_leaves_the_others_as_they_are(three_at_two, catalog):
    test = open_app(**three_at_two)
    press(test, "Remove workload 1")
    assert [w.model for w in scenario_of(test, catalog).workloads] == ["gpt-oss-120b", "llama-3.3-70b"]
    press(test, "Remove workload 2")
    assert [w.model for w in scenario_of(test, catalog).workloads] == ["gpt-oss-120b"]
    assert field(test, "Requests per second").value == 2
    assert "One fleet serves" not in plainly(test)


def test_what_is_wrong_names_its_workload_and_stops_leaving_it(two, catalog):
    clean(field(two, "Requests per second").set_value(-1).run())
    assert any(error.value.startswith("Workload 2\\: must be above 0") for error in two.error)
    press(two, "Edit workload 1")
    assert any("correct the fields of workload 2" in error.value for error in two.error)
    assert field(two, "Requests per second").value == -1
    press(two, "Remove workload 2")
    assert not two.error
    assert len(scenario_of(two, catalog).workloads) == 1


def test_a_demand_from_utilization_is_for_one_workload_alone(catalog):
    test = open_app()
    clean(named(test.radio, "Demand given as").set_value("utilization").run())
    press(test, ANOTHER)
    assert any("Several workloads need a demand each" in error.value for error in test.error)
    clean(named(test.radio, "Demand given as").set_value("requests").run())
    press(test, ANOTHER)
    assert "From today's utilization" not in named(test.radio, "Demand given as").options
    assert len(scenario_of(test, catalog).workloads) == 2


def test_there_is_an_end_to_adding(catalog):
    data = scenario_data()
    scenario = build_scenario({**data, "workloads": data["workloads"] * MAX_WORKLOADS}, catalog)
    test = open_app(s=link.encode_scenario(scenario, catalog.version))
    assert named(test.button, ANOTHER).disabled


def test_a_preset_keeps_what_else_was_typed(two, catalog):
    clean(field(two, "Requests per second").set_value(2.25).run())
    press(two, "Coding agent")
    assert field(two, "Requests per second").value == 2.25
    press(two, "Next")
    first, second = scenario_of(two, catalog).workloads
    assert (first.input_tokens, second.input_tokens) == (8192, 8192)
    assert second.demand.requests_per_second_mean == 2.25
    assert [task.task_class for task in second.tasks] == ["code", "agentic_tools"]
    assert [task.task_class for task in first.tasks] == ["conversation"]


@pytest.mark.parametrize(("shape", "ratio"), [("flat", 1.0), ("office", max(OFFICE) * 24 / sum(OFFICE))])
def test_a_shape_of_the_day_sets_the_peak(catalog, shape, ratio):
    test = open_app()
    clean(named(test.selectbox, "Over the day").set_value(shape).run())
    assert not [n for n in test.number_input if n.label.startswith("Peak to mean")]
    assert test.get("vega_lite_chart")[0].proto.alt
    assert f"{6 * ratio:,.3g} at the peak" in plainly(test)
    press(test, "Next")
    demand = scenario_of(test, catalog).workload.demand
    assert demand.profile_24h == DAYS[shape].profile
    assert demand.peak_ratio == pytest.approx(ratio)
    press(test, "Back")
    assert named(test.selectbox, "Over the day").value == shape
    clean(named(test.selectbox, "Over the day").set_value("ratio").run())
    press(test, "Next")
    assert scenario_of(test, catalog).workload.demand.profile_24h == ()


def test_an_own_day_is_typed_hour_by_hour(catalog):
    test = open_app()
    clean(named(test.selectbox, "Over the day").set_value("own").run())
    area = named(test.text_area, "Profile of a day")
    assert typed_values(area.value) == OFFICE
    clean(area.set_value("\n".join(["1"] * 20) + "\t2, 2; 2\n4.125").run())
    assert "Busiest hour 23:00" in plainly(test)
    press(test, "Next")
    assert scenario_of(test, catalog).workload.demand.profile_24h == (1.0,) * 20 + (2.0, 2.0, 2.0, 4.125)
    press(test, "Back")
    assert named(test.selectbox, "Over the day").value == "own"
    assert named(test.text_area, "Profile of a day").value.endswith("2 2 2 4.125")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("1 2 3", "needs 24 values, not all of them 0 (found 3)"),
        ("0 " * 24, "needs 24 values, not all of them 0"),
        ("1 " * 22 + "x -1", "hour 22: must be a number (found 'x')"),
        ("1 " * 22 + "x -1", "hour 23: must be at least 0 (found -1.0)"),
        ("1 " * 23 + "inf", "hour 23: must be a finite number"),
        ("", "must be a number"),
    ],
)
def test_a_day_that_cannot_be_used_says_why_beside_it_and_stays_as_typed(typed, said):
    test = open_app()
    clean(named(test.selectbox, "Over the day").set_value("own").run())
    clean(named(test.text_area, "Profile of a day").set_value(typed).run())
    assert any(said in error.value.replace("\\", "") for error in test.error)
    press(test, "Next")
    assert step(test).startswith("Step 1")
    assert named(test.text_area, "Profile of a day").value.strip() == typed.strip()


def test_every_digit_of_a_profile_is_kept():
    profile = tuple(0.1 + hour / 7 for hour in range(24))
    assert typed_values(as_text(profile)) == profile


@pytest.fixture(scope="module")
def mixed(catalog):
    """A decision over two workloads of different targets, sizes and tasks."""
    data = scenario_data()
    first = data["workloads"][0]
    more = {"input_tokens": 1024, "demand": {"requests_per_second_mean": 2.0}}
    targets = {"targets": {"interactivity_tok_s_per_user": 25.0}, "tasks": ({"class": "code"},)}
    return recommend(build_scenario({**data, "workloads": (first, {**first, **more, **targets})}, catalog), catalog)


def test_the_result_names_the_workload_a_figure_is_of(mixed):
    test = open_app(s=link.encode(mixed), step="result")
    text = plainly(test)
    speeds = [part.operating_point.interactivity_tok_s_per_user for part in mixed.chosen.parts]
    assert "target 40 / 25 tok/s" in text
    assert f"{speeds[0]:.3g} / {speeds[1]:.3g} tok/s" in text
    assert "workload 1: first token after" in text
    assert "workload 2: first token after" in text
    assert all(f", workload {n}: the 80 % interval" in text for n in (1, 2))
    test.session_state["advisor.trace.Speed per user"] = True
    clean(test.run())
    assert "Speed per user, workload 2" in plainly(test)


def test_the_frontier_of_each_workload_can_be_drawn(mixed):
    test = open_app(s=link.encode(mixed), step="result")
    first = test.get("vega_lite_chart")[0].proto
    clean(named(test.selectbox, "Curves of workload").set_value(1).run())
    second = test.get("vega_lite_chart")[0].proto
    part = mixed.baseline.parts[1].operating_point
    assert first.alt != second.alt
    assert f"{part.tok_s_per_gpu:,.0f} tok/s per GPU" in second.alt


def test_what_if_moves_the_tolerance_of_every_workload(mixed, catalog):
    test = open_app(s=link.encode(mixed), step="result")
    assert named(test.slider, "Interactivity, workload 1")
    clean(named(test.slider, "Tolerance").set_value(3.5).run())
    press(test, "Take it into the scenario")
    workloads = scenario_of(test, catalog).workloads
    assert {task.tolerance_points for workload in workloads for task in workload.tasks} == {3.5}
    assert [workload.tasks[0].task_class for workload in workloads] == ["conversation", "code"]
