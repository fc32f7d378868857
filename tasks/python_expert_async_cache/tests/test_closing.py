"""A cache that is closed leaves nothing running."""

import asyncio

import pytest
from scenes import Loader, in_loop, leave, outcome, settle, spawn

from loadcache import AsyncCache, CacheClosedError


@in_loop
async def test_callers_that_wait_are_told_that_the_cache_was_closed():
    loader = Loader()
    cache = AsyncCache(loader)
    tasks = [await spawn(cache.get(key)) for key in "aab"]
    assert await outcome(await spawn(cache.aclose())) is None
    assert [call.ended for call in loader.calls] == [True, True]
    for task in tasks:
        assert isinstance(await outcome(task), CacheClosedError)
    assert cache.stats.failures == 0


@in_loop
async def test_closing_waits_for_the_clean_up_of_loads():
    loader = Loader()
    cache = AsyncCache(loader)
    task = await spawn(cache.get("a"))
    loader.calls[0].cleanup = asyncio.Event()
    closing = await spawn(cache.aclose())
    again = await spawn(cache.aclose())
    assert loader.calls[0].cancelled
    assert (closing.done(), again.done()) == (False, False)
    loader.calls[0].cleanup.set()
    await outcome(closing)
    await outcome(again)
    assert isinstance(await outcome(task), CacheClosedError)
    assert loader.calls[0].ended


@in_loop
async def test_closing_waits_for_outdated_and_cancelled_loads_too():
    loader = Loader()
    cache = AsyncCache(loader)
    lonely, outdated = await spawn(cache.get("a")), await spawn(cache.get("b"))
    for call in loader.calls:
        call.cleanup = asyncio.Event()
    await leave(lonely)
    cache.invalidate("b")
    closing = await spawn(cache.aclose())
    assert loader.calls[1].cancelled
    loader.calls[1].cleanup.set()
    await settle()
    assert not closing.done()
    loader.calls[0].cleanup.set()
    await outcome(closing)
    assert isinstance(await outcome(outdated), CacheClosedError)
    assert [call.ended for call in loader.calls] == [True, True]


@in_loop
async def test_what_a_load_makes_of_its_cancellation_does_not_matter():
    def clumsy():
        raise RuntimeError("clumsy clean-up")

    loader = Loader()
    cache = AsyncCache(loader)
    tasks = [await spawn(cache.get(key)) for key in "ab"]
    loader.calls[0].rescue = lambda: "too late"
    loader.calls[1].rescue = clumsy
    await outcome(await spawn(cache.aclose()))
    for task in tasks:
        assert isinstance(await outcome(task), CacheClosedError)
    assert len(cache) == 0
    assert cache.stats.failures == 0


@in_loop
async def test_a_closed_cache_holds_and_takes_nothing():
    loader = Loader()
    cache = AsyncCache(loader)
    cache.put("a", 1)
    await outcome(await spawn(cache.aclose()))
    assert (len(cache), "a" in cache, cache.invalidate("a")) == (0, False, False)
    cache.clear()
    assert isinstance(await outcome(await spawn(cache.get("a"))), CacheClosedError)
    with pytest.raises(CacheClosedError, match="^the cache is closed$"):
        cache.put("a", 2)
    await outcome(await spawn(cache.aclose()))
    assert loader.keys == []

    loader = Loader()
    cache = AsyncCache(loader)
    task = await spawn(cache.get("a"))
    loader.calls[0].cleanup = asyncio.Event()
    closing = await spawn(cache.aclose())
    assert isinstance(await outcome(await spawn(cache.get("b"))), CacheClosedError)
    with pytest.raises(CacheClosedError):
        cache.put("b", 2)
    assert loader.keys == ["a"]
    loader.calls[0].cleanup.set()
    await outcome(closing)
    assert isinstance(await outcome(task), CacheClosedError)


@in_loop
async def test_leaving_the_context_closes_the_cache():
    loader = Loader()

    async def use():
        async with AsyncCache(loader) as cache:
            cache.put("a", 1)
            task = asyncio.ensure_future(cache.get("b"))
            for _ in range(20):
                await asyncio.sleep(0)
        return cache, task

    cache, task = await outcome(await spawn(use()))
    assert isinstance(await outcome(task), CacheClosedError)
    assert "a" not in cache
    assert loader.calls[0].ended
