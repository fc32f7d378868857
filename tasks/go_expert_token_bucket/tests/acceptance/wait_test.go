package acceptance

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"example.com/bucket/bucket"
)

var background = context.Background()

func TestWaitForTokensThatAreThere(t *testing.T) {
	c := newClock()
	b := newBucket(t, c, 5, 1, time.Second)
	wantEnd(t, wait(t, b, background, 3), nil)
	wantTokens(t, b, 2)
	wantNoAlarm(t, c)
}

func TestWaitEndsWhenTheTokensCome(t *testing.T) {
	c := newClock()
	b := emptyBucket(t, c, 10)
	w := wait(t, b, background, 3)
	c.advance(3*time.Second - 1)
	wantQueued(t, b, 1)
	wantBlocked(t, w)
	c.advance(1)
	wantEnd(t, w, nil)
	wantTokens(t, b, 0)
	wantNoAlarm(t, c)
}

func TestWaitersAreServedInOrder(t *testing.T) {
	c := newClock()
	b := emptyBucket(t, c, 10)
	first := wait(t, b, background, 5)
	second := wait(t, b, background, 1)
	third := wait(t, b, background, 2)
	wantQueued(t, b, 3)
	c.advance(4 * time.Second)
	wantQueued(t, b, 3)
	c.advance(time.Second)
	wantEnd(t, first, nil)
	wantBlocked(t, second)
	c.advance(time.Second)
	wantEnd(t, second, nil)
	wantBlocked(t, third)
	c.advance(2 * time.Second)
	wantEnd(t, third, nil)
	wantTokens(t, b, 0)
	wantNoAlarm(t, c)
}

func TestOneStepOfTheClockServesMany(t *testing.T) {
	c := newClock()
	b := emptyBucket(t, c, 10)
	var all []<-chan error
	for i := 0; i < 8; i++ {
		all = append(all, wait(t, b, background, 2))
	}
	c.advance(time.Minute)
	for _, w := range all {
		wantEnd(t, w, nil)
	}
	wantTokens(t, b, 10)
	wantNoAlarm(t, c)
}

func TestWaitersAndReservationsShareTheQueue(t *testing.T) {
	c := newClock()
	b := emptyBucket(t, c, 10)
	ahead := reserve(t, b, 2)
	w := wait(t, b, background, 3)
	behind := reserve(t, b, 1)
	wantDelay(t, behind, 6*time.Second)
	c.advance(2 * time.Second)
	wantDelay(t, ahead, 0)
	wantBlocked(t, w)
	c.advance(3 * time.Second)
	wantEnd(t, w, nil)
	wantDelay(t, behind, time.Second)
}

func TestCancelledReservationLetsAWaiterGoAtOnce(t *testing.T) {
	c := newClock()
	b := emptyBucket(t, c, 10)
	ahead := reserve(t, b, 9)
	w := wait(t, b, background, 3)
	c.advance(4 * time.Second)
	wantBlocked(t, w)
	ahead.Cancel()
	wantEnd(t, w, nil)
	wantTokens(t, b, 1)
	wantNoAlarm(t, c)
}

func TestCancelledReservationBringsAWaiterForward(t *testing.T) {
	c := newClock()
	b := emptyBucket(t, c, 10)
	ahead := reserve(t, b, 9)
	w := wait(t, b, background, 3)
	ahead.Cancel()
	c.advance(3 * time.Second)
	wantEnd(t, w, nil)
	wantTokens(t, b, 0)
	wantNoAlarm(t, c)
}

func TestEndedContextTakesNothing(t *testing.T) {
	b := newBucket(t, newClock(), 5, 1, time.Second)
	ctx, cancel := context.WithCancel(background)
	cancel()
	wantEnd(t, wait(t, b, ctx, 1), context.Canceled)
	wantEnd(t, wait(t, b, ctx, 0), context.Canceled)
	wantTokens(t, b, 5)
}

func TestContextThatEndsWhileWaiting(t *testing.T) {
	c := newClock()
	b := emptyBucket(t, c, 10)
	ctx, cancel := context.WithCancel(background)
	w := wait(t, b, ctx, 5)
	behind := reserve(t, b, 2)
	wantDelay(t, behind, 7*time.Second)
	cancel()
	wantEnd(t, w, context.Canceled)
	wantQueued(t, b, 1)
	wantDelay(t, behind, 2*time.Second)
	wantNoAlarm(t, c)
	c.advance(10 * time.Second)
	wantTokens(t, b, 8)
}

