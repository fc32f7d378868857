from __future__ import annotations

import subprocess
import sys
from itertools import product
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar as statsmodels_mcnemar
from statsmodels.stats.multitest import multipletests

from swebench_lite.scoring.paired import (
    BOOTSTRAP,
    MCNEMAR,
    PairedComparison,
    compare_paired,
    holm,
    holm_levels,
    mcnemar,
    paired_bootstrap,
)

ROWS = st.lists(st.lists(st.booleans(), min_size=1, max_size=4), min_size=1, max_size=9)
BOTH = ROWS.flatmap(lambda a: st.tuples(st.just(a), st.lists(st.sampled_from(a), min_size=len(a), max_size=len(a))))


@given(st.integers(0, 400), st.integers(0, 400))
def test_mcnemar_equals_that_of_statsmodels(only_a: int, only_b: int) -> None:
    expected = 1.0 if only_a == only_b else statsmodels_mcnemar([[0, only_a], [only_b, 0]], exact=True).pvalue
    assert mcnemar(only_a, only_b) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("only_a", range(7))
@pytest.mark.parametrize("only_b", range(6))
def test_mcnemar_equals_a_count_of_all_coin_tosses(only_a: int, only_b: int) -> None:
    tosses = only_a + only_b
    extreme = abs(only_a - only_b)
    hits = sum(abs(2 * sum(heads) - tosses) >= extreme for heads in product((0, 1), repeat=tosses))
    assert mcnemar(only_a, only_b) == hits / 2**tosses


def test_no_disagreement_shows_nothing() -> None:
    assert mcnemar(0, 0) == 1.0


def test_thousands_of_disagreements_take_no_shortcut() -> None:
    assert mcnemar(10_000, 10_300) == pytest.approx(stats.binomtest(10_000, 20_300).pvalue, rel=1e-9)


@pytest.mark.parametrize(("only_a", "only_b"), [(-1, 2), (2, -1)])
def test_negative_counts_have_no_test(only_a: int, only_b: int) -> None:
    with pytest.raises(ValueError, match="give counts from 0"):
        mcnemar(only_a, only_b)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
@settings(max_examples=15, deadline=None)  # a tenth of a second each
def test_holm_equals_that_of_statsmodels(p_values: list[float]) -> None:
    assert holm(p_values) == pytest.approx(multipletests(p_values, method="holm")[1], rel=1e-12, abs=1e-300)


def test_the_example_of_three_hypotheses_is_adjusted_step_by_step() -> None:
    assert holm([0.04, 0.01, 0.02]) == pytest.approx((0.04, 0.03, 0.04))


def test_no_comparison_needs_no_correction() -> None:
    assert (holm([]), holm([0.3])) == ((), (0.3,))


@pytest.mark.parametrize("given_value", [-0.1, 1.1, float("nan")])
def test_what_is_no_p_value_is_refused(given_value: float) -> None:
    with pytest.raises(ValueError, match="no p-value"):
        holm([0.5, given_value])


def test_each_pair_has_the_level_that_the_others_leave_it() -> None:
    assert holm_levels([0.03, 0.001, 0.9]) == pytest.approx((0.05 / 2, 0.05 / 3, 0.05 / 2))
    assert holm_levels([0.04, 0.001, 0.02]) == pytest.approx((0.05, 0.05 / 3, 0.05 / 2))
    assert (holm_levels([]), holm_levels([0.7])) == ((), (0.05,))


@given(st.lists(st.floats(0, 0.1), min_size=1, max_size=8), st.integers(0, 7), st.floats(0, 0.1))
def test_a_p_value_is_enough_exactly_up_to_its_level(p_values: list[float], at: int, other: float) -> None:
    at %= len(p_values)
    level = holm_levels(p_values)[at]
    for tried in (other, level * (1 - 1e-9), level * (1 + 1e-9)):
        adjusted = holm([*p_values[:at], tried, *p_values[at + 1 :]])[at]
        assert (adjusted <= 0.05) == (tried <= level)


def test_a_level_among_what_is_no_p_value_is_refused() -> None:
    with pytest.raises(ValueError, match="no p-value"):
        holm_levels([0.5, -1])


