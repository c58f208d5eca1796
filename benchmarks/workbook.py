"""Time and size of the workbook: ``python benchmarks/workbook.py``. Prints Markdown for results.md; about ten seconds.

For every example, for every GPU as a candidate, and for a model of one's own, where every GPU and format is an option:
CPU time of one build in process; the first after the recommendation apart, since curves and fits are then read first.
"""

from __future__ import annotations

import io
import os
import re
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
from advisor.report.workbook.model import Model  # noqa: E402
from advisor.scenario_io import build_scenario, load_scenario  # noqa: E402

RUNS = 15
ALL_GPUS = {
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
OWN_MODEL = {"total_params_b": 40.0, "active_params_b": 40.0, "layers": 60, "kv_values_per_token": 150_000}


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
        sheets = [archive.read(item) for item in archive.namelist() if "worksheets/sheet" in item]
    formulas = sum(len(re.findall(rb"<f[ >]", sheet)) for sheet in sheets)
    months, size = decision.scenario.finance.horizon_months, len(content) / 1000
    spread = f"{statistics.median(times):.0f} (best {min(times):.0f})"
    options = len(Model(decision).rows)
    return f"| {name} | {options} | {months} | {formulas:,} | {first:.0f} | {spread} | {size:.0f} |"


def main() -> None:
    """Print the table."""
    catalog = load_catalog()
    print(f"Load {os.getloadavg()[0]:.1f}, Python {sys.version.split()[0]}\n")
    print("| Case | Options | Months | Formulas | First build, ms of CPU | Build, median of 15, ms of CPU | File, kB |")
    print("|---|---|---|---|---|---|---|")
    for path in sorted((ROOT / "examples").glob("*.yaml")):
        print(measure(path.stem, recommend(load_scenario(path, catalog), catalog)))
    print(measure("all GPUs", recommend(build_scenario(ALL_GPUS, catalog), catalog)))
    own = {**ALL_GPUS, "workloads": ({**ALL_GPUS["workloads"][0], "model": {"custom": OWN_MODEL}},)}
    print(measure("own model", recommend(build_scenario(own, catalog), catalog)))


if __name__ == "__main__":
    main()
