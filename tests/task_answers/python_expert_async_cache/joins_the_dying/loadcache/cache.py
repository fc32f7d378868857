"""The cache itself.

Each load runs in a task of its own, a flight. A flight is open while new callers may join it; an
outdated or cancelled flight still runs for those who wait, but touches the cache no more.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import replace
from types import TracebackType
from typing import Generic, TypeVar

from loadcache.clock import Clock
from loadcache.errors import CacheClosedError, LoadCancelledError
from loadcache.stats import CacheStats
from loadcache.store import Entry, EntryStore

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class _Flight(Generic[V]):
    """One call of the loader, and how many callers wait for it."""

    def __init__(self) -> None:
        self.task: asyncio.Task[V]
        self.waiters = 0
        self.abandoned = False  # the cache has cancelled it

    def abandon(self) -> None:
        self.abandoned = True
        self.task.cancel()


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
        # Written this way round, NaN is refused too.
        if ttl is not None and not ttl > 0:
            raise ValueError(f"ttl must be positive, got {ttl}")
        if max_size is not None and max_size < 1:
            raise ValueError(f"max_size must be at least 1, got {max_size}")
        self._loader = loader
        self._ttl = ttl
        self._max_size = max_size
        self._clock = clock
        self._store: EntryStore[K, V] = EntryStore()
        self._open: dict[K, _Flight[V]] = {}
        self._running: set[_Flight[V]] = set()
        self._stats = CacheStats()
        self._closed = False

    @property
    def stats(self) -> CacheStats:
        """A copy of the counters as they are now."""
        return replace(self._stats)

    def __len__(self) -> int:
        """How many values are stored that have not expired."""
        now = self._clock()
        return sum(self._fresh(key, now) is not None for key in self._store.keys())

    def __contains__(self, key: K) -> bool:
        """Whether a value is stored for the key that has not expired."""
        return self._fresh(key, self._clock()) is not None

    async def get(self, key: K) -> V:
        """The stored value of the key, or else the one that the loader gives."""
        self._check_open()
        entry = self._fresh(key, self._clock())
        if entry is not None:
            self._store.use(key)
            self._stats.hits += 1
            return entry.value
        flight = self._open.get(key)
        if flight is None:
            flight = self._start(key)
        else:
            self._stats.coalesced += 1
        return await self._wait(key, flight)

    def put(self, key: K, value: V) -> None:
        """Stores a value that was not loaded."""
        self._check_open()
        self._open.pop(key, None)
        self._keep(key, value)

    def invalidate(self, key: K) -> bool:
        """Forgets the value of the key, and the load under way for it."""
        fresh = self._fresh(key, self._clock()) is not None
        self._store.remove(key)
        return self._open.pop(key, None) is not None or fresh

    def clear(self) -> None:
        """Forgets all values, and all loads under way."""
        self._store.clear()
        self._open.clear()

    async def aclose(self) -> None:
        """Cancels all loads and waits until they have ended. The cache cannot be used again."""
        self._closed = True
        self.clear()
        for flight in self._running:
            if not flight.abandoned:
                flight.abandon()
        if self._running:
            await asyncio.wait([flight.task for flight in self._running])

    async def __aenter__(self) -> AsyncCache[K, V]:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    def _check_open(self) -> None:
        if self._closed:
            raise CacheClosedError

    def _fresh(self, key: K, now: float) -> Entry[V] | None:
        entry = self._store.find(key)
        if entry is None or self._ttl is None or now - entry.stored_at < self._ttl:
            return entry
        return None

    def _keep(self, key: K, value: V) -> None:
        now = self._clock()
        if self._store.find(key) is None:
            self._make_room(now)
        self._store.put(key, Entry(value, now))

    def _make_room(self, now: float) -> None:
        if self._max_size is None or len(self._store) < self._max_size:
            return
        for key in self._store.keys():
            if self._fresh(key, now) is None:
                self._store.remove(key)
        if len(self._store) >= self._max_size:
            self._store.remove(self._store.keys()[0])
            self._stats.evictions += 1

    def _start(self, key: K) -> _Flight[V]:
        flight: _Flight[V] = _Flight()
        flight.task = asyncio.create_task(self._load(key, flight))
        flight.task.add_done_callback(lambda task: self._land(flight, task))
        self._open[key] = flight
        self._running.add(flight)
        return flight

    async def _load(self, key: K, flight: _Flight[V]) -> V:
        self._stats.loads += 1
        try:
            value = await self._loader(key)
        except BaseException:
            if not flight.abandoned:
                self._stats.failures += 1
            self._retire(key, flight)
            raise
        if self._retire(key, flight):
            self._keep(key, value)
        return value

    def _retire(self, key: K, flight: _Flight[V]) -> bool:
        """Closes the flight to new callers; whether it had been open."""
        if self._open.get(key) is not flight:
            return False
        del self._open[key]
        return True

    def _land(self, flight: _Flight[V], task: asyncio.Task[V]) -> None:
        self._running.discard(flight)
        # Asking for the exception tells the event loop that somebody knows of it.
        if not task.cancelled():
            task.exception()

    async def _wait(self, key: K, flight: _Flight[V]) -> V:
        flight.waiters += 1
        try:
            # Unlike awaiting the task, this neither cancels it with its caller nor raises for it.
            await asyncio.wait([flight.task])
        finally:
            flight.waiters -= 1
            if not flight.waiters and not flight.task.done() and not flight.abandoned:
                flight.abandon()
        if flight.abandoned:
            raise CacheClosedError
        if flight.task.cancelled():
            raise LoadCancelledError(key)
        return flight.task.result()
