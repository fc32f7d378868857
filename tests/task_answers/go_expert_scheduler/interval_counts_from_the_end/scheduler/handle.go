package scheduler

import (
	"container/heap"
	"context"
	"time"
)

// Handle stands for a job that has been scheduled.
type Handle struct {
	scheduler *Scheduler
	job       Job
	interval  time.Duration   // 0 for a job that runs once
	parent    context.Context // as given by the caller
	ctx       context.Context // cancelled when the job should end
	cancel    context.CancelFunc
	done      chan struct{}

	// Guarded by the lock of the scheduler.
	due    time.Time
	order  uint64
	queue  *queue // where it is, nil while it runs or when it is done
	index  int    // in queue
	runs   int
	reason error // why it is to end, the first one
	err    error // set before done is closed
}

// Done returns a channel that is closed when the job will not run again and is
// not running.
func (h *Handle) Done() <-chan struct{} {
	return h.done
}

// Err returns nil until Done is closed, and then how the job ended.
func (h *Handle) Err() error {
	h.scheduler.mu.Lock()
	defer h.scheduler.mu.Unlock()
	return h.err
}

// Runs returns the number of runs that have ended.
func (h *Handle) Runs() int {
	h.scheduler.mu.Lock()
	defer h.scheduler.mu.Unlock()
	return h.runs
}

// Cancel ends the job. It does not wait for a running one.
func (h *Handle) Cancel() {
	h.giveUp(context.Canceled)
}

// watch ends the job when the context of its caller ends.
func (h *Handle) watch() {
	select {
	case <-h.done:
	case <-h.parent.Done():
		h.giveUp(h.parent.Err())
	}
}

// giveUp ends the job for a reason: at once, or after its run.
func (h *Handle) giveUp(reason error) {
	s := h.scheduler
	s.mu.Lock()
	defer s.mu.Unlock()
	h.end(reason)
	h.cancel()
	if h.queue != nil {
		heap.Remove(h.queue, h.index)
		h.finish(h.reason)
		s.setAlarm()
	}
}

// The methods below need the lock of the scheduler.

// end notes why the job is to end. The first reason counts.
func (h *Handle) end(reason error) {
	if h.reason == nil {
		h.reason = reason
	}
}

func (h *Handle) finish(err error) {
	h.queue = nil
	h.err = err
	h.cancel()
	close(h.done)
}

// advance sets the first due time of the grid that is later than now.
func (h *Handle) advance(now time.Time) {
	h.due = now.Add(h.interval)
}

// queue is a heap of jobs, the one that is due next first.
type queue []*Handle

func (q queue) Len() int { return len(q) }

func (q queue) Less(i, j int) bool {
	if !q[i].due.Equal(q[j].due) {
		return q[i].due.Before(q[j].due)
	}
	return q[i].order < q[j].order
}

func (q queue) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].index, q[j].index = i, j
}

func (q *queue) Push(x any) {
	h := x.(*Handle)
	h.index = len(*q)
	*q = append(*q, h)
}

func (q *queue) Pop() any {
	last := len(*q) - 1
	h := (*q)[last]
	(*q)[last] = nil
	*q = (*q)[:last]
	return h
}
