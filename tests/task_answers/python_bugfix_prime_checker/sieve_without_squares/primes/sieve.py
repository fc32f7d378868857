"""Many primes at once."""

from __future__ import annotations

from math import isqrt

from primes.checks import whole
from primes.division import is_prime


def primes_up_to(limit: int) -> list[int]:
    """Every prime p <= limit, in rising order."""
    whole(limit)
    if limit < 2:
        return []
    prime = bytearray([1]) * (limit + 1)
    prime[0:2] = b"\x00\x00"
    for p in range(2, isqrt(limit)):
        if prime[p]:
            prime[p * p :: p] = bytes(len(range(p * p, limit + 1, p)))
    return [n for n, mark in enumerate(prime) if mark]


def primes_between(low: int, high: int) -> list[int]:
    """Every prime low <= p <= high, in rising order."""
    whole(low)
    return [p for p in primes_up_to(high) if p >= low]


def next_prime(n: int) -> int:
    """The smallest prime p > n."""
    whole(n)
    if n < 2:
        return 2
    candidate = n + 1 + n % 2
    while not is_prime(candidate):
        candidate += 2
    return candidate
