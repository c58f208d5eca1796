"""Names met in files and scenarios, resolved to catalog ids; an unknown name gets near ones suggested."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from advisor.errors import Problem

NEAREST_SHOWN = 3
NEARNESS_CUTOFF = 0.5


def normalized(name: str) -> str:
    """A name without case, spaces, hyphens, slashes and underscores: how names are compared."""
    return re.sub(r"[^a-z0-9.+]", "", name.lower())


@dataclass(frozen=True)
class NameTable:
    """Ids of one kind (hardware, model, engine) with every alias known for them."""

    kind: str
    ids: tuple[str, ...]
    by_normalized: Mapping[str, str]
    display: Mapping[str, str]

    @classmethod
    def build(
        cls, kind: str, ids: Iterable[str], aliases: Mapping[str, Iterable[str]], problems: list[Problem]
    ) -> NameTable:
        """Index ids and aliases; an alias claimed by two ids, or of an unknown id, becomes a problem."""
        known = tuple(ids)
        index = {normalized(identifier): identifier for identifier in known}
        display = {normalized(identifier): identifier for identifier in known}
        for identifier, names in aliases.items():
            if identifier not in known:
                problems.append(Problem(f"aliases.yaml: {kind}", f"{identifier!r} is no id of the catalog"))
                continue
            for name in names:
                key = normalized(name)
                if index.setdefault(key, identifier) != identifier:
                    problems.append(
                        Problem(f"aliases.yaml: {kind}", f"{name!r} stands for {index[key]!r} and {identifier!r}")
                    )
                display.setdefault(key, name)
        return cls(kind, known, index, display)

    def find(self, name: str) -> str | None:
        """The id a name stands for, or None."""
        return self.by_normalized.get(normalized(name))

    def near(self, name: str) -> tuple[str, ...]:
        """Ids whose own name or alias looks like ``name``, nearest first."""
        keys = difflib.get_close_matches(normalized(name), list(self.by_normalized), n=8, cutoff=NEARNESS_CUTOFF)
        return tuple(dict.fromkeys(self.by_normalized[key] for key in keys))[:NEAREST_SHOWN]

    def unknown_message(self, name: str) -> str:
        """What to say about a name that is not in the table."""
        near = self.near(name)
        if near:
            return f"unknown {self.kind} {name!r}; did you mean {' or '.join(near)}?"
        return f"unknown {self.kind} {name!r}; known: {', '.join(self.ids)}"
