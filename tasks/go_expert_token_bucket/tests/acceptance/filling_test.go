package acceptance

import (
	"errors"
	"math"
	"testing"
	"time"

	"example.com/bucket/bucket"
)

func TestStartsFullAndRunsEmpty(t *testing.T) {
	b := newBucket(t, newClock(), 5, 1, time.Second)
	wantTokens(t, b, 5)
	if !b.AllowN(3) || b.AllowN(3) || !b.AllowN(2) || b.AllowN(1) {
		t.Error("exactly five tokens should be there")
	}
}

func TestInvalidConfigurations(t *testing.T) {
	for _, c := range []bucket.Config{
		{Capacity: 0, Tokens: 1, Per: 1}, {Capacity: -1, Tokens: 1, Per: 1}, {Capacity: 1, Tokens: 0, Per: 1},
		{Capacity: 1, Tokens: -1, Per: 1}, {Capacity: 1, Tokens: 1, Per: 0}, {Capacity: 1, Tokens: 1, Per: -1},
	} {
		if _, err := bucket.New(c); !errors.Is(err, bucket.ErrConfig) {
			t.Errorf("%+v: got %v, want ErrConfig", c, err)
		}
	}
}

func TestRefillsEvenly(t *testing.T) {
	c := newClock()
	b := emptyBucket(t, c, 10)
	c.advance(time.Second - 1)
	wantTokens(t, b, 0)
	c.advance(1)
	wantTokens(t, b, 1)
	c.advance(2500 * time.Millisecond)
	wantTokens(t, b, 3)
	c.advance(500 * time.Millisecond)
	wantTokens(t, b, 4)
}

func TestNeverAboveCapacity(t *testing.T) {
	c := newClock()
	b := newBucket(t, c, 3, 1, time.Second)
	c.advance(time.Hour)
	wantTokens(t, b, 3)
	if !b.AllowN(3) || b.AllowN(1) {
		t.Error("exactly three tokens should be there")
	}
}

func TestFractionsAboveCapacityAreLost(t *testing.T) {
	c := newClock()
	b := newBucket(t, c, 1, 1, time.Second)
	c.advance(900 * time.Millisecond)
	b.AllowN(1)
	c.advance(999 * time.Millisecond)
	wantTokens(t, b, 0)
	c.advance(time.Millisecond)
	wantTokens(t, b, 1)
}

func TestManySmallStepsDoNotDrift(t *testing.T) {
	c := newClock()
	b := newBucket(t, c, 1000, 3, time.Second)
	b.AllowN(1000)
	// 300 000 steps of 1 000 000/3 ns, rounded so that they add up to a hundred seconds.
	for i := 0; i < 100_000; i++ {
		for _, step := range []time.Duration{333_333, 333_333, 333_334} {
			c.advance(step)
			b.Tokens()
		}
	}
	wantTokens(t, b, 300)
	c.advance(333_333_333)
	wantTokens(t, b, 300)
	c.advance(1)
	wantTokens(t, b, 301)
}

func TestTokensFasterThanNanoseconds(t *testing.T) {
	c := newClock()
	b := newBucket(t, c, 1000, 7, 2)
	b.AllowN(1000)
	c.advance(1)
	wantTokens(t, b, 3)
	c.advance(1)
	wantTokens(t, b, 7)
}

func TestLongIdleTimesDoNotOverflow(t *testing.T) {
	c := newClock()
	b := newBucket(t, c, math.MaxInt64, math.MaxInt64, 1)
	if !b.AllowN(math.MaxInt64) {
		t.Fatal("a new bucket is not full")
	}
	wantTokens(t, b, 0)
	c.advance(math.MaxInt64)
	wantTokens(t, b, math.MaxInt64)
	if !b.AllowN(math.MaxInt64) || b.AllowN(1) {
		t.Error("the bucket should hold its capacity and no more")
	}
}

func TestHugeNumbersStayExact(t *testing.T) {
	c := newClock()
	b := newBucket(t, c, math.MaxInt64, math.MaxInt64, math.MaxInt64)
	b.AllowN(math.MaxInt64)
	c.advance(math.MaxInt64 - 1)
	wantTokens(t, b, math.MaxInt64-1)
	c.advance(1)
	wantTokens(t, b, math.MaxInt64)
}

func TestClockThatStepsBack(t *testing.T) {
	c := newClock()
	b := emptyBucket(t, c, 10)
	c.advance(2 * time.Second)
	wantTokens(t, b, 2)
	c.advance(-time.Minute)
	wantTokens(t, b, 2)
	c.advance(time.Minute)
	wantTokens(t, b, 2)
	c.advance(time.Second)
	wantTokens(t, b, 3)
}

func TestAllowOfImpossibleNumbers(t *testing.T) {
	b := newBucket(t, newClock(), 5, 1, time.Second)
	for _, n := range []int64{-1, math.MinInt64, 6, math.MaxInt64} {
		if b.AllowN(n) {
			t.Errorf("AllowN(%d) is true", n)
		}
	}
	wantTokens(t, b, 5)
	if !b.AllowN(0) {
		t.Error("AllowN(0) is false")
	}
}
