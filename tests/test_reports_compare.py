from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swebench_lite.records import FormatScore, Outcome
from swebench_lite.reports.compare import Comparison, compare, render, to_json
from swebench_lite.reports.contestants import ARMS, GROUPINGS, StoredRun
from tests.test_reports_contestants import P, R, U, attempt, stored


def versus(a: str, b: str) -> Comparison:
    """Two models on as many instances as there are letters: R resolved, U not, P provider error, - not asked."""
    words = {"R": R, "U": U, "P": P}
    return compare([
        stored(*(
            attempt("r", f"i{number:02}", words[letter], model=model)
            for model, letters in (("a", a), ("b", b))
            for number, letter in enumerate(letters)
            if letter != "-"
        ))
    ])  # fmt: skip


def counts(found: Comparison) -> tuple[int, int, int, int, int]:
    (pair,) = found.pairs
    return pair.found.n, pair.found.both, pair.found.only_a, pair.found.only_b, pair.found.neither


def test_a_pair_counts_who_resolves_what() -> None:
    assert counts(versus("RRRUUU", "RRUURU")) == (6, 2, 1, 1, 2)


def test_instances_that_are_not_scored_for_both_are_outside_the_pair() -> None:
    found = versus("RRPU-R", "RPUUR-")
    assert counts(found) == (2, 1, 0, 0, 1)
    assert found.pairs[0].match.unscored == 2


def test_a_sentence_says_what_was_seen_and_what_could_not_have_been_seen() -> None:
    sentence = versus("R" * 3 + "U" * 17, "U" * 3 + "R" * 5 + "U" * 12).pairs[0].sentence
    assert sentence == (
        "a and b: no difference shown (p = 0.73; 20 instances: 3 only a, 5 only b); "
        "with 20 instances a difference below 30 points cannot show"
    )


def test_a_difference_that_is_shown_names_the_winner() -> None:
    (pair,) = versus("R" * 20, "U" * 20).pairs
    assert pair.shown
    assert pair.sentence.startswith("a resolves more than b by 100 points")


@pytest.mark.parametrize(
    ("a", "b", "words"),
    [
        ("RR--", "--RR", "a and b: nothing to compare: they share no instance; make runs over the same instances"),
        ("PP", "RU", "a and b: nothing to compare: none of 2 shared attempts is scored for both; resume their runs"),
    ],
)
def test_a_pair_without_a_scored_instance_says_why_and_has_no_p_value(a: str, b: str, words: str) -> None:
    found = versus(a, b)
    assert found.pairs[0].sentence == words
    pair = to_json(found)["pairs"][0]  # type: ignore[index]
    assert [pair[name] for name in ("p_value", "adjusted_p_value", "difference", "interval", "test")] == [None] * 5
    assert not found.compared


def test_models_without_a_common_arm_are_told_so() -> None:
    run = stored(attempt("r", "a", R, arm="h"), attempt("r", "a", R, arm="u"), attempt("r", "a", U, model="n"))
    (pair,) = compare([run], by="model").pairs
    assert pair.sentence == (
        "m and n: nothing to compare: they have no arm in common; leave --by out, or make runs that have"
    )


def test_a_group_without_a_rate_is_named_with_its_outcomes() -> None:
    assert "b has no rate: no attempt of it is scored (2 PROVIDER)" in versus("RU", "PP").notes


def test_one_contestant_in_two_runs_is_told_how_to_compare_the_runs() -> None:
    found = compare([stored(attempt("r1", "a", R)), stored(attempt("r2", "a", U))])
    assert found.notes[-1] == (
        "there is one contestant only, m, and nothing to compare it with; --by run compares the runs with each other"
    )
    assert not found.compared


def test_rates_over_different_instances_come_with_a_warning() -> None:
    assert any("only the pairs compare like with like" in note for note in versus("RU", "R-").notes)
    assert versus("RU", "RP").notes == ()


def test_stored_attempts_that_no_plan_knows_are_counted() -> None:
    run = stored(attempt("r", "a", R))
    stray = StoredRun(plan=run.plan, attempts=(*run.attempts, attempt("r", "b", R)))
    found = compare([stray])
    assert found.groups[0].planned == 1
    assert "1 stored attempt left out: in no run's plan" in found.notes


