"""InferenceX (InferenceMAX) aggregate files: a list of flat rows whose throughput is per GPU and times are seconds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from advisor.importers.build import DISAGREEMENT_FRACTION, Totals, build_run
from advisor.importers.document import Document
from advisor.importers.records import BenchmarkRun, Found, ImportRefusedError, Latency
from advisor.importers.values import count, first, iso_date, latency, positive, text
from advisor.units import MS_PER_S

NAME = "inferencex"
ON = frozenset({"on", "true", "1", "yes", "mtp", "eagle", "eagle3", "draft"})


def detect(document: Document) -> bool:
    """Rows with a throughput per GPU and a concurrency."""
    return bool(document.objects) and all(_total_per_gpu(item) and "conc" in item for item in document.objects)


def _total_per_gpu(item: Mapping[str, Any]) -> float | None:
    return positive(first(item, "tput_per_gpu", "total_tput_per_gpu"))


def read(document: Document) -> Found:
    """One run a row; rows without a positive throughput are named among the warnings."""
    runs, left_out = [], []
    for position, item in enumerate(document.objects):
        try:
            runs.append(_run(document, item))
        except ImportRefusedError as error:
            left_out.append(f"row {position + 1} left out: {error}")
    if not runs:
        raise ImportRefusedError(left_out[0] if left_out else f"{document.file}: holds no row")
    return Found(runs=tuple(runs), warnings=tuple(left_out))


def _run(document: Document, item: Mapping[str, Any]) -> BenchmarkRun:
    disaggregated = _is_on(item.get("disagg")) or bool(count(item.get("num_decode_gpu")))
    gpus = _gpus(item, disaggregated)
    per_gpu = _total_per_gpu(item)
    # Of a multi-node row the output rate is per decode GPU: it does not add up with the input's, so it is not read.
    multi = disaggregated or _is_on(item.get("is_multinode")) or _rates_do_not_add(item)
    output = None if multi else positive(item.get("output_tput_per_gpu"))
    totals = Totals(
        printed_output_tok_s=output * gpus if output and gpus else None,
        printed_total_tok_s=per_gpu * gpus if per_gpu and gpus else None,
    )
    spec = text(item.get("spec_decoding")) or text(item.get("mtp"))
    hints = {"gpus": (str(gpus), "the row's parallelism")} if gpus and multi else {}
    return build_run(
        document,
        totals,
        tool=NAME,
        date=iso_date(item.get("date")),
        model=_model(item),
        gpu=text(item.get("hw")),
        gpus=gpus if not multi or disaggregated else None,
        tensor_parallel=None if disaggregated else count(item.get("tp")),
        precision=text(item.get("precision")),
        engine=text(item.get("framework")),
        decoding=None if spec is None else ("mtp" if spec.lower() in ON else "none"),
        disaggregated=disaggregated,
        concurrency=positive(item.get("conc")),
        input_tokens=positive(item.get("isl")),
        output_tokens=positive(item.get("osl")),
        total_tok_s_per_gpu=per_gpu,
        ttft_ms=_seconds(item, "ttft"),
        tpot_ms=_seconds(item, "tpot"),
        itl_ms=_seconds(item, "itl"),
        e2e_ms=_seconds(item, "e2el"),
        hints=hints,
    )


def _rates_do_not_add(item: Mapping[str, Any]) -> bool:
    """Whether input and output rates are of different GPUs: early multi-node rows carry no other mark."""
    total, ins, outs = (positive(item.get(f"{name}tput_per_gpu")) for name in ("", "input_", "output_"))
    return bool(total and ins and outs) and abs(((ins or 0) + (outs or 0)) / (total or 1) - 1) > DISAGREEMENT_FRACTION


def _model(item: Mapping[str, Any]) -> str | None:
    """The model's name; of a local path the last folder."""
    name = text(first(item, "model", "infmax_model_prefix"))
    return name.rstrip("/").rsplit("/", 1)[-1] if name and name.startswith("/") else name


def _is_on(value: Any) -> bool:
    return value is True or (isinstance(value, str) and value.lower() in ON)


def _gpus(item: Mapping[str, Any], disaggregated: bool) -> int | None:
    """GPUs of the deployment: both pools of a disaggregated row, else tp x pp x pcp."""
    pools = [count(item.get(name)) for name in ("num_prefill_gpu", "num_decode_gpu")]
    if disaggregated and all(pools):
        return sum(pool for pool in pools if pool)
    product = 1
    for name in ("tp", "pp", "pcp_size"):
        product *= count(item.get(name)) or 1
    return product if count(item.get("tp")) else None


def _seconds(item: Mapping[str, Any], name: str) -> Latency:
    return latency(
        item,
        MS_PER_S,
        mean=f"mean_{name}",
        p50=f"median_{name}",
        p90=f"p90_{name}",
        p95=f"p95_{name}",
        p99=f"p99_{name}",
    )
