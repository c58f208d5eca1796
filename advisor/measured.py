"""Own evidence as it stands in a scenario: measured operating points and probe results, small enough for a link."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from advisor.resolved_names import EngineName, HardwareName, ModelName, PrecisionName

MOST_POINTS = 200
MOST_PROBES = 20

Rate = Annotated[float, Field(gt=0, le=1e9)]


class _Own(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class MeasuredPoint(_Own):
    """One operating point the user measured. Throughput counts input and output tokens over all GPUs of the deployment.

    It belongs to ``model`` (None: the scenario's custom model) and applies to the option of the same GPU, format and
    decoding, at request sizes near those it was measured with.
    """

    model: ModelName | None = Field(None, title="Model")
    hardware: HardwareName = Field(title="GPU")
    precision: PrecisionName = Field(title="Precision")
    decoding: Literal["none", "mtp"] = Field("none", title="Decoding")
    engine: EngineName | None = Field(None, title="Engine")
    disaggregated: bool = Field(False, title="Disaggregated")
    replica_gpus: int | None = Field(None, title="GPUs of a replica", ge=1, le=100_000)
    input_tokens: float = Field(title="Input tokens, mean", gt=0, le=1e7)
    output_tokens: float = Field(title="Output tokens, mean", gt=1, le=1e6)
    concurrency: float = Field(title="Requests in flight", gt=0, le=1e7)
    interactivity_tok_s_per_user: float = Field(title="Interactivity, tok/s/user", gt=0, le=1e5)
    tok_s_per_gpu: Rate = Field(title="Throughput, tok/s/GPU")
    ttft_ms: float | None = Field(None, title="Time to first token, ms", gt=0, le=1e8)
    date: str | None = Field(None, title="Date", pattern=r"^\d{4}-\d{2}-\d{2}$")
    tool: str | None = Field(None, title="Tool", max_length=60)


class MeasuredProbe(_Own):
    """What ``advisor probe`` measured on one GPU: copy bandwidth in GB/s, best dense rates in TFLOPS."""

    hardware: HardwareName = Field(title="GPU")
    probe_version: str = Field(title="Probe version", max_length=20)
    date: str | None = Field(None, title="Date", pattern=r"^\d{4}-\d{2}-\d{2}$")
    copy_gb_s: Rate = Field(title="Copy bandwidth, GB/s")
    bf16_tflops: Rate | None = Field(None, title="BF16 rate, TFLOPS")
    fp8_tflops: Rate | None = Field(None, title="FP8 rate, TFLOPS")
    fp4_tflops: Rate | None = Field(None, title="FP4 rate, TFLOPS")
