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
