//! The cuts between buckets, numbered in both directions.
//!
//! Everything here is in `i128`, where no sum or product of 64 bit numbers overflows.

use crate::config::Width;

const DAY: i128 = 86_400;
const WEEK: i128 = 7 * DAY;
/// Monday, 1969-12-29, in seconds.
const FIRST_MONDAY: i128 = -3 * DAY;

/// Where the buckets lie.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Grid {
    unit: Unit,
    width: i128,
    shift: i128,
    utc_offset: i128,
}

#[derive(Clone, Copy, Debug)]
enum Unit {
    /// Of equal length, from an origin on.
    Seconds {
        length: i128,
        origin: i128,
    },
    Months,
}

impl Grid {
    /// The width must not be zero.
    pub(crate) fn new(width: Width, shift: i64, utc_offset: i32) -> Self {
        let fixed = |length, origin| Unit::Seconds { length, origin };
        let (unit, width) = match width {
            Width::Seconds(n) => (fixed(1, 0), n),
            Width::Days(n) => (fixed(DAY, 0), n),
            Width::Weeks(n) => (fixed(WEEK, FIRST_MONDAY), n),
            Width::Months(n) => (Unit::Months, n),
        };
        let width = i128::from(width);
        Self {
            unit,
            width,
            shift: i128::from(shift).rem_euclid(width),
            utc_offset: i128::from(utc_offset),
        }
    }

    /// The number of the bucket that a time lies in.
    pub(crate) fn number_of(&self, at: i64) -> i128 {
        let local = i128::from(at) + self.utc_offset;
        let units = match self.unit {
            Unit::Seconds { length, origin } => (local - origin).div_euclid(length),
            Unit::Months => month_of_day(local.div_euclid(DAY)),
        };
        (units - self.shift).div_euclid(self.width)
    }

    /// The time at which a bucket begins.
    pub(crate) fn start_of(&self, number: i128) -> i128 {
        let units = number * self.width + self.shift;
        let local = match self.unit {
            Unit::Seconds { length, origin } => origin + units * length,
            Unit::Months => first_day_of_month(units) * DAY,
        };
        local - self.utc_offset
    }
}

/// Days from 1970-01-01 to the first day of a month, counted from January 1970.
fn first_day_of_month(month: i128) -> i128 {
    // A year that begins in March has its leap day at the end, and its months follow a pattern.
    let shifted = month - 2;
    let (year, of_year) = (1970 + shifted.div_euclid(12), shifted.rem_euclid(12));
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    let days = 365 * year + leap_days + (153 * of_year + 2) / 5;
    // What the sum gives for 1970-01-01.
    days - 719_468
}

/// The month, counted from January 1970, that a day, counted from 1970-01-01, lies in.
fn month_of_day(day: i128) -> i128 {
    // The mean length, 146097 days for 4800 months, is off by less than one month.
    let mut month = (day * 4800).div_euclid(146_097) + 1;
    while first_day_of_month(month) > day {
        month -= 1;
    }
    month
}
