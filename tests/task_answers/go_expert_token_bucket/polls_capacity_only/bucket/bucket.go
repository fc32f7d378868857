// Package bucket limits how often something may happen, with a token bucket
// that serves its callers in the order in which they came.
package bucket

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"time"

	"example.com/bucket/clock"
)

var (
	// ErrConfig is wrapped by the errors of New.
	ErrConfig = errors.New("bucket: invalid configuration")
	// ErrNegative is wrapped by the error for a request of fewer than 0 tokens.
	ErrNegative = errors.New("bucket: negative number of tokens")
	// ErrCapacity is wrapped by the error for a request of more than the bucket can hold.
	ErrCapacity = errors.New("bucket: more tokens than the bucket holds")
	// ErrDeadline is wrapped by the error of a wait that could not end before its deadline.
	ErrDeadline = errors.New("bucket: tokens come after the deadline")
)

// Never is the delay of a reservation that will not be served.
const Never = time.Duration(math.MaxInt64)

// Config describes a bucket. Capacity, Tokens and Per must be positive.
type Config struct {
	Capacity int64         // the number of tokens that a full bucket holds
	Tokens   int64         // the number of tokens gained ...
	Per      time.Duration // ... in this time
	Clock    clock.Clock   // nil means clock.System
}

// Bucket holds tokens. Use New to make one.
type Bucket struct {
	config Config

	mu    sync.Mutex
	level units
	last  time.Time      // the highest reading of the clock so far
	queue []*Reservation // the requests that are not served, in order
	alarm clock.Alarm    // set for the first request that someone waits for
	rings time.Time      // when alarm goes off
}

// New returns a full bucket.
func New(config Config) (*Bucket, error) {
	if config.Capacity <= 0 || config.Tokens <= 0 || config.Per <= 0 {
		return nil, fmt.Errorf("%w: capacity %d, %d tokens per %s; all must be positive",
			ErrConfig, config.Capacity, config.Tokens, config.Per)
	}
	if config.Clock == nil {
		config.Clock = clock.System
	}
	b := &Bucket{config: config, last: config.Clock.Now()}
	b.level = b.units(config.Capacity)
	return b, nil
}

// AllowN takes n tokens if they are there and nobody is waiting, and reports
// whether it did.
func (b *Bucket) AllowN(n int64) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.update()
	return n >= 0 && b.take(n)
}

// Tokens returns the number of whole tokens that are not taken.
func (b *Bucket) Tokens() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.update()
	return b.level.over(int64(b.config.Per))
}

// Queued returns the number of requests that have not been served yet.
func (b *Bucket) Queued() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.update()
	return len(b.queue)
}

// WaitN blocks until it has taken n tokens, or until ctx ends. An error means
// that it has taken nothing.
func (b *Bucket) WaitN(ctx context.Context, n int64) error {
	r, err := b.enter(ctx, n)
	if err != nil || r == nil {
		return err
	}
	select {
	case <-r.served:
		return nil
	case <-ctx.Done():
		if r.Cancel() {
			return ctx.Err()
		}
		return nil
	}
}

// enter makes the request of a WaitN. It returns nil if that is served at once.
func (b *Bucket) enter(ctx context.Context, n int64) (*Reservation, error) {
	if err := b.check(n); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.update()
	if b.take(n) {
		return nil, nil
	}
	r := &Reservation{bucket: b, n: n, served: make(chan struct{}), blocking: true}
	b.queue = append(b.queue, r)
	if deadline, ok := ctx.Deadline(); ok {
		if at := b.due(r); deadline.Before(at) {
			b.queue = b.queue[:len(b.queue)-1]
			return nil, fmt.Errorf("%w: %d tokens at %s, deadline %s", ErrDeadline, n, at, deadline)
		}
	}
	b.setAlarm()
	return r, nil
}

// ReserveN asks for n tokens without waiting for them.
func (b *Bucket) ReserveN(n int64) (*Reservation, error) {
	if err := b.check(n); err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.update()
	r := &Reservation{bucket: b, n: n, served: make(chan struct{})}
	if b.take(n) {
		close(r.served)
	} else {
		b.queue = append(b.queue, r)
	}
	return r, nil
}

func (b *Bucket) check(n int64) error {
	if n < 0 {
		return fmt.Errorf("%w: %d", ErrNegative, n)
	}
	if n > b.config.Capacity {
		return fmt.Errorf("%w: %d of %d", ErrCapacity, n, b.config.Capacity)
	}
	return nil
}

// The methods below need the lock.

// take takes n tokens for a request that has just come.
func (b *Bucket) take(n int64) bool {
	if n == 0 {
		return true
	}
	if b.level.less(b.units(n)) {
		return false
	}
	b.level = b.level.minus(b.units(n))
	return true
}

// update adds what the bucket has gained since the last call and serves the
// queue. What is too much is only lost once the queue is served: before, the
// first request would have been served while the bucket was not yet full.
func (b *Bucket) update() {
	if now := b.config.Clock.Now(); now.After(b.last) {
		b.level = b.level.plus(product(int64(now.Sub(b.last)), b.config.Tokens))
		b.last = now
	}
	b.serve()
}

// serve gives the tokens to the first requests of the queue, as far as they go.
func (b *Bucket) serve() {
	served := 0
	for _, r := range b.queue {
		if b.level.less(b.units(r.n)) {
			break
		}
		b.level = b.level.minus(b.units(r.n))
		close(r.served)
		served++
	}
	b.queue = b.queue[served:]
	if full := b.units(b.config.Capacity); full.less(b.level) {
		b.level = full
	}
}

func (b *Bucket) units(tokens int64) units {
	return product(tokens, int64(b.config.Per))
}

// delay is the time from the last update until a request of the queue is served, or Never.
func (b *Bucket) delay(r *Reservation) time.Duration {
	var need units
	for _, q := range b.queue {
		need = need.plus(b.units(q.n))
		if q == r {
			break
		}
	}
	return need.minus(b.level).timeFor(b.config.Tokens)
}

func (b *Bucket) due(r *Reservation) time.Time {
	return b.last.Add(b.delay(r))
}

// setAlarm makes sure that exactly the first request that someone waits for has an alarm.
func (b *Bucket) setAlarm() {
	var first *Reservation
	for _, r := range b.queue {
		if r.blocking {
			first = r
			break
		}
	}
	if b.alarm != nil {
		if first != nil && b.rings.Equal(b.due(first)) {
			return
		}
		b.alarm.Stop()
		b.alarm = nil
	}
	if first != nil {
		b.rings = b.due(first)
		b.alarm = b.config.Clock.At(b.rings, b.ring)
	}
}

// ring is called, without the lock, when an alarm goes off.
func (b *Bucket) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.update()
	// This alarm may be an old one that could not be stopped: the next must be set in any case.
	if b.alarm != nil && !b.last.Before(b.rings) {
		b.alarm.Stop()
		b.alarm = nil
	}
	b.setAlarm()
}
