"""Speed of the engine and the command line: ``python benchmarks/engine.py``. Results go to benchmarks/results.md by hand.

Reports medians: a recommendation in process, the import, a cold ``advisor recommend``, 1,000 batch reads.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from advisor import load_catalog, recommend
from advisor.questions import Reader, read_batch
from advisor.scenario_io import load_scenario

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "examples" / "llama-70b-64-h200.yaml"


def seconds(action: Callable[[], object], runs: int) -> float:
    """Median wall time of an action, after one run that is not counted."""
    action()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def process(*arguments: str) -> Callable[[], object]:
    """A fresh Python process as an action."""
    return lambda: subprocess.run([sys.executable, *arguments], cwd=ROOT, check=True, capture_output=True)


def batch_file(folder: Path) -> Path:
    """1,000 questions over two models, three GPUs and many targets."""
    lines = ["model,hardware,precision,isl,osl,at"]
    for number in range(1000):
        model, gpu, fmt = [("qwen3.5", "b200", "fp4"), ("llama70b", "h200", "fp8"), ("kimik2.5", "mi355x", "fp4")][
            number % 3
        ]
        lines.append(f"{model},{gpu},{fmt},8192,1024,{10 + number * 0.2:.1f}")
    path = folder / "batch.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def main() -> None:
    """Print the figures as JSON, in milliseconds."""
    catalog = load_catalog()
    scenario = load_scenario(EXAMPLE, catalog)
    with tempfile.TemporaryDirectory() as folder:
        questions = batch_file(Path(folder))
        figures = {
            "recommend in process, 4,096 draws over all options": seconds(lambda: recommend(scenario, catalog), 25),
            "load_catalog": seconds(load_catalog, 5),
            "import advisor": seconds(process("-c", "import advisor"), 5) - seconds(process("-c", "pass"), 5),
            "advisor recommend, cold": seconds(process("-m", "advisor", "recommend", str(EXAMPLE)), 5),
            "1,000 batch reads after load": seconds(lambda: list(read_batch(Reader(catalog), questions)[1]), 5),
        }
    print(json.dumps({name: round(value * 1000, 1) for name, value in figures.items()}, indent=2))


if __name__ == "__main__":
    main()
