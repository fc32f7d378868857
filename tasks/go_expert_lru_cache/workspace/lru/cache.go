package lru

import (
	"container/list"
	"context"
	"fmt"
	"sync"
	"time"
)

// Cache holds values by key and forgets the least recently used ones. It is
// safe for use by several goroutines. Use New to make one.
type Cache[K comparable, V any] struct {
	opts Options[K, V]

	mu      sync.Mutex
	entries map[K]*list.Element // of *entry[K, V]
	recent  *list.List          // the most recently used entry first
}

type entry[K comparable, V any] struct {
	key   K
	value V
}

// New returns an empty cache.
func New[K comparable, V any](opts Options[K, V]) (*Cache[K, V], error) {
	if opts.MaxEntries < 0 {
		return nil, fmt.Errorf("%w: MaxEntries is %d", ErrInvalid, opts.MaxEntries)
	}
	if opts.MaxCost != 0 || opts.Cost != nil || opts.TTL != 0 || opts.OnEvict != nil {
		return nil, ErrNotImplemented
	}
	return &Cache[K, V]{opts: opts, entries: make(map[K]*list.Element), recent: list.New()}, nil
}

// Get returns the value under key and makes it the most recently used.
func (c *Cache[K, V]) Get(key K) (V, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if el, ok := c.entries[key]; ok {
		c.recent.MoveToFront(el)
		return el.Value.(*entry[K, V]).value, true
	}
	var none V
	return none, false
}

// Peek returns the value under key without any effect on what is forgotten next.
func (c *Cache[K, V]) Peek(key K) (V, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if el, ok := c.entries[key]; ok {
		return el.Value.(*entry[K, V]).value, true
	}
	var none V
	return none, false
}

// Set stores a value that expires after the TTL of the options.
func (c *Cache[K, V]) Set(key K, value V) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if el, ok := c.entries[key]; ok {
		el.Value.(*entry[K, V]).value = value
		c.recent.MoveToFront(el)
		return nil
	}
	c.entries[key] = c.recent.PushFront(&entry[K, V]{key: key, value: value})
	if c.opts.MaxEntries > 0 && c.recent.Len() > c.opts.MaxEntries {
		oldest := c.recent.Remove(c.recent.Back()).(*entry[K, V])
		delete(c.entries, oldest.key)
	}
	return nil
}

// SetTTL stores a value that expires after ttl, or never if ttl is 0.
func (c *Cache[K, V]) SetTTL(key K, value V, ttl time.Duration) error {
	return ErrNotImplemented
}

// Delete removes the value under key and reports whether there was one.
func (c *Cache[K, V]) Delete(key K) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	el, ok := c.entries[key]
	if ok {
		c.recent.Remove(el)
		delete(c.entries, key)
	}
	return ok
}

// Purge removes all values.
func (c *Cache[K, V]) Purge() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.recent.Init()
	c.entries = make(map[K]*list.Element)
}

// Len returns the number of entries.
func (c *Cache[K, V]) Len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.recent.Len()
}

// Cost returns the sum of the costs of all entries.
func (c *Cache[K, V]) Cost() int64 {
	return int64(c.Len())
}

// Keys returns the keys from the most to the least recently used.
func (c *Cache[K, V]) Keys() []K {
	c.mu.Lock()
	defer c.mu.Unlock()
	keys := make([]K, 0, c.recent.Len())
	for el := c.recent.Front(); el != nil; el = el.Next() {
		keys = append(keys, el.Value.(*entry[K, V]).key)
	}
	return keys
}

// Stats returns what the cache has done so far.
func (c *Cache[K, V]) Stats() Stats {
	return Stats{}
}

// GetOrLoad returns the value under key. If there is none, it calls load and
// stores what that returns.
func (c *Cache[K, V]) GetOrLoad(ctx context.Context, key K, load func(context.Context) (V, error)) (V, error) {
	var none V
	return none, ErrNotImplemented
}
