//! Settings of a bucketer.

/// How wide a bucket is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    Seconds(u32),
    Days(u32),
    /// Weeks begin on Monday.
    Weeks(u32),
    /// Calendar months; a year is 12 of them.
    Months(u32),
}

/// What becomes of the values in one bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aggregate {
    Count,
    Sum,
    Mean,
    Min,
    Max,
    /// The value with the earliest time.
    First,
    /// The value with the latest time.
    Last,
    Median,
}

/// What becomes of buckets without samples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Gaps {
    /// They are left out.
    Skip,
    /// They have no value.
    Empty,
    /// They get this value.
    Value(f64),
    /// They get the value of the bucket before.
    Previous,
    /// They get values on the straight line between their neighbours.
    Linear,
}

/// All settings of a bucketer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Config {
    pub width: Width,
    /// Moves all bucket starts, in units of the width: seconds, days, weeks or months.
    pub shift: i64,
    /// Seconds by which local time is ahead of UTC.
    pub utc_offset: i32,
    pub aggregate: Aggregate,
    pub gaps: Gaps,
    /// Samples from the first time up to, not including, the second one count; all if absent.
    pub range: Option<(i64, i64)>,
    /// The most rows that a result may have.
    pub max_rows: usize,
}

impl Config {
    /// Unshifted buckets in UTC, gaps left out, no range, at most a million rows.
    pub fn new(width: Width, aggregate: Aggregate) -> Self {
        Self {
            width,
            shift: 0,
            utc_offset: 0,
            aggregate,
            gaps: Gaps::Skip,
            range: None,
            max_rows: 1_000_000,
        }
    }
}
