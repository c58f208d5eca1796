"""The wizard and its pages: the only package that imports Streamlit.

Two public functions, for this app and for any other that wants the pages inside it::

    st.navigation([my_page, *advisor_pages(catalog=my_catalog, scenario=my_scenario)]).run()

    draw("compare")        # one page inside a page of yours

No page configuration is set here; session and widget keys begin with ``prefix``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from advisor.catalog import Catalog
from advisor.scenario import Scenario
from advisor.ui.mount import DEFAULT_PREFIX, Mount, enter, make_page
from advisor.ui.pages.compare import compare_page
from advisor.ui.pages.evidence import evidence_page
from advisor.ui.pages.guide import guide_page
from advisor.ui.pages.wizard import wizard_page

__all__ = ["PAGES", "advisor_pages", "draw"]

PAGES: Mapping[str, tuple[str, Callable[[], None]]] = {
    "wizard": ("Wizard", wizard_page),
    "compare": ("Compare", compare_page),
    "guide": ("Guide", guide_page),
    "evidence": ("Evidence", evidence_page),
}
"""Pages by name, with title and drawing function, in the order of the menu."""


def advisor_pages(
    catalog: Catalog | None = None,
    scenario: Scenario | None = None,
    *,
    prefix: str = DEFAULT_PREFIX,
    url_prefix: str = "",
    default: str | None = None,
) -> list[st.Page]:
    """The pages for ``st.navigation``.

    Args:
        catalog: records to advise from; None: the shipped catalog with the folders of ADVISOR_CATALOG over it.
        scenario: where a new session starts; None: the product's own start.
        prefix: what session and widget keys begin with; change it to mount the pages twice.
        url_prefix: put before each page's path, as in ``gpu-`` for ``/gpu-compare``.
        default: name of the page to open at the app's own address, or None.
    """
    pages: dict[str, st.Page] = {}
    mount = Mount(catalog, scenario, prefix, pages)
    for name, (title, page) in PAGES.items():
        path = f"{url_prefix}{name}"
        pages[name] = st.Page(make_page(mount, page), title=title, url_path=path, default=name == default)
    return list(pages.values())


def draw(
    name: str, catalog: Catalog | None = None, scenario: Scenario | None = None, *, prefix: str = DEFAULT_PREFIX
) -> None:
    """Draw one page (a name of :data:`PAGES`) where the host stands. Arguments as for :func:`advisor_pages`."""
    enter(Mount(catalog, scenario, prefix))
    PAGES[name][1]()
