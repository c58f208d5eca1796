"""Student's t against scipy, which is the reference here."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import stdtr, stdtrit

from advisor.quality import student

DOF = st.floats(1.5, 60)


@given(DOF, st.floats(-60, 60))
def test_the_distribution_is_scipys(dof, z):
    assert student.distribution(dof, z) == pytest.approx(float(stdtr(dof, z)), abs=1e-6)


@given(DOF, st.floats(0.002, 0.998))
def test_quantiles_are_scipys(dof, share):
    assert student.quantile(dof, share) == pytest.approx(float(stdtrit(dof, share)), rel=1e-4, abs=1e-6)


@given(DOF, st.floats(0.01, 0.99))
def test_a_quantile_put_back_gives_its_share(dof, share):
    assert student.distribution(dof, student.quantile(dof, share)) == pytest.approx(share, abs=1e-9)


def test_the_middle_and_the_sides():
    assert student.distribution(3.4, 0.0) == 0.5
    assert student.quantile(3.4, 0.5) == 0.0
    assert np.isclose(student.quantile(3.4, 0.9), -student.quantile(3.4, 0.1))