@given(BOTH)
@settings(deadline=None)
def test_up_to_thirteen_instances_every_swap_of_labels_counts(
    rows: tuple[list[list[bool]], list[list[bool]]],
) -> None:
    differences = [sum(a) / len(a) - sum(b) / len(b) for a, b in zip(*rows, strict=True)]
    sums = [
        sum(s * d for s, d in zip(signs, differences, strict=True)) for signs in product((1, -1), repeat=len(rows[0]))
    ]
    hits = sum(abs(each) >= abs(sum(differences)) - 1e-9 for each in sums)
    found = paired_bootstrap(*rows, seed=3, resamples=50)
    assert found.p_value == pytest.approx(hits / len(sums))
    assert found.difference == pytest.approx(sum(differences) / len(differences))


def _many(n: int, *, seed: int, lift: float) -> tuple[list[list[bool]], list[list[bool]]]:
    random = np.random.default_rng(seed)
    skill = random.beta(0.5, 0.5, n)
    a, b = (random.random((3, n)) < np.clip(skill + plus, 0, 1) for plus in (lift, 0.0))
    return a.T.tolist(), b.T.tolist()


def test_more_instances_give_the_p_value_of_scipys_permutation_test() -> None:
    a, b = _many(40, seed=6, lift=0.1)
    found = paired_bootstrap(a, b, seed=1, resamples=40_000)
    differences = np.mean(a, axis=1) - np.mean(b, axis=1)
    expected = stats.permutation_test(
        (differences,), np.mean, permutation_type="samples", n_resamples=40_000, rng=np.random.default_rng(7)
    )
    assert 0.001 < found.p_value < 0.5
    assert found.p_value == pytest.approx(expected.pvalue, abs=0.012)


def test_the_interval_is_scipys_percentile_bootstrap_with_two_imaginary_instances() -> None:
    a, b = _many(60, seed=2, lift=0.3)
    found = paired_bootstrap(a, b, seed=1, resamples=40_000)
    differences = np.mean(a, axis=1) - np.mean(b, axis=1)
    largest = np.abs(differences).max()
    pool = np.append(differences, [largest, -largest])
    expected = stats.bootstrap(
        (pool,), np.mean, n_resamples=40_000, method="percentile", rng=np.random.default_rng(7)
    ).confidence_interval
    assert found.p_value < 0.05
    assert found.interval == pytest.approx(tuple(expected), abs=1.01 / 3 / 62)  # one step of the mean


def test_intervals_hold_the_truth_as_often_as_they_promise() -> None:
    random, held, n = np.random.default_rng(11), 0, 20
    for trial in range(300):
        skill = random.beta(0.3, 0.3, n)
        a, b = (random.random((3, n)) < skill for _ in range(2))
        low, high = paired_bootstrap(a.T.tolist(), b.T.tolist(), seed=trial, resamples=400).interval or (1.0, 1.0)
        held += low <= 0 <= high
    assert held >= 0.93 * 300


SIX_OF_A_THIRD = ([[True, False, False]] * 6, [[False] * 3] * 6)


def test_a_difference_that_is_shown_has_an_interval_without_zero() -> None:
    found = paired_bootstrap(*SIX_OF_A_THIRD, seed=0)
    assert (found.p_value, found.difference) == (0.03125, pytest.approx(1 / 3))
    assert found.interval is not None
    assert 0 < found.interval[0] < 1 / 3


def test_a_bound_beyond_zero_gives_way_to_that_of_clopper_and_pearson() -> None:
    # All six instances fall to A, so the lean is the bound of a count: 6 of 6, each worth a third.
    lean = stats.binomtest(6, 6).proportion_ci(method="exact").low
    low, _ = paired_bootstrap(*SIX_OF_A_THIRD, seed=0).interval or (0.0, 0.0)
    assert low == pytest.approx((2 * lean - 1) / 3, abs=2e-5)


