"""Loads that are shared, and callers that leave."""

import asyncio

from scenes import Loader, in_loop, leave, load, outcome, settle, spawn

from loadcache import AsyncCache, LoadCancelledError


@in_loop
async def test_all_callers_of_a_key_share_one_load():
    loader = Loader()
    cache = AsyncCache(loader)
    tasks = [await spawn(cache.get("a")) for _ in range(5)]
    assert loader.keys == ["a"]
    assert not any(task.done() for task in tasks)
    loader.calls[0].give(7)
    assert [await outcome(task) for task in tasks] == [7] * 5
    assert (cache.stats.loads, cache.stats.coalesced, cache.stats.hits) == (1, 4, 0)


@in_loop
async def test_loads_of_different_keys_run_side_by_side():
    loader = Loader()
    cache = AsyncCache(loader)
    first, second = await spawn(cache.get("a")), await spawn(cache.get("b"))
    assert loader.keys == ["a", "b"]
    loader.calls[1].give(2)
    assert await outcome(second) == 2
    assert not first.done()
    loader.calls[0].give(1)
    assert await outcome(first) == 1

    async def loader(key):
        return 1 if key == 0 else await cache.get(key - 1) + 1

    cache = AsyncCache(loader)
    assert await outcome(await spawn(cache.get(4))) == 5
    assert len(cache) == 5


@in_loop
async def test_an_error_goes_to_all_callers_and_is_not_kept():
    loader = Loader()
    cache = AsyncCache(loader)
    tasks = [await spawn(cache.get("a")) for _ in range(3)]
    loader.calls[0].fail(OSError("down"))
    ends = [await outcome(task) for task in tasks]
    assert [(type(end), str(end)) for end in ends] == [(OSError, "down")] * 3
    assert "a" not in cache
    assert cache.stats.failures == 1
    await load(cache, loader, "a", 1)
    assert loader.keys == ["a", "a"]

    def loader(key):
        raise KeyError(key)

    cache = AsyncCache(loader)
    assert isinstance(await outcome(await spawn(cache.get("a"))), KeyError)
    assert isinstance(await outcome(await spawn(cache.get("a"))), KeyError)
    assert (cache.stats.loads, cache.stats.failures) == (2, 2)


@in_loop
async def test_a_load_cancelled_from_within_does_not_cancel_its_callers():
    loader = Loader()
    cache = AsyncCache(loader)
    tasks = [await spawn(cache.get("a")) for _ in range(2)]
    loader.calls[0].future.cancel()
    for task in tasks:
        end = await outcome(task)
        assert isinstance(end, LoadCancelledError)
        assert end.key == "a"
    assert cache.stats.failures == 1
    await load(cache, loader, "a", 1)


@in_loop
async def test_a_caller_that_leaves_does_not_disturb_the_others():
    loader = Loader()
    cache = AsyncCache(loader)
    stays, leaves, stays_too = [await spawn(cache.get("a")) for _ in range(3)]
    await leave(leaves)
    assert not stays.done()
    assert not loader.calls[0].cancelled
    loader.calls[0].give(1)
    assert [await outcome(stays), await outcome(stays_too)] == [1, 1]
    assert "a" in cache


@in_loop
async def test_the_caller_who_started_the_load_may_leave():
    loader = Loader()
    cache = AsyncCache(loader)
    starter, other = await spawn(cache.get("a")), await spawn(cache.get("a"))
    await leave(starter)
    assert not loader.calls[0].cancelled
    later = await spawn(cache.get("a"))
    assert loader.keys == ["a"]
    loader.calls[0].give(1)
    assert [await outcome(other), await outcome(later)] == [1, 1]


@in_loop
async def test_a_load_that_nobody_waits_for_is_cancelled():
    loader = Loader()
    cache = AsyncCache(loader)
    first, second = await spawn(cache.get("a")), await spawn(cache.get("a"))
    await leave(first)
    await leave(second)
    assert loader.calls[0].cancelled
    assert loader.calls[0].ended
    assert "a" not in cache
    assert cache.invalidate("a") is False
    assert cache.stats.failures == 0

    loader = Loader()
    cache = AsyncCache(loader)
    await leave(await spawn(cache.get("a")))
    await load(cache, loader, "a", 2)
    assert loader.keys == ["a", "a"]


@in_loop
async def test_nobody_joins_a_cancelled_load_that_is_cleaning_up():
    loader = Loader()
    cache = AsyncCache(loader)
    lonely = await spawn(cache.get("a"))
    dying = loader.calls[0]
    dying.cleanup = asyncio.Event()
    await leave(lonely)
    assert (dying.cancelled, dying.ended) == (True, False)
    task = await spawn(cache.get("a"))
    assert loader.keys == ["a", "a"]
    dying.cleanup.set()
    await settle()
    joined = await spawn(cache.get("a"))
    assert loader.keys == ["a", "a"]
    loader.calls[1].give(2)
    assert [await outcome(task), await outcome(joined)] == [2, 2]


@in_loop
async def test_a_cancelled_load_that_still_gives_a_value_has_no_effect():
    loader = Loader()
    cache = AsyncCache(loader)
    lonely = await spawn(cache.get("a"))
    loader.calls[0].rescue = lambda: "too late"
    await leave(lonely)
    assert loader.calls[0].ended
    assert "a" not in cache
    await load(cache, loader, "a", "new")

    loader = Loader()
    cache = AsyncCache(loader)
    lonely = await spawn(cache.get("a"))
    dying = loader.calls[0]
    dying.cleanup, dying.rescue = asyncio.Event(), lambda: "too late"
    await leave(lonely)
    await load(cache, loader, "a", "new")
    dying.cleanup.set()
    await settle()
    assert await outcome(await spawn(cache.get("a"))) == "new"


@in_loop
async def test_an_error_that_nobody_waits_for_is_not_reported():
    def clumsy():
        raise RuntimeError("clumsy clean-up")

    loader = Loader()
    cache = AsyncCache(loader)
    lonely = await spawn(cache.get("a"))
    loader.calls[0].rescue = clumsy
    await leave(lonely)
    assert loader.calls[0].ended
    assert (cache.stats.loads, cache.stats.failures) == (1, 0)


@in_loop
async def test_callers_may_leave_in_the_moment_in_which_the_load_fails():
    loader = Loader()
    cache = AsyncCache(loader)
    tasks = [await spawn(cache.get("a")) for _ in range(2)]
    loader.calls[0].fail(OSError("down"))
    for task in tasks:
        task.cancel()
    assert [await outcome(task) for task in tasks] == [asyncio.CancelledError] * 2
    await load(cache, loader, "a", 1)
