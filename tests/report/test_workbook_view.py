"""Monthly's view of one option: plans that are not open are said so and show no figure, also after another is picked."""

import io

import pytest
from openpyxl import load_workbook

from advisor.recommend import recommend
from advisor.report.workbook import view, workbook_bytes
from advisor.report.workbook.axis import BEFORE, LABEL, PARAM
from advisor.report.workbook.book import cell
from advisor.report.workbook.options_columns import COLS, NOTHING
from advisor.scenario_io import build_scenario
from tests.conftest import scenario_data
from tests.report.workbook_tools import changed, opened, recalculator

FORMS = {"whole fleet committed": {"months_left": 9}, "part committed": {"months_left": 9, "gpus": 24}, "none": {}}


@pytest.fixture(scope="module")
def contents(catalog):
    """A workbook a form of contract."""

    def made(commitment):
        data = scenario_data(current={"commitment": commitment}, candidates={"hardware": ("h200", "b200")})
        return workbook_bytes(recommend(build_scenario(data, catalog), catalog))

    return {form: made(commitment) for form, commitment in FORMS.items()}


def control_row(monthly):
    """Row that says which option is shown."""
    return next(number for number, row in enumerate(monthly) if row[LABEL] == "Option shown")


def check(book):
    """The view against Options: names of the plans, their cost in month 0, dashes where a plan is not open."""
    monthly = [list(row) for row in book["Monthly"].iter_rows(values_only=True)]
    keys = {col.key: number for number, col in enumerate(COLS)}
    control = control_row(monthly)
    shown = monthly[control][PARAM]
    option = next(row for row in book["Options"].iter_rows(values_only=True) if row[keys["id"]] == shown)
    seen = []
    for number, title in enumerate(view.TITLES):
        top = control + 3 + number * (len(view.LINES) + 2)
        is_open = option[keys[f"npv{number + 1}"]] != NOTHING
        name = view.IN_PLACE if number == 0 and option[keys["plans"]] == 1 else title
        assert monthly[top][LABEL] == (name if is_open else f"{name}: {view.NOT_OPEN}")
        cost = monthly[top + 5][BEFORE:]
        assert all(value == NOTHING for value in cost) if not is_open else all(value >= 0 for value in cost)
        seen.append(is_open)
    return seen


@pytest.mark.parametrize("form", FORMS)
def test_plans_that_are_not_open_show_no_figures(contents, form):
    check(opened(contents[form]))


def test_lines_of_a_chart_differ_in_more_than_colour():
    looks = [dash for _, dash in (*view.LOOKS, view.STAYING_LOOK)]
    assert len(set(looks)) == len(looks)


def test_another_option_picked_in_the_file_brings_its_own_plans(contents, tmp_path):
    """All files in one batch: a move shows its plans, tuning in place has but one."""
    picked, books = ("b200:fp8:none", "h200:fp8:none"), []
    for content in contents.values():
        ids = [row[1] for row in load_workbook(io.BytesIO(content))["Options"].iter_rows(min_row=6, values_only=True)]
        assert set(picked) <= set(ids)
        control = control_row([list(row) for row in opened(content)["Monthly"].iter_rows(values_only=True)])
        books += [changed(content, {("Monthly", cell(control, PARAM)): option}) for option in picked]
    seen = [check(opened(book)) for book in recalculator(tmp_path)(books)]
    for moves, tunes in zip(seen[::2], seen[1::2], strict=True):
        assert moves[0]
        assert tunes == [True, False, False]