def test_p_values_are_corrected_within_a_family_only() -> None:
    models = ("m", "n")
    run = stored(*(
        attempt("r", f"i{number}", R if (arm == "h") or (model == "n" and number < 4) else U, model=model, arm=arm)
        for model in models for arm in ("h", "u") for number in range(8)
    ))  # fmt: skip
    pairs = {(pair.match.a, pair.match.b): pair for pair in compare([run]).pairs}
    arms = pairs["m · h", "m · u"]
    assert arms.match.family == ARMS
    assert arms.adjusted == pytest.approx(2 * arms.found.p_value)
    other = pairs["m · u", "n · h"]
    assert other.adjusted == pytest.approx(4 * other.found.p_value)


def models(**solved: int) -> Comparison:
    """Models on 20 instances, of which each resolves the first so many."""
    return compare([
        stored(*(
            attempt("r", f"i{number:02}", R if number < count else U, model=model)
            for model, count in solved.items()
            for number in range(20)
        ))
    ])  # fmt: skip


def test_no_pair_shows_less_than_what_it_could_have_shown() -> None:
    found = models(a=20, b=14, c=0)
    assert [pair.shown for pair in found.pairs] == [True] * 3
    assert [pair.visible for pair in found.pairs] == pytest.approx([0.3, 0.35, 0.35])
    assert all((pair.found.difference or 0) >= (pair.visible or 2) for pair in found.pairs)


def test_what_could_not_have_been_seen_goes_by_what_the_other_pairs_show() -> None:
    assert "a difference below 30 points cannot show" in models(a=20, b=15, c=0).pairs[0].sentence
    assert "a difference below 35 points cannot show" in models(a=9, b=8, c=8).pairs[0].sentence


def test_samples_have_no_smallest_visible_difference() -> None:
    run = stored(*(
        attempt("r", f"i{number}", R if model == "a" and not sample else U, model=model, sample=sample)
        for model in "ab" for number in range(6) for sample in range(3)
    ))  # fmt: skip
    (pair,) = to_json(compare([run]))["pairs"]
    assert (pair["shown"], pair["smallest_visible_difference"]) == (True, None)
    assert pair["interval"][0] > 0


def test_what_the_harness_did_for_a_model_is_there_when_both_arms_are() -> None:
    run = stored(*(
        attempt("r", f"i{number}", U, arm=arm, format_score=FormatScore(total=total))
        for arm, total in (("harnessed", 100.0), ("unharnessed", 60.0)) for number in range(3)
    ))  # fmt: skip
    (effect,) = compare([run]).effects
    assert (effect.verdict, effect.delta_format, effect.delta_execution) == ("FORMAT_ONLY", 40, 0)


RUNS = st.lists(
    st.tuples(
        st.sampled_from(["r1", "r2"]), st.sampled_from(["m", "n"]), st.sampled_from(["none", "h"]),
        st.integers(0, 3), st.integers(0, 1), st.sampled_from(list(Outcome)),
    ),
    min_size=1, max_size=30, unique_by=lambda row: row[:5],
)  # fmt: skip


@given(RUNS, st.sampled_from(sorted(GROUPINGS)))
def test_any_runs_compare_in_every_grouping(rows: list[tuple[str, str, str, int, int, Outcome]], by: str) -> None:
    runs = [
        stored(*(
            attempt(run, str(instance), outcome, model=model, arm=arm, sample=sample)
            for run, model, arm, instance, sample, outcome in rows if run == name
        ))
        for name in sorted({row[0] for row in rows})
    ]  # fmt: skip
    found = compare(runs, by=by)
    assert len(found.pairs) == len(found.groups) * (len(found.groups) - 1) // 2
    for pair in found.pairs:
        seen = pair.found
        assert seen.both + seen.only_a + seen.only_b + seen.neither == seen.n <= pair.attempts
        assert pair.adjusted is None or pair.adjusted >= seen.p_value
    assert json.loads(render(found)) == json.loads(json.dumps(to_json(found)))
    assert render(found) == render(compare(runs, by=by))


def test_names_from_outside_cannot_break_a_sentence_in_two() -> None:
    run = stored(attempt("r", "a", R, model="x\n- y\x1b[31m"), attempt("r", "a", R, model="z"))
    found = compare([run])
    assert found.pairs[0].sentence.startswith("x - y and z: ")
    assert found.groups[0].name == "x\n- y\x1b[31m"
