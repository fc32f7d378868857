//! Puts time series into buckets.
//!
//! Times are whole seconds since 1970-01-01T00:00:00 UTC, negative before that, without leap seconds.

mod bucketer;
mod config;
mod error;
mod grid;
mod values;

pub use bucketer::{Bucket, Bucketer, Row, Sample};
pub use config::{Aggregate, Config, Gaps, Width};
pub use error::Error;
