"""What counts as a reading."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

Reading = int | float | Decimal | Fraction | None


class MissingReading(ValueError):
    """A reading is missing where none may be; `position` counts the readings from 0."""

    def __init__(self, position: int) -> None:
        super().__init__(f"the reading at position {position} is missing")
        self.position = position


def to_float(reading: Reading) -> float | None:
    """A reading as a float, a missing one as None. Raises TypeError for what is no reading, bool and str included."""
    if reading is None:
        return None
    if isinstance(reading, bool) or not isinstance(reading, (int, float, Decimal, Fraction)):
        raise TypeError(f"not a reading: {reading!r}")
    number = float(reading)
    return None if math.isnan(number) else number
