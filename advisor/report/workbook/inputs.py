"""The sheet Inputs: every field of the scenario as a blue cell, with the case in use, and what the catalog assumes."""

from __future__ import annotations

from collections.abc import Mapping

from advisor.catalog.records import Hardware
from advisor.report.workbook.book import FACTOR, HEADER_LINE, MONEY, NUMBER, SHARE, SHRUNK, WHOLE, Book, Sheet, cell
from advisor.report.workbook.constants import Constant, constants_of
from advisor.report.workbook.fields import FieldPath, Leaf, bounds, choices, help_of, leaves
from advisor.report.workbook.model import Model
from advisor.report.workbook.names import TODAY, numbered, own, tolerance
from advisor.report.workbook.own_hardware import FIELDS
from advisor.scenario import Owned, Scenario

SHEET = "Inputs"
HEADER_ROW, FIRST_ROW = 3, 4
COLUMNS = (
    "Input",
    "Value",
    "Unit",
    "Low",
    "High",
    "Case",
    "In use",
    "Takes effect",
    "Source",
    "Date",
    "Note",
    "Field",
    "As delivered",
)
LABEL, VALUE, UNIT, LOW, HIGH, CASE, IN_USE, EFFECT, SOURCE, DATE, NOTE, FIELD, DELIVERED = range(len(COLUMNS))
NONE = "none"
UNIT_WIDTH, SOURCE_WIDTH, NOTE_WIDTH = 18, 26, 90
SMALL = 1e-3
HERE, ON_UPLOAD = "here, at once", "on upload"

_WORKLOAD: FieldPath = ("workloads", 0)
LIVE: dict[FieldPath, str] = {
    (*_WORKLOAD, "demand", "requests_per_second_mean"): "in_requests_per_second",
    (*_WORKLOAD, "demand", "tokens_per_day"): "in_tokens_per_day",
    (*_WORKLOAD, "demand", "active_users"): "in_active_users",
    (*_WORKLOAD, "demand", "requests_per_user_minute"): "in_requests_per_user_minute",
    (*_WORKLOAD, "demand", "peak_to_mean_ratio"): "in_peak_to_mean",
    (*_WORKLOAD, "growth_per_year_fraction"): "in_growth",
    (*_WORKLOAD, "targets", "interactivity_tok_s_per_user"): "in_interactivity",
    ("current", "gpus"): "in_gpus",
    ("current", "price", "usd_per_gpu_hour"): "in_today_usd_per_gpu_hour",
    ("current", "price", "usd_per_month"): "in_today_usd_per_month",
    ("current", "billing"): "in_today_billing",
    ("current", "utilization_fraction"): "in_utilization",
    ("current", "commitment", "months_left"): "in_months_left",
    ("current", "commitment", "gpus"): "in_committed_gpus",
    ("current", "commitment", "recoverable_fraction"): "in_recoverable",
    ("current", "commitment", "exit_fee_usd"): "in_exit_fee",
    ("candidates", "billing"): "in_candidate_billing",
    ("candidates", "allow", "api_tokens"): "in_api_tokens",
    ("candidates", "spot_overhead_fraction"): "in_spot_overhead",
    ("candidates", "max_kw"): "in_max_kw",
    ("candidates", "max_usd_per_month"): "in_max_usd_per_month",
    ("candidates", "max_one_off_usd"): "in_max_one_off",
    ("candidates", "serve_within_months"): "in_serve_within",
    ("migration", "engineering_weeks"): "in_engineering_weeks",
    ("migration", "usd_per_engineering_week"): "in_usd_per_week",
    ("migration", "revalidation_usd"): "in_revalidation",
    ("migration", "parallel_months"): "in_parallel_months",
    ("migration", "ramp_months"): "in_ramp_months",
    ("migration", "lead_time_months"): "in_lead_months",
    ("migration", "contingency_fraction"): "in_contingency",
    ("migration", "buy_tokens_weeks"): "in_buy_tokens_weeks",
    ("finance", "horizon_months"): "in_horizon",
    ("finance", "discount_rate_per_year"): "in_discount_rate",
    ("finance", "price_change_per_year", "current"): "in_price_change_current",
    ("finance", "price_change_per_year", "candidate"): "in_price_change_candidate",
    ("finance", "usd_per_kwh"): "in_usd_per_kwh",
    ("finance", "pue"): "in_pue",
    ("sizing", "headroom_fraction"): "in_headroom",
    ("sizing", "spare_replicas"): "in_spare_replicas",
    ("uncertainty", "throughput_spread_ratio"): "in_throughput_spread",
    ("uncertainty", "price_spread_ratio"): "in_price_spread",
    ("uncertainty", "growth_spread_fraction"): "in_growth_spread",
    ("uncertainty", "price_change_spread_fraction"): "in_price_change_spread",
    ("uncertainty", "delay_p90_months"): "in_delay_p90",
    **{
        ("preferences", "weights", name): f"in_weight_{name}"
        for name in ("cost", "latency", "quality", "evidence", "readiness", "energy")
    },
    ("preferences", "minimum_saving_fraction"): "in_minimum_saving",
}


