"""Moving averages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sensorstats.readings import Reading


class MovingAverage:
    """The mean of the last readings of a stream."""

    def __init__(
        self, window: int, *, min_periods: int | None = None, missing: str = "skip"
    ) -> None:
        raise NotImplementedError("MovingAverage is not written yet")


class ExponentialAverage:
    """The exponentially weighted mean of a stream."""

    def __init__(
        self,
        *,
        alpha: float | None = None,
        span: float | None = None,
        half_life: float | None = None,
        corrected: bool = False,
        missing: str = "skip",
    ) -> None:
        raise NotImplementedError("ExponentialAverage is not written yet")


def moving_average(
    readings: Iterable[Reading],
    window: int,
    *,
    min_periods: int | None = None,
    missing: str = "skip",
) -> Iterator[float | None]:
    """The moving average at each reading of a stream."""
    raise NotImplementedError("moving_average is not written yet")


def exponential_average(
    readings: Iterable[Reading],
    *,
    alpha: float | None = None,
    span: float | None = None,
    half_life: float | None = None,
    corrected: bool = False,
    missing: str = "skip",
) -> Iterator[float | None]:
    """The exponential average at each reading of a stream."""
    raise NotImplementedError("exponential_average is not written yet")
