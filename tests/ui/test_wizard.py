"""The wizard under AppTest: every step, the address, Back, damaged and old links, bad input."""

import pytest
from streamlit.testing.v1 import AppTest

from advisor import link
from advisor.recommend import recommend
from advisor.report.words import verdict_sentence
from advisor.scenario_io import load_scenario
from advisor.ui.fields import escape
from tests.conftest import EXAMPLES, ROOT


def app(**query) -> AppTest:
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    for name, value in query.items():
        test.query_params[name] = value
    return clean(test.run())


def clean(test: AppTest) -> AppTest:
    assert not test.exception, test.exception
    return test


def press(test: AppTest, label: str) -> AppTest:
    button = next(b for b in test.button if b.label == label)
    return clean(button.click().run())


def field(test: AppTest, start: str):
    return next(n for n in test.number_input if n.label.startswith(start))


def token(test: AppTest) -> str:
    value = test.query_params["s"]
    return value[0] if isinstance(value, list) else value


def step(test: AppTest) -> str:
    return test.caption[0].value


def test_the_whole_wizard(catalog):
    test = app()
    assert step(test) == "Step 1 of 5 · Workload"
    field(test, "Requests per second").set_value(4.5)
    press(test, "Next")
    assert step(test).startswith("Step 2")
    field(test, "Price").set_value(2.9)
    field(test, "Months left").set_value(7)
    press(test, "Next")
    assert step(test).startswith("Step 3")
    press(test, "Next")
    assert step(test).startswith("Step 4")
    press(test, "Show the result")
    assert step(test) == "Step 5 of 5 · Result"
    content = link.decode(token(test), catalog)
    scenario = content.scenario
    assert scenario.workload.demand.requests_per_second_mean == 4.5
    assert scenario.current.price.usd_per_gpu_hour == 2.9
    assert scenario.current.commitment.months_left == 7
    assert test.header[0].value == escape(verdict_sentence(recommend(scenario, catalog)))


def test_back_keeps_what_was_entered():
    test = app()
    field(test, "Requests per second").set_value(4.5)
    press(test, "Next")
    press(test, "Back")
    assert step(test).startswith("Step 1")
    assert field(test, "Requests per second").value == 4.5


def test_bad_input_is_named_and_nothing_is_lost():
    test = app()
    field(test, "Requests per second").set_value(-3)
    field(test, "Input tokens").set_value(8.5)
    press(test, "Next")
    assert step(test).startswith("Step 1")
    message = test.error[0].value
    assert "requests\\_per\\_second\\_mean" in message
    assert "must be above 0" in message
    assert "whole number" in message
    assert field(test, "Requests per second").value == -3
    field(test, "Requests per second").set_value(3)
    field(test, "Input tokens").set_value(8192)
    press(test, "Next")
    assert step(test).startswith("Step 2")


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_a_link_opens_on_the_same_verdict(catalog, path):
    decision = recommend(load_scenario(path, catalog), catalog)
    test = app(s=link.encode(decision), step="result")
    assert test.header[0].value == escape(verdict_sentence(decision))
    assert not test.warning
    assert not test.error


def test_a_cut_link_says_so_and_starts_clean(catalog):
    good = link.encode(recommend(load_scenario(EXAMPLES[0], catalog), catalog))
    test = app(s=good[:-14])
    assert "damaged or cut off" in test.error[0].value
    assert step(test).startswith("Step 1")
    press(test, "Next")
    assert not test.error


def test_an_old_link_tells_what_has_changed(catalog):
    decision = recommend(load_scenario(EXAMPLES[0], catalog), catalog)
    then = link.Outcome("migrate_now", "b200:fp4:none", 1000.0, {"h100": 1.5})
    test = app(s=link.encode_scenario(decision.scenario, "2026.5.1", then), step="result")
    message = test.warning[0].value
    assert "2026\\.5\\.1" in message
    assert "migrate\\_now then" in message
    assert "1\\.50 USD/GPU\\-hour then" in message


def test_utilization_in_place_of_demand():
    test = app()
    clean(test.selectbox[0].set_value("utilization").run())
    press(test, "Next")
    assert "utilization" in test.error[0].value or step(test).startswith("Step 2")


def test_units_of_demand_switch(catalog):
    test = app()
    clean(test.selectbox[0].set_value("users").run())
    field(test, "Active users").set_value(600)
    field(test, "Requests per user").set_value(0.5)
    press(test, "Next")
    demand = link.decode(token(test), catalog).scenario.workload.demand
    assert (demand.active_users, demand.requests_per_user_minute, demand.requests_per_second_mean) == (600, 0.5, None)


def test_precisions_follow_the_gpu():
    test = app(step="today")
    clean(next(s for s in test.selectbox if s.label == "GPU").set_value("h100").run())
    precision = next(s for s in test.selectbox if s.label == "Precision")
    assert "NVFP4" not in precision.options
    clean(next(s for s in test.selectbox if s.label == "GPU").set_value("b200").run())
    assert "NVFP4" in next(s for s in test.selectbox if s.label == "Precision").options


def test_quotes_are_applied_as_typed(catalog):
    test = app(step="money")
    quoted = next(m for m in test.multiselect if m.label == "GPUs you have a quote for")
    clean(quoted.set_value(["b200"]).run())
    field(test, "Quote for B200").set_value(5.4321)
    press(test, "Show the result")
    assert link.decode(token(test), catalog).scenario.candidates.price.overrides == {"b200": 5.4321}


def test_text_is_shown_as_it_is():
    assert escape("![x](http://evil) $1$ *a*") == r"\!\[x\]\(http\://evil\) \$1\$ \*a\*"
