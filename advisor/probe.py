"""Probe: what a GPU's memory and matrix units really reach, in under two minutes. Runs alone: Python 3.11, PyTorch.

Copy this one file to the GPU box and run ``python probe.py --out probe.json``, or ``advisor probe`` where the package
is installed. It measures copy bandwidth and matrix products in BF16, FP8 and (where the GPU has it) FP4, at shapes of
decode (few rows) and prefill (many rows), and writes one JSON file. It sends nothing anywhere and writes no host name.
"""

from __future__ import annotations

import argparse
import datetime
import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

PROBE_VERSION = "1.0"
TOOL = "gpu-migration-advisor probe"
SCHEMA = 1
WEIGHTS = ((28672, 8192), (8192, 8192))
"""Weight shapes (columns, shared dimension): the widest layer and the output layer of attention of a 70B model."""
DECODE_ROWS = (1, 16, 64, 256)
PREFILL_ROWS = (2048, 8192)
REPEATS = 30
WARM_UPS = 5
LIMIT_S = 110.0
"""No new measurement starts later than this; what was left out is named in ``skipped``."""
COPY_FRACTION = 8
"""The copied buffer is the free memory divided by this, at most ``COPY_MOST_BYTES``."""
COPY_MOST_BYTES = 4 << 30
CACHE_MULTIPLE = 4
"""Weights rotate over copies of this many times the last-level cache, so that decode reads memory, as serving does."""
DEFAULT_CACHE_BYTES = 256 << 20
NVFP4_BLOCK, MXFP4_BLOCK = 16, 32


class ProbeError(Exception):
    """The probe cannot run here; the message says what is missing."""


def run_probe(say: Callable[[str], None] = lambda _: None, limit_s: float = LIMIT_S) -> dict[str, Any]:
    """Measure the first GPU and return the result as plain data.

    Rates are medians over repeats. ``gb_s`` counts bytes read and written, in 10^9; ``tflops`` counts 2·m·n·k.

    Raises:
        ProbeError: PyTorch or a GPU is missing.
    """
    torch = _torch()
    started = time.monotonic()
    device = torch.device("cuda", 0)
    properties = torch.cuda.get_device_properties(device)
    skipped: list[dict[str, str]] = []
    say(f"{properties.name}, PyTorch {torch.__version__}")
    copy = _copy_bandwidth(torch, device)
    say(f"copy {copy['gb_s']:,.0f} GB/s")
    rows: list[dict[str, Any]] = []
    for name, maker in (("bf16", _bf16), ("fp8", _fp8), ("fp4", _fp4)):
        rows += _matrix_rates(torch, device, name, maker, skipped, started + limit_s)
        best = max((row["tflops"] for row in rows if row["format"] == name), default=None)
        say(f"{name} {best:,.0f} TFLOPS at best" if best else f"{name} not measured")
    return {
        "schema": SCHEMA,
        "tool": TOOL,
        "probe_version": PROBE_VERSION,
        "date": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d"),
        "gpu": properties.name,
        "gpu_memory_gb": round(properties.total_memory / 1e9, 1),
        "gpus_visible": torch.cuda.device_count(),
        "torch": torch.__version__,
        "runtime": f"hip {torch.version.hip}" if torch.version.hip else f"cuda {torch.version.cuda}",
        "copy": copy,
        "matmul": rows,
        "skipped": skipped,
        "elapsed_s": round(time.monotonic() - started, 1),
    }


def _torch() -> Any:
    try:
        import torch
    except ImportError as error:
        raise ProbeError("PyTorch is not installed here: the probe needs it (pip install torch on the GPU box)") from error
    if not torch.cuda.is_available():
        raise ProbeError("PyTorch sees no GPU here: run the probe on the GPU box")
    return torch


def _time_ms(torch: Any, work: Callable[[int], object], repeats: int = REPEATS) -> float:
    """Median milliseconds of ``work(i)`` on the GPU's own clock."""
    for index in range(WARM_UPS):
        work(index)
    torch.cuda.synchronize()
    times: list[float] = []
    for index in range(repeats):
        begin, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        begin.record()
        work(index)
        end.record()
        end.synchronize()
        times.append(begin.elapsed_time(end))
    return statistics.median(times)


