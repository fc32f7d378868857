"""The store and the clock, on which the cache is built."""

import pytest

from loadcache import ManualClock
from loadcache.store import Entry, EntryStore


def test_the_store_keeps_the_order_of_use():
    store = EntryStore()
    for key in "abc":
        store.put(key, Entry(key.upper(), 0))
    store.use("a")
    store.put("b", Entry("B2", 1))
    assert store.keys() == ["c", "a", "b"]
    assert store.find("b") == Entry("B2", 1)
    assert store.remove("c") == Entry("C", 0)
    assert store.remove("c") is None
    store.clear()
    assert len(store) == 0


def test_a_manual_clock_goes_on_when_told():
    clock = ManualClock(5)
    clock.advance(2.5)
    assert clock() == 7.5
    with pytest.raises(ValueError, match="does not go back"):
        clock.advance(-1)
