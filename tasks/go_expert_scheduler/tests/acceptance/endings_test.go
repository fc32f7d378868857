package acceptance

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"testing"
	"time"

	"example.com/scheduler/scheduler"
)

type contextKey struct{}

func TestCancelledJobNeverRuns(t *testing.T) {
	c := newClock()
	d := newDiary(c)
	s := newScheduler(t, scheduler.Options{Workers: 1, Clock: c})
	h := after(t, s, background, time.Second, d.job("a"))
	p := every(t, s, background, time.Second, d.job("p"))
	for _, x := range []*scheduler.Handle{h, p} {
		x.Cancel()
		x.Cancel()
		wantDone(t, x, context.Canceled, 0)
	}
	c.advance(time.Hour)
	wantDone(t, after(t, s, background, 0, d.job("last")), nil, 1)
	d.want(t, "last@1h0m0s")
}

func TestContextEndsAWaitingJob(t *testing.T) {
	c := newClock()
	d := newDiary(c)
	s := newScheduler(t, scheduler.Options{Workers: 1, Clock: c})
	ctx, cancel := context.WithCancel(background)
	h := after(t, s, ctx, time.Second, d.job("a"))
	p := every(t, s, ctx, time.Second, d.job("p"))
	cancel()
	wantDone(t, h, context.Canceled, 0)
	wantDone(t, p, context.Canceled, 0)
	awaitAlarms(t, c, 0)
}

func TestContextThatEndedJustBeforeTheDueTime(t *testing.T) {
	for i := 0; i < 100; i++ {
		c := newClock()
		s := newScheduler(t, scheduler.Options{Workers: 1, Clock: c})
		ctx, cancel := context.WithCancel(background)
		h := after(t, s, ctx, time.Second, newDiary(c).job("a"))
		cancel()
		c.advance(time.Second)
		wantDone(t, h, context.Canceled, 0)
	}
}

func TestContextWithADeadlineGivesItsError(t *testing.T) {
	s := newScheduler(t, scheduler.Options{Workers: 1, Clock: newClock()})
	ctx, cancel := context.WithTimeout(background, 20*time.Millisecond)
	defer cancel()
	h, err := s.After(ctx, time.Hour, newGate().job)
	if err == context.DeadlineExceeded {
		return // a slow machine: the context had ended before the call
	}
	if err != nil {
		t.Fatal(err)
	}
	wantDone(t, h, context.DeadlineExceeded, 0)
}

func TestDueJobThatWaitsForAWorkerCanBeCancelled(t *testing.T) {
	c := newClock()
	d := newDiary(c)
	s := newScheduler(t, scheduler.Options{Workers: 1, Clock: c})
	g := newGate()
	after(t, s, background, 0, g.job)
	g.awaitStart(t)
	ctx, cancel := context.WithCancel(background)
	byContext := after(t, s, ctx, 0, d.job("context"))
	byHandle := after(t, s, background, 0, d.job("handle"))
	last := after(t, s, background, 0, d.job("last"))
	cancel()
	byHandle.Cancel()
	wantDone(t, byContext, context.Canceled, 0)
	wantDone(t, byHandle, context.Canceled, 0)
	g.open(t, nil)
	wantDone(t, last, nil, 1)
	d.want(t, "last@0s")
}

func TestCancelReachesARunningJob(t *testing.T) {
	c := newClock()
	s := newScheduler(t, scheduler.Options{Workers: 1, Clock: c})
	g := newGate()
	h := after(t, s, background, 0, g.patientJob)
	g.awaitStart(t)
	wantNotDone(t, h)
	h.Cancel()
	wantDone(t, h, context.Canceled, 1)
}

func TestStartedDelayedJobKeepsItsOwnResult(t *testing.T) {
	c := newClock()
	s := newScheduler(t, scheduler.Options{Workers: 1, Clock: c})
	own := errors.New("its own")
	for _, result := range []error{nil, own} {
		g := newGate()
		ctx, cancel := context.WithCancel(background)
		h := after(t, s, ctx, 0, g.job)
		jobCtx := g.awaitStart(t)
		cancel()
		h.Cancel()
		await(t, jobCtx.Done(), "the context of the job")
		wantNotDone(t, h)
		g.open(t, result)
		wantDone(t, h, result, 1)
	}
}

func TestPeriodicJobEndsAfterTheRunInWhichItWasCancelled(t *testing.T) {
	c := newClock()
	s := newScheduler(t, scheduler.Options{Workers: 1, Clock: c})
	g := newGate()
	h := every(t, s, background, time.Second, g.job)
	c.advance(time.Second)
	jobCtx := g.awaitStart(t)
	h.Cancel()
	await(t, jobCtx.Done(), "the context of the job")
	wantNotDone(t, h)
	g.open(t, nil)
	wantDone(t, h, context.Canceled, 1)
	awaitAlarms(t, c, 0)
}

