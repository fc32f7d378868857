package acceptance

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"example.com/scheduler/scheduler"
)

func TestWorkersMustBePositive(t *testing.T) {
	for _, n := range []int{0, -1} {
		if _, err := scheduler.New(scheduler.Options{Workers: n}); !errors.Is(err, scheduler.ErrWorkers) {
			t.Errorf("%d workers: got %v, want ErrWorkers", n, err)
		}
	}
}

func TestIntervalMustBePositive(t *testing.T) {
	s := newScheduler(t, scheduler.Options{Workers: 1, Clock: newClock()})
	for _, d := range []time.Duration{0, -1} {
		if h, err := s.Every(background, d, newGate().job); h != nil || !errors.Is(err, scheduler.ErrInterval) {
			t.Errorf("interval %s: got %v, %v; want ErrInterval", d, h, err)
		}
	}
}

func TestJobMustNotBeNil(t *testing.T) {
	s := newScheduler(t, scheduler.Options{Workers: 1, Clock: newClock()})
	if h, err := s.After(background, 0, nil); h != nil || !errors.Is(err, scheduler.ErrNilJob) {
		t.Errorf("After: got %v, %v; want ErrNilJob", h, err)
	}
	if h, err := s.Every(background, 1, nil); h != nil || !errors.Is(err, scheduler.ErrNilJob) {
		t.Errorf("Every: got %v, %v; want ErrNilJob", h, err)
	}
}

func TestEndedContextIsRefused(t *testing.T) {
	c := newClock()
	s := newScheduler(t, scheduler.Options{Workers: 1, Clock: c})
	ctx, cancel := context.WithCancel(background)
	cancel()
	g := newGate()
	if h, err := s.After(ctx, 0, g.job); h != nil || err != context.Canceled {
		t.Errorf("After: got %v, %v; want context.Canceled", h, err)
	}
	if h, err := s.Every(ctx, 1, g.job); h != nil || err != context.Canceled {
		t.Errorf("Every: got %v, %v; want context.Canceled", h, err)
	}
	awaitAlarms(t, c, 0)
}

func TestDelayedJobRunsAtItsDueTime(t *testing.T) {
	c := newClock()
	d := newDiary(c)
	s := newScheduler(t, scheduler.Options{Workers: 1, Clock: c})
	h := after(t, s, background, 5*time.Second, d.job("a"))
	c.advance(5*time.Second - 1)
	wantNotDone(t, h)
	c.advance(1)
	wantDone(t, h, nil, 1)
	d.want(t, "a@5s")
}

func TestJobWithoutDelayRunsAtOnce(t *testing.T) {
	c := newClock()
	d := newDiary(c)
	s := newScheduler(t, scheduler.Options{Workers: 1, Clock: c})
	wantDone(t, after(t, s, background, 0, d.job("zero")), nil, 1)
	wantDone(t, after(t, s, background, -time.Hour, d.job("negative")), nil, 1)
	d.want(t, "zero@0s", "negative@0s")
}

func TestDueJobsStartInOrderOfTheirDueTimes(t *testing.T) {
	c := newClock()
	d := newDiary(c)
	s := newScheduler(t, scheduler.Options{Workers: 1, Clock: c})
	g := newGate()
	after(t, s, background, 0, g.job)
	g.awaitStart(t)
	for _, delay := range []time.Duration{5, 3, 1, 4, 2} {
		after(t, s, background, delay*time.Second, d.job(fmt.Sprint(int(delay))))
	}
	c.advance(time.Minute)
	g.open(t, nil)
	d.want(t, "1@1m0s", "2@1m0s", "3@1m0s", "4@1m0s", "5@1m0s")
}

func TestEqualDueTimesKeepTheOrderOfScheduling(t *testing.T) {
	c := newClock()
	d := newDiary(c)
	s := newScheduler(t, scheduler.Options{Workers: 1, Clock: c})
	g := newGate()
	after(t, s, background, 0, g.job)
	g.awaitStart(t)
	var want []string
	for i := 0; i < 20; i++ {
		name := fmt.Sprint(i)
		if i%2 == 0 {
			after(t, s, background, time.Second, d.job(name))
		} else {
			every(t, s, background, time.Second, d.job(name))
		}
		want = append(want, name+"@1s")
	}
	c.advance(time.Second)
	g.open(t, nil)
	d.want(t, want...)
}

