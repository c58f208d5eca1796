"""The options: a sortable table with reasons, those that are not feasible with why, and any option's figures traced."""

from __future__ import annotations

import streamlit as st

from advisor.decision import Decision
from advisor.options import Option
from advisor.phrases import percent, usd
from advisor.report.words import fleet_name, option_name
from advisor.ui.mount import key
from advisor.ui.result.traces import all_traces
from advisor.ui.text import DASH, bullets, columns_of, escape, folded, grade_words, table
from advisor.units import MS_PER_S

TODAY = "today"


def options(decision: Decision) -> None:
    """Draw the section."""
    feasible = [option for option in decision.options if option.rank is not None]
    refused = [option for option in decision.options if option.rank is None]
    st.subheader(f"Options ({len(feasible)} of {len(decision.options)} feasible)", anchor=False)
    rows = [option_row(decision, TODAY, decision.baseline)]
    rows += [option_row(decision, str(option.rank), option) for option in feasible]
    config = {
        "USD/month": st.column_config.NumberColumn(format="%,.0f"),
        "saving (%)": st.column_config.NumberColumn(format="%.0f"),
        "USD/GPU-hour": st.column_config.NumberColumn(format="%.2f"),
    }
    several = len(decision.scenario.workloads) > 1
    st.caption(
        "Select a column's head to sort by it. ● measured, ◐ interpolated, ◑ transferred, ○ modelled, ★ your own run."
    )
    if several:
        st.caption(
            "Speed, first token, evidence and interval are those of workload 1; the others' stand with the figures below."
        )
    st.dataframe(columns_of(rows), hide_index=True, column_config=config, placeholder=DASH, alt="Today and what is feasible")
    with folded("For and against each option", key("for_and_against")) as is_open:
        if is_open:
            bullets(f"{option_name(decision, option)}: {for_and_against(decision, option)}" for option in feasible)
    if refused:
        _refused(decision, refused)
    _details(decision, feasible)


def _refused(decision: Decision, refused: list[Option]) -> None:
    with folded(f"{len(refused)} options not feasible, with the reason of each", key("refused")) as is_open:
        if is_open:
            why_not = [
                {
                    "option": option_name(decision, o),
                    "why not": "; ".join(gate.reason for gate in o.failures) or "no price or fleet",
                }
                for o in refused
            ]
            st.dataframe(columns_of(why_not), hide_index=True, alt="Options that are not feasible and why")


def option_row(decision: Decision, number: str, option: Option) -> dict[str, object]:
    """One row of the table; an empty cell is a figure nobody knows, its reason stands in the last column."""
    point, fleet, cost = option.operating_point, option.fleet, option.cost
    saved = option.saving_fraction
    return {
        "#": number,
        "option": option_name(decision, option),
        "USD/month": cost.usd_per_month if cost else None,
        "saving (%)": round(saved * 100, 1) if saved is not None else None,
        "tok/s per user": round(point.interactivity_tok_s_per_user, 1) if point else None,
        "first token (s)": round(point.ttft_ms / MS_PER_S, 2) if point and point.ttft_ms is not None else None,
        "GPUs": fleet.gpus if fleet else None,
        "busy": percent(fleet.utilization_fraction) if fleet else "",
        "quality": option.quality.status,
        "evidence": grade_words(point.grade if point else None),
        "tok/s/GPU, 80 % interval": _interval(option),
        "engine": point.engine if point else "",
        "USD/GPU-hour": option.price.usd_per_gpu_hour if option.price else None,
        "price from": option.price.origin if option.price else "",
        "80 % range of the saving": _range(option),
        "for and against": for_and_against(decision, option),
    }


def _range(option: Option) -> str:
    outlook = option.outlook
    return f"{usd(outlook.saving_p10_usd)} to {usd(outlook.saving_p90_usd)}" if outlook else ""


def _interval(option: Option) -> str:
    point = option.operating_point
    if point is None:
        return ""
    if point.low is None or point.high is None:
        return f"{point.tok_s_per_gpu:,.0f}, no interval"
    return f"{point.tok_s_per_gpu:,.0f} ({point.low:,.0f}–{point.high:,.0f})"


def for_and_against(decision: Decision, option: Option) -> str:
    """The reasons that matter for an option, in one line."""
    if option is decision.baseline:
        return "; ".join(gate.reason for gate in option.gates)
    standing = option.standing
    parts = [standing.why_not.rstrip(".") if standing and standing.why_not else f"advised: {fleet_name(decision, option)}"]
    even = option.break_even
    if even is not None:
        parts.append(f"pays below {even.price_ratio:.2f} times today's price, now {even.price_ratio_today:.2f}")
    parts += [gate.reason for gate in option.gates if gate.name == "quality" or gate.passed is None]
    parts += [f"{risk.name}: {risk.reason}" for risk in option.readiness.risks]
    if option.operating_point is not None and option.operating_point.software:
        parts.append(option.operating_point.software)
    return "; ".join(dict.fromkeys(parts))


def _details(decision: Decision, feasible: list[Option]) -> None:
    known = {TODAY: decision.baseline, **{option.key.id: option for option in feasible}}
    names = {name: ("Today: " if name == TODAY else "") + option_name(decision, option) for name, option in known.items()}
    with folded("Where an option's figures come from", key("details")) as is_open:
        if is_open:
            chosen = st.selectbox("Option", list(names), format_func=lambda name: names[name], key=key("details.option"))
            option = known[chosen]
            gates = [{"condition": gate.name, "verdict": VERDICTS[gate.passed], "why": gate.reason} for gate in option.gates]
            table(gates, "Conditions of the option", empty="no condition was checked")
            all_traces(decision, option)
            st.caption(escape(f"Id {option.key.id}"))


VERDICTS = {True: "passes", False: "fails", None: "open"}
