package interval

import (
	"errors"
	"testing"
	"time"
)

func TestNewRefusesAnInvertedInterval(t *testing.T) {
	noon := time.Date(2024, time.March, 4, 12, 0, 0, 0, time.UTC)
	if _, err := New(noon, noon.Add(-time.Nanosecond)); !errors.Is(err, ErrInverted) {
		t.Errorf("got error %v, want ErrInverted", err)
	}
	if _, err := New(noon, noon); err != nil {
		t.Errorf("an empty interval is allowed, got %v", err)
	}
}
