"""Runs of neighbours."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator
from typing import TypeVar

from streamkit.arguments import count

T = TypeVar("T")


def windows(items: Iterable[T], width: int) -> Iterator[tuple[T, ...]]:
    """Every run of `width` neighbours; nothing when there are fewer items than that."""
    return _windows(iter(items), count("width", width))


def _windows(items: Iterator[T], width: int) -> Iterator[tuple[T, ...]]:
    window: deque[T] = deque(maxlen=width)
    for item in items:
        window.append(item)
        if len(window) == width:
            yield tuple(window)


def awindows(items: AsyncIterable[T], width: int) -> AsyncIterator[tuple[T, ...]]:
    """The windows of an async iterable."""
    return _awindows(aiter(items), count("width", width))


async def _awindows(items: AsyncIterator[T], width: int) -> AsyncIterator[tuple[T, ...]]:
    window: deque[T] = deque(maxlen=width)
    async for item in items:
        window.append(item)
        if len(window) == width:
            yield tuple(window)
