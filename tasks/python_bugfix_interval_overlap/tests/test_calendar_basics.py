"""The examples of the README, and what bookings must always keep to."""

import pytest

from roombook import BookingConflict, Calendar, Interval


def test_bookings_are_ordered_by_start():
    calendar = Calendar("Library")
    calendar.book("late", Interval(15, 16))
    calendar.book("early", Interval(9, 10))
    assert [booking.name for booking in calendar.bookings] == ["early", "late"]


def test_a_clear_conflict_is_refused():
    calendar = Calendar("Library")
    calendar.book("review", Interval(13, 15))
    with pytest.raises(BookingConflict, match="Library: demo conflicts with review"):
        calendar.book("demo", Interval(14, 16))
    assert len(calendar.bookings) == 1


def test_the_rooms_of_the_readme():
    calendar = Calendar("Library")
    calendar.book("standup", Interval(9, 10))
    calendar.book("review", Interval(13, 15))
    assert calendar.free(Interval(8, 18)) == [Interval(8, 9), Interval(10, 13), Interval(15, 18)]
