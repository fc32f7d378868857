"""Two contestants on the same instances: is one better, by how much, and how sure is that."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from swebench_lite.scoring.intervals import ALPHA, tango

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    Floats = NDArray[numpy.float64]

RESAMPLES = 10_000
MCNEMAR, BOOTSTRAP = "exact McNemar", "label swaps and bootstrap by instance"
_CHUNK = 2_000_000  # numbers drawn at a time: 16 MB
_ALL_SWAPS = 13  # instances up to which every swap of labels is tried: 8,192 of them
_SAME = 1e-9  # sums of shares that differ by less are equal but for rounding
_HALVINGS = 16  # of the range of a lean: 0.00001 is closer than anything that is shown


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedBootstrap:
    """A difference of mean resolved shares, A - B, over n instances. None where there is no instance."""

    n: int
    difference: float | None
    interval: tuple[float, float] | None
    p_value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedComparison:
    """A and B on the n instances that both have.

    both, only_a, only_b, neither: instances by who resolves them; with several samples, by who resolves more than half
    of them. difference: A - B in shares of 1; interval: 95 %; both None where n is 0. test: how p_value was found.
    """

    n: int
    both: int
    only_a: int
    only_b: int
    neither: int
    difference: float | None
    interval: tuple[float, float] | None
    p_value: float
    test: str


def mcnemar(only_a: int, only_b: int) -> float:
    """The two-sided exact p-value of McNemar's test; 1 where no pair disagrees.

    Twice the probability of at most min(only_a, only_b) heads in only_a + only_b tosses of a fair coin, at most 1.
    Source: Q. McNemar, Psychometrika 12 (1947), 153-157, with the binomial distribution in place of its approximation.
    Raises ValueError for negative counts.
    """
    if min(only_a, only_b) < 0:
        raise ValueError(f"no test for {only_a} and {only_b} disagreeing pairs; give counts from 0")
    tosses, ways, term = only_a + only_b, 0, 1
    for heads in range(min(only_a, only_b) + 1):
        ways += term
        term = term * (tosses - heads) // (heads + 1)
    return min(1.0, 2 * ways / (1 << tosses))


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """p-values adjusted for how many they are, in the order given; none is smaller than before.

    Source: S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6
    (1979), 65-70. Raises ValueError for anything outside 0..1.
    """
    for given in p_values:
        if not 0 <= given <= 1:
            raise ValueError(f"{given} is no p-value; give numbers from 0 to 1")
    adjusted = [0.0] * len(p_values)
    highest = 0.0
    for rank, at in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[at]))
        adjusted[at] = highest
    return tuple(adjusted)


def holm_levels(p_values: Sequence[float], *, alpha: float = ALPHA) -> tuple[float, ...]:
    """For each p-value the largest one that ``holm`` would still bring to at most alpha, the others as they are.

    alpha / (m - k), where k of the m - 1 others pass their own steps: alpha / m where none does, alpha where all do.
    Raises ValueError for anything outside 0..1.
    """
    holm(p_values)

    def level(at: int) -> float:
        passed = 0
        for other in sorted((*p_values[:at], *p_values[at + 1 :])):
            if (len(p_values) - passed) * other > alpha:
                break
            passed += 1
        return alpha / (len(p_values) - passed)

    return tuple(map(level, range(len(p_values))))


def paired_bootstrap(
    per_instance_a: Sequence[Sequence[bool]],
    per_instance_b: Sequence[Sequence[bool]],
    *,
    seed: int,
    resamples: int = RESAMPLES,
) -> PairedBootstrap:
    """Compares two contestants with several samples per instance; the instances are the clusters.

    per_instance_a[i] and per_instance_b[i]: what the samples of the i-th instance did; their numbers may differ. Each
    instance has the same weight. The same seed gives the same result.

    p_value: two-sided, from swapping the two contestants' labels within instances at random (E. J. G. Pitman, Supplement
    to the JRSS 4 (1937), 119-130): every swap up to 13 instances, else ``resamples`` of them, counted as (1 + hits) /
    (1 + resamples). With one sample each it is the exact McNemar test. A bootstrap p-value would be 0 where all
    instances agree, however few they are.
    interval: the 95 % percentile bootstrap over instances (B. Efron, Annals of Statistics 7 (1979), 1-26). Two imaginary
    instances, one won by each by the largest difference seen (1 where all are the same), are drawn along: what
    Bonett and Price (Journal of Educational and Behavioral Statistics 37 (2012), 479-488) do for one sample. Without
    them a few instances would give intervals that are far too short.
    It holds 0 exactly where p_value is above 0.05: it is widened to 0 there, and elsewhere a bound beyond 0 gives way to
    the one that inverts the test. That one lets labels lean: an instance falls to the better side with probability w
    in place of 1/2. The smallest w that the result does not refute at 2.5 % makes a difference of (2w - 1) times the
    mean absolute difference, as C. J. Clopper and E. S. Pearson (Biometrika 26 (1934), 404-413) do for a plain count.

    Raises ValueError where the lengths differ, an instance has no sample, or resamples is below 1.
    """
    import numpy as np

    if len(per_instance_a) != len(per_instance_b):
        raise ValueError(
            f"{len(per_instance_a)} and {len(per_instance_b)} instances do not pair; give the same ones, in the same order"
        )
    if resamples < 1:
        raise ValueError(f"{resamples} resamples say nothing; give a number from 1")
    if not per_instance_a:
        return PairedBootstrap(n=0, difference=None, interval=None, p_value=1.0)
    rows = zip(per_instance_a, per_instance_b, strict=True)
    differences = np.array([_share(a) - _share(b) for a, b in rows], dtype=np.float64)
    p_value, interval = _compared(differences, seed=seed, resamples=resamples)
    return PairedBootstrap(n=len(differences), difference=float(differences.mean()), interval=interval, p_value=p_value)


def compare_paired(
    a: Mapping[str, Sequence[bool]],
    b: Mapping[str, Sequence[bool]],
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> PairedComparison:
    """Compares two contestants on the instances that both have. a, b: what each sample did, by instance id.

    With one sample each: the exact McNemar test, and Tango's interval, widened to hold 0 where the test shows nothing.
    With several: ``paired_bootstrap``, instances in the order of their ids. An instance without samples counts as
    missing. Raises ValueError where resamples is below 1.
    """
    shared = sorted(name for name in a.keys() & b.keys() if a[name] and b[name])
    n = len(shared)
    won = [(_share(a[name]) > 0.5, _share(b[name]) > 0.5) for name in shared]
    only_a, only_b = won.count((True, False)), won.count((False, True))
    if all(len(each[name]) == 1 for name in shared for each in (a, b)):
        test, p_value = MCNEMAR, mcnemar(only_a, only_b)
        difference = (only_a - only_b) / n if n else None
        interval = None if difference is None else _reconciled(tango(only_a, only_b, n), difference, p_value)
    else:
        rows_a, rows_b = [a[name] for name in shared], [b[name] for name in shared]
        found = paired_bootstrap(rows_a, rows_b, seed=seed, resamples=resamples)
        test, p_value, difference, interval = BOOTSTRAP, found.p_value, found.difference, found.interval
    return PairedComparison(
        n=n,
        both=won.count((True, True)),
        only_a=only_a,
        only_b=only_b,
        neither=won.count((False, False)),
        difference=difference,
        interval=interval,
        p_value=p_value,
        test=test,
    )


def _share(samples: Sequence[bool]) -> float:
    if not samples:
        raise ValueError("an instance has no sample; leave it out for both contestants")
    return sum(map(bool, samples)) / len(samples)


def _compared(differences: Floats, *, seed: int, resamples: int) -> tuple[float, tuple[float, float]]:
    """The p-value and the interval of ``paired_bootstrap``."""
    import numpy as np

    swaps, draws = np.random.SeedSequence(seed).spawn(2)
    difference = float(differences.mean())

    def refuted(lean: float) -> float:
        return _swapped(differences, lean, np.random.default_rng(swaps), resamples)

    p_value = refuted(0.5)
    low, high = _resampled(differences, np.random.default_rng(draws), resamples)
    if p_value <= ALPHA and low <= 0 <= high:
        nearest = (2 * _least_lean(refuted) - 1) * float(np.abs(differences).mean())
        low, high = (nearest, high) if difference > 0 else (low, -nearest)
    return p_value, _reconciled((low, high), difference, p_value)


def _swapped(differences: Floats, lean: float, random: numpy.random.Generator, resamples: int) -> float:
    """Twice the chance of at least the difference seen where each instance falls to the better side with chance ``lean``.

    With a lean of 1/2 that is the two-sided p-value of swapped labels. It grows with the lean for the same ``random``.
    """
    import numpy as np
    from scipy.special import betainc

    moved = differences[np.abs(differences) > _SAME]  # the others stay 0 whatever the labels
    moved = moved if moved.sum() >= 0 else -moved
    seen, sizes = float(moved.sum()) - _SAME, np.abs(moved)
    if seen <= 0:
        return 1.0
    if np.ptp(sizes) < _SAME:  # every swap weighs the same, so counting is enough
        wins = int((moved > 0).sum())
        return min(1.0, 2 * float(betainc(wins, moved.size - wins + 1, lean)))
    if moved.size <= _ALL_SWAPS:
        kept = (np.arange(2**moved.size)[:, None] >> np.arange(moved.size) & 1).astype(bool)
        chances = np.where(kept, lean, 1 - lean).prod(axis=1)
        return min(1.0, 2 * float(chances[np.where(kept, sizes, -sizes).sum(axis=1) >= seen].sum()))
    hits = 0
    for rows in _chunks(resamples, moved.size):
        drawn = random.random((rows, moved.size))
        # Each draw counts a second time turned round, so that both sides have the same chance without a lean.
        for kept in (drawn < lean, 1 - drawn <= lean):
            hits += int(((2.0 * kept - 1.0) @ sizes >= seen).sum())
    return min(1.0, (1 + hits) / (1 + resamples))


def _least_lean(refuted: Callable[[float], float]) -> float:
    """The smallest lean that ALPHA does not refute. It is above 1/2, which must be refuted."""
    inside, outside = 0.5, 1.0
    for _ in range(_HALVINGS):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if refuted(middle) <= ALPHA else (inside, middle)
    return outside


def _resampled(differences: Floats, random: numpy.random.Generator, resamples: int) -> tuple[float, float]:
    """The percentile interval of the mean over resampled instances and the two imaginary ones."""
    import numpy as np

    largest = float(np.abs(differences).max()) if np.ptp(differences) > _SAME else 1.0
    pool = np.concatenate([differences, [largest, -largest]])
    means = [
        pool[random.integers(0, pool.size, size=(rows, pool.size))].mean(axis=1)
        for rows in _chunks(resamples, pool.size)
    ]
    low, high = np.quantile(np.concatenate(means), [ALPHA / 2, 1 - ALPHA / 2])
    return float(low), float(high)


def _chunks(rows: int, width: int) -> Iterator[int]:
    most = max(1, _CHUNK // width)
    for start in range(0, rows, most):
        yield min(most, rows - start)


def _reconciled(interval: tuple[float, float], difference: float, p_value: float) -> tuple[float, float]:
    """The interval, widened so that it holds what was seen and says no more than the p-value."""
    held = (difference, 0.0) if p_value > ALPHA else (difference,)
    return min(*interval, *held), max(*interval, *held)
