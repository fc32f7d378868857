"""Moving averages.

Both classes check a reading before they touch their state, so that a push that raises changes nothing.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Iterator
from fractions import Fraction

from sensorstats.readings import MissingReading, Reading, to_float

_POLICIES = ("skip", "propagate", "raise")


class MovingAverage:
    """The mean of the readings at the last `window` positions of a stream.

    There is an average, a float, only where at least `min_periods` (by default `window`) readings in the window are
    present. `missing` is "skip", "propagate" or "raise". Each push sums the window anew: O(window), and nothing that
    has left the window can leave a trace.
    """

    def __init__(
        self, window: int, *, min_periods: int | None = None, missing: str = "skip"
    ) -> None:
        self._window = _whole("window", window)
        if self._window < 1:
            raise ValueError(f"window must be at least 1, got {window}")
        self._min_periods = (
            self._window if min_periods is None else _whole("min_periods", min_periods)
        )
        if not 1 <= self._min_periods <= self._window:
            raise ValueError(f"min_periods must be from 1 to {window}, got {min_periods}")
        self._missing = _policy(missing)
        self.reset()

    def reset(self) -> None:
        """Forgets all readings."""
        self._readings: deque[float | None] = deque(maxlen=self._window)
        self._position = 0
        self._value: float | None = None

    @property
    def value(self) -> float | None:
        """What the last push returned, None before the first."""
        return self._value

    @property
    def count(self) -> int:
        """How many present readings the window holds."""
        return len(self._present())

    def push(self, reading: Reading) -> float | None:
        """The average at the next reading. Raises TypeError, and MissingReading where none may be missing."""
        number = _checked(reading, self._missing, self._position)
        self._readings.append(number)
        self._position += 1
        self._value = self._average()
        return self._value

    def _present(self) -> list[float]:
        return [number for number in self._readings if number is not None]

    def _average(self) -> float | None:
        present = self._present()
        if len(present) < self._min_periods:
            return None
        if self._missing == "propagate" and len(present) < len(self._readings):
            return None
        return _mean(present)


class ExponentialAverage:
    """The exponentially weighted mean of a stream.

    One of `alpha`, `span` and `half_life` gives the smoothing factor. The plain form weighs the last average with
    1 - alpha; the corrected form is the weighted mean of all readings, each weighing (1 - alpha) ** age in positions.
    """

    def __init__(
        self,
        *,
        alpha: float | None = None,
        span: float | None = None,
        half_life: float | None = None,
        corrected: bool = False,
        missing: str = "skip",
    ) -> None:
        self._alpha = _smoothing(alpha, span, half_life)
        self._corrected = corrected
        self._missing = _policy(missing)
        self.reset()

    def reset(self) -> None:
        """Forgets all readings."""
        self._position = 0
        self._average: float | None = None
        self._weight = 0.0  # of all readings so far, in the corrected form
        self._value: float | None = None

    @property
    def alpha(self) -> float:
        """The smoothing factor in force."""
        return self._alpha

    @property
    def value(self) -> float | None:
        """What the last push returned, None before the first."""
        return self._value

    def push(self, reading: Reading) -> float | None:
        """The average at the next reading. Raises TypeError, ValueError for an infinity, and MissingReading."""
        number = _checked(reading, self._missing, self._position)
        if number is not None and math.isinf(number):
            raise ValueError(f"an exponential average cannot take {number}")
        self._position += 1
        self._weight *= 1 - self._alpha
        if number is not None:
            self._weight += 1
            if self._average is None:
                self._average = number
            else:
                share = 1 / self._weight if self._corrected else self._alpha
                self._average = share * number + (1 - share) * self._average
        elif self._missing == "propagate":
            self._average = None
        self._value = self._average
        return self._value


def moving_average(
    readings: Iterable[Reading],
    window: int,
    *,
    min_periods: int | None = None,
    missing: str = "skip",
) -> Iterator[float | None]:
    """The moving average at each reading, lazily; the options are those of MovingAverage and are checked at once."""
    average = MovingAverage(window, min_periods=min_periods, missing=missing)
    return (average.push(reading) for reading in readings)


def exponential_average(
    readings: Iterable[Reading],
    *,
    alpha: float | None = None,
    span: float | None = None,
    half_life: float | None = None,
    corrected: bool = False,
    missing: str = "skip",
) -> Iterator[float | None]:
    """The exponential average at each reading, lazily; the options are those of ExponentialAverage."""
    average = ExponentialAverage(
        alpha=alpha, span=span, half_life=half_life, corrected=corrected, missing=missing
    )
    return (average.push(reading) for reading in readings)


def _whole(name: str, value: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} must be an int, got {value!r}")
    return value


def _policy(missing: str) -> str:
    if missing not in _POLICIES:
        raise ValueError(f"missing must be one of {', '.join(_POLICIES)}, got {missing!r}")
    return missing


def _checked(reading: Reading, missing: str, position: int) -> float | None:
    number = to_float(reading)
    if number is None and missing == "raise":
        raise MissingReading(position)
    return number


def _smoothing(alpha: float | None, span: float | None, half_life: float | None) -> float:
    given = [value for value in (alpha, span, half_life) if value is not None]
    if len(given) != 1:
        raise TypeError(f"give exactly one of alpha, span and half_life, not {len(given)}")
    if not math.isfinite(given[0]):
        raise ValueError(f"the smoothing must be finite, got {given[0]}")
    if alpha is not None:
        if not 0 < alpha <= 1:
            raise ValueError(f"alpha must be above 0 and at most 1, got {alpha}")
        return alpha
    if span is not None:
        if span < 1:
            raise ValueError(f"span must be at least 1, got {span}")
        return 2 / (span + 1)
    if half_life <= 0:
        raise ValueError(f"half_life must be above 0, got {half_life}")
    # expm1 keeps the digits that 1 - 0.5 ** (1 / half_life) loses where half_life is long.
    return -math.expm1(-math.log(2) / half_life)


def _mean(numbers: list[float]) -> float | None:
    """The mean of one number or more, correct also where the sum overflows; None for infinities of both signs."""
    infinities = {number for number in numbers if math.isinf(number)}
    if infinities:
        return infinities.pop() if len(infinities) == 1 else None
    try:
        return math.fsum(numbers) / len(numbers)
    except OverflowError:
        return float(sum(map(Fraction, numbers)) / len(numbers))
