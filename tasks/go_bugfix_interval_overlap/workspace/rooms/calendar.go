// Package rooms keeps the bookings of meeting rooms.
package rooms

import (
	"errors"
	"fmt"
	"sort"
	"sync"
	"time"

	"example.com/roombook/interval"
)

// ErrEmptyBooking is returned for a booking that would hold no instant.
var ErrEmptyBooking = errors.New("a booking must last some time")

// Booking is one meeting in one room.
type Booking struct {
	Room  string
	Title string
	When  interval.Interval
}

// ConflictError says which booking stands in the way of a new one.
type ConflictError struct {
	Existing Booking
}

func (e *ConflictError) Error() string {
	const clock = "15:04"
	b := e.Existing
	return fmt.Sprintf("room %q is taken by %q from %s to %s", b.Room, b.Title, b.When.Start.Format(clock), b.When.End.Format(clock))
}

// Calendar holds the bookings of any number of rooms. The zero value is an
// empty calendar. It is safe for use by several goroutines.
type Calendar struct {
	mu       sync.RWMutex
	bookings map[string][]Booking // by room, sorted by start
}

// Book adds a booking. It returns ErrEmptyBooking for an interval without
// length, and a *ConflictError with the earliest booking of the room that
// overlaps the new one.
func (c *Calendar) Book(room, title string, when interval.Interval) (Booking, error) {
	if when.Empty() {
		return Booking{}, ErrEmptyBooking
	}
	c.mu.Lock()
	defer c.mu.Unlock()

	taken := c.bookings[room]
	for _, b := range taken {
		if b.When.Overlaps(when) {
			return Booking{}, &ConflictError{Existing: b}
		}
	}
	added := Booking{Room: room, Title: title, When: when}
	at := sort.Search(len(taken), func(i int) bool { return taken[i].When.Start.After(when.Start) })
	taken = append(taken, Booking{})
	copy(taken[at+1:], taken[at:])
	taken[at] = added
	if c.bookings == nil {
		c.bookings = make(map[string][]Booking)
	}
	c.bookings[room] = taken
	return added, nil
}

// At returns the booking that holds the room at the instant t.
func (c *Calendar) At(room string, t time.Time) (Booking, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	for _, b := range c.bookings[room] {
		if b.When.Contains(t) {
			return b, true
		}
	}
	return Booking{}, false
}

// Free returns the times within window at which nobody has the room.
func (c *Calendar) Free(room string, window interval.Interval) []interval.Interval {
	c.mu.RLock()
	defer c.mu.RUnlock()
	busy := make([]interval.Interval, 0, len(c.bookings[room]))
	for _, b := range c.bookings[room] {
		busy = append(busy, b.When)
	}
	return interval.Free(window, busy)
}
