package acceptance

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"example.com/lru/lru"
)

func TestLeastRecentlyUsedGoesFirst(t *testing.T) {
	c := newCache(t, options{MaxEntries: 2})
	set(t, c, "a", 1)
	set(t, c, "b", 2)
	c.Get("a")
	set(t, c, "c", 3)
	wantKeys(t, c, "c a")
}

func TestPeekAndKeysDoNotTouchTheOrder(t *testing.T) {
	c := newCache(t, options{MaxEntries: 2})
	set(t, c, "a", 1)
	set(t, c, "b", 2)
	wantValue(t, c, "a", 1)
	c.Keys()
	set(t, c, "c", 3)
	wantKeys(t, c, "c b")
}

func TestSettingAPresentKeyMakesItRecent(t *testing.T) {
	c := newCache(t, options{MaxEntries: 2})
	set(t, c, "a", 1)
	set(t, c, "b", 2)
	set(t, c, "a", 3)
	wantKeys(t, c, "a b")
	wantValue(t, c, "a", 3)
}

func TestNoLimits(t *testing.T) {
	c := newCache(t, options{})
	for i := 0; i < 1000; i++ {
		set(t, c, fmt.Sprint(i), i)
	}
	if c.Len() != 1000 || c.Cost() != 1000 {
		t.Errorf("length %d, cost %d; want 1000, 1000", c.Len(), c.Cost())
	}
}

func TestDeleteTellsWhetherThereWasAValue(t *testing.T) {
	c := newCache(t, options{})
	set(t, c, "a", 1)
	if !c.Delete("a") || c.Delete("a") || c.Delete("never") {
		t.Error("Delete should be true once")
	}
	if c.Len() != 0 || c.Cost() != 0 {
		t.Errorf("length %d, cost %d after Delete", c.Len(), c.Cost())
	}
}

func TestPurgeEmptiesTheCache(t *testing.T) {
	c := newCache(t, options{MaxEntries: 3})
	set(t, c, "a", 1)
	set(t, c, "b", 2)
	c.Purge()
	wantKeys(t, c, "")
	set(t, c, "c", 3)
	wantKeys(t, c, "c")
}

func TestNegativeOptionsAreInvalid(t *testing.T) {
	for _, opts := range []options{{MaxEntries: -1}, {MaxCost: -1}, {TTL: -1}} {
		if _, err := lru.New(opts); !errors.Is(err, lru.ErrInvalid) {
			t.Errorf("%+v: got error %v, want ErrInvalid", opts, err)
		}
	}
}

// byValue makes the value of an entry its cost.
func byValue(_ string, value int) int64 { return int64(value) }

func TestCostLimit(t *testing.T) {
	c := newCache(t, options{MaxCost: 10, Cost: byValue})
	set(t, c, "a", 3)
	set(t, c, "b", 4)
	set(t, c, "c", 3)
	wantKeys(t, c, "c b a")
	set(t, c, "d", 4)
	wantKeys(t, c, "d c")
	if c.Cost() != 7 {
		t.Errorf("cost %d, want 7", c.Cost())
	}
}

func TestReplacingChangesTheCost(t *testing.T) {
	c := newCache(t, options{MaxCost: 10, Cost: byValue})
	set(t, c, "a", 6)
	set(t, c, "b", 4)
	set(t, c, "a", 2)
	if c.Cost() != 6 || c.Len() != 2 {
		t.Errorf("cost %d, length %d; want 6, 2", c.Cost(), c.Len())
	}
	set(t, c, "a", 10)
	wantKeys(t, c, "a")
}

func TestValueAsCostlyAsTheWholeCache(t *testing.T) {
	c := newCache(t, options{MaxCost: 10, Cost: byValue})
	set(t, c, "a", 1)
	set(t, c, "b", 10)
	wantKeys(t, c, "b")
}

func TestTooCostlyValueChangesNothing(t *testing.T) {
	c := newCache(t, options{MaxCost: 10, Cost: byValue})
	set(t, c, "a", 4)
	set(t, c, "b", 5)
	for _, key := range []string{"a", "new"} {
		if err := c.Set(key, 11); !errors.Is(err, lru.ErrTooCostly) {
			t.Errorf("got error %v, want ErrTooCostly", err)
		}
	}
	wantKeys(t, c, "b a")
	wantValue(t, c, "a", 4)
}

func TestNegativeCostChangesNothing(t *testing.T) {
	c := newCache(t, options{Cost: byValue})
	set(t, c, "a", 4)
	if err := c.Set("a", -1); !errors.Is(err, lru.ErrInvalid) {
		t.Errorf("got error %v, want ErrInvalid", err)
	}
	wantValue(t, c, "a", 4)
	if c.Cost() != 4 {
		t.Errorf("cost %d, want 4", c.Cost())
	}
}

