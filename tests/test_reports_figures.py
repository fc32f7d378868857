from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swebench_lite.records import Application, Attempt, FormatScore, Outcome
from swebench_lite.reports.figures import document, figures
from swebench_lite.reports.rates import group
from swebench_lite.scoring.intervals import wilson
from tests.test_reports_contestants import P, R, U, attempt

CASES = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2), st.sampled_from(list(Outcome))), max_size=20)


def made(*attempts: Attempt) -> dict[str, object]:
    return document(figures("g", attempts))


@given(CASES)
def test_outcomes_add_up_to_the_plan_and_no_rate_leaves_its_range(cases: list[tuple[int, int, Outcome]]) -> None:
    places = {(instance, sample): outcome for instance, sample, outcome in cases}
    group = figures("g", [attempt("r", str(i), outcome, sample=s) for (i, s), outcome in places.items()])
    assert sum(group.by_outcome.values()) == group.planned == len(places)
    assert group.n + sum(group.excluded.values()) == group.planned
    if group.interval is not None:
        assert 0 <= group.interval[0] <= (group.rate or 0) <= group.interval[1] <= 1


def test_what_is_not_the_models_doing_is_outside_the_rate_and_inside_the_strict_one() -> None:
    found = made(attempt("r", "a", R), attempt("r", "b", U), attempt("r", "c", P), attempt("r", "d", Outcome.INFRA))
    assert (found["n"], found["rate"], found["strict_rate"]) == (2, 0.5, 0.25)


def test_a_group_without_a_scored_attempt_has_no_rate() -> None:
    found = made(attempt("r", "a", P))
    assert (found["rate"], found["interval"], found["strict_apply_rate"], found["strict_rate"]) == (None, None, None, 0)


@pytest.mark.parametrize("samples", [1, 3, 10])
def test_samples_that_only_repeat_each_other_do_not_narrow_the_interval(samples: int) -> None:
    attempts = [attempt("r", str(i), R if i < 4 else U, sample=s) for i in range(5) for s in range(samples)]
    assert figures("g", attempts).interval == pytest.approx(wilson(4, 5))


@given(CASES)
def test_reports_and_comparisons_give_the_same_interval(cases: list[tuple[int, int, Outcome]]) -> None:
    places = {(instance, sample): outcome for instance, sample, outcome in cases}
    attempts = [attempt("r", str(i), outcome, sample=s) for (i, s), outcome in places.items()]
    assert group("g", attempts).interval == figures("g", attempts).interval


def test_pass_at_k_is_the_share_of_draws_that_hold_a_resolved_sample() -> None:
    results = {"a": (True, False, False), "b": (False, False, False), "c": (True, True, False)}
    attempts = [
        attempt("r", name, R if hit else U, sample=number)
        for name, hits in results.items()
        for number, hit in enumerate(hits)
    ]
    for one in figures("g", attempts).pass_at:
        draws = [[any(draw) for draw in itertools.combinations(hits, one.k)] for hits in results.values()]
        assert one.value == pytest.approx(sum(sum(each) / len(each) for each in draws) / 3)


def test_attempts_of_different_models_are_no_samples_of_one_thing() -> None:
    assert figures("g", [attempt("r", "a", R), attempt("r", "a", U, model="n")]).pass_at == ()


def test_a_cost_that_is_unknown_once_is_unknown_and_never_zero() -> None:
    found = made(attempt("r", "a", R, cost_usd=0.5), attempt("r", "b", U))
    assert (found["cost_usd"], found["cost_per_resolved"], found["cost_per_attempt"]) == (None, None, None)


def test_the_cost_per_resolved_counts_what_failures_cost() -> None:
    found = made(attempt("r", "a", R, cost_usd=0.5), attempt("r", "b", U, cost_usd=0.25))
    assert (found["cost_usd"], found["cost_per_resolved"], found["cost_per_attempt"]) == (0.75, 0.75, 0.375)


def test_apply_rates_are_of_the_scored_attempts() -> None:
    loose = Application(step="patch", strict=False, official=True)
    mended = Application(step=None, strict=False, official=False, repaired=True, repairs=("counts",))
    found = made(
        attempt("r", "a", U, application=loose, patch_sha256="0"),
        attempt("r", "b", Outcome.PATCH_INVALID, application=mended, patch_sha256="1"),
        attempt("r", "c", Outcome.NO_ANSWER),
        attempt("r", "d", U, application=Application(step="git-apply", strict=True, official=True), patch_sha256="2"),
        attempt("r", "e", P),
    )
    assert [found[f"{how}_apply_rate"] for how in ("strict", "official", "repaired")] == [0.25, 0.5, 0.75]


def test_the_format_score_is_the_mean_of_replies_that_have_one() -> None:
    scores = [FormatScore(total=total) for total in (100.0, 50.0)]
    attempts = [attempt("r", str(number), U, format_score=score) for number, score in enumerate([*scores, None])]
    assert made(*attempts)["format_score"] == 75