func TestContextThatEndsLetsTheNextWaiterMoveUp(t *testing.T) {
	c := newClock()
	b := emptyBucket(t, c, 10)
	ctx, cancel := context.WithCancel(background)
	first := wait(t, b, ctx, 8)
	second := wait(t, b, background, 2)
	third := wait(t, b, background, 4)
	c.advance(3 * time.Second)
	cancel()
	wantEnd(t, first, context.Canceled)
	wantEnd(t, second, nil)
	wantBlocked(t, third)
	wantQueued(t, b, 1)
	c.advance(3 * time.Second)
	wantEnd(t, third, nil)
	wantTokens(t, b, 0)
	wantNoAlarm(t, c)
}

func TestDeadlineThatComesTooEarly(t *testing.T) {
	c := newClock()
	b := emptyBucket(t, c, 10)
	reserve(t, b, 2)
	ctx, cancel := context.WithDeadline(background, epoch.Add(5*time.Second-1))
	defer cancel()
	w := wait(t, b, ctx, 3)
	select {
	case err := <-w:
		if !errors.Is(err, bucket.ErrDeadline) {
			t.Errorf("got %v, want ErrDeadline", err)
		}
	default:
		t.Error("WaitN waits for tokens that come too late")
	}
	wantQueued(t, b, 1)
	wantNoAlarm(t, c)
}

func TestDeadlineAtTheVeryInstant(t *testing.T) {
	c := newClock()
	b := emptyBucket(t, c, 10)
	ctx, cancel := context.WithDeadline(background, epoch.Add(3*time.Second))
	defer cancel()
	w := wait(t, b, ctx, 3)
	wantBlocked(t, w)
	c.advance(3 * time.Second)
	wantEnd(t, w, nil)
}

func TestDeadlineIsNoHindranceForTokensThatAreThere(t *testing.T) {
	c := newClock()
	b := newBucket(t, c, 5, 1, time.Second)
	ctx, cancel := context.WithDeadline(background, epoch.Add(time.Second))
	defer cancel()
	wantEnd(t, wait(t, b, ctx, 5), nil)
}

func TestImpossibleWaits(t *testing.T) {
	b := newBucket(t, newClock(), 5, 1, time.Second)
	ctx, cancel := context.WithCancel(background)
	cancel()
	for _, ctx := range []context.Context{background, ctx} {
		if err := b.WaitN(ctx, -1); !errors.Is(err, bucket.ErrNegative) {
			t.Errorf("got %v, want ErrNegative", err)
		}
		if err := b.WaitN(ctx, 6); !errors.Is(err, bucket.ErrCapacity) {
			t.Errorf("got %v, want ErrCapacity", err)
		}
	}
	wantTokens(t, b, 5)
}

func TestZeroTokensAreNotWaitedFor(t *testing.T) {
	b := emptyBucket(t, newClock(), 5)
	reserve(t, b, 5)
	wantEnd(t, wait(t, b, background, 0), nil)
	wantQueued(t, b, 1)
}

func TestNewcomerDoesNotOvertakeAWaiter(t *testing.T) {
	c := newClock()
	b := emptyBucket(t, c, 10)
	first := wait(t, b, background, 6)
	c.advance(5 * time.Second)
	second := wait(t, b, background, 1)
	if b.AllowN(1) {
		t.Error("AllowN overtook a waiter")
	}
	wantBlocked(t, second)
	c.advance(time.Second)
	wantEnd(t, first, nil)
	wantQueued(t, b, 1)
	c.advance(time.Second)
	wantEnd(t, second, nil)
}

func TestCancelRacingWithService(t *testing.T) {
	for round := 0; round < 200; round++ {
		c := newClock()
		b := emptyBucket(t, c, 10)
		ctx, cancel := context.WithCancel(background)
		w := wait(t, b, ctx, 3)
		go cancel()
		c.advance(5 * time.Second)
		var err error
		select {
		case err = <-w:
		case <-time.After(patience):
			t.Fatal("WaitN did not return")
		}
		want := int64(5)
		if err == nil {
			want = 2
		}
		if got := b.Tokens(); got != want {
			t.Fatalf("WaitN returned %v and left %d tokens, want %d", err, got, want)
		}
	}
}

func TestManyGoroutinesGetExactlyTheTokens(t *testing.T) {
	c := newClock()
	b := newBucket(t, c, 100, 1, time.Second)
	var wg sync.WaitGroup
	var mu sync.Mutex
	taken := 0
	for g := 0; g < 20; g++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := 0; i < 20; i++ {
				if b.AllowN(1) {
					mu.Lock()
					taken++
					mu.Unlock()
				}
			}
		}()
	}
	wg.Wait()
	if taken != 100 {
		t.Errorf("%d tokens were taken, want 100", taken)
	}
}
