"""Batches of async iterables."""

import asyncio
from itertools import count

import pytest

from streamkit import abatched


class Source:
    """An async iterator with an aclose() of its own, which records how it is used."""

    def __init__(self, items, limit=50):
        self.items = iter(items)
        self.read = 0
        self.closed = 0
        self.limit = limit

    def __aiter__(self):
        return self

    async def __anext__(self):
        assert self.read < self.limit, "read too far"
        await asyncio.sleep(0)
        try:
            item = next(self.items)
        except StopIteration:
            raise StopAsyncIteration from None
        self.read += 1
        return item

    async def aclose(self):
        await asyncio.sleep(0)
        self.closed += 1


async def collect(batches):
    return [batch async for batch in batches]


def test_async_batches_by_size():
    source = Source("abcde")
    batches = asyncio.run(collect(abatched(source, 2)))
    assert batches == [("a", "b"), ("c", "d"), ("e",)]
    assert source.closed == 1


def test_async_batches_by_key_and_weight():
    words = ["a1", "a22", "a", "b", "b4444", "b", "b", "b"]
    batches = abatched(Source(words), 2, key=lambda word: word[0], weigh=len, max_weight=5)
    assert asyncio.run(collect(batches)) == [
        ("a1", "a22"),
        ("a",),
        ("b",),
        ("b4444",),
        ("b", "b"),
        ("b",),
    ]


def test_async_strict_refuses_a_short_last_batch():
    source = Source("abc")

    async def run():
        batches = abatched(source, 2, strict=True)
        assert await anext(batches) == ("a", "b")
        with pytest.raises(ValueError, match="^last batch has 1 of 2 items$"):
            await anext(batches)
        return await collect(batches)

    assert asyncio.run(run()) == []
    assert source.closed == 1


def test_async_batches_read_no_further_than_needed():
    source = Source(count())

    async def run():
        batches = abatched(source, 3)
        seen = [source.read]
        for _ in range(2):
            await anext(batches)
            seen.append(source.read)
        await batches.aclose()
        return seen

    assert asyncio.run(run()) == [0, 3, 6]


def test_closing_the_batches_closes_the_items():
    steps = []

    async def items():
        try:
            for n in count():
                yield n
        finally:
            await asyncio.sleep(0)
            steps.append("items closed")

    async def run():
        batches = abatched(items(), 2)
        assert await anext(batches) == (0, 1)
        await batches.aclose()
        steps.append("batches closed")

    asyncio.run(run())
    assert steps == ["items closed", "batches closed"]


def test_an_error_of_a_key_closes_the_items():
    source = Source([1, 1, 0, 1])

    async def run():
        with pytest.raises(ZeroDivisionError):
            await collect(abatched(source, key=lambda n: 1 // n))

    asyncio.run(run())
    assert source.closed == 1


def test_items_without_aclose_are_fine():
    class Bare:
        def __init__(self):
            self.left = [3, 2, 1]

        def __aiter__(self):
            return self

        async def __anext__(self):
            if not self.left:
                raise StopAsyncIteration
            return self.left.pop()

    assert asyncio.run(collect(abatched(Bare(), 2))) == [(1, 2), (3,)]


def test_a_cancellation_goes_to_the_items_and_closes_them():
    steps = []

    async def items():
        yield 1
        try:
            await asyncio.Event().wait()
            yield 2
        finally:
            steps.append("closed")

    async def run():
        task = asyncio.create_task(collect(abatched(items(), 2)))
        for _ in range(20):
            await asyncio.sleep(0)
        assert not task.done()
        task.cancel()
        for _ in range(20):
            await asyncio.sleep(0)
        return task.cancelled()

    assert asyncio.run(run())
    assert steps == ["closed"]


def test_async_errors_go_through_and_end_the_batches():
    async def broken():
        yield 1
        yield 2
        yield 3
        raise OSError("disk gone")

    async def run():
        batches = abatched(broken(), 2)
        assert await anext(batches) == (1, 2)
        with pytest.raises(OSError, match="^disk gone$"):
            await anext(batches)
        return await collect(batches)

    assert asyncio.run(run()) == []
