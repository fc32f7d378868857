"""A calendar books what is free, and tells what is free."""

from datetime import datetime

import pytest

from roombook import Booking, BookingConflict, Calendar, Interval


@pytest.fixture
def calendar():
    calendar = Calendar("Library")
    calendar.book("standup", Interval(9, 10))
    calendar.book("review", Interval(13, 15))
    return calendar


def test_meetings_can_be_booked_back_to_back(calendar):
    calendar.book("planning", Interval(10, 13))
    assert [booking.name for booking in calendar.bookings] == ["standup", "planning", "review"]


def test_datetimes_can_be_booked_back_to_back():
    calendar = Calendar("Attic")
    nine, ten, eleven = (datetime(2024, 3, 1, hour) for hour in (9, 10, 11))
    calendar.book("first", Interval(nine, ten))
    calendar.book("second", Interval(ten, eleven))
    assert len(calendar.bookings) == 2


def test_a_conflict_names_exactly_the_bookings_that_overlap(calendar):
    calendar.book("lunch", Interval(12, 13))
    with pytest.raises(BookingConflict) as caught:
        calendar.book("workshop", Interval(10, 14))
    assert [booking.name for booking in caught.value.conflicts] == ["lunch", "review"]
    assert str(caught.value) == "Library: workshop conflicts with lunch, review"


def test_a_refused_booking_changes_nothing(calendar):
    before = calendar.bookings
    with pytest.raises(BookingConflict):
        calendar.book("overlong", Interval(14, 20))
    assert calendar.bookings == before


def test_an_empty_interval_has_no_conflicts(calendar):
    assert calendar.conflicts(Interval(14, 14)) == []


def test_an_empty_interval_cannot_be_booked(calendar):
    with pytest.raises(ValueError, match="Library: reminder is empty"):
        calendar.book("reminder", Interval(11, 11))
    assert len(calendar.bookings) == 2


def test_a_cancelled_booking_frees_its_room(calendar):
    assert calendar.cancel("review") == Booking("review", Interval(13, 15))
    assert calendar.free(Interval(12, 16)) == [Interval(12, 16)]
    with pytest.raises(KeyError):
        calendar.cancel("review")


def test_a_booking_at_the_start_of_the_window_leaves_no_empty_slot(calendar):
    assert calendar.free(Interval(9, 12)) == [Interval(10, 12)]


def test_a_booking_at_the_end_of_the_window_leaves_no_empty_slot(calendar):
    assert calendar.free(Interval(11, 15)) == [Interval(11, 13)]


def test_a_booking_that_began_before_the_window(calendar):
    assert calendar.free(Interval(14, 18)) == [Interval(15, 18)]


def test_a_booking_that_ends_after_the_window(calendar):
    assert calendar.free(Interval(11, 14)) == [Interval(11, 13)]


def test_bookings_that_touch_the_window_take_nothing_from_it(calendar):
    assert calendar.free(Interval(10, 13)) == [Interval(10, 13)]


def test_nothing_is_free_where_bookings_cover_the_window(calendar):
    calendar.book("planning", Interval(10, 13))
    assert calendar.free(Interval(9, 15)) == []
    assert calendar.free(Interval(13, 14)) == []


def test_an_empty_window_has_no_free_slots(calendar):
    assert calendar.free(Interval(11, 11)) == []
    assert calendar.free(Interval(14, 14)) == []


def test_slots_between_back_to_back_bookings(calendar):
    calendar.book("planning", Interval(10, 11))
    assert calendar.free(Interval(8, 18)) == [
        Interval(8, 9),
        Interval(11, 13),
        Interval(15, 18),
    ]
