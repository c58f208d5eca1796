"""Conventions and named assumptions under the sheet Inputs: formulas hold no constants, they read these names."""

from __future__ import annotations

from dataclasses import dataclass

from advisor.evidence.age import Z80, software_age
from advisor.evidence.prefix import UNCERTAIN_SHARE
from advisor.money.months import LEAST_RATE
from advisor.report.workbook.model import Model
from advisor.report.workbook.names import numbered
from advisor.report.workbook.points import AGE, ENGINE, HIGH, KNOT_X, KNOT_Y, LOW, REPLICA, Y
from advisor.units import GPU_NOISE, HOURS_PER_MONTH, SECONDS_PER_DAY, SECONDS_PER_HOUR, SECONDS_PER_MINUTE, TOKENS_PER_MTOK

FLOAT_NOISE = 1e-12
BLOCK_LINES = (Y, KNOT_X, KNOT_Y, REPLICA, ENGINE, AGE, LOW, HIGH)
"""Lines of a block on Operating points that formulas read, counted from the first."""
ASSUMED = (
    "score_quality_unproven",
    "score_quality_inconclusive",
    "score_quality_unknown",
    "score_evidence_interpolated",
    "score_evidence_transferred",
    "score_evidence_modelled",
    "score_readiness_months",
    "score_full_saving_fraction",
    "readiness_engine_change_months",
    "api_unasked_cost_fraction",
    "tornado_load_fraction",
    "tornado_price_fraction",
)


@dataclass(frozen=True)
class Constant:
    """A convention or an assumption of the catalog, under a name."""

    name: str
    label: str
    value: float
    unit: str
    source: str
    note: str


def constants_of(model: Model) -> list[Constant]:
    """All of them, conventions first."""
    catalog = model.decision.catalog
    rule = "definition"
    found = [
        Constant(
            "cat_hours_per_month", "Hours a month", HOURS_PER_MONTH, "h", "convention of cloud price lists", "8,760 h / 12"
        ),
        Constant("cat_seconds_per_hour", "Seconds an hour", SECONDS_PER_HOUR, "s", rule, ""),
        Constant("cat_seconds_per_day", "Seconds a day", SECONDS_PER_DAY, "s", rule, ""),
        Constant("cat_seconds_per_minute", "Seconds a minute", SECONDS_PER_MINUTE, "s", rule, ""),
        Constant("cat_tokens_per_mtok", "Tokens in a million", TOKENS_PER_MTOK, "tokens", rule, ""),
        Constant("cat_float_noise", "Rounding noise", FLOAT_NOISE, "fraction", "docs/method.md", "payback: less is no loss"),
        Constant("cat_least_rate", "A spread moves no rate below", LEAST_RATE, "a year", "docs/method.md", "tornado, draws"),
        Constant("cat_gpu_noise", "Rounding of a GPU count", GPU_NOISE, "GPUs", "docs/method.md", "less is not unused"),
        Constant("cat_exact", "A knot is hit within", 1e-6, "fraction", "docs/method.md", "grade measured"),
        *_intervals(model),
        Constant("cat_score_digits", "Digits of a score", 12, "digits", "docs/method.md", "ties"),
        Constant(
            "cat_workloads", "Workloads", model.workloads, "workloads", "scenario", "adding one takes effect on upload"
        ),
        *(line for number in range(model.workloads) for line in _workload(model, number)),
    ]
    if model.equals_today:
        price = model.decision.baseline.price
        assert price is not None  # today's bill is always known
        note = "for Checks: GPUs that would be bought cost the same, so they are run in place"
        found.append(
            Constant(
                "cat_today_price_delivered",
                "Today's price as delivered",
                price.usd_per_gpu_hour,
                "USD/GPU-hour",
                "scenario",
                note,
            )
        )
    for name in ASSUMED:
        record = catalog.assumptions[name]
        found.append(Constant(f"cat_{name}", name.replace("_", " "), record.value, record.unit, record.source, record.why))
    found += [
        Constant(f"cat_line_{line}", f"Line {line + 1} of a block", line, "rows", "Operating points", "")
        for line in BLOCK_LINES
    ]
    return found


def _workload(model: Model, number: int) -> tuple[Constant, ...]:
    """What stands once a workload."""
    workload, which = model.decision.scenario.workloads[number], "" if number == 0 else f", workload {number + 1}"
    sizes = "the curves were read for this size: another one takes effect on upload"
    demand = workload.demand
    found = (
        ("cat_input_tokens", "Input tokens as delivered", workload.input_tokens, "tokens/request", sizes),
        ("cat_output_tokens", "Output tokens as delivered", workload.output_tokens, "tokens/request", sizes),
        (
            "cat_interactivity_delivered",
            "Interactivity as delivered",
            workload.targets.interactivity_tok_s_per_user,
            "tok/s per user",
            "for Checks",
        ),
        (
            "cat_profile_peak",
            "Peak of the profile of a day",
            demand.peak_ratio if demand is not None and demand.profile_24h else 0.0,
            "ratio",
            "0: no profile; it stands above the peak entered",
        ),
    )
    return tuple(
        Constant(numbered(name, number), label + which, value, unit, "scenario", note)
        for name, label, value, unit, note in found
    )


def _intervals(model: Model) -> tuple[Constant, ...]:
    """What widens the 80 % interval of a reading: the age of its software, and a prefix cache nobody measured."""
    catalog = model.decision.catalog
    fit = catalog.latency_fits[-1]
    source = ", ".join(fit.sources)
    undated = software_age((), catalog.as_of, fit.aging).months
    return (
        Constant("cat_z80", "Deviations from the middle to an end of an 80 % interval", Z80, "deviations", "definition", ""),
        Constant(
            "cat_age_deviation",
            "Spread that a year of software adds",
            fit.aging.deviation_per_sqrt_year,
            "log throughput per root of a year",
            source,
            "docs/method.md, software age",
        ),
        Constant(
            "cat_undated_age_months",
            "Age of undated runs",
            undated,
            "months",
            source,
            f"the middle of {fit.aging.undated_from} to {fit.aging.undated_to}",
        ),
        Constant(
            "cat_prefix_uncertain_share",
            "Uncertain share of a prefix cache's gain",
            UNCERTAIN_SHARE,
            "fraction of its log",
            "docs/method.md",
            "no run in the catalog had such a cache",
        ),
    )
