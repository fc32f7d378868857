package lru

import "context"

// load is one running call of a load function and the callers that share it.
type load[V any] struct {
	done    chan struct{} // closed once value and err are set
	value   V
	err     error
	waiting int // guarded by the lock of the cache
	cancel  context.CancelFunc
}

// GetOrLoad returns the value under key. If there is none, it calls load and
// stores what that returns. Calls for the same key share one load.
func (c *Cache[K, V]) GetOrLoad(ctx context.Context, key K, loader func(context.Context) (V, error)) (V, error) {
	var value V
	var found bool
	var err error
	var l *load[V]
	c.update(func(*[]departure[K, V]) {
		if value, found = c.look(key); found {
			return
		}
		if err = ctx.Err(); err == nil {
			l = c.join(ctx, key, loader)
		}
	})
	if found || err != nil {
		return value, err
	}
	select {
	case <-l.done:
		return l.value, l.err
	case <-ctx.Done():
		c.leave(key, l)
		return value, ctx.Err()
	}
}

// join returns the running load of key, or starts one. It needs the lock.
func (c *Cache[K, V]) join(caller context.Context, key K, loader func(context.Context) (V, error)) *load[V] {
	l, ok := c.loads[key]
	if !ok {
		ctx, cancel := context.WithCancel(caller)
		l = &load[V]{done: make(chan struct{}), cancel: cancel}
		c.loads[key] = l
		go c.run(ctx, key, l, loader)
	}
	l.waiting++
	return l
}

func (c *Cache[K, V]) leave(key K, l *load[V]) {
	c.mu.Lock()
	defer c.mu.Unlock()
	l.waiting--
	if l.waiting > 0 {
		return
	}
	l.cancel()
	if c.loads[key] == l {
		delete(c.loads, key)
	}
}

func (c *Cache[K, V]) run(ctx context.Context, key K, l *load[V], loader func(context.Context) (V, error)) {
	returned := false
	// Deferred, because neither a panic nor runtime.Goexit comes back here.
	defer func() {
		if !returned {
			l.err = &PanicError{Value: recover()}
		}
		c.finish(key, l)
	}()
	l.value, l.err = loader(ctx)
	returned = true
}

// finish stores the value of a load, unless it was overtaken or abandoned, and
// lets the callers go.
func (c *Cache[K, V]) finish(key K, l *load[V]) {
	defer l.cancel()
	defer close(l.done)

	storable := l.err == nil
	cost := int64(0)
	if storable {
		var err error
		cost, err = c.price(key, l.value)
		storable = err == nil
	}
	c.update(func(left *[]departure[K, V]) {
		c.stats.Loads++
		if l.err != nil {
			c.stats.LoadErrors++
		}
		if c.loads[key] != l {
			return
		}
		delete(c.loads, key)
		if storable {
			c.store(key, l.value, cost, c.opts.TTL, left)
		}
	})
}
