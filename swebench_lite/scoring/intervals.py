"""Intervals for a proportion and for the difference of two paired ones."""

from __future__ import annotations

from collections.abc import Callable, Collection
from math import sqrt

ALPHA = 0.05  # what every test and interval of this project is made for unless it is told otherwise
Z_95 = 1.959963984540054  # the 97.5 % point of the normal distribution: a two-sided 95 % interval
_HALVINGS = 60  # of a stretch of length 2 at most: more than a float can tell apart


def wilson(successes: int, trials: int, *, z: float = Z_95) -> tuple[float, float]:
    """The score interval of a proportion, lower and upper bound within 0..1.

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927),
    209-212: (p + z²/2n ± z·sqrt(p(1-p)/n + z²/4n²)) / (1 + z²/n). Raises ValueError unless 0 <= successes <= trials
    and trials > 0.
    """
    if not 0 <= successes <= trials or trials == 0:
        raise ValueError(f"no interval for {successes} of {trials}; give 0 to n of a positive n")
    share, square = successes / trials, z * z
    middle = share + square / (2 * trials)
    spread = z * sqrt(share * (1 - share) / trials + square / (4 * trials * trials))
    scale = 1 + square / trials
    # Rounding must not keep the bounds from touching 0 and 1 where the formula says so.
    low = 0.0 if successes == 0 else max(0.0, (middle - spread) / scale)
    return low, 1.0 if successes == trials else min(1.0, (middle + spread) / scale)


def clustered_wilson(successes: int, sizes: Collection[int], *, z: float = Z_95) -> tuple[float, float]:
    """The score interval of a share of attempts, of which there are sizes[i] at the i-th instance.

    Several attempts at one instance are not independent; how alike they are is not known, so they count as fully alike:
    Wilson's interval for sum(sizes)² / sum(sizes²) trials (L. Kish, "Survey Sampling" (1965), chapter 8.2: the effective
    size of a sample of unequal weights), which are as many as there are instances where these have the same number of
    attempts. That is right where attempts only repeat each other and too wide otherwise. Raises ValueError as ``wilson``.
    """
    trials = sum(sizes)
    return wilson(successes, trials, z=z * sqrt(sum(size * size for size in sizes) / max(1, trials)))


def tango(only_a: int, only_b: int, n: int, *, z: float = Z_95) -> tuple[float, float]:
    """The score interval of (only_a - only_b) / n, the difference of two proportions of the same n instances.

    Bounds are within -1..1. Source: T. Tango, "Equivalence test and confidence interval for the difference in
    proportions for the paired-sample design", Statistics in Medicine 17 (1998), 891-908: all differences d with
    |only_a - only_b - n·d| <= z·sqrt(n(2q + d(1-d))), where q is the likeliest share of "only B" if the difference is
    d. Raises ValueError unless the counts are from 0, n is from 1 and only_a + only_b <= n.
    """
    if min(only_a, only_b) < 0 or n < 1 or only_a + only_b > n:
        raise ValueError(f"no interval for {only_a} and {only_b} of {n}; give two parts of a positive n")

    def excess(difference: float) -> float:
        linear = -only_a - only_b + (2 * n - only_a + only_b) * difference
        constant = -only_b * difference * (1 - difference)
        share = (sqrt(max(0.0, linear * linear - 8 * n * constant)) - linear) / (4 * n)
        variance = max(0.0, n * (2 * share + difference * (1 - difference)))
        return abs(only_a - only_b - n * difference) - z * sqrt(variance)

    seen = (only_a - only_b) / n
    return _edge(excess, seen, -1.0), _edge(excess, seen, 1.0)


def _edge(excess: Callable[[float], float], inside: float, outside: float) -> float:
    """Where ``excess`` turns positive between a point within an interval and one that may lie beyond it."""
    if excess(outside) <= 0:
        return outside
    for _ in range(_HALVINGS):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if excess(middle) <= 0 else (inside, middle)
    return inside
