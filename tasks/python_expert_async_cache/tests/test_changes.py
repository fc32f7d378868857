"""Values that are put, invalidated and cleared, before and during loads."""

from scenes import Loader, in_loop, leave, load, outcome, settle, spawn

from loadcache import AsyncCache, ManualClock


@in_loop
async def test_a_put_outlives_the_load_that_was_under_way():
    loader = Loader()
    cache = AsyncCache(loader)
    task = await spawn(cache.get("a"))
    cache.put("a", "put")
    assert await outcome(await spawn(cache.get("a"))) == "put"
    assert not task.done()
    loader.calls[0].give("loaded")
    assert await outcome(task) == "loaded"
    assert await outcome(await spawn(cache.get("a"))) == "put"
    assert loader.keys == ["a"]

    loader = Loader()
    cache = AsyncCache(loader)
    cache.put("a", 1)
    assert await outcome(await spawn(cache.get("a"))) == 1
    assert loader.keys == []


@in_loop
async def test_invalidate_tells_whether_there_was_anything():
    loader, clock = Loader(), ManualClock()
    cache = AsyncCache(loader, ttl=10, clock=clock)
    assert cache.invalidate("a") is False
    cache.put("a", 1)
    assert cache.invalidate("a") is True
    assert "a" not in cache
    assert cache.invalidate("a") is False
    cache.put("a", 2)
    clock.advance(10)
    assert cache.invalidate("a") is False
    task = await spawn(cache.get("a"))
    assert cache.invalidate("a") is True
    assert cache.invalidate("a") is False
    loader.calls[0].give(3)
    assert await outcome(task) == 3


@in_loop
async def test_an_invalidated_load_serves_its_callers_and_is_not_stored():
    loader = Loader()
    cache = AsyncCache(loader)
    tasks = [await spawn(cache.get("a")) for _ in range(2)]
    cache.invalidate("a")
    await settle()
    assert not loader.calls[0].cancelled
    loader.calls[0].give("stale")
    assert [await outcome(task) for task in tasks] == ["stale"] * 2
    assert "a" not in cache


@in_loop
async def test_a_get_after_an_invalidation_starts_a_new_load():
    loader = Loader()
    cache = AsyncCache(loader)
    before = await spawn(cache.get("a"))
    cache.invalidate("a")
    after = await spawn(cache.get("a"))
    joined = await spawn(cache.get("a"))
    assert loader.keys == ["a", "a"]
    loader.calls[1].give("new")
    assert [await outcome(after), await outcome(joined)] == ["new", "new"]
    assert not before.done()
    loader.calls[0].give("stale")
    assert await outcome(before) == "stale"
    assert await outcome(await spawn(cache.get("a"))) == "new"


@in_loop
async def test_an_outdated_load_that_ends_first_leaves_the_newer_one_open():
    for end in (lambda call: call.give("stale"), lambda call: call.fail(OSError("down"))):
        loader = Loader()
        cache = AsyncCache(loader)
        before = await spawn(cache.get("a"))
        cache.invalidate("a")
        after = await spawn(cache.get("a"))
        end(loader.calls[0])
        await outcome(before)
        assert "a" not in cache
        joined = await spawn(cache.get("a"))
        assert loader.keys == ["a", "a"]
        loader.calls[1].give("new")
        assert [await outcome(after), await outcome(joined)] == ["new", "new"]


@in_loop
async def test_an_outdated_load_without_callers_is_cancelled_alone():
    loader = Loader()
    cache = AsyncCache(loader)
    before = await spawn(cache.get("a"))
    cache.invalidate("a")
    after = await spawn(cache.get("a"))
    await leave(before)
    assert [call.cancelled for call in loader.calls] == [True, False]
    joined = await spawn(cache.get("a"))
    assert loader.keys == ["a", "a"]
    loader.calls[1].give("new")
    assert [await outcome(after), await outcome(joined)] == ["new", "new"]


@in_loop
async def test_callers_of_an_outdated_load_and_of_a_newer_one_are_told_apart():
    loader = Loader()
    cache = AsyncCache(loader)
    before = await spawn(cache.get("a"))
    cache.invalidate("a")
    after = await spawn(cache.get("a"))
    await leave(after)
    assert [call.cancelled for call in loader.calls] == [False, True]
    loader.calls[0].give("stale")
    assert await outcome(before) == "stale"
    assert "a" not in cache


@in_loop
async def test_clear_forgets_values_and_loads():
    loader = Loader()
    cache = AsyncCache(loader)
    cache.put("a", 1)
    await load(cache, loader, "b", 2)
    task = await spawn(cache.get("c"))
    cache.clear()
    assert len(cache) == 0
    assert cache.invalidate("c") is False
    loader.calls[1].give(3)
    assert await outcome(task) == 3
    assert [key in cache for key in "abc"] == [False] * 3
    await load(cache, loader, "c", 4)


@in_loop
async def test_the_counters_count_what_they_say():
    loader = Loader()
    cache = AsyncCache(loader, max_size=1)
    await load(cache, loader, "a", 1)
    await spawn(cache.get("a"))
    await spawn(cache.get("a"))
    outdated, joined = await spawn(cache.get("b")), await spawn(cache.get("b"))
    cache.invalidate("b")
    loader.calls[1].fail(OSError("down"))
    await outcome(outdated)
    await outcome(joined)
    await leave(await spawn(cache.get("c")))
    cache.put("d", 4)
    stats = cache.stats
    counted = (stats.hits, stats.loads, stats.coalesced, stats.failures, stats.evictions)
    assert counted == (2, 3, 1, 1, 1)
    cache.put("e", 5)
    assert stats.evictions == 1
    stats.hits = 99
    assert cache.stats.hits == 2
