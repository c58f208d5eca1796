"""GPU migration decision advisor: ``Scenario`` in, ``recommend``, decision out, from a sourced ``load_catalog``."""

from advisor.catalog import load_catalog
from advisor.recommend import recommend
from advisor.scenario import Scenario

__version__ = "0.1.0"
__all__ = ["Scenario", "load_catalog", "recommend"]
