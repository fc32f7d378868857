"""The bookings of one room."""

from __future__ import annotations

from bisect import insort
from dataclasses import dataclass

from roombook.interval import Interval, merge


@dataclass(frozen=True)
class Booking:
    """A named interval of a calendar."""

    name: str
    interval: Interval


class BookingConflict(ValueError):
    """Raised when a booking would overlap others; `conflicts` holds those others."""

    def __init__(self, room: str, name: str, conflicts: list[Booking]) -> None:
        names = ", ".join(booking.name for booking in conflicts)
        super().__init__(f"{room}: {name} conflicts with {names}")
        self.conflicts = conflicts


class Calendar:
    """The bookings of one room, ordered by start and never overlapping."""

    def __init__(self, room: str) -> None:
        self.room = room
        self._bookings: list[Booking] = []

    @property
    def bookings(self) -> tuple[Booking, ...]:
        """All bookings, ordered by start."""
        return tuple(self._bookings)

    def conflicts(self, interval: Interval) -> list[Booking]:
        """The bookings that overlap the interval, ordered by start."""
        return [booking for booking in self._bookings if booking.interval.overlaps(interval)]

    def book(self, name: str, interval: Interval) -> Booking:
        """Books the interval.

        Raises ValueError for an empty interval and BookingConflict when another booking overlaps.
        """
        if interval.empty:
            raise ValueError(f"{self.room}: {name} is empty")
        conflicts = self.conflicts(interval)
        if conflicts:
            raise BookingConflict(self.room, name, conflicts)
        booking = Booking(name, interval)
        insort(self._bookings, booking, key=lambda b: b.interval.start)
        return booking

    def cancel(self, name: str) -> Booking:
        """Removes the booking of that name; raises KeyError when there is none."""
        for index, booking in enumerate(self._bookings):
            if booking.name == name:
                return self._bookings.pop(index)
        raise KeyError(name)

    def free(self, window: Interval) -> list[Interval]:
        """The parts of the window that no booking covers, in order, without empty ones."""
        gaps = []
        cursor = window.start
        for busy in merge(booking.interval for booking in self.conflicts(window)):
            # The first booking may begin before the window.
            if cursor < busy.start:
                gaps.append(Interval(cursor, busy.start))
            cursor = busy.end
        if cursor < window.end:
            gaps.append(Interval(cursor, window.end))
        return gaps
