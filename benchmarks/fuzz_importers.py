"""Fuzz everything that reads foreign files: any bytes must end in a result or in our refusal, soon, in bounded memory.

Targets: importers of benchmarks, prices and evaluations (also as cells of a workbook), a workbook read back, share tokens,
scenario files. Not in CI. Needs atheris (``pip install atheris``) and, for ``advisor``, the repository on the path::

    PYTHONPATH=. python benchmarks/fuzz_importers.py -max_total_time=300 -rss_limit_mb=2048 -timeout=20

With ``--without-atheris SECONDS`` it mutates the same seeds at random instead: no coverage guidance, no install.
"""

from __future__ import annotations

import base64
import io
import json
import random
import sys
import time
import zlib
from contextlib import nullcontext, suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import openpyxl

GUIDED = sys.argv[1:2] != ["--without-atheris"]
if GUIDED:
    import atheris

with atheris.instrument_imports(include=["advisor"]) if GUIDED else nullcontext():  # coverage of our own code only
    from advisor import link
    from advisor.catalog import load_catalog
    from advisor.errors import AdvisorError, LinkError, ScenarioError
    from advisor.importers import Document, import_documents
    from advisor.importers.as_dict import imported_as_dict
    from advisor.importers.evals.arm import Content, arm_from_contents
    from advisor.importers.points import measured_points
    from advisor.importers.prices.own import own_prices
    from advisor.importers.prices.spend import spend_on
    from advisor.report.workbook.readback import read_workbook
    from advisor.scenario_io import load_scenario, parse_scenario
    from tests.importers.own_files import ALL
    from tests.importers.test_prices import SHEETS

CATALOG = load_catalog()
EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "llama-70b-64-h200.yaml"
SCENARIO = load_scenario(EXAMPLE, CATALOG)
TOKEN = link.encode_scenario(SCENARIO, CATALOG.version)
PACKED = zlib.decompress(base64.urlsafe_b64decode(TOKEN.split(".")[1] + "=="))
SHOWN_ROWS = 40
MOST_BYTES = 200_000
ANSWERS = {"provider": "fuzz", "as_of": "2026-11-24"}


def cells_of(text: str) -> bytes:
    """Lines and tabs of a text as the cells of a workbook's Inputs, Prices and Cover."""
    book = openpyxl.Workbook()
    book.active.title = "Inputs"
    for name in ("Prices", "Cover"):
        book.create_sheet(name)
    for sheet, part in zip(book.worksheets, text.split("\f"), strict=False):
        for line in part.split("\n")[:SHOWN_ROWS]:
            sheet.append([_cell(cell) for cell in line.split("\t")[:20]])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(text: str) -> str | float:
    try:
        return float(text)
    except ValueError:
        return openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub("", text)[:200]


def workbook_text() -> str:
    """The first rows of a workbook of ours, as ``cells_of`` takes them."""
    from advisor.recommend import recommend
    from advisor.report.workbook import workbook_bytes

    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(recommend(SCENARIO, CATALOG))), data_only=True)
    pages = [book[name].iter_rows(max_row=SHOWN_ROWS, values_only=True) for name in ("Inputs", "Prices", "Cover")]
    return "\f".join("\n".join("\t".join("" if c is None else str(c) for c in row) for row in page) for page in pages)


def a_file(raw: bytes) -> None:
    """Detection, reading, JSON, and on into points, prices and today's bill."""
    (result,) = import_documents([Document("fuzz", raw, {"seconds": 10.0})], ANSWERS)
    json.dumps(imported_as_dict(result))
    measured_points(CATALOG, result.found.runs)
    own_prices(CATALOG, [result])
    if result.found.bill is not None:
        try:
            spend = spend_on(CATALOG, result.found.bill, "h200", [group.hardware for group in result.found.bill.groups])
            spend.as_current("on_demand")
        except ScenarioError:
            pass


def a_sheet(raw: bytes) -> None:
    """The same as cells of a workbook: commas separate cells."""
    a_file(cells_of(raw.decode("utf-8", "replace").replace(",", "\t")))


