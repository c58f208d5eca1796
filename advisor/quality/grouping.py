"""Names of published pairs and of questions sorted by meaning: format groups, calibration, baseline, size, model."""

from __future__ import annotations

import re

from advisor.catalog import Catalog
from advisor.catalog.names import normalized
from advisor.catalog.records import SizeBand

SIZE_BANDS: tuple[tuple[float, SizeBand], ...] = ((10, "under_10b"), (40, "10_to_40b"), (150, "40_to_150b"))
UNKNOWN = "unknown"

FORMAT_GROUPS = ("fp8", "int8", "weight_only_4bit", "nvfp4", "mxfp4", "w4a4", "kv_8bit", "kv_4bit", "kv_3bit", "kv_2bit")
CALIBRATIONS = ("qad", "qat", "rtn", "gptq", "awq", "smoothquant", "autoround", "flatquant")
"""Calibration methods told apart by name; what else occurs is sorted by :func:`calibration_group`."""

NAME_TAIL = re.compile(
    r"[-_. ](nvfp4|mxfp4|fp4|fp8|fp8[-_]dynamic|fp8[-_]block|bf16|int4|int8|awq|gptq|w4a16|w8a8|w4a4"
    r"|quantized[-._].*|qad|qat)$"
)
CHOSEN_CALIBRATION = {"ptq": "ptq-modelopt", "qad": "qad", "own": "ptq-llm-compressor", "dynamic": "dynamic/uncalibrated"}
"""The scenario's choices as the calibration family of the evidence they stand for."""


def size_band(total_params_b: float) -> SizeBand:
    """The size band a model falls into, by total parameters."""
    for below, band in SIZE_BANDS:
        if total_params_b < below:
            return band
    return "over_150b"


def format_group(name: str) -> str:
    """The group a format's name belongs to; ``unknown`` for a name that tells neither bits nor cache."""
    text = normalized(name)
    if text.startswith("kv") or "+kv" in text:
        return _cache_group(text)
    if any(mark in text for mark in ("nvfp4w4a16", "mxfp4w4a16", "int4w4a16", "w4a16", "int4awq", "gptqint4")):
        return "weight_only_4bit"
    if "mxfp4" in text:
        return "w4a4" if "w4a4kv4" in text else "mxfp4"
    if "nvfp4" in text or text == "fp4":
        return "nvfp4"
    if "int4" in text or "w4a4" in text:
        return "w4a4" if "w4a4" in text else "weight_only_4bit"
    if "fp8" in text or "w8a8kv8" in text:
        return "fp8"
    return "int8" if "int8" in text or "w8a8" in text else UNKNOWN


def _cache_group(text: str) -> str:
    if "2bit" in text:
        return "kv_2bit"
    if "3bit" in text or "k3" in text:
        return "kv_3bit"
    return "kv_8bit" if "8" in text and "v4" not in text and "fp4" not in text else "kv_4bit"


def bits_group(group: str) -> str:
    """How far a format group narrows: 8 bits, 4 bits, or fewer."""
    if group in ("fp8", "int8", "kv_8bit"):
        return "8bit"
    return "below_4bit" if group in ("kv_3bit", "kv_2bit") else "4bit"


def calibration_group(family: str | None) -> str:
    """The calibration method, by name."""
    text = normalized(family or "")
    for name in CALIBRATIONS:
        if name in text:
            return name
    for mark, group in (
        ("dynamic", "dynamic"),
        ("modelopt", "modelopt"),
        ("llmcompressor", "llm_compressor"),
        ("release", "release"),
    ):
        if mark in text:
            return group
    return "other" if text else UNKNOWN


def baseline_group(name: str | None) -> str:
    """What was narrowed: a 16-bit model, an FP8 one, or one that was 4-bit already."""
    text = normalized(name or "")
    if any(mark in text for mark in ("int4", "fp4", "4bit")):
        return "4bit"
    return "8bit" if text.startswith(("fp8", "int8")) else "16bit"


def model_key(catalog: Catalog, name: str) -> str:
    """A model's name as one key: the catalog's id where it has one, else the bare name without publisher and format."""
    known = catalog.model_names.find(name)
    if known is not None:
        return known
    bare = name.rsplit("/", 1)[-1].strip().lower()
    while (shorter := NAME_TAIL.sub("", bare)) != bare:
        bare = shorter
    return catalog.model_names.find(bare) or normalized(bare)
