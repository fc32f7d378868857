// Package acceptance checks the scheduler from outside.
package acceptance

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"example.com/scheduler/clock"
	"example.com/scheduler/scheduler"
)

const patience = 5 * time.Second

// epoch is where the fake time begins.
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

var background = context.Background()

func newScheduler(t *testing.T, opts scheduler.Options) *scheduler.Scheduler {
	t.Helper()
	s, err := scheduler.New(opts)
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	return s
}

func after(t *testing.T, s *scheduler.Scheduler, ctx context.Context, delay time.Duration, job scheduler.Job) *scheduler.Handle {
	t.Helper()
	h, err := s.After(ctx, delay, job)
	if err != nil || h == nil {
		t.Fatalf("After: %v, %v", h, err)
	}
	return h
}

func every(t *testing.T, s *scheduler.Scheduler, ctx context.Context, interval time.Duration, job scheduler.Job) *scheduler.Handle {
	t.Helper()
	h, err := s.Every(ctx, interval, job)
	if err != nil || h == nil {
		t.Fatalf("Every: %v, %v", h, err)
	}
	return h
}

// diary notes what happens, and at which time of the clock.
type diary struct {
	clock *fakeClock
	lines chan string
}

func newDiary(c *fakeClock) *diary {
	return &diary{clock: c, lines: make(chan string, 1000)}
}

func (d *diary) note(name string) {
	d.lines <- fmt.Sprintf("%s@%s", name, d.clock.Now().Sub(epoch))
}

// job returns a job that notes its name.
func (d *diary) job(name string) scheduler.Job {
	return func(context.Context) error {
		d.note(name)
		return nil
	}
}

// want waits for the next notes and compares them, in order.
func (d *diary) want(t *testing.T, want ...string) {
	t.Helper()
	for _, w := range want {
		select {
		case got := <-d.lines:
			if got != w {
				t.Fatalf("next came %s, want %s", got, w)
			}
		case <-time.After(patience):
			t.Fatalf("waited %s for %s", patience, w)
		}
	}
}

func (d *diary) wantNothing(t *testing.T) {
	t.Helper()
	select {
	case got := <-d.lines:
		t.Errorf("%s ran, nothing should have", got)
	default:
	}
}

// gate is a job that says when it has started and waits until it is let go.
type gate struct {
	started chan context.Context
	release chan error
}

func newGate() *gate {
	return &gate{started: make(chan context.Context, 100), release: make(chan error)}
}

func (g *gate) job(ctx context.Context) error {
	g.started <- ctx
	return <-g.release
}

// patientJob is like job, but also ends with its context.
func (g *gate) patientJob(ctx context.Context) error {
	g.started <- ctx
	<-ctx.Done()
	return ctx.Err()
}

func (g *gate) awaitStart(t *testing.T) context.Context {
	t.Helper()
	select {
	case ctx := <-g.started:
		return ctx
	case <-time.After(patience):
		t.Fatalf("the job did not start within %s", patience)
		return nil
	}
}

func (g *gate) wantNotStarted(t *testing.T) {
	t.Helper()
	select {
	case <-g.started:
		t.Error("the job was started")
	default:
	}
}

func (g *gate) open(t *testing.T, err error) {
	t.Helper()
	select {
	case g.release <- err:
	case <-time.After(patience):
		t.Fatal("no job waits at the gate")
	}
}

func await(t *testing.T, done <-chan struct{}, what string) {
	t.Helper()
	select {
	case <-done:
	case <-time.After(patience):
		t.Fatalf("waited %s for %s", patience, what)
	}
}

func wantDone(t *testing.T, h *scheduler.Handle, err error, runs int) {
	t.Helper()
	await(t, h.Done(), "a job to be done")
	if h.Err() != err || h.Runs() != runs {
		t.Errorf("done with %v after %d runs, want %v after %d", h.Err(), h.Runs(), err, runs)
	}
}

func wantNotDone(t *testing.T, h *scheduler.Handle) {
	t.Helper()
	select {
	case <-h.Done():
		t.Error("the job is done, it should not be")
	default:
	}
	if h.Err() != nil {
		t.Errorf("a job that is not done has the error %v", h.Err())
	}
}

func awaitAlarms(t *testing.T, c *fakeClock, n int) {
	t.Helper()
	eventually(t, fmt.Sprintf("%d alarms", n), func() bool { return c.pending() == n })
}

func awaitRuns(t *testing.T, h *scheduler.Handle, n int) {
	t.Helper()
	eventually(t, fmt.Sprintf("%d runs", n), func() bool { return h.Runs() == n })
}

// stopAll stops a scheduler in the background.
func stopAll(s *scheduler.Scheduler, ctx context.Context) <-chan error {
	out := make(chan error, 1)
	go func() { out <- s.Stop(ctx) }()
	return out
}

func wantStopped(t *testing.T, out <-chan error, want error) {
	t.Helper()
	select {
	case err := <-out:
		if err != want {
			t.Errorf("Stop returned %v, want %v", err, want)
		}
	case <-time.After(patience):
		t.Fatalf("Stop did not return within %s", patience)
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
