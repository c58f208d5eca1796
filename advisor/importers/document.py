"""A file before anyone knows what it is: bounded, decoded, and parsed as far as its syntax goes."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePath
from typing import Any

from advisor.importers.records import ImportRefusedError

MAX_BYTES = 50_000_000
MAX_VALUES = 4_000_000
"""JSON values a file may hold: more would take gigabytes once parsed."""
MAX_DEPTH = 100
MAX_CSV_ROWS = 500_000
MAX_NAME = 300
"""Characters of a file's name and folder that are looked at."""
DIGEST_BYTES = 8
XLSX_MAGIC = b"PK\x03\x04"

_STRUCTURE = re.compile(r'"(?:[^"\\]++|\\.)*+"|[\[\]{}]', re.DOTALL)


@dataclass(frozen=True, eq=False)
class Document:
    """One file. ``name`` keeps the last folder, because tools put the model and the load there."""

    name: str
    raw: bytes = field(repr=False)
    given: Mapping[str, Any] = field(default_factory=dict)
    """What the user said about how to read it: ``columns`` of a table, ``seconds`` between two scrapes, a ``date``."""

    def __post_init__(self) -> None:
        if len(self.raw) > MAX_BYTES:
            raise ImportRefusedError(
                f"{self.name}: larger than {MAX_BYTES // 1_000_000} MB; export a summary, not all requests"
            )

    @property
    def file(self) -> str:
        """The bare file name."""
        return PurePath(self.name[-MAX_NAME:]).name

    @cached_property
    def digest(self) -> str:
        """A short digest of the content, to recognise a file that was imported before."""
        return hashlib.blake2s(self.raw, digest_size=DIGEST_BYTES).hexdigest()

    @property
    def is_workbook(self) -> bool:
        """Whether this is a zipped (XLSX) file."""
        return self.raw.startswith(XLSX_MAGIC)

    @cached_property
    def text(self) -> str:
        """The content as text, without a byte-order mark; empty for a workbook."""
        if self.is_workbook:
            return ""
        encoding = "utf-16" if self.raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
        try:
            return self.raw.decode(encoding)
        except UnicodeDecodeError as error:
            raise ImportRefusedError(f"{self.file}: is neither UTF-8 text nor an XLSX workbook") from error

    @cached_property
    def values(self) -> tuple[Any, ...]:
        """The JSON values of the file: one, or one after another (lines); empty if it is no JSON."""
        if self.text.lstrip()[:1] not in ("{", "["):
            return ()
        self._refuse_monsters()
        decoder = json.JSONDecoder()
        values: list[Any] = []
        at, end = 0, len(self.text)
        try:
            while (at := _skip_blank(self.text, at)) < end:
                value, at = decoder.raw_decode(self.text, at)
                values.append(value)
        except json.JSONDecodeError as error:
            return self._cut_short(values, error)
        except RecursionError as error:
            raise ImportRefusedError(f"{self.file}: JSON is nested more than {MAX_DEPTH} levels deep") from error
        except ValueError as error:  # a whole number of thousands of digits
            raise ImportRefusedError(f"{self.file}: holds a number that is too long") from error
        return tuple(values)

    def _cut_short(self, values: list[Any], error: json.JSONDecodeError) -> tuple[Any, ...]:
        if not values and not self.looks_like_json:
            return ()
        where = f"line {error.lineno}, column {error.colno}"
        raise ImportRefusedError(f"{self.file}: is not valid JSON at {where}: {error.msg}; is the file complete?") from error

    @property
    def looks_like_json(self) -> bool:
        """Whether the first characters are JSON's, not those of a log line such as ``[12/07/2025]``."""
        return re.match(r"\s*(?:\{\s*[\"}]|\[\s*[\[{\]\"])", self.text) is not None

    def _refuse_monsters(self) -> None:
        if self.text.count(",") + self.text.count("[") + self.text.count("{") > MAX_VALUES:
            raise ImportRefusedError(f"{self.file}: holds more than {MAX_VALUES:,} JSON values; export a summary")
        depth = 0
        for match in _STRUCTURE.finditer(self.text):
            token = match[0]
            if token in "[{":
                depth += 1
                if depth > MAX_DEPTH:
                    raise ImportRefusedError(f"{self.file}: JSON is nested more than {MAX_DEPTH} levels deep")
            elif token in "]}":
                depth -= 1

    @cached_property
    def objects(self) -> tuple[dict[str, Any], ...]:
        """The JSON objects of the file: appended lines, or the elements of one list; empty if there are none."""
        values = self.values
        if len(values) == 1 and isinstance(values[0], list):
            values = tuple(values[0])
        return tuple(value for value in values if isinstance(value, dict))

    @property
    def data(self) -> dict[str, Any]:
        """The one JSON object of the file; empty if it is anything else."""
        return self.values[0] if len(self.values) == 1 and isinstance(self.values[0], dict) else {}

    @property
    def delimiter(self) -> str:
        """What stands between the cells of a CSV file."""
        return _delimiter(self.text)[1]

    @cached_property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """Cells of a CSV file (comma, semicolon or tab; a leading ``sep=`` line is obeyed); empty for JSON."""
        if self.is_workbook or self.looks_like_json or "\0" in self.text:
            return ()
        text, delimiter = _delimiter(self.text)
        if text.count(delimiter) > MAX_VALUES:
            raise ImportRefusedError(f"{self.file}: holds more than {MAX_VALUES:,} cells; export a summary")
        rows: list[tuple[str, ...]] = []
        try:
            for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
                rows.append(tuple(cell.strip() for cell in cells))
                if len(rows) > MAX_CSV_ROWS:
                    raise ImportRefusedError(f"{self.file}: holds more than {MAX_CSV_ROWS:,} rows")
        except csv.Error:
            return ()
        return tuple(rows)


def _delimiter(text: str) -> tuple[str, str]:
    match = re.match(r"\s*sep=(.)\r?\n", text)
    if match:
        return text[match.end() :], match[1]
    head = "\n".join(text.splitlines()[:5]) if len(text) < 1_000_000 else text[:100_000]
    return text, max(",;\t", key=head.count)


def _skip_blank(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n,":
        at += 1
    return at