func TestFirstReasonCounts(t *testing.T) {
	c := newClock()
	s := newScheduler(t, scheduler.Options{Workers: 1, Clock: c})
	g := newGate()
	h := every(t, s, background, time.Second, g.job)
	c.advance(time.Second)
	g.awaitStart(t)
	h.Cancel()
	stopping := stopAll(s, background)
	eventually(t, "the scheduler to refuse jobs", func() bool {
		x, err := s.After(background, time.Hour, g.job)
		if x != nil {
			x.Cancel()
		}
		return err != nil
	})
	g.open(t, nil)
	wantStopped(t, stopping, nil)
	wantDone(t, h, context.Canceled, 1)
}

func TestContextOfAJob(t *testing.T) {
	s := newScheduler(t, scheduler.Options{Workers: 1, Clock: newClock()})
	g := newGate()
	h := after(t, s, context.WithValue(background, contextKey{}, "value"), 0, g.job)
	jobCtx := g.awaitStart(t)
	if jobCtx.Value(contextKey{}) != "value" || jobCtx.Err() != nil {
		t.Errorf("value %v, error %v", jobCtx.Value(contextKey{}), jobCtx.Err())
	}
	g.open(t, nil)
	wantDone(t, h, nil, 1)
	await(t, jobCtx.Done(), "the context of a run that is over")
}

func TestContextOfARunEndsWithTheRun(t *testing.T) {
	c := newClock()
	s := newScheduler(t, scheduler.Options{Workers: 1, Clock: c})
	g := newGate()
	h := every(t, s, background, time.Second, g.job)
	for i := 1; i <= 2; i++ {
		c.advance(time.Second)
		jobCtx := g.awaitStart(t)
		if jobCtx.Err() != nil {
			t.Fatalf("run %d starts with an ended context", i)
		}
		g.open(t, nil)
		await(t, jobCtx.Done(), "the context of a run that is over")
		awaitRuns(t, h, i)
		awaitAlarms(t, c, 1)
	}
}

func TestErrorsAreReportedAndKept(t *testing.T) {
	c := newClock()
	d := newDiary(c)
	boom := errors.New("boom")
	var h *scheduler.Handle
	known := make(chan struct{})
	s := newScheduler(t, scheduler.Options{Workers: 1, Clock: c, OnError: func(got *scheduler.Handle, err error) {
		<-known
		select {
		case <-got.Done():
			d.note("too late")
		default:
		}
		d.note(fmt.Sprintf("%v %v", got == h, err))
	}})
	h = after(t, s, background, 0, func(context.Context) error { return boom })
	close(known)
	wantDone(t, h, boom, 1)
	d.want(t, "true boom@0s")
	wantDone(t, after(t, s, background, 0, func(context.Context) error { return nil }), nil, 1)
	d.wantNothing(t)
}

func TestErrorIsReportedBeforeTheWorkerGoesOn(t *testing.T) {
	c := newClock()
	g := newGate()
	d := newDiary(c)
	s := newScheduler(t, scheduler.Options{Workers: 1, Clock: c, OnError: func(*scheduler.Handle, error) {
		_ = g.job(background)
		d.note("reported")
	}})
	after(t, s, background, 0, func(context.Context) error { return errors.New("boom") })
	g.awaitStart(t)
	next := after(t, s, background, 0, d.job("next"))
	wantNotDone(t, next)
	g.open(t, nil)
	d.want(t, "reported@0s", "next@0s")
}

func TestPanicIsContained(t *testing.T) {
	c := newClock()
	reports := make(chan error, 10)
	s := newScheduler(t, scheduler.Options{Workers: 1, Clock: c, OnError: func(_ *scheduler.Handle, err error) { reports <- err }})
	h := after(t, s, background, 0, func(context.Context) error { panic("boom") })
	await(t, h.Done(), "the job")
	var p *scheduler.PanicError
	if !errors.As(h.Err(), &p) || p.Value != "boom" || p.Error() != "job panicked: boom" {
		t.Errorf("got %v, want a *PanicError with boom", h.Err())
	}
	if len(reports) != 1 || !errors.As(<-reports, &p) {
		t.Error("the panic was not reported once")
	}
	wantDone(t, after(t, s, background, 0, func(context.Context) error { return nil }), nil, 1)
}

func TestGoexitIsContained(t *testing.T) {
	s := newScheduler(t, scheduler.Options{Workers: 1, Clock: newClock()})
	h := after(t, s, background, 0, func(context.Context) error {
		runtime.Goexit()
		return nil
	})
	await(t, h.Done(), "the job")
	var p *scheduler.PanicError
	if !errors.As(h.Err(), &p) || p.Value != nil {
		t.Errorf("got %v, want a *PanicError with nil", h.Err())
	}
	wantDone(t, after(t, s, background, 0, func(context.Context) error { return nil }), nil, 1)
}

func TestErrorsAndPanicsDoNotEndAPeriodicJob(t *testing.T) {
	c := newClock()
	reports := make(chan error, 10)
	s := newScheduler(t, scheduler.Options{Workers: 1, Clock: c, OnError: func(_ *scheduler.Handle, err error) { reports <- err }})
	run := 0
	h := every(t, s, background, time.Second, func(context.Context) error {
		run++
		switch run {
		case 1:
			return errors.New("boom")
		case 2:
			panic(42)
		}
		return nil
	})
	for i := 1; i <= 3; i++ {
		c.advance(time.Second)
		awaitRuns(t, h, i)
		awaitAlarms(t, c, 1)
	}
	wantNotDone(t, h)
	if len(reports) != 2 {
		t.Fatalf("%d reports, want 2", len(reports))
	}
	if err := <-reports; err.Error() != "boom" {
		t.Errorf("first report: %v", err)
	}
	if err := <-reports; err.Error() != "job panicked: 42" {
		t.Errorf("second report: %v", err)
	}
}

