"""Half-open intervals over any ordered type. The rules are in the README."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, order=True)
class Interval:
    """The points t with start <= t < end."""

    start: Any
    end: Any

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"interval ends before it starts: {self.start!r} > {self.end!r}")

    @property
    def empty(self) -> bool:
        """Whether the interval holds no point."""
        return self.start == self.end

    def contains(self, point: Any) -> bool:
        """Whether the point belongs to the interval."""
        return self.start <= point < self.end

    def overlaps(self, other: Interval) -> bool:
        """Whether at least one point belongs to both intervals."""
        # An empty interval can lie strictly inside another one and still shares no point with it.
        return max(self.start, other.start) < min(self.end, other.end)

    def intersection(self, other: Interval) -> Interval | None:
        """The points that belong to both intervals, or None when there are none."""
        if not self.overlaps(other):
            return None
        return Interval(max(self.start, other.start), min(self.end, other.end))

    def adjacent(self, other: Interval) -> bool:
        """Whether one interval ends exactly where the other starts, neither being empty."""
        if self.empty or other.empty:
            return False
        return self.end == other.start or other.end == self.start


def merge(intervals: Iterable[Interval]) -> list[Interval]:
    """The same points in as few intervals as possible, sorted, without empty ones."""
    merged: list[Interval] = []
    for interval in sorted(i for i in intervals if not i.empty):
        # Intervals that touch share no point, but together they leave no gap either.
        if merged and interval.start <= merged[-1].end:
            last = merged.pop()
            interval = Interval(last.start, max(last.end, interval.end))
        merged.append(interval)
    return merged
