"""The errors a caller may meet: one small tree, each message fit to be shown to a person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing wrong with what was given: where it stands, what stands there, what would be accepted."""

    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message


class AdvisorError(Exception):
    """Anything this package raises on purpose."""


class ProblemsError(AdvisorError):
    """Several problems found in one input, all of them reported at once."""

    heading = "The input cannot be used"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        noun = "problem" if count == 1 else "problems"
        lines = "\n".join(f"  {problem}" for problem in self.problems)
        super().__init__(f"{self.heading}: {count} {noun}\n{lines}")


class CatalogError(ProblemsError):
    """A catalog folder holds records that cannot be trusted."""

    heading = "The catalog cannot be used"


class ScenarioError(ProblemsError):
    """A scenario holds fields that cannot be used."""

    heading = "The scenario cannot be used"


class QueryError(ProblemsError):
    """A single question (a read, a comparison, a batch file) names something that does not exist."""

    heading = "The question cannot be answered"


class LinkError(AdvisorError):
    """A share link is cut, altered or of an unknown version."""
