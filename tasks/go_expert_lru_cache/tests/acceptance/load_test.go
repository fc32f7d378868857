package acceptance

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"time"

	"example.com/lru/lru"
)

var background = context.Background()

// answer is what a GetOrLoad in the background returned.
type answer struct {
	value int
	err   error
}

// ask calls GetOrLoad in a goroutine of its own.
func ask(c *cache, ctx context.Context, key string, load func(context.Context) (int, error)) <-chan answer {
	out := make(chan answer, 1)
	go func() {
		value, err := c.GetOrLoad(ctx, key, load)
		out <- answer{value, err}
	}()
	return out
}

func receive(t *testing.T, from <-chan answer) answer {
	t.Helper()
	select {
	case a := <-from:
		return a
	case <-time.After(patience):
		t.Fatalf("GetOrLoad did not return within %s", patience)
		return answer{}
	}
}

func wantAnswer(t *testing.T, from <-chan answer, value int) {
	t.Helper()
	if a := receive(t, from); a.err != nil || a.value != value {
		t.Errorf("got %d, %v; want %d", a.value, a.err, value)
	}
}

// gated is a load that says when it starts and waits for leave to end.
type gated struct {
	started chan context.Context
	release chan struct{}
	value   int
	err     error
}

func newGated(value int) *gated {
	return &gated{started: make(chan context.Context, 100), release: make(chan struct{}), value: value}
}

func (g *gated) load(ctx context.Context) (int, error) {
	g.started <- ctx
	<-g.release
	return g.value, g.err
}

func (g *gated) awaitStart(t *testing.T) context.Context {
	t.Helper()
	select {
	case ctx := <-g.started:
		return ctx
	case <-time.After(patience):
		t.Fatal("the load was not started")
		return nil
	}
}

func awaitMisses(t *testing.T, c *cache, n int64) {
	t.Helper()
	eventually(t, "the callers to join", func() bool { return c.Stats().Misses >= n })
}

func constant(value int) func(context.Context) (int, error) {
	return func(context.Context) (int, error) { return value, nil }
}

func forbidden(t *testing.T) func(context.Context) (int, error) {
	return func(context.Context) (int, error) {
		t.Error("a load that should not happen")
		return -1, nil
	}
}

