"""The 80 % interval of a throughput, live: both ends are read as the middle is, then widened (docs/method.md)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from advisor.evidence.age import Z80, age_deviation, software_age, widened
from advisor.evidence.frontier import Curve
from advisor.evidence.prefix import UNCERTAIN_SHARE
from advisor.evidence.steffen import MonotoneCubic
from advisor.report.workbook.book import (
    FACTOR,
    NUMBER,
    TEXT,
    WHOLE,
    Line,
    fixed,
    on,
)
from advisor.report.workbook.model import Model
from advisor.report.workbook.names import numbered
from advisor.report.workbook.page import Value
from advisor.report.workbook.points import AGE, HIGH, KNOT_X, LOW
from advisor.report.workbook.rows import Part, Row
from advisor.report.workbook.sizing import SHEET as SIZING
from advisor.report.workbook.sizing import Sizing, on_line
from advisor.report.workbook.sizing_columns import INDEX as SIZING_COLUMNS
from advisor.report.workbook.steffen import KNOTS, STEPS, knot_before, knots_around, step_values


def looked_up(sheet: str, column: int, first: int, last: int, place: str = "out_subject_place") -> str:
    """A column of a table at the place of the option looked at."""
    return f"=INDEX({on(sheet, f'{fixed(first, column)}:{fixed(last, column)}')},{place})"


def sized_at(sizing: Sizing, key: str, workload: int = 0) -> str:
    """A column of Sizing at the option looked at; of several workloads at one of its rows."""
    first, last = sizing.options
    place = "out_subject_place"
    if sizing.workloads > 1:
        place = f"(out_subject_place-1)*cat_workloads+1{'+1' * workload}"
    return looked_up(SIZING, SIZING_COLUMNS[key], first, last, place)


SIZED = (
    ("curve", "row", "Curve read", "row of Operating points", WHOLE),
    ("kind", "kind", "Evidence", "", TEXT),
    ("at", "at", "Runs at", "tok/s/user", NUMBER),
    ("left", "left", "Knot before", "number", WHOLE),
    ("count", "count", "Knots", "knots", WHOLE),
    *((f"x{end}", f"x{end}", f"x {words}", "tok/s/user", NUMBER) for end, words, _ in KNOTS),
    ("step", "step", "Step", "share of the gap", FACTOR),
    ("read", "read", "Throughput read", "tok/s/GPU", NUMBER),
    ("prefix", "prefix", "Prefix-cache factor", "ratio, at delivery", FACTOR),
    ("knot", "knot", "Measured knot before", "number", WHOLE),
)


def interval_lines(region: str, sizing: Sizing, row: Row, values: Sequence[dict[str, Value]]) -> list[Line]:
    """Where each workload of the option runs, both ends of its throughput's interval there, and what widens them."""
    return [
        line
        for workload, sized in enumerate(sizing.parts[row.id])
        for line in _numbered(_lines(region, sizing, workload, sized, values[workload]), workload)
    ]


def _lines(region: str, sizing: Sizing, workload: int, sized: dict[str, Value], values: dict[str, Value]) -> list[Line]:
    return [
        *(
            Line(name, label, unit, fmt, sized_at(sizing, key, workload), sized[key])
            for name, key, label, unit, fmt in SIZED
        ),
        *_read_lines(region, "low", "Lower", LOW, values),
        *_read_lines(region, "high", "Upper", HIGH, values),
        *_age_lines(region, values),
        *_widened_lines(region, values),
    ]


def _numbered(lines: list[Line], workload: int) -> list[Line]:
    """The lines under the names of a workload."""
    if workload == 0:
        return lines
    names = {line.name for line in lines}

    def rename(match: re.Match[str]) -> str:
        return numbered(match[0], workload) if match[1] in names else match[0]

    return [
        replace(
            line,
            name=numbered(line.name, workload),
            label=f"Workload {workload + 1}: {line.label}",
            formula=re.sub(r"out_subject_(\w+)", rename, line.formula),
        )
        for line in lines
    ]


def _point(region: str, number: int, knot: str) -> str:
    return f"INDEX({region},out_subject_curve+{on_line(number)},{knot})"


