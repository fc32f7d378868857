"""Statistics in words that claim no more than the figures show."""

from __future__ import annotations

from swebench_lite.scoring.intervals import ALPHA
from swebench_lite.scoring.paired import MCNEMAR, PairedComparison
from swebench_lite.scoring.power import (
    DISCORDANT,
    POWER,
    fewest_disagreements,
    minimum_detectable_effect,
    smallest_visible_difference,
)


def p_text(p_value: float, *, alpha: float = ALPHA) -> str:
    """``p = 0.63``, ``p < 0.001``: two significant digits, more where rounding would move it across alpha."""
    if p_value < 0.001:
        return "p < 0.001"
    for digits in range(2, 17):
        shown = f"{p_value:.{digits}g}"
        if (float(shown) <= alpha) == (p_value <= alpha):
            return f"p = {shown}"
    return f"p = {p_value!r}"


def points(difference: float, *, signed: bool = False) -> str:
    """A difference of shares in percentage points, without the word: ``30``, ``4.5``, ``-3.0``."""
    value = 100 * difference if abs(difference) >= 0.0005 else 0.0  # no "-0.0"
    sign = "+" if signed else ""
    return f"{value:{sign}.0f}" if abs(value) >= 9.95 and not signed else f"{value:{sign}.1f}"


def spending_sentence(
    n: int,
    *,
    what: str = "arms",
    comparisons: int = 1,
    samples: int = 1,
    discordant: float = DISCORDANT,
    alpha: float = ALPHA,
    power: float = POWER,
) -> str:
    """What n instances can show, for a run to say before it spends money. what: the two things that are compared.

    comparisons: the pairs whose p-values will be corrected together. Holm's method asks most of the pair that shows most
    and least of the last, so both ends are said. samples: per instance; several leave only the number of instances that
    must come out differently, for a difference may then be of any size. Raises ValueError for fewer than one of either.
    """
    if min(comparisons, samples) < 1:
        raise ValueError(f"{comparisons} comparisons of {samples} samples cannot be; give numbers from 1")
    instances, strictest = _instances(n), alpha / comparisons
    least, most = fewest_disagreements(alpha), fewest_disagreements(strictest)
    found = minimum_detectable_effect(n, discordant=discordant, alpha=strictest, power=power)
    if n < most or found is None:
        return f"With {instances} no difference between two {what} can show: at least {most} must come out differently."
    pairs = f", corrected for {comparisons} pairs" if comparisons > 1 else ""
    also = " where other pairs show one too"
    if samples > 1:
        fewer = f" (or as few as {least}{also})" if least < most else ""
        return (
            f"With {instances} of {samples} samples each a difference between two {what} shows only where at least {most} "
            f"instances come out differently{fewer}, and of no more than that only if all favour one side; samples make an "
            f"instance's result surer and are no further instances (label swaps at {alpha:g}{pairs})."
        )
    fewer = f" (or from {points(least / n)}{also})" if least < most else ""
    return (
        f"With {instances} a difference between two {what} shows only from {points(most / n)} points up{fewer}, and there only "
        f"if no instance speaks against it; a true difference is found {'at least ' if pairs else ''}{_percent(power)} of the "
        f"time from about {points(found)} points up (exact McNemar test at {alpha:g}{pairs}, where "
        f"{_percent(max(discordant, found))} of the instances come out differently)."
    )


def difference_sentence(
    comparison: PairedComparison,
    *,
    a: str = "A",
    b: str = "B",
    adjusted: float | None = None,
    comparisons: int = 1,
    level: float | None = None,
    alpha: float = ALPHA,
) -> str:
    """What a comparison shows, as a clause: ``no difference shown (p = 0.73, ...)`` or ``A resolves more than B (...)``.

    adjusted: the p-value after correction for so many comparisons (see ``paired.holm``); it alone decides what is
    claimed. level: the largest p-value before correction that would have been enough (see ``paired.holm_levels``), for
    what is said of differences that cannot show; alpha unless given, which no pair can go beyond.
    Raises ValueError where comparisons is above 1 and adjusted is missing, or adjusted is below the p-value.
    """
    if comparisons > 1 and adjusted is None:
        raise ValueError(f"{comparisons} comparisons need a corrected p-value; give adjusted, as holm() returns it")
    if adjusted is not None and adjusted < comparison.p_value:
        raise ValueError(f"an adjusted p-value of {adjusted} is below the plain one, {comparison.p_value}; use holm()")
    if comparison.difference is None or comparison.interval is None:
        return f"nothing to compare: no instance was scored for both {a} and {b}"
    p_value = comparison.p_value if adjusted is None else adjusted
    shown = p_text(p_value, alpha=alpha) + (
        f" after correction for {comparisons} comparisons" if comparisons > 1 else ""
    )
    by = "" if comparison.test == MCNEMAR else ", each by most of its samples"
    counts = f"{_instances(comparison.n)}{by}: {comparison.only_a} only {a}, {comparison.only_b} only {b}"
    if p_value > alpha or comparison.difference == 0:
        return f"no difference shown ({shown}; {counts}){_blindness(comparison, alpha if level is None else level)}"
    low, high = comparison.interval
    winner, loser, size = a, b, comparison.difference
    if comparison.difference < 0:
        winner, loser, size, low, high = b, a, -size, -high, -low
    return (
        f"{winner} resolves more than {loser} by {points(size)} points (95 % interval {points(low, signed=True)} to "
        f"{points(high, signed=True)}, {shown}; {counts})"
    )


def _blindness(comparison: PairedComparison, alpha: float) -> str:
    """What so few instances could not have shown at all."""
    visible = smallest_visible_difference(comparison.n, alpha=alpha)
    if visible is None:
        return f"; with {_instances(comparison.n)} no difference can show"
    if comparison.test != MCNEMAR:  # an instance can then differ by any share
        return ""
    return f"; with {_instances(comparison.n)} a difference below {points(visible)} points cannot show"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _instances(n: int) -> str:
    return f"{n:,} instance{'' if n == 1 else 's'}"
