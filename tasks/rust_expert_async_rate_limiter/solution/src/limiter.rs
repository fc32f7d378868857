//! The limiter: a bucket of permits and a queue of those who wait for them.

use std::collections::BTreeMap;
use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use crate::clock::{Clock, TimerId};
use crate::error::{AcquireError, ConfigError, TryAcquireError};

/// How many permits there are and how fast they come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config {
    /// The most permits that the bucket holds; it starts full.
    pub capacity: u32,
    /// The time in which one permit comes back.
    pub interval: Duration,
}

/// A handle of a rate limiter. Clones share one bucket and one queue.
#[derive(Clone)]
pub struct RateLimiter {
    shared: Arc<Shared>,
}

impl RateLimiter {
    /// Makes a limiter with a full bucket.
    ///
    /// # Errors
    ///
    /// A capacity or an interval of zero.
    pub fn new(clock: Arc<dyn Clock>, config: Config) -> Result<Self, ConfigError> {
        if config.capacity == 0 {
            return Err(ConfigError::ZeroCapacity);
        }
        if config.interval.is_zero() {
            return Err(ConfigError::ZeroInterval);
        }
        let state = State {
            bucket: Bucket {
                config,
                permits: config.capacity,
                since: clock.now(),
            },
            queue: BTreeMap::new(),
            tickets: 0,
            timer: None,
            closed: false,
        };
        Ok(Self {
            shared: Arc::new(Shared {
                clock,
                state: Mutex::new(state),
            }),
        })
    }

    /// A future that takes `permits` permits when its turn has come.
    pub fn acquire(&self, permits: u32) -> Acquire {
        Acquire {
            shared: Arc::clone(&self.shared),
            permits,
            stage: Stage::New,
        }
    }

    /// Takes `permits` permits now or not at all; never overtakes those who wait.
    ///
    /// # Errors
    ///
    /// The limiter is closed, the bucket can never hold so many, or one would have to wait.
    pub fn try_acquire(&self, permits: u32) -> Result<(), TryAcquireError> {
        self.shared.refreshed().try_take(permits)
    }

    /// Puts permits back that were taken and not used.
    pub fn refund(&self, permits: u32) {
        let mut state = self.shared.refreshed();
        state.bucket.refund(permits);
        let served = state.attend_front(&*self.shared.clock);
        drop(state);
        wake_all(served);
    }

    /// Turns away everybody who waits, and everybody who comes later.
    pub fn close(&self) {
        let mut state = self.shared.lock();
        state.closed = true;
        let turned_away = mem::take(&mut state.queue);
        state.attend_front(&*self.shared.clock);
        drop(state);
        wake_all(turned_away.into_values().map(|waiter| waiter.waker));
    }

    /// The whole permits in the bucket at the clock's present time.
    pub fn available(&self) -> u32 {
        self.shared.refreshed().bucket.permits
    }

    /// The number of futures in the queue.
    pub fn waiting(&self) -> usize {
        self.shared.lock().queue.len()
    }
}

type Outcome = Result<(), AcquireError>;

/// The future of [`RateLimiter::acquire`]. Dropping it cancels the request.
#[must_use = "nothing is acquired until the future is polled"]
pub struct Acquire {
    shared: Arc<Shared>,
    permits: u32,
    stage: Stage,
}

#[derive(Clone, Copy)]
enum Stage {
    New,
    Queued(u64),
    Done,
}

impl Future for Acquire {
    type Output = Outcome;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let outcome = match self.stage {
            Stage::New => match self.shared.enter(self.permits, context.waker()) {
                Ok(ticket) => {
                    self.stage = Stage::Queued(ticket);
                    return Poll::Pending;
                }
                Err(outcome) => outcome,
            },
            Stage::Queued(ticket) => match self.shared.ask(ticket, context.waker()) {
                Poll::Ready(outcome) => outcome,
                Poll::Pending => return Poll::Pending,
            },
            Stage::Done => panic!("`Acquire` polled after completion"),
        };
        self.stage = Stage::Done;
        Poll::Ready(outcome)
    }
}

impl Drop for Acquire {
    fn drop(&mut self) {
        if let Stage::Queued(ticket) = self.stage {
            self.shared.leave(ticket);
        }
    }
}

