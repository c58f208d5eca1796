"""Step 5: the verdict, the money, latency and quality, the options with reasons, the chart, the sources."""

from __future__ import annotations

import json

import pandas as pd
import streamlit as st

from advisor import link
from advisor.decision import Decision
from advisor.errors import AdvisorError
from advisor.options import Option
from advisor.phrases import percent, saves, usd
from advisor.report.as_json import decision_as_dict
from advisor.report.words import GRADE_MARKS, fleet_name, option_name, verdict_sentence
from advisor.report.workbook import workbook_bytes
from advisor.scenario import Scenario
from advisor.ui.charts import chart_words, curve_table, frontier_chart, point_table
from advisor.ui.fields import escape
from advisor.ui.state import decision_for

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def show(scenario: Scenario, opened: link.LinkContent | None) -> None:
    """Draw the result of a scenario."""
    try:
        decision = decision_for(scenario)
    except AdvisorError as error:
        st.error(escape(str(error)))
        return
    _since_link(opened, decision)
    st.header(escape(verdict_sentence(decision)), anchor=False)
    _trust(decision)
    _before_after(decision)
    _why(decision)
    _options(decision)
    _chart(decision)
    _sources(decision)
    _take_away(decision)


def _since_link(opened: link.LinkContent | None, decision: Decision) -> None:
    """What has changed since the link that was opened was made."""
    if opened is None:
        return
    changes = link.changes_since(opened, decision)
    if opened.catalog_version != decision.catalog.version or changes:
        versions = f"This link was made with catalog {opened.catalog_version}; this is catalog {decision.catalog.version}."
        lines = "\n".join(f"- {escape(change)}" for change in changes) or "- nothing in the outcome has changed"
        st.warning(f"{escape(versions)}\n\n{lines}")


def _trust(decision: Decision) -> None:
    verdict = decision.verdict
    pilot = " Run a pilot first: a condition of the advised option is open." if verdict.pilot_first else ""
    st.markdown(f"Confidence: **{verdict.confidence}**.{pilot}")


def _before_after(decision: Decision) -> None:
    """Today against the advised option, metric by metric."""
    before, after = decision.baseline, decision.chosen or decision.baseline
    columns = st.columns(5)
    cells = [
        ("Cost a month", _cost(before), _cost(after), _change(after)),
        ("GPUs", str(decision.scenario.current.gpus), str(_gpus(decision, after)), ""),
        ("Speed per user", _speed(before), _speed(after), f"target {_target(decision):g} tok/s"),
        ("Power", _kw(before), _kw(after), ""),
        ("Quality", after.quality.status, after.quality.status, "published evidence"),
    ]
    for column, (label, old, new, note) in zip(columns, cells, strict=True):
        with column:
            st.markdown(f"{label}  \n**{escape(new if old == new else f'{old} → {new}')}**  \n{escape(note)}")


def _cost(option: Option) -> str:
    return usd(option.cost.usd_per_month) if option.cost else "unknown"


def _change(option: Option) -> str:
    return saves(option.saving_fraction) if option.saving_fraction else ""


def _gpus(decision: Decision, option: Option) -> int:
    return option.fleet.gpus if option.fleet else decision.scenario.current.gpus


def _speed(option: Option) -> str:
    point = option.operating_point
    return f"{point.interactivity_tok_s_per_user:.0f} tok/s" if point else "not measured"


def _target(decision: Decision) -> float:
    return decision.scenario.workload.targets.interactivity_tok_s_per_user


def _kw(option: Option) -> str:
    return f"{option.energy.kw:.0f} kW" if option.energy else "unknown"


def _why(decision: Decision) -> None:
    left, right = st.columns(2)
    with left:
        _list("Why", decision.verdict.reasons)
    with right:
        _list("What lowers the confidence", decision.verdict.doubts)
    if decision.other_bases:
        with st.expander("The same two fleets at other prices: price basis decides"):
            rows = [
                {
                    "price book": basis.book,
                    "basis": basis.basis.replace("_", " "),
                    "price ratio": f"{basis.price_ratio:.2f}",
                    "saving as sized": percent(basis.saving_fraction),
                    "saving per token, equal utilization": percent(basis.saving_per_token_fraction)
                    if basis.saving_per_token_fraction is not None
                    else "unknown",
                }
                for basis in decision.other_bases
            ]
            st.dataframe(pd.DataFrame(rows), hide_index=True, alt="Savings at each price book")


def _list(title: str, lines: tuple[str, ...]) -> None:
    if lines:
        st.subheader(title, anchor=False)
        st.markdown("\n".join(f"- {escape(line)}" for line in lines))