@given(
    st.lists(
        st.tuples(st.lists(st.booleans(), min_size=1, max_size=5), st.lists(st.booleans(), min_size=1, max_size=5)),
        min_size=1,
        max_size=30,
    ),
    st.integers(6, 30),
    st.sampled_from([19, 39, 300]),
)
@settings(deadline=None)
def test_the_interval_of_samples_holds_zero_exactly_where_nothing_is_shown(
    rows: list[tuple[list[bool], list[bool]]], lifted: int, resamples: int
) -> None:
    # Wins for A on top of anything, so that many examples lie near the edge of the test.
    rows = [(a, b) if at >= lifted else ([*a, True], [*b, False]) for at, (a, b) in enumerate(rows)]
    for one, other in ((0, 1), (1, 0)):
        found = paired_bootstrap([row[one] for row in rows], [row[other] for row in rows], seed=3, resamples=resamples)
        low, high = found.interval or (0.0, 0.0)
        assert low <= (found.difference or 0.0) <= high
        assert (low <= 0 <= high) == (found.p_value > 0.05)


def test_in_a_simulation_near_the_edge_nothing_contradicts_itself_and_intervals_hold_the_truth() -> None:
    random, held, shown, trials = np.random.default_rng(13), 0, 0, 400
    for trial in range(trials):
        skill = random.beta(1, 1, 20)
        better = np.where(random.random(20) < 0.5, skill + 0.5 * (1 - skill), skill)
        a, b = random.random((3, 20)) < better, random.random((3, 20)) < skill
        found = paired_bootstrap(a.T.tolist(), b.T.tolist(), seed=trial, resamples=400)
        low, high = found.interval or (1.0, -1.0)
        held += low <= 0.125 <= high  # half of the instances, a half of the half that is missing on average
        shown += found.p_value <= 0.05
        assert (low <= 0 <= high) == (found.p_value > 0.05)
    assert shown > 0.1 * trials
    assert 0.93 * trials <= held <= 0.995 * trials


def test_a_true_null_is_rejected_no_more_often_than_promised() -> None:
    random, rejected, n = np.random.default_rng(12), 0, 30
    for trial in range(400):
        skill = random.beta(0.3, 0.3, n)
        a, b = (random.random((4, n)) < skill for _ in range(2))
        rejected += paired_bootstrap(a.T.tolist(), b.T.tolist(), seed=trial, resamples=300).p_value <= 0.05
    assert rejected <= 0.075 * 400


def test_the_same_seed_gives_the_same_result_and_another_one_another() -> None:
    a, b = _many(40, seed=5, lift=0.1)
    first, again, other = (paired_bootstrap(a, b, seed=seed, resamples=500) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_the_size_of_the_chunks_is_no_part_of_the_result() -> None:
    a, b = _many(30, seed=5, lift=0.1)
    wide_a, wide_b = a * 70, b * 70  # 2,100 instances: more than one chunk
    found = paired_bootstrap(wide_a, wide_b, seed=1, resamples=2_000)
    assert found.p_value == pytest.approx(1 / 2001)
    assert found.interval is not None
    assert found.interval[0] < paired_bootstrap(a, b, seed=1).difference < found.interval[1]  # type: ignore[operator]


def test_contestants_that_do_the_same_differ_by_nothing_with_room_on_both_sides() -> None:
    same = [[True, False]] * 20
    found = paired_bootstrap(same, same, seed=1)
    low, high = found.interval or (0.0, 0.0)
    assert (found.difference, found.p_value) == (0.0, 1.0)
    assert low < 0 < high


def test_three_instances_that_all_agree_prove_nothing() -> None:
    found = paired_bootstrap([[True, True]] * 3, [[False, False]] * 3, seed=1)
    assert found.difference == 1.0
    assert found.p_value == 0.25
    assert found.interval is not None
    assert found.interval[0] <= 0


def test_one_sample_each_gives_the_exact_mcnemar_test() -> None:
    a, b = [[True]] * 9 + [[False]] * 30, [[False]] * 9 + [[True]] * 2 + [[False]] * 28
    assert paired_bootstrap(a, b, seed=1).p_value == mcnemar(9, 2)


def test_nothing_to_compare_is_no_difference_of_zero() -> None:
    found = paired_bootstrap([], [], seed=1)
    assert (found.n, found.difference, found.interval, found.p_value) == (0, None, None, 1.0)


@pytest.mark.parametrize(
    ("a", "b", "resamples", "message"),
    [
        ([[True]], [], 10, "do not pair"),
        ([[]], [[True]], 10, "has no sample"),
        ([[True]], [[True]], 0, "0 resamples say nothing"),
    ],
)
def test_what_cannot_be_compared_is_refused(a: object, b: object, resamples: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        paired_bootstrap(a, b, seed=1, resamples=resamples)  # type: ignore[arg-type]


def _row(text: str) -> dict[str, list[bool]]:
    return {f"i{number:02d}": [letter == "1"] for number, letter in enumerate(text) if letter != "-"}


def test_only_instances_that_both_have_are_compared() -> None:
    found = compare_paired(_row("1101-10"), _row("10-0110"))
    assert (found.n, found.both, found.only_a, found.only_b, found.neither) == (5, 2, 2, 0, 1)
    assert (found.difference, found.p_value, found.test) == (0.4, 0.5, MCNEMAR)


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40), st.integers(0, 200))
def test_a_comparison_never_contradicts_itself(both: int, only_a: int, only_b: int, neither: int) -> None:
    a = _row("1" * both + "1" * only_a + "0" * only_b + "0" * neither)
    b = _row("1" * both + "0" * only_a + "1" * only_b + "0" * neither)
    found = compare_paired(a, b)
    assert (found.both, found.only_a, found.only_b, found.neither) == (both, only_a, only_b, neither)
    if found.interval is not None:
        low, high = found.interval
        assert (low <= 0 <= high) == (found.p_value > 0.05)


