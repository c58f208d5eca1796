"""Steffen's monotone cubic as formulas: slopes from the four knots around, then the value between the two in the middle.

The engine's is :mod:`advisor.evidence.steffen`; names in braces are cells, the same here and in the values.
"""

from __future__ import annotations

from dataclasses import dataclass

from advisor.evidence.steffen import MonotoneCubic
from advisor.report.workbook.book import FACTOR, NUMBER


@dataclass(frozen=True)
class Step:
    """One cell on the way: key, what it is, unit, format, and its formula over other keys."""

    key: str
    label: str
    unit: str
    number_format: str
    formula: str


KNOTS = (
    ("m", "before that", "MAX(1,{left}-1)"),
    ("0", "before", "{left}"),
    ("1", "after", "MIN({count},{left}+1)"),
    ("2", "after that", "MIN({count},{left}+1+1)"),
)
"""The four knots around: ending of the key, in words, and the number of the knot."""
_LIMITED = (
    "(SIGN({{{one}}})+SIGN({{{two}}}))*MIN(ABS({{{one}}}),ABS({{{two}}}),"
    "ABS({{{one}}}*({{{right}}}-{{{mid}}})+{{{two}}}*({{{mid}}}-{{{left}}}))/({{{right}}}-{{{left}}})/(1+1))"
)
_BEFORE = _LIMITED.format(one="before", two="secant", left="xm", mid="x0", right="x1")
_AFTER = _LIMITED.format(one="secant", two="after", left="x0", mid="x1", right="x2")
_PER_X = "per tok/s/user"
STEPS = (
    Step("before", "Secant before", _PER_X, FACTOR, "=IF({left}>1,({y0}-{ym})/({x0}-{xm}),0)"),
    Step("secant", "Secant", _PER_X, FACTOR, "=IF({x1}>{x0},({y1}-{y0})/({x1}-{x0}),0)"),
    Step("after", "Secant after", _PER_X, FACTOR, "=IF({left}+1<{count},({y2}-{y1})/({x2}-{x1}),0)"),
    Step("inner0", "Limited slope before", "0 at the first knot", FACTOR, f"=IF({{left}}>1,{_BEFORE},0)"),
    Step("inner1", "Limited slope after", "0 at the last knot", FACTOR, f"=IF({{left}}+1<{{count}},{_AFTER},0)"),
    Step(
        "s0",
        "Slope before",
        _PER_X,
        FACTOR,
        "=IF({left}>1,{inner0},IF({count}>1+1,((1+1+1)*{secant}-{inner1})/(1+1),{secant}))",
    ),
    Step(
        "s1",
        "Slope after",
        _PER_X,
        FACTOR,
        "=IF({left}+1<{count},{inner1},IF({count}>1+1,((1+1+1)*{secant}-{inner0})/(1+1),{secant}))",
    ),
    Step(
        "read",
        "Read (Steffen's cubic)",
        "tok/s/GPU",
        NUMBER,
        "=IF({at}={x0},{y0},IF({at}={x1},{y1},MIN(MAX("
        "((1+{step}+{step})*(1-{step})*(1-{step})*{y0}+{step}*(1-{step})*(1-{step})*({x1}-{x0})*{s0}"
        "+{step}*{step}*(1+1+1-{step}-{step})*{y1}+{step}*{step}*({step}-1)*({x1}-{x0})*{s1}),"
        "MIN({y0},{y1})),MAX({y0},{y1}))))",
    ),
)
"""From secants to the value, which is kept between those of the two knots."""


def knot_before(cubic: MonotoneCubic, at: float) -> int:
    """Number of the knot before a position, counted from 1: the last one is none."""
    return max(1, min(sum(x <= at for x in cubic.x), len(cubic.x) - 1))


def knots_around(series: tuple[float, ...], name: str, left: int) -> dict[str, float]:
    """Values of a series at the four knots around, ``ym`` to ``y2``."""
    last = len(series)
    numbers = (max(1, left - 1), left, min(last, left + 1), min(last, left + 2))
    return {f"{name}{ending}": series[number - 1] for (ending, *_), number in zip(KNOTS, numbers, strict=True)}


def step_values(cubic: MonotoneCubic, at: float) -> dict[str, float]:
    """Every step to the value at a position within the knots, from the engine's cubic."""
    left, count = knot_before(cubic, at), len(cubic.x)
    x, y = knots_around(cubic.x, "x", left), knots_around(cubic.y, "y", left)

    def secant(one: str, two: str) -> float:
        width = x[f"x{two}"] - x[f"x{one}"]
        return (y[f"y{two}"] - y[f"y{one}"]) / width if width > 0 else 0.0

    s0, s1 = cubic.slope[left - 1], cubic.slope[min(count, left + 1) - 1]
    return {
        "before": secant("m", "0"),
        "secant": secant("0", "1"),
        "after": secant("1", "2"),
        "inner0": s0 if left > 1 else 0.0,
        "inner1": s1 if left + 1 < count else 0.0,
        "s0": s0,
        "s1": s1,
        "read": cubic(at),
    }
