"""The result page under AppTest: odds, flips, charts with their tables, tokens, traces, money fields of the wizard."""

import json

import pytest

from advisor import link
from advisor.phrases import usd
from advisor.recommend import recommend
from advisor.report.cash import saved_by_month, split_of
from advisor.report.money_text import FUTURE_NAMES
from advisor.report.words import looked_at, outlook_sentence
from advisor.scenario_io import build_scenario, load_scenario
from advisor.ui.charts.cash import cash_words, future_rows, shaded
from advisor.ui.charts.quality import MARKS, class_lines
from advisor.ui.text import escape
from tests.conftest import EXAMPLES, scenario_data
from tests.ui.driving import clean, field, named, open_app, press, shown, token

CHARTS = ("frontier", "cash", "tornado", "split", "quality")


@pytest.fixture(scope="module")
def moving(catalog):
    """A decision to move."""
    return recommend(load_scenario(next(p for p in EXAMPLES if p.stem == "llama-70b-64-h200"), catalog), catalog)


@pytest.fixture(scope="module", params=EXAMPLES, ids=lambda path: path.stem)
def decision(request, catalog):
    return recommend(load_scenario(request.param, catalog), catalog)


def opened(decision):
    return open_app(s=link.encode(decision), step="result")


def chart_of(test):
    found = test.get("vega_lite_chart")
    return found[0].proto if found else None


def select(test, name):
    test.session_state["advisor.chart"] = name
    return clean(test.run())


def unfold(test, *names):
    for name in names:
        test.session_state[f"advisor.{name}"] = True
    return clean(test.run())


def cells(test):
    return str([table.value.to_numpy().tolist() for table in test.table]).replace("\\", "")


def test_odds_flips_pilot_and_latency_are_said(moving):
    test = opened(moving)
    lines = " ".join(shown(test))
    assert escape(outlook_sentence(moving)) in lines
    assert all(escape(flip.sentence) in lines for flip in moving.flips)
    assert moving.verdict.pilot
    assert all(escape(experiment.settles) in lines for experiment in moving.verdict.pilot)
    assert "At the peak" in lines
    assert "First token" in lines


@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_has_words_and_a_table(moving, name):
    test = select(opened(moving), name)
    drawn = chart_of(test)
    assert drawn.alt
    titles = [fold.label for fold in test.expander if fold.label.startswith("Numbers of the chart")]
    assert len(titles) == 1
    unfold(test, f"numbers.{titles[0].partition(': ')[2]}")
    assert test.table


def test_the_cash_chart_ends_at_what_the_decision_saves(decision):
    for future in decision.futures:
        line = saved_by_month(decision, future)
        assert len(line) == decision.scenario.finance.horizon_months + 1
        assert line[0] == -future.one_off
        assert line[-1] == pytest.approx(future.npv_saving, abs=1e-3)
        assert sum(split_of(future).values()) == pytest.approx(future.total_cost)
        rows = [row for row in future_rows(decision) if row["series"] == FUTURE_NAMES[future.name]]
        band = decision.band(future.name)
        spans = [(row["low"], row["high"]) for row in rows]
        known = band and future.name in shaded(decision) and list(zip(band.saved_p10_usd, band.saved_p90_usd, strict=True))
        assert spans == (known or [(None, None)] * len(line))
        assert usd(future.npv_saving) in cash_words(decision)


def test_cash_can_also_be_seen_as_paid(moving):
    test = select(opened(moving), "cash")
    assert moving.adopted.name in [band.future for band in moving.bands]
    saved = json.loads(chart_of(test).spec)
    test = clean(named(test.get("button_group"), "Cash shown").set_value("paid").run())
    assert "present value paid" in chart_of(test).spec
    assert chart_of(test).spec != json.dumps(saved)
    text = cells(unfold(test, "numbers.cash"))
    stay = moving.band("stay")
    assert f"{usd(stay.cost_p10_usd[-1])} to {usd(stay.cost_p90_usd[-1])}" in text
    assert "(advised)" in text


def test_quality_is_shown_class_by_class_with_shape_and_word(moving):
    test = unfold(select(opened(moving), "quality"), "numbers.quality")
    spec = json.loads(chart_of(test).spec)
    text = cells(test)
    assert class_lines(moving)
    for _, item in class_lines(moving):
        assert f"{MARKS[item.status]} {item.status}" in text
        assert f"{item.low_points:+.2f} to {item.high_points:+.2f}" in text
        assert item.status in json.dumps(spec)


def test_options_say_why_they_lose(moving):
    found = next(d.value for d in opened(moving).dataframe if "for and against" in d.value.columns)
    text = " ".join(found["for and against"])
    feasible = {option.key.id for option in moving.options if option.rank is not None}
    for option_id, sentence in moving.losing:
        if option_id in feasible:
            assert sentence.rstrip(".") in text
    assert found["first token (s)"].notna().any()


def test_tokens_and_the_saving_can_be_looked_into(moving):
    test = unfold(opened(moving), "tokens", "trace.saving")
    text = cells(test)
    assert all(offer.provider in text for offer in moving.tokens.offers)
    assert f"{looked_at(moving).standing.future.npv_cost:,.0f} USD present value" in text


