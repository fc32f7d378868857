import pytest

from numbers_kit import clamp, double


def test_a_number_between_the_bounds_stays():
    assert clamp(5, 1, 9) == 5


def test_bounds_belong_to_the_range():
    assert clamp(1, 1, 9) == 1
    assert clamp(9, 1, 9) == 9


def test_a_smaller_number_becomes_the_lower_bound():
    assert clamp(-3, 1, 9) == 1


def test_a_larger_number_becomes_the_upper_bound():
    assert clamp(12, 1, 9) == 9


def test_bounds_in_the_wrong_order_are_refused():
    with pytest.raises(ValueError, match="low"):
        clamp(5, 9, 1)


def test_double_still_works():
    assert double(4) == 8
