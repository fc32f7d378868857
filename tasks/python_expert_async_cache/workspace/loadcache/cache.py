"""The cache itself."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Hashable
from types import TracebackType
from typing import Generic, TypeVar

from loadcache.clock import Clock
from loadcache.stats import CacheStats

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class AsyncCache(Generic[K, V]):
    """Values that a loader gives for keys, each loaded once for all who ask at the same time."""

    def __init__(
        self,
        loader: Callable[[K], Awaitable[V]],
        *,
        ttl: float | None = None,
        max_size: int | None = None,
        clock: Clock = time.monotonic,
    ) -> None:
        raise NotImplementedError

    @property
    def stats(self) -> CacheStats:
        """A copy of the counters as they are now."""
        raise NotImplementedError

    def __len__(self) -> int:
        """How many values are stored that have not expired."""
        raise NotImplementedError

    def __contains__(self, key: K) -> bool:
        """Whether a value is stored for the key that has not expired."""
        raise NotImplementedError

    async def get(self, key: K) -> V:
        """The stored value of the key, or else the one that the loader gives."""
        raise NotImplementedError

    def put(self, key: K, value: V) -> None:
        """Stores a value that was not loaded."""
        raise NotImplementedError

    def invalidate(self, key: K) -> bool:
        """Forgets the value of the key, and the load under way for it."""
        raise NotImplementedError

    def clear(self) -> None:
        """Forgets all values, and all loads under way."""
        raise NotImplementedError

    async def aclose(self) -> None:
        """Cancels all loads and waits until they have ended. The cache cannot be used again."""
        raise NotImplementedError

    async def __aenter__(self) -> AsyncCache[K, V]:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()