def an_evaluation(raw: bytes) -> None:
    """A result file of a harness."""
    with suppress(AdvisorError):
        arm_from_contents([Content("results.json", raw.decode("utf-8", "replace"))])


def a_workbook(raw: bytes) -> None:
    """A workbook of ours with other cells."""
    with suppress(ScenarioError):
        read_workbook(cells_of(raw.decode("utf-8", "replace")), CATALOG)


def a_token(raw: bytes) -> None:
    """A token as it stands, and one whose checksum fits whatever it packs."""
    for token in (raw.decode("utf-8", "replace"), _sealed(raw)):
        with suppress(LinkError):
            link.decode(token, CATALOG)


def _sealed(raw: bytes) -> str:
    packed = base64.urlsafe_b64encode(zlib.compress(raw)).rstrip(b"=").decode()
    return f"{link.LINK_VERSION}.{packed}.{link._checksum(packed)}"


def a_scenario(raw: bytes) -> None:
    """A scenario file."""
    with suppress(ScenarioError):
        parse_scenario(raw.decode("utf-8", "replace"), CATALOG)


TARGETS = (a_file, a_sheet, an_evaluation, a_workbook, a_token, a_scenario)
FILES = [text.encode() for text in (*ALL.values(), *(sheet for sheet, _ in SHEETS.values()))]
SEEDS = {
    a_file: FILES,
    a_sheet: [text.encode() for text, _ in SHEETS.values()],
    an_evaluation: [b'{"results": {"gsm8k": {"exact_match,strict-match": 0.5, "exact_match_stderr,strict-match": 0.01}}}'],
    a_workbook: [workbook_text().encode()],
    a_token: [TOKEN.encode(), PACKED],
    a_scenario: [EXAMPLE.read_bytes()],
}


def one_input(data: bytes) -> None:
    """The first byte picks the target; anything but a result or a refusal is a finding."""
    if data:
        TARGETS[data[0] % len(TARGETS)](data[1 : MOST_BYTES + 1])


def mutate(raw: bytes, others: list[bytes], rng: random.Random) -> bytes:
    """A seed with a few pieces cut, doubled, replaced or taken from another seed."""
    data = bytearray(raw)
    for _ in range(rng.randint(1, 6)):
        at, length = rng.randrange(len(data) + 1), rng.randint(0, 30)
        other = rng.choice(others)
        start = rng.randrange(len(other))
        twice, alien = bytes(data[at : at + length]) * 2, other[start : start + length]
        data[at : at + length] = rng.choice(
            (b"", twice, rng.randbytes(length), alien, b"1e400", b'"', b"null", b"-1", b"nan")
        )
    return bytes(data)


def at_random(seconds: float) -> None:
    """Mutate seeds for a while and say how many inputs were tried and how long the slowest took."""
    rng, tried, slowest = random.Random(), dict.fromkeys(TARGETS, 0), 0.0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        target = rng.choice(TARGETS)
        raw = mutate(rng.choice(SEEDS[target]), SEEDS[target], rng)
        started = time.monotonic()
        try:
            target(raw)
        except Exception:
            print(f"finding in {target.__name__}: {raw!r}", file=sys.stderr)
            raise
        slowest = max(slowest, time.monotonic() - started)
        tried[target] += 1
    counts = ", ".join(f"{target.__name__} {count:,}" for target, count in tried.items())
    print(f"{sum(tried.values()):,} inputs, no finding, slowest {slowest:.2f} s ({counts})")


def with_atheris() -> None:
    """Coverage-guided over the advisor's own code, with atheris' own command line; seeds go into a corpus folder."""
    import tempfile

    corpus = Path(tempfile.mkdtemp(prefix="advisor-fuzz-"))
    for number, target in enumerate(TARGETS):
        for place, seed in enumerate(SEEDS[target]):
            (corpus / f"{target.__name__}-{place}").write_bytes(bytes([number]) + seed)
    atheris.Setup([*sys.argv, str(corpus)], one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    if GUIDED:
        with_atheris()
    else:
        at_random(float(sys.argv[2]))