func TestEarlierJobThatIsAddedLaterRunsOnTime(t *testing.T) {
	c := newClock()
	d := newDiary(c)
	s := newScheduler(t, scheduler.Options{Workers: 1, Clock: c})
	after(t, s, background, time.Hour, d.job("late"))
	awaitAlarms(t, c, 1)
	after(t, s, background, time.Second, d.job("early"))
	c.advance(time.Second)
	d.want(t, "early@1s")
	c.advance(time.Hour - time.Second)
	d.want(t, "late@1h0m0s")
}

func TestAtMostAsManyJobsAsWorkers(t *testing.T) {
	c := newClock()
	s := newScheduler(t, scheduler.Options{Workers: 3, Clock: c})
	g := newGate()
	var mu sync.Mutex
	running, most := 0, 0
	var all []*scheduler.Handle
	for i := 0; i < 12; i++ {
		all = append(all, after(t, s, background, 0, func(ctx context.Context) error {
			mu.Lock()
			running++
			if running > most {
				most = running
			}
			mu.Unlock()
			err := g.job(ctx)
			mu.Lock()
			running--
			mu.Unlock()
			return err
		}))
	}
	for i := 0; i < 3; i++ {
		g.awaitStart(t)
	}
	g.wantNotStarted(t)
	for range all {
		g.open(t, nil)
	}
	for _, h := range all {
		wantDone(t, h, nil, 1)
	}
	if most != 3 {
		t.Errorf("%d jobs ran at the same time, want 3", most)
	}
}

func TestWaitingJobDoesNotOccupyAWorker(t *testing.T) {
	c := newClock()
	d := newDiary(c)
	s := newScheduler(t, scheduler.Options{Workers: 1, Clock: c})
	after(t, s, background, time.Hour, d.job("late"))
	every(t, s, background, time.Hour, d.job("periodic"))
	after(t, s, background, 0, d.job("now"))
	d.want(t, "now@0s")
}

func TestPeriodicJobKeepsItsGrid(t *testing.T) {
	c := newClock()
	d := newDiary(c)
	s := newScheduler(t, scheduler.Options{Workers: 1, Clock: c})
	h := every(t, s, background, 10*time.Second, d.job("tick"))
	c.advance(10*time.Second - 1)
	d.wantNothing(t)
	c.advance(1)
	for i := 1; i <= 5; i++ {
		d.want(t, fmt.Sprintf("tick@%ds", i*10))
		awaitRuns(t, h, i)
		awaitAlarms(t, c, 1)
		c.advance(10 * time.Second)
	}
	wantNotDone(t, h)
}

func TestMissedTimesAreLeftOut(t *testing.T) {
	c := newClock()
	d := newDiary(c)
	s := newScheduler(t, scheduler.Options{Workers: 1, Clock: c})
	h := every(t, s, background, 10*time.Second, d.job("tick"))
	c.advance(47 * time.Second)
	d.want(t, "tick@47s")
	awaitRuns(t, h, 1)
	awaitAlarms(t, c, 1)
	c.advance(2999 * time.Millisecond)
	d.wantNothing(t)
	c.advance(time.Millisecond)
	d.want(t, "tick@50s")
}

func TestNextDueTimeComesAfterTheEndOfTheRun(t *testing.T) {
	c := newClock()
	s := newScheduler(t, scheduler.Options{Workers: 2, Clock: c})
	g := newGate()
	h := every(t, s, background, 10*time.Second, g.job)
	c.advance(10 * time.Second)
	g.awaitStart(t)
	c.advance(10 * time.Second)
	g.wantNotStarted(t)
	g.open(t, nil) // ends at 20s, which is one of its due times: the next is 30s
	awaitRuns(t, h, 1)
	awaitAlarms(t, c, 1)
	g.wantNotStarted(t)
	c.advance(9 * time.Second)
	g.wantNotStarted(t)
	c.advance(time.Second)
	g.awaitStart(t)
	g.open(t, nil)
}