struct Shared {
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The state, its bucket filled up to the present time.
    fn refreshed(&self) -> MutexGuard<'_, State> {
        let mut state = self.lock();
        state.bucket.refill(self.clock.now());
        state
    }

    /// The first poll: a ticket for the queue, or the outcome if there is nothing to wait for.
    fn enter(&self, permits: u32, waker: &Waker) -> Result<u64, Outcome> {
        let mut state = self.refreshed();
        match state.try_take(permits) {
            Err(TryAcquireError::WouldWait) => {}
            Ok(()) => return Err(Ok(())),
            Err(TryAcquireError::Closed) => return Err(Err(AcquireError::Closed)),
            Err(TryAcquireError::TooLarge {
                requested,
                capacity,
            }) => {
                return Err(Err(AcquireError::TooLarge {
                    requested,
                    capacity,
                }))
            }
        }
        let ticket = state.tickets;
        state.tickets += 1;
        let waker = waker.clone();
        state.queue.insert(ticket, Waiter { permits, waker });
        if state.is_front(ticket) {
            state.attend_front(&*self.clock);
        }
        Ok(ticket)
    }

    /// A later poll: takes the permits if the ticket is the front one and they are there.
    fn ask(&self, ticket: u64, waker: &Waker) -> Poll<Outcome> {
        let mut guard = self.refreshed();
        let state = &mut *guard;
        let is_front = state.is_front(ticket);
        let waiter = match state.queue.get_mut(&ticket) {
            Some(waiter) => waiter,
            None => return Poll::Ready(Err(AcquireError::Closed)),
        };
        if is_front && state.bucket.permits >= waiter.permits {
            state.bucket.permits -= waiter.permits;
            self.remove(guard, ticket);
            return Poll::Ready(Ok(()));
        }
        if !waiter.waker.will_wake(waker) {
            // A waker that goes away may drop futures of this limiter: not under the lock.
            let replaced = mem::replace(&mut waiter.waker, waker.clone());
            if is_front {
                state.attend_front(&*self.clock);
            }
            drop(guard);
            drop(replaced);
        } else if is_front {
            state.attend_front(&*self.clock);
        }
        Poll::Pending
    }

    /// A future that goes away before its turn.
    fn leave(&self, ticket: u64) {
        self.remove(self.refreshed(), ticket);
    }

    /// Takes a ticket out of the queue and looks after the one behind it.
    fn remove(&self, mut state: MutexGuard<'_, State>, ticket: u64) {
        let was_front = state.is_front(ticket);
        let left = state.queue.remove(&ticket);
        let served = if was_front {
            state.attend_front(&*self.clock)
        } else {
            None
        };
        drop(state);
        drop(left);
        wake_all(served);
    }
}

struct State {
    bucket: Bucket,
    /// By ticket, so that the first entry is the front.
    queue: BTreeMap<u64, Waiter>,
    tickets: u64,
    timer: Option<TimerId>,
    closed: bool,
}

struct Waiter {
    permits: u32,
    waker: Waker,
}

impl State {
    fn is_front(&self, ticket: u64) -> bool {
        self.queue.keys().next() == Some(&ticket)
    }

    fn try_take(&mut self, permits: u32) -> Result<(), TryAcquireError> {
        let capacity = self.bucket.config.capacity;
        if self.closed {
            return Err(TryAcquireError::Closed);
        }
        if permits == 0 {
            return Ok(());
        }
        if permits > capacity {
            return Err(TryAcquireError::TooLarge {
                requested: permits,
                capacity,
            });
        }
        if !self.queue.is_empty() || self.bucket.permits < permits {
            return Err(TryAcquireError::WouldWait);
        }
        self.bucket.permits -= permits;
        Ok(())
    }

    /// Sets the timer anew for the front waiter, or returns its waker if its permits are there.
    ///
    /// The caller wakes it after letting go of the lock.
    fn attend_front(&mut self, clock: &dyn Clock) -> Option<Waker> {
        if let Some(timer) = self.timer.take() {
            clock.cancel(timer);
        }
        let front = self.queue.values().next()?;
        let waker = front.waker.clone();
        if front.permits <= self.bucket.permits {
            return Some(waker);
        }
        self.timer = Some(clock.schedule(self.bucket.ready_at(front.permits), waker));
        None
    }
}

struct Bucket {
    config: Config,
    permits: u32,
    /// When the interval under way began.
    since: Duration,
}

impl Bucket {
    fn refill(&mut self, now: Duration) {
        let missing = self.config.capacity - self.permits;
        let elapsed = now.saturating_sub(self.since);
        let earned = elapsed.as_nanos() / self.config.interval.as_nanos();
        match u32::try_from(earned) {
            Ok(earned) if earned < missing => {
                self.permits += earned;
                self.since += self.config.interval * earned;
            }
            // Time that passes while the bucket is full is not saved up.
            _ => {
                self.permits = self.config.capacity;
                self.since = self.since.max(now);
            }
        }
    }

    fn refund(&mut self, permits: u32) {
        self.permits = self
            .permits
            .saturating_add(permits)
            .min(self.config.capacity);
    }

    /// When the bucket will hold `permits`, more than it holds now.
    fn ready_at(&self, permits: u32) -> Duration {
        let wait = self.config.interval.checked_mul(permits - self.permits);
        wait.and_then(|wait| self.since.checked_add(wait))
            .unwrap_or(Duration::MAX)
    }
}

fn wake_all(wakers: impl IntoIterator<Item = Waker>) {
    for waker in wakers {
        waker.wake();
    }
}