def test_swapping_the_contestants_mirrors_the_comparison() -> None:
    a, b = _row("111111110000"), _row("100000000001")
    one, other = compare_paired(a, b), compare_paired(b, a)
    assert other.difference == -one.difference  # type: ignore[operator]
    assert (other.only_a, other.only_b, other.p_value) == (one.only_b, one.only_a, one.p_value)
    assert other.interval == pytest.approx((-one.interval[1], -one.interval[0]))  # type: ignore[index]


def test_no_shared_instance_is_no_comparison() -> None:
    assert compare_paired({"a": [True]}, {"b": [True], "a": []}) == PairedComparison(
        n=0, both=0, only_a=0, only_b=0, neither=0, difference=None, interval=None, p_value=1.0, test=MCNEMAR
    )


def test_several_samples_are_compared_by_instance_in_any_order() -> None:
    a = {"x": [True, True, False], "y": [True], "z": [False, False]}
    b = {"z": [False], "y": [False, True], "x": [False, False]}
    found = compare_paired(a, b, seed=4)
    rows = paired_bootstrap([a[k] for k in "xyz"], [b[k] for k in "xyz"], seed=4)
    assert (found.difference, found.interval, found.p_value) == (rows.difference, rows.interval, rows.p_value)
    assert found.test == BOOTSTRAP


def test_half_of_the_samples_is_not_enough_to_resolve_an_instance() -> None:
    found = compare_paired({"x": [True, False], "y": [True, True, False]}, {"x": [False] * 2, "y": [False]})
    assert (found.both, found.only_a, found.only_b, found.neither) == (0, 1, 0, 1)


def test_the_null_distribution_of_mcnemar_keeps_its_promise() -> None:
    for pairs in range(1, 60):
        wrong = sum(comb(pairs, heads) for heads in range(pairs + 1) if mcnemar(heads, pairs - heads) <= 0.05)
        assert wrong / 2**pairs <= 0.05


def test_importing_the_statistics_loads_no_heavy_library() -> None:
    names = ["paired", "intervals", "passk", "power", "sentences", "verdicts", "bench", "funnel", "format_score"]
    code = f"import sys; {'; '.join(f'import swebench_lite.scoring.{name}' for name in names)}; "
    code += "sys.exit(any(name in sys.modules for name in ('numpy', 'scipy', 'unidiff', 'pandas')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
