"""What the cache raises of its own accord."""

from __future__ import annotations


class CacheError(Exception):
    """The base of the others."""


class CacheClosedError(CacheError):
    """The cache was closed before it could answer."""

    def __init__(self) -> None:
        super().__init__("the cache is closed")


class LoadCancelledError(CacheError):
    """The loader ended in asyncio.CancelledError, though the cache had not cancelled it."""

    def __init__(self, key: object) -> None:
        super().__init__(f"the load of {key!r} was cancelled from within")
        self.key = key
