"""One line that says what an answer leads to, for each step of asking."""

from __future__ import annotations

from advisor.catalog import Catalog
from advisor.decision import Decision
from advisor.errors import AdvisorError
from advisor.options import Option
from advisor.phrases import percent, usd
from advisor.report.words import verdict_sentence
from advisor.scenario import Demand, Scenario, Workload
from advisor.sizing import add_loads, load_from_demand, requests_per_second
from advisor.units import MS_PER_S, SECONDS_PER_DAY, SECONDS_PER_MINUTE

WORDS_PER_TOKEN = 0.75
"""English words a token stands for: a rule of thumb, used in explanations only, in no figure."""


def of_workloads(catalog: Catalog, scenario: Scenario, shown: int) -> str:
    """The same of one workload, and what all of them come to together."""
    own = of_workload(catalog, scenario.workloads[shown])
    known = [workload for workload in scenario.workloads if workload.demand is not None and workload.demand.is_given]
    if len(scenario.workloads) == 1 or len(known) < len(scenario.workloads):
        return own
    load = add_loads([load_from_demand(workload, workload.demand) for workload in known if workload.demand])
    return (
        f"Workload {shown + 1}: {own} All {len(known)} together: {load.mean_tok_s:,.0f} tok/s on average, "
        f"{load.peak_tok_s:,.0f} where each is at its own peak."
    )


def workload_words(catalog: Catalog, workload: Workload) -> str:
    """``Llama-3.3-70B-Instruct, 8,192 in / 1,024 out, 6 requests/s, 40 tok/s per user``."""
    model = catalog.models[workload.model_id].name if workload.model_id else "own model"
    size = f"{workload.input_tokens:,} in / {workload.output_tokens:,} out"
    given = workload.demand is not None and workload.demand.is_given
    rate = rate_words(requests_per_second(workload.demand, workload)) if workload.demand and given else "no demand"
    return f"{model}, {size}, {rate}, {workload.targets.interactivity_tok_s_per_user:g} tok/s per user"


def rate_words(requests_per_second: float) -> str:
    """``6 requests/s``, ``1 request/s``."""
    said = f"{requests_per_second:,.3g}"
    return f"{said} request/s" if said == "1" else f"{said} requests/s"


def day_words(demand: Demand) -> str:
    """What a profile of a day means: its busiest and quietest hour against the mean, and what that does to a fleet."""
    profile = demand.profile_24h
    mean = sum(profile) / len(profile)
    busiest = max(range(len(profile)), key=lambda hour: profile[hour])
    quietest = min(range(len(profile)), key=lambda hour: profile[hour])
    above = sum(value > mean for value in profile)
    if profile[busiest] == profile[quietest]:
        return "Every hour is alike: the peak is the mean, so a fleet sized for it is as busy all day."
    return (
        f"Busiest hour {busiest:02d}:00, {demand.peak_ratio:.2f} times the mean; quietest {quietest:02d}:00, "
        f"{profile[quietest] / mean:.2f} times; {above} hours above the mean. The fleet is sized for the busiest hour: over "
        f"the day it is {percent(1 / demand.peak_ratio)} as busy as then. Bursts within an hour are not in a profile: the "
        "headroom is for those."
    )


def of_workload(catalog: Catalog, workload: Workload) -> str:
    """What the demand comes to in tokens, and whether the model was measured at this size."""
    size = (workload.input_tokens, workload.output_tokens)
    model_id = workload.model_id
    sizes = catalog.workloads_by_model.get(model_id, ()) if model_id else ()
    found = "measured at this request size" if size in sizes else "not measured at this request size"
    if sizes and size not in sizes:
        found += "; measured: " + ", ".join(f"{i:,} in / {o:,} out" for i, o in sizes)
    if workload.demand is None or not workload.demand.is_given:
        return f"The demand will follow from today's fleet and its utilization (next step). The model is {found}."
    rate = requests_per_second(workload.demand, workload)
    load = load_from_demand(workload, workload.demand)
    peak = rate * workload.demand.peak_ratio
    return (
        f"{rate_words(rate)} on average, {peak:,.3g} at the peak: {load.mean_tok_s:,.0f} and {load.peak_tok_s:,.0f} "
        f"tok/s, input and output, {load.mean_tok_s * SECONDS_PER_DAY / 1e6:,.0f} million tokens a day. "
        f"The model is {found}."
    )


def of_today(decision: Decision) -> str:
    """How busy today's fleet is and what it costs."""
    baseline = decision.baseline
    cost = baseline.cost
    money = (
        f"It costs {usd(cost.usd_per_month)} a month, ${cost.usd_per_mtok_output:,.2f} per million output tokens."
        if cost
        else ""
    )
    if baseline.fleet is None or baseline.operating_point is None:
        gate = next((gate.reason for gate in baseline.gates if gate.passed is not True), "not measured")
        return f"How busy this fleet is nobody can say: {gate}. {money}"
    peak = 1 - baseline.fleet.spare_fraction
    return (
        f"At the demand entered this fleet is about {percent(baseline.fleet.utilization_fraction)} busy on average and "
        f"{percent(peak)} at the peak ({_grades(baseline)}). {money}"
    )


def _grades(option: Option) -> str:
    """``interpolated at 40 tok/s per user``, of several workloads one after the other."""
    points = [part.operating_point for part in option.parts or (option,)]
    known = [f"{point.grade} at {point.interactivity_tok_s_per_user:g} tok/s per user" for point in points if point]
    return ", ".join(dict.fromkeys(known))


def of_targets(decision: Decision, shown: int) -> str:
    """What the speed asked for of a workload means, and how many options reach it."""
    target = decision.scenario.workloads[shown].targets.interactivity_tok_s_per_user
    parts = [option.parts[shown] if option.parts else option for option in decision.options]
    curves = [part.curve for part in parts if part.curve is not None]
    reached = sum(curve.fastest >= target for curve in curves)
    return f"{speed_words(target)}. Of {len(curves)} options with a curve for this model and size {reached} reach it."


def speed_words(tok_s_per_user: float) -> str:
    """``40 tok/s per user is 25 ms per token, about 30 words a second (1,800 a minute)``."""
    words = tok_s_per_user * WORDS_PER_TOKEN
    return (
        f"{tok_s_per_user:g} tok/s per user is {MS_PER_S / tok_s_per_user:,.3g} ms per token, about {words:,.2g} words "
        f"a second ({words * SECONDS_PER_MINUTE:,.0f} a minute)"
    )


def of_money(decision: Decision) -> str:
    """The verdict as it stands."""
    return f"As entered so far: {verdict_sentence(decision)}"


def of_failure(error: AdvisorError) -> str:
    """Why there is no consequence to show yet."""
    return f"No consequence can be shown yet: {error}"
