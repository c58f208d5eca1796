"""The catalog: records with sources and dates, strictly loaded, laid over with own folders."""

from advisor.catalog.catalog import Catalog, Cell, Overlay
from advisor.catalog.load import load_catalog

__all__ = ["Catalog", "Cell", "Overlay", "load_catalog"]
