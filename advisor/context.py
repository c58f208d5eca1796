"""What working out an option needs besides the option."""

from __future__ import annotations

from dataclasses import dataclass, replace

from advisor.catalog import Catalog
from advisor.catalog.records import Architecture, Model
from advisor.custom_model import architecture_of
from advisor.scenario import Scenario, Workload


@dataclass(frozen=True)
class Context:
    """What evaluating an option needs besides the option."""

    catalog: Catalog
    scenario: Scenario
    index: int = 0

    @property
    def workload(self) -> Workload:
        """The workload looked at."""
        return self.scenario.workloads[self.index]

    @property
    def model(self) -> Model | None:
        """The catalog's record of the model, None for a custom one."""
        model_id = self.workload.model_id
        return self.catalog.models[model_id] if model_id else None

    @property
    def architecture(self) -> Architecture:
        """What memory and speed follow from: the catalog's record, or the custom model's own figures."""
        choice = self.workload.model
        return self.catalog.models[choice] if isinstance(choice, str) else architecture_of(choice.custom)

    @property
    def target(self) -> float:
        """Interactivity asked for, tok/s/user."""
        return self.workload.targets.interactivity_tok_s_per_user


def contexts_of(context: Context) -> tuple[Context, ...]:
    """One context a workload."""
    return tuple(replace(context, index=number) for number in range(len(context.scenario.workloads)))


def workload_name(context: Context, number: int) -> str:
    """``workload 2 (Llama-3.3-70B-Instruct, 8192/1024)``."""
    view = replace(context, index=number)
    model = view.model.name if view.model else "custom model"
    return f"workload {number + 1} ({model}, {view.workload.input_tokens}/{view.workload.output_tokens})"
