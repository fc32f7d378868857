"""A cache in front of slow asynchronous loads."""

from loadcache.cache import AsyncCache
from loadcache.clock import Clock, ManualClock
from loadcache.errors import CacheClosedError, CacheError, LoadCancelledError
from loadcache.stats import CacheStats

__all__ = [
    "AsyncCache",
    "CacheClosedError",
    "CacheError",
    "CacheStats",
    "Clock",
    "LoadCancelledError",
    "ManualClock",
]
