"""Samples on a regular grid of times.

All reckoning is done in UTC: datetimes that share a tzinfo compare and subtract by what the clock
on the wall shows, which is wrong by an hour where that clock is put back.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo
from statistics import mean

from gridseries.samples import Sample

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)

Value = float | None
Point = tuple[datetime, Value]


def resample(
    points: Iterable[Point],
    *,
    step: timedelta,
    start: datetime | None = None,
    end: datetime | None = None,
    method: str = "linear",
    max_gap: timedelta | None = None,
    duplicates: str = "last",
) -> list[Sample]:
    """One sample for every time of the grid from `start` to `end`, both included.

    Without `start`, the grid is aligned to whole steps since 1970 and begins at or before the
    first point; without `end`, it stops at or before the last one.
    """
    options = _Options(step, start, end, method, max_gap, duplicates)
    curve = options.read(points)
    return options.sample(curve, options.grid([curve]))


def resample_many(
    series: Mapping[str, Iterable[Point]],
    *,
    step: timedelta,
    start: datetime | None = None,
    end: datetime | None = None,
    method: str = "linear",
    max_gap: timedelta | None = None,
    duplicates: str = "last",
) -> dict[str, list[Sample]]:
    """Several series on one grid. Without `start` and `end` it spans all of them."""
    options = _Options(step, start, end, method, max_gap, duplicates)
    curves = {name: options.read(points) for name, points in series.items()}
    grid = options.grid(list(curves.values()))
    return {name: options.sample(curve, grid) for name, curve in curves.items()}


@dataclass(frozen=True)
class _Curve:
    """Points in rising order of their instants, which are in UTC and all different."""

    times: Sequence[datetime]
    values: Sequence[Value]


def _linear(curve: _Curve, after: int, time: datetime, max_gap: timedelta | None) -> Value:
    """The line between the points beside `time`; `after` is the index of the later one."""
    if after == 0 or after == len(curve.times):
        return None
    low, high = curve.values[after - 1], curve.values[after]
    if low is None or high is None:
        return None
    left, right = curve.times[after - 1], curve.times[after]
    if max_gap is not None and right - left > max_gap:
        return None
    share = (time - left) / (right - left)
    # The weighted sum cannot overflow as high - low can, but its rounding needs the bounds.
    value = low * (1 - share) + high * share
    return min(max(value, min(low, high)), max(low, high))


def _forward_fill(curve: _Curve, after: int, time: datetime, max_gap: timedelta | None) -> Value:
    """The value of the point before `time`; `after` is the index of the one that follows it."""
    if after == 0:
        return None
    if max_gap is not None and time - curve.times[after - 1] > max_gap:
        return None
    return curve.values[after - 1]


def _mean(values: list[Value]) -> Value:
    # statistics.mean reckons with fractions; fsum and fmean overflow.
    numbers = [value for value in values if value is not None]
    return mean(numbers) if numbers else None


METHODS: dict[str, Callable[[_Curve, int, datetime, timedelta | None], Value]] = {
    "linear": _linear,
    "forward_fill": _forward_fill,
}
DUPLICATES: dict[str, Callable[[list[Value]], Value]] = {
    "first": lambda values: values[0],
    "last": lambda values: values[-1],
    "mean": _mean,
    "error": lambda values: values[0],
}


@dataclass(frozen=True)
class _Options:
    """The options of a resampling, checked."""

    step: timedelta
    start: datetime | None
    end: datetime | None
    method: str
    max_gap: timedelta | None
    duplicates: str

    def __post_init__(self) -> None:
        if self.step <= timedelta(0):
            raise ValueError(f"step must be positive, got {self.step}")
        if self.max_gap is not None and self.max_gap < timedelta(0):
            raise ValueError(f"max_gap must not be negative, got {self.max_gap}")
        if self.method not in METHODS:
            raise ValueError(f"unknown method {self.method!r}; choose linear or forward_fill")
        if self.duplicates not in DUPLICATES:
            choices = "first, last, mean or error"
            raise ValueError(f"unknown duplicates {self.duplicates!r}; choose {choices}")
        start = self.start and _utc(self.start, "start")
        end = self.end and _utc(self.end, "end")
        if start and end and start > end:
            raise ValueError("start is after end")

    def read(self, points: Iterable[Point]) -> _Curve:
        """The points as a curve, without duplicates."""
        found: dict[datetime, list[Value]] = {}
        for index, (time, value) in enumerate(points):
            instant = _utc(time, f"point {index}")
            values = found.setdefault(instant, [])
            values.append(_number(value, f"point {index}"))
            if self.duplicates == "error" and len(values) > 1:
                raise ValueError(f"two points at {instant.isoformat()}")
        unite = DUPLICATES[self.duplicates]
        united = {time: unite(found[time]) for time in sorted(found)}
        known = {time: value for time, value in united.items() if value is not None}
        return _Curve(list(known), list(known.values()))

    def grid(self, curves: Sequence[_Curve]) -> list[datetime]:
        """The instants of the grid that all the curves share, in UTC."""
        filled = [curve.times for curve in curves if curve.times]
        if not filled and (self.start is None or self.end is None):
            return []
        if self.start is None:
            earliest = min(times[0] for times in filled)
            first = EPOCH + (earliest - EPOCH) // self.step * self.step
        else:
            first = _utc(self.start, "start")
        last = max(times[-1] for times in filled) if self.end is None else _utc(self.end, "end")
        return [first + n * self.step for n in range((last - first) // self.step + 1)]

    def sample(self, curve: _Curve, grid: Iterable[datetime]) -> list[Sample]:
        """The curve at the instants of the grid, told in the zone of `start`."""
        zone: tzinfo | None = timezone.utc if self.start is None else self.start.tzinfo
        return [Sample(time.astimezone(zone), self._value_at(curve, time)) for time in grid]

    def _value_at(self, curve: _Curve, time: datetime) -> Value:
        index = bisect_left(curve.times, time)
        if index < len(curve.times) and curve.times[index] == time:
            return curve.values[index]
        return METHODS[self.method](curve, index, time, self.max_gap)


def _utc(time: datetime, name: str) -> datetime:
    if time.utcoffset() is None:
        raise ValueError(f"{name} has no time zone: {time}")
    return time.astimezone(timezone.utc)


def _number(value: object, name: str) -> Value:
    if value is None:
        return None
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise TypeError(f"{name} is not a number: {value!r}")
    if not math.isfinite(value):
        raise ValueError(f"{name} is not finite: {value}")
    return float(value)
