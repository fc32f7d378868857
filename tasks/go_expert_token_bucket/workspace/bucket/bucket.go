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
	// ErrNotImplemented is returned for what the bucket cannot do yet.
	ErrNotImplemented = errors.New("bucket: not implemented")
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
	level float64
	last  time.Time
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
	return &Bucket{config: config, level: float64(config.Capacity), last: config.Clock.Now()}, nil
}

// AllowN takes n tokens if they are there and nobody is waiting, and reports
// whether it did.
func (b *Bucket) AllowN(n int64) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fill()
	if n < 0 || float64(n) > b.level {
		return false
	}
	b.level -= float64(n)
	return true
}

// Tokens returns the number of whole tokens that are not taken.
func (b *Bucket) Tokens() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fill()
	return int64(b.level)
}

// Queued returns the number of requests that have not been served yet.
func (b *Bucket) Queued() int {
	return 0
}

// WaitN blocks until it has taken n tokens, or until ctx ends.
func (b *Bucket) WaitN(ctx context.Context, n int64) error {
	return ErrNotImplemented
}

// ReserveN asks for n tokens without waiting for them.
func (b *Bucket) ReserveN(n int64) (*Reservation, error) {
	return nil, ErrNotImplemented
}

func (b *Bucket) fill() {
	now := b.config.Clock.Now()
	b.level += now.Sub(b.last).Seconds() * float64(b.config.Tokens) / b.config.Per.Seconds()
	b.level = math.Min(b.level, float64(b.config.Capacity))
	b.last = now
}
