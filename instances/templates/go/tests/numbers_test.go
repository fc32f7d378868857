package numberskit

import (
	"errors"
	"testing"
)

func expect(t *testing.T, number, low, high, want int) {
	t.Helper()
	got, err := Clamp(number, low, high)
	if err != nil || got != want {
		t.Fatalf("Clamp(%d, %d, %d) = %d, %v; want %d", number, low, high, got, err, want)
	}
}

func TestANumberBetweenTheBoundsStays(t *testing.T) { expect(t, 5, 1, 9, 5) }

func TestBoundsBelongToTheRange(t *testing.T) {
	expect(t, 1, 1, 9, 1)
	expect(t, 9, 1, 9, 9)
}

func TestASmallerNumberBecomesTheLowerBound(t *testing.T) { expect(t, -3, 1, 9, 1) }

func TestALargerNumberBecomesTheUpperBound(t *testing.T) { expect(t, 12, 1, 9, 9) }

func TestBoundsInTheWrongOrderAreRefused(t *testing.T) {
	if _, err := Clamp(5, 9, 1); !errors.Is(err, ErrBounds) {
		t.Fatalf("got %v, want ErrBounds", err)
	}
}

func TestDoubleStillWorks(t *testing.T) {
	if Double(4) != 8 {
		t.Fatal("Double(4) is not 8")
	}
}
