from decimal import Decimal
from fractions import Fraction

import pytest
from sensorstats import Extremes, to_float


def test_extremes_pass_over_missing_readings():
    extremes = Extremes()
    for reading in (None, 3, float("nan"), -1.5, 2):
        extremes.push(reading)
    assert (extremes.lowest, extremes.highest) == (-1.5, 3.0)


def test_there_are_no_extremes_of_nothing():
    assert (Extremes().lowest, Extremes().highest) == (None, None)


def test_numbers_become_floats():
    assert [to_float(n) for n in (2, Decimal("0.5"), Fraction(1, 4))] == [2.0, 0.5, 0.25]


@pytest.mark.parametrize("reading", [True, "1", [1]], ids=["bool", "str", "list"])
def test_what_is_no_reading_is_refused(reading):
    with pytest.raises(TypeError, match="not a reading"):
        to_float(reading)