def live_name(leaf: Leaf, model: Model) -> str | None:
    """The name of a field whose change the formulas follow; None where it takes effect on upload only."""
    if model.why_not_live:
        return None
    path = leaf.path
    if path[0] == "workloads" and len(path) > 2:
        return _workload_name(int(path[1]), path[2:])
    if path[:2] == ("current", "owned") and path[-1] in FIELDS:
        return f"in_{own(TODAY, FIELDS[path[-1]])}"
    if path[:2] == ("candidates", "owned") and path[2] in model.own_kinds and path[-1] in FIELDS:
        return f"in_{own(str(path[2]), FIELDS[path[-1]])}"
    return LIVE.get(path)


def _workload_name(number: int, field: FieldPath) -> str | None:
    if len(field) == 3 and field[0] == "tasks" and field[2] == "tolerance_points":
        return tolerance(number, int(field[1]))
    name = LIVE.get(("workloads", 0, *field))
    return None if name is None else numbered(name, number)


def write_inputs(book: Book, model: Model, made: str) -> list[tuple[int, str, bool]]:
    """Write the sheet and define the names of its cells; row, field and whether it is live, for the change log."""
    sheet = book.sheet(SHEET)
    how = (
        f"Nothing follows live in this file: {model.why_not_live}."
        if model.why_not_live
        else ("Fields that take effect here move every sheet; the others count once the file is uploaded again.")
    )
    sheet.heading("Inputs", f"Blue cells are yours to change. {how} Do not rename, insert or delete rows.")
    sheet.header(HEADER_ROW, COLUMNS, height=HEADER_LINE, figures=(VALUE, LOW, HIGH, IN_USE, DELIVERED))
    sheet.widths(40, 20, UNIT_WIDTH, 12, 12, 8, 18, 14, SOURCE_WIDTH, 12, NOTE_WIDTH, 60, 20)
    sheet.repeat(HEADER_ROW)
    row, group = FIRST_ROW, ""
    rows: list[tuple[int, str, bool]] = []
    for leaf in leaves(model.decision.scenario):
        if group != (group := _group(leaf, model.decision.catalog.hardware)):
            sheet.section(row, group)
            row += 1
        _field(book, sheet, row, leaf, model, made)
        rows.append((row, leaf.name, live_name(leaf, model) is not None))
        row += 1
    sheet.section(row + 1, "Conventions and assumptions (records, not inputs: they change with the catalog)")
    for number, constant in enumerate(constants_of(model), start=row + 2):
        _constant(book, sheet, number, constant, model)
    return rows


GROUPS = {
    "workloads": "Workload",
    "current": "Today",
    "candidates": "Candidates",
    "quality": "Quality",
    "migration": "Moving",
    "finance": "Finance",
    "sizing": "Sizing",
    "uncertainty": "Uncertainty",
    "preferences": "What counts",
}


def _group(leaf: Leaf, hardware: Mapping[str, Hardware]) -> str:
    title = GROUPS.get(str(leaf.path[0]), "File")
    if title == "Workload":
        return f"{title} {int(leaf.path[1]) + 1}"
    if leaf.path[:2] == ("current", "owned"):
        return "Today's GPUs, on the own books"
    if leaf.path[:2] == ("candidates", "owned"):
        return f"{hardware[str(leaf.path[2])].name}, to buy"
    if leaf.path[:2] == ("finance", "price_change_per_year"):
        return "Price change a year"
    return title


def _field(book: Book, sheet: Sheet, row: int, leaf: Leaf, model: Model, made: str) -> None:
    style = _format(leaf)
    name = live_name(leaf, model)
    sheet.text(row, LABEL, leaf.label)
    sheet.entry(row, VALUE, leaf.value, style)
    unit = leaf.unit or ("text" if leaf.kind in ("text", "list", "yes/no") else "number")
    sheet.text(row, UNIT, unit, align="left", indent=1)
    sheet.text(row, EFFECT, HERE if name else ON_UPLOAD, align="left", indent=1)
    sheet.text(row, SOURCE, "default of the form" if _is_default(leaf) else "your input")
    sheet.text(row, DATE, made)
    sheet.wrapped(row, (NOTE, help_of(leaf.path), NOTE_WIDTH))
    sheet.text(row, FIELD, leaf.name, font_color="#888888")
    if leaf.value is None:
        sheet.text(row, DELIVERED, "", font_color="#888888")
    elif isinstance(leaf.value, str):
        sheet.text(row, DELIVERED, leaf.value, font_color="#888888", align="right", shrink=len(leaf.value) <= SHRUNK)
    else:
        sheet.number(row, DELIVERED, leaf.value, style, font_color="#888888")
    _validate(sheet, row, leaf)
    span = spread(leaf, model)
    if span is not None:
        sheet.entry(row, LOW, span[0], style)
        sheet.entry(row, HIGH, span[1], style)
        sheet.entry(row, CASE, "base", "@")
        sheet.page.data_validation(row, CASE, row, CASE, {"validate": "list", "source": ["base", "low", "high"]})
    if name:
        base, low, high, case = (cell(row, col, fixed_col=True) for col in (VALUE, LOW, HIGH, CASE))
        formula = f'=IF({case}="low",{low},IF({case}="high",{high},IF(ISBLANK({base}),"{NONE}",{base})))'
        shown = NONE if leaf.value is None else leaf.value
        sheet.formula(row, IN_USE, formula, shown, style, align="right", indent=int(isinstance(shown, str)))
        book.name(name, SHEET, row, IN_USE)


