"""What the functions accept."""

from __future__ import annotations


def whole(n: object, *, least: int | None = None) -> int:
    """Gives n back; TypeError unless it is an int (no bool), ValueError if it is below `least`."""
    if not isinstance(n, int) or isinstance(n, bool):
        raise TypeError(f"expected a whole number, got {n!r}")
    if least is not None and n < least:
        raise ValueError(f"expected a number of at least {least}, got {n}")
    return n