func TestCostIsAskedOncePerStoreAndMayCallTheCache(t *testing.T) {
	guard(t, func() {
		var c *cache
		asked := 0
		c = newCache(t, options{MaxEntries: 1, Cost: func(string, int) int64 {
			asked++
			return int64(c.Len() + 1)
		}})
		set(t, c, "a", 1)
		set(t, c, "b", 2)
		c.Get("b")
		c.Delete("b")
		if asked != 2 || c.Cost() != 0 {
			t.Errorf("asked %d times, cost %d; want 2, 0", asked, c.Cost())
		}
	})
}

func TestEntryExpiresAtTheInstantItsTimeIsOver(t *testing.T) {
	clock := newClock()
	c := newCache(t, options{TTL: time.Minute, Now: clock.Now})
	set(t, c, "a", 1)
	clock.advance(time.Minute - 1)
	if _, ok := c.Get("a"); !ok {
		t.Error("expired a nanosecond early")
	}
	clock.advance(1)
	if _, ok := c.Get("a"); ok {
		t.Error("still there when its time is over")
	}
}

func TestOwnTTLOfAnEntry(t *testing.T) {
	clock := newClock()
	c := newCache(t, options{TTL: time.Minute, Now: clock.Now})
	setTTL(t, c, "short", 1, time.Second)
	setTTL(t, c, "ever", 2, 0)
	set(t, c, "usual", 3)
	clock.advance(time.Second)
	wantKeys(t, c, "usual ever")
	clock.advance(1000 * time.Hour)
	wantKeys(t, c, "ever")
	if err := c.SetTTL("ever", 3, -1); !errors.Is(err, lru.ErrInvalid) {
		t.Errorf("got error %v, want ErrInvalid", err)
	}
	wantValue(t, c, "ever", 2)
}

func TestStoringAgainRenewsTheExpiry(t *testing.T) {
	clock := newClock()
	c := newCache(t, options{TTL: time.Minute, Now: clock.Now})
	set(t, c, "a", 1)
	set(t, c, "b", 1)
	clock.advance(30 * time.Second)
	set(t, c, "a", 2)
	setTTL(t, c, "b", 2, 0)
	clock.advance(30 * time.Second)
	wantValue(t, c, "a", 2)
	clock.advance(30 * time.Second)
	wantKeys(t, c, "b")
}

func TestExpiredEntriesDoNotPushLiveOnesOut(t *testing.T) {
	clock := newClock()
	c := newCache(t, options{MaxEntries: 2, Now: clock.Now})
	set(t, c, "live", 1)
	setTTL(t, c, "brief", 2, time.Second)
	clock.advance(time.Second)
	set(t, c, "new", 3)
	wantKeys(t, c, "new live")
}

func TestLenAndCostLeaveOutTheExpired(t *testing.T) {
	clock := newClock()
	c := newCache(t, options{TTL: time.Minute, Cost: byValue, Now: clock.Now})
	set(t, c, "a", 5)
	setTTL(t, c, "b", 7, 0)
	clock.advance(time.Hour)
	if c.Len() != 1 {
		t.Errorf("length %d, want 1", c.Len())
	}
	if c.Cost() != 7 {
		t.Errorf("cost %d, want 7", c.Cost())
	}
	if c.Delete("a") {
		t.Error("an expired entry was deleted")
	}
}

func TestEachReasonIsReported(t *testing.T) {
	var d diary
	c := newCache(t, options{MaxEntries: 2, OnEvict: d.note})
	set(t, c, "a", 1)
	set(t, c, "b", 2)
	wantNotes(t, &d, "")
	set(t, c, "c", 3)
	wantNotes(t, &d, "a=1 evicted")
	set(t, c, "b", 4)
	wantNotes(t, &d, "b=2 replaced")
	c.Delete("c")
	wantNotes(t, &d, "c=3 removed")
	c.Delete("c")
	wantNotes(t, &d, "")
	set(t, c, "d", 5)
	c.Get("b")
	c.Purge()
	wantNotes(t, &d, "d=5 removed, b=4 removed")
}

func TestExpiredEntriesAreReportedInOrderOfExpiry(t *testing.T) {
	clock := newClock()
	var d diary
	c := newCache(t, options{Now: clock.Now, OnEvict: d.note})
	setTTL(t, c, "late", 1, 3*time.Second)
	setTTL(t, c, "tie1", 2, 2*time.Second)
	setTTL(t, c, "tie2", 3, 2*time.Second)
	setTTL(t, c, "early", 4, time.Second)
	setTTL(t, c, "ever", 5, 0)
	c.Get("tie1")
	clock.advance(time.Hour)
	c.Get("unknown")
	wantNotes(t, &d, "early=4 expired, tie1=2 expired, tie2=3 expired, late=1 expired")
}

