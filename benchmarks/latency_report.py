"""The accuracy table of latencies, from held-out reads: docs/accuracy-latency.md."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from latency_data import Measured
from monotone_boosting import FloatArray

from advisor.catalog import Catalog


@dataclass(frozen=True)
class CrossFit:
    """Out-of-fold reads of log(TTFT / TPOT) with their 80 % interval, each calibrated on the other folds' errors.

    ``shift`` and ``factor`` are the calibration over all folds: the median error, and what widens the interval to its
    nominal coverage.
    """

    truth: FloatArray
    low: FloatArray
    middle: FloatArray
    high: FloatArray
    shift: float
    factor: float

    def row(self, fold: str, slice_: str, chosen: np.ndarray) -> str:
        """One line of a Markdown table for some of the rows."""
        truth, middle = self.truth[chosen], self.middle[chosen]
        error = np.expm1(middle - truth)
        size = np.abs(error)
        inside = (self.low[chosen] <= truth) & (truth <= self.high[chosen])
        width = np.exp((self.high - self.low)[chosen])
        return (
            f"| {fold} | {slice_} | {chosen.sum():,} | {np.median(size):.1%} | {np.quantile(size, 0.9):.0%} "
            f"| {np.median(error):+.1%} | {inside.mean():.0%} | {np.median(width):.1f}x |"
        )


HEAD = """# Accuracy of latencies, measured

`python benchmarks/fit_latency.py`, {date}, catalog {version}: {rows:,} runs with time to first token (TTFT) and time per
output token, {medians:,} with medians (dated runs) and {means:,} with means (NVIDIA's sample). Each row is read with trees
that saw no row of its configuration, cell or model, at its own interactivity and concurrency; shift and width of the
interval are calibrated on the other folds. A run that stands in two sources is in one fold. Bias is the median of the
signed error.
Published beside it: NVIDIA's aiconfigurator 0.12.0, TTFT median error 55 %, bias -43 %, no interval.

| held out | rows | n | median | P90 | bias | coverage of 80 % | high / low, median |
|---|---|---|---|---|---|---|---|
"""

TAIL = """
## How to read it

- **A configuration** is model, GPU, format, ISL/OSL, engine family, deployment and GPUs; a **cell** model x GPU x format x
  ISL/OSL. Whole models are held out in four groups: that is what *modelled* stands on, with its interval {uncovered:.2f}
  times as wide as fitted for cells.
- **Noise floor.** Runs that agree in everything the sources state ({repeats:,} rows) differ from the median of the others by
  {noise:.1%} at the median and {noise90:.0%} at P90: different days, images and benchmark versions.
- **Disaggregated serving** is read worst: most sources leave out how many prefill workers there were, and their queue
  decides.
- **Median or mean.** NVIDIA's sample prints means, which the burst at the start of a closed-loop run raises; the trees know
  which of both a row is. The product shows medians.
- **Our own H200 runs** (never in the fit) held 2 to 5 prompts per concurrent request, so their medians above one request at
  a time are the start burst: 1.6 to 7.4 times what is read. Alone (concurrency 1) measured over read is 0.6, 0.7 and 1.0.
- **P99 of TTFT is not offered**: in closed loop it is the start burst (usually {burst:.0f} times the median TTFT), which
  steady traffic does not have. For traffic that arrives at random see the load view in docs/method.md.
"""


def accuracy_text(catalog: Catalog, rows: list[Measured], folds: dict[str, CrossFit], uncovered: float) -> str:
    """The page."""
    mean = np.array([row.served.mean_over_requests for row in rows])
    apart = np.array([row.served.layout.disaggregated for row in rows])
    everything = np.ones(len(rows), dtype=bool)
    slices = {"all": everything, "medians": ~mean, "means": mean, "single-node": ~apart, "disaggregated": apart}
    lines = [fit.row(fold, name, chosen) for fold, fit in folds.items() for name, chosen in slices.items()]
    error = list(repeat_errors(rows))
    head = HEAD.format(
        date=datetime.date.today().isoformat(),
        version=catalog.version,
        rows=len(rows),
        medians=(~mean).sum(),
        means=mean.sum(),
    )
    burst = np.median([run.p99_ttft_ms / run.median_ttft_ms for run in catalog.dated_runs if run.p99_ttft_ms])
    tail = TAIL.format(
        burst=burst, uncovered=uncovered, repeats=len(error), noise=np.median(error), noise90=np.quantile(error, 0.9)
    )
    return head + "\n".join(lines) + "\n" + tail


def repeat_errors(rows: list[Measured]) -> Iterable[float]:
    """Relative error of reading a run from the median of the others that agree in all that is stated."""
    alike: dict[object, list[float]] = {}
    for row in rows:
        s = row.served
        key = (row.cell, s.concurrency, s.layout, s.engine, s.mtp, s.mean_over_requests)
        alike.setdefault(key, []).append(row.log_ratio - float(np.log(s.interactivity_tok_s_per_user)))
    for values in alike.values():
        for index in range(len(values) if len(values) > 1 else 0):
            others: FloatArray = np.delete(np.array(values), index)
            yield abs(float(np.expm1(np.median(others) - values[index])))
