"""Statistics over streams of sensor readings."""

from sensorstats.averages import (
    ExponentialAverage,
    MovingAverage,
    exponential_average,
    moving_average,
)
from sensorstats.extremes import Extremes
from sensorstats.readings import MissingReading, Reading, to_float

__all__ = [
    "ExponentialAverage",
    "Extremes",
    "MissingReading",
    "MovingAverage",
    "Reading",
    "exponential_average",
    "moving_average",
    "to_float",
]
