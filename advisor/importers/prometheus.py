"""Two scrapes of vLLM's ``/metrics``: what a server did between them. The best baseline: it carries the true load."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from advisor.importers.build import Totals, build_run
from advisor.importers.document import Document
from advisor.importers.records import BenchmarkRun, Found, ImportRefusedError, Latency
from advisor.importers.values import number, positive
from advisor.units import MS_PER_S

NAME = "vllm /metrics"
ENGINE = "vllm"
PREFIX = "vllm:"
TOKENS = "vllm:generation_tokens_total"
NOT_SERVED = frozenset({"abort", "error"})
MAX_LINE = 4000
_LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]++|\\.)*+)"')


@dataclass(frozen=True)
class Scrape:
    """One page: values summed over engine ranks, by metric and the labels that matter, for one model."""

    model: str | None
    values: Mapping[tuple[str, str], float]
    started: float | None


def detect(document: Document) -> bool:
    """Samples of vLLM's token counter."""
    return TOKENS in document.text and not document.looks_like_json


def parse(document: Document) -> Scrape:
    """Read a page; a server of several models is refused, since one run cannot be of two.

    Raises:
        ImportRefusedError: no samples, or more than one model.
    """
    values: dict[tuple[str, str], float] = {}
    models: set[str] = set()
    started = None
    for line in document.text.splitlines():
        sample = _sample(line)
        if sample is None or sample[0].endswith("_created"):
            continue
        name, labels, value = sample
        if name == "process_start_time_seconds":
            started = value
        if not name.startswith(PREFIX):
            continue
        if labels.get("model_name"):
            models.add(labels["model_name"])
        kind = labels.get("le") or labels.get("finished_reason") or ""
        values[name, kind] = values.get((name, kind), 0.0) + value
    if len(models) > 1:
        raise ImportRefusedError(f"{document.file}: holds metrics of {len(models)} models ({', '.join(sorted(models)[:4])})")
    if (TOKENS, "") not in values:
        raise ImportRefusedError(f"{document.file}: holds no sample of {TOKENS}")
    return Scrape(next(iter(models), None), values, started)


def _sample(line: str) -> tuple[str, dict[str, str], float] | None:
    """Name, labels and value of a line; None for comments and what is no sample. An exemplar behind `` # `` is cut."""
    if line[:1] in ("#", "") or len(line) > MAX_LINE:
        return None
    line = line.split(" # ", 1)[0]
    name, brace, rest = line.partition("{")
    labels, _, tail = rest.rpartition("}") if brace else ("", "", "")
    cells = tail.split() if brace else line.split()[1:]
    value = number(cells[0]) if cells else None
    if value is None:
        return None
    return (name.strip() if brace else line.split()[0]), dict(_LABEL.findall(labels)), value


def read(document: Document) -> Found:
    """One scrape alone: its counters since the server's start, if the user says how long that was."""
    seconds = positive(document.given.get("seconds"))
    if seconds is None:
        raise ImportRefusedError(
            f"{document.file}: one scrape of /metrics counts since the server's start and shows no rate: give a second "
            "scrape of the same server, or say with --seconds how long the server had been running"
        )
    later = parse(document)
    empty = Scrape(later.model, {}, later.started)
    run = _between(document, empty, later, seconds)
    return Found(runs=(run.warn("average since the server's start: idle time dilutes the throughput"),))


def read_pair(one: Document, other: Document) -> Found:
    """What happened between two scrapes, whichever comes first.

    Raises:
        ImportRefusedError: different servers, a restart between, nothing served, or no time between them known.
    """
    earlier, later = parse(one), parse(other)
    if _served(earlier) > _served(later) or earlier.values[TOKENS, ""] > later.values[TOKENS, ""]:
        one, other, earlier, later = other, one, later, earlier
    if earlier.model != later.model:
        raise ImportRefusedError(
            f"{one.file} and {other.file}: scrapes of different models ({earlier.model}, {later.model})"
        )
    if earlier.started and later.started and abs(earlier.started - later.started) > 1:
        raise ImportRefusedError(f"{one.file} and {other.file}: the server was started anew between the scrapes")
    seconds = positive(other.given.get("seconds")) or positive(one.given.get("seconds"))
    if seconds is None:
        raise ImportRefusedError(
            f"{one.file} and {other.file}: two scrapes carry no time of their own: say with --seconds how many "
            "lie between them"
        )
    return Found(runs=(_between(other, earlier, later, seconds),))


