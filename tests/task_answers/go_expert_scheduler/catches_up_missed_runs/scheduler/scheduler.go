// Package scheduler runs functions later, once or again and again, on a
// bounded set of workers.
package scheduler

import (
	"container/heap"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"example.com/scheduler/clock"
)

var (
	// ErrWorkers is wrapped by the error of New for fewer workers than one.
	ErrWorkers = errors.New("scheduler: at least one worker is needed")
	// ErrInterval is wrapped by the error of Every for an interval that is not positive.
	ErrInterval = errors.New("scheduler: interval must be positive")
	// ErrNilJob is wrapped by the error for a job that is nil.
	ErrNilJob = errors.New("scheduler: job is nil")
	// ErrStopped is the error for what can no longer happen because of Stop.
	ErrStopped = errors.New("scheduler: stopped")
)

// Job is a function that a Scheduler runs. Its context ends when the job
// should give up.
type Job func(ctx context.Context) error

// PanicError is the error of a run that panicked.
type PanicError struct {
	Value any
}

func (e *PanicError) Error() string {
	return fmt.Sprintf("job panicked: %v", e.Value)
}

// Options says how a Scheduler works.
type Options struct {
	// Workers is the largest number of jobs that run at the same time.
	Workers int
	// Clock tells the time. nil means clock.System.
	Clock clock.Clock
	// OnError, if set, is told about each run that fails or panics.
	OnError func(h *Handle, err error)
}

// Scheduler runs jobs when they are due. Use New to make one.
//
// A job that is not running is either in waiting, which is ordered by due
// time, or in ready, where due jobs wait for a worker. Workers are goroutines
// that live as long as there is something ready.
type Scheduler struct {
	opts Options

	mu        sync.Mutex
	waiting   queue
	ready     queue
	running   map[*Handle]bool
	scheduled uint64 // number of entries made so far, the order among equal due times
	alarm     clock.Alarm
	rings     time.Time
	stopped   bool
	idle      chan struct{} // closed once the scheduler is stopped and no job runs
}

// New returns a scheduler without jobs.
func New(opts Options) (*Scheduler, error) {
	if opts.Workers < 1 {
		return nil, fmt.Errorf("%w, not %d", ErrWorkers, opts.Workers)
	}
	if opts.Clock == nil {
		opts.Clock = clock.System
	}
	return &Scheduler{opts: opts, running: make(map[*Handle]bool), idle: make(chan struct{})}, nil
}

// After runs job once, after delay.
func (s *Scheduler) After(ctx context.Context, delay time.Duration, job Job) (*Handle, error) {
	if delay < 0 {
		delay = 0
	}
	return s.schedule(ctx, &Handle{job: job}, delay)
}

// Every runs job after each interval.
func (s *Scheduler) Every(ctx context.Context, interval time.Duration, job Job) (*Handle, error) {
	if interval <= 0 {
		return nil, fmt.Errorf("%w: %s", ErrInterval, interval)
	}
	return s.schedule(ctx, &Handle{job: job, interval: interval}, interval)
}

// Stop lets running jobs finish, drops all others and waits for the end, or
// for the end of ctx.
func (s *Scheduler) Stop(ctx context.Context) error {
	s.mu.Lock()
	s.stop()
	s.mu.Unlock()

	select {
	case <-s.idle:
		return nil
	default:
	}
	select {
	case <-s.idle:
		return nil
	case <-ctx.Done():
		s.mu.Lock()
		defer s.mu.Unlock()
		for h := range s.running {
			h.cancel()
		}
		return ctx.Err()
	}
}

func (s *Scheduler) schedule(ctx context.Context, h *Handle, delay time.Duration) (*Handle, error) {
	if h.job == nil {
		return nil, ErrNilJob
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return nil, ErrStopped
	}
	h.scheduler = s
	h.done = make(chan struct{})
	h.parent = ctx
	h.ctx, h.cancel = context.WithCancel(ctx)
	h.due = s.opts.Clock.Now().Add(delay)
	s.enqueue(h)
	s.dispatch()
	go h.watch()
	return h, nil
}

// The methods below need the lock.

// enqueue lets h wait for its due time, behind all that have the same.
func (s *Scheduler) enqueue(h *Handle) {
	h.order = s.scheduled
	s.scheduled++
	h.queue = &s.waiting
	heap.Push(&s.waiting, h)
}

// dispatch moves what is due to the free workers and sets the alarm for the rest.
func (s *Scheduler) dispatch() {
	now := s.opts.Clock.Now()
	for len(s.waiting) > 0 && !s.waiting[0].due.After(now) {
		h := heap.Pop(&s.waiting).(*Handle)
		h.queue = &s.ready
		heap.Push(&s.ready, h)
	}
	for len(s.ready) > 0 && len(s.running) < s.opts.Workers {
		h := heap.Pop(&s.ready).(*Handle)
		if err := h.parent.Err(); err != nil {
			// watch has not come to it yet.
			h.finish(err)
			continue
		}
		h.queue = nil
		s.running[h] = true
		go s.run(h)
	}
	s.setAlarm()
}

func (s *Scheduler) setAlarm() {
	if s.alarm != nil {
		if len(s.waiting) > 0 && s.rings.Equal(s.waiting[0].due) {
			return
		}
		s.alarm.Stop()
		s.alarm = nil
	}
	if len(s.waiting) > 0 {
		s.rings = s.waiting[0].due
		s.alarm = s.opts.Clock.At(s.rings, s.ring)
	}
}

// stop drops all jobs that do not run.
func (s *Scheduler) stop() {
	if s.stopped {
		return
	}
	s.stopped = true
	for _, q := range []*queue{&s.waiting, &s.ready} {
		for len(*q) > 0 {
			heap.Pop(q).(*Handle).finish(ErrStopped)
		}
	}
	for h := range s.running {
		h.end(ErrStopped)
	}
	s.setAlarm()
	if len(s.running) == 0 {
		close(s.idle)
	}
}

// The methods below take the lock themselves.

// ring is called when an alarm goes off. That may be an old one, which could
// not be stopped any more.
func (s *Scheduler) ring() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dispatch()
}

func (s *Scheduler) run(h *Handle) {
	ctx, cancel := context.WithCancel(h.ctx)
	var err error
	returned := false
	// Deferred, because neither a panic nor runtime.Goexit comes back here.
	defer func() {
		if !returned {
			err = &PanicError{Value: recover()}
		}
		cancel()
		if err != nil && s.opts.OnError != nil {
			s.opts.OnError(h, err)
		}
		s.ended(h, err)
	}()
	err = h.job(ctx)
	returned = true
}

// ended frees the worker of a run and decides what becomes of its job.
func (s *Scheduler) ended(h *Handle, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.running, h)
	h.runs++
	if err := h.parent.Err(); err != nil {
		// watch may not have come to it yet.
		h.end(err)
	}
	switch {
	case h.interval == 0:
		h.finish(err)
	case h.reason != nil:
		h.finish(h.reason)
	default:
		h.advance(s.opts.Clock.Now())
		s.enqueue(h)
	}
	if !s.stopped {
		s.dispatch()
	} else if len(s.running) == 0 {
		close(s.idle)
	}
}
