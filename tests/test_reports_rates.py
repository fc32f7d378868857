from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swebench_lite.records import Outcome
from swebench_lite.reports.rates import contestants, group, sentence
from swebench_lite.scoring.intervals import wilson
from tests.test_reports_model import attempt, example


# Figures of Newcombe (1998), "Two-sided confidence intervals for the single proportion", table I, method 3.
@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_intervals_equal_the_published_ones(successes: int, trials: int, low: float, high: float) -> None:
    assert wilson(successes, trials) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_holds_its_rate_and_stays_within_zero_and_one(counts: tuple[int, int]) -> None:
    low, high = wilson(*counts)
    assert 0 <= low <= counts[0] / counts[1] <= high <= 1


@pytest.mark.parametrize(("successes", "trials"), [(0, 0), (-1, 3), (4, 3)])
def test_impossible_counts_have_no_interval(successes: int, trials: int) -> None:
    with pytest.raises(ValueError, match="no interval for"):
        wilson(successes, trials)


def test_what_is_not_the_models_fault_lowers_only_the_strict_rate() -> None:
    counts = group("x", [attempt("a", Outcome.RESOLVED), attempt("b", Outcome.INFRA)])
    assert (counts.rate, counts.strict_rate) == (1.0, 0.5)


def test_a_group_without_scored_attempts_has_no_rate() -> None:
    counts = group("x", [attempt("a", Outcome.CRASHED)])
    assert (counts.rate, counts.interval) == (None, None)
    assert sentence(counts) == "no scored attempt among 1"


def test_models_and_arms_compete_under_their_names() -> None:
    found = contestants([attempt("a", Outcome.RESOLVED, model="m2"), attempt("a", Outcome.TIMEOUT, model="m1")])
    assert [(counts.name, counts.resolved) for counts in found] == [("m1", 0), ("m2", 1)]


def test_samples_of_few_instances_are_told_from_as_many_instances() -> None:
    attempts = [attempt(f"i{i}", Outcome.RESOLVED if i < 4 else Outcome.UNRESOLVED) for i in range(5)] * 10
    assert sentence(group("x", attempts)) == (
        "40 of 50 scored attempts resolved: 80.0 % (95 % interval 37.6 % to 96.4 %, n = 50 attempts at 5 instances)"
    )


def test_the_sentence_says_counts_rate_interval_and_n() -> None:
    expected = "1 of 2 scored attempts resolved: 50.0 % (95 % interval 9.5 % to 90.5 %, n = 2)"
    assert sentence(example().overall) == expected
