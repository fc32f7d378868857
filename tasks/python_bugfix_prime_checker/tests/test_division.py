"""Primes and factors by trial division."""

import pytest

from primes import factorize, is_prime, smallest_factor

LIMIT = 1000


def divisors(n):
    return [d for d in range(1, n + 1) if n % d == 0]


def test_every_number_up_to_one_thousand():
    wrong = [n for n in range(LIMIT) if is_prime(n) != (len(divisors(n)) == 2)]
    assert wrong == []


@pytest.mark.parametrize("n", [2, 3, 5])
def test_small_primes_are_prime(n):
    assert is_prime(n) is True


@pytest.mark.parametrize("n", [25, 49, 121])
def test_squares_of_primes_are_not_prime(n):
    assert is_prime(n) is False


@pytest.mark.parametrize("n", [35, 1_000_037 * 1_000_039])
def test_products_of_twin_primes_are_not_prime(n):
    assert is_prime(n) is False


def test_one_is_not_prime():
    assert is_prime(1) is False


def test_nothing_below_one_is_prime():
    for n in (0, -1, -2, -7, -25):
        assert is_prime(n) is False


def test_large_primes_are_found():
    assert is_prime(999_999_999_989)
    assert is_prime(1_000_003)


def test_the_square_of_a_large_prime_is_not_prime():
    assert not is_prime(999_983**2)
    assert not is_prime(1_000_037**2)


def test_factors_of_the_squares_of_primes():
    assert factorize(25) == {5: 2}
    assert factorize(121) == {11: 2}
    assert factorize(999_983**2) == {999_983: 2}


def test_factors_multiply_to_the_number():
    for n in range(1, LIMIT):
        product = 1
        for prime, exponent in factorize(n).items():
            assert len(divisors(prime)) == 2, (n, prime)
            product *= prime**exponent
        assert product == n


def test_factors_come_in_rising_order():
    assert list(factorize(2 * 3 * 3 * 5 * 7 * 11 * 13).items()) == [
        (2, 1),
        (3, 2),
        (5, 1),
        (7, 1),
        (11, 1),
        (13, 1),
    ]


def test_one_has_no_factors():
    assert factorize(1) == {}


def test_the_smallest_factor_divides_and_is_smallest():
    for n in range(2, LIMIT):
        assert smallest_factor(n) == divisors(n)[1], n


@pytest.mark.parametrize("function", [is_prime, smallest_factor, factorize])
def test_only_whole_numbers_are_accepted(function):
    for bad in (True, 7.0, "7", None):
        with pytest.raises(TypeError) as caught:
            function(bad)
        assert str(caught.value) == f"expected a whole number, got {bad!r}"


def test_numbers_out_of_range_are_refused():
    with pytest.raises(ValueError, match="^expected a number of at least 1, got -4$"):
        factorize(-4)
    with pytest.raises(ValueError, match="^expected a number of at least 2, got 1$"):
        smallest_factor(1)
