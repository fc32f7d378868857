//! A fair asynchronous rate limiter without a runtime.
//!
//! Time comes from a [`Clock`] that the caller injects, and the futures run under any executor.

mod clock;
mod error;
mod limiter;

pub use clock::{Clock, ManualClock, TimerId};
pub use error::{AcquireError, ConfigError, TryAcquireError};
pub use limiter::{Acquire, Config, RateLimiter};
