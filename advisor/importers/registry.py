"""Which importer reads a file: plugins first, then ours; each looks at the content, never at the name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import entry_points

from advisor.importers import (
    aiperf,
    genai_perf,
    generic,
    guidellm,
    inferencex,
    llmperf,
    probe_file,
    prometheus,
    sglang,
    trtllm,
    vllm,
)
from advisor.importers.document import Document
from advisor.importers.prices import focus, gpuhunt, quotes, skypilot
from advisor.importers.records import Found, ImportRefusedError

_PRICES = re.compile(r"\b(?:price|preis|prix|precio|cost|rate|usd|eur)\b|[$€]", re.IGNORECASE)

GROUP = "gpu_migration_advisor.importers"


@dataclass(frozen=True)
class Importer:
    """One format: its name, whether a file is of it, and what the file holds.

    ``detect`` must be quick and raise nothing but ImportRefusedError; ``read`` may raise ImportRefusedError with the
    reason. ``read_pair`` is for formats that need two files.
    """

    name: str
    detect: Callable[[Document], bool]
    read: Callable[[Document], Found]
    read_pair: Callable[[Document, Document], Found] | None = None


OURS: tuple[Importer, ...] = (
    Importer(probe_file.NAME, probe_file.detect, probe_file.read),
    Importer(guidellm.NAME, guidellm.detect, guidellm.read),
    Importer(trtllm.NAME, trtllm.detect, trtllm.read),
    Importer(inferencex.NAME, inferencex.detect, inferencex.read),
    Importer(sglang.NAME, sglang.detect, sglang.read),
    Importer(vllm.NAME, vllm.detect, vllm.read),
    Importer(llmperf.NAME, llmperf.detect, llmperf.read),
    Importer(genai_perf.NAME, genai_perf.detect, genai_perf.read),
    Importer(aiperf.NAME, aiperf.detect, aiperf.read),
    Importer(prometheus.NAME, prometheus.detect, prometheus.read, prometheus.read_pair),
    Importer(skypilot.NAME, skypilot.detect, skypilot.read),
    Importer(gpuhunt.NAME, gpuhunt.detect, gpuhunt.read),
    Importer(focus.NAME, focus.detect, focus.read),
    Importer(quotes.NAME, quotes.detect, quotes.read),
    Importer(generic.NAME, generic.detect, generic.read),
)


@cache
def plugins() -> tuple[Importer, ...]:
    """Importers of installed packages, from the entry-point group; each must be an Importer."""
    found = []
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
        try:
            loaded = entry.load()
        except Exception as error:  # whatever a plugin's import does wrong is its name's problem, not a traceback
            raise ImportRefusedError(f"plugin {entry.name} ({entry.value}) cannot be loaded: {error!r}") from error
        if not isinstance(loaded, Importer):
            raise ImportRefusedError(f"plugin {entry.value}: an advisor.importers.Importer is expected")
        found.append(_guarded(loaded, entry.name))
    return tuple(found)


def _guarded(importer: Importer, plugin: str) -> Importer:
    """A plugin's importer whose own mistakes become refusals that name the plugin."""

    def detect(document: Document) -> bool:
        try:
            return bool(importer.detect(document))
        except ImportRefusedError:
            raise
        except Exception as error:
            raise ImportRefusedError(f"plugin {plugin} failed to look at {document.file}: {error!r}") from error

    def read(document: Document) -> Found:
        try:
            return importer.read(document)
        except ImportRefusedError:
            raise
        except Exception as error:
            raise ImportRefusedError(f"plugin {plugin} failed to read {document.file}: {error!r}") from error

    return replace(importer, detect=detect, read=read)


def find(document: Document, importers: Iterable[Importer] | None = None) -> Importer:
    """The first importer that recognises a file.

    Raises:
        ImportRefusedError: none does; the message says what the file looks like and what would be read.
    """
    for importer in (*plugins(), *OURS) if importers is None else importers:
        if importer.detect(document):
            return importer
    raise ImportRefusedError(f"{document.file}: {_what_it_is(document)}")


def _what_it_is(document: Document) -> str:
    """Why a file is not read: known files that measure something else, else what to do."""
    keys = {key for item in document.objects[:1] for key in item}
    if {"avg_latency", "percentiles"} <= keys:
        return "a `vllm bench latency` file: one batch at a time, no time to first token; run `vllm bench serve` instead"
    if {"elapsed_time", "num_requests", "tokens_per_second"} <= keys:
        return "a `vllm bench throughput` file: no time to first token or per output token; run `vllm bench serve` instead"
    if {"metadata", "metrics"} <= keys and len(document.objects) > 1:
        return "records of single requests: import the tool's summary (profile_export_aiperf.json) instead"
    if "component_health" in document.text[:2000] or ("scenario:" in document.text[:200_000] and "load:" in document.text):
        return "an llm-d benchmark report is not read: import the file of the tool it was made from"
    columns = generic.columns_of(document)
    if len(columns) > 1 and _PRICES.search(" ".join(columns)):
        return (
            "a price table whose columns do not say enough: name one GPU and one USD/GPU-hour, or USD per hour or USD per "
            f"month with GPUs (columns: {', '.join(columns[:40])})"
        )
    if len(columns) > 1:
        return f"is of no known tool; map its columns with --map FIELD=COLUMN (columns: {', '.join(columns[:40])})"
    known = ", ".join(importer.name for importer in OURS)
    return f"is of no known tool; read are {known}"
