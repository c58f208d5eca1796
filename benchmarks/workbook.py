"""Time and size of the workbook: ``python benchmarks/workbook.py``. Prints Markdown for results.md; about ten seconds.

For every example, and for the widest case (every GPU a candidate, part of the fleet committed): CPU seconds of one build in
process, the first one after the recommendation apart, since curves and fits are then read for the first time.
"""

from __future__ import annotations

import io
import os
import statistics
import sys
import time
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from advisor import load_catalog, recommend  # noqa: E402
from advisor.decision import Decision  # noqa: E402
from advisor.report.workbook import workbook_bytes  # noqa: E402
from advisor.scenario_io import build_scenario, load_scenario  # noqa: E402

RUNS = 15
WIDEST = {
    "schema": 1,
    "workloads": (
        {
            "model": "llama-3.3-70b",
            "input_tokens": 1024,
            "output_tokens": 1024,
            "demand": {"requests_per_second_mean": 30.0},
            "growth_per_year_fraction": 0.3,
            "targets": {"interactivity_tok_s_per_user": 25.0},
        },
    ),
    "current": {
        "hardware": "h200",
        "gpus": 64,
        "price": {"usd_per_gpu_hour": 2.9},
        "commitment": {"months_left": 11, "gpus": 32},
    },
    "candidates": {"allow": {"disaggregated": True}},
}


def build_ms(decision: Decision) -> float:
    """CPU milliseconds of one build."""
    start = time.process_time()
    workbook_bytes(decision)
    return 1000 * (time.process_time() - start)


def measure(name: str, decision: Decision) -> str:
    """One row of the table."""
    first = build_ms(decision)
    times = [build_ms(decision) for _ in range(RUNS)]
    content = workbook_bytes(decision)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        formulas = sum(archive.read(item).count(b"<f>") for item in archive.namelist() if "worksheets/sheet" in item)
    months, size = decision.scenario.finance.horizon_months, len(content) / 1000
    spread = f"{statistics.median(times):.0f} (best {min(times):.0f})"
    return f"| {name} | {months} | {formulas:,} | {first:.0f} | {spread} | {size:.0f} |"


def main() -> None:
    """Print the table."""
    catalog = load_catalog()
    print(f"Load {os.getloadavg()[0]:.1f}, Python {sys.version.split()[0]}\n")
    print("| Case | Months | Formulas | First build, ms of CPU | Build, median of 15, ms of CPU | File, kB |")
    print("|---|---|---|---|---|---|")
    for path in sorted((ROOT / "examples").glob("*.yaml")):
        print(measure(path.stem, recommend(load_scenario(path, catalog), catalog)))
    print(measure("widest", recommend(build_scenario(WIDEST, catalog), catalog)))


if __name__ == "__main__":
    main()
