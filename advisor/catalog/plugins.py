"""Catalog folders of installed packages: the entry-point group ``gpu_migration_advisor.catalogs``."""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path

from advisor.errors import CatalogError, Problem

GROUP = "gpu_migration_advisor.catalogs"


def plugin_folders() -> tuple[Path, ...]:
    """Folders to lay over the shipped catalog, by name of the entry point; each names a path or a function that returns one.

    Raises:
        CatalogError: an entry point cannot be loaded or is no folder.
    """
    found = []
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
        try:
            loaded = entry.load()
            folder = Path(loaded() if callable(loaded) else loaded)
        except Exception as error:  # whatever a plugin's import does wrong is its name's problem, not a traceback
            raise CatalogError([Problem(f"plugin {entry.name}", f"{entry.value} cannot be loaded: {error!r}")]) from error
        found.append(folder)
    return tuple(found)