func TestPeriodicJobNeverOverlapsItself(t *testing.T) {
	c := newClock()
	d := newDiary(c)
	s := newScheduler(t, scheduler.Options{Workers: 4, Clock: c})
	g := newGate()
	every(t, s, background, time.Second, g.job)
	other := every(t, s, background, time.Second, d.job("other"))
	c.advance(time.Second)
	g.awaitStart(t)
	for i := 1; i <= 5; i++ {
		awaitRuns(t, other, i)
		awaitAlarms(t, c, 1)
		c.advance(time.Second)
	}
	g.wantNotStarted(t)
	g.open(t, nil)
}

func TestPeriodicJobQueuesBehindThoseThatAreDue(t *testing.T) {
	c := newClock()
	d := newDiary(c)
	s := newScheduler(t, scheduler.Options{Workers: 1, Clock: c})
	g := newGate()
	after(t, s, background, 0, g.job)
	g.awaitStart(t)
	every(t, s, background, time.Second, d.job("tick"))
	after(t, s, background, 2*time.Second, d.job("a"))
	after(t, s, background, 3*time.Second, d.job("b"))
	c.advance(5 * time.Second)
	g.open(t, nil)
	d.want(t, "tick@5s", "a@5s", "b@5s")
	awaitAlarms(t, c, 1)
	c.advance(time.Second)
	d.want(t, "tick@6s")
}

func TestJobsMayUseTheScheduler(t *testing.T) {
	c := newClock()
	d := newDiary(c)
	s := newScheduler(t, scheduler.Options{Workers: 1, Clock: c})
	after(t, s, background, 0, func(ctx context.Context) error {
		h, err := s.After(background, time.Second, d.job("inner"))
		if err != nil {
			return err
		}
		if h.Err() != nil || h.Runs() != 0 {
			d.note("wrong")
		}
		victim, err := s.Every(background, time.Second, d.job("victim"))
		if err != nil {
			return err
		}
		victim.Cancel()
		d.note("outer")
		return nil
	})
	d.want(t, "outer@0s")
	c.advance(time.Second)
	d.want(t, "inner@1s")
}

func TestOneAlarmForTheEarliestJob(t *testing.T) {
	c := newClock()
	d := newDiary(c)
	s := newScheduler(t, scheduler.Options{Workers: 1, Clock: c})
	awaitAlarms(t, c, 0)
	first := after(t, s, background, time.Second, d.job("a"))
	after(t, s, background, 2*time.Second, d.job("b"))
	after(t, s, background, 3*time.Second, d.job("c"))
	awaitAlarms(t, c, 1)
	first.Cancel()
	awaitAlarms(t, c, 1)
	c.advance(2 * time.Second)
	d.want(t, "b@2s")
	awaitAlarms(t, c, 1)
	c.advance(time.Second)
	d.want(t, "c@3s")
	awaitAlarms(t, c, 0)
}

func TestNoAlarmWhileTheOnlyPeriodicJobRuns(t *testing.T) {
	c := newClock()
	s := newScheduler(t, scheduler.Options{Workers: 1, Clock: c})
	g := newGate()
	h := every(t, s, background, time.Second, g.job)
	c.advance(time.Second)
	g.awaitStart(t)
	awaitAlarms(t, c, 0)
	g.open(t, nil)
	awaitRuns(t, h, 1)
	awaitAlarms(t, c, 1)
	h.Cancel()
	awaitAlarms(t, c, 0)
}

func TestManyGoroutinesScheduleAndCancel(t *testing.T) {
	c := newClock()
	s := newScheduler(t, scheduler.Options{Workers: 4, Clock: c})
	var wg sync.WaitGroup
	handles := make(chan *scheduler.Handle, 1000)
	for g := 0; g < 10; g++ {
		g := g
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := 0; i < 50; i++ {
				h, err := s.After(background, time.Duration(i%5)*time.Second, func(context.Context) error { return nil })
				if err != nil {
					t.Error(err)
					return
				}
				if (i+g)%3 == 0 {
					h.Cancel()
				}
				handles <- h
			}
		}()
	}
	wg.Wait()
	close(handles)
	c.advance(10 * time.Second)
	for h := range handles {
		await(t, h.Done(), "a job to be done")
		if ran := h.Runs() == 1; ran != (h.Err() == nil) {
			t.Errorf("%d runs and the error %v", h.Runs(), h.Err())
		}
	}
	awaitAlarms(t, c, 0)
}