def _copy_bandwidth(torch: Any, device: Any) -> dict[str, float]:
    free, _ = torch.cuda.mem_get_info(device)
    size = min(free // COPY_FRACTION, COPY_MOST_BYTES)
    source = torch.zeros(size, dtype=torch.uint8, device=device)
    target = torch.empty_like(source)
    milliseconds = _time_ms(torch, lambda _: target.copy_(source))
    return {"bytes": float(size), "ms": milliseconds, "gb_s": 2 * size / milliseconds / 1e6}


Maker = Callable[[Any, Any, int, int, int], tuple[Callable[[Any], Any], list[Any], float, str]]
"""(torch, device, m, n, k) -> (product with one weight, first weight, bytes a weight takes, kernel's name)."""


def _matrix_rates(
    torch: Any, device: Any, name: str, maker: Maker, skipped: list[dict[str, str]], deadline: float
) -> list[dict[str, Any]]:
    """Rates of one format at every shape; a format or shape that fails is named with its reason."""
    rows = []
    for phase, sizes in (("decode", DECODE_ROWS), ("prefill", PREFILL_ROWS)):
        for n, k in WEIGHTS:
            for m in sizes:
                if time.monotonic() > deadline:
                    skipped.append({"format": name, "shape": f"{m}x{n}x{k}", "reason": "out of time"})
                    continue
                try:
                    rows.append({"format": name, "phase": phase, **_one_rate(torch, device, maker, m, n, k)})
                except (RuntimeError, NotImplementedError, AttributeError, ValueError, TypeError) as error:
                    reason = str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
                    skipped.append({"format": name, "shape": f"{m}x{n}x{k}", "reason": reason})
    return rows


def _one_rate(torch: Any, device: Any, maker: Maker, m: int, n: int, k: int) -> dict[str, Any]:
    product, weights, weight_bytes, kernel = maker(torch, device, m, n, k)
    cache = getattr(torch.cuda.get_device_properties(device), "L2_cache_size", 0) or DEFAULT_CACHE_BYTES
    copies = max(1, int(-(-CACHE_MULTIPLE * cache // weight_bytes)))
    turn = [weights, *([tensor.clone() for tensor in weights] for _ in range(copies - 1))]
    milliseconds = _time_ms(torch, lambda index: product(turn[index % copies]))
    return {
        "m": m,
        "n": n,
        "k": k,
        "kernel": kernel,
        "ms": milliseconds,
        "tflops": 2.0 * m * n * k / milliseconds / 1e9,
        "gb_s": (weight_bytes + weight_bytes / n * m + 2.0 * m * n) / milliseconds / 1e6,
    }


def _bf16(torch: Any, device: Any, m: int, n: int, k: int) -> tuple[Callable[[Any], Any], list[Any], float, str]:
    rows = torch.randn(m, k, device=device, dtype=torch.bfloat16)
    weight = torch.randn(n, k, device=device, dtype=torch.bfloat16)
    return lambda w: torch.nn.functional.linear(rows, w[0]), [weight], 2.0 * n * k, "linear"


def _fp8(torch: Any, device: Any, m: int, n: int, k: int) -> tuple[Callable[[Any], Any], list[Any], float, str]:
    # MI300X computes in the fnuz variant; every later GPU in the OCP one.
    fnuz = torch.version.hip is not None and "gfx94" in torch.cuda.get_device_properties(device).gcnArchName
    dtype = torch.float8_e4m3fnuz if fnuz else torch.float8_e4m3fn
    padded = max(m, 16)  # the kernel needs 16 rows; one decode row costs as much as sixteen
    rows = torch.randn(padded, k, device=device).to(dtype)
    weight = torch.randn(n, k, device=device).to(dtype)
    one = torch.tensor(1.0, device=device)

    def product(w: Any) -> Any:
        return torch._scaled_mm(rows, w[0].t(), scale_a=one, scale_b=one, out_dtype=torch.bfloat16, use_fast_accum=True)

    return product, [weight], float(n * k), "_scaled_mm, one scale a tensor"


def _fp4(torch: Any, device: Any, m: int, n: int, k: int) -> tuple[Callable[[Any], Any], list[Any], float, str]:
    hip = torch.version.hip is not None
    if not hip and torch.cuda.get_device_capability(device)[0] < 10:
        raise NotImplementedError("this GPU has no FP4 units")
    block = MXFP4_BLOCK if hip else NVFP4_BLOCK
    scale_type = torch.float8_e8m0fnu if hip else torch.float8_e4m3fn
    padded = -(-max(m, 128) // 128) * 128  # scales come in tiles of 128 rows

    def packed(count: int) -> Any:
        raw = torch.randint(0, 255, (count, k // 2), device=device, dtype=torch.uint8)
        return raw.view(torch.float4_e2m1fn_x2)

    def scales(count: int) -> Any:
        return torch.ones(count * (k // block), device=device).to(scale_type)

    rows, row_scales, weight, weight_scales = packed(padded), scales(padded), packed(n), scales(n)

    def product(w: Any) -> Any:
        return torch._scaled_mm(rows, w[0].t(), scale_a=row_scales, scale_b=w[1], out_dtype=torch.bfloat16)

    kernel = f"_scaled_mm, {'MXFP4' if hip else 'NVFP4'} blocks of {block}"
    return product, [weight, weight_scales], n * k * (0.5 + 1.0 / block), kernel


def write_result(result: dict[str, Any], path: Path) -> None:
    """Write a probe's result as JSON.

    Raises:
        ProbeError: the file cannot be written.
    """
    try:
        path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise ProbeError(f"{path}: cannot be written: {error.strerror}") from error


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line of the file run alone."""
    parser = argparse.ArgumentParser(prog="probe.py", description="Measure what this GPU reaches; writes one JSON file.")
    parser.add_argument("--out", type=Path, default=Path("probe.json"), help="file to write (default: probe.json)")
    out: Path = parser.parse_args(arguments).out
    try:
        result = run_probe(lambda line: print(line, file=sys.stderr))
        write_result(result, out)
    except ProbeError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{out}: {len(result['matmul'])} rates in {result['elapsed_s']} s", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.path.pop(0)  # the folder of this file: the package's modules are no libraries
    sys.exit(main())
