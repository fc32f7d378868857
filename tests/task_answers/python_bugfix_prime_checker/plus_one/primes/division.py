"""Trial division by 2, 3 and the numbers 6k - 1 and 6k + 1."""

from __future__ import annotations

from collections.abc import Iterator
from math import isqrt

from primes.checks import whole


def _divisors(n: int) -> Iterator[int]:
    """Candidates for the smallest prime factor of n, in rising order, up to its square root."""
    yield 2
    yield 3
    for six in range(6, isqrt(n) + 1, 6):
        yield six - 1
        yield six + 1


def smallest_factor(n: int) -> int:
    """The smallest prime that divides n, which is n itself when n is prime."""
    whole(n, least=2)
    for divisor in _divisors(n):
        if n % divisor == 0:
            return divisor
    return n


def is_prime(n: int) -> bool:
    """Whether n is prime. No number below 2 is."""
    whole(n)
    return n >= 2 and smallest_factor(n) == n


def factorize(n: int) -> dict[int, int]:
    """The primes that divide n, in rising order, with their exponents; nothing for 1."""
    whole(n, least=1)
    factors: dict[int, int] = {}
    while n > 1:
        divisor = smallest_factor(n)
        factors[divisor] = factors.get(divisor, 0) + 1
        n //= divisor
    return factors
