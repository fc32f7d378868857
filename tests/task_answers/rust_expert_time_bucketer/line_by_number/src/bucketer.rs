//! Putting samples into buckets.

use crate::config::{Aggregate, Config, Gaps, Width};
use crate::error::Error;
use crate::grid::Grid;
use crate::values::aggregate;

/// The largest offset of local time, in seconds.
const MOST_OFFSET: i32 = 18 * 3600;

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
pub struct Bucketer {
    config: Config,
    grid: Grid,
}

/// The number of a bucket and its row.
type Numbered = (i128, Row);

impl Bucketer {
    /// Checks the settings.
    ///
    /// # Errors
    ///
    /// The first that applies of a zero width, a wrong offset and an empty range.
    pub fn new(config: Config) -> Result<Self, Error> {
        let (Width::Seconds(width)
        | Width::Days(width)
        | Width::Weeks(width)
        | Width::Months(width)) = config.width;
        if width == 0 {
            return Err(Error::ZeroWidth);
        }
        if !(-MOST_OFFSET..=MOST_OFFSET).contains(&config.utc_offset) {
            return Err(Error::UtcOffset(config.utc_offset));
        }
        match config.range {
            Some((from, to)) if from >= to => return Err(Error::EmptyRange { from, to }),
            _ => {}
        }
        let grid = Grid::new(config.width, config.shift, config.utc_offset);
        Ok(Self { config, grid })
    }

    /// The bucket that a time lies in, whatever the configured range.
    ///
    /// # Errors
    ///
    /// The bucket does not fit in an `i64` as a whole.
    pub fn bucket_of(&self, at: i64) -> Result<Bucket, Error> {
        self.numbered_bucket_of(at).map(|(_, bucket)| bucket)
    }

    /// Aggregates samples, which may come in any order, into rows in ascending order.
    ///
    /// # Errors
    ///
    /// A value that is not finite, a bucket that does not fit in an `i64`, or too many rows.
    pub fn aggregate(&self, samples: &[Sample]) -> Result<Vec<Row>, Error> {
        if let Some(index) = samples.iter().position(|sample| !sample.value.is_finite()) {
            return Err(Error::NotFinite { index });
        }
        let filled = self.filled_rows(samples)?;
        let ends = self.ends(&filled)?;
        let needed = match ends {
            Some((first, last)) => (last - first + 1) as u128,
            None => filled.len() as u128,
        };
        let allowed = self.config.max_rows;
        if needed > allowed as u128 {
            return Err(Error::TooManyRows { needed, allowed });
        }
        Ok(match ends {
            Some((first, last)) => self.with_gaps(&filled, first, last),
            None => filled.into_iter().map(|(_, row)| row).collect(),
        })
    }

    fn numbered_bucket_of(&self, at: i64) -> Result<(i128, Bucket), Error> {
        let number = self.grid.number_of(at);
        let bucket = self.bucket(number).ok_or(Error::OutOfRange(at))?;
        Ok((number, bucket))
    }

    fn bucket(&self, number: i128) -> Option<Bucket> {
        let start = i64::try_from(self.grid.start_of(number)).ok()?;
        let end = i64::try_from(self.grid.start_of(number + 1)).ok()?;
        Some(Bucket { start, end })
    }

    /// Rows for the buckets that have samples, in order.
    fn filled_rows(&self, samples: &[Sample]) -> Result<Vec<Numbered>, Error> {
        let (from, to) = match self.config.range {
            Some((from, to)) => (from, to - 1),
            None => (i64::MIN, i64::MAX),
        };
        let mut sorted: Vec<Sample> = samples.to_vec();
        sorted.retain(|sample| (from..=to).contains(&sample.at));
        // Stable: samples of one time keep the order of the input.
        sorted.sort_by_key(|sample| sample.at);
        let mut rows = Vec::new();
        let mut rest = &sorted[..];
        while let Some(first) = rest.first() {
            let (number, bucket) = self.numbered_bucket_of(first.at)?;
            let count = rest.partition_point(|sample| sample.at < bucket.end);
            let (inside, after) = rest.split_at(count);
            let values: Vec<f64> = inside.iter().map(|sample| sample.value).collect();
            let value = Some(aggregate(self.config.aggregate, &values));
            rows.push((number, row(bucket, count, value)));
            rest = after;
        }
        Ok(rows)
    }

    /// The numbers of the first and the last row if gaps are to be filled and there are rows.
    fn ends(&self, filled: &[Numbered]) -> Result<Option<(i128, i128)>, Error> {
        if self.config.gaps == Gaps::Skip {
            return Ok(None);
        }
        if let Some((from, to)) = self.config.range {
            let (first, _) = self.numbered_bucket_of(from)?;
            let (last, _) = self.numbered_bucket_of(to - 1)?;
            return Ok(Some((first, last)));
        }
        let first = filled.first().map(|(number, _)| *number);
        Ok(first.zip(filled.last().map(|(number, _)| *number)))
    }

    fn with_gaps(&self, filled: &[Numbered], first: i128, last: i128) -> Vec<Row> {
        let mut rows = Vec::new();
        let mut earlier: Option<Row> = None;
        let mut later = filled.iter().peekable();
        for number in first..=last {
            if let Some((_, filled)) = later.next_if(|(next, _)| *next == number) {
                earlier = Some(*filled);
                rows.push(*filled);
            } else if let Some(bucket) = self.bucket(number) {
                let later = later.peek().map(|(_, row)| *row);
                rows.push(row(bucket, 0, self.gap_value(bucket.start, earlier, later)));
            }
        }
        rows
    }

    fn gap_value(&self, start: i64, earlier: Option<Row>, later: Option<Row>) -> Option<f64> {
        match self.config.gaps {
            Gaps::Skip => None,
            Gaps::Empty => match self.config.aggregate {
                Aggregate::Count | Aggregate::Sum => Some(0.0),
                _ => None,
            },
            Gaps::Value(value) => Some(value),
            Gaps::Previous => earlier?.value,
            Gaps::Linear => {
                let (earlier, later) = (earlier?, later?);
                let number = |at| self.grid.number_of(at) as f64;
                let origin = number(earlier.start);
                let share = (number(start) - origin) / (number(later.start) - origin);
                let (low, high) = (earlier.value?, later.value?);
                Some(low * (1.0 - share) + high * share)
            }
        }
    }
}

fn row(bucket: Bucket, count: usize, value: Option<f64>) -> Row {
    Row {
        start: bucket.start,
        end: bucket.end,
        count,
        value,
    }
}
