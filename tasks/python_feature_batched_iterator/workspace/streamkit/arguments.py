"""Checks that several functions share."""

from __future__ import annotations


def count(name: str, value: object) -> int:
    """Gives the value back; TypeError unless it is an int (no bool), ValueError if below 1."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{name} must be a whole number, got {value!r}")
    if value < 1:
        raise ValueError(f"{name} must be at least 1, got {value}")
    return value
