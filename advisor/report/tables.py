"""Plain tables and lists for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(header: Sequence[str], rows: Iterable[Sequence[str]], left: frozenset[int] = frozenset({0})) -> list[str]:
    """Aligned columns: text left, numbers right."""
    grid = [list(header), *(list(row) for row in rows)]
    widths = [max(len(row[column]) for row in grid) for column in range(len(header))]
    lines = []
    for row in grid:
        cells = [
            cell.ljust(width) if column in left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return lines


def section(title: str, lines: Sequence[str]) -> list[str]:
    """A titled list; nothing without lines."""
    return [title, *(f"  - {line}" for line in lines), ""] if lines else []
