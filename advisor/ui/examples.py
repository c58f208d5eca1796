"""Scenarios to start from: the files of ``examples/`` and the seeds' own cases, as (title, scenario) by file name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from advisor.catalog import Catalog
from advisor.errors import ScenarioError
from advisor.scenario import Scenario
from advisor.scenario_io import load_scenario

_PACKAGE = Path(__file__).resolve().parents[1]
FOLDER = _PACKAGE / "_examples" if (_PACKAGE / "_examples").is_dir() else _PACKAGE.parent / "examples"
"""The examples: inside an installed package, beside the package in a checkout."""


@dataclass(frozen=True)
class Example:
    """A scenario to start from; ``title`` names it, its model and its fleet."""

    id: str
    title: str
    scenario: Scenario


@st.cache_resource(max_entries=8, show_spinner=False)
def _examples(digest: str, _catalog: Catalog) -> tuple[Example, ...]:
    assert _catalog.digest == digest
    found = []
    for path in [*sorted(FOLDER.glob("*.yaml")), *sorted(FOLDER.glob("seeds/*.yaml"))]:
        try:
            scenario = load_scenario(path, _catalog)
        except ScenarioError:
            continue  # a host's own catalog need not hold the example's model or GPU
        found.append(Example(path.stem, _title(_catalog, scenario, path.stem), scenario))
    return tuple(found)


def _title(catalog: Catalog, scenario: Scenario, stem: str) -> str:
    """``Support assistant: Llama-3.3-70B-Instruct on 64 × H200 SXM``."""
    model_id, current = scenario.workload.model_id, scenario.current
    model = catalog.models[model_id].name if model_id else "own model"
    return f"{scenario.name or stem}: {model} on {current.gpus} × {catalog.hardware[current.hardware].name}"


def examples(catalog: Catalog) -> tuple[Example, ...]:
    """The examples that fit a catalog."""
    return _examples(catalog.digest, catalog)
