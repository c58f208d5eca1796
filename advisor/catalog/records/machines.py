"""GPUs, number formats and models: what is bought and what runs on it."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from advisor.catalog.records.base import Identifier, PartialDate, Positive, PositiveInt, Record, SupportLevel


class Conflict(Record):
    """A value another source gives for a field, and why we do not use it."""

    source_fields: ClassVar[tuple[str, ...]] = ()

    field: str
    other: str
    why: str


class DenseTflops(Record):
    """Arithmetic rate without sparsity, in TFLOPS (TOPS for INT8); None where unsupported or unknown."""

    source_fields: ClassVar[tuple[str, ...]] = ()

    bf16: Positive | None
    fp8: Positive | None
    fp4: Positive | None
    int8: Positive | None


class Hardware(Record):
    """One GPU as bought. Memory in GB (10^9 bytes), bandwidth in GB/s, interconnect bidirectional per GPU."""

    source_fields: ClassVar[tuple[str, ...]] = ("sources",)

    id: Identifier
    name: str
    vendor: Literal["nvidia", "amd"]
    architecture: str
    compute_target: str
    form_factor: str
    memory_gb: Positive
    memory_type: str
    memory_bandwidth_gb_s: Positive
    dense_tflops: DenseTflops
    tdp_w: Positive
    interconnect: str
    interconnect_gb_s: Positive | None
    gpus_per_server: PositiveInt
    announced: str | None
    sources: tuple[str, ...] = Field(min_length=1)
    note: str | None = None
    conflicts: tuple[Conflict, ...] = ()


class Support(Record):
    """Which GPUs run a format natively, weight-only, or not at all, and why."""

    source_fields: ClassVar[tuple[str, ...]] = ("sources",)

    support: SupportLevel
    hardware: tuple[str, ...]
    reason: str
    sources: tuple[str, ...]


class Placement(Record):
    """Where one GPU stands in one format's support, for own catalogs that add a GPU without restating every format."""

    source_fields: ClassVar[tuple[str, ...]] = ("sources",)

    id: Identifier
    hardware: Identifier
    precision: Identifier
    support: SupportLevel
    reason: str
    sources: tuple[str, ...] = Field(min_length=1)


class Precision(Record):
    """A number format with its memory cost (bytes per parameter, scales included)."""

    source_fields: ClassVar[tuple[str, ...]] = ("sources",)

    id: Identifier
    name: str
    family: str | None
    weight_bits: PositiveInt
    activation_bits: PositiveInt
    kv_cache_bits: PositiveInt
    bytes_per_parameter: Positive
    bytes_per_parameter_by_group: dict[int, float] = Field(default_factory=dict)
    scale_note: str
    weight_only_by_definition: bool = False
    evidence_formats: tuple[str, ...]
    sources: tuple[str, ...] = Field(min_length=1)
    support: tuple[Support, ...]

    def support_on(self, hardware: str) -> Support:
        """The support row for a GPU; the catalog checks that there is exactly one."""
        return next(row for row in self.support if hardware in row.hardware)


class Architecture(Record):
    """What memory and speed of a language model depend on. Parameters in billions, KV in cached values."""

    source_fields: ClassVar[tuple[str, ...]] = ()

    id: Identifier
    name: str
    total_params_b: Positive
    active_params_b: Positive
    moe: bool
    layers: PositiveInt
    kv_values_per_token: PositiveInt
    kv_window_values_per_token: PositiveInt | None = None
    kv_window_tokens: PositiveInt | None = None
    indexer_kv_values_per_token: PositiveInt | None = None
    fixed_state_bytes_per_request: PositiveInt | None = None
    experts_total: int = Field(ge=0)
    experts_active: int = Field(ge=0)
    native_precision: Identifier
    int4_group: PositiveInt | None = None
    published_weight_gb: dict[str, float] = Field(default_factory=dict)
    mtp_layers: int = Field(ge=0)


class Model(Architecture):
    """A published language model."""

    source_fields: ClassVar[tuple[str, ...]] = ("sources",)

    hugging_face: str
    hidden_size: PositiveInt
    attention: str
    attention_heads: PositiveInt
    kv_heads: PositiveInt
    head_dim: PositiveInt
    shared_experts: int = Field(ge=0)
    vocabulary: PositiveInt
    max_context_tokens: PositiveInt
    native_precision_note: str
    licence: str
    released: PartialDate | None
    sources: tuple[str, ...] = Field(min_length=1)
    note: str | None = None
    origin: str | None = None