func TestLoadStoresTheValue(t *testing.T) {
	c := newCache(t, options{})
	wantAnswer(t, ask(c, background, "a", constant(7)), 7)
	wantValue(t, c, "a", 7)
	wantAnswer(t, ask(c, background, "a", forbidden(t)), 7)
	if got, want := c.Stats(), (lru.Stats{Hits: 1, Misses: 1, Loads: 1}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestLoadHitMakesTheKeyRecent(t *testing.T) {
	c := newCache(t, options{MaxEntries: 2})
	set(t, c, "a", 1)
	set(t, c, "b", 2)
	wantAnswer(t, ask(c, background, "a", forbidden(t)), 1)
	wantAnswer(t, ask(c, background, "c", constant(3)), 3)
	wantKeys(t, c, "c a")
}

func TestLoadedValueExpires(t *testing.T) {
	clock := newClock()
	c := newCache(t, options{TTL: time.Minute, Now: clock.Now})
	g := newGated(1)
	first := ask(c, background, "a", g.load)
	g.awaitStart(t)
	clock.advance(30 * time.Second)
	close(g.release)
	wantAnswer(t, first, 1)
	clock.advance(59 * time.Second)
	wantValue(t, c, "a", 1)
	clock.advance(time.Second)
	wantAnswer(t, ask(c, background, "a", constant(2)), 2)
}

func TestCallersShareOneLoad(t *testing.T) {
	t.Parallel()
	c := newCache(t, options{})
	g := newGated(5)
	var answers []<-chan answer
	for i := 0; i < 20; i++ {
		answers = append(answers, ask(c, background, "a", g.load))
	}
	awaitMisses(t, c, 20)
	g.awaitStart(t)
	close(g.release)
	for _, a := range answers {
		wantAnswer(t, a, 5)
	}
	if got, want := c.Stats(), (lru.Stats{Misses: 20, Loads: 1}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestLoadsOfDifferentKeysDoNotWaitForEachOther(t *testing.T) {
	t.Parallel()
	c := newCache(t, options{})
	g := newGated(1)
	slow := ask(c, background, "slow", g.load)
	g.awaitStart(t)
	wantAnswer(t, ask(c, background, "quick", constant(2)), 2)
	close(g.release)
	wantAnswer(t, slow, 1)
}

func TestLoadMayCallTheCache(t *testing.T) {
	c := newCache(t, options{})
	outer := func(ctx context.Context) (int, error) {
		if err := c.Set("side", c.Len()+1); err != nil {
			return 0, err
		}
		inner, err := c.GetOrLoad(ctx, "inner", constant(10))
		return inner + 1, err
	}
	wantAnswer(t, ask(c, background, "outer", outer), 11)
	wantKeys(t, c, "outer inner side")
}

func TestErrorsReachAllCallersAndAreNotRemembered(t *testing.T) {
	t.Parallel()
	c := newCache(t, options{})
	g := newGated(0)
	g.err = errors.New("no such row")
	first, second := ask(c, background, "a", g.load), ask(c, background, "a", g.load)
	awaitMisses(t, c, 2)
	g.awaitStart(t)
	close(g.release)
	for _, from := range []<-chan answer{first, second} {
		if a := receive(t, from); a.err != g.err {
			t.Errorf("got error %v, want %v", a.err, g.err)
		}
	}
	wantNone(t, c, "a")
	wantAnswer(t, ask(c, background, "a", constant(3)), 3)
	if got := c.Stats(); got.Loads != 2 || got.LoadErrors != 1 {
		t.Errorf("got %+v, want 2 loads and 1 error", got)
	}
}

func TestPanicOfALoadBecomesAnError(t *testing.T) {
	c := newCache(t, options{})
	a := receive(t, ask(c, background, "a", func(context.Context) (int, error) { panic("boom") }))
	var p *lru.PanicError
	if !errors.As(a.err, &p) || p.Value != "boom" || p.Error() != "load panicked: boom" {
		t.Errorf("got error %v, want a *PanicError with boom", a.err)
	}
	wantAnswer(t, ask(c, background, "a", constant(3)), 3)
	if got := c.Stats(); got.Loads != 2 || got.LoadErrors != 1 {
		t.Errorf("got %+v, want 2 loads and 1 error", got)
	}
}

func TestGoexitOfALoadBecomesAnError(t *testing.T) {
	c := newCache(t, options{})
	a := receive(t, ask(c, background, "a", func(context.Context) (int, error) {
		runtime.Goexit()
		return 0, nil
	}))
	var p *lru.PanicError
	if !errors.As(a.err, &p) || p.Value != nil {
		t.Errorf("got error %v, want a *PanicError with nil", a.err)
	}
	wantAnswer(t, ask(c, background, "a", constant(3)), 3)
}

func TestEndedContextMeansNoLoad(t *testing.T) {
	c := newCache(t, options{})
	set(t, c, "present", 1)
	ctx, cancel := context.WithCancel(background)
	cancel()
	wantAnswer(t, ask(c, ctx, "present", forbidden(t)), 1)
	if a := receive(t, ask(c, ctx, "absent", forbidden(t))); a.err != context.Canceled {
		t.Errorf("got error %v, want context.Canceled", a.err)
	}
}

func TestOneCallerLeavesAndTheOthersStay(t *testing.T) {
	t.Parallel()
	c := newCache(t, options{})
	g := newGated(4)
	ctx, cancel := context.WithCancel(background)
	leaves := ask(c, ctx, "a", g.load)
	loadCtx := g.awaitStart(t)
	stays := ask(c, background, "a", forbidden(t))
	awaitMisses(t, c, 2)
	cancel()
	if a := receive(t, leaves); a.err != context.Canceled {
		t.Errorf("got error %v, want context.Canceled", a.err)
	}
	if loadCtx.Err() != nil {
		t.Error("the load was cancelled although a caller is waiting")
	}
	close(g.release)
	wantAnswer(t, stays, 4)
	wantValue(t, c, "a", 4)
}

type contextKey struct{}

func TestContextOfALoadIsItsOwn(t *testing.T) {
	t.Parallel()
	c := newCache(t, options{})
	g := newGated(1)
	ctx, cancel := context.WithTimeout(context.WithValue(background, contextKey{}, "private"), time.Hour)
	defer cancel()
	a := ask(c, ctx, "a", g.load)
	loadCtx := g.awaitStart(t)
	if _, ok := loadCtx.Deadline(); ok || loadCtx.Value(contextKey{}) != nil {
		t.Error("the load sees the deadline or the values of a caller")
	}
	close(g.release)
	wantAnswer(t, a, 1)
}

func TestLastCallerToLeaveCancelsTheLoad(t *testing.T) {
	t.Parallel()
	c := newCache(t, options{})
	g := newGated(4)
	ctx, cancel := context.WithCancel(background)
	first := ask(c, ctx, "a", g.load)
	loadCtx := g.awaitStart(t)
	second := ask(c, ctx, "a", forbidden(t))
	awaitMisses(t, c, 2)
	cancel()
	for _, from := range []<-chan answer{first, second} {
		if a := receive(t, from); a.err != context.Canceled {
			t.Errorf("got error %v, want context.Canceled", a.err)
		}
	}
	await(t, loadCtx.Done(), "the context of the load")
	close(g.release)
}

func TestAbandonedLoadIsNotJoinedAndItsValueDropped(t *testing.T) {
	t.Parallel()
	c := newCache(t, options{})
	g := newGated(1)
	ctx, cancel := context.WithCancel(background)
	first := ask(c, ctx, "a", g.load)
	g.awaitStart(t)
	cancel()
	receive(t, first)
	wantAnswer(t, ask(c, background, "a", constant(2)), 2)
	close(g.release)
	eventually(t, "the abandoned load to end", func() bool { return c.Stats().Loads == 2 })
	wantValue(t, c, "a", 2)
}

func TestEndOfAnAbandonedLoadDoesNotDisturbTheNext(t *testing.T) {
	t.Parallel()
	c := newCache(t, options{})
	old, next := newGated(1), newGated(2)
	ctx, cancel := context.WithCancel(background)
	first := ask(c, ctx, "a", old.load)
	old.awaitStart(t)
	cancel()
	receive(t, first)
	second := ask(c, background, "a", next.load)
	next.awaitStart(t)
	close(old.release)
	eventually(t, "the abandoned load to end", func() bool { return c.Stats().Loads == 1 })
	wantNone(t, c, "a")
	third := ask(c, background, "a", forbidden(t))
	awaitMisses(t, c, 3)
	close(next.release)
	wantAnswer(t, second, 2)
	wantAnswer(t, third, 2)
}

// overtake starts a load, changes the cache meanwhile, and lets the load end.
func overtake(t *testing.T, c *cache, change func()) {
	t.Helper()
	g := newGated(1)
	first := ask(c, background, "a", g.load)
	g.awaitStart(t)
	change()
	close(g.release)
	wantAnswer(t, first, 1)
}

func TestSetOvertakesALoad(t *testing.T) {
	var d diary
	c := newCache(t, options{OnEvict: d.note})
	overtake(t, c, func() { set(t, c, "a", 2) })
	wantValue(t, c, "a", 2)
	wantNotes(t, &d, "")
}

func TestDeleteOvertakesALoad(t *testing.T) {
	t.Parallel()
	c := newCache(t, options{})
	overtake(t, c, func() {
		if c.Delete("a") {
			t.Error("there was nothing to delete")
		}
	})
	wantNone(t, c, "a")
}

func TestPurgeOvertakesALoad(t *testing.T) {
	t.Parallel()
	c := newCache(t, options{})
	overtake(t, c, c.Purge)
	wantNone(t, c, "a")
}

func TestFailedSetDoesNotOvertakeALoad(t *testing.T) {
	c := newCache(t, options{MaxCost: 10, Cost: byValue})
	overtake(t, c, func() {
		if err := c.Set("a", 11); !errors.Is(err, lru.ErrTooCostly) {
			t.Errorf("got error %v, want ErrTooCostly", err)
		}
	})
	wantValue(t, c, "a", 1)
}

func TestCallersAfterADeleteStartALoadOfTheirOwn(t *testing.T) {
	t.Parallel()
	c := newCache(t, options{})
	overtake(t, c, func() {
		c.Delete("a")
		wantAnswer(t, ask(c, background, "a", constant(2)), 2)
	})
	wantValue(t, c, "a", 2)
}

func TestOvertakenLoadIsStillCancelledWhenAllLeave(t *testing.T) {
	t.Parallel()
	c := newCache(t, options{})
	g := newGated(1)
	ctx, cancel := context.WithCancel(background)
	first := ask(c, ctx, "a", g.load)
	loadCtx := g.awaitStart(t)
	set(t, c, "a", 2)
	cancel()
	receive(t, first)
	await(t, loadCtx.Done(), "the context of the load")
	close(g.release)
}

func TestLoadedValueThatCannotBeStored(t *testing.T) {
	c := newCache(t, options{MaxCost: 10, Cost: byValue})
	set(t, c, "other", 9)
	for _, value := range []int{11, -1} {
		wantAnswer(t, ask(c, background, "a", constant(value)), value)
		wantNone(t, c, "a")
	}
	wantKeys(t, c, "other")
	if got := c.Stats(); got.Loads != 2 || got.LoadErrors != 0 {
		t.Errorf("got %+v, want 2 loads without an error", got)
	}
}

func TestEvictionsByALoadAreReportedBeforeItsCallersReturn(t *testing.T) {
	var c *cache
	var d diary
	c = newCache(t, options{MaxEntries: 1, OnEvict: func(key string, value int, reason lru.Reason) {
		c.Len()
		d.note(key, value, reason)
	}})
	set(t, c, "a", 1)
	wantAnswer(t, ask(c, background, "b", constant(2)), 2)
	wantNotes(t, &d, "a=1 evicted")
}

func TestGetOrLoadDropsTheExpired(t *testing.T) {
	clock := newClock()
	var d diary
	c := newCache(t, options{TTL: time.Second, Now: clock.Now, OnEvict: d.note})
	set(t, c, "a", 1)
	set(t, c, "b", 2)
	clock.advance(time.Second)
	wantAnswer(t, ask(c, background, "a", constant(3)), 3)
	wantNotes(t, &d, "a=1 expired, b=2 expired")
}
