"""A line chart as SVG text: curves with bands, named at their ends, targets as named lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import floor, log10

WIDTH, HEIGHT = 960, 540
LEFT, RIGHT, TOP, BOTTOM = 84, 24, 44, 64
TICKS = 6
COLOURS = ("#0b5cad", "#a14e00", "#6b7280", "#7a3e9d", "#2f6f3e")
DASHES = ("", "8 5", "2 4", "10 4 2 4", "5 3")


@dataclass(frozen=True)
class Line:
    """One curve: its name, places as (x, y), and its 80 % band as (x, low, high) where it has one."""

    name: str
    places: tuple[tuple[float, float], ...]
    band: tuple[tuple[float, float, float], ...] = ()


def line_chart(
    title: str, x_title: str, y_title: str, lines: Sequence[Line], targets: Mapping[str, float], footer: str = ""
) -> str:
    """The chart as an SVG document; both axes linear, y from zero.

    Raises:
        ValueError: there is no line to draw.
    """
    if not any(line.places for line in lines):
        raise ValueError("a chart needs at least one place")
    xs = [x for line in lines for x, _ in line.places] + list(targets.values())
    ys = [y for line in lines for _, y in line.places] + [high for line in lines for _, _, high in line.band]
    frame = _Frame(min(xs), max(xs), 0.0, max(ys))
    parts = [_text(LEFT, 24, title, size=17, weight="600"), *_axes(frame, x_title, y_title)]
    for place, line in enumerate(lines):
        parts += _draw(frame, line, COLOURS[place % len(COLOURS)], DASHES[place % len(DASHES)])
    for place, (name, value) in enumerate(targets.items()):
        x = frame.x(value)
        parts.append(f'<path d="M{x:.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#4b5563" stroke-dasharray="4 4"/>')
        parts.append(_text(x + 5, TOP + 12 + 14 * place, f"{name} {value:g}"))
    if footer:
        parts.append(_text(LEFT, HEIGHT - 8, footer, size=11))
    body = "\n".join(parts)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
    style = 'font-family="Helvetica, Arial, sans-serif" fill="none" role="img"'
    ground = '<rect width="100%" height="100%" fill="#ffffff"/>'
    return f"{head} {style}>\n<title>{escape(title)}</title>\n{ground}\n{body}\n</svg>\n"


@dataclass(frozen=True)
class _Frame:
    x_low: float
    x_high: float
    y_low: float
    y_high: float

    def x(self, value: float) -> float:
        span = (self.x_high - self.x_low) or 1.0
        return LEFT + (value - self.x_low) / span * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        span = (self.y_high - self.y_low) or 1.0
        return HEIGHT - BOTTOM - (value - self.y_low) / span * (HEIGHT - TOP - BOTTOM)


def _draw(frame: _Frame, line: Line, colour: str, dash: str) -> list[str]:
    parts = []
    if line.band:
        there = [f"{frame.x(x):.1f} {frame.y(high):.1f}" for x, _, high in line.band]
        back = [f"{frame.x(x):.1f} {frame.y(low):.1f}" for x, low, _ in reversed(line.band)]
        parts.append(f'<path d="M{"L".join([*there, *back])}Z" fill="{colour}" fill-opacity="0.15"/>')
    places = "L".join(f"{frame.x(x):.1f} {frame.y(y):.1f}" for x, y in line.places)
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    parts.append(f'<path d="M{places}" stroke="{colour}" stroke-width="2.2"{dashes}/>')
    x, y = line.places[0]
    parts.append(_text(frame.x(x) + 8, frame.y(y) - 8, line.name, colour=colour))
    return parts


def _axes(frame: _Frame, x_title: str, y_title: str) -> list[str]:
    bottom = HEIGHT - BOTTOM
    parts = [f'<path d="M{LEFT} {TOP}V{bottom}H{WIDTH - RIGHT}" stroke="#31333f"/>']
    for value in _ticks(frame.x_low, frame.x_high):
        parts.append(_text(frame.x(value), bottom + 18, f"{value:,g}", anchor="middle"))
    for value in _ticks(frame.y_low, frame.y_high):
        y = frame.y(value)
        parts.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#e5e7eb"/>')
        parts.append(_text(LEFT - 8, y + 4, f"{value:,g}", anchor="end"))
    parts.append(_text((LEFT + WIDTH - RIGHT) / 2, bottom + 38, x_title, anchor="middle"))
    middle = (TOP + bottom) / 2
    turned = f'transform="rotate(-90 18 {middle:.0f})"'
    parts.append(
        f'<text x="18" y="{middle:.0f}" {turned} font-size="12" fill="#31333f" text-anchor="middle">{escape(y_title)}</text>'
    )
    return parts


def _ticks(low: float, high: float) -> list[float]:
    """Round values within a range, about :data:`TICKS` of them."""
    span = high - low
    if span <= 0:
        return [low]
    raw = span / TICKS
    power = 10.0 ** floor(log10(raw))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= raw)
    first = floor(low / step) + (0 if low % step == 0 else 1)
    count = floor(high / step) - first + 1
    return [round(step * (first + place), 10) for place in range(count)]


def _text(
    x: float, y: float, text: str, *, size: int = 12, anchor: str = "start", colour: str = "#31333f", weight: str = "400"
) -> str:
    attributes = f'font-size="{size}" fill="{colour}" text-anchor="{anchor}" font-weight="{weight}"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {attributes}>{escape(text)}</text>'
