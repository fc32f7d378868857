// Package scheduler runs functions later, once or again and again, on a
// bounded set of workers.
package scheduler

import (
	"context"
	"errors"
	"fmt"
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
	// ErrNotImplemented is returned for what the scheduler cannot do yet.
	ErrNotImplemented = errors.New("scheduler: not implemented")
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
type Scheduler struct {
	opts Options
}

// New returns a scheduler without jobs.
func New(opts Options) (*Scheduler, error) {
	if opts.Workers < 1 {
		return nil, fmt.Errorf("%w, not %d", ErrWorkers, opts.Workers)
	}
	if opts.Clock == nil {
		opts.Clock = clock.System
	}
	return &Scheduler{opts: opts}, nil
}

// After runs job once, after delay.
func (s *Scheduler) After(ctx context.Context, delay time.Duration, job Job) (*Handle, error) {
	return nil, ErrNotImplemented
}

// Every runs job after each interval.
func (s *Scheduler) Every(ctx context.Context, interval time.Duration, job Job) (*Handle, error) {
	if interval <= 0 {
		return nil, fmt.Errorf("%w: %s", ErrInterval, interval)
	}
	return nil, ErrNotImplemented
}

// Stop lets running jobs finish, drops all others and waits for the end, or
// for the end of ctx.
func (s *Scheduler) Stop(ctx context.Context) error {
	return ErrNotImplemented
}
