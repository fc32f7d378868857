//! Primality of a single number by trial division.

/// Tells whether `n` is a prime number.
///
/// Every prime above 3 has the form `6k - 1` or `6k + 1`, so only those numbers are tried as divisors.
pub fn is_prime(n: u32) -> bool {
    if n < 4 {
        return n >= 2;
    }
    if n % 2 == 0 || n % 3 == 0 {
        return false;
    }
    let root = (n as f64).sqrt() as u32;
    (5..root)
        .step_by(6)
        .all(|divisor| n % divisor != 0 && n % (divisor + 2) != 0)
}

/// The smallest prime greater than `n`, or `None` if no such prime fits in a `u32`.
pub fn next_prime(n: u32) -> Option<u32> {
    (n.checked_add(1)?..=u32::MAX).find(|&candidate| is_prime(candidate))
}
