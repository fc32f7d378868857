"""Lowest and highest reading."""

from __future__ import annotations

from sensorstats.readings import Reading, to_float


class Extremes:
    """The lowest and the highest reading so far; missing readings are passed over."""

    def __init__(self) -> None:
        self.lowest: float | None = None
        self.highest: float | None = None

    def push(self, reading: Reading) -> None:
        number = to_float(reading)
        if number is None:
            return
        self.lowest = number if self.lowest is None else min(self.lowest, number)
        self.highest = number if self.highest is None else max(self.highest, number)
