"""Starting points of a workload: round figures for kinds of traffic, at request sizes somebody has measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from advisor.scenario import ScenarioTask


@dataclass(frozen=True)
class Preset:
    """A kind of traffic: request size, the speed its users need, and the task classes that must hold."""

    id: str
    name: str
    meaning: str
    input_tokens: int
    output_tokens: int
    interactivity_tok_s_per_user: float
    tasks: tuple[tuple[ScenarioTask, float, float], ...]
    """Task class, share of requests, tolerance in points."""

    def as_workload(self) -> dict[str, Any]:
        """The parts of a workload the preset sets."""
        return {
            "input_tokens": self.input_tokens,
            "output_tokens": self.output_tokens,
            "targets": {"interactivity_tok_s_per_user": self.interactivity_tok_s_per_user},
            "tasks": tuple(
                {"class": name, "share_fraction": share, "tolerance_points": points} for name, share, points in self.tasks
            ),
        }


@dataclass(frozen=True)
class Day:
    """A shape of a day: relative demand of 24 hours from midnight."""

    name: str
    profile: tuple[float, ...]


DAYS: Mapping[str, Day] = MappingProxyType(
    {
        "flat": Day("Flat, the same all day", (100.0,) * 24),
        "office": Day(
            "Office hours",
            (
                *(5.0, 5.0, 5.0, 5.0, 5.0, 5.0, 10.0, 30.0),
                *(70.0, 100.0, 100.0, 95.0, 70.0, 85.0, 100.0, 100.0),
                *(90.0, 60.0, 30.0, 20.0, 15.0, 10.0, 5.0, 5.0),
            ),
        ),
    }
)
"""Choices of ours, not measurements: round percentages of the busiest hour, for one time zone."""

PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        preset.id: preset
        for preset in (
            Preset(
                "chat",
                "Chat",
                "short questions, answers of a page; people read along, so 30 tokens a second keep ahead of them",
                1024,
                1024,
                30.0,
                (("conversation", 1.0, 2.0),),
            ),
            Preset(
                "rag",
                "RAG",
                "a question with retrieved passages in front of it; the answer must keep to the facts",
                8192,
                1024,
                40.0,
                (("factual_qa", 0.7, 2.0), ("conversation", 0.3, 2.0)),
            ),
            Preset(
                "coding-agent",
                "Coding agent",
                "a long context again and again, and a loop that waits for each answer: speed counts",
                8192,
                1024,
                60.0,
                (("code", 0.6, 1.0), ("agentic_tools", 0.4, 1.0)),
            ),
            Preset(
                "summarization",
                "Summarization",
                "long documents in, a page out, often in batch: nobody watches the stream",
                8192,
                1024,
                20.0,
                (("summarization", 1.0, 2.0),),
            ),
        )
    }
)
"""Choices of ours, not measurements: every figure can be changed. The request sizes are those the catalog's runs have."""
