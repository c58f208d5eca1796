"""Files of other tools in: benchmarks, prices, bills, probes. What a file does not say is asked for, never guessed."""

from advisor.importers.document import Document
from advisor.importers.reading import read_document
from advisor.importers.records import BenchmarkRun, Found, Imported, ImportedOffer, ImportRefusedError, Latency, Question
from advisor.importers.registry import Importer
from advisor.importers.session import import_documents

__all__ = [
    "BenchmarkRun",
    "Document",
    "Found",
    "ImportRefusedError",
    "Imported",
    "ImportedOffer",
    "Importer",
    "Latency",
    "Question",
    "import_documents",
    "read_document",
]
