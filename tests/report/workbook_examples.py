"""Scenarios like the examples, of what those have none of: two workloads, and hardware on the own books."""

from __future__ import annotations

from typing import Any

from tests.conftest import scenario_data


def two_workloads() -> dict[str, Any]:
    """Chat and code, of two models, on 96 rented H200 of which half are under contract: a move in two tranches pays."""
    data = scenario_data(
        workload={"growth_per_year_fraction": 0.3},
        current={"gpus": 96, "commitment": {"months_left": 9, "gpus": 48, "exit_fee_usd": 20000.0}},
        candidates={"hardware": ("h200", "b200", "mi355x"), "price": {"overrides": {"b200": 4.5}}},
    )
    code = {
        "model": "deepseek-r1",
        "input_tokens": 1024,
        "output_tokens": 1024,
        "demand": {"tokens_per_day": 6e8},
        "targets": {"interactivity_tok_s_per_user": 30.0},
        "tasks": ({"class": "code"}, {"class": "reasoning_math"}),
    }
    return data | {"workloads": (*data["workloads"], code)}


def own_hardware() -> dict[str, Any]:
    """96 own H200, two years old and dear to run, hosted under contract; B200 and newer H200 could be bought."""
    today = {
        "capex_usd_per_gpu": 34000.0,
        "life_months": 60,
        "age_months": 24,
        "residual_fraction": 0.1,
        "resale_usd_per_gpu": 21000.0,
        "hosting_usd_per_gpu_month": 400.0,
    }
    b200 = {
        "capex_usd_per_gpu": 38000.0,
        "residual_fraction": 0.3,
        "kw_per_gpu": 1.3,
        "hosting_usd_per_gpu_month": 120.0,
    }
    return scenario_data(
        workload={"growth_per_year_fraction": 0.3, "demand": {"requests_per_second_mean": 9.0}},
        current={"gpus": 96, "price": None, "owned": today, "commitment": {"months_left": 9, "gpus": 48}},
        candidates={"hardware": ("h200", "b200", "mi355x"), "owned": {"b200": b200, "h200": {"capex_usd_per_gpu": 24000.0}}},
        finance={"usd_per_kwh": 0.25, "pue": 1.4},
    )


def not_live() -> dict[str, Any]:
    """A model of one's own on L40S alone: no relative was measured there, so no option has an operating point."""
    custom = {"total_params_b": 40.0, "active_params_b": 40.0, "layers": 60, "kv_values_per_token": 150_000}
    return scenario_data(
        workload={"model": {"custom": custom}}, current={"hardware": "l40s"}, candidates={"hardware": ("l40s",)}
    )


INLINE = {"two-workloads": two_workloads(), "own-hardware": own_hardware()}
