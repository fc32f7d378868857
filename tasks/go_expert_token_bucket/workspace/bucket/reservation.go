package bucket

import "time"

// Reservation is a request for tokens that will be served in its turn.
type Reservation struct {
	bucket *Bucket
}

// Delay returns the time from now until the tokens are its own, or Never.
func (r *Reservation) Delay() time.Duration {
	return Never
}

// Cancel gives up the request and reports whether its tokens were still to come.
func (r *Reservation) Cancel() bool {
	return false
}
