"""Where the cache takes the time from."""

from __future__ import annotations

from collections.abc import Callable

# Gives the time in seconds. It never goes back; where it starts means nothing.
Clock = Callable[[], float]


class ManualClock:
    """A clock for tests: it stands still until it is told to go on."""

    def __init__(self, now: float = 0.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        """Goes on by so many seconds."""
        if seconds < 0:
            raise ValueError(f"a clock does not go back: {seconds}")
        self.now += seconds
