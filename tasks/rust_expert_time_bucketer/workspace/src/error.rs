//! What can go wrong.

use std::fmt;

/// A setting that makes no sense, or samples that cannot be put into buckets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// The width is zero.
    ZeroWidth,
    /// The offset is more than 18 hours.
    UtcOffset(i32),
    /// The range ends before or where it begins.
    EmptyRange { from: i64, to: i64 },
    /// The bucket of a time begins or ends outside of what an `i64` holds.
    OutOfRange(i64),
    /// The value of a sample, counted from zero, is infinite or not a number.
    NotFinite { index: usize },
    /// The result would be longer than allowed.
    TooManyRows { needed: u128, allowed: usize },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ZeroWidth => write!(f, "the bucket width must not be zero"),
            Self::UtcOffset(seconds) => {
                write!(f, "the offset of {seconds} s is more than 18 hours")
            }
            Self::EmptyRange { from, to } => write!(f, "nothing lies between {from} and {to}"),
            Self::OutOfRange(at) => write!(f, "the bucket of {at} s is out of range"),
            Self::NotFinite { index } => write!(f, "the value of sample {index} is not finite"),
            Self::TooManyRows { needed, allowed } => {
                write!(f, "{needed} rows are more than the {allowed} allowed")
            }
        }
    }
}

impl std::error::Error for Error {}
