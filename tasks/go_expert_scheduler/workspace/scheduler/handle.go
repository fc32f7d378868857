package scheduler

// Handle stands for a job that has been scheduled.
type Handle struct {
	done chan struct{}
}

// Done returns a channel that is closed when the job will not run again and is
// not running.
func (h *Handle) Done() <-chan struct{} {
	return h.done
}

// Err returns nil until Done is closed, and then how the job ended.
func (h *Handle) Err() error {
	return ErrNotImplemented
}

// Runs returns the number of runs that have ended.
func (h *Handle) Runs() int {
	return 0
}

// Cancel ends the job. It does not wait for a running one.
func (h *Handle) Cancel() {
}
