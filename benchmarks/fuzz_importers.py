"""Fuzz every importer: any bytes must end in a result or in our refusal, soon and in bounded memory. Not in CI.

Needs atheris (``pip install atheris``) and, for ``advisor``, the repository on the path::

    PYTHONPATH=. python benchmarks/fuzz_importers.py -max_total_time=300 -rss_limit_mb=2048 -timeout=20

With ``--without-atheris SECONDS`` it mutates the same seeds at random instead: no coverage guidance, no install.
"""

from __future__ import annotations

import json
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from advisor.importers import Document, import_documents
from advisor.importers.as_dict import imported_as_dict
from tests.importers.own_files import ALL

SEEDS = [text.encode() for text in ALL.values()]
SLOW_S = 5.0
MOST_BYTES = 200_000


def one_input(raw: bytes) -> None:
    """One file through detection, reading and JSON; anything but a result or a refusal is a finding."""
    (result,) = import_documents([Document("fuzz", raw[:MOST_BYTES], {"seconds": 10.0})])
    json.dumps(imported_as_dict(result))


def mutate(raw: bytes, rng: random.Random) -> bytes:
    """A seed with a few pieces cut, doubled, replaced or taken from another seed."""
    data = bytearray(raw)
    for _ in range(rng.randint(1, 6)):
        at, length = rng.randrange(len(data) + 1), rng.randint(0, 30)
        other = rng.choice(SEEDS)
        start = rng.randrange(len(other))
        piece = rng.choice(
            (
                b"",
                bytes(data[at : at + length]) * 2,
                rng.randbytes(length),
                other[start : start + length],
                b"1e400",
                b'"',
                b"null",
            )
        )
        data[at : at + length] = piece
    return bytes(data)


def at_random(seconds: float) -> None:
    """Mutate seeds for a while and say how many inputs were tried and how long the slowest took."""
    rng, tried, slowest = random.Random(), 0, 0.0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        raw = mutate(rng.choice(SEEDS), rng)
        started = time.monotonic()
        try:
            one_input(raw)
        except Exception:
            print(f"finding: {raw!r}", file=sys.stderr)
            raise
        slowest = max(slowest, time.monotonic() - started)
        tried += 1
    print(f"{tried:,} inputs, no finding, slowest {slowest:.2f} s")


def with_atheris() -> None:
    """Coverage-guided, with atheris' own command line."""
    import atheris

    atheris.instrument_all()
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--without-atheris"]:
        at_random(float(sys.argv[2]))
    else:
        with_atheris()
