"""Prices of own files in a scenario: which one prices a GPU, what it says of itself, and every way there and back."""

import json
import random

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from advisor import link
from advisor.cli import main
from advisor.errors import ScenarioError
from advisor.own_price import own_offers
from advisor.price_warnings import own_basis_warnings
from advisor.pricing import candidate_price
from advisor.recommend import recommend
from advisor.report.as_json import decision_as_dict
from advisor.report.markdown import decision_markdown
from advisor.report.text import decision_text
from advisor.report.workbook import workbook_bytes
from advisor.report.workbook.readback import read_workbook
from advisor.scenario import CandidatePrice, OwnOffer
from advisor.scenario_io import build_scenario, dump_json, dump_yaml, parse_scenario
from tests.conftest import EXAMPLES, scenario_data

QUOTES = "GPU,USD/GPU-hour,Basis,Provider,Date\nB200,3.1,on demand,Acme,2026-11-02\nB200,3.4,on demand,Beta,2026-11-03\n"


def offer(usd=3.0, provider="Acme", **more):
    data = {"hardware": "b200", "usd_per_gpu_hour": usd, "provider": provider, "as_of": "2026-11-02", "file": "own.csv"}
    return OwnOffer.model_validate({**data, **more})


def priced(*offers, **more):
    return CandidatePrice(offers=offers, **more)


def scenario_with(catalog, *offers, **more):
    candidates = {"price": {"offers": tuple(o.model_dump() for o in offers)}, **more.pop("candidates", {})}
    return build_scenario(scenario_data(candidates=candidates, **more), catalog)


def test_a_typed_quote_then_own_quotes_then_lists_then_a_book(catalog):
    book, both = "inferencex-2026-03", (offer(3.0), offer(2.0, kind="list"))
    assert candidate_price(catalog, "b200", priced(*both, book=book, overrides={"b200": 9.0})).usd_per_gpu_hour == 9.0
    assert candidate_price(catalog, "b200", priced(*both, book=book)).usd_per_gpu_hour == 3.0
    assert candidate_price(catalog, "b200", priced(both[1], book=book)).usd_per_gpu_hour == 2.0
    assert candidate_price(catalog, "h200", priced(*both, book=book)).usd_per_gpu_hour == 1.41


def test_the_lowest_of_quotes_and_the_median_of_lists(catalog):
    three = [offer(usd, name) for usd, name in ((4.0, "A"), (3.0, "B"), (9.0, "C"))]
    quoted = candidate_price(catalog, "b200", priced(*three))
    assert (quoted.usd_per_gpu_hour, quoted.origin) == (3.0, "your quote sheet own.csv (B), 2026-11-02")
    assert "lowest of 3 quotes" in quoted.rule
    assert quoted.spread_usd_per_gpu_hour == ()
    listed = candidate_price(catalog, "b200", priced(*(o.model_copy(update={"kind": "list"}) for o in three)))
    assert (listed.usd_per_gpu_hour, listed.low, listed.high) == (4.0, 3.0, 9.0)
    assert listed.spread_usd_per_gpu_hour == (3.0, 4.0, 9.0)


def test_a_provider_enters_with_its_newest_day_and_then_its_cheapest_row(catalog):
    rows = (offer(2.0, as_of="2026-10-01"), offer(3.5, as_of="2026-11-02"), offer(3.3, as_of="2026-11-02"))
    assert candidate_price(catalog, "b200", priced(*rows)).usd_per_gpu_hour == 3.3
    assert candidate_price(catalog, "b200", priced(*rows, as_of="2026-10-31")).usd_per_gpu_hour == 2.0
    assert candidate_price(catalog, "b200", priced(*rows, provider="Other")) is None


def test_on_todays_gpus_a_quote_counts_and_a_price_list_does_not(catalog):
    def own_option(kind):
        decision = recommend(scenario_with(catalog, offer(1.5, hardware="h200", kind=kind)), catalog)
        assert decision.baseline.price.usd_per_gpu_hour == 2.9  # today's bill stays today's bill
        return next(o for o in decision.options if o.key.hardware == "h200" and o.price is not None)

    assert own_option("quote").price.usd_per_gpu_hour == 1.5
    assert own_option("list").price.provider == "your bill"


def test_a_price_on_another_basis_is_said_and_not_used(catalog):
    wanted = priced(offer(1.0, basis="reserved_1y"))
    price = candidate_price(catalog, "b200", wanted)
    assert price.offers
    assert not price.own
    (doubt,) = own_basis_warnings(catalog, "b200", price, wanted)
    assert "are reserved 1y, the scenario asks for on demand" in doubt.message
    assert own_basis_warnings(catalog, "b200", *(lambda w: (candidate_price(catalog, "b200", w), w))(priced(offer()))) == ()


