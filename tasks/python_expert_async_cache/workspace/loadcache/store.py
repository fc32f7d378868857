"""The stored values, in order of use."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True)
class Entry(Generic[V]):
    """A value and the time at which it was stored."""

    value: V
    stored_at: float


class EntryStore(Generic[K, V]):
    """Entries by key, least recently used first. It has no limits of its own."""

    def __init__(self) -> None:
        self._entries: OrderedDict[K, Entry[V]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def find(self, key: K) -> Entry[V] | None:
        """The entry of the key; its place in the order stays."""
        return self._entries.get(key)

    def use(self, key: K) -> None:
        """Makes the entry of the key the most recently used one."""
        self._entries.move_to_end(key)

    def put(self, key: K, entry: Entry[V]) -> None:
        """Stores the entry as the most recently used one."""
        self._entries[key] = entry
        self._entries.move_to_end(key)

    def remove(self, key: K) -> Entry[V] | None:
        """Removes the entry of the key and gives it back, or None when there is none."""
        return self._entries.pop(key, None)

    def keys(self) -> list[K]:
        """The keys, least recently used first."""
        return list(self._entries)

    def clear(self) -> None:
        """Removes all entries."""
        self._entries.clear()
