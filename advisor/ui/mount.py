"""Mounting: the pages inside any Streamlit app, with its own catalog and first scenario.

The pages set no page configuration and keep everything they remember under keys that begin with ``prefix``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import streamlit as st

from advisor.catalog import Catalog
from advisor.scenario import Scenario
from advisor.ui.runtime import shipped_catalog

_MOUNTED = "advisor.mounted"
DEFAULT_PREFIX = "advisor"


@dataclass(frozen=True)
class Mount:
    """Where the pages are drawn: which catalog (None: the shipped one), which first scenario, which key prefix."""

    catalog: Catalog | None = None
    scenario: Scenario | None = None
    prefix: str = DEFAULT_PREFIX
    pages: Mapping[str, st.Page] = field(default_factory=dict)


def enter(mount: Mount) -> None:
    """Name the mount the following page belongs to; its fragments find it there too."""
    st.session_state[_MOUNTED] = mount


def mounted() -> Mount:
    """The mount of the page that is being drawn."""
    mount: Mount = st.session_state.setdefault(_MOUNTED, Mount())
    return mount


def catalog() -> Catalog:
    """The catalog of the page that is being drawn."""
    given = mounted().catalog
    return given if given is not None else shipped_catalog()


def key(name: str) -> str:
    """A widget or session key of ours: ``advisor.compare.model``."""
    return f"{mounted().prefix}.{name}"


def make_page(mount: Mount, draw: Callable[[], None]) -> Callable[[], None]:
    """A callable for ``st.Page`` that draws inside a mount."""

    def page() -> None:
        enter(mount)
        draw()

    return page
