package acceptance

import (
	"errors"
	"math"
	"testing"
	"time"

	"example.com/bucket/bucket"
)

func TestReservationOfTokensThatAreThere(t *testing.T) {
	b := newBucket(t, newClock(), 5, 1, time.Second)
	r := reserve(t, b, 3)
	wantDelay(t, r, 0)
	wantTokens(t, b, 2)
	wantQueued(t, b, 0)
	if r.Cancel() {
		t.Error("a served reservation was cancelled")
	}
	wantTokens(t, b, 2)
}

func TestReservationsAreServedInOrder(t *testing.T) {
	c := newClock()
	b := emptyBucket(t, c, 10)
	first, second := reserve(t, b, 4), reserve(t, b, 2)
	wantDelay(t, first, 4*time.Second)
	wantDelay(t, second, 6*time.Second)
	wantQueued(t, b, 2)
	c.advance(4 * time.Second)
	wantDelay(t, first, 0)
	wantDelay(t, second, 2*time.Second)
	wantQueued(t, b, 1)
	c.advance(time.Hour)
	wantDelay(t, second, 0)
	wantQueued(t, b, 0)
	wantTokens(t, b, 10)
}

func TestDelayIsRoundedUp(t *testing.T) {
	c := newClock()
	b := newBucket(t, c, 3, 3, time.Second)
	b.AllowN(3)
	r := reserve(t, b, 1)
	wantDelay(t, r, 333_333_334)
	c.advance(333_333_333)
	wantDelay(t, r, 1)
	c.advance(1)
	wantDelay(t, r, 0)
}

func TestNobodyOvertakesTheQueue(t *testing.T) {
	c := newClock()
	b := emptyBucket(t, c, 10)
	reserve(t, b, 8)
	c.advance(5 * time.Second)
	wantTokens(t, b, 5)
	if b.AllowN(1) {
		t.Error("AllowN overtook a reservation")
	}
	wantDelay(t, reserve(t, b, 1), 4*time.Second)
}

func TestZeroTokensGoPastTheQueue(t *testing.T) {
	b := emptyBucket(t, newClock(), 10)
	reserve(t, b, 8)
	if !b.AllowN(0) {
		t.Error("AllowN(0) is false")
	}
	r := reserve(t, b, 0)
	wantDelay(t, r, 0)
	wantQueued(t, b, 1)
	if r.Cancel() {
		t.Error("a served reservation was cancelled")
	}
}

func TestImpossibleReservations(t *testing.T) {
	b := newBucket(t, newClock(), 5, 1, time.Second)
	if _, err := b.ReserveN(-1); !errors.Is(err, bucket.ErrNegative) {
		t.Errorf("got %v, want ErrNegative", err)
	}
	if _, err := b.ReserveN(6); !errors.Is(err, bucket.ErrCapacity) {
		t.Errorf("got %v, want ErrCapacity", err)
	}
	wantQueued(t, b, 0)
	wantTokens(t, b, 5)
}

func TestCancelMovesTheOthersUp(t *testing.T) {
	b := emptyBucket(t, newClock(), 10)
	first, second, third := reserve(t, b, 2), reserve(t, b, 5), reserve(t, b, 1)
	if !second.Cancel() || second.Cancel() {
		t.Error("Cancel should be true once")
	}
	wantDelay(t, first, 2*time.Second)
	wantDelay(t, second, bucket.Never)
	wantDelay(t, third, 3*time.Second)
	wantQueued(t, b, 2)
}

func TestCancelServesThoseWhoCanBeServedNow(t *testing.T) {
	c := newClock()
	b := emptyBucket(t, c, 10)
	first, second, third := reserve(t, b, 9), reserve(t, b, 3), reserve(t, b, 4)
	c.advance(5 * time.Second)
	if !first.Cancel() {
		t.Error("the reservation could not be cancelled")
	}
	wantDelay(t, second, 0)
	wantDelay(t, third, 2*time.Second)
	wantTokens(t, b, 2)
	wantQueued(t, b, 1)
}

func TestCancelAfterItsTimeDoesNothing(t *testing.T) {
	c := newClock()
	b := emptyBucket(t, c, 10)
	r := reserve(t, b, 2)
	c.advance(2 * time.Second)
	if r.Cancel() {
		t.Error("the tokens were its own")
	}
	wantDelay(t, r, 0)
	wantTokens(t, b, 0)
}

func TestTokensBeyondTheQueueAreCapped(t *testing.T) {
	c := newClock()
	b := emptyBucket(t, c, 4)
	reserve(t, b, 4)
	reserve(t, b, 4)
	c.advance(11 * time.Second)
	wantTokens(t, b, 3)
	c.advance(11 * time.Second)
	wantTokens(t, b, 4)
}

func TestDelaysBeyondTheLongestDuration(t *testing.T) {
	c := newClock()
	b := newBucket(t, c, math.MaxInt64, 1, math.MaxInt64)
	b.AllowN(math.MaxInt64)
	one := reserve(t, b, 1)
	var last *bucket.Reservation
	for i := 0; i < 6; i++ {
		last = reserve(t, b, math.MaxInt64)
		wantDelay(t, last, bucket.Never)
	}
	wantQueued(t, b, 7)
	wantTokens(t, b, 0)
	c.advance(math.MaxInt64 - 1)
	wantDelay(t, one, 1)
	c.advance(1)
	wantDelay(t, one, 0)
	wantDelay(t, last, bucket.Never)
}

func TestQueueThatWantsMoreThanAnInt64(t *testing.T) {
	c := newClock()
	b := newBucket(t, c, math.MaxInt64, math.MaxInt64, time.Second)
	b.AllowN(math.MaxInt64)
	var queue []*bucket.Reservation
	for i := 0; i < 4; i++ {
		queue = append(queue, reserve(t, b, math.MaxInt64))
	}
	for i, r := range queue {
		wantDelay(t, r, time.Duration(i+1)*time.Second)
	}
	c.advance(3 * time.Second)
	wantQueued(t, b, 1)
	wantDelay(t, queue[3], time.Second)
	wantTokens(t, b, 0)
}

func TestDelayAfterAStepBackOfTheClock(t *testing.T) {
	c := newClock()
	b := emptyBucket(t, c, 10)
	r := reserve(t, b, 3)
	c.advance(time.Second)
	wantDelay(t, r, 2*time.Second)
	c.advance(-time.Minute)
	wantDelay(t, r, time.Minute+2*time.Second)
	c.advance(time.Minute)
	wantDelay(t, r, 2*time.Second)
}

func TestLongQueueOfTheLargestRequests(t *testing.T) {
	c := newClock()
	b := newBucket(t, c, math.MaxInt64, math.MaxInt64, math.MaxInt64)
	b.AllowN(math.MaxInt64)
	for i := 0; i < 20; i++ {
		wantDelay(t, reserve(t, b, math.MaxInt64), bucket.Never)
	}
	c.advance(math.MaxInt64)
	wantQueued(t, b, 19)
}
