"""Links: round trip, no names, no damage goes unseen, and what has changed since."""

import dataclasses
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor import link
from advisor.errors import LinkError
from advisor.recommend import recommend
from advisor.scenario_io import load_scenario
from tests.conftest import EXAMPLES


@pytest.fixture(scope="module")
def decision(catalog):
    return recommend(load_scenario(EXAMPLES[-1], catalog), catalog)


@pytest.fixture(scope="module")
def token(decision):
    return link.encode(decision)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_round_trip(catalog, path):
    scenario = load_scenario(path, catalog)
    decision = recommend(scenario, catalog)
    content = link.decode(link.encode(decision), catalog)
    kept = scenario.model_copy(update={"name": "", "catalog": content.scenario.catalog})
    assert content.scenario == kept
    assert content.catalog_version == catalog.version
    assert link.changes_since(content, decision) == ()


def test_full_scenario_stays_short(catalog, make):
    tasks = tuple(
        {"class": name, "share_fraction": 0.125, "tolerance_points": 1.5}
        for name in (
            "conversation",
            "summarization",
            "classification",
            "code",
            "factual_qa",
            "reasoning_math",
            "long_context",
            "agentic_tools",
        )
    )
    quotes = {gpu: 1.234567 + n for n, gpu in enumerate(catalog.hardware)}
    scenario = make(
        workload={"tasks": tasks},
        candidates={
            "hardware": tuple(catalog.hardware),
            "engines": ("vllm", "trtllm", "sglang"),
            "price": {"overrides": quotes},
        },
    )
    assert len(link.encode(recommend(scenario, catalog))) < 2000


def test_a_name_never_enters_a_link(catalog, make):
    decision = recommend(make(name="ACME secret"), catalog)
    assert link.decode(link.encode(decision), catalog).scenario.name == ""


def test_address_and_query_are_understood(catalog, token):
    assert link.decode(f"https://advisor.example/?s={token}&step=result", catalog) == link.decode(token, catalog)
    assert link.decode(f"?s={token}", catalog) == link.decode(token, catalog)


@given(st.data())
def test_any_changed_character_is_refused(catalog, token, data):
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from(string.ascii_letters + string.digits + "-_.").filter(lambda c: c != token[place]))
    with pytest.raises(LinkError):
        link.decode(token[:place] + other + token[place + 1 :], catalog)


@given(st.data())
def test_any_cut_is_refused(catalog, token, data):
    with pytest.raises(LinkError):
        link.decode(token[: data.draw(st.integers(0, len(token) - 1))], catalog)


@pytest.mark.parametrize("text", ["", "1", "1.abc", "..", "1.abc.0000000000", "x" * 20_000, "?s=", "ünï.cø.dé"])
def test_rubbish_is_refused(catalog, text):
    with pytest.raises(LinkError):
        link.decode(text, catalog)


def test_other_versions_are_named(catalog, token):
    with pytest.raises(LinkError, match="version 9"):
        link.decode("9" + token[1:], catalog)


def test_unpacking_is_bounded(catalog):
    import base64
    import zlib

    packed = base64.urlsafe_b64encode(zlib.compress(b'{"s":{"a":"' + b"x" * 10_000_000 + b'"}}', 9)).rstrip(b"=").decode()
    with pytest.raises(LinkError):
        link.decode(f"1.{packed}.{link._checksum(packed)}", catalog)


def test_unknown_names_in_a_link_are_errors(catalog, token):
    fewer = dataclasses.replace(catalog, hardware_names=dataclasses.replace(catalog.hardware_names, by_normalized={}))
    with pytest.raises(LinkError, match="does not fit"):
        link.decode(token, fewer)


def test_changed_prices_are_told(catalog, token):
    dearer = tuple(o.model_copy(update={"usd_per_gpu_hour": o.usd_per_gpu_hour * 2}) for o in catalog.offers)
    later = dataclasses.replace(catalog, offers=dearer, version="2027.1.1")
    content = link.decode(token, later)
    scenario = content.scenario.model_copy(
        update={
            "candidates": content.scenario.candidates.model_copy(
                update={"price": content.scenario.candidates.price.model_copy(update={"overrides": {}})}
            )
        }
    )
    changes = "\n".join(link.changes_since(content, recommend(scenario, later)))
    assert "verdict" in changes or "price of" in changes
