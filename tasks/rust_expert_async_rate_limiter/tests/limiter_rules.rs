use std::collections::VecDeque;
use std::future::Future;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{mpsc, Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::{Duration, Instant};

use pacer::{
    Acquire, AcquireError, Clock, Config, ConfigError, ManualClock, RateLimiter, TimerId,
    TryAcquireError,
};

const SECOND: Duration = Duration::from_secs(1);

/// A clock that can be set to any time, also back, and shows its outstanding timers.
#[derive(Default)]
struct TestClock {
    state: Mutex<ClockState>,
}

#[derive(Default)]
struct ClockState {
    now: Duration,
    issued: u64,
    timers: Vec<(Duration, TimerId, Waker)>,
    most: usize,
}

impl TestClock {
    fn set(&self, now: Duration) {
        let mut state = self.state.lock().unwrap();
        state.now = now;
        let timers = std::mem::take(&mut state.timers);
        let (due, later): (Vec<_>, Vec<_>) = timers.into_iter().partition(|timer| timer.0 <= now);
        state.timers = later;
        drop(state);
        for (_, _, waker) in due {
            waker.wake();
        }
    }

    fn at(&self, seconds: u64) {
        self.set(Duration::from_secs(seconds));
    }

    fn deadlines(&self) -> Vec<Duration> {
        let state = self.state.lock().unwrap();
        state.timers.iter().map(|timer| timer.0).collect()
    }

    fn most(&self) -> usize {
        self.state.lock().unwrap().most
    }
}

impl Clock for TestClock {
    fn now(&self) -> Duration {
        self.state.lock().unwrap().now
    }

    fn schedule(&self, deadline: Duration, waker: Waker) -> TimerId {
        let mut state = self.state.lock().unwrap();
        state.issued += 1;
        let id = TimerId(state.issued);
        state.timers.push((deadline, id, waker));
        state.most = state.most.max(state.timers.len());
        id
    }

    fn cancel(&self, timer: TimerId) {
        let mut state = self.state.lock().unwrap();
        state.timers.retain(|(_, id, _)| *id != timer);
    }
}

/// A waker that counts.
#[derive(Default)]
struct Bell(AtomicUsize);

impl Bell {
    fn rung(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }

    fn silence(&self) {
        self.0.store(0, Ordering::SeqCst);
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// A waker that runs a function.
struct Act<F>(F);

impl<F: Fn() + Send + Sync> Wake for Act<F> {
    fn wake(self: Arc<Self>) {
        (self.0)();
    }
}

/// One request, polled by hand.
struct Request {
    future: Acquire,
    bell: Arc<Bell>,
}

impl Request {
    fn poll(&mut self) -> Poll<Result<(), AcquireError>> {
        let waker = Waker::from(Arc::clone(&self.bell));
        poll_with(&mut self.future, &waker)
    }
}

fn poll_with(future: &mut Acquire, waker: &Waker) -> Poll<Result<(), AcquireError>> {
    Pin::new(future).poll(&mut Context::from_waker(waker))
}

const DONE: Poll<Result<(), AcquireError>> = Poll::Ready(Ok(()));
const CLOSED: Poll<Result<(), AcquireError>> = Poll::Ready(Err(AcquireError::Closed));

fn limiter(capacity: u32, interval: Duration) -> (Arc<TestClock>, RateLimiter) {
    let clock = Arc::new(TestClock::default());
    let limiter = RateLimiter::new(clock.clone(), Config { capacity, interval }).unwrap();
    (clock, limiter)
}

/// A limiter with an empty bucket at time zero.
fn emptied(capacity: u32, interval: Duration) -> (Arc<TestClock>, RateLimiter) {
    let (clock, limiter) = limiter(capacity, interval);
    limiter.try_acquire(capacity).unwrap();
    (clock, limiter)
}

fn request(limiter: &RateLimiter, permits: u32) -> Request {
    Request {
        future: limiter.acquire(permits),
        bell: Arc::default(),
    }
}

/// A request that has joined the queue.
fn queued(limiter: &RateLimiter, permits: u32) -> Request {
    let mut request = request(limiter, permits);
    assert_eq!(request.poll(), Poll::Pending);
    request
}

/// Runs `check` on a thread of its own, so that a deadlock fails the test instead of hanging it.
fn without_deadlock(check: impl FnOnce() + Send + 'static) {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        check();
        sender.send(()).unwrap();
    });
    let outcome = receiver.recv_timeout(Duration::from_secs(10));
    outcome.expect("deadlocked or panicked");
}

/// A small executor on one thread: polls woken tasks in the order in which they were woken.
#[derive(Default)]
struct Executor {
    tasks: Vec<Option<Pin<Box<dyn Future<Output = ()>>>>>,
    ready: Arc<Mutex<VecDeque<usize>>>,
}

struct Enqueue {
    task: usize,
    ready: Arc<Mutex<VecDeque<usize>>>,
}

impl Wake for Enqueue {
    fn wake(self: Arc<Self>) {
        self.ready.lock().unwrap().push_back(self.task);
    }
}

impl Executor {
    fn spawn(&mut self, future: impl Future<Output = ()> + 'static) {
        self.ready.lock().unwrap().push_back(self.tasks.len());
        self.tasks.push(Some(Box::pin(future)));
    }

    fn run_until_stalled(&mut self) {
        loop {
            let next = self.ready.lock().unwrap().pop_front();
            let task = match next {
                Some(task) => task,
                None => return,
            };
            let ready = Arc::clone(&self.ready);
            let waker = Waker::from(Arc::new(Enqueue { task, ready }));
            if let Some(future) = &mut self.tasks[task] {
                let polled = future.as_mut().poll(&mut Context::from_waker(&waker));
                if polled.is_ready() {
                    self.tasks[task] = None;
                }
            }
        }
    }

    fn unfinished(&self) -> usize {
        self.tasks.iter().flatten().count()
    }
}

mod construction {
    use super::*;

    fn try_new(capacity: u32, interval: Duration) -> Option<ConfigError> {
        let clock = Arc::new(TestClock::default());
        RateLimiter::new(clock, Config { capacity, interval }).err()
    }

    #[test]
    fn zero_capacity_is_refused_first() {
        assert_eq!(try_new(0, SECOND), Some(ConfigError::ZeroCapacity));
        assert_eq!(try_new(0, Duration::ZERO), Some(ConfigError::ZeroCapacity));
    }

    #[test]
    fn zero_interval_is_refused() {
        assert_eq!(try_new(1, Duration::ZERO), Some(ConfigError::ZeroInterval));
        assert_eq!(try_new(1, Duration::from_nanos(1)), None);
    }

    #[test]
    fn handles_and_futures_cross_threads() {
        fn handle<T: Clone + Send + Sync + 'static>(_: &T) {}
        fn future<T: Send + Unpin + 'static>(_: &T) {}
        let (_, limiter) = limiter(1, SECOND);
        handle(&limiter);
        future(&limiter.acquire(1));
    }

    #[test]
    fn clones_share_one_bucket_and_one_queue() {
        let (_, limiter) = limiter(3, SECOND);
        let other = limiter.clone();
        assert_eq!(other.try_acquire(2), Ok(()));
        assert_eq!(limiter.available(), 1);
        let _waiter = queued(&other, 2);
        assert_eq!(limiter.waiting(), 1);
    }
}

mod bucket {
    use super::*;

    #[test]
    fn starts_full() {
        let (_, limiter) = limiter(5, SECOND);
        assert_eq!(limiter.available(), 5);
        assert_eq!(limiter.try_acquire(5), Ok(()));
        assert_eq!(limiter.available(), 0);
    }

    #[test]
    fn one_permit_comes_back_each_interval() {
        let (clock, limiter) = emptied(3, 10 * SECOND);
        let seen: Vec<u32> = [0, 9, 10, 19, 20, 29, 30, 40]
            .into_iter()
            .map(|seconds| {
                clock.at(seconds);
                limiter.available()
            })
            .collect();
        assert_eq!(seen, [0, 0, 1, 1, 2, 2, 3, 3]);
    }

    #[test]
    fn taking_does_not_restart_the_interval() {
        let (clock, limiter) = limiter(2, 10 * SECOND);
        clock.at(3);
        limiter.try_acquire(1).unwrap();
        clock.at(9);
        limiter.try_acquire(1).unwrap();
        clock.at(12);
        assert_eq!(limiter.available(), 0);
        clock.at(13);
        assert_eq!(limiter.available(), 1);
        clock.at(22);
        assert_eq!(limiter.available(), 1);
        clock.at(23);
        assert_eq!(limiter.available(), 2);
    }

    #[test]
    fn a_full_bucket_saves_no_time_up() {
        let (clock, limiter) = emptied(2, 10 * SECOND);
        clock.at(25);
        assert_eq!(limiter.available(), 2);
        clock.at(38);
        limiter.try_acquire(1).unwrap();
        clock.at(47);
        assert_eq!(limiter.available(), 1);
        clock.at(48);
        assert_eq!(limiter.available(), 2);
    }

    #[test]
    fn an_unobserved_full_bucket_saves_no_time_up() {
        let (clock, limiter) = emptied(2, 10 * SECOND);
        clock.at(38);
        limiter.try_acquire(1).unwrap();
        clock.at(47);
        assert_eq!(limiter.available(), 1);
    }

    #[test]
    fn the_origin_of_the_clock_does_not_matter() {
        let clock = Arc::new(TestClock::default());
        clock.at(1_000_000);
        let config = Config {
            capacity: 1,
            interval: 7 * SECOND,
        };
        let limiter = RateLimiter::new(clock.clone(), config).unwrap();
        limiter.try_acquire(1).unwrap();
        clock.at(1_000_006);
        assert_eq!(limiter.available(), 0);
        clock.at(1_000_007);
        assert_eq!(limiter.available(), 1);
    }

    #[test]
    fn fractions_of_a_nanosecond_scale_do_not_drift() {
        let interval = Duration::from_nanos(333_333_333);
        let (clock, limiter) = emptied(1_000_000, interval);
        for step in 1..=3000u32 {
            clock.set(Duration::from_millis(100) * step);
            limiter.available();
        }
        assert_eq!(limiter.available(), 900);
    }

    #[test]
    fn a_refund_is_there_at_once_and_keeps_the_interval() {
        let (clock, limiter) = emptied(5, 10 * SECOND);
        clock.at(4);
        limiter.refund(2);
        assert_eq!(limiter.available(), 2);
        clock.at(9);
        assert_eq!(limiter.available(), 2);
        clock.at(10);
        assert_eq!(limiter.available(), 3);
    }

    #[test]
    fn a_refund_never_overfills() {
        let (_, limiter) = limiter(5, SECOND);
        limiter.try_acquire(1).unwrap();
        limiter.refund(u32::MAX);
        assert_eq!(limiter.available(), 5);
        limiter.refund(1);
        assert_eq!(limiter.available(), 5);
    }

    #[test]
    fn a_bucket_filled_by_a_refund_starts_a_new_interval() {
        let (clock, limiter) = emptied(2, 10 * SECOND);
        clock.at(8);
        limiter.refund(2);
        clock.at(9);
        limiter.try_acquire(2).unwrap();
        clock.at(18);
        assert_eq!(limiter.available(), 0);
        clock.at(19);
        assert_eq!(limiter.available(), 1);
    }

    #[test]
    fn a_clock_that_goes_back_adds_nothing() {
        let (clock, limiter) = limiter(2, 10 * SECOND);
        clock.at(100);
        limiter.try_acquire(2).unwrap();
        clock.at(115);
        assert_eq!(limiter.available(), 1);
        clock.at(50);
        assert_eq!(limiter.available(), 1);
        clock.at(119);
        assert_eq!(limiter.available(), 1);
        clock.at(120);
        assert_eq!(limiter.available(), 2);
    }

    #[test]
    fn a_full_bucket_survives_a_clock_that_goes_back() {
        let (clock, limiter) = limiter(2, 10 * SECOND);
        clock.at(100);
        assert_eq!(limiter.available(), 2);
        clock.at(50);
        limiter.try_acquire(1).unwrap();
        clock.at(109);
        assert_eq!(limiter.available(), 1);
        clock.at(110);
        assert_eq!(limiter.available(), 2);
    }

    #[test]
    fn very_long_and_very_short_intervals_do_not_panic() {
        let (clock, slow) = emptied(u32::MAX, Duration::MAX);
        let waiter = queued(&slow, u32::MAX);
        assert_eq!(clock.deadlines(), [Duration::MAX]);
        drop(waiter);
        clock.set(Duration::MAX);
        assert_eq!(slow.available(), 1);
        let (clock, fast) = emptied(u32::MAX, Duration::from_nanos(1));
        clock.set(Duration::from_nanos(u64::from(u32::MAX) - 1));
        assert_eq!(fast.available(), u32::MAX - 1);
        clock.set(Duration::MAX);
        assert_eq!(fast.available(), u32::MAX);
    }

    #[test]
    fn a_deadline_beyond_the_range_is_the_end_of_the_range() {
        let (clock, limiter) = limiter(1, 10 * SECOND);
        clock.set(Duration::MAX - SECOND);
        limiter.try_acquire(1).unwrap();
        let _waiter = queued(&limiter, 1);
        assert_eq!(clock.deadlines(), [Duration::MAX]);
    }
}

mod asking {
    use super::*;

    #[test]
    fn try_acquire_takes_all_or_nothing() {
        let (_, limiter) = limiter(3, SECOND);
        assert_eq!(limiter.try_acquire(2), Ok(()));
        assert_eq!(limiter.try_acquire(2), Err(TryAcquireError::WouldWait));
        assert_eq!(limiter.available(), 1);
    }

    #[test]
    fn try_acquire_never_overtakes() {
        let (clock, limiter) = emptied(5, SECOND);
        let mut waiter = queued(&limiter, 3);
        clock.at(2);
        assert_eq!(limiter.try_acquire(1), Err(TryAcquireError::WouldWait));
        clock.at(5);
        assert_eq!(limiter.try_acquire(1), Err(TryAcquireError::WouldWait));
        assert_eq!(limiter.try_acquire(0), Ok(()));
        assert_eq!(waiter.poll(), DONE);
        assert_eq!(limiter.try_acquire(2), Ok(()));
    }

    #[test]
    fn too_large_requests_are_refused_at_once() {
        let (_, limiter) = emptied(3, SECOND);
        let requested = 4;
        let capacity = 3;
        let refused = TryAcquireError::TooLarge {
            requested,
            capacity,
        };
        assert_eq!(limiter.try_acquire(4), Err(refused));
        let refused = AcquireError::TooLarge {
            requested,
            capacity,
        };
        assert_eq!(
            request(&limiter, 4).poll(),
            Poll::Ready(Err(refused.clone()))
        );
        let _waiter = queued(&limiter, 1);
        assert_eq!(request(&limiter, 4).poll(), Poll::Ready(Err(refused)));
        assert_eq!(limiter.waiting(), 1);
    }

    #[test]
    fn zero_permits_never_wait() {
        let (_, limiter) = emptied(1, SECOND);
        let _waiter = queued(&limiter, 1);
        assert_eq!(request(&limiter, 0).poll(), DONE);
        assert_eq!(limiter.try_acquire(0), Ok(()));
        assert_eq!(limiter.waiting(), 1);
    }

    #[test]
    fn permits_that_are_there_are_taken_by_the_first_poll() {
        let (clock, limiter) = limiter(3, SECOND);
        assert_eq!(request(&limiter, 3).poll(), DONE);
        assert_eq!(limiter.available(), 0);
        assert_eq!(limiter.waiting(), 0);
        assert!(clock.deadlines().is_empty());
    }

    #[test]
    fn an_unpolled_future_does_nothing() {
        let (clock, limiter) = emptied(1, SECOND);
        let future = limiter.acquire(1);
        assert_eq!(limiter.waiting(), 0);
        assert!(clock.deadlines().is_empty());
        clock.at(1);
        drop(future);
        assert_eq!(limiter.available(), 1);
    }

    #[test]
    fn polling_after_completion_panics() {
        let (_, limiter) = limiter(2, SECOND);
        let mut done = request(&limiter, 1);
        assert_eq!(done.poll(), DONE);
        assert!(catch_unwind(AssertUnwindSafe(|| done.poll())).is_err());
        assert_eq!(limiter.available(), 1);
    }

    #[test]
    fn a_future_works_after_every_handle_is_gone() {
        let (clock, limiter) = emptied(1, SECOND);
        let mut waiter = queued(&limiter, 1);
        drop(limiter);
        clock.at(1);
        assert!(waiter.bell.rung() >= 1);
        assert_eq!(waiter.poll(), DONE);
    }
}

mod order {
    use super::*;

    #[test]
    fn the_queue_is_ordered_by_first_poll() {
        let (clock, limiter) = emptied(1, SECOND);
        let mut created_first = request(&limiter, 1);
        let mut polled_first = queued(&limiter, 1);
        assert_eq!(created_first.poll(), Poll::Pending);
        clock.at(1);
        assert_eq!(created_first.poll(), Poll::Pending);
        assert_eq!(polled_first.poll(), DONE);
        clock.at(2);
        assert_eq!(created_first.poll(), DONE);
    }

    #[test]
    fn a_small_request_waits_behind_a_large_one() {
        let (clock, limiter) = emptied(5, SECOND);
        let mut large = queued(&limiter, 4);
        let mut small = queued(&limiter, 1);
        clock.at(3);
        assert_eq!(small.poll(), Poll::Pending);
        assert_eq!(large.poll(), Poll::Pending);
        assert_eq!(limiter.available(), 3);
        clock.at(4);
        assert_eq!(small.poll(), Poll::Pending);
        assert_eq!(large.poll(), DONE);
        assert_eq!(small.poll(), Poll::Pending);
        clock.at(5);
        assert_eq!(small.poll(), DONE);
    }

    #[test]
    fn a_newcomer_waits_behind_the_queue_even_if_its_permits_are_there() {
        let (clock, limiter) = emptied(5, SECOND);
        let mut first = queued(&limiter, 4);
        clock.at(2);
        let mut second = queued(&limiter, 1);
        assert_eq!(limiter.waiting(), 2);
        clock.at(5);
        assert_eq!(second.poll(), Poll::Pending);
        assert_eq!(first.poll(), DONE);
        assert_eq!(second.poll(), DONE);
        assert_eq!(limiter.waiting(), 0);
    }

    #[test]
    fn polling_again_keeps_the_place() {
        let (clock, limiter) = emptied(1, SECOND);
        let mut first = queued(&limiter, 1);
        let mut second = queued(&limiter, 1);
        for _ in 0..3 {
            assert_eq!(first.poll(), Poll::Pending);
        }
        assert_eq!(limiter.waiting(), 2);
        clock.at(1);
        assert_eq!(second.poll(), Poll::Pending);
        assert_eq!(first.poll(), DONE);
    }

    #[test]
    fn an_executor_serves_tasks_in_order_at_the_right_times() {
        let (clock, limiter) = emptied(4, 10 * SECOND);
        let log = Arc::new(Mutex::new(Vec::new()));
        let mut executor = Executor::default();
        for (name, permits) in [("a", 1), ("b", 3), ("c", 1), ("d", 2), ("e", 1)] {
            let (limiter, log, clock) = (limiter.clone(), log.clone(), clock.clone());
            executor.spawn(async move {
                limiter.acquire(permits).await.unwrap();
                log.lock().unwrap().push((name, clock.now().as_secs()));
            });
        }
        for seconds in 0..=100 {
            clock.at(seconds);
            executor.run_until_stalled();
        }
        let expected = [("a", 10), ("b", 40), ("c", 50), ("d", 70), ("e", 80)];
        assert_eq!(*log.lock().unwrap(), expected);
        assert_eq!(clock.most(), 1);
    }

    #[test]
    fn a_burst_is_served_in_one_go() {
        let (clock, limiter) = emptied(3, SECOND);
        let served = Arc::new(Mutex::new(Vec::new()));
        let mut executor = Executor::default();
        for task in 0..5 {
            let (limiter, served) = (limiter.clone(), served.clone());
            executor.spawn(async move {
                limiter.acquire(1).await.unwrap();
                served.lock().unwrap().push(task);
            });
        }
        executor.run_until_stalled();
        clock.at(3);
        executor.run_until_stalled();
        assert_eq!(*served.lock().unwrap(), [0, 1, 2]);
        assert_eq!(executor.unfinished(), 2);
        clock.at(100);
        executor.run_until_stalled();
        assert_eq!(*served.lock().unwrap(), [0, 1, 2, 3, 4]);
    }

    #[test]
    fn tasks_in_a_loop_take_turns() {
        let (clock, limiter) = emptied(2, SECOND);
        let log = Arc::new(Mutex::new(Vec::new()));
        let mut executor = Executor::default();
        for task in 0..3 {
            let (limiter, log) = (limiter.clone(), log.clone());
            executor.spawn(async move {
                for _ in 0..4 {
                    limiter.acquire(1).await.unwrap();
                    log.lock().unwrap().push(task);
                }
            });
        }
        for seconds in 0..=12 {
            clock.at(seconds);
            executor.run_until_stalled();
        }
        assert_eq!(*log.lock().unwrap(), [0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2]);
    }
}

mod cancelling {
    use super::*;

    #[test]
    fn a_dropped_future_leaves_the_queue() {
        let (clock, limiter) = emptied(1, SECOND);
        let first = queued(&limiter, 1);
        let middle = queued(&limiter, 1);
        let mut last = queued(&limiter, 1);
        drop(middle);
        assert_eq!(limiter.waiting(), 2);
        drop(first);
        clock.at(1);
        assert_eq!(last.poll(), DONE);
    }

    #[test]
    fn a_dropped_future_takes_no_permits() {
        let (clock, limiter) = emptied(3, SECOND);
        drop(queued(&limiter, 2));
        clock.at(2);
        assert_eq!(limiter.available(), 2);
        assert_eq!(limiter.try_acquire(2), Ok(()));
    }

    #[test]
    fn a_future_dropped_after_it_was_woken_passes_the_turn_on() {
        let (clock, limiter) = emptied(2, SECOND);
        let first = queued(&limiter, 1);
        let mut second = queued(&limiter, 1);
        clock.at(1);
        assert!(first.bell.rung() >= 1);
        assert_eq!(second.bell.rung(), 0);
        drop(first);
        assert!(second.bell.rung() >= 1);
        assert_eq!(limiter.available(), 1);
        assert_eq!(second.poll(), DONE);
    }

    #[test]
    fn a_large_front_that_leaves_lets_a_small_one_go() {
        let (clock, limiter) = emptied(5, SECOND);
        let large = queued(&limiter, 5);
        let mut small = queued(&limiter, 2);
        clock.at(3);
        assert_eq!(small.bell.rung(), 0);
        drop(large);
        assert!(small.bell.rung() >= 1);
        assert!(clock.deadlines().is_empty());
        assert_eq!(small.poll(), DONE);
        assert_eq!(limiter.available(), 1);
    }

    #[test]
    fn a_front_that_leaves_early_hands_its_timer_on() {
        let (clock, limiter) = emptied(5, 10 * SECOND);
        let first = queued(&limiter, 1);
        let mut second = queued(&limiter, 3);
        drop(first);
        assert_eq!(second.bell.rung(), 0);
        assert_eq!(clock.deadlines(), [30 * SECOND]);
        clock.at(30);
        assert!(second.bell.rung() >= 1);
        assert_eq!(second.poll(), DONE);
    }

    #[test]
    fn a_waiter_in_the_middle_leaves_quietly() {
        let (clock, limiter) = emptied(2, SECOND);
        let first = queued(&limiter, 1);
        let middle = queued(&limiter, 1);
        let last = queued(&limiter, 1);
        drop(middle);
        assert_eq!(first.bell.rung() + last.bell.rung(), 0);
        assert_eq!(clock.deadlines(), [SECOND]);
    }

    #[test]
    fn dropping_a_finished_future_changes_nothing() {
        let (_, limiter) = limiter(1, SECOND);
        let mut done = request(&limiter, 1);
        assert_eq!(done.poll(), DONE);
        let waiter = queued(&limiter, 1);
        drop(done);
        assert_eq!(limiter.available(), 0);
        assert_eq!(limiter.waiting(), 1);
        assert_eq!(waiter.bell.rung(), 0);
    }

    #[test]
    fn the_last_one_out_cancels_the_timer() {
        let (clock, limiter) = emptied(1, SECOND);
        let waiter = queued(&limiter, 1);
        assert_eq!(clock.deadlines(), [SECOND]);
        drop(waiter);
        assert!(clock.deadlines().is_empty());
    }
}

mod waking {
    use super::*;

    #[test]
    fn the_timer_is_set_for_the_exact_time() {
        let (clock, limiter) = limiter(5, 10 * SECOND);
        clock.at(3);
        limiter.try_acquire(5).unwrap();
        clock.at(17);
        let mut waiter = queued(&limiter, 4);
        assert_eq!(clock.deadlines(), [43 * SECOND]);
        clock.at(42);
        assert_eq!(waiter.bell.rung(), 0);
        assert_eq!(waiter.poll(), Poll::Pending);
        clock.at(43);
        assert!(waiter.bell.rung() >= 1);
        assert_eq!(waiter.poll(), DONE);
        assert!(clock.deadlines().is_empty());
    }

    #[test]
    fn there_is_one_timer_however_many_wait() {
        let (clock, limiter) = emptied(4, SECOND);
        let mut waiters: Vec<Request> = (0..50).map(|n| queued(&limiter, 1 + n % 4)).collect();
        for waiter in &mut waiters {
            assert_eq!(waiter.poll(), Poll::Pending);
        }
        assert_eq!(clock.deadlines(), [SECOND]);
        assert_eq!(clock.most(), 1);
    }

    #[test]
    fn polling_again_piles_up_no_timers() {
        let (clock, limiter) = emptied(1, SECOND);
        let mut waiter = queued(&limiter, 1);
        for _ in 0..100 {
            waiter.bell = Arc::default();
            assert_eq!(waiter.poll(), Poll::Pending);
        }
        assert_eq!(clock.deadlines(), [SECOND]);
        assert_eq!(clock.most(), 1);
    }

    #[test]
    fn time_wakes_only_the_front() {
        let (clock, limiter) = emptied(10, SECOND);
        let waiters: Vec<Request> = (0..10).map(|_| queued(&limiter, 1)).collect();
        clock.at(10);
        assert!(waiters[0].bell.rung() >= 1);
        assert!(waiters[1..].iter().all(|waiter| waiter.bell.rung() == 0));
    }

    #[test]
    fn serving_one_wakes_the_next_if_its_permits_are_there() {
        let (clock, limiter) = emptied(3, SECOND);
        let mut waiters: Vec<Request> = (0..3).map(|_| queued(&limiter, 1)).collect();
        clock.at(2);
        assert_eq!(waiters[0].poll(), DONE);
        assert!(clock.deadlines().is_empty());
        assert!(waiters[1].bell.rung() >= 1);
        assert_eq!(waiters[2].bell.rung(), 0);
        assert_eq!(waiters[1].poll(), DONE);
        assert_eq!(waiters[2].bell.rung(), 0);
        assert_eq!(clock.deadlines(), [3 * SECOND]);
    }

    #[test]
    fn the_newest_waker_is_woken_at_the_front() {
        let (clock, limiter) = emptied(1, SECOND);
        let mut waiter = queued(&limiter, 1);
        let newest = Arc::new(Bell::default());
        waiter.bell = newest.clone();
        assert_eq!(waiter.poll(), Poll::Pending);
        clock.at(1);
        assert!(newest.rung() >= 1);
    }

    #[test]
    fn the_newest_waker_is_woken_behind_the_front() {
        let (clock, limiter) = emptied(2, SECOND);
        let mut first = queued(&limiter, 1);
        let mut second = queued(&limiter, 1);
        let newest = Arc::new(Bell::default());
        second.bell = newest.clone();
        assert_eq!(second.poll(), Poll::Pending);
        clock.at(1);
        assert_eq!(first.poll(), DONE);
        clock.at(2);
        assert!(newest.rung() >= 1);
        assert_eq!(second.poll(), DONE);
    }

    #[test]
    fn a_timer_that_fired_too_early_is_set_again() {
        let (clock, limiter) = emptied(1, 10 * SECOND);
        let mut waiter = queued(&limiter, 1);
        clock.at(10);
        clock.at(6);
        assert_eq!(waiter.poll(), Poll::Pending);
        assert_eq!(clock.deadlines(), [10 * SECOND]);
        waiter.bell.silence();
        clock.at(10);
        assert!(waiter.bell.rung() >= 1);
        assert_eq!(waiter.poll(), DONE);
    }

    #[test]
    fn a_refund_wakes_a_front_that_can_go() {
        let (clock, limiter) = emptied(5, SECOND);
        let mut first = queued(&limiter, 3);
        let second = queued(&limiter, 1);
        limiter.refund(5);
        assert!(first.bell.rung() >= 1);
        assert_eq!(second.bell.rung(), 0);
        assert!(clock.deadlines().is_empty());
        assert_eq!(first.poll(), DONE);
        assert!(second.bell.rung() >= 1);
    }

    #[test]
    fn a_refund_that_is_too_small_brings_the_timer_forward() {
        let (clock, limiter) = emptied(5, 10 * SECOND);
        let waiter = queued(&limiter, 4);
        clock.at(3);
        limiter.refund(1);
        assert_eq!(waiter.bell.rung(), 0);
        assert_eq!(clock.deadlines(), [30 * SECOND]);
    }

    #[test]
    fn a_waker_may_call_the_limiter() {
        without_deadlock(|| {
            let (clock, limiter) = emptied(4, SECOND);
            let inner = limiter.clone();
            let seen = Arc::new(Mutex::new(Vec::new()));
            let log = seen.clone();
            let waker = Waker::from(Arc::new(Act(move || {
                let tried = inner.try_acquire(1);
                let mut log = log.lock().unwrap();
                log.push((inner.available(), inner.waiting(), tried));
            })));
            let mut first = queued(&limiter, 1);
            let mut second = limiter.acquire(1);
            assert_eq!(poll_with(&mut second, &waker), Poll::Pending);
            clock.at(2);
            assert_eq!(first.poll(), DONE);
            limiter.refund(1);
            limiter.close();
            seen.lock().unwrap().dedup();
            let wait = Err(TryAcquireError::WouldWait);
            let closed = Err(TryAcquireError::Closed);
            let expected = [(1, 1, wait), (2, 1, wait), (2, 0, closed)];
            assert_eq!(*seen.lock().unwrap(), expected);
        });
    }

    #[test]
    fn a_waker_may_poll_the_woken_future_at_once() {
        without_deadlock(|| {
            let (clock, limiter) = emptied(2, SECOND);
            let mut first = queued(&limiter, 1);
            let slot = Arc::new(Mutex::new(Some(limiter.acquire(1))));
            let served = Arc::new(AtomicUsize::new(0));
            let (inner, count) = (slot.clone(), served.clone());
            let waker = Waker::from(Arc::new(Act(move || {
                let taken = inner.lock().unwrap().take();
                let silent = Waker::from(Arc::new(Bell::default()));
                if let Some(mut future) = taken {
                    assert_eq!(poll_with(&mut future, &silent), DONE);
                    count.fetch_add(1, Ordering::SeqCst);
                }
            })));
            let mut second = slot.lock().unwrap().take().unwrap();
            assert_eq!(poll_with(&mut second, &waker), Poll::Pending);
            *slot.lock().unwrap() = Some(second);
            clock.at(2);
            assert_eq!(first.poll(), DONE);
            assert_eq!(served.load(Ordering::SeqCst), 1);
            assert_eq!(limiter.available(), 0);
        });
    }

    #[test]
    fn a_waker_may_drop_other_futures() {
        without_deadlock(|| {
            let (clock, limiter) = emptied(3, SECOND);
            let mut first = queued(&limiter, 1);
            let mut second = limiter.acquire(1);
            let third = Arc::new(Mutex::new(None));
            let victim = third.clone();
            let waker = Waker::from(Arc::new(Act(move || {
                let dropped: Option<Request> = victim.lock().unwrap().take();
                drop(dropped);
            })));
            assert_eq!(poll_with(&mut second, &waker), Poll::Pending);
            *third.lock().unwrap() = Some(queued(&limiter, 1));
            clock.at(3);
            assert_eq!(first.poll(), DONE);
            assert_eq!(limiter.waiting(), 1);
            drop(second);
            assert_eq!(limiter.waiting(), 0);
            assert_eq!(limiter.available(), 2);
        });
    }
}

mod closing {
    use super::*;

    #[test]
    fn everybody_in_the_queue_is_turned_away() {
        let (clock, limiter) = emptied(2, SECOND);
        let mut first = queued(&limiter, 1);
        let mut second = queued(&limiter, 2);
        clock.at(1);
        first.bell.silence();
        limiter.close();
        assert_eq!(limiter.waiting(), 0);
        assert!(clock.deadlines().is_empty());
        assert!(first.bell.rung() >= 1);
        assert!(second.bell.rung() >= 1);
        assert_eq!(first.poll(), CLOSED);
        assert_eq!(second.poll(), CLOSED);
    }

    #[test]
    fn the_queue_is_woken_in_order() {
        let (_, limiter) = emptied(1, SECOND);
        let order = Arc::new(Mutex::new(Vec::new()));
        let mut futures: Vec<Acquire> = (0..20).map(|_| limiter.acquire(1)).collect();
        for (place, future) in futures.iter_mut().enumerate() {
            let order = order.clone();
            let waker = Waker::from(Arc::new(Act(move || order.lock().unwrap().push(place))));
            assert_eq!(poll_with(future, &waker), Poll::Pending);
        }
        limiter.close();
        order.lock().unwrap().dedup();
        assert_eq!(*order.lock().unwrap(), (0..20).collect::<Vec<_>>());
    }

    #[test]
    fn later_requests_are_turned_away() {
        let (_, limiter) = limiter(2, SECOND);
        let mut unpolled = request(&limiter, 1);
        limiter.close();
        limiter.close();
        assert_eq!(unpolled.poll(), CLOSED);
        assert_eq!(request(&limiter, 0).poll(), CLOSED);
        assert_eq!(request(&limiter, 9).poll(), CLOSED);
        for permits in [0, 1, 9] {
            let refused = limiter.try_acquire(permits);
            assert_eq!(refused, Err(TryAcquireError::Closed));
        }
    }

    #[test]
    fn the_bucket_goes_on_working() {
        let (clock, limiter) = emptied(5, SECOND);
        limiter.close();
        clock.at(1);
        limiter.refund(2);
        assert_eq!(limiter.available(), 3);
    }

    #[test]
    fn a_turned_away_future_may_be_dropped_unpolled() {
        let (clock, limiter) = emptied(2, SECOND);
        let first = queued(&limiter, 1);
        let second = queued(&limiter, 1);
        limiter.close();
        clock.at(2);
        drop(first);
        drop(second);
        assert_eq!(limiter.waiting(), 0);
        assert_eq!(limiter.available(), 2);
        assert!(clock.deadlines().is_empty());
    }
}

mod threads {
    use super::*;

    struct Unpark(thread::Thread);

    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    fn block_on(mut future: Acquire) -> Result<(), AcquireError> {
        let waker = Waker::from(Arc::new(Unpark(thread::current())));
        loop {
            match poll_with(&mut future, &waker) {
                Poll::Ready(outcome) => return outcome,
                Poll::Pending => thread::park(),
            }
        }
    }

    #[test]
    fn many_threads_are_all_served() {
        const THREADS: usize = 4;
        const ROUNDS: usize = 50;
        let clock = Arc::new(ManualClock::new());
        let interval = Duration::from_millis(1);
        let config = Config {
            capacity: 3,
            interval,
        };
        let limiter = RateLimiter::new(clock.clone(), config).unwrap();
        let served = Arc::new(AtomicUsize::new(0));
        for number in 0..THREADS {
            let (limiter, served) = (limiter.clone(), served.clone());
            thread::spawn(move || {
                for round in 0..ROUNDS {
                    if (number + round) % 5 == 0 {
                        let waker = Waker::from(Arc::new(Bell::default()));
                        let _ = poll_with(&mut limiter.acquire(2), &waker);
                    }
                    block_on(limiter.acquire(1 + (round % 3) as u32)).unwrap();
                    served.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        let patience = Instant::now();
        while served.load(Ordering::SeqCst) < THREADS * ROUNDS {
            clock.advance(interval);
            thread::yield_now();
            assert!(patience.elapsed().as_secs() < 60, "somebody starves");
        }
        assert_eq!(limiter.waiting(), 0);
        assert_eq!(clock.pending(), 0);
    }
}
