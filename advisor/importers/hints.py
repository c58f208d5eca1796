"""What names suggest: GPU, count, parallelism, precision, lengths. Suggestions only; a person confirms each."""

from __future__ import annotations

import re
from collections.abc import Mapping

_GPU = re.compile(
    r"(?<![A-Za-z0-9])(?:(\d{1,3})\s?x)?((?:GB|GH|B|H)\d00|A100|A10G?|L40S?|L4|MI\d{3}[AX]?|RTX[ _-]?(?:PRO[ _-]?)?\d{4})"
    r"(?:[ _-]?(?:SXM\d?|NVL|PCIE|trt))?(?:[ _-]?x(\d{1,2}))?(?![0-9])",
    re.IGNORECASE,
)
_PRECISION = (
    ("nvfp4", r"nvfp4"),
    ("mxfp4", r"mxfp4|gpt-?oss"),
    ("fp4", r"fp4"),
    ("int4", r"int4|w4a16|awq|gptq"),
    ("int8", r"int8|w8a8(?!.?fp8)"),
    ("fp8", r"fp8|w8a8"),
    ("bf16", r"bf16|bfloat16|fp16|float16"),
)
_ENGINES = (("vllm", r"vllm"), ("sglang", r"sglang|sgl"), ("trtllm", r"trt-?llm|tensorrt|(?<![a-z])trt(?![a-z])"))
_TP = re.compile(r"(?<![a-z])tp[_-]?(\d{1,3})(?!\d)", re.IGNORECASE)
_CONCURRENCY = re.compile(r"(?:conc(?:urrency)?|(?<![a-z0-9])c)[_-]?(\d{1,5})(?!\d)", re.IGNORECASE)
_SIZES = re.compile(r"(?<![0-9a-z])(\d{1,3})k(\d{1,3})k(?![0-9a-z])", re.IGNORECASE)
_IN_OUT = re.compile(r"(?:isl|in(?:put)?)[_-]?(\d{1,7})[_-](?:osl|out(?:put)?)[_-]?(\d{1,7})", re.IGNORECASE)
TOKENS_PER_K = 1024

Hints = Mapping[str, tuple[str, str]]


def from_names(*named: tuple[str, str | None]) -> dict[str, tuple[str, str]]:
    """Suggestions by field from pieces of text, each with where it stands; the first that says something wins."""
    hints: dict[str, tuple[str, str]] = {}
    for where, text in named:
        if not text:
            continue
        for field, value in _read(text[:500]).items():
            hints.setdefault(field, (value, where))
    return hints


def _read(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    gpu = _GPU.search(text)
    if gpu:
        found["gpu"] = gpu[2].upper()
        if gpu[1] or gpu[3]:
            found["gpus"] = gpu[1] or gpu[3]
    precision = next((name for name, pattern in _PRECISION if re.search(pattern, text, re.IGNORECASE)), None)
    if precision:
        found["precision"] = precision
    engine = next((name for name, pattern in _ENGINES if re.search(pattern, text, re.IGNORECASE)), None)
    if engine:
        found["engine"] = engine
    parallel = _TP.search(text)
    if parallel:
        found["tensor_parallel"] = parallel[1]
        found.setdefault("gpus", parallel[1])
    concurrency = _CONCURRENCY.search(text)
    if concurrency:
        found["concurrency"] = concurrency[1]
    sizes, in_out = _SIZES.search(text), _IN_OUT.search(text)
    if sizes:
        found["input_tokens"], found["output_tokens"] = (str(int(k) * TOKENS_PER_K) for k in sizes.groups())
    elif in_out:
        found["input_tokens"], found["output_tokens"] = in_out.groups()
    return found
