// Package clock lets the time be told by something other than the system.
package clock

import "time"

// Clock tells the time and wakes people up. Its methods may be called by
// several goroutines, with or without locks held: they never call back before
// they return.
type Clock interface {
	// Now returns the current time.
	Now() time.Time
	// At calls f once, in a goroutine of its own, when the clock reads t or
	// later. If that is so already, f is called without delay.
	At(t time.Time, f func()) Alarm
}

// Alarm is a call that a Clock will make.
type Alarm interface {
	// Stop prevents the call and reports whether it did. It is false if the
	// call has been made, is being made, or was prevented before.
	Stop() bool
}

// System is the clock of the system.
var System Clock = system{}

type system struct{}

func (system) Now() time.Time { return time.Now() }

func (system) At(t time.Time, f func()) Alarm { return time.AfterFunc(time.Until(t), f) }