def test_bought_tokens_are_shown_against_the_fleet(catalog):
    data = scenario_data(candidates={"allow": {"api_tokens": True}}, current={"price": {"usd_per_gpu_hour": 6.0}})
    found = recommend(build_scenario(data, catalog), catalog)
    assert found.verdict.code == "buy_tokens"
    test = opened(found)
    lines = " ".join(shown(test)).replace("\\", "")
    assert "64 → 0" in lines
    assert "not measured at providers" in lines
    for name in CHARTS:
        select(test, name)
    press(test, "Print view")


def test_a_phased_move_is_shown(catalog):
    commitment = {"months_left": 30, "gpus": 16}
    data = scenario_data(current={"commitment": commitment, "price": {"usd_per_gpu_hour": 4.0}})
    found = recommend(build_scenario(data, catalog), catalog)
    assert found.future("phased") is not None
    test = unfold(select(opened(found), "cash"), "numbers.cash")
    assert "phased move" in cells(test)


def test_own_hardware_keeps_its_books_through_the_wizard(catalog):
    owned = {"capex_usd_per_gpu": 30000.0, "age_months": 12}
    data = scenario_data(current={"price": None, "owned": owned}, finance={"usd_per_kwh": 0.1})
    found = recommend(build_scenario(data, catalog), catalog)
    test = open_app(s=link.encode(found), step="today")
    assert not test.error
    assert field(test, "Purchase price").value == 30000
    clean(field(test, "Age").set_value(24).run())
    press(test, "Straight to the result")
    owned = link.decode(token(test), catalog).scenario.current.owned
    assert (owned.capex_usd_per_gpu, owned.age_months) == (30000, 24)


def test_turning_to_own_hardware_asks_for_its_price(catalog):
    test = open_app(step="today")
    clean(named(test.radio, "Bill").set_value("owned").run())
    assert test.error
    clean(field(test, "Purchase price").set_value(28000).run())
    assert not test.error
    press(test, "Next")
    current = link.decode(token(test), catalog).scenario.current
    assert current.price is None
    assert current.owned.capex_usd_per_gpu == 28000
    press(test, "Back")
    assert any("is needed to price the power" in line for line in shown(test))
    clean(field(test, "Electricity").set_value(0.12).run())
    press(test, "Straight to the result")
    assert link.decode(token(test), catalog).scenario.finance.usd_per_kwh == 0.12
    assert test.header[0].value


def test_every_money_field_reaches_the_scenario(catalog):
    test = open_app(step="money")
    typed = {
        "Budget a month": 90000,
        "Budget for moving": 250000,
        "Must serve within": 6,
        "Engineering for bought tokens": 3,
        "Offer spread": 0.5,
        "Seed": 7,
        "Speed to spare": 0.3,
    }
    for label, value in typed.items():
        clean(field(test, label).set_value(value).run())
    clean(named(test.radio, "Buying tokens").set_value("no").run())
    clean(named(test.text_input, "As of").set_value("2026-09").run())
    assert any("found" in error.value or "match" in error.value for error in test.error)
    clean(named(test.text_input, "As of").set_value("2026-09-30").run())
    assert not test.error
    press(test, "Show the result")
    scenario = link.decode(token(test), catalog).scenario
    wanted = scenario.candidates
    assert (wanted.max_usd_per_month, wanted.max_one_off_usd, wanted.serve_within_months) == (90000, 250000, 6)
    assert (wanted.allow.api_tokens, wanted.price.as_of) == (False, "2026-09-30")
    assert (scenario.uncertainty.price_spread_ratio, scenario.uncertainty.seed) == (0.5, 7)
    assert scenario.migration.buy_tokens_weeks == 3
    assert scenario.preferences.weights.latency == 0.3


def test_the_contract_in_full(catalog):
    test = open_app(step="today")
    clean(field(test, "Committed GPUs").set_value(32).run())
    clean(field(test, "Exit fee").set_value(5000).run())
    clean(field(test, "Months left").set_value(9).run())
    clean(named(test.selectbox, "What happens to unused").set_value("refund").run())
    press(test, "Next")
    found = link.decode(token(test), catalog).scenario.current.commitment
    assert (found.gpus, found.exit_fee_usd, found.recovery, found.months_left) == (32, 5000, "refund", 9)


def test_other_workloads_and_profiles_stay_as_they_are(catalog):
    data = scenario_data()
    first = data["workloads"][0]
    first["demand"] = {"requests_per_second_mean": 3.0, "profile_24h": tuple([1.0] * 23 + [3.0])}
    second = {**first, "input_tokens": 1024, "demand": {"requests_per_second_mean": 2.0}}
    scenario = build_scenario({**data, "workloads": (first, second)}, catalog)
    test = open_app(s=link.encode(recommend(scenario, catalog)), step="workload")
    for _ in range(3):
        press(test, "Next")
    press(test, "Show the result")
    assert link.decode(token(test), catalog).scenario.workloads == scenario.workloads
