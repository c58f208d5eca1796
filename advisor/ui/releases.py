"""Catalog releases as the changelog tells them: the entries under its *Catalog* headings."""

from __future__ import annotations

import re
from pathlib import Path

CHANGELOG = Path(__file__).resolve().parents[2] / "CHANGELOG.md"
HEADING = "### Catalog"


def releases(path: Path = CHANGELOG) -> tuple[str, ...]:
    """What changed, newest first, one text a release; empty where the changelog is not at hand (an installed package)."""
    if not path.is_file():
        return ()
    found = []
    for section in path.read_text(encoding="utf-8").split(HEADING)[1:]:
        body = re.split(r"^#", section, maxsplit=1, flags=re.MULTILINE)[0]
        found += [" ".join(entry.split()) for entry in re.split(r"^- ", body, flags=re.MULTILINE)[1:]]
    return tuple(found)
