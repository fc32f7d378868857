package scheduler

import (
	"errors"
	"testing"
)

func TestNewNeedsAWorker(t *testing.T) {
	if _, err := New(Options{}); !errors.Is(err, ErrWorkers) {
		t.Errorf("got %v, want ErrWorkers", err)
	}
}
