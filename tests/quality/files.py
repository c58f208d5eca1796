"""Small evaluation files of our own making, in the layouts harnesses write."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

TEMPLATE = "{% for m in messages %}{{ m.content }}{% endfor %}{% if tools %}{{ tools }}{% endif %}"


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def results(score: float = 0.9, n: int = 1000, task: str = "gsm8k", **changes: Any) -> dict[str, Any]:
    """A result file of lm-evaluation-harness with one task; ``changes`` replace its top level."""
    stderr = (score * (1 - score) / (n - 1)) ** 0.5
    key = "exact_match,strict-match"
    data = {
        "results": {task: {"alias": task, key: score, key.replace(",", "_stderr,"): stderr}},
        "group_subtasks": {task: []},
        "configs": {
            task: {
                "num_fewshot": 5,
                "output_type": "generate_until",
                "generation_kwargs": {"temperature": 0.0, "max_gen_toks": 2048},
                "process_docs": f"<function at {id(changes):#x}>",
            }
        },
        "versions": {task: 3.0},
        "n-shot": {task: 5},
        "higher_is_better": {task: {"exact_match": True}},
        "n-samples": {task: {"original": n, "effective": n}},
        "config": {"model": "vllm", "model_args": {"pretrained": "acme/base"}, "limit": None},
        "model_name": "acme/base",
        "lm_eval_version": "0.4.12",
        "chat_template": TEMPLATE,
        "chat_template_sha": sha(TEMPLATE),
        "fewshot_as_multiturn": True,
        "task_hashes": {},
        "date": 1780000000.0 + score,
    }
    return {**data, **changes}


def candidate(score: float = 0.89, n: int = 1000, task: str = "gsm8k", **changes: Any) -> dict[str, Any]:
    """The other arm: the same run of an NVFP4 checkpoint."""
    named = {
        "config": {"model": "vllm", "model_args": "pretrained=acme/base-NVFP4,dtype=auto"},
        "model_name": "acme/base-NVFP4",
    }
    return results(score, n, task, **{**named, **changes})


def write(folder: Path, name: str, data: Any) -> Path:
    path = folder / name
    path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    return path


def log(right: list[bool], *, prompt: str = "p", words: int = 10, passage: int | None = None) -> str:
    """A per-item log with one line an item."""
    rows = []
    for number, correct in enumerate(right):
        row: dict[str, Any] = {
            "doc_id": number,
            "doc": {"question": str(number), **({"passage": str(number // passage)} if passage else {})},
            "target": "1",
            "arguments": {},
            "resps": [["x" * words]],
            "filtered_resps": ["1"],
            "filter": "strict-match",
            "metrics": ["exact_match"],
            "doc_hash": f"d{number}",
            "prompt_hash": f"{prompt}{number}",
            "target_hash": f"t{number}",
            "exact_match": float(correct),
        }
        rows.append(json.dumps(row))
    return "\n".join(rows) + "\n"
