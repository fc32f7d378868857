//! Small helpers for prime numbers that fit in a `u32`.

mod check;
mod factor;
mod sieve;

pub use check::{is_prime, next_prime};
pub use factor::factorize;
pub use sieve::primes_below;