def spread(leaf: Leaf, model: Model) -> tuple[float, float] | None:
    """Low and high of a driver: the spreads of the tornado, kept within what the field takes."""
    value = leaf.value
    if live_name(leaf, model) is None or not isinstance(value, float | int):
        return None
    name = LIVE.get(_WORKLOAD + leaf.path[2:] if leaf.path[0] == "workloads" else leaf.path, "")
    assume, doubt = model.decision.catalog.assume, model.decision.scenario.uncertainty
    demand = ("in_requests_per_second", "in_tokens_per_day", "in_active_users")
    if name in demand:
        width = abs(value) * assume("tornado_load_fraction")
    elif name in ("in_today_usd_per_gpu_hour", "in_today_usd_per_month"):
        width = abs(value) * assume("tornado_price_fraction")
    elif name == "in_growth":
        width = doubt.growth_spread_fraction
    elif name in ("in_price_change_current", "in_price_change_candidate"):
        width = doubt.price_change_spread_fraction
    else:
        return None
    least, most = bounds(leaf.path)
    low, high = value - width, value + width
    if (least is not None and low <= least) or (most is not None and high > most):
        return None
    return low, high


def _format(leaf: Leaf) -> str:
    if leaf.kind == "whole":
        return WHOLE
    if leaf.kind != "number":
        return "@"
    if leaf.unit.startswith("fraction") or leaf.unit == "probability":
        return SHARE
    return MONEY if leaf.unit in ("USD", "USD/month") else "#,##0.####"


def _defaults() -> dict[FieldPath, float | int | str | None]:
    """What the form starts with, where it starts with anything."""
    if not _KNOWN:
        data = {
            "workloads": ({"model": "m", "demand": {}},),
            "current": {"hardware": "h", "gpus": 1, "price": {"usd_per_gpu_hour": 1.0}},
        }
        blank = Scenario.model_validate(data)
        given = {
            ("workloads", 0, "model"),
            ("current", "hardware"),
            ("current", "gpus"),
            ("current", "price", "usd_per_gpu_hour"),
        }
        _KNOWN.update({leaf.path: leaf.value for leaf in leaves(blank) if leaf.path not in given})
    return _KNOWN


_KNOWN: dict[FieldPath, float | int | str | None] = {}


def _is_default(leaf: Leaf) -> bool:
    """Whether a field holds what the form starts with; a second workload starts as the first does."""
    path = leaf.path
    if leaf.value is None:
        return True  # nobody typed anything
    if path[:2] in (("current", "owned"), ("candidates", "owned")):
        return bool(leaf.value == Owned.model_fields[str(path[-1])].default)
    return leaf.value == _defaults().get(tuple(0 if isinstance(part, int) else part for part in path), "-")


def _validate(sheet: Sheet, row: int, leaf: Leaf) -> None:
    words = choices(leaf.path)
    if words:
        rule: dict[str, object] = {"validate": "list", "source": list(words)}
        if leaf.kind == "whole":
            rule = {"validate": "list", "source": [int(word) for word in words]}
    elif leaf.kind in ("number", "whole"):
        least, most = bounds(leaf.path)
        rule = {
            "validate": "decimal" if leaf.kind == "number" else "integer",
            "criteria": "between",
            "minimum": -1e16 if least is None else least,
            "maximum": 1e16 if most is None else most,
            "error_title": leaf.label[:32],
            "error_message": f"A {'whole ' if leaf.kind == 'whole' else ''}number within the form's bounds is expected.",
        }
    else:
        return
    sheet.page.data_validation(row, VALUE, row, VALUE, rule)


def _constant(book: Book, sheet: Sheet, row: int, constant: Constant, model: Model) -> None:
    sheet.text(row, LABEL, constant.label)
    style = NUMBER if constant.value >= 1 else FACTOR if constant.value == 0 or abs(constant.value) >= SMALL else "0.0E+00"
    sheet.number(row, IN_USE, constant.value, style)
    sheet.text(row, DATE, model.decision.catalog.as_of)
    sheet.wrapped(
        row,
        (UNIT, constant.unit, UNIT_WIDTH),
        (SOURCE, constant.source, SOURCE_WIDTH),
        (NOTE, constant.note, NOTE_WIDTH),
    )
    book.name(constant.name, SHEET, row, IN_USE)
