//! Factorization by trial division.

use crate::check::is_prime;

/// The prime factors of `n` with their exponents, smallest prime first.
///
/// Zero and one have no prime factors.
pub fn factorize(n: u32) -> Vec<(u32, u32)> {
    let mut factors = Vec::new();
    let mut rest = n;
    let mut divisor = 2;
    while rest > 1 {
        if is_prime(rest) {
            factors.push((rest, 1));
            break;
        }
        while rest % divisor != 0 {
            divisor += 1;
        }
        let mut exponent = 0;
        while rest % divisor == 0 {
            rest /= divisor;
            exponent += 1;
        }
        factors.push((divisor, exponent));
    }
    factors
}
