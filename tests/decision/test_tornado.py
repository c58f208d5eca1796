"""One driver at a time: what several workloads make of the ranges."""

from dataclasses import replace

import pytest

from advisor.decision.tornado import drivers_of
from advisor.recommend import recommend
from advisor.scenario_io import build_scenario
from tests.conftest import scenario_data
from tests.decision.test_properties import case_of, option

CHAT = scenario_data()["workloads"][0]
UNMEASURED = {**CHAT, "model": "llama-3.1-8b", "input_tokens": 1024, "demand": {"requests_per_second_mean": 2.0}}


def decide(catalog, *workloads):
    data = scenario_data(current={"gpus": 128}, candidates={"hardware": ("b200",)})
    return recommend(build_scenario({**data, "workloads": workloads}, catalog), catalog)


def throughput_driver(decision, found):
    return next(driver for driver in drivers_of(case_of(decision), found) if driver.name == "candidate throughput")


def test_the_throughput_of_one_workload_runs_over_its_interval(catalog):
    decision = decide(catalog, CHAT)
    found = option(decision, "b200:fp4:none")
    driver, point = throughput_driver(decision, found), found.operating_point
    assert (driver.low, driver.base, driver.high) == pytest.approx((point.low, point.tok_s_per_gpu, point.high))


@pytest.mark.parametrize("order", [(CHAT, UNMEASURED), (UNMEASURED, CHAT)])
def test_of_several_workloads_the_widest_interval_counts_whichever_stands_first(catalog, order):
    """The pilot's rule reads the slow end of this driver: an unmeasured second workload must be able to call for one."""
    decision = decide(catalog, *order)
    found = option(decision, "b200:fp4:none")
    driver = throughput_driver(decision, found)
    points = [part.operating_point for part in found.parts]
    assert {point.grade for point in points} & {"transferred", "modelled"}
    assert driver.low == min(point.low / point.tok_s_per_gpu for point in points)
    assert driver.high == max(point.high / point.tok_s_per_gpu for point in points)
    assert (driver.base, driver.unit) == (1.0, "of the estimate")
    assert driver.high / driver.low > 1.5


def test_no_interval_is_no_range(catalog):
    decision = decide(catalog, CHAT)
    found = option(decision, "b200:fp4:none")
    bare = replace(found, operating_point=replace(found.operating_point, low=None, high=None))
    assert bare.throughput_range is None
    driver = throughput_driver(decision, bare)
    assert driver.low == driver.base == driver.high


def owned_scenario(factor=1.0):
    """H200 rented, B200 to buy; everything that makes up the owner's cost times a factor."""
    owned = {"capex_usd_per_gpu": 30000.0 * factor, "residual_fraction": 0.1, "kw_per_gpu": 1.2}
    owned["hosting_usd_per_gpu_month"] = 100.0 * factor
    data = scenario_data(candidates={"hardware": ("b200",), "owned": {"b200": owned}})
    return data | {"finance": {"usd_per_kwh": 0.1 * factor}}


def test_a_price_of_own_hardware_moves_all_that_makes_up_the_owners_cost(catalog):
    """Its range is one of the owner's cost an hour: purchase, power and hosting a tenth dearer, as a run of their own."""
    decision = recommend(build_scenario(owned_scenario(), catalog), catalog)
    row = next(row for row in decision.tornado if row.driver == "candidate price")
    subject = decision.chosen.key.id
    for end, found in ((row.low, row.saving_at_low_usd), (row.high, row.saving_at_high_usd)):
        other = recommend(build_scenario(owned_scenario(end / row.base), catalog), catalog)
        option = next(option for option in other.options if option.key.id == subject)
        assert option.standing.future.name == decision.chosen.standing.future.name
        assert found == pytest.approx(option.standing.future.npv_saving, rel=1e-9)
    assert not any(row.driver == "candidate price change" for row in decision.tornado)
