// Package lruttl holds a bounded cache whose entries expire.
package lruttl

import (
	"container/list"
	"sync"
	"time"
)

// Cache keeps at most a fixed number of entries, each for a limited time.
type Cache[K comparable, V any] struct {
	mu       sync.Mutex
	capacity int
	ttl      time.Duration
	now      func() time.Time
	order    *list.List // most recently used first
	items    map[K]*list.Element
}

type entry[K comparable, V any] struct {
	key     K
	value   V
	expires time.Time
}

// New returns an empty cache. It panics where capacity or ttl is not positive.
func New[K comparable, V any](capacity int, ttl time.Duration) *Cache[K, V] {
	if capacity < 1 || ttl <= 0 {
		panic("lruttl: capacity and ttl must be positive")
	}
	return &Cache[K, V]{
		capacity: capacity,
		ttl:      ttl,
		now:      time.Now,
		order:    list.New(),
		items:    make(map[K]*list.Element),
	}
}

// Put stores a value and makes it the most recently used one.
func (c *Cache[K, V]) Put(key K, value V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if element, ok := c.items[key]; ok {
		element.Value.(*entry[K, V]).value = value
		c.order.MoveToFront(element)
		return
	}
	if c.order.Len() >= c.capacity {
		c.drop(c.order.Back())
	}
	fresh := &entry[K, V]{key: key, value: value, expires: c.now().Add(c.ttl)}
	c.items[key] = c.order.PushFront(fresh)
}

// Get returns the value of a key that is there and has not expired.
func (c *Cache[K, V]) Get(key K) (V, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var none V
	element, ok := c.items[key]
	if !ok {
		return none, false
	}
	found := element.Value.(*entry[K, V])
	if c.now().After(found.expires) {
		return none, false
	}
	c.order.MoveToFront(element)
	return found.value, true
}

func (c *Cache[K, V]) drop(element *list.Element) {
	c.order.Remove(element)
	delete(c.items, element.Value.(*entry[K, V]).key)
}
