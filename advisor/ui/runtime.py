"""What sessions share: the catalog, finished decisions and comparisons. Frozen records, cached by content.

Decisions are cached by the scenario's own JSON (what a token holds) and the catalog's digest.
"""

from __future__ import annotations

import gc
import os
from pathlib import Path

import streamlit as st

from advisor.catalog import Catalog, load_catalog
from advisor.compare import Comparison, compare
from advisor.decision import Decision
from advisor.questions import Reader
from advisor.recommend import recommend
from advisor.scenario import Scenario
from advisor.scenario_io import dump_json, parse_scenario

CACHED_DECISIONS = 256
CACHED_COMPARISONS = 128
OVERLAYS_VARIABLE = "ADVISOR_CATALOG"


@st.cache_resource(show_spinner="Loading the catalog …")
def _catalog_of(overlays: str) -> Catalog:
    """The catalog, once per server. What it and the imports hold is then left out of every later collection."""
    records = load_catalog(*(Path(part) for part in overlays.split(os.pathsep) if part))
    gc.collect()
    gc.freeze()  # Streamlit collects after every run: over all imported modules that is most of a rerun
    return records


def shipped_catalog() -> Catalog:
    """The shipped catalog with the own folders of ADVISOR_CATALOG laid over it."""
    return _catalog_of(os.environ.get(OVERLAYS_VARIABLE, ""))


@st.cache_resource(max_entries=CACHED_DECISIONS, show_spinner=False)
def _decision(scenario_json: str, digest: str, _catalog: Catalog) -> Decision:
    assert _catalog.digest == digest  # the digest is the key, the records come along unhashed
    return recommend(parse_scenario(scenario_json, _catalog), _catalog)


def decision_of(scenario: Scenario, catalog: Catalog) -> Decision:
    """The decision of a scenario. Raises AdvisorError."""
    return _decision(dump_json(scenario), catalog.digest, catalog)


@st.cache_resource(max_entries=CACHED_COMPARISONS, show_spinner=False)
def _comparison(
    workload: tuple[tuple[str, str], ...],
    sides: tuple[str, str],
    targets: tuple[float, ...],
    book: str | None,
    method: str,
    digest: str,
    _catalog: Catalog,
) -> Comparison:
    assert _catalog.digest == digest
    return compare(_catalog, Reader(_catalog, method), dict(workload), sides, targets, book)


def comparison_of(
    catalog: Catalog,
    workload: dict[str, str],
    sides: tuple[str, str],
    targets: tuple[float, ...],
    book: str | None,
    method: str,
) -> Comparison:
    """A comparison by a method. Raises QueryError."""
    return _comparison(tuple(sorted(workload.items())), sides, targets, book, method, catalog.digest, catalog)
