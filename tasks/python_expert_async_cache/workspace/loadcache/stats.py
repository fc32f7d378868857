"""Counters of a cache."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class CacheStats:
    """How often each thing has happened since the cache was made."""

    hits: int = 0  # get() answered with a stored value
    loads: int = 0  # the loader was called
    coalesced: int = 0  # get() joined a load that another get() had started
    failures: int = 0  # a load raised, or was cancelled from within
    evictions: int = 0  # a value that had not expired made room for another
