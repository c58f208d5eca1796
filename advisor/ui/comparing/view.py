"""What the Compare page shows: a table a target, the seed page beside the catalog, the chart, runs and sources."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from advisor.catalog import Catalog
from advisor.compare import Comparison, Figures, Row, Side
from advisor.evidence.store import select_points
from advisor.phrases import percent, saves
from advisor.report.published import why_different
from advisor.report.series import Metric, Setting, sample_curve
from advisor.ui.charts import parts
from advisor.ui.palette import palette
from advisor.ui.text import DASH, bullets, escape, grade_words, source_rows, table

TABLE_STEP = 8
"""Every how many drawn samples the table beside the chart names one."""


def side_name(catalog: Catalog, side: Side) -> str:
    """``B200 SXM NVFP4, any decoding``."""
    question = side.question
    name = f"{catalog.hardware[question.hardware].name} {catalog.precisions[question.precision].name}"
    words = {"any": "any decoding", "none": "plain decoding", "mtp": "with MTP"}
    return f"{name}, {words[question.decoding]}"


def target_table(row: Row, pooled: Row) -> None:
    """Both sides at one target: the seeds' four metrics and what they leave out."""
    at = f"{row.at:g} tok/s per user"
    table(metric_rows(row, pooled), f"Both sides at {at}")
    if row.saving_fraction is not None:
        st.markdown(f"**B {escape(saves(row.saving_fraction))}** per token at equal utilization (1 − B/A)")
    for name, figures in (("A", row.a), ("B", row.b)):
        if figures.reading.grade is None:
            st.caption(escape(f"{name}: {figures.reading.reason}"))


def metric_rows(row: Row, pooled: Row) -> list[dict[str, str]]:
    """The rows of a target's table; ``pooled`` carries the interval, which the reference method has none of."""

    def number(value: float | None, form: str) -> str:
        return DASH if value is None else format(value, form)

    def line(name: str, one: str, other: str) -> dict[str, str]:
        return {"metric": name, "A": one, "B": other}

    a, b = row.a, row.b
    return [
        line("Throughput (tok/s/GPU)", number(a.reading.tok_s_per_gpu, ",.1f"), number(b.reading.tok_s_per_gpu, ",.1f")),
        line("80 % interval", _interval(pooled.a), _interval(pooled.b)),
        line("Cost (USD per M total tokens)", number(a.usd_per_mtok_total, ".4f"), number(b.usd_per_mtok_total, ".4f")),
        line("Throughput per power (tok/s/MW)", number(a.tok_s_per_mw, ",.0f"), number(b.tok_s_per_mw, ",.0f")),
        line("Requests in flight", _in_flight(a), _in_flight(b)),
        line("Users per GPU", number(a.users_per_gpu, ",.1f"), number(b.users_per_gpu, ",.1f")),
        line("Energy (J/token)", number(a.joules_per_token, ".3f"), number(b.joules_per_token, ".3f")),
        line("Engine", a.reading.engine or DASH, b.reading.engine or DASH),
        line("Evidence", _evidence(a, pooled.a), _evidence(b, pooled.b)),
    ]


def _interval(figures: Figures) -> str:
    low, high = figures.reading.low, figures.reading.high
    return DASH if low is None or high is None else f"{low:,.0f}–{high:,.0f}"


def _evidence(figures: Figures, pooled: Figures) -> str:
    if figures.reading.grade is not None:
        return grade_words(figures.reading.grade)
    return "not measured" if pooled.reading.grade is None else f"not measured; {grade_words(pooled.reading.grade)} only"


def _in_flight(figures: Figures) -> str:
    if figures.concurrency is None:
        return DASH
    gpus = figures.concurrency_gpus
    return f"{figures.concurrency:,} on {gpus if gpus is not None else 'an unknown number of'} GPUs"


def published_table(catalog: Catalog, comparison: Comparison) -> None:
    """Where a public page printed these points: its figures, ours, and why they differ."""
    rows, reasons = [], []
    for row in comparison.rows:
        for name, figures in (("A", row.a), ("B", row.b)):
            page, reading = figures.published, figures.reading
            if page is None:
                continue
            gap = None if reading.tok_s_per_gpu is None else reading.tok_s_per_gpu / page.tok_s_per_gpu - 1
            cost = figures.usd_per_mtok_total
            rows.append(
                {
                    "at": f"{row.at:g}",
                    "side": name,
                    "page: tok/s/GPU": f"{page.tok_s_per_gpu:,.1f}",
                    "catalog": DASH if reading.tok_s_per_gpu is None else f"{reading.tok_s_per_gpu:,.1f}",
                    "difference": DASH if gap is None else f"{round(gap, 3) + 0.0:+.1%}",
                    "page: $/M": f"{page.usd_per_mtok_total:.3f}",
                    "catalog $/M": DASH if cost is None else f"{cost:.3f}",
                    "page: in flight": f"~{page.concurrency}",
                    "catalog, in flight": _in_flight(figures),
                }
            )
            reasons.append(f"{name} at {row.at:g}: {why_different(catalog, figures)}")
    if not rows:
        return
    st.subheader("The seed page beside the catalog", anchor=False)
    table(rows, "Figures a public page printed, beside the catalog's")
    st.caption(
        escape(
            "The page interpolated its cost on a curve of its own; here cost follows from throughput and price, so the two "
            "differ by up to 4 % even where throughput agrees. Where the page says “306 % cheaper” it means the ratio "
            "minus one."
        )
    )
    _claims(comparison)
    with st.expander("Why the two differ, point by point"):
        bullets(reasons)


