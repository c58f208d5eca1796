"""Importer of "loadgen", a made-up load generator whose result is lines of ``name: value``."""

from advisor.importers import Document, Found, Importer
from advisor.importers.build import Totals, build_run
from advisor.importers.records import Latency
from advisor.importers.values import positive

MARK = "# loadgen result"


def _values(document: Document) -> dict[str, str]:
    lines = (line.partition(":") for line in document.text.splitlines() if not line.startswith("#"))
    return {name.strip(): value.strip() for name, colon, value in lines if colon}


def _read(document: Document) -> Found:
    said = _values(document)
    totals = Totals(
        completed=said.get("answers"),
        duration_s=said.get("seconds"),
        input_tokens=said.get("tokens in"),
        output_tokens=said.get("tokens out"),
    )
    run = build_run(
        document,
        totals,
        tool="loadgen",
        model=said.get("model"),
        gpu=said.get("gpu"),
        concurrency=positive(said.get("at once")),
        tpot_ms=Latency(p50=positive(said.get("ms a token"))),
    )
    return Found(runs=(run,))


IMPORTER = Importer("loadgen", lambda document: document.text.startswith(MARK), _read)
