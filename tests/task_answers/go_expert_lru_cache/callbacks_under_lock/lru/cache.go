package lru

import (
	"container/heap"
	"container/list"
	"fmt"
	"sync"
	"time"
)

// Cache holds values by key and forgets the least recently used ones. It is
// safe for use by several goroutines. Use New to make one.
//
// Every method but Stats first drops what has expired. Methods collect the
// values that leave while they hold the lock and report them once it is free,
// so that OnEvict may call the cache.
type Cache[K comparable, V any] struct {
	opts Options[K, V]

	mu       sync.Mutex
	entries  map[K]*entry[K, V]
	recent   *list.List // of *entry[K, V], the most recently used first
	expiring expiryQueue[K, V]
	stored   uint64 // number of values stored so far, the order among equal expiries
	cost     int64
	loads    map[K]*load[V] // the loads that later callers may join
	stats    Stats
}

type departure[K comparable, V any] struct {
	key    K
	value  V
	reason Reason
}

// New returns an empty cache.
func New[K comparable, V any](opts Options[K, V]) (*Cache[K, V], error) {
	switch {
	case opts.MaxEntries < 0:
		return nil, fmt.Errorf("%w: MaxEntries is %d", ErrInvalid, opts.MaxEntries)
	case opts.MaxCost < 0:
		return nil, fmt.Errorf("%w: MaxCost is %d", ErrInvalid, opts.MaxCost)
	case opts.TTL < 0:
		return nil, fmt.Errorf("%w: TTL is %s", ErrInvalid, opts.TTL)
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Cost == nil {
		opts.Cost = func(K, V) int64 { return 1 }
	}
	return &Cache[K, V]{
		opts:    opts,
		entries: make(map[K]*entry[K, V]),
		recent:  list.New(),
		loads:   make(map[K]*load[V]),
	}, nil
}

// Get returns the value under key and makes it the most recently used.
func (c *Cache[K, V]) Get(key K) (value V, ok bool) {
	c.update(func(*[]departure[K, V]) { value, ok = c.look(key) })
	return value, ok
}

// Peek returns the value under key without any effect on what is forgotten next.
func (c *Cache[K, V]) Peek(key K) (value V, ok bool) {
	c.update(func(*[]departure[K, V]) {
		if e, found := c.entries[key]; found {
			value, ok = e.value, true
		}
	})
	return value, ok
}

// Set stores a value that expires after the TTL of the options.
func (c *Cache[K, V]) Set(key K, value V) error {
	return c.SetTTL(key, value, c.opts.TTL)
}

// SetTTL stores a value that expires after ttl, or never if ttl is 0.
func (c *Cache[K, V]) SetTTL(key K, value V, ttl time.Duration) error {
	var err error
	cost := int64(0)
	if ttl < 0 {
		err = fmt.Errorf("%w: TTL is %s", ErrInvalid, ttl)
	} else {
		cost, err = c.price(key, value)
	}
	c.update(func(left *[]departure[K, V]) {
		if err == nil {
			delete(c.loads, key)
			c.store(key, value, cost, ttl, left)
		}
	})
	return err
}

// Delete removes the value under key and reports whether there was one.
func (c *Cache[K, V]) Delete(key K) (found bool) {
	c.update(func(left *[]departure[K, V]) {
		delete(c.loads, key)
		e, ok := c.entries[key]
		if ok {
			c.drop(e, Removed, left)
		}
		found = ok
	})
	return found
}

// Purge removes all values.
func (c *Cache[K, V]) Purge() {
	c.update(func(left *[]departure[K, V]) {
		c.loads = make(map[K]*load[V])
		for c.recent.Len() > 0 {
			c.drop(c.oldest(), Removed, left)
		}
	})
}

// Len returns the number of entries.
func (c *Cache[K, V]) Len() (n int) {
	c.update(func(*[]departure[K, V]) { n = len(c.entries) })
	return n
}

// Cost returns the sum of the costs of all entries.
func (c *Cache[K, V]) Cost() (cost int64) {
	c.update(func(*[]departure[K, V]) { cost = c.cost })
	return cost
}

// Keys returns the keys from the most to the least recently used.
func (c *Cache[K, V]) Keys() (keys []K) {
	c.update(func(*[]departure[K, V]) {
		keys = make([]K, 0, len(c.entries))
		for el := c.recent.Front(); el != nil; el = el.Next() {
			keys = append(keys, el.Value.(*entry[K, V]).key)
		}
	})
	return keys
}

// Stats returns what the cache has done so far.
func (c *Cache[K, V]) Stats() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stats
}

// update runs change with the lock held and all expired entries gone, then
// reports every value that left.
func (c *Cache[K, V]) update(change func(left *[]departure[K, V])) {
	var left []departure[K, V]
	c.mu.Lock()
	defer c.mu.Unlock()
	c.expire(&left)
	change(&left)

	if c.opts.OnEvict == nil {
		return
	}
	for _, d := range left {
		c.opts.OnEvict(d.key, d.value, d.reason)
	}
}

// price returns the cost of a value, or the error for one that cannot be stored.
func (c *Cache[K, V]) price(key K, value V) (int64, error) {
	cost := c.opts.Cost(key, value)
	if cost < 0 {
		return 0, fmt.Errorf("%w: the cost of %v is %d", ErrInvalid, key, cost)
	}
	if c.opts.MaxCost > 0 && cost > c.opts.MaxCost {
		return 0, fmt.Errorf("%w: the cost of %v is %d, the limit %d", ErrTooCostly, key, cost, c.opts.MaxCost)
	}
	return cost, nil
}

// The methods below need the lock.

func (c *Cache[K, V]) look(key K) (V, bool) {
	e, ok := c.entries[key]
	if !ok {
		c.stats.Misses++
		var none V
		return none, false
	}
	c.stats.Hits++
	c.recent.MoveToFront(e.place)
	return e.value, true
}

func (c *Cache[K, V]) store(key K, value V, cost int64, ttl time.Duration, left *[]departure[K, V]) {
	if old, ok := c.entries[key]; ok {
		c.drop(old, Replaced, left)
	}
	e := &entry[K, V]{key: key, value: value, cost: cost, order: c.stored, index: -1}
	c.stored++
	c.cost += cost
	c.entries[key] = e
	e.place = c.recent.PushFront(e)
	if ttl > 0 {
		e.expires = c.opts.Now().Add(ttl)
		heap.Push(&c.expiring, e)
	}
	for c.overfull() {
		c.drop(c.oldest(), Evicted, left)
		c.stats.Evictions++
	}
}

func (c *Cache[K, V]) overfull() bool {
	return c.opts.MaxEntries > 0 && len(c.entries) > c.opts.MaxEntries ||
		c.opts.MaxCost > 0 && c.cost > c.opts.MaxCost
}

func (c *Cache[K, V]) oldest() *entry[K, V] {
	return c.recent.Back().Value.(*entry[K, V])
}

func (c *Cache[K, V]) expire(left *[]departure[K, V]) {
	if len(c.expiring) == 0 {
		return
	}
	now := c.opts.Now()
	for len(c.expiring) > 0 && !now.Before(c.expiring[0].expires) {
		c.drop(c.expiring[0], Expired, left)
		c.stats.Expirations++
	}
}

func (c *Cache[K, V]) drop(e *entry[K, V], reason Reason, left *[]departure[K, V]) {
	delete(c.entries, e.key)
	c.recent.Remove(e.place)
	if e.index >= 0 {
		heap.Remove(&c.expiring, e.index)
	}
	c.cost -= e.cost
	*left = append(*left, departure[K, V]{key: e.key, value: e.value, reason: reason})
}