def _options(decision: Decision) -> None:
    feasible = [option for option in decision.options if option.rank is not None]
    refused = [option for option in decision.options if option.rank is None]
    st.subheader(f"Options ({len(feasible)} of {len(decision.options)} feasible)", anchor=False)
    rows = [_option_row(decision, "today", decision.baseline)]
    rows += [_option_row(decision, str(option.rank), option) for option in feasible]
    money = st.column_config.NumberColumn(format="%,.0f")
    config = {"USD/month": money, "USD/GPU-hour": st.column_config.NumberColumn(format="%.2f")}
    st.dataframe(pd.DataFrame(rows), hide_index=True, column_config=config, alt="Feasible options by monthly cost")
    if refused:
        with st.expander(f"{len(refused)} options not feasible, with the reason of each"):
            table = [
                {"option": option_name(decision, o), "why not": "; ".join(gate.reason for gate in o.failures)}
                for o in refused
            ]
            st.dataframe(pd.DataFrame(table), hide_index=True, alt="Options that are not feasible and why")


def _option_row(decision: Decision, number: str, option: Option) -> dict[str, object]:
    point, fleet, cost = option.operating_point, option.fleet, option.cost
    return {
        "#": number,
        "option": option_name(decision, option),
        "USD/month": cost.usd_per_month if cost else None,
        "saving": percent(option.saving_fraction) if option.saving_fraction is not None else "",
        "tok/s per user": round(point.interactivity_tok_s_per_user, 1) if point else None,
        "GPUs": fleet.gpus if fleet else None,
        "busy": percent(fleet.utilization_fraction) if fleet else "",
        "engine": point.engine if point else "",
        "USD/GPU-hour": option.price.usd_per_gpu_hour if option.price else None,
        "quality": option.quality.status,
        "evidence": f"{GRADE_MARKS[point.grade]} {point.grade}" if point else "",
        "why": _for_and_against(decision, option),
    }


def _for_and_against(decision: Decision, option: Option) -> str:
    if option is decision.baseline:
        return "; ".join(gate.reason for gate in option.gates)
    even = option.break_even
    parts = [f"{fleet_name(decision, option)}"]
    if even is not None:
        parts.append(f"pays below {even.price_ratio:.2f} times today's price, now {even.price_ratio_today:.2f}")
    parts += [gate.reason for gate in option.gates if gate.name == "quality" or gate.passed is None]
    return "; ".join(dict.fromkeys(parts))


def _chart(decision: Decision) -> None:
    if curve_table(decision).empty:
        st.info("Nothing was measured for this model and request size, so there is no frontier to draw.")
        return
    st.subheader("Measured frontier", anchor=False)
    st.altair_chart(frontier_chart(decision), alt=chart_words(decision))
    with st.expander("Numbers of the chart"):
        st.dataframe(point_table(decision), hide_index=True, alt="Operating points of the options shown")


def _sources(decision: Decision) -> None:
    st.subheader("Sources", anchor=False)
    rows = []
    for option in (decision.baseline, *([decision.chosen] if decision.chosen else [])):
        point, price = option.operating_point, option.price
        used = (*(point.sources if point else ()), *(price.source if price else ()), *_quality_sources(option))
        rows += [decision.catalog.sources[source] for source in used]
    unique = {source.id: source for source in rows}
    table = [
        {
            "source": s.id,
            "title": s.title,
            "publisher": s.publisher,
            "date": s.date or "undated",
            "licence": s.licence or "not stated",
        }
        for s in unique.values()
    ]
    st.dataframe(pd.DataFrame(table), hide_index=True, alt="Sources of the figures above")
    st.caption(escape(f"Catalog {decision.catalog.version} of {decision.catalog.as_of}, digest {decision.catalog.digest}"))


def _quality_sources(option: Option) -> tuple[str, ...]:
    return tuple(source for item in option.quality.classes for source in item.sources)


def _take_away(decision: Decision) -> None:
    st.subheader("Take it with you", anchor=False)
    st.caption("The address of this page is the link: it holds the scenario and today's outcome, no names.")
    left, right, _ = st.columns([1, 1, 3])
    with left:
        st.download_button("Excel workbook", workbook_bytes(decision), "gpu-migration.xlsx", XLSX, on_click="ignore")
    with right:
        text = json.dumps(decision_as_dict(decision), ensure_ascii=False, indent=2)
        st.download_button("JSON", text, "gpu-migration.json", "application/json", on_click="ignore")
