"""A pilot first: when, and the cheapest experiment that would settle what is open. Rules, no draws."""

from __future__ import annotations

from advisor.decision.case import Case
from advisor.decision.choice import Choice
from advisor.decision.records import Experiment
from advisor.options import Option
from advisor.units import SECONDS_PER_HOUR

PERCENT = 100.0


def pilot_of(case: Case, choice: Choice, saving_at_slow_end_usd: float | None) -> tuple[Experiment, ...]:
    """Experiments to run before the advice is followed, the cheapest first; none where nothing is open.

    Called for where the advice changes something and a gate of the advised option is open, or the saving is gone at
    the slow end of its 80 % throughput interval. A format that is only *unproven* passes, and is named as a doubt.
    """
    option = choice.option
    if choice.code == "buy_tokens":
        what = "your own prompts against the provider's endpoint at your peak: time per token, first token, answers"
        return (Experiment("evaluation", what, "latency and quality of bought tokens", 0.0, None),)
    if option is None or option is case.baseline or choice.code == "stay":
        return ()
    open_gates = {gate.name for gate in option.unknowns}
    experiments = []
    if "quality" in open_gates:
        experiments.append(_evaluation(case, option))
    slow = saving_at_slow_end_usd is not None and saving_at_slow_end_usd <= 0
    if open_gates - {"quality"} or slow:
        experiments.append(_benchmark(case, option, sorted(open_gates - {"quality"}), slow))
    return tuple(sorted(experiments, key=lambda experiment: experiment.gpu_hours))


def _evaluation(case: Case, option: Option) -> Experiment:
    """A paired run of both formats: the quality side's plan where it has one, else as many own items as tolerance asks."""
    tolerance = min(task.tolerance_points for workload in case.scenario.workloads for task in workload.tasks)
    new, old = (case.catalog.precisions[key.format].name for key in (option.key, case.baseline.key))
    setup_hours, points = (
        case.catalog.assume("pilot_eval_setup_hours"),
        [p.operating_point for p in option.parts or (option,)],
    )
    plans = [part.quality.plan for part in option.parts or (option,) if part.quality.plan is not None]
    if plans and all(plan.gpu_hours is not None for plan in plans):
        running, items = sum(plan.gpu_hours or 0.0 for plan in plans), ": " + "; ".join(plan.sentence for plan in plans)
    else:
        running, items = _own_items(case, option, tolerance)
    # Loading both formats and checking the harness comes on top of the items, on one replica a workload.
    gpu_hours = running + sum(setup_hours * (point.replica_gpus or 1) for point in points if point is not None)
    what = f"paired evaluation, {new} against {old}{items}"
    return Experiment(
        "evaluation", what, f"whether {new} keeps within {tolerance:g} points", gpu_hours, _usd(option, gpu_hours)
    )


def _own_items(case: Case, option: Option, tolerance_points: float) -> tuple[float, str]:
    """GPU-hours and words of a run on the buyer's own items, as many as the strictest tolerance needs."""
    assume, workloads = case.catalog.assume, case.scenario.workloads
    items = round(assume("pilot_discordant_fraction") * assume("pilot_power_factor") / (tolerance_points / PERCENT) ** 2)
    gpu_hours = sum(
        2 * items * (workload.input_tokens + workload.output_tokens) / part.operating_point.tok_s_per_gpu / SECONDS_PER_HOUR
        for part, workload in zip(option.parts or (option,), workloads, strict=True)
        if part.operating_point is not None
    )
    classes = ", ".join(dict.fromkeys(task.task_class.replace("_", " ") for w in workloads for task in w.tasks))
    return gpu_hours, f", {items:,} of your own items a task class ({classes})"


def _benchmark(case: Case, option: Option, open_gates: list[str], slow: bool) -> Experiment:
    """A load sweep of one replica at the workload's request sizes."""
    hours = case.catalog.assume("pilot_benchmark_hours")
    gpus = sum((part.operating_point.replica_gpus or 1) for part in option.parts or (option,) if part.operating_point)
    sizes = ", ".join(f"{w.input_tokens}/{w.output_tokens}" for w in case.scenario.workloads)
    name = option.key.label(case.catalog)
    settles = " and ".join([gate.replace("ttft", "time to first token") for gate in open_gates])
    if slow:
        settles = (
            f"{settles} and the saving"
            if settles
            else "whether the slow end of the interval, at which nothing is saved, holds"
        )
    what = f"serving benchmark of {name}, one replica of {gpus} GPUs, {sizes} tokens, six loads up to the peak"
    return Experiment("benchmark", what, settles, hours * gpus, _usd(option, hours * gpus))


def _usd(option: Option, gpu_hours: float) -> float | None:
    return None if option.price is None else gpu_hours * option.price.usd_per_gpu_hour
