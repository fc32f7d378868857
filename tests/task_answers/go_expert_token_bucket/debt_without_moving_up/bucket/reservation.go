package bucket

import "time"

// Reservation is a request for tokens that will be served in its turn.
type Reservation struct {
	bucket    *Bucket
	n         int64
	blocking  bool          // a WaitN is blocked on it
	served    chan struct{} // closed once the tokens are its own
	cancelled bool
	at        time.Time // when its turn comes
}

// Delay returns the time from now until the tokens are its own, or Never.
func (r *Reservation) Delay() time.Duration {
	b := r.bucket
	b.mu.Lock()
	defer b.mu.Unlock()
	b.update()
	switch {
	case r.cancelled:
		return Never
	case r.isServed():
		return 0
	}
	delay := r.at.Sub(b.last)
	// After a step back of the clock it takes longer until the next token.
	lag := b.last.Sub(b.config.Clock.Now())
	switch {
	case lag <= 0:
		return delay
	case delay > Never-lag:
		return Never
	}
	return delay + lag
}

// Cancel gives up the request and reports whether its tokens were still to come.
func (r *Reservation) Cancel() bool {
	b := r.bucket
	b.mu.Lock()
	defer b.mu.Unlock()
	b.update()
	if r.cancelled || r.isServed() {
		return false
	}
	r.cancelled = true
	b.serve()
	b.setAlarm()
	return true
}

func (r *Reservation) isServed() bool {
	select {
	case <-r.served:
		return true
	default:
		return false
	}
}
