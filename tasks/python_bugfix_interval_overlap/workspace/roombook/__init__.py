"""Bookings of meeting rooms, kept free of conflicts."""

from roombook.calendar import Booking, BookingConflict, Calendar
from roombook.interval import Interval, merge

__all__ = ["Booking", "BookingConflict", "Calendar", "Interval", "merge"]
