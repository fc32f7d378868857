// Package acceptance checks the cache from outside.
package acceptance

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/lru/lru"
)

const patience = 5 * time.Second

// fakeClock tells a time that only the test moves.
type fakeClock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *fakeClock {
	return &fakeClock{now: time.Date(2024, time.May, 1, 12, 0, 0, 0, time.UTC)}
}

func (c *fakeClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *fakeClock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// diary notes what OnEvict is told.
type diary struct {
	mu    sync.Mutex
	lines []string
}

func (d *diary) note(key string, value int, reason lru.Reason) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lines = append(d.lines, fmt.Sprintf("%s=%d %s", key, value, reason))
}

// take returns the notes since the last call.
func (d *diary) take() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	all := strings.Join(d.lines, ", ")
	d.lines = nil
	return all
}

type options = lru.Options[string, int]
type cache = lru.Cache[string, int]

func newCache(t *testing.T, opts options) *cache {
	t.Helper()
	c, err := lru.New(opts)
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	return c
}

func set(t *testing.T, c *cache, key string, value int) {
	t.Helper()
	if err := c.Set(key, value); err != nil {
		t.Fatalf("Set(%q): %v", key, err)
	}
}

func setTTL(t *testing.T, c *cache, key string, value int, ttl time.Duration) {
	t.Helper()
	if err := c.SetTTL(key, value, ttl); err != nil {
		t.Fatalf("SetTTL(%q): %v", key, err)
	}
}

func wantKeys(t *testing.T, c *cache, want string) {
	t.Helper()
	if got := strings.Join(c.Keys(), " "); got != want {
		t.Errorf("keys are %q, want %q", got, want)
	}
}

func wantNotes(t *testing.T, d *diary, want string) {
	t.Helper()
	if got := d.take(); got != want {
		t.Errorf("evictions: got %q, want %q", got, want)
	}
}

func wantValue(t *testing.T, c *cache, key string, want int) {
	t.Helper()
	if got, ok := c.Peek(key); !ok || got != want {
		t.Errorf("%q holds %d, %v; want %d", key, got, ok, want)
	}
}

func wantNone(t *testing.T, c *cache, key string) {
	t.Helper()
	if got, ok := c.Peek(key); ok {
		t.Errorf("%q holds %d, want nothing", key, got)
	}
}

// guard runs f in a goroutine and fails only this test if it hangs.
func guard(t *testing.T, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	await(t, done, "the end")
}

func await(t *testing.T, done <-chan struct{}, what string) {
	t.Helper()
	select {
	case <-done:
	case <-time.After(patience):
		t.Fatalf("waited %s for %s", patience, what)
	}
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited %s for %s", patience, what)
		}
	}
}
