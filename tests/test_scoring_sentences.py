from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swebench_lite.scoring.paired import compare_paired, holm, holm_levels
from swebench_lite.scoring.sentences import difference_sentence, p_text, points, spending_sentence


def _comparison(both: int, only_a: int, only_b: int, neither: int):  # type: ignore[no-untyped-def]
    a = "1" * (both + only_a) + "0" * (only_b + neither)
    b = "1" * both + "0" * only_a + "1" * only_b + "0" * neither
    rows = ({str(at): [letter == "1"] for at, letter in enumerate(text)} for text in (a, b))
    return compare_paired(*rows)


def test_before_spending_a_run_says_what_it_can_show() -> None:
    assert spending_sentence(20) == (
        "With 20 instances a difference between two arms shows only from 30 points up, and there only if no instance speaks "
        "against it; a true difference is found 80 % of the time from about 37 points up (exact McNemar test at 0.05, where "
        "37 % of the instances come out differently)."
    )


@pytest.mark.parametrize(("n", "said"), [(0, "0 instances"), (1, "1 instance "), (5, "5 instances")])
def test_a_run_that_can_show_nothing_is_told_so(n: int, said: str) -> None:
    assert said in spending_sentence(n)
    assert "no difference between two models can show: at least 6" in spending_sentence(n, what="models")


def test_many_pairs_are_told_what_the_first_of_them_needs_and_what_the_last() -> None:
    said = spending_sentence(20, what="models", comparisons=6)
    assert said.startswith(
        "With 20 instances a difference between two models shows only from 40 points up (or from 30 where other pairs show "
        "one too), and there only if no instance speaks against it; a true difference is found at least 80 % of the time "
    )
    assert "(exact McNemar test at 0.05, corrected for 6 pairs, where " in said


@pytest.mark.parametrize("n", [6, 7])
def test_where_the_first_of_many_pairs_can_show_nothing_none_can(n: int) -> None:
    assert spending_sentence(n, comparisons=6).endswith("no difference between two arms can show: at least 8 must come "
                                                        "out differently.")  # fmt: skip


def test_samples_promise_no_size_of_a_difference() -> None:
    assert spending_sentence(20, samples=3) == (
        "With 20 instances of 3 samples each a difference between two arms shows only where at least 6 instances come out "
        "differently, and of no more than that only if all favour one side; samples make an instance's result surer and are "
        "no further instances (label swaps at 0.05)."
    )


@pytest.mark.parametrize("moved", range(1, 9))
def test_samples_show_something_from_the_number_of_instances_that_is_said(moved: int) -> None:
    a = {str(at): [True, at % 2 == 0, at < moved] for at in range(20)}
    b = {str(at): [True, at % 2 == 0, False] for at in range(20)}
    assert (compare_paired(a, b).p_value <= 0.05) == (moved >= 6)


@pytest.mark.parametrize("wrong", [{"comparisons": 0}, {"samples": 0}])
def test_nothing_to_compare_before_spending_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="give numbers from 1"):
        spending_sentence(20, **wrong)


def test_no_difference_is_said_with_its_counts_and_with_what_could_not_be_seen() -> None:
    assert difference_sentence(_comparison(5, 3, 5, 7), a="plain", b="harnessed") == (
        "no difference shown (p = 0.73; 20 instances: 3 only plain, 5 only harnessed); "
        "with 20 instances a difference below 30 points cannot show"
    )


def test_the_better_one_is_named_first_whichever_it_is() -> None:
    said = difference_sentence(_comparison(5, 0, 9, 6), a="plain", b="harnessed")
    assert said == (
        "harnessed resolves more than plain by 45 points (95 % interval +21.6 to +65.8, p = 0.0039; "
        "20 instances: 0 only plain, 9 only harnessed)"
    )


def test_correction_takes_a_claim_away() -> None:
    comparison = _comparison(5, 0, 7, 8)
    alone = difference_sentence(comparison)
    p_values = [comparison.p_value, 0.5, 0.6, 0.7]
    among = difference_sentence(comparison, adjusted=holm(p_values)[0], comparisons=4, level=holm_levels(p_values)[0])
    assert alone.startswith("B resolves more than A")
    assert among.startswith("no difference shown (p = 0.062 after correction for 4 comparisons; ")
    assert "below 40 points cannot show" in among  # one disagreement for 1.25 % takes 8 of 20


def test_several_comparisons_without_correction_are_refused() -> None:
    with pytest.raises(ValueError, match="4 comparisons need a corrected p-value"):
        difference_sentence(_comparison(5, 0, 7, 8), comparisons=4)


def test_a_correction_that_makes_a_p_value_smaller_is_refused() -> None:
    with pytest.raises(ValueError, match="below the plain one"):
        difference_sentence(_comparison(5, 3, 5, 7), adjusted=0.01)


def test_nothing_in_common_is_nothing_to_compare() -> None:
    assert difference_sentence(compare_paired({}, {}), a="x", b="y") == (
        "nothing to compare: no instance was scored for both x and y"
    )


def test_few_instances_are_said_to_show_nothing() -> None:
    assert difference_sentence(_comparison(0, 3, 0, 0)).endswith("; with 3 instances no difference can show")


def test_several_samples_promise_no_visible_difference() -> None:
    rows = {str(at): [True, at % 2 == 0] for at in range(8)}
    said = difference_sentence(compare_paired(rows, rows))
    assert said == "no difference shown (p = 1; 8 instances, each by most of its samples: 0 only A, 0 only B)"


@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 30), st.integers(1, 12))
def test_a_winner_is_claimed_exactly_where_the_adjusted_p_value_shows_one(
    only_a: int, only_b: int, rest: int, comparisons: int
) -> None:
    comparison = _comparison(rest, only_a, only_b, 1)
    adjusted = min(1.0, comparison.p_value * comparisons)
    said = difference_sentence(comparison, adjusted=adjusted, comparisons=comparisons)
    assert ("resolves more than" in said) == (adjusted <= 0.05)
    if adjusted <= 0.05:
        assert said.startswith("A" if only_a > only_b else "B")


@pytest.mark.parametrize(
    ("p_value", "shown"),
    [
        (1.0, "p = 1"), (0.6312, "p = 0.63"), (0.05, "p = 0.05"), (0.05004, "p = 0.05004"), (0.0499, "p = 0.05"),
        (0.00123, "p = 0.0012"), (0.00099, "p < 0.001"), (0.0, "p < 0.001"),
    ],
)  # fmt: skip
def test_p_values_are_short_and_on_the_right_side(p_value: float, shown: str) -> None:
    assert p_text(p_value) == shown


@given(st.floats(0, 1), st.floats(0.001, 0.5))
def test_a_shown_p_value_is_on_the_same_side_of_alpha(p_value: float, alpha: float) -> None:
    found = re.fullmatch(r"p (=|<) (\S+)", p_text(p_value, alpha=alpha))
    assert found
    assert (float(found[2]) <= alpha) == (p_value <= alpha)


@pytest.mark.parametrize(
    ("difference", "signed", "shown"),
    [
        (0.3, False, "30"),
        (0.045, False, "4.5"),
        (0.0996, False, "10"),
        (-0.12, True, "-12.0"),
        (0.0, True, "+0.0"),
        (-0.0004, True, "+0.0"),
    ],
)
def test_points_read_like_points(difference: float, signed: bool, shown: str) -> None:
    assert points(difference, signed=signed) == shown