def _read_lines(region: str, side: str, words: str, line: int, values: dict[str, Value]) -> list[Line]:
    """One end, read as the middle is: values at the four knots around, then the steps of the cubic."""
    shared = ("at", "step", "left", "count", *(f"x{end}" for end, *_ in KNOTS))
    cells = {name: f"out_subject_{name}" for name in shared}
    found = []
    for end, where, knot in KNOTS:
        name = f"{side}_y{end}"
        formula = f"={_point(region, line, knot.format(**cells))}"
        found.append(Line(name, f"{words} end: value {where}", "tok/s/GPU", NUMBER, formula, values[name]))
        cells[f"y{end}"] = f"out_subject_{name}"
    cells |= {step.key: f"out_subject_{side}_{step.key}" for step in STEPS}
    for step in STEPS:
        label, name = f"{words} end: {step.label[0].lower()}{step.label[1:]}", f"{side}_{step.key}"
        found.append(Line(name, label, step.unit, step.number_format, step.formula.format(**cells), values[name]))
    return found


def _age_lines(region: str, values: dict[str, Value]) -> list[Line]:
    """Age of the software behind the reading, and the spread it adds."""
    here, there = _point(region, AGE, "out_subject_knot"), _point(region, AGE, "out_subject_knot+1")
    hit = f"{_point(region, KNOT_X, 'out_subject_knot')}=out_subject_at"
    age = (
        f"=IF({hit},IF(ISNUMBER({here}),{here},cat_undated_age_months),"
        f"IF(AND(ISNUMBER({here}),ISNUMBER({there})),MAX({here},{there}),cat_undated_age_months))"
    )
    extra = "=cat_z80*cat_age_deviation*SQRT(out_subject_age/12)"
    return [
        Line("age", "Age of the software behind it", "months; the older of both knots", NUMBER, age, values["age"]),
        Line("extra", "What age adds to half the interval", "log", FACTOR, extra, values["extra"]),
    ]


def _widened_lines(region: str, values: dict[str, Value]) -> list[Line]:
    """Throughput with the prefix cache, and both ends widened by age and by what is not known of the cache."""
    expected = "=out_subject_read*out_subject_prefix"
    found = [Line("tok_s", "Throughput with the prefix cache", "tok/s/GPU", NUMBER, expected, values["tok_s"])]
    unknown = f"COUNT(INDEX({region},out_subject_curve+{on_line(LOW)},0))=0"
    ends = (
        ("low", "Lower", "-", "LN(out_subject_read/MIN(out_subject_low_read,out_subject_read))"),
        ("high", "Upper", "+", "LN(MAX(out_subject_high_read,out_subject_read)/out_subject_read)"),
    )
    for name, words, sign, half in ends:
        widened = f"out_subject_read*EXP({sign.strip('+')}SQRT(SUMSQ({half},out_subject_extra)))"
        cached = f"out_subject_prefix^(1{sign}cat_prefix_uncertain_share)"
        formula = f"=IF({unknown},out_subject_tok_s,{widened}*{cached})"
        found.append(Line(name, f"{words} end of the 80 % interval", "tok/s/GPU", NUMBER, formula, values[name]))
    return found


def interval_values(model: Model, part: Part) -> dict[str, Value]:
    """What the lines of a workload show, by the engine's own functions."""
    curve, _, at, _ = part.position
    value, reading = part.reading
    catalog = model.decision.catalog
    aging = catalog.latency_fits[-1].aging
    months = 0.0
    if part.lookup.first_kind != "user-measured":
        months = software_age([knot.run_date for knot in reading.knots], catalog.as_of, aging).months
    found: dict[str, Value] = {"age": months, "extra": Z80 * age_deviation(months, aging)}
    for side, bound in zip(("low", "high"), curve.bounds or (None, None), strict=True):
        found |= _end_values(side, curve, bound, at)
    found["tok_s"] = value * part.prefix_factor
    found["low"] = found["high"] = found["tok_s"]
    if reading.low is not None and reading.high is not None:
        ends = (min(reading.low, value), value, max(reading.high, value))
        low, high = widened(*ends, age_deviation(months, aging))
        found["low"] = low * part.prefix_factor ** (1 - UNCERTAIN_SHARE)
        found["high"] = high * part.prefix_factor ** (1 + UNCERTAIN_SHARE)
    return found


def _end_values(side: str, curve: Curve, bound: MonotoneCubic | None, at: float) -> dict[str, Value]:
    if bound is None:
        return {f"{side}_{name}": 0.0 for name in (*(f"y{end}" for end, *_ in KNOTS), *(step.key for step in STEPS))}
    read = min(max(at, curve.slowest), curve.fastest)
    found = knots_around(bound.y, "y", knot_before(bound, read)) | step_values(bound, read)
    return {f"{side}_{name}": value for name, value in found.items()}
