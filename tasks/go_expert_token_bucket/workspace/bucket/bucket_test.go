package bucket

import (
	"errors"
	"testing"
	"time"
)

func TestABucketStartsFull(t *testing.T) {
	b, err := New(Config{Capacity: 2, Tokens: 1, Per: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	if !b.AllowN(2) || b.AllowN(1) {
		t.Error("two tokens should be there, and no third")
	}
}

func TestNewChecksItsConfiguration(t *testing.T) {
	if _, err := New(Config{Capacity: 1, Tokens: 1}); !errors.Is(err, ErrConfig) {
		t.Errorf("got %v, want ErrConfig", err)
	}
}
