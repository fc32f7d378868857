use primal::{factorize, is_prime, next_prime, primes_below};

/// The primes of the last few hundred numbers of `u32`, known from tables.
const LAST_PRIMES: [u32; 6] = [
    4_294_967_161,
    4_294_967_189,
    4_294_967_197,
    4_294_967_231,
    4_294_967_279,
    4_294_967_291,
];

/// Slow and plain: counts divisors.
fn has_no_divisor(n: u32) -> bool {
    n >= 2 && (2..n).all(|d| n % d != 0)
}

mod check {
    use super::*;

    #[test]
    fn zero_is_not_prime() {
        assert!(!is_prime(0));
    }

    #[test]
    fn one_is_not_prime() {
        assert!(!is_prime(1));
    }

    #[test]
    fn two_and_three_are_prime() {
        assert!(is_prime(2));
        assert!(is_prime(3));
    }

    #[test]
    fn even_numbers_and_multiples_of_three_are_composite() {
        for n in (4..200).filter(|n| n % 2 == 0 || n % 3 == 0) {
            assert!(!is_prime(n), "{n}");
        }
    }

    #[test]
    fn primes_below_a_hundred_are_prime() {
        for n in [
            5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89,
            97,
        ] {
            assert!(is_prime(n), "{n}");
        }
    }

    #[test]
    fn products_of_two_different_primes_are_composite() {
        for n in [35, 55, 65, 77, 85, 91, 95, 119, 133, 143, 161, 187, 221] {
            assert!(!is_prime(n), "{n}");
        }
    }

    #[test]
    fn squares_of_small_primes_are_composite() {
        for p in [5, 7, 11, 13, 17, 19, 23, 29, 31] {
            assert!(!is_prime(p * p), "{p} squared");
        }
    }

    #[test]
    fn squares_of_large_primes_are_composite() {
        for p in [4093, 65_479, 65_497, 65_519, 65_521] {
            assert!(!is_prime(p * p), "{p} squared");
        }
    }

    #[test]
    fn products_of_twin_primes_are_composite() {
        for p in [5, 11, 17, 29, 41, 101, 65_447] {
            assert!(!is_prime(p * (p + 2)), "{p} times {}", p + 2);
        }
    }

    #[test]
    fn agrees_with_plain_division_up_to_two_thousand() {
        for n in 0..2000 {
            assert_eq!(is_prime(n), has_no_divisor(n), "{n}");
        }
    }

    #[test]
    fn large_primes_are_prime() {
        for p in [16_777_213, 16_777_259, 2_147_483_629, 2_147_483_647] {
            assert!(is_prime(p), "{p}");
        }
    }

    #[test]
    fn the_last_primes_of_the_range_are_prime() {
        for p in super::LAST_PRIMES {
            assert!(is_prime(p), "{p}");
        }
    }

    #[test]
    fn the_last_composites_of_the_range_are_composite() {
        for n in 4_294_967_292..=u32::MAX {
            assert!(!is_prime(n), "{n}");
        }
        assert!(!is_prime(65_521 * 65_537));
    }
}

mod next {
    use super::*;

    #[test]
    fn the_first_prime_comes_after_zero_and_one() {
        assert_eq!(next_prime(0), Some(2));
        assert_eq!(next_prime(1), Some(2));
    }

    #[test]
    fn a_prime_is_not_its_own_successor() {
        assert_eq!(next_prime(2), Some(3));
        assert_eq!(next_prime(3), Some(5));
        assert_eq!(next_prime(97), Some(101));
    }

    #[test]
    fn squares_are_passed_over() {
        assert_eq!(next_prime(24), Some(29));
        assert_eq!(next_prime(47), Some(53));
        assert_eq!(next_prime(113), Some(127));
        assert_eq!(next_prime(120), Some(127));
    }

    #[test]
    fn the_largest_prime_is_reached() {
        assert_eq!(next_prime(4_294_967_279), Some(4_294_967_291));
        assert_eq!(next_prime(4_294_967_290), Some(4_294_967_291));
    }

