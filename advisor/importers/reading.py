"""Files from disk as documents, refused by size before they are read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from advisor.importers.document import MAX_BYTES, Document
from advisor.importers.records import ImportRefusedError


def read_document(path: Path, given: Mapping[str, Any] | None = None) -> Document:
    """Read one file. The document is named by the file and its folder, which tools fill with settings.

    Raises:
        ImportRefusedError: the file cannot be read or is too large.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ImportRefusedError(
                f"{path.name}: larger than {MAX_BYTES // 1_000_000} MB; export a summary, not all requests"
            )
        raw = path.read_bytes()
    except OSError as error:
        raise ImportRefusedError(f"{path}: cannot be read: {error.strerror}") from error
    return Document(f"{path.resolve().parent.name}/{path.name}", raw, given or {})
