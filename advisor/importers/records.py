"""What an import yields: runs, offers, a bill or a probe in one shape each, with what the file leaves open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from advisor.errors import AdvisorError


class ImportRefusedError(AdvisorError):
    """A file cannot be imported; the message gives the reason and what would be accepted."""


@dataclass(frozen=True)
class Latency:
    """A latency in milliseconds, by statistic; None where the file does not hold it."""

    mean: float | None = None
    p50: float | None = None
    p90: float | None = None
    p95: float | None = None
    p99: float | None = None

    @property
    def typical(self) -> float | None:
        """The median, or the mean where no median stands in the file."""
        return self.p50 if self.p50 is not None else self.mean

    def scaled(self, factor: float) -> Latency:
        """Every statistic times a factor."""
        return Latency(
            *(None if value is None else value * factor for value in (self.mean, self.p50, self.p90, self.p95, self.p99))
        )


@dataclass(frozen=True)
class BenchmarkRun:
    """One run of a serving benchmark. Rates are of the whole deployment, tokens are means per request.

    ``gpu``, ``gpus``, ``tensor_parallel``, ``precision`` and ``engine`` stand here only if the file says so or the
    user did; what a name suggests is in ``hints``. TPOT is (E2E - TTFT) / (output tokens - 1), whatever the tool
    calls it.
    """

    tool: str
    file: str
    tool_version: str | None = None
    date: str | None = None
    model: str | None = None
    gpu: str | None = None
    gpus: int | None = None
    tensor_parallel: int | None = None
    precision: str | None = None
    engine: str | None = None
    engine_version: str | None = None
    decoding: Literal["none", "mtp"] | None = None
    disaggregated: bool = False
    concurrency: float | None = None
    request_rate: float | None = None
    requests: int | None = None
    completed: int | None = None
    failed: int | None = None
    duration_s: float | None = None
    input_tokens: float | None = None
    output_tokens: float | None = None
    req_s: float | None = None
    output_tok_s: float | None = None
    total_tok_s: float | None = None
    total_tok_s_per_gpu: float | None = None
    cached_fraction: float | None = None
    ttft_ms: Latency = Latency()
    tpot_ms: Latency = Latency()
    itl_ms: Latency = Latency()
    e2e_ms: Latency = Latency()
    digest: str = ""
    hints: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Suggestion and where it comes from, by field."""
    warnings: tuple[str, ...] = ()

    @property
    def interactivity_tok_s_per_user(self) -> float | None:
        """1000 / TPOT in ms: of the median, or of the mean where there is none."""
        tpot = self.tpot_ms.typical
        return 1000.0 / tpot if tpot else None

    @property
    def tok_s_per_gpu(self) -> float | None:
        """Input and output tokens a second over all GPUs, None while the number of GPUs is not known."""
        if self.total_tok_s_per_gpu is not None:
            return self.total_tok_s_per_gpu
        if self.total_tok_s is None or not self.gpus:
            return None
        return self.total_tok_s / self.gpus

    def warn(self, *messages: str) -> BenchmarkRun:
        """The same run with more warnings."""
        return replace(self, warnings=(*self.warnings, *messages))


@dataclass(frozen=True)
class Question:
    """Something a file does not say: which field, in words, and what its name or content suggests."""

    field: str
    text: str
    suggestion: str | None = None
    because: str | None = None


@dataclass(frozen=True)
class ImportedOffer:
    """A price in USD per GPU-hour as read from a price file; ``hardware`` is the name that stands there."""

    provider: str | None
    hardware: str
    usd_per_gpu_hour: float
    basis: Literal["on_demand", "spot", "reserved_1y", "reserved_3y"]
    as_of: str | None
    region: str | None = None
    machine_type: str | None = None
    gpus_per_machine: int | None = None
    rows: int = 1
    note: str | None = None


@dataclass(frozen=True)
class BillGroup:
    """Spend on one kind of GPU in a billing export. Costs in USD over the period.

    Where the bill counts hours of machines, but not their GPUs, ``machine_hours`` and ``usd_per_machine_hour`` are given
    and ``machine`` names their type, if it is one.
    """

    hardware: str
    effective_usd: float
    billed_usd: float
    committed_usd: float
    unused_commitment_usd: float
    gpu_hours: float | None
    usd_per_gpu_hour: float | None
    machine: str | None = None
    machine_hours: float | None = None
    usd_per_machine_hour: float | None = None


@dataclass(frozen=True)
class Bill:
    """Today's spend from a billing export, by GPU; ``months`` is the period's length."""

    period_start: str
    period_end: str
    months: float
    groups: tuple[BillGroup, ...]


@dataclass(frozen=True)
class ProbeResult:
    """What ``advisor probe`` measured: bandwidth in GB/s, best dense rates in TFLOPS by format."""

    gpu: str
    probe_version: str
    date: str | None
    copy_gb_s: float
    tflops: Mapping[str, float]
    digest: str = ""


@dataclass(frozen=True)
class Found:
    """Everything an importer read from one file."""

    runs: tuple[BenchmarkRun, ...] = ()
    offers: tuple[ImportedOffer, ...] = ()
    bill: Bill | None = None
    probe: ProbeResult | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Imported:
    """One file's import: what was read, what is still asked, what to beware of; or the reason it was refused."""

    file: str
    tool: str | None
    found: Found
    questions: tuple[Question, ...] = ()
    refusal: str | None = None