def _claims(comparison: Comparison) -> None:
    lines = []
    for row in comparison.rows:
        a, b = row.a.published, row.b.published
        if a is None or b is None:
            continue
        ratio = a.usd_per_mtok_total / b.usd_per_mtok_total
        now = "" if row.saving_fraction is None else f"; the catalog's figures give {percent(row.saving_fraction)}"
        lines.append(
            f"At {row.at:g} tok/s per user the page's costs stand {ratio:.2f} to 1, a saving of "
            f"{percent(1 - 1 / ratio)}{now}"
        )
    bullets(lines)


def chart(catalog: Catalog, comparison: Comparison, metric: Metric, log: bool) -> None:
    """Both frontiers with their 80 % bands, the targets as lines."""
    colours = palette()
    rows: list[dict[str, float | str | None]] = []
    for name, side in (("A", comparison.a), ("B", comparison.b)):
        curve = catalog.curves.pooled(side.question)
        if curve is None:
            continue
        price = side.price.usd_per_gpu_hour if side.price else None
        setting = Setting(side.question.output_share, price, side.kw_per_gpu)
        label = f"{name}: {side_name(catalog, side)}"
        rows += [
            {"series": label, "interactivity": s.at, "value": s.value, "low": s.low, "high": s.high}
            for s in sample_curve(curve, metric, setting)
        ]
    if not rows:
        st.info(
            "Nothing to draw: neither side was measured here, or the metric needs a price or a power figure nobody gives."
        )
        return
    names = list(dict.fromkeys(str(row["series"]) for row in rows))
    shades = {name: colours.accent if name.startswith("B") else colours.today for name in names}
    x = parts.Axis("interactivity", "tok/s per user", from_zero=False)
    y = parts.Axis("value", f"{metric.name} ({metric.unit})", log=log)
    layers = [*parts.line_layers(rows, shades, x, y), *parts.targets([r.at for r in comparison.rows], "target", x, colours)]
    layers.append(parts.names(rows, shades, x, y, from_start=not metric.falls_with_throughput))
    numbers = [
        {
            "side": row["series"],
            "tok/s per user": f"{row['interactivity']:,.1f}",
            metric.unit: format(row["value"], metric.form),
            "80 % interval": DASH if row["low"] is None else f"{row['low']:{metric.form}}–{row['high']:{metric.form}}",
        }
        for row in rows[::TABLE_STEP]
    ]
    st.caption(
        f"{metric.name} over interactivity: our estimate between measured points with its 80 % band. "
        "The tables above read the measured frontier by the dashboards' own method."
    )
    parts.show(layers, _chart_words(comparison, metric, names), numbers, metric.name)


def _chart_words(comparison: Comparison, metric: Metric, names: Sequence[str]) -> str:
    found = [
        f"at {row.at:g} tok/s per user B {saves(row.saving_fraction)}" for row in comparison.rows if row.saving_fraction
    ]
    return f"{metric.name} over interactivity for {' and '.join(names)}. {'; '.join(found) or 'No saving can be given'}."


def runs(catalog: Catalog, comparison: Comparison) -> None:
    """When both sides ran, over which range, at which price and power, from which sources."""
    st.subheader("Runs, prices and sources of both sides", anchor=False)
    rows, sources = [], []
    for name, side in (("A", comparison.a), ("B", comparison.b)):
        points = select_points(catalog, side.question)
        dates = sorted({point.run_date for point in points if point.run_date})
        undated = sum(point.run_date is None for point in points)
        span = side.measured_range
        price, book = side.price, comparison.power_book
        rows.append(
            {
                "side": name,
                "option": side_name(catalog, side),
                "measured (tok/s/user)": f"{span[0]:g}–{span[1]:g}" if span else "not measured",
                "points": f"{len(points)}",
                "dated runs": f"{dates[0]} to {dates[-1]}" if dates else "none",
                "without own date": f"{undated} (known by {_known_by(catalog, points)})" if undated else "none",
                "USD/GPU-hour": f"{price.usd_per_gpu_hour:g} ({price.provider}, {price.as_of})"
                if price
                else "nobody offers it",
                "kW/GPU": f"{side.kw_per_gpu:g} ({book.id})" if side.kw_per_gpu else "not known",
            }
        )
        sources += [point.source for point in points] + list(price.source if price else ())
    table(rows, "Runs and prices of both sides")
    sources.append(comparison.power_book.source)
    with st.expander("Sources"):
        table(source_rows(catalog, sources), "Sources of both sides")


def _known_by(catalog: Catalog, points: Sequence[object]) -> str:
    dates = {catalog.sources[point.source].date or "undated" for point in points if point.run_date is None}  # type: ignore[attr-defined]
    return ", ".join(sorted(dates))
