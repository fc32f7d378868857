import pytest

from rangeset import RangeSet


def test_membership_is_half_open():
    numbers = RangeSet([(2, 5)])
    assert [n for n in range(8) if n in numbers] == [2, 3, 4]


def test_len_counts_numbers():
    assert len(RangeSet([(0, 3), (10, 14)])) == 7


def test_discard_splits_a_range():
    numbers = RangeSet([(0, 10)])
    numbers.discard(3, 5)
    assert list(numbers.ranges()) == [(0, 3), (5, 10)]


def test_discard_spans_ranges():
    numbers = RangeSet([(0, 4), (6, 8), (10, 14)])
    numbers.discard(2, 12)
    assert list(numbers.ranges()) == [(0, 2), (12, 14)]


def test_discard_of_nothing_does_not_split():
    numbers = RangeSet([(0, 10)])
    numbers.discard(4, 4)
    assert list(numbers.ranges()) == [(0, 10)]


def test_discard_outside_changes_nothing():
    numbers = RangeSet([(5, 8)])
    numbers.discard(0, 5)
    numbers.discard(8, 20)
    assert list(numbers.ranges()) == [(5, 8)]


def test_reversed_range_is_refused():
    with pytest.raises(ValueError):
        RangeSet().add(3, 1)
