"""The demand of a day, hour by hour against its mean."""

from __future__ import annotations

from collections.abc import Sequence

from advisor.ui.charts import parts
from advisor.ui.palette import palette

DAY_HEIGHT = 190


def day(profile: Sequence[float]) -> None:
    """Draw 24 bars, 1 is the mean, with their table."""
    mean, colours = sum(profile) / len(profile), palette()
    bars = [{"hour": f"{hour:02d}", "times": value / mean} for hour, value in enumerate(profile)]
    axis = {"labelAngle": 0, "labelOverlap": True}
    x = {"field": "hour", "type": "ordinal", "title": "hour of the day", "sort": None, "axis": axis}
    y = parts.Axis("times", "× the mean", number=".2~f")
    layers = [
        parts.layer(
            bars, {"type": "bar", "color": colours.accent}, x=x, y=y.of(), tooltip=parts.hints(hour="", times=".2f")
        ),
        parts.layer([{"times": 1.0}], {"type": "rule", "color": colours.rule, "strokeDash": [4, 4]}, y=y.of()),
    ]
    busiest = max(range(len(profile)), key=lambda hour: profile[hour])
    most = f"{profile[busiest] / mean:.2f}"
    words = f"Demand of a day by hour, as multiples of its mean. The busiest is {busiest:02d} with {most}."
    numbers = [{"hour": row["hour"], "times the mean": f"{row['times']:.2f}"} for row in bars]
    parts.show(layers, words, numbers, "day", height=DAY_HEIGHT)
