//! Putting samples into buckets.

use crate::config::Config;
use crate::error::Error;

/// One value at one time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    pub at: i64,
    pub value: f64,
}

/// The times from `start` up to, not including, `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket {
    pub start: i64,
    pub end: i64,
}

/// What came of one bucket.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    pub start: i64,
    pub end: i64,
    /// The number of samples.
    pub count: usize,
    pub value: Option<f64>,
}

/// Puts samples into buckets.
#[derive(Clone, Debug)]
pub struct Bucketer {}

impl Bucketer {
    /// Checks the settings.
    ///
    /// # Errors
    ///
    /// The first that applies of a zero width, a wrong offset and an empty range.
    pub fn new(_config: Config) -> Result<Self, Error> {
        unimplemented!("Bucketer::new")
    }

    /// The bucket that a time lies in, whatever the configured range.
    ///
    /// # Errors
    ///
    /// The bucket does not fit in an `i64` as a whole.
    pub fn bucket_of(&self, _at: i64) -> Result<Bucket, Error> {
        unimplemented!("Bucketer::bucket_of")
    }

    /// Aggregates samples, which may come in any order, into rows in ascending order.
    ///
    /// # Errors
    ///
    /// A value that is not finite, a bucket that does not fit in an `i64`, or too many rows.
    pub fn aggregate(&self, _samples: &[Sample]) -> Result<Vec<Row>, Error> {
        unimplemented!("Bucketer::aggregate")
    }
}
