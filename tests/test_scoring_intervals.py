from __future__ import annotations

from math import inf, log, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq, minimize_scalar
from statsmodels.stats.proportion import proportion_confint

from swebench_lite.scoring.intervals import Z_95, clustered_wilson, tango, wilson

COUNTS = st.integers(1, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
PAIRS = st.integers(1, 2000).flatmap(
    lambda n: st.integers(0, n).flatmap(lambda a: st.tuples(st.just(a), st.integers(0, n - a), st.just(n)))
)


# Figures of Newcombe (1998), "Two-sided confidence intervals for the single proportion", table I, method 3.
@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_intervals_equal_the_published_ones(successes: int, trials: int, low: float, high: float) -> None:
    assert wilson(successes, trials) == pytest.approx((low, high), abs=5e-5)


@given(COUNTS)
def test_wilson_intervals_equal_those_of_statsmodels(counts: tuple[int, int]) -> None:
    assert wilson(*counts) == pytest.approx(proportion_confint(*counts, method="wilson"), abs=1e-12)


@given(COUNTS)
def test_a_wilson_interval_holds_its_rate_and_stays_within_zero_and_one(counts: tuple[int, int]) -> None:
    low, high = wilson(*counts)
    assert 0 <= low <= counts[0] / counts[1] <= high <= 1


@given(st.lists(st.integers(1, 40), min_size=1, max_size=60).flatmap(
    lambda sizes: st.tuples(st.integers(0, sum(sizes)), st.just(sizes))
))  # fmt: skip
def test_several_attempts_count_as_statsmodels_counts_their_effective_number(
    given_value: tuple[int, list[int]],
) -> None:
    successes, sizes = given_value
    effective = sum(sizes) ** 2 / sum(size * size for size in sizes)
    expected = proportion_confint(successes * effective / sum(sizes), effective, method="wilson")
    assert clustered_wilson(successes, sizes) == pytest.approx(expected, abs=1e-12)


def test_single_attempts_have_wilsons_own_interval() -> None:
    assert clustered_wilson(5, [1] * 20) == wilson(5, 20)


@pytest.mark.parametrize("sizes", [[3] * 20, [5] * 4 + [1] * 16, [20] + [1] * 11])
def test_attempts_that_repeat_each_other_leave_an_interval_that_keeps_its_promise(sizes: list[int]) -> None:
    random = np.random.default_rng(4)
    drawn = (random.random((1000, len(sizes))) < 0.3) @ np.array(sizes)
    held = sum(low <= 0.3 <= high for low, high in (clustered_wilson(int(one), sizes) for one in drawn))
    assert held >= 930


def test_no_attempt_has_no_interval() -> None:
    with pytest.raises(ValueError, match="no interval for 0 of 0"):
        clustered_wilson(0, [])


@pytest.mark.parametrize(("successes", "trials"), [(0, 0), (-1, 3), (4, 3)])
def test_impossible_counts_have_no_wilson_interval(successes: int, trials: int) -> None:
    with pytest.raises(ValueError, match="no interval for"):
        wilson(successes, trials)


def _score(only_a: int, only_b: int, n: int, difference: float) -> float:
    """The score statistic with a likelihood that is maximised by a library, not by a formula."""

    def loss(share: float) -> float:
        chances = (share + difference, share, 1 - 2 * share - difference)
        counts = (only_a, only_b, n - only_a - only_b)
        terms = [
            count * log(chance) if chance > 0 else -inf for count, chance in zip(counts, chances, strict=True) if count
        ]
        return -sum(terms)

    bounds = (max(0.0, -difference), (1 - difference) / 2)
    share = minimize_scalar(loss, bounds=bounds, method="bounded", options={"xatol": 1e-12}).x
    return (only_a - only_b - n * difference) / sqrt(n * (2 * share + difference - difference**2))


@pytest.mark.parametrize("counts", [(40, 20, 160), (1, 7, 21), (3, 5, 20), (9, 2, 300), (12, 2, 50), (30, 10, 41)])
def test_tango_intervals_end_where_the_score_statistic_reaches_its_bound(counts: tuple[int, int, int]) -> None:
    seen = (counts[0] - counts[1]) / counts[2]
    low = brentq(lambda d: _score(*counts, d) - Z_95, -0.999, seen, xtol=1e-10)
    high = brentq(lambda d: _score(*counts, d) + Z_95, seen, 0.999, xtol=1e-10)
    assert tango(*counts) == pytest.approx((low, high), abs=2e-6)


def test_the_interval_of_fagerland_and_others_is_reproduced() -> None:
    # Fagerland, Lydersen, Laake (2014), Statistics in Medicine 33, 2850-2875: airway hyper-responsiveness, 1 and 7 of 21.
    assert tango(1, 7, 21) == pytest.approx((-0.517, -0.026), abs=5e-4)


@given(PAIRS)
def test_a_tango_interval_holds_the_difference_and_mirrors(counts: tuple[int, int, int]) -> None:
    only_a, only_b, n = counts
    low, high = tango(only_a, only_b, n)
    assert -1 <= low <= (only_a - only_b) / n <= high <= 1
    assert tango(only_b, only_a, n) == pytest.approx((-high, -low), abs=1e-9)


@pytest.mark.parametrize("n", [1, 5, 20, 500])
def test_no_disagreement_still_leaves_room_for_a_difference(n: int) -> None:
    # Without disagreements the statistic is n·d² / (d(1-d)), so the bound is that of Wilson for 0 of n.
    bound = wilson(0, n)[1]
    assert tango(0, 0, n) == pytest.approx((-bound, bound), abs=1e-9)


@pytest.mark.parametrize("counts", [(0, 0, 0), (-1, 0, 3), (2, 2, 3)])
def test_impossible_pairs_have_no_tango_interval(counts: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="no interval for"):
        tango(*counts)
