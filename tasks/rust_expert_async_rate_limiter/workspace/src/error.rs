//! What can go wrong.

use std::error::Error;
use std::fmt;

/// A configuration that makes no limiter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfigError {
    ZeroCapacity,
    ZeroInterval,
}

/// Why [`acquire`](crate::RateLimiter::acquire) gave up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AcquireError {
    Closed,
    TooLarge { requested: u32, capacity: u32 },
}

/// Why [`try_acquire`](crate::RateLimiter::try_acquire) took nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TryAcquireError {
    Closed,
    TooLarge { requested: u32, capacity: u32 },
    WouldWait,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ZeroCapacity => f.write_str("the capacity must be at least one permit"),
            Self::ZeroInterval => f.write_str("the interval must be longer than zero"),
        }
    }
}

impl fmt::Display for AcquireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => f.write_str("the limiter is closed"),
            Self::TooLarge {
                requested,
                capacity,
            } => {
                write!(
                    f,
                    "{requested} permits can never fit in a bucket of {capacity}"
                )
            }
        }
    }
}

impl fmt::Display for TryAcquireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Closed => AcquireError::Closed.fmt(f),
            Self::TooLarge {
                requested,
                capacity,
            } => AcquireError::TooLarge {
                requested,
                capacity,
            }
            .fmt(f),
            Self::WouldWait => f.write_str("the permits are not there yet"),
        }
    }
}

impl Error for ConfigError {}
impl Error for AcquireError {}
impl Error for TryAcquireError {}
