"""What the seed documents claim and what the catalog's records say instead, each with its sources.

Figures are read or computed from the catalog, so a new catalog version corrects the corrections. What a catalog
does not hold (a host's own may be small) is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from advisor.catalog import Catalog
from advisor.catalog.records import BenchmarkPoint, MlperfRow, QualityPair
from advisor.compare import default_targets, overlap_of
from advisor.economics import saving
from advisor.evidence.question import Question
from advisor.phrases import percent, saves

GUIDE = "seed-fp4-guide"
PAGE = "seed-b200-fp4-bf16"
MLPERF_TASK = "llama2-70b-99"
BIG, SMALL = "llama-3.3-70b", "kimi-k2.5"
TAIL = ("aime-2025", "aime-2024", "livecodebench-v6")
TOP_BAND, LOW_BAND = "over_150b", "under_10b"


@dataclass(frozen=True)
class Correction:
    """A seed's claim and its correction; ``sources`` are ids of the catalog, the seed's own first."""

    topic: str
    claim: str
    correction: str
    sources: tuple[str, ...]


def corrections_of(catalog: Catalog) -> tuple[Correction, ...]:
    """Every correction the catalog's records carry, in the order of a migration's questions."""
    makers: Sequence[Callable[[Catalog], Correction | None]] = (
        _not_blackwell_only,
        _one_round,
        _single_gpu,
        _stay_at_the_price,
        _sparsity,
        _not_twice,
        _bits_are_not_speed,
        _size_and_tail,
        _owners_cost,
        _percent,
    )
    found = [maker(catalog) for maker in makers if GUIDE in catalog.sources]
    return tuple(correction for correction in found if correction is not None)


def _not_blackwell_only(catalog: Catalog) -> Correction | None:
    formats = [p for p in catalog.precisions.values() if p.family == "fp4"]
    native = {gpu for fmt in formats for row in fmt.support if row.support == "native" for gpu in row.hardware}
    others = [gpu.name for gpu in catalog.hardware.values() if gpu.id in native and gpu.vendor == "amd"]
    if not others:
        return None
    sources = {source for fmt in formats for row in fmt.support for source in row.sources}
    return Correction(
        "Hardware",
        "FP4 is native to Blackwell GPUs and not available on any earlier generation",
        f"{' and '.join(others)} compute in MXFP4 natively. Hopper runs FP4 and INT4 weights (weight-only): it saves "
        "memory, but there is no FP4 arithmetic to gain from",
        (GUIDE, *sorted(sources)),
    )


def _best(catalog: Catalog, hardware: str, round_: str, accelerators: int) -> MlperfRow | None:
    rows = [
        row
        for row in catalog.mlperf
        if (row.hardware, row.round, row.task, row.accelerators) == (hardware, round_, MLPERF_TASK, accelerators)
        and row.scenario == "offline"
        and row.division == "closed"
        and row.submitter == "NVIDIA"
    ]
    return max(rows, key=lambda row: row.tok_s, default=None)


def _one_round(catalog: Catalog) -> Correction | None:
    new, same, old = (
        _best(catalog, "b200", "v5.0", 8),
        _best(catalog, "h100", "v5.0", 8),
        _best(catalog, "h100", "v4.1", 8),
    )
    if new is None or same is None or old is None:
        return None
    return Correction(
        "Throughput",
        f"B200 FP4 at {new.tok_s:,.0f} tok/s (MLPerf v5.0) beside H100 FP8 at {old.tok_s:,.0f} tok/s (v4.1): "
        f"{new.tok_s / old.tok_s:.2f} times",
        f"Rounds differ in software. Within v5.0 H100 reaches {same.tok_s:,.0f} tok/s, so B200 is "
        f"{new.tok_s / same.tok_s:.2f} times as fast on eight GPUs, Llama 2 70B, offline",
        (GUIDE, new.source, old.source),
    )


def _single_gpu(catalog: Catalog) -> Correction | None:
    one = _best(catalog, "b200", "v5.0", 1)
    if one is None:
        return None
    return Correction(
        "Throughput",
        "A single B200 in FP4 is estimated at about 13,944 tok/s from ratios of TFLOPS",
        f"A single B200 was measured: {one.tok_s:,.0f} tok/s (MLPerf v5.0, Llama 2 70B, offline). No estimate is needed",
        (GUIDE, one.source),
    )


def _stay_at_the_price(catalog: Catalog) -> Correction | None:
    then, later = catalog.price_books.get("spheron-2026-03-15"), catalog.price_books.get("spheron-2026-03-17")
    if then is None or later is None or not {"h200", "b200"} <= set(then.usd_per_gpu_hour) & set(later.usd_per_gpu_hour):
        return None
    h200, b200 = _best(catalog, "h200", "v5.0", 8), _best(catalog, "b200", "v5.0", 8)
    if h200 is None or b200 is None:
        return None
    gain = b200.tok_s / h200.tok_s
    changes = [saving(book.usd_per_gpu_hour["b200"] / gain, book.usd_per_gpu_hour["h200"]) for book in (then, later)]
    return Correction(
        "Money",
        f"H200 FP8 at ${then.usd_per_gpu_hour['h200']:.2f} a GPU-hour ({then.effective_from}) is cheapest per token: stay",
        f"Two days later the same vendor lists ${later.usd_per_gpu_hour['h200']:.2f}. At {gain:.2f} times the throughput "
        f"(MLPerf v5.0) B200 FP4 {saves(changes[0])} per token at the first prices and {saves(changes[1])} at the second: "
        "the answer flips",
        (GUIDE, then.source, later.source, h200.source),
    )


def _sparsity(catalog: Catalog) -> Correction | None:
    hopper, blackwell = catalog.hardware.get("h100"), catalog.hardware.get("b200")
    if hopper is None or blackwell is None or hopper.dense_tflops.fp8 is None or blackwell.dense_tflops.fp8 is None:
        return None
    return Correction(
        "Hardware",
        "H100 has 3,958 and B200 9,000 TFLOPS in FP8",
        f"Those figures are with sparsity, which language models do not use. Dense it is {hopper.dense_tflops.fp8:,.0f} and "
        f"{blackwell.dense_tflops.fp8:,.0f}",
        (GUIDE, *hopper.sources, *(source for source in blackwell.sources if source not in hopper.sources)),
    )


def _not_twice(catalog: Catalog) -> Correction | None:
    factors = {engine: _same_setting(catalog, engine) for engine in ("trtllm", "vllm")}
    matched = _matched(catalog, ("h200", "fp8"), ("b200", "nvfp4"))
    if not all(factors.values()) or not matched:
        return None
    words = " and ".join(f"{median(found):.2f} times on {engine} ({len(found)} pairs)" for engine, found in factors.items())
    return Correction(
        "Throughput",
        "FP4 has twice the throughput of FP8, or 1.5 to 2 times in production",
        f"At the same parallelism and concurrency B200 in FP4 measures {words} of its own FP8, on Llama 3.3 70B. At matched "
        f"interactivity with free parallelism H200 FP8 to B200 FP4 measures {median(matched):.1f} times (median of "
        f"{len(matched)} reads). The gain is in the operating point, not in a factor",
        (GUIDE, *sorted({point.source for point in catalog.points if point.model == BIG})),
    )


def _same_setting(catalog: Catalog, engine: str) -> list[float]:
    """FP4 over FP8 throughput of B200 wherever both ran at the same size, parallelism and concurrency."""
    runs: dict[tuple[object, ...], dict[str, list[float]]] = {}
    for point in catalog.points:
        if (point.model, point.hardware, point.engine, point.decoding) == (BIG, "b200", engine, "none"):
            runs.setdefault(_setting(point), {}).setdefault(point.precision, []).append(point.tok_s_per_gpu)
    return [median(found["nvfp4"]) / median(found["fp8"]) for found in runs.values() if {"nvfp4", "fp8"} <= set(found)]


def _setting(point: BenchmarkPoint) -> tuple[object, ...]:
    return (point.isl, point.osl, point.tensor_parallel, point.concurrency, point.disaggregated)


def _matched(catalog: Catalog, old: tuple[str, str], new: tuple[str, str]) -> list[float]:
    """Throughput ratios at 25, 50 and 75 % of the overlap, over all measured request sizes."""
    ratios = []
    for isl, osl in catalog.workloads_by_model.get(BIG, ()):
        a, b = (catalog.curves.reference(Question(BIG, gpu, fmt, isl, osl, "any", "any")) for gpu, fmt in (old, new))
        if a is not None and b is not None:
            overlap = overlap_of((a.slowest, a.fastest), (b.slowest, b.fastest))
            ratios += [b.throughput(at) / a.throughput(at) for at in default_targets(overlap)]
    return ratios


def _bits_are_not_speed(catalog: Catalog) -> Correction | None:
    figures = [f for f in catalog.published if f.model == SMALL and f.hardware == "b200"]
    if not figures:
        return None
    first = figures[0]
    curves = [
        catalog.curves.reference(Question(SMALL, "b200", fmt, first.isl, first.osl, "any", "any"))
        for fmt in ("int4", "nvfp4")
    ]
    at = first.interactivity_tok_s_per_user
    if any(curve is None or not curve.slowest <= at <= curve.fastest for curve in curves):
        return None
    rates = [curve.throughput(at) for curve in curves if curve is not None]
    sources = {knot.source for curve in curves if curve is not None for knot in curve.knots}
    return Correction(
        "Throughput",
        "INT4 brings 2 to 3 times the throughput of 16 bits, FP4 2 to 4 times",
        f"Four bits are not speed by themselves. INT4 weights are computed in 16 bits: Kimi K2.5 on B200 at {at:g} tok/s "
        f"per user runs {rates[0]:,.0f} tok/s/GPU in INT4 and {rates[1]:,.0f} in NVFP4",
        (GUIDE, *sorted(sources)),
    )


def _size_and_tail(catalog: Catalog) -> Correction | None:
    pairs = [pair for pair in catalog.quality if pair.usable and pair.format == "nvfp4"]
    large, small = _deltas(pairs, TOP_BAND), _deltas(pairs, LOW_BAND)
    tail = [pair.delta_points for pair in pairs if pair.benchmark in TAIL]
    if not (large and small and tail):
        return None
    return Correction(
        "Quality",
        "Very large models (200B and more) lose most to FP4, small dense ones least",
        f"Published pairs say the opposite: median change {median(large):+.1f} points above 150B ({len(large)} pairs), "
        f"{median(small):+.1f} below 10B ({len(small)} pairs). Look at the tail, not the median: on AIME and LiveCodeBench "
        f"the worst pair loses {-min(tail):.1f} points",
        (GUIDE, *sorted({pair.source for pair in pairs})),
    )


def _deltas(pairs: Sequence[QualityPair], band: str) -> list[float]:
    return [pair.delta_points for pair in pairs if pair.size_band == band]


def _owners_cost(catalog: Catalog) -> Correction | None:
    book = catalog.price_books.get("inferencex-2026-03")
    if book is None or "b200" not in book.usd_per_gpu_hour or PAGE not in catalog.sources:
        return None
    return Correction(
        "Money",
        "Cost per million tokens on the public comparison pages ($0.11 for B200 FP4 at 112 tok/s per user)",
        f"That is an owner's cost (${book.usd_per_gpu_hour['b200']:.2f} a B200-hour at that date), which nobody offers. "
        "Take the throughput from there and price it yourself",
        (PAGE, book.source),
    )


def _percent(catalog: Catalog) -> Correction | None:
    figures = [f for f in catalog.published if f.source == PAGE]
    if len(figures) < 2:
        return None
    at = figures[0].interactivity_tok_s_per_user
    costs = sorted(f.usd_per_mtok_total for f in figures if f.interactivity_tok_s_per_user == at)
    return Correction(
        "Money",
        "FP4 is 306 % cheaper per token",
        f"That is the ratio minus one. Of ${costs[-1]:.3f} a million tokens ${costs[0]:.3f} remain: a saving of "
        f"{percent(saving(costs[0], costs[-1]))}. No saving is above 100 %",
        (PAGE,),
    )
