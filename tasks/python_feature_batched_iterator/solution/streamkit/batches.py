"""Items in batches."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from streamkit.arguments import count

T = TypeVar("T")


def batched(
    items: Iterable[T],
    size: int | None = None,
    *,
    strict: bool = False,
    key: Callable[[T], object] | None = None,
    weigh: Callable[[T], float] | None = None,
    max_weight: float | None = None,
) -> Iterator[tuple[T, ...]]:
    """The items in batches, limited by size, key and weight.

    A batch ends with its `size`-th item, before an item with another key, and before an item that
    would bring it above `max_weight`. An item heavier than that is a batch of its own. With
    `strict`, a last batch of fewer than `size` items is a ValueError.
    """
    collector = _Collector(size, strict, key, weigh, max_weight)
    return _batched(iter(items), collector)


def abatched(
    items: AsyncIterable[T],
    size: int | None = None,
    *,
    strict: bool = False,
    key: Callable[[T], object] | None = None,
    weigh: Callable[[T], float] | None = None,
    max_weight: float | None = None,
) -> AsyncIterator[tuple[T, ...]]:
    """The batches of an async iterable, which is closed when the batches end, however they end."""
    collector = _Collector(size, strict, key, weigh, max_weight)
    return _abatched(aiter(items), collector)


def _batched(items: Iterator[T], collector: _Collector[T]) -> Iterator[tuple[T, ...]]:
    for item in items:
        if batch := collector.add(item):
            yield batch
    if batch := collector.finish():
        yield batch


async def _abatched(
    items: AsyncIterator[T], collector: _Collector[T]
) -> AsyncIterator[tuple[T, ...]]:
    try:
        async for item in items:
            if batch := collector.add(item):
                yield batch
        if batch := collector.finish():
            yield batch
    finally:
        # Only async generators have aclose(); a bare async iterator holds nothing to be closed.
        aclose = getattr(items, "aclose", None)
        if aclose is not None:
            await aclose()


@dataclass
class _Collector(Generic[T]):
    """The open batch, and the rules by which it ends."""

    size: int | None
    strict: bool
    key: Callable[[T], object] | None
    weigh: Callable[[T], float] | None
    max_weight: float | None
    _items: list[T] = field(default_factory=list)
    _key: object = None
    _weight: float = 0

    def __post_init__(self) -> None:
        if self.size is not None:
            count("size", self.size)
        if (self.weigh is None) != (self.max_weight is None):
            raise ValueError("weigh and max_weight go together")
        if self.max_weight is not None and not self.max_weight > 0:
            raise ValueError(f"max_weight must be positive, got {self.max_weight}")
        sized_only = self.size is not None and self.key is None and self.weigh is None
        if self.strict and not sized_only:
            raise ValueError("strict needs size, and neither key nor max_weight")
        if self.size is None and self.key is None and self.weigh is None:
            raise ValueError("give at least one of size, key and max_weight")

    def add(self, item: T) -> tuple[T, ...]:
        """Adds the item and gives the batch that this ends, if any, or else an empty tuple.

        The item ends the batch before it by not fitting, or its own by filling it. It never does
        both: with size 1 there is no open batch when an item comes.
        """
        key = None if self.key is None else self.key(item)
        weight = self._weight_of(item)
        ended: tuple[T, ...] = ()
        if self._items and not self._fits(key, weight):
            ended = self._take()
        if not self._items:
            self._key = key
        self._items.append(item)
        self._weight += weight
        if len(self._items) == self.size:
            return self._take()
        return ended

    def finish(self) -> tuple[T, ...]:
        """The batch that was still open when the items ended, or an empty tuple."""
        if self.strict and self._items:
            raise ValueError(f"last batch has {len(self._items)} of {self.size} items")
        return self._take()

    def _fits(self, key: object, weight: float) -> bool:
        if self.max_weight is not None and self._weight + weight > self.max_weight:
            return False
        return key == self._key

    def _weight_of(self, item: T) -> float:
        if self.weigh is None:
            return 0
        weight = self.weigh(item)
        # Written this way round, NaN is refused too.
        if not weight >= 0:
            raise ValueError(f"weight must not be negative, got {weight}")
        return weight

    def _take(self) -> tuple[T, ...]:
        batch = tuple(self._items)
        self._items.clear()
        self._weight = 0
        return batch
