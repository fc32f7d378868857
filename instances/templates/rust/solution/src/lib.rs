//! Small helpers for numbers.

/// The lower bound is above the upper one.
#[derive(Debug, PartialEq, Eq)]
pub struct BadBounds;

/// Twice the number.
pub fn double(number: i64) -> i64 {
    2 * number
}

/// The number, kept between two bounds.
pub fn clamp(number: i64, low: i64, high: i64) -> Result<i64, BadBounds> {
    if low > high {
        return Err(BadBounds);
    }
    Ok(number.clamp(low, high))
}
