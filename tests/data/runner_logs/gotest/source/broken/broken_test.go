package broken

import (
	"shelf"
	"testing"
)

func TestBefore(t *testing.T) {}

func TestPanics(t *testing.T) {
	shelf.Free(1, 2)
}

func TestNeverReached(t *testing.T) {}
