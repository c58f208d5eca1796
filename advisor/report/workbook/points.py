"""The sheet Operating points: the curve every option is read from, workload by workload."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from advisor.evidence.age import UNDATED, software_age
from advisor.evidence.frontier import Curve
from advisor.report.workbook.book import NUMBER, WHOLE, Book, Sheet, fixed, on
from advisor.report.workbook.model import Model
from advisor.report.workbook.rows import Part

POINTS = "Operating points"
COLUMNS_A_PAGE = 15
POINTS_FIRST, STRIDE, DATA = 4, 11, 3
LINES = (
    "Interactivity",
    "Throughput",
    "Knot: interactivity",
    "Knot: throughput",
    "Knot: GPUs of a replica",
    "Knot: engine",
    "Knot: record",
    "Knot: run",
    "Knot: age of its software, months",
    "80 % interval: lower end",
    "80 % interval: upper end",
)
X, Y, KNOT_X, KNOT_Y, REPLICA, ENGINE, RECORD, RUN, AGE, LOW, HIGH = range(STRIDE)


Curves = dict[tuple[str, int], tuple[int, int]]
"""First rows of the two curves of an option (or today) and a workload."""


def write_points(book: Book, model: Model) -> tuple[Curves, str]:
    """Write Operating points; where every curve stands, and the region all lookups read."""
    sheet = book.sheet(POINTS)
    sheet.heading(
        "Operating points",
        "tok/s/user and tok/s/GPU (input and output). Records and the engine's curve through them, no inputs: "
        "Sizing reads them at the interactivity asked.",
    )
    sheet.header(3, ("Option", "Line", "Kind"))
    sheet.widths(30, 28, 14)
    sheet.repeat(3, DATA)
    blocks: Curves = {}
    row, width = POINTS_FIRST, 1
    for key, item in model.labelled:
        for number, part in enumerate(item.parts):
            first, second = row, row
            label, ages, lookup = part_label(item.label, number, model.workloads), _ages(model, part), part.lookup
            width = max(width, _block(sheet, row, label, lookup.first, lookup.first_kind, ages))
            row += STRIDE
            if lookup.second is not None:
                second = row
                width = max(width, _block(sheet, row, label, lookup.second, lookup.second_kind, ages))
                row += STRIDE
            blocks[key, number] = (first, second)
    for number in range(width):
        sheet.number(3, DATA + number, number + 1, WHOLE, bold=True, bottom=1, bg_color="#E8EEF4")
    sheet.page.set_column(DATA, DATA + width, 13)
    sheet.page.repeat_columns(0, DATA - 1)
    sheet.page.fit_to_pages(max(1, round(width / COLUMNS_A_PAGE)), 0)
    return blocks, on(POINTS, f"{fixed(0, DATA)}:{fixed(row, DATA + width)}")


def part_label(label: str, number: int, workloads: int) -> str:
    """An option's label, with the workload where there are several."""
    return label if workloads == 1 else f"{label}, workload {number + 1}"


def _ages(model: Model, item: Part) -> Callable[[str | None], float | None]:
    """Months since a run, None where it is undated; own measurements are today's software."""
    if item.lookup.first_kind == "user-measured":
        return lambda _: 0.0
    catalog = model.decision.catalog
    aging = catalog.latency_fits[-1].aging

    @cache
    def age(run_date: str | None) -> float | None:
        found = software_age((run_date,), catalog.as_of, aging)
        return found.months if found.dated else None

    return age


def _block(
    sheet: Sheet, row: int, label: str, curve: Curve | None, kind: str, age: Callable[[str | None], float | None]
) -> int:
    """One curve; how many columns it takes. Without a curve a single knot of kind none, which is never reached."""
    for line, name in enumerate(LINES):
        sheet.text(row + line, 0, label, font_color="#888888" if line else "#000000")
        sheet.text(row + line, 1, name)
        sheet.text(row + line, 2, kind if line == X else "")
    if curve is None:
        for line, value in ((X, 1.0), (Y, 1.0), (KNOT_X, 1.0), (KNOT_Y, 0.0), (REPLICA, 0.0)):
            sheet.number(row + line, DATA, value)
        sheet.text(row + ENGINE, DATA, "none")
        return 1
    cubic, numbers = curve.throughput, sheet.book.style(num_format=NUMBER)
    lines = [(X, cubic.x), (Y, cubic.y)]
    if curve.bounds is not None:
        low, high = curve.bounds
        lines += [(LOW, low.y), (HIGH, high.y)]
    for line, series in lines:
        sheet.page.numbers(row + line, DATA, series, numbers)
    if curve.origin is not None:
        for line, value in ((KNOT_X, curve.slowest), (KNOT_Y, 0.0), (REPLICA, float(curve.origin.replica_gpus))):
            sheet.number(row + line, DATA, value, NUMBER)
        sheet.text(row + ENGINE, DATA, "none")
        sheet.text(row + RECORD, DATA, curve.origin.source)
        for col in (DATA, DATA + 1):  # read between: of measured knots the older of both counts
            _age(sheet, row, col, age(None))
    for number, knot in enumerate(curve.knots):
        sheet.number(row + KNOT_X, DATA + number, knot.interactivity_tok_s_per_user, NUMBER)
        sheet.number(row + KNOT_Y, DATA + number, knot.tok_s_per_gpu, NUMBER)
        sheet.number(row + REPLICA, DATA + number, knot.replica_gpus or 0, WHOLE)
        sheet.text(row + ENGINE, DATA + number, knot.engine or "none")
        sheet.text(row + RECORD, DATA + number, knot.point_id)
        sheet.text(row + RUN, DATA + number, knot.run_date or UNDATED)
        _age(sheet, row, DATA + number, age(knot.run_date))
    return max(len(cubic.x), len(curve.knots))


def _age(sheet: Sheet, row: int, col: int, months: float | None) -> None:
    """Age of a run's software, or that nobody knows it."""
    if months is None:
        sheet.text(row + AGE, col, UNDATED)
    else:
        sheet.number(row + AGE, col, months, NUMBER)
