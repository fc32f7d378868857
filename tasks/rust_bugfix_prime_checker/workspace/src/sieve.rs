//! Lists of primes by the sieve of Eratosthenes.

/// All primes smaller than `limit`, in ascending order.
pub fn primes_below(limit: u32) -> Vec<u32> {
    let limit = limit as usize;
    let mut composite = vec![false; limit];
    let mut primes = Vec::new();
    for n in 2..limit {
        if composite[n] {
            continue;
        }
        primes.push(n as u32);
        for multiple in (n.saturating_mul(n)..limit).step_by(n) {
            composite[multiple] = true;
        }
    }
    primes
}
