"""Intervals hold their start and not their end."""

from datetime import date
from itertools import combinations_with_replacement

import pytest

from roombook import Interval, merge

# Every interval, empty ones included, over the points 0 to 4.
ALL = [Interval(a, b) for a, b in combinations_with_replacement(range(5), 2)]


def points(interval):
    return set(range(interval.start, interval.end))


def test_intervals_that_touch_do_not_overlap():
    assert not Interval(9, 10).overlaps(Interval(10, 11))
    assert not Interval(10, 11).overlaps(Interval(9, 10))


def test_intervals_that_share_a_part_overlap():
    assert Interval(9, 11).overlaps(Interval(10, 12))
    assert Interval(10, 12).overlaps(Interval(9, 11))


def test_the_start_belongs_to_the_interval():
    assert Interval(9, 10).contains(9)


def test_the_end_does_not_belong_to_the_interval():
    assert not Interval(9, 10).contains(10)


def test_points_inside_and_outside():
    assert Interval(9, 10).contains(9.5)
    assert not Interval(9, 10).contains(8.5)
    assert not Interval(9, 10).contains(10.5)


@pytest.mark.parametrize("place", [8, 9, 10], ids=["at-the-start", "inside", "at-the-end"])
def test_an_empty_interval_overlaps_nothing(place):
    reminder, meeting = Interval(place, place), Interval(8, 10)
    assert not reminder.overlaps(meeting)
    assert not meeting.overlaps(reminder)


def test_an_empty_interval_does_not_overlap_itself():
    assert not Interval(9, 9).overlaps(Interval(9, 9))
    assert Interval(9, 9).intersection(Interval(9, 9)) is None
    # Equal end points need not be the same object.
    day = Interval(date(2024, 2, 29), date.fromisoformat("2024-02-29"))
    assert day.empty
    assert not day.overlaps(day)


def test_an_empty_interval_contains_nothing():
    assert not Interval(9, 9).contains(9)


def test_the_intersection_of_touching_intervals_is_none():
    assert Interval(9, 10).intersection(Interval(10, 11)) is None
    assert Interval(10, 11).intersection(Interval(9, 10)) is None


def test_the_intersection_with_an_empty_interval_is_none():
    assert Interval(8, 10).intersection(Interval(9, 9)) is None


def test_the_intersection_is_what_both_hold():
    assert Interval(9, 12).intersection(Interval(11, 14)) == Interval(11, 12)
    assert Interval(9, 17).intersection(Interval(12, 13)) == Interval(12, 13)


def test_overlap_and_intersection_agree_with_sets_of_points():
    for a in ALL:
        for b in ALL:
            common = points(a) & points(b)
            assert a.overlaps(b) == bool(common), (a, b)
            found = a.intersection(b)
            assert (points(found) if found else set()) == common, (a, b)


def test_adjacent_is_about_touching_ends():
    assert Interval(9, 10).adjacent(Interval(10, 11))
    assert Interval(10, 11).adjacent(Interval(9, 10))
    assert not Interval(9, 11).adjacent(Interval(10, 12))
    assert not Interval(9, 10).adjacent(Interval(11, 12))


def test_an_empty_interval_is_adjacent_to_nothing():
    assert not Interval(9, 9).adjacent(Interval(9, 10))
    assert not Interval(9, 10).adjacent(Interval(10, 10))


def test_merge_joins_intervals_that_touch():
    assert merge([Interval(10, 11), Interval(9, 10)]) == [Interval(9, 11)]


def test_merge_joins_intervals_that_overlap():
    assert merge([Interval(9, 12), Interval(11, 14)]) == [Interval(9, 14)]


def test_merge_keeps_what_a_long_interval_covers():
    assert merge([Interval(8, 18), Interval(9, 10), Interval(17, 18)]) == [Interval(8, 18)]


def test_merge_keeps_gaps_and_drops_empty_intervals():
    assert merge([Interval(12, 13), Interval(11, 11), Interval(9, 10), Interval(20, 20)]) == [
        Interval(9, 10),
        Interval(12, 13),
    ]


def test_any_ordered_type_serves_as_end_points():
    easter = Interval(date(2024, 3, 29), date(2024, 4, 2))
    april = Interval(date(2024, 4, 1), date(2024, 5, 1))
    assert easter.intersection(april) == Interval(date(2024, 4, 1), date(2024, 4, 2))
    assert not Interval("a", "m").overlaps(Interval("m", "z"))


def test_an_interval_that_ends_before_it_starts_is_refused():
    with pytest.raises(ValueError, match="ends before it starts"):
        Interval(10, 9)
