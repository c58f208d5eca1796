"""Evaluations as a CSV table: what cannot be told apart is refused."""

import pytest

from advisor.errors import QueryError
from advisor.importers.evals.arm import Content, arm_from_contents


def test_a_line_longer_than_its_header_is_refused_by_its_number():
    text = "task,item,score,answer\ngsm8k,1,1,yes\ngsm8k,2,0,well, no\n"
    with pytest.raises(QueryError, match="line 3 has more cells than the header"):
        arm_from_contents([Content("mine.csv", text)])


def test_a_shorter_line_has_empty_cells():
    arm = arm_from_contents([Content("mine.csv", "task,item,score,answer\ngsm8k,1,1\ngsm8k,2,0,no\n")])
    (run,) = arm.tasks.values()
    assert run.items == 2
