//! Aggregates of the values of one bucket.

use crate::config::Aggregate;

/// The aggregate of at least one value, in order of time.
pub(crate) fn aggregate(how: Aggregate, values: &[f64]) -> f64 {
    let count = values.len() as f64;
    match how {
        Aggregate::Count => count,
        Aggregate::Sum => sum(values),
        Aggregate::Mean => sum(values) / count,
        Aggregate::Min => values.iter().copied().fold(f64::INFINITY, f64::min),
        Aggregate::Max => values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        Aggregate::First => values[0],
        Aggregate::Last => values[values.len() - 1],
        Aggregate::Median => median(values),
    }
}

/// Neumaier's compensated sum.
fn sum(values: &[f64]) -> f64 {
    let (mut total, mut lost) = (0.0f64, 0.0f64);
    for &value in values {
        let next = total + value;
        lost += if total.abs() >= value.abs() {
            (total - next) + value
        } else {
            (value - next) + total
        };
        total = next;
    }
    // Beyond the range of f64 the compensation is no number.
    if total.is_finite() {
        total + lost
    } else {
        total
    }
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 {
        return sorted[middle];
    }
    let (low, high) = (sorted[middle - 1], sorted[middle]);
    let mean = (low + high) / 2.0;
    if mean.is_finite() {
        mean
    } else {
        low / 2.0 + high / 2.0
    }
}
