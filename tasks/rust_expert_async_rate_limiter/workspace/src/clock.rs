//! Time as the limiter sees it.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::Duration;

/// Names one timer of one clock. Ids are never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TimerId(pub u64);

/// A source of time and of wake-ups.
///
/// No method may block, call a waker, or call back into the limiter before it returns.
pub trait Clock: Send + Sync {
    /// The time since the clock's own origin.
    fn now(&self) -> Duration;

    /// Wakes `waker` once, as soon as the clock notices that `deadline` has been reached.
    ///
    /// A deadline in the past is fine: the timer then fires the next time that the clock moves.
    fn schedule(&self, deadline: Duration, waker: Waker) -> TimerId;

    /// Forgets a timer. Does nothing if it has fired or was cancelled.
    fn cancel(&self, timer: TimerId);
}

/// A clock that stands still until it is moved.
#[derive(Debug, Default)]
pub struct ManualClock {
    state: Mutex<Timers>,
}

#[derive(Debug, Default)]
struct Timers {
    now: Duration,
    issued: u64,
    pending: Vec<(Duration, TimerId, Waker)>,
}

impl ManualClock {
    /// A clock that shows zero.
    pub fn new() -> Self {
        Self::default()
    }

    /// Moves the clock forward and then wakes whoever is due, earliest deadline first.
    pub fn advance(&self, by: Duration) {
        let mut due = Vec::new();
        {
            let mut timers = self.lock();
            timers.now = timers.now.saturating_add(by);
            let now = timers.now;
            let (ready, later) = timers.pending.drain(..).partition(|timer| timer.0 <= now);
            timers.pending = later;
            due.extend::<Vec<_>>(ready);
        }
        due.sort_by_key(|(deadline, id, _)| (*deadline, id.0));
        for (_, _, waker) in due {
            waker.wake();
        }
    }

    /// The number of timers that have neither fired nor been cancelled.
    pub fn pending(&self) -> usize {
        self.lock().pending.len()
    }

    fn lock(&self) -> MutexGuard<'_, Timers> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Duration {
        self.lock().now
    }

    fn schedule(&self, deadline: Duration, waker: Waker) -> TimerId {
        let mut timers = self.lock();
        timers.issued += 1;
        let id = TimerId(timers.issued);
        timers.pending.push((deadline, id, waker));
        id
    }

    fn cancel(&self, timer: TimerId) {
        self.lock().pending.retain(|(_, id, _)| *id != timer);
    }
}
