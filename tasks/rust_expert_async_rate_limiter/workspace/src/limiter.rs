//! The limiter: a bucket of permits and a queue of those who wait for them.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use crate::clock::Clock;
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
pub struct RateLimiter {}

impl RateLimiter {
    /// Makes a limiter with a full bucket.
    ///
    /// # Errors
    ///
    /// A capacity or an interval of zero.
    pub fn new(_clock: Arc<dyn Clock>, _config: Config) -> Result<Self, ConfigError> {
        unimplemented!("RateLimiter::new")
    }

    /// A future that takes `permits` permits when its turn has come.
    pub fn acquire(&self, _permits: u32) -> Acquire {
        unimplemented!("RateLimiter::acquire")
    }

    /// Takes `permits` permits now or not at all; never overtakes those who wait.
    ///
    /// # Errors
    ///
    /// The limiter is closed, the bucket can never hold so many, or one would have to wait.
    pub fn try_acquire(&self, _permits: u32) -> Result<(), TryAcquireError> {
        unimplemented!("RateLimiter::try_acquire")
    }

    /// Puts permits back that were taken and not used.
    pub fn refund(&self, _permits: u32) {
        unimplemented!("RateLimiter::refund")
    }

    /// Turns away everybody who waits, and everybody who comes later.
    pub fn close(&self) {
        unimplemented!("RateLimiter::close")
    }

    /// The whole permits in the bucket at the clock's present time.
    pub fn available(&self) -> u32 {
        unimplemented!("RateLimiter::available")
    }

    /// The number of futures in the queue.
    pub fn waiting(&self) -> usize {
        unimplemented!("RateLimiter::waiting")
    }
}

/// The future of [`RateLimiter::acquire`]. Dropping it cancels the request.
#[must_use = "nothing is acquired until the future is polled"]
pub struct Acquire {}

impl Future for Acquire {
    type Output = Result<(), AcquireError>;

    fn poll(self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<Self::Output> {
        unimplemented!("Acquire::poll")
    }
}