def test_the_result_names_the_file_in_every_form(catalog):
    decision = recommend(scenario_with(catalog, offer(2.5, detail="8 x B200; eu")), catalog)
    for text in (decision_text(decision), decision_markdown(decision).replace("\\", "")):
        assert "2.50 USD/GPU-hour on demand, your quote sheet own.csv (Acme), 2026-11-02; as quoted (8 x B200; eu)" in text
    price = next(o["price"] for o in decision_as_dict(decision)["options"] if o["price"] and o["price"]["own_offers"])
    assert price["source"] == "your quote sheet own.csv (Acme)"
    assert price["own_offers"][0]["file"] == "own.csv"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"usd_per_gpu_hour": 0.0}, "above 0"),
        ({"usd_per_gpu_hour": 5000.0}, "at most 1000"),
        ({"hardware": "z9000"}, "z9000"),
        ({"as_of": "2026-02-31"}, "2026-11-24 is expected"),
        ({"provider": ""}, "provider"),
        ({"basis": "handshake"}, "must be one of"),
    ],
)
def test_wrong_fields_are_named(catalog, wrong, words):
    data = scenario_data(candidates={"price": {"offers": ({**offer().model_dump(), **wrong},)}})
    with pytest.raises(ScenarioError, match=words) as caught:
        build_scenario(data, catalog)
    assert "candidates.price.offers[0]" in str(caught.value)


def test_through_file_workbook_and_link(catalog):
    offers = (offer(2.5), offer(2.2, "Beta", kind="list", detail="p6-b200.48xlarge"), offer(1.4, hardware="h200"))
    scenario = scenario_with(catalog, *offers)
    decision = recommend(scenario, catalog)
    assert parse_scenario(dump_yaml(scenario), catalog) == scenario
    assert parse_scenario(dump_json(scenario), catalog) == scenario
    back, _ = read_workbook(workbook_bytes(decision), catalog)
    assert back == scenario
    token = link.encode(decision)
    assert len(token) <= link.MAX_WITH_OWN_CHARACTERS
    nameless = tuple(o.model_copy(update={"file": None}) for o in offers)
    content = link.decode(token, catalog)
    assert content.scenario.candidates.price.offers == nameless
    assert not content.left_out
    assert b"own.csv" not in json.dumps(content.scenario.model_dump(mode="json")).encode()


def test_a_link_too_long_for_prices_says_how_many_it_left_out(catalog):
    rng = random.Random(1)
    many = [offer(round(rng.uniform(1, 9), 6), f"provider {rng.random()}", detail=f"{rng.random()}") for _ in range(90)]
    decision = recommend(scenario_with(catalog, *many), catalog)
    content = link.decode(link.encode(decision), catalog)
    assert content.scenario.candidates.price.offers == ()
    assert content.left_out == link.LeftOut(prices=90)
    assert "90 own prices" in link.left_out_words(content.left_out)


def test_a_quote_sheet_into_a_scenario_and_on_to_advice(tmp_path):
    sheet, scenario = tmp_path / "quotes.csv", tmp_path / "with.yaml"
    sheet.write_text(QUOTES)
    done = CliRunner().invoke(main, ["import", str(sheet), "--into", str(EXAMPLES[0])])
    assert done.exit_code == 0, done.output
    scenario.write_text(done.output)
    advice = CliRunner().invoke(main, ["recommend", str(scenario)])
    assert "your quote sheet quotes.csv (Acme), 2026-11-02; the lowest of 2 quotes" in advice.output
    sheet.write_text("GPU,USD/GPU-hour\nB200,3.1\n")
    silent = CliRunner().invoke(main, ["import", str(sheet), "--into", str(EXAMPLES[0])])
    assert silent.exit_code == 2
    assert "quotes.csv: provider: is needed" in silent.output


OFFERS = st.lists(
    st.builds(
        offer,
        st.floats(0.01, 1000),
        st.sampled_from(["A", "B", "C"]),
        as_of=st.dates().map(lambda d: d.replace(year=2026, day=1).isoformat()),
        kind=st.sampled_from(["quote", "list"]),
        basis=st.sampled_from(["on_demand", "spot"]),
        hardware=st.sampled_from(["b200", "h200"]),
    ),
    max_size=12,
)


@given(OFFERS, st.randoms())
def test_the_choice_is_one_a_provider_and_knows_no_order(offers, rng):
    found = own_offers(offers, "b200", "on_demand")
    shuffled = list(offers)
    rng.shuffle(shuffled)
    assert [o.usd_per_gpu_hour for o in own_offers(shuffled, "b200", "on_demand")] == [o.usd_per_gpu_hour for o in found]
    assert len({o.provider for o in found}) == len(found)
    assert len({o.kind for o in found}) <= 1
    for chosen in found:
        rivals = [o for o in offers if o.provider == chosen.provider and (o.kind, o.hardware, o.basis) == (
            chosen.kind, chosen.hardware, chosen.basis)]  # fmt: skip
        assert chosen.as_of == max(o.as_of for o in rivals)
        assert chosen.usd_per_gpu_hour == min(o.usd_per_gpu_hour for o in rivals if o.as_of == chosen.as_of)
