package lruttl

import (
	"testing"
	"time"
)

type clock struct{ at time.Time }

func (c *clock) pass(d time.Duration) { c.at = c.at.Add(d) }

func withClock(capacity int, ttl time.Duration) (*Cache[string, int], *clock) {
	cache := New[string, int](capacity, ttl)
	c := &clock{at: time.Date(2022, 1, 1, 0, 0, 0, 0, time.UTC)}
	cache.now = func() time.Time { return c.at }
	return cache, c
}

func expect(t *testing.T, cache *Cache[string, int], key string, want int, present bool) {
	t.Helper()
	got, ok := cache.Get(key)
	if ok != present || got != want {
		t.Fatalf("Get(%q) = %d, %v; want %d, %v", key, got, ok, want, present)
	}
}

func TestGetReturnsWhatWasPut(t *testing.T) {
	cache, _ := withClock(2, time.Minute)
	cache.Put("a", 1)
	expect(t, cache, "a", 1, true)
	expect(t, cache, "b", 0, false)
}

func TestLeastRecentlyUsedMakesRoom(t *testing.T) {
	cache, _ := withClock(2, time.Minute)
	cache.Put("a", 1)
	cache.Put("b", 2)
	cache.Get("a")
	cache.Put("c", 3)
	expect(t, cache, "a", 1, true)
	expect(t, cache, "b", 0, false)
	expect(t, cache, "c", 3, true)
}

func TestEntryExpires(t *testing.T) {
	cache, c := withClock(2, time.Minute)
	cache.Put("a", 1)
	c.pass(59 * time.Second)
	expect(t, cache, "a", 1, true)
	c.pass(2 * time.Second)
	expect(t, cache, "a", 0, false)
}

func TestLenAndDelete(t *testing.T) {
	cache, _ := withClock(3, time.Minute)
	cache.Put("a", 1)
	cache.Put("b", 2)
	if cache.Len() != 2 {
		t.Fatalf("Len() = %d, want 2", cache.Len())
	}
	if !cache.Delete("a") || cache.Delete("a") {
		t.Fatal("Delete must report whether the key was there")
	}
	if cache.Len() != 1 {
		t.Fatalf("Len() = %d, want 1", cache.Len())
	}
}

func TestEntryIsGoneAtTheEndOfItsTime(t *testing.T) {
	cache, c := withClock(2, time.Minute)
	cache.Put("a", 1)
	c.pass(time.Minute)
	expect(t, cache, "a", 0, false)
}

func TestPutReplacesValue(t *testing.T) {
	cache, _ := withClock(2, time.Minute)
	cache.Put("a", 1)
	cache.Put("a", 2)
	expect(t, cache, "a", 2, true)
}
