use primal::{factorize, is_prime, next_prime, primes_below};

#[test]
fn small_primes_are_found() {
    assert!(is_prime(2));
    assert!(is_prime(97));
    assert!(!is_prime(91));
}

#[test]
fn the_next_prime_is_larger() {
    assert_eq!(next_prime(97), Some(101));
}

#[test]
fn factors_come_with_exponents() {
    assert_eq!(factorize(360), vec![(2, 3), (3, 2), (5, 1)]);
}

#[test]
fn the_sieve_stops_before_its_limit() {
    assert_eq!(primes_below(12), vec![2, 3, 5, 7, 11]);
    assert_eq!(primes_below(11), vec![2, 3, 5, 7]);
}
