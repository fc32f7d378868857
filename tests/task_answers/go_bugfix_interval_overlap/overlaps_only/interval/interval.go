// Package interval has half-open spans of time, [Start, End).
//
// The start belongs to an interval and the end does not. An interval whose
// start equals its end is empty: it holds no instant.
package interval

import (
	"errors"
	"fmt"
	"time"
)

// ErrInverted is returned by New for an end that lies before the start.
var ErrInverted = errors.New("interval ends before it starts")

// Interval is the span of time from Start, included, to End, not included.
// The zero value is an empty interval.
type Interval struct {
	Start time.Time
	End   time.Time
}

// New returns the interval from start to end.
// It returns ErrInverted if end lies before start. Both may be the same instant.
func New(start, end time.Time) (Interval, error) {
	if end.Before(start) {
		return Interval{}, fmt.Errorf("%w: %s to %s", ErrInverted, start.Format(time.RFC3339), end.Format(time.RFC3339))
	}
	return Interval{Start: start, End: end}, nil
}

// Empty reports whether the interval holds no instant.
func (iv Interval) Empty() bool {
	return !iv.Start.Before(iv.End)
}

// Duration returns the length of the interval.
func (iv Interval) Duration() time.Duration {
	return iv.End.Sub(iv.Start)
}

// Contains reports whether t lies in the interval.
func (iv Interval) Contains(t time.Time) bool {
	return !t.Before(iv.Start) && !t.After(iv.End)
}

// Overlaps reports whether some instant lies in both intervals.
func (iv Interval) Overlaps(other Interval) bool {
	return later(iv.Start, other.Start).Before(earlier(iv.End, other.End))
}

// Intersect returns the part that both intervals have in common.
// If there is none, it returns the zero Interval and false.
func (iv Interval) Intersect(other Interval) (Interval, bool) {
	if !iv.Overlaps(other) {
		return Interval{}, false
	}
	return Interval{Start: later(iv.Start, other.Start), End: earlier(iv.End, other.End)}, true
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
