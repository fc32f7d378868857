"""Times for the tests."""

import math
from datetime import datetime, timedelta, timezone, tzinfo

UTC = timezone.utc
NOON = datetime(2024, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def minutes(count):
    return timedelta(minutes=count)


def at(count, value=None):
    """The sample so many minutes after noon."""
    return (NOON + minutes(count), value)


def values(samples):
    return [sample.value for sample in samples]


def times(samples):
    return [sample.time.isoformat() for sample in samples]


def near(found, expected):
    """Whether both lists hold the same values, apart from the rounding of a line."""
    return len(found) == len(expected) and all(
        value == wanted
        or (None not in (value, wanted) and math.isclose(value, wanted, rel_tol=1e-9))
        for value, wanted in zip(found, expected)
    )


class Town(tzinfo):
    """One hour ahead of UTC, two from 31 March to 27 October 2024, each change at 01:00 UTC."""

    def _summer(self, utc):
        return datetime(2024, 3, 31, 1) <= utc < datetime(2024, 10, 27, 1)

    def utcoffset(self, time):
        wall = time.replace(tzinfo=None, fold=0)
        if datetime(2024, 10, 27, 2) <= wall < datetime(2024, 10, 27, 3):
            return timedelta(hours=1 if time.fold else 2)
        return timedelta(hours=2 if self._summer(wall - HOUR) else 1)

    def dst(self, time):
        return self.utcoffset(time) - HOUR

    def tzname(self, time):
        return "Town"

    def fromutc(self, time):
        utc = time.replace(tzinfo=None)
        wall = utc + timedelta(hours=2 if self._summer(utc) else 1)
        fold = datetime(2024, 10, 27, 1) <= utc < datetime(2024, 10, 27, 2)
        return wall.replace(tzinfo=self, fold=int(fold))


TOWN = Town()