def _served(scrape: Scrape) -> float:
    return sum(
        value
        for (name, reason), value in scrape.values.items()
        if name == "vllm:request_success_total" and reason not in NOT_SERVED
    )


@dataclass(frozen=True)
class _Change:
    """Differences of counters between two scrapes."""

    earlier: Scrape
    later: Scrape

    def __call__(self, name: str, kind: str = "") -> float | None:
        key = (name, kind)
        if key not in self.later.values:
            return None
        return self.later.values[key] - self.earlier.values.get(key, 0.0)

    def mean(self, histogram: str) -> float | None:
        """Mean of what a histogram saw in between."""
        total, seen = self(f"{histogram}_sum"), self(f"{histogram}_count")
        return total / seen if total is not None and seen and seen > 0 and total > 0 else None

    def median_range(self, histogram: str) -> tuple[float, float] | None:
        """Edges of the bucket that holds the median."""
        name = f"{histogram}_bucket"
        counts = sorted(
            (edge, self(name, le) or 0.0)
            for (metric, le) in self.later.values
            if metric == name and (edge := _edge(le)) is not None
        )
        if not counts or counts[-1][1] <= 0:
            return None
        lower = 0.0
        for edge, seen in counts:
            if seen >= counts[-1][1] / 2:
                return lower, edge
            lower = edge
        return None


def _edge(text: str) -> float | None:
    return float("inf") if text == "+Inf" else number(text)


def _between(document: Document, earlier: Scrape, later: Scrape, seconds: float) -> BenchmarkRun:
    change = _Change(earlier, later)
    done = _served(later) - _served(earlier)
    outs, ins = change(TOKENS), change("vllm:prompt_tokens_total")
    if done < 0 or (outs is not None and outs < 0):
        raise ImportRefusedError(f"{document.file}: counters fall between the scrapes: the server was started anew")
    if done == 0 or not outs:
        raise ImportRefusedError(f"{document.file}: no request was finished between the scrapes, so nothing was measured")
    tpot_name = "vllm:request_time_per_output_token_seconds"
    itl = change.mean("vllm:inter_token_latency_seconds") or change.mean("vllm:time_per_output_token_seconds")
    tpot = change.mean(tpot_name) or itl
    e2e = change.mean("vllm:e2e_request_latency_seconds")
    cached = change("vllm:prompt_tokens_cached_total")
    failed = sum(change("vllm:request_success_total", reason) or 0 for reason in NOT_SERVED)
    run = build_run(
        document,
        Totals(printed_req_s=done / seconds, printed_output_tok_s=outs / seconds,
               printed_total_tok_s=(outs + ins) / seconds if ins else None, failed=failed),
        tool=NAME,
        model=later.model,
        engine=ENGINE,
        duration_s=seconds,
        concurrency=done / seconds * e2e if e2e else None,
        input_tokens=change.mean("vllm:request_prompt_tokens"),
        output_tokens=change.mean("vllm:request_generation_tokens"),
        cached_fraction=cached / ins if cached is not None and ins else None,
        ttft_ms=_ms(change.mean("vllm:time_to_first_token_seconds")),
        tpot_ms=_ms(tpot),
        itl_ms=_ms(itl),
        e2e_ms=_ms(e2e),
    )  # fmt: skip
    return run.warn(*_caveats(change, tpot_name))


def _ms(seconds: float | None) -> Latency:
    return Latency(mean=None if seconds is None else seconds * MS_PER_S)


def _caveats(change: _Change, tpot_name: str) -> list[str]:
    words = ["concurrency is requests/s x mean latency (Little's law)"]
    if change.mean(tpot_name) is None:
        words.append("this vLLM exports no time per output token by request: the mean inter-token latency is used")
    for label, histogram in (
        ("time per output token", tpot_name),
        ("time to first token", "vllm:time_to_first_token_seconds"),
    ):
        edges = change.median_range(histogram)
        if edges is not None:
            words.append(
                f"the median {label} lies between {edges[0] * MS_PER_S:g} and {edges[1] * MS_PER_S:g} ms (bucket edges)"
            )
    waiting = change.later.values.get(("vllm:num_requests_waiting", ""))
    if waiting:
        words.append(f"{waiting:g} requests were waiting at the last scrape: the server was saturated")
    preempted = change("vllm:num_preemptions_total")
    if preempted:
        words.append(f"{preempted:g} requests were preempted: memory for the cache ran out")
    return words
