// Package acceptance checks the token bucket from outside.
package acceptance

import (
	"context"
	"sync"
	"testing"
	"time"

	"example.com/bucket/bucket"
	"example.com/bucket/clock"
)

const patience = 5 * time.Second

// The fake time lies far ahead, so that deadlines by it never end a real context.
var epoch = time.Date(2150, time.January, 1, 0, 0, 0, 0, time.UTC)

// fakeClock tells a time that only the test moves.
type fakeClock struct {
	mu     sync.Mutex
	now    time.Time
	alarms map[*fakeAlarm]bool
}

type fakeAlarm struct {
	clock *fakeClock
	at    time.Time
	f     func()
}

func newClock() *fakeClock {
	return &fakeClock{now: epoch, alarms: make(map[*fakeAlarm]bool)}
}

func (c *fakeClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *fakeClock) At(t time.Time, f func()) clock.Alarm {
	c.mu.Lock()
	defer c.mu.Unlock()
	a := &fakeAlarm{clock: c, at: t, f: f}
	if t.After(c.now) {
		c.alarms[a] = true
	} else {
		go f()
	}
	return a
}

func (a *fakeAlarm) Stop() bool {
	a.clock.mu.Lock()
	defer a.clock.mu.Unlock()
	pending := a.clock.alarms[a]
	delete(a.clock.alarms, a)
	return pending
}

func (c *fakeClock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	for a := range c.alarms {
		if !a.at.After(c.now) {
			delete(c.alarms, a)
			go a.f()
		}
	}
}

func (c *fakeClock) pending() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.alarms)
}

func newBucket(t *testing.T, c *fakeClock, capacity, tokens int64, per time.Duration) *bucket.Bucket {
	t.Helper()
	b, err := bucket.New(bucket.Config{Capacity: capacity, Tokens: tokens, Per: per, Clock: c})
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	return b
}

// emptyBucket returns a bucket that gains one token a second and has none.
func emptyBucket(t *testing.T, c *fakeClock, capacity int64) *bucket.Bucket {
	t.Helper()
	b := newBucket(t, c, capacity, 1, time.Second)
	if !b.AllowN(capacity) {
		t.Fatal("a new bucket is not full")
	}
	return b
}

func reserve(t *testing.T, b *bucket.Bucket, n int64) *bucket.Reservation {
	t.Helper()
	r, err := b.ReserveN(n)
	if err != nil || r == nil {
		t.Fatalf("ReserveN(%d): %v, %v", n, r, err)
	}
	return r
}

func wantDelay(t *testing.T, r *bucket.Reservation, want time.Duration) {
	t.Helper()
	if got := r.Delay(); got != want {
		t.Errorf("delay %s (%d), want %s (%d)", got, int64(got), want, int64(want))
	}
}

func wantTokens(t *testing.T, b *bucket.Bucket, want int64) {
	t.Helper()
	if got := b.Tokens(); got != want {
		t.Errorf("%d tokens, want %d", got, want)
	}
}

func wantQueued(t *testing.T, b *bucket.Bucket, want int) {
	t.Helper()
	if got := b.Queued(); got != want {
		t.Errorf("%d requests are queued, want %d", got, want)
	}
}

// wait calls WaitN in the background and returns once it is in the queue, or over.
func wait(t *testing.T, b *bucket.Bucket, ctx context.Context, n int64) <-chan error {
	t.Helper()
	before := b.Queued()
	out := make(chan error, 1)
	go func() { out <- b.WaitN(ctx, n) }()
	eventually(t, "WaitN to queue up", func() bool { return b.Queued() > before || len(out) > 0 })
	return out
}

func wantEnd(t *testing.T, out <-chan error, want error) {
	t.Helper()
	select {
	case err := <-out:
		if err != want {
			t.Errorf("WaitN returned %v, want %v", err, want)
		}
	case <-time.After(patience):
		t.Fatalf("WaitN did not return within %s", patience)
	}
}

func wantBlocked(t *testing.T, out <-chan error) {
	t.Helper()
	select {
	case err := <-out:
		t.Fatalf("WaitN returned %v, want it to wait", err)
	default:
	}
}

func wantNoAlarm(t *testing.T, c *fakeClock) {
	t.Helper()
	eventually(t, "the alarms to be stopped", func() bool { return c.pending() == 0 })
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited %s for %s", patience, what)
		}
	}
}