func TestEveryMethodDropsTheExpired(t *testing.T) {
	for name, call := range map[string]func(*cache){
		"Get":    func(c *cache) { c.Get("x") },
		"Peek":   func(c *cache) { c.Peek("x") },
		"Set":    func(c *cache) { _ = c.Set("x", 1) },
		"Delete": func(c *cache) { c.Delete("x") },
		"Len":    func(c *cache) { c.Len() },
		"Cost":   func(c *cache) { c.Cost() },
		"Keys":   func(c *cache) { c.Keys() },
		"Purge":  func(c *cache) { c.Purge() },
	} {
		clock := newClock()
		var d diary
		c := newCache(t, options{TTL: time.Second, Now: clock.Now, OnEvict: d.note})
		set(t, c, "a", 1)
		clock.advance(time.Second)
		call(c)
		if got := d.take(); got != "a=1 expired" {
			t.Errorf("%s: got %q, want the expiry of a", name, got)
		}
	}
}

func TestSettingAnExpiredKeyIsNoReplacement(t *testing.T) {
	clock := newClock()
	var d diary
	c := newCache(t, options{TTL: time.Second, Now: clock.Now, OnEvict: d.note})
	set(t, c, "a", 1)
	clock.advance(time.Second)
	set(t, c, "a", 2)
	wantNotes(t, &d, "a=1 expired")
}

func TestOrderOfReportsWithinOneSet(t *testing.T) {
	clock := newClock()
	var d diary
	c := newCache(t, options{MaxCost: 10, Cost: byValue, Now: clock.Now, OnEvict: d.note})
	set(t, c, "old", 2)
	set(t, c, "older", 3)
	c.Get("old")
	set(t, c, "key", 1)
	setTTL(t, c, "brief", 4, time.Second)
	clock.advance(time.Second)
	set(t, c, "key", 9)
	wantNotes(t, &d, "brief=4 expired, key=1 replaced, older=3 evicted, old=2 evicted")
}

func TestOnEvictMayCallTheCache(t *testing.T) {
	guard(t, func() {
		var c *cache
		var seen []string
		c = newCache(t, options{MaxEntries: 2, OnEvict: func(key string, value int, reason lru.Reason) {
			seen = append(seen, fmt.Sprintf("%s %d %v", key, c.Len(), c.Keys()))
			if key == "a" {
				_ = c.Set("again", 9)
			}
			c.Delete("nothing")
		}})
		set(t, c, "a", 1)
		set(t, c, "b", 2)
		set(t, c, "c", 3)
		if got, want := fmt.Sprint(seen), "[a 2 [c b] b 2 [again c]]"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		wantKeys(t, c, "again c")
	})
}

func TestOnEvictRunsBeforeTheMethodReturnsEvenIfOthersUseTheCache(t *testing.T) {
	guard(t, func() {
		inside, release := make(chan struct{}), make(chan struct{})
		c := newCache(t, options{MaxEntries: 1, OnEvict: func(string, int, lru.Reason) {
			close(inside)
			<-release
		}})
		set(t, c, "a", 1)
		done := make(chan struct{})
		go func() {
			defer close(done)
			_ = c.Set("b", 2)
		}()
		await(t, inside, "the callback")
		wantValue(t, c, "b", 2)
		select {
		case <-done:
			t.Error("Set returned before its callback did")
		default:
		}
		close(release)
		await(t, done, "Set")
	})
}

func TestManyGoroutinesKeepTheLimits(t *testing.T) {
	guard(t, func() {
		var d diary
		c := newCache(t, options{MaxEntries: 8, OnEvict: d.note})
		var wg sync.WaitGroup
		for g := 0; g < 8; g++ {
			g := g
			wg.Add(1)
			go func() {
				defer wg.Done()
				for i := 0; i < 500; i++ {
					key := fmt.Sprint((g*31 + i) % 20)
					_ = c.Set(key, i)
					c.Get(fmt.Sprint(i % 20))
					if i%7 == 0 {
						c.Delete(key)
					}
					if n := c.Len(); n > 8 {
						t.Errorf("%d entries, at most 8 are allowed", n)
						return
					}
				}
			}()
		}
		wg.Wait()
		c.Purge()
		if got := len(d.lines); got != 8*500 {
			t.Errorf("%d values left the cache, %d were stored", got, 8*500)
		}
	})
}

func TestStatsOfEntries(t *testing.T) {
	clock := newClock()
	c := newCache(t, options{MaxEntries: 2, Now: clock.Now})
	set(t, c, "a", 1)
	setTTL(t, c, "b", 2, time.Second)
	c.Get("a")
	c.Get("unknown")
	c.Peek("a")
	c.Peek("unknown")
	clock.advance(time.Second)
	c.Get("b")
	set(t, c, "c", 3)
	set(t, c, "d", 4)
	set(t, c, "d", 5)
	c.Delete("d")
	want := lru.Stats{Hits: 1, Misses: 2, Evictions: 1, Expirations: 1}
	if got := c.Stats(); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestGetIsFastInALargeCacheWithExpiry(t *testing.T) {
	guard(t, func() {
		clock := newClock()
		c := newCache(t, options{TTL: time.Hour, Now: clock.Now})
		const n = 100_000
		for i := 0; i < n; i++ {
			set(t, c, fmt.Sprint(i), i)
		}
		for i := 0; i < n; i++ {
			c.Get(fmt.Sprint(i))
		}
	})
}
