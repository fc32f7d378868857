"""Small number theory for puzzles and class rooms."""

from primes.division import factorize, is_prime, smallest_factor
from primes.sieve import next_prime, primes_between, primes_up_to

__all__ = [
    "factorize",
    "is_prime",
    "next_prime",
    "primes_between",
    "primes_up_to",
    "smallest_factor",
]
