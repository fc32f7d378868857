"""The type of a measurement."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple


class Sample(NamedTuple):
    """A value at a time; None means that the sensor was broken."""

    time: datetime
    value: float | None
