"""Shared fixtures. Under CI=true a tool that is missing is a failure, elsewhere a visible skip."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from advisor.catalog import Catalog, load_catalog
from advisor.scenario import Scenario
from advisor.scenario_io import build_scenario

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))

settings.register_profile("default", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("default")


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return load_catalog()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The material beside the project; tests that compare with it skip where it is not."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("../shared is not here: the catalog is not compared with its sources")
    return folder


def need_tool(name: str) -> str:
    """The path of a program, or a skip; under CI=true a failure."""
    path = shutil.which(name)
    if path is None:
        message = f"{name} is not installed"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return path


def scenario_data(**changes: Any) -> dict[str, Any]:
    """A plain scenario as data, with parts replaced: workload, current, candidates and so on."""
    workload: dict[str, Any] = {
        "model": "llama-3.3-70b",
        "input_tokens": 8192,
        "output_tokens": 1024,
        "demand": {"requests_per_second_mean": 6.0, "peak_to_mean_ratio": 2.5},
        "targets": {"interactivity_tok_s_per_user": 40.0},
        "tasks": ({"class": "conversation"},),
    }
    current: dict[str, Any] = {"hardware": "h200", "gpus": 64, "price": {"usd_per_gpu_hour": 2.9}}
    workload |= changes.pop("workload", {})
    current |= changes.pop("current", {})
    return {"schema": 1, "workloads": (workload,), "current": current, **changes}


@pytest.fixture
def make(catalog: Catalog):
    """Build a scenario from :func:`scenario_data`'s changes."""

    def build(**changes: Any) -> Scenario:
        return build_scenario(scenario_data(**changes), catalog)

    return build
