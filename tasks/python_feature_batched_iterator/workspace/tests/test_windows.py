"""Windows, plain and async."""

import asyncio
from itertools import count

import pytest

from streamkit import awindows, windows


def test_windows_are_runs_of_neighbours():
    assert list(windows("abcd", 3)) == [("a", "b", "c"), ("b", "c", "d")]
    assert list(windows("ab", 3)) == []
    assert next(windows(count(), 2)) == (0, 1)


def test_async_windows():
    async def letters():
        for letter in "abc":
            yield letter

    async def collect():
        return [window async for window in awindows(letters(), 2)]

    assert asyncio.run(collect()) == [("a", "b"), ("b", "c")]


def test_the_width_is_checked_at_the_call():
    with pytest.raises(ValueError, match="^width must be at least 1, got 0$"):
        windows([], 0)
    with pytest.raises(TypeError, match="^width must be a whole number, got True$"):
        windows([], True)
