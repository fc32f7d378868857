"""Items in batches."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator
from typing import TypeVar

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
    """The items in batches, limited by size, key and weight."""
    raise NotImplementedError("batched is planned for 0.5")


def abatched(
    items: AsyncIterable[T],
    size: int | None = None,
    *,
    strict: bool = False,
    key: Callable[[T], object] | None = None,
    weigh: Callable[[T], float] | None = None,
    max_weight: float | None = None,
) -> AsyncIterator[tuple[T, ...]]:
    """The batches of an async iterable."""
    raise NotImplementedError("abatched is planned for 0.5")
