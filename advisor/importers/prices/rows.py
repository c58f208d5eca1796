"""Tables by column name, from CSV or XLSX."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

from advisor.importers.document import MAX_CSV_ROWS, Document
from advisor.importers.records import ImportRefusedError

Row = Mapping[str, str]
MAX_UNPACKED_BYTES = 200_000_000
MAX_COLUMNS = 200
MAX_SHEETS = 12
HEADER_SEARCH = 10
MAX_HEADER = 80


def key(name: str) -> str:
    """A column name without case, spaces and signs."""
    return re.sub(r"[^a-z0-9]", "", name[:MAX_HEADER].lower())


def table(document: Document, *needed: str) -> list[dict[str, str]]:
    """Rows as mappings by normalised column name; the header is the first row that holds all ``needed``. Empty if none."""
    cells = workbook_rows(document) if document.is_workbook else document.rows
    for index, row in enumerate(cells[:HEADER_SEARCH]):
        header = [key(cell) for cell in row]
        if set(needed) <= set(header):
            return [dict(zip(header, line, strict=False)) for line in cells[index + 1 :] if any(line)]
    return []


def workbook_rows(document: Document) -> Sequence[tuple[str, ...]]:
    """Cells of the first sheet of a workbook as text. Raises ImportRefusedError."""
    return next(iter(workbook_sheets(document)), ())


def workbook_sheets(document: Document) -> tuple[Sequence[tuple[str, ...]], ...]:
    """Cells of a workbook's sheets as text.

    Raises:
        ImportRefusedError: the file is no workbook, or unpacks to more than is sane.
    """
    import openpyxl

    try:
        with zipfile.ZipFile(io.BytesIO(document.raw)) as archive:
            if sum(item.file_size for item in archive.infolist()) > MAX_UNPACKED_BYTES:
                raise ImportRefusedError(f"{document.file}: unpacks to more than {MAX_UNPACKED_BYTES // 1_000_000} MB")
        book = openpyxl.load_workbook(io.BytesIO(document.raw), read_only=True, data_only=True)
        sheets, left = [], MAX_CSV_ROWS
        for sheet in book.worksheets[:MAX_SHEETS]:
            lines = sheet.iter_rows(max_row=left, max_col=MAX_COLUMNS, values_only=True) if left > 0 else ()
            sheets.append([tuple(_text(cell) for cell in line) for line in lines])
            left -= len(sheets[-1])
    except ImportRefusedError:
        raise
    except Exception as error:  # openpyxl raises whatever a damaged archive makes it stumble over
        raise ImportRefusedError(f"{document.file}: cannot be read as an XLSX workbook: {type(error).__name__}") from error
    return tuple(sheets)


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    return cell.isoformat() if hasattr(cell, "isoformat") else str(cell).strip()