    #[test]
    fn nothing_follows_the_largest_prime() {
        assert_eq!(next_prime(4_294_967_291), None);
        assert_eq!(next_prime(u32::MAX - 1), None);
    }

    #[test]
    fn nothing_follows_the_largest_number() {
        assert_eq!(next_prime(u32::MAX), None);
    }
}

mod factors {
    use super::*;

    fn smallest_divisor(n: u32) -> u32 {
        let stop = f64::from(n).sqrt() as u32;
        (2..=stop).find(|d| n % d == 0).unwrap_or(n)
    }

    fn product(factors: &[(u32, u32)]) -> u64 {
        factors.iter().map(|&(p, e)| u64::from(p).pow(e)).product()
    }

    #[test]
    fn zero_and_one_have_none() {
        assert!(factorize(0).is_empty());
        assert!(factorize(1).is_empty());
    }

    #[test]
    fn exponents_are_counted() {
        assert_eq!(factorize(360), vec![(2, 3), (3, 2), (5, 1)]);
        assert_eq!(factorize(1 << 31), vec![(2, 31)]);
    }

    #[test]
    fn squares_are_taken_apart() {
        assert_eq!(factorize(25), vec![(5, 2)]);
        assert_eq!(factorize(49), vec![(7, 2)]);
        assert_eq!(factorize(75), vec![(3, 1), (5, 2)]);
        assert_eq!(factorize(4093 * 4093), vec![(4093, 2)]);
    }

    #[test]
    fn cubes_and_higher_powers_are_taken_apart() {
        assert_eq!(factorize(125), vec![(5, 3)]);
        assert_eq!(factorize(7 * 7 * 11 * 11 * 11), vec![(7, 2), (11, 3)]);
    }

    #[test]
    fn a_prime_is_its_own_factor() {
        assert_eq!(factorize(2), vec![(2, 1)]);
        assert_eq!(factorize(97), vec![(97, 1)]);
        assert_eq!(factorize(4_294_967_291), vec![(4_294_967_291, 1)]);
    }

    #[test]
    fn numbers_at_the_top_are_taken_apart() {
        assert_eq!(
            factorize(u32::MAX),
            vec![(3, 1), (5, 1), (17, 1), (257, 1), (65_537, 1)]
        );
        assert_eq!(factorize(65_521 * 65_537), vec![(65_521, 1), (65_537, 1)]);
        assert_eq!(
            factorize(2 * 2_147_483_647),
            vec![(2, 1), (2_147_483_647, 1)]
        );
    }

    #[test]
    fn the_prime_powers_multiply_to_the_number() {
        for n in (1..3000).chain(u32::MAX - 5..=u32::MAX) {
            let factors = factorize(n);
            assert_eq!(product(&factors), u64::from(n), "{n}");
            assert!(factors.windows(2).all(|w| w[0].0 < w[1].0), "{n}");
            assert!(
                factors.iter().all(|&(p, _)| smallest_divisor(p) == p),
                "{n}"
            );
        }
    }
}

mod sieve {
    use super::*;

    #[test]
    fn the_limit_is_left_out() {
        assert_eq!(primes_below(12), vec![2, 3, 5, 7, 11]);
        assert_eq!(primes_below(11), vec![2, 3, 5, 7]);
    }

    #[test]
    fn small_limits_give_nothing() {
        for limit in 0..=2 {
            assert!(primes_below(limit).is_empty(), "{limit}");
        }
    }

    #[test]
    fn a_long_list_has_the_known_count() {
        assert_eq!(primes_below(100_000).len(), 9592);
    }

    #[test]
    fn the_list_agrees_with_the_single_check() {
        let listed = primes_below(20_000);
        let checked: Vec<u32> = (0..20_000).filter(|&n| is_prime(n)).collect();
        assert_eq!(listed, checked);
    }
}
