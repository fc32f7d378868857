"""What is stored, for how long, and what has to go."""

import pytest
from scenes import Loader, in_loop, load, outcome, settle, spawn

from loadcache import AsyncCache, ManualClock


@in_loop
async def test_a_value_is_loaded_once():
    loader = Loader()
    cache = AsyncCache(loader)
    await load(cache, loader, "a", 1)
    assert await outcome(await spawn(cache.get("a"))) == 1
    assert loader.keys == ["a"]
    assert "a" in cache
    assert "b" not in cache
    assert len(cache) == 1

    loader = Loader()
    cache = AsyncCache(loader)
    await load(cache, loader, "a", None)
    assert await outcome(await spawn(cache.get("a"))) is None
    assert loader.keys == ["a"]
    assert "a" in cache


@in_loop
async def test_a_value_expires_exactly_at_its_ttl():
    loader, clock = Loader(), ManualClock(100)
    cache = AsyncCache(loader, ttl=10, clock=clock)
    await load(cache, loader, "a", 1)
    clock.advance(9.5)
    assert "a" in cache
    assert await outcome(await spawn(cache.get("a"))) == 1
    clock.advance(0.5)
    assert "a" not in cache
    assert len(cache) == 0
    await load(cache, loader, "a", 2)
    assert loader.keys == ["a", "a"]
    assert await outcome(await spawn(cache.get("a"))) == 2
    brief = AsyncCache(loader, ttl=0.25, clock=clock)
    brief.put("b", 3)
    clock.advance(0.125)
    assert "b" in brief
    clock.advance(0.125)
    assert "b" not in brief


@in_loop
async def test_the_age_of_a_value_counts_from_the_end_of_its_load():
    loader, clock = Loader(), ManualClock()
    cache = AsyncCache(loader, ttl=10, clock=clock)
    task = await spawn(cache.get("a"))
    clock.advance(50)
    loader.calls[0].give(1)
    assert await outcome(task) == 1
    clock.advance(9)
    assert "a" in cache
    clock.advance(1)
    assert "a" not in cache


@in_loop
async def test_the_age_of_a_value_counts_from_its_put_and_not_from_hits():
    clock = ManualClock()
    cache = AsyncCache(Loader(), ttl=10, clock=clock)
    cache.put("a", 1)
    clock.advance(9)
    cache.put("a", 2)
    clock.advance(9)
    assert await outcome(await spawn(cache.get("a"))) == 2
    clock.advance(1)
    assert "a" not in cache

    clock = ManualClock()
    cache = AsyncCache(Loader(), ttl=10, clock=clock)
    cache.put("a", 1)
    clock.advance(9)
    assert await outcome(await spawn(cache.get("a"))) == 1
    clock.advance(1)
    assert "a" not in cache


@in_loop
async def test_values_without_a_ttl_never_expire():
    clock = ManualClock()
    cache = AsyncCache(Loader(), clock=clock)
    cache.put("a", 1)
    clock.advance(1e12)
    assert await outcome(await spawn(cache.get("a"))) == 1


@in_loop
async def test_an_expired_value_does_not_stand_in_for_a_failed_load():
    loader, clock = Loader(), ManualClock()
    cache = AsyncCache(loader, ttl=10, clock=clock)
    cache.put("a", 1)
    clock.advance(10)
    task = await spawn(cache.get("a"))
    loader.calls[0].fail(OSError("down"))
    assert isinstance(await outcome(task), OSError)
    assert "a" not in cache


def test_bad_limits_are_refused():
    for ttl, shown in ((0, "0"), (-1.5, "-1.5"), (float("nan"), "nan")):
        with pytest.raises(ValueError) as caught:
            AsyncCache(Loader(), ttl=ttl)
        assert str(caught.value) == f"ttl must be positive, got {shown}"

    for size in (0, -3):
        with pytest.raises(ValueError) as caught:
            AsyncCache(Loader(), max_size=size)
        assert str(caught.value) == f"max_size must be at least 1, got {size}"


@in_loop
async def test_the_least_recently_used_value_is_evicted():
    loader = Loader()
    cache = AsyncCache(loader, max_size=2)
    await load(cache, loader, "a", 1)
    await load(cache, loader, "b", 2)
    assert await outcome(await spawn(cache.get("a"))) == 1
    await load(cache, loader, "c", 3)
    assert [key in cache for key in "abc"] == [True, False, True]
    cache.put("d", 4)
    assert [key in cache for key in "acd"] == [False, True, True]
    assert cache.stats.evictions == 2


@in_loop
async def test_asking_what_is_stored_is_no_use_of_it():
    cache = AsyncCache(Loader(), max_size=2)
    cache.put("a", 1)
    cache.put("b", 2)
    assert "a" in cache
    assert len(cache) == 2
    cache.put("c", 3)
    assert [key in cache for key in "abc"] == [False, True, True]


@in_loop
async def test_expired_values_make_room_before_any_is_evicted():
    clock = ManualClock()
    cache = AsyncCache(Loader(), ttl=10, max_size=2, clock=clock)
    cache.put("old", 1)
    clock.advance(5)
    cache.put("young", 2)
    clock.advance(4)
    # Used last, and yet the first to expire.
    assert await outcome(await spawn(cache.get("old"))) == 1
    clock.advance(1)
    cache.put("new", 3)
    assert [key in cache for key in ("old", "young", "new")] == [False, True, True]
    assert cache.stats.evictions == 0


@in_loop
async def test_replacing_a_value_needs_no_room():
    loader, clock = Loader(), ManualClock()
    cache = AsyncCache(loader, ttl=10, max_size=2, clock=clock)
    cache.put("a", 1)
    clock.advance(5)
    cache.put("b", 2)
    cache.put("b", 3)
    assert len(cache) == 2
    clock.advance(5)
    await load(cache, loader, "a", 4)
    assert [key in cache for key in "ab"] == [True, True]
    assert cache.stats.evictions == 0


@in_loop
async def test_loads_under_way_take_no_room():
    loader = Loader()
    cache = AsyncCache(loader, max_size=1)
    cache.put("kept", 0)
    tasks = [await spawn(cache.get(key)) for key in "abc"]
    assert len(cache) == 1
    assert "kept" in cache
    for value, call in enumerate(loader.calls):
        call.give(value)
        await settle()
    assert [await outcome(task) for task in tasks] == [0, 1, 2]
    assert [key in cache for key in "abc"] == [False, False, True]
    assert cache.stats.evictions == 3
