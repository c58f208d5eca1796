"""The tornado: how far each driver moves the saving between its low and its high, the widest first."""

from __future__ import annotations

import streamlit as st

from advisor.decision import Decision, TornadoRow
from advisor.phrases import usd
from advisor.report.words import looked_at, option_name
from advisor.ui.charts import parts
from advisor.ui.palette import Palette, palette
from advisor.ui.text import escape


def tornado(decision: Decision) -> None:
    """Draw the chart with its table, or say why there is none."""
    option, rows = looked_at(decision), decision.tornado
    if option is None or option.standing is None or not rows:
        st.info("There is no other option that passes, so no driver was varied.")
        return
    base, name = option.standing.future.npv_saving, option_name(decision, option)
    numbers = [
        {
            "driver": row.driver,
            "low": value_words(row.low, row.unit),
            "saved at low": usd(row.saving_at_low_usd),
            "high": value_words(row.high, row.unit),
            "saved at high": usd(row.saving_at_high_usd),
        }
        for row in rows
    ]
    widest = rows[0]
    words = (
        f"Present value saved by {name}, {usd(base)} as expected, with one driver at a time at the ends of its 80 % range. "
        f"The widest is {widest.driver}: {usd(widest.saving_at_low_usd)} to {usd(widest.saving_at_high_usd)}."
    )
    parts.show(_layers(rows, base, palette()), words, numbers, "what matters")
    st.caption(escape(f"About {name}: one driver at a time at the ends of its 80 % range, all else as expected."))


def _layers(rows: tuple[TornadoRow, ...], base: float, colours: Palette) -> list[parts.Layer]:
    bars = [
        {
            "driver": row.driver,
            "from": min(row.saving_at_low_usd, row.saving_at_high_usd),
            "to": max(row.saving_at_low_usd, row.saving_at_high_usd),
        }
        for row in rows
    ]
    ends = [
        {"driver": row.driver, "at": at, "label": value_words(value, "")}
        for row in rows
        for at, value in ((row.saving_at_low_usd, row.low), (row.saving_at_high_usd, row.high))
    ]
    y = parts.nominal("driver", sort=[row.driver for row in rows], axis={"labelLimit": 150})
    x = parts.Axis("from", "present value saved, USD", from_zero=False, number="~s")
    line = [{"base": base, "label": f"as expected {usd(base)}"}]
    rule = {"type": "rule", "color": colours.rule, "strokeDash": [4, 4]}
    text = {"type": "text", "align": "left", "dx": 4, "baseline": "bottom", "color": colours.rule, "dy": -2}
    end = {"type": "text", "color": colours.text, "fontSize": parts.NOTE_SIZE, "dy": 12}
    hint = parts.hints(**{"driver": "", "from": ",.0f", "to": ",.0f"})
    return [
        parts.layer(bars, {"type": "bar", "color": colours.accent, "opacity": 0.75, "height": 12},
                    x=x.of(), x2={"field": "to"}, y=y, tooltip=hint),
        parts.layer(ends, end, x=x.of("at"), y=y, text=parts.nominal("label")),
        parts.layer(line, rule, x=x.of("base")),
        parts.layer(line, text, x=x.of("base"), y={"value": 0}, text=parts.nominal("label")),
    ]  # fmt: skip


def value_words(value: float, unit: str) -> str:
    """A driver's value with its unit: four significant digits, thousands whole."""
    number = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    return f"{number} {unit}".strip()