func TestOnErrorMayUseTheScheduler(t *testing.T) {
	c := newClock()
	d := newDiary(c)
	var s *scheduler.Scheduler
	s = newScheduler(t, scheduler.Options{Workers: 1, Clock: c, OnError: func(h *scheduler.Handle, err error) {
		h.Runs()
		h.Cancel()
		if _, err := s.After(background, 0, d.job("again")); err != nil {
			d.note(err.Error())
		}
	}})
	h := every(t, s, background, time.Second, func(context.Context) error { return errors.New("boom") })
	c.advance(time.Second)
	wantDone(t, h, context.Canceled, 1)
	d.want(t, "again@1s")
}

func TestStopOfAnIdleScheduler(t *testing.T) {
	s := newScheduler(t, scheduler.Options{Workers: 1, Clock: newClock()})
	ctx, cancel := context.WithCancel(background)
	cancel()
	wantStopped(t, stopAll(s, ctx), nil)
	wantStopped(t, stopAll(s, background), nil)
}

func TestStoppedSchedulerRefusesJobs(t *testing.T) {
	s := newScheduler(t, scheduler.Options{Workers: 1, Clock: newClock()})
	wantStopped(t, stopAll(s, background), nil)
	if h, err := s.After(background, 0, newGate().job); h != nil || !errors.Is(err, scheduler.ErrStopped) {
		t.Errorf("After: got %v, %v; want ErrStopped", h, err)
	}
	if h, err := s.Every(background, 1, newGate().job); h != nil || !errors.Is(err, scheduler.ErrStopped) {
		t.Errorf("Every: got %v, %v; want ErrStopped", h, err)
	}
}

func TestStopDropsWhatDoesNotRun(t *testing.T) {
	c := newClock()
	d := newDiary(c)
	s := newScheduler(t, scheduler.Options{Workers: 1, Clock: c})
	g := newGate()
	running := after(t, s, background, 0, g.job)
	jobCtx := g.awaitStart(t)
	due := after(t, s, background, 0, d.job("due"))
	later := after(t, s, background, time.Second, d.job("later"))
	periodic := every(t, s, background, time.Second, d.job("periodic"))
	stopping := stopAll(s, background)
	for _, h := range []*scheduler.Handle{due, later, periodic} {
		wantDone(t, h, scheduler.ErrStopped, 0)
	}
	awaitAlarms(t, c, 0)
	if jobCtx.Err() != nil {
		t.Error("Stop touched the context of a running job")
	}
	wantNotDone(t, running)
	select {
	case err := <-stopping:
		t.Errorf("Stop returned %v while a job was running", err)
	default:
	}
	g.open(t, nil)
	wantStopped(t, stopping, nil)
	select {
	case <-running.Done():
	default:
		t.Error("Stop returned before the last job was done")
	}
	if running.Err() != nil || running.Runs() != 1 {
		t.Errorf("the running job ended with %v", running.Err())
	}
	c.advance(time.Hour)
	d.wantNothing(t)
}

func TestStopEndsARunningPeriodicJob(t *testing.T) {
	c := newClock()
	s := newScheduler(t, scheduler.Options{Workers: 1, Clock: c})
	g := newGate()
	h := every(t, s, background, time.Second, g.job)
	waiting := after(t, s, background, time.Hour, g.job)
	c.advance(time.Second)
	g.awaitStart(t)
	stopping := stopAll(s, background)
	wantDone(t, waiting, scheduler.ErrStopped, 0)
	wantNotDone(t, h)
	g.open(t, errors.New("not its end"))
	wantStopped(t, stopping, nil)
	wantDone(t, h, scheduler.ErrStopped, 1)
	awaitAlarms(t, c, 0)
}

func TestStopThatRunsOutOfTimeCancelsTheRunning(t *testing.T) {
	c := newClock()
	s := newScheduler(t, scheduler.Options{Workers: 2, Clock: c})
	stubborn, patient := newGate(), newGate()
	a := after(t, s, background, 0, stubborn.job)
	b := after(t, s, background, 0, patient.patientJob)
	jobCtx := stubborn.awaitStart(t)
	patient.awaitStart(t)
	ctx, cancel := context.WithCancel(background)
	first, second := stopAll(s, ctx), stopAll(s, background)
	cancel()
	wantStopped(t, first, context.Canceled)
	await(t, jobCtx.Done(), "the context of a running job")
	wantDone(t, b, context.Canceled, 1)
	wantNotDone(t, a)
	select {
	case err := <-second:
		t.Errorf("the second Stop returned %v while a job was running", err)
	default:
	}
	stubborn.open(t, nil)
	wantStopped(t, second, nil)
	wantDone(t, a, nil, 1)
}
