"""Own price files and bills in the wizard: questions, what is read, what is taken, and what the result says of it."""

import datetime

import pytest

from advisor import link
from advisor.recommend import recommend
from tests.importers import own_files as files
from tests.ui.driving import clean, field, named, open_app, press, step, token
from tests.ui.test_own_files import plainly, uploaded

QUOTES = b"GPU,USD/GPU-hour,Basis,Provider,Date\nB200,3.1,on demand,Acme,2026-11-02\nB200,3.4,on demand,Beta,2026-11-03\n"
RESERVED = b"GPU,USD/GPU-hour,Basis,Provider,Date\nB200,2.9,reserved 1y,Acme,2026-11-02\n"


def priced(content, name="quotes.csv", test=None):
    return uploaded(test or open_app(step="money"), "money.prices", Price_files=[(name, content)])


def prices(test, catalog):
    return link.decode(token(test), catalog).scenario.candidates.price


def test_a_quote_sheet_is_taken_and_the_result_names_it(catalog):
    test = priced(QUOTES)
    press(test, "Take these prices")
    assert [(o.provider, o.usd_per_gpu_hour, o.as_of) for o in prices(test, catalog).offers] == [
        ("Acme", 3.1, "2026-11-02"),
        ("Beta", 3.4, "2026-11-03"),
    ]
    assert "Prices of your own files in the scenario: 2" in plainly(test)
    press(test, "Show the result")
    assert "your quote sheet quotes.csv (Acme), 2026-11-02; the lowest of 2 quotes" in plainly(test)
    option = next(
        o for o in recommend(link.decode(token(test), catalog).scenario, catalog).options if o.price and o.price.own
    )
    assert (option.key.hardware, option.price.usd_per_gpu_hour) == ("b200", 3.1)
    press(test, "Money and limits")
    test.session_state["advisor.money.prices"] = True
    clean(test.run())
    counts = [row[-1] for table in test.table for row in table.value.to_numpy().tolist()]
    assert [word.replace("\\", "") for word in counts] == ["yes", "no: a lower quote stands above it"]
    press(test, "Remove these prices")
    assert prices(test, catalog).offers == ()


def test_a_catalog_that_says_neither_provider_nor_day_asks_for_both(catalog):
    test = priced(files.SKYPILOT_CSV.encode(), "vms.csv")
    assert not [button for button in test.button if button.label.startswith("Take")]
    clean(named(test.text_input, "Whose prices").set_value("acme").run())
    clean(test.date_input[0].set_value(datetime.date(2026, 11, 20)).run())
    assert "bid floor" in plainly(test)
    press(test, "Take these prices")
    held = prices(test, catalog).offers
    assert {(o.hardware, o.basis, o.usd_per_gpu_hour, o.kind, o.provider, o.as_of) for o in held} == {
        ("h200", "on_demand", 4.0, "list", "acme", "2026-11-20"),
        ("h200", "spot", 2.0, "list", "acme", "2026-11-20"),
        ("b200", "spot", 3.0, "list", "acme", "2026-11-20"),
    }


def test_prices_on_another_basis_ask_for_it_and_change_nothing_silently(catalog):
    test = priced(RESERVED)
    assert named(test.selectbox, "None of them is on demand").value == "reserved_1y"
    press(test, "Take these prices")
    assert prices(test, catalog).basis == "reserved_1y"
    assert named(test.selectbox, "Offers on this basis").value == "reserved_1y"
    press(test, "Show the result")
    assert prices(test, catalog).basis == "reserved_1y"
    assert "2.90 USD/GPU-hour reserved 1y, your quote sheet quotes.csv (Acme), 2026-11-02; as quoted" in plainly(test)


def test_what_is_typed_in_the_step_survives_taking_prices():
    test = open_app(step="money")
    clean(field(test, "Power limit").set_value(77).run())
    press(priced(RESERVED, test=test), "Take these prices")
    assert field(test, "Power limit").value == 77


def test_a_bill_fills_todays_fields_only_by_its_button(catalog):
    test = priced(files.FOCUS_CSV.encode(), "focus.csv", open_app(step="money"))
    assert "tax" in plainly(test)
    before = link.decode(token(test), catalog).scenario.current if "s" in test.query_params else None
    assert before is None
    press(test, "Fill these into today's fleet")
    assert step(test).startswith("Step 4")
    current = link.decode(token(test), catalog).scenario.current
    assert (current.price.usd_per_month, current.price.basis) == (14600, "reserved_1y")
    assert (current.gpus, current.commitment.gpus) == (8, 8)
    press(test, "Back")
    press(test, "Back")
    assert field(test, "GPUs").value == 8
    assert field(test, "Committed GPUs").value == 8


def test_a_machine_and_an_unnamed_commitment_are_asked_about(catalog):
    bill = files.FOCUS_CSV.replace('H200,"{""GpuCount"": 8}"', '"p5en.48xlarge",')
    bill = bill.replace("p5en.48xlarge H200", "plan").replace("H200 commitment", "p5en.48xlarge plan")
    test = uploaded(open_app(step="today"), "today.benchmarks", Benchmark_files=[("focus.csv", bill.encode())])
    chosen = named(test.multiselect, "Which of these are your H200")
    assert chosen.options == ["commitment (GPU not named)", "p5en.48xlarge"]
    assert chosen.value == ["p5en.48xlarge"]  # dated offers of the catalog name this machine
    assert field(test, "How many GPUs has one machine").value == 8  # suggested by the same offers
    clean(chosen.set_value(["p5en.48xlarge", "commitment (GPU not named)"]).run())
    press(test, "Fill these into today's fleet")
    current = link.decode(token(test), catalog).scenario.current
    assert (current.price.usd_per_month, current.gpus) == (14600, 8)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"GPU,USD/GPU-hour,Currency\nB200,3,EUR\n", "in EUR"),
        (b"GPU,USD/GPU-hour,Provider,Date\nZ9000,3,Acme,2026-11-02\n", "no GPU this catalog knows"),
        (b"GPU,USD/GPU-hour,Provider,Date\nB200,25000,Acme,2026-11-02\n", "is it the price of a machine"),
        (b"# ![x](http://evil.example/x.png)", "is of no known tool"),
    ],
)
def test_prices_that_cannot_be_used_are_refused_with_the_reason(content, words):
    test = priced(content)
    assert any(words in error.value.replace("\\", "") for error in test.error)
    assert not [button for button in test.button if button.label.startswith("Take")]
