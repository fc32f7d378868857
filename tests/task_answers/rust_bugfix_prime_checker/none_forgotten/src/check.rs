//! Primality of a single number by trial division.

/// Tells whether `n` is a prime number.
pub fn is_prime(n: u32) -> bool {
    if n < 2 {
        return false;
    }
    if n < 4 {
        return true;
    }
    if n % 2 == 0 || n % 3 == 0 {
        return false;
    }
    let wide = u64::from(n);
    let mut divisor = 5u64;
    while divisor * divisor <= wide {
        if wide % divisor == 0 || wide % (divisor + 2) == 0 {
            return false;
        }
        divisor += 6;
    }
    true
}

/// The smallest prime greater than `n`, or `None` if no such prime fits in a `u32`.
pub fn next_prime(n: u32) -> Option<u32> {
    let mut candidate = n.checked_add(1)?;
    while !is_prime(candidate) {
        candidate += 1;
    }
    Some(candidate)
}
