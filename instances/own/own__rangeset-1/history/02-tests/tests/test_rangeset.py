import pytest

from rangeset import RangeSet


def test_membership_is_half_open():
    numbers = RangeSet([(2, 5)])
    assert [n for n in range(8) if n in numbers] == [2, 3, 4]


def test_len_counts_numbers():
    assert len(RangeSet([(0, 3), (10, 14)])) == 7


def test_reversed_range_is_refused():
    with pytest.raises(ValueError):
        RangeSet().add(3, 1)
