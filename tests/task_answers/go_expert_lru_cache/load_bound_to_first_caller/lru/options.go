// Package lru has a cache that forgets the least recently used entries.
package lru

import (
	"errors"
	"fmt"
	"time"
)

var (
	// ErrInvalid is wrapped by the errors for options, times to live and costs out of range.
	ErrInvalid = errors.New("lru: invalid value")
	// ErrTooCostly is wrapped by the error for a value that costs more than the whole cache may.
	ErrTooCostly = errors.New("lru: value costs more than the cache may hold")
)

// Reason tells why a value left the cache.
type Reason int

// The reasons for which a value leaves the cache.
const (
	Expired  Reason = iota + 1 // its time to live has passed
	Evicted                    // a limit pushed it out
	Replaced                   // another value was stored under its key
	Removed                    // Delete or Purge
)

func (r Reason) String() string {
	switch r {
	case Expired:
		return "expired"
	case Evicted:
		return "evicted"
	case Replaced:
		return "replaced"
	case Removed:
		return "removed"
	}
	return fmt.Sprintf("Reason(%d)", int(r))
}

// Options says how much a Cache holds, and for how long. The zero value is a
// cache without limits.
type Options[K comparable, V any] struct {
	// MaxEntries is the largest number of entries. 0 means no limit.
	MaxEntries int
	// MaxCost is the largest sum of the costs of all entries. 0 means no limit.
	MaxCost int64
	// Cost returns the cost of an entry, at least 0. Without it every entry costs 1.
	Cost func(key K, value V) int64
	// TTL is the time after which entries expire. 0 means never.
	TTL time.Duration
	// Now returns the current time. Without it the cache uses time.Now.
	Now func() time.Time
	// OnEvict, if set, is called for every value that leaves the cache.
	OnEvict func(key K, value V, reason Reason)
}

// Stats counts what a Cache has done.
type Stats struct {
	Hits, Misses           int64
	Loads, LoadErrors      int64
	Evictions, Expirations int64
}

// PanicError is the error of a load that panicked or left its goroutine.
type PanicError struct {
	Value any
}

func (e *PanicError) Error() string {
	return fmt.Sprintf("load panicked: %v", e.Value)
}
