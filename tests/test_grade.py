"""Verdicts: the official rule to the letter, and the strict rules that only ever take a success away."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swebench_lite.errors import DatasetError
from swebench_lite.grade import END, START, grade, official, trusted_channel
from swebench_lite.grade import tests_report as report_of
from swebench_lite.records import Application, Execution, Flag, Instance, Oracle, Outcome, Status

APPLIED = Application(step="git-apply", strict=True, official=True)
BROKEN = Application(step=None, strict=False, official=False, reason="what the patch did is cut off")
A, B, C = "t.py::a", "t.py::b", "t.py::c"
INSTANCE = Instance(instance_id="o__p-1", fail_to_pass=(A,), pass_to_pass=(B,), log_parser="parse_log_pytest")


def log_of(*lines: str) -> str:
    return "\n".join((f"+ : '{START}'", *lines, f"+ : '{END}'", ""))


GOOD = log_of(f"PASSED {A}", f"PASSED {B}")


def execution(log: str = GOOD, *, exit_status: int | None = 0, **more: object) -> Execution:
    return replace(Execution(key="k", application=APPLIED, log=log, exit_status=exit_status), **more)  # type: ignore[arg-type]


def oracle(exit_status: int = 0, **statuses: str) -> Oracle:
    names = {f"t.py::{name}": Status(word) for name, word in statuses.items()}
    return Oracle(digest="d", statuses=names, exit_status=exit_status, seconds=1.0)


def test_all_required_tests_passing_is_resolved() -> None:
    verdict = grade(INSTANCE, execution())
    assert (verdict.outcome, verdict.official_resolved, verdict.graded) == (Outcome.RESOLVED, True, True)
    assert verdict.reason == "all 2 required tests succeed"


def test_a_resolved_verdict_without_a_trusted_channel_is_unverified() -> None:
    assert grade(INSTANCE, execution()).flags == (Flag.UNVERIFIED,)


def test_a_reader_of_scraped_output_is_no_trusted_channel() -> None:
    assert not trusted_channel(INSTANCE)


def test_a_failing_test_is_counted_and_named() -> None:
    verdict = grade(INSTANCE, execution(log_of(f"FAILED {A} - x", f"PASSED {B}"), exit_status=1))
    assert verdict.outcome is Outcome.UNRESOLVED
    assert verdict.reason == "1 of 2 required tests fail, first t.py::a"
    assert verdict.tests.f2p_failure == (A,)
    assert verdict.tests.p2p_success == (B,)


def test_a_log_that_lost_its_middle_proves_no_success() -> None:
    verdict = grade(INSTANCE, execution(truncated=True))
    assert (verdict.outcome, verdict.official_resolved) == (Outcome.UNRESOLVED, True)
    assert "a failure may be missing" in verdict.reason


def test_where_the_reference_solution_prints_as_much_a_cut_log_is_as_good_as_its() -> None:
    gold = replace(oracle(a="PASSED", b="PASSED"), truncated=True)
    assert grade(INSTANCE, execution(truncated=True), gold).resolved


def test_a_log_on_which_the_official_reader_fails_is_told_apart_from_one_that_it_does_not_grade() -> None:
    forged = grade(INSTANCE, execution(GOOD + ">>>>> Test Exit Code: " + "9" * 5000))
    assert (forged.official_error, forged.graded) == (True, False)
    assert not grade(INSTANCE, execution("nothing")).official_error


def test_a_patch_that_takes_all_memory_while_it_is_applied_is_told_so() -> None:
    verdict = grade(INSTANCE, execution("", application=BROKEN, out_of_memory=True))
    assert (verdict.outcome, verdict.reason) == (Outcome.PATCH_INVALID, "applying the patch ran into the memory limit")


def test_a_required_test_that_did_not_run_fails() -> None:
    assert not grade(INSTANCE, execution(log_of(f"PASSED {B}"))).official_resolved


def test_a_skipped_required_test_is_not_a_pass() -> None:
    assert report_of(INSTANCE, {A: "SKIPPED", B: "PASSED"}).f2p_failure == (A,)


def test_a_skipped_test_that_passed_before_is_no_regression_officially() -> None:
    assert report_of(INSTANCE, {A: "PASSED", B: "SKIPPED"}).p2p_success == (B,)


def test_under_fail_only_an_absent_test_succeeds() -> None:
    report = report_of(replace(INSTANCE, eval_type="fail_only"), {B: "FAILED"})
    assert (report.f2p_success, report.p2p_failure) == ((A,), (B,))


def test_a_word_that_is_no_status_stands_in_neither_list_but_does_not_resolve() -> None:
    run = execution(log_of(f"PASSEDx {A}", f"PASSED {B}"))
    reading = official(INSTANCE, run.log)
    assert reading.resolved
    assert (reading.words[A], reading.statuses) == ("PASSEDx", {B: "PASSED"})
    assert grade(INSTANCE, run).reason.startswith("the log says nothing usable about 1 required test, first t.py::a")


@pytest.mark.parametrize(
    ("lines", "resolved"),
    [
        (["PASSED t.py::x[a", "FAILED t.py::x[b"], True),
        (["PASSED t.py::x[a-1]", "XFAIL t.py::x[a-2]"], True),
        (["PASSED t.py::x[a-1]", "SKIPPED t.py::x[a-2]"], False),
    ],
)
def test_a_cut_id_stands_for_all_that_begin_like_it_if_they_agree(lines: list[str], resolved: bool) -> None:
    cut = replace(INSTANCE, fail_to_pass=("t.py::x[a",), pass_to_pass=())
    assert official(cut, log_of(*lines)).resolved is resolved


@pytest.mark.parametrize(
    ("log", "reason"),
    [
        (GOOD + ">>>>> Patch Apply Failed", "Patch Apply Failed"),
        (GOOD + ">>>>> Tests Timed Out", "Tests Timed Out"),
        (f"{START}\nPASSED {A}", "marks"),
        (log_of("nothing"), "neither"),
        (log_of("Executed 0 of 0"), "neither"),
        (GOOD + ">>>>> Test Exit Code: 1", "records exit status 1"),
        (GOOD + ">>>>> Test Exit Code: " + "9" * 5000, "forged"),
    ],
)
def test_a_log_that_the_official_rule_does_not_grade_says_why(log: str, reason: str) -> None:
    verdict = grade(INSTANCE, execution(log))
    assert (verdict.outcome, verdict.graded, verdict.official_resolved) == (Outcome.UNRESOLVED, False, False)
    assert reason in verdict.reason


def test_the_first_recorded_exit_status_counts_officially() -> None:
    assert official(INSTANCE, ">>>>> Test Exit Code: 0\n" + GOOD + ">>>>> Test Exit Code: 1").resolved


def test_only_the_text_up_to_the_next_mark_is_read() -> None:
    assert not official(INSTANCE, log_of(f"PASSED {A}", START, f"PASSED {B}")).resolved


def test_results_outside_the_marks_count_when_there_are_none_inside() -> None:
    assert official(INSTANCE, f"PASSED {A}\nPASSED {B}\n" + log_of("")).resolved


@pytest.mark.parametrize(
    "sign", ["Executed 3 of 4", "10 passing", "1 spec, 0 failures", "x': ok", "# tests 2", "Tests:  4"]
)
def test_a_silent_suite_that_ran_is_graded(sign: str) -> None:
    reading = official(replace(INSTANCE, eval_type="fail_only"), log_of(sign))
    assert (reading.graded, reading.resolved) == (True, True)


def test_a_broken_xml_report_is_not_graded() -> None:
    reading = official(replace(INSTANCE, log_parser="parse_log_doctest"), log_of("<doctest><TestCase"))
    assert not reading.graded
    assert "XML" in reading.reason


def test_carriage_returns_end_lines_as_in_the_official_log_file() -> None:
    assert official(INSTANCE, log_of(f"progress\rPASSED {A}\r\nPASSED {B}\r")).resolved


def test_an_instance_without_a_reader_is_an_error() -> None:
    with pytest.raises(DatasetError, match="log_parser"):
        grade(replace(INSTANCE, log_parser=None), execution())


def test_a_time_out_is_a_time_out_whatever_the_log_says() -> None:
    verdict = grade(INSTANCE, execution(timed_out=True, exit_status=None))
    assert (verdict.outcome, verdict.official_resolved) == (Outcome.TIMEOUT, False)


def test_a_patch_that_does_not_apply_is_invalid_with_its_reason() -> None:
    refused = Application(step=None, strict=False, official=False, reason="a.py:3 does not match")
    verdict = grade(INSTANCE, execution(application=refused))
    assert (verdict.outcome, verdict.reason) == (Outcome.PATCH_INVALID, "a.py:3 does not match")


def test_a_run_out_of_memory_is_unresolved_strictly_only() -> None:
    verdict = grade(INSTANCE, execution(out_of_memory=True))
    assert (verdict.outcome, verdict.official_resolved) == (Outcome.UNRESOLVED, True)
    assert "memory" in verdict.reason


def test_a_cut_log_is_mentioned_where_the_verdict_is_bad() -> None:
    assert "cut at its size limit" in grade(INSTANCE, execution(log_of(f"PASSED {B}"), truncated=True)).reason


@pytest.mark.parametrize("word", ["XFAIL", "SKIPPED"])
def test_a_test_evaded_only_with_this_patch_is_not_resolved(word: str) -> None:
    run = execution(log_of(f"PASSED {A}", f"{word} {B}"))
    verdict = grade(INSTANCE, run, oracle(a="PASSED", b="PASSED"))
    assert (verdict.resolved, verdict.official_resolved) == (False, True)
    assert verdict.reason.startswith(f"t.py::b is {word}")


def test_a_test_skipped_in_the_gold_run_too_may_be_skipped() -> None:
    run = execution(log_of(f"PASSED {A}", f"SKIPPED {B}"))
    assert grade(INSTANCE, run, oracle(a="PASSED", b="SKIPPED")).resolved


def test_a_failing_exit_status_with_a_clean_log_is_a_contradiction() -> None:
    verdict = grade(INSTANCE, execution(exit_status=3))
    assert (verdict.resolved, verdict.official_resolved) == (False, True)
    assert "contradicts" in verdict.reason


def test_a_failing_exit_status_that_the_gold_run_shows_too_is_none() -> None:
    assert grade(INSTANCE, execution(exit_status=3), oracle(3, a="PASSED", b="PASSED")).resolved


def test_a_good_exit_status_with_a_listed_failure_is_a_contradiction() -> None:
    run = execution(log_of(f"PASSED {A}", f"PASSED {B}", f"FAILED {C}"))
    assert grade(INSTANCE, run).reason.endswith("the log lists 1 failure, first t.py::c")


def test_failures_of_other_files_inside_the_output_are_no_contradiction() -> None:
    assert grade(INSTANCE, execution(log_of(f"PASSED {A}", f"PASSED {B}", "FAILED inner.py::x"))).resolved


def test_an_unrequired_failure_with_its_exit_status_is_resolved() -> None:
    assert grade(INSTANCE, execution(log_of(f"PASSED {A}", f"PASSED {B}", f"FAILED {C}"), exit_status=1)).resolved


def test_an_instance_that_requires_nothing_is_not_resolved() -> None:
    verdict = grade(replace(INSTANCE, fail_to_pass=(), pass_to_pass=()), execution())
    assert (verdict.resolved, verdict.official_resolved) == (False, True)


def test_a_missing_network_is_flagged_in_a_failing_run() -> None:
    run = execution(log_of(f"FAILED {A}", "E  gaierror: Temporary failure in name resolution"), exit_status=1)
    assert grade(INSTANCE, run).flags == (Flag.NETWORK,)


def test_a_reinstallation_without_network_is_not_flagged() -> None:
    log = "pip: Temporary failure in name resolution\n" + log_of(f"FAILED {A}")
    assert grade(INSTANCE, execution(log, exit_status=1)).flags == ()


def test_a_log_of_digits_does_not_hold_the_grader_up() -> None:
    start = time.process_time()
    official(INSTANCE, log_of("1" * 300_000))
    assert time.process_time() - start < 5


LINES = st.sampled_from(
    [f"{word} {name}" for word in (*Status, "PASSEDx") for name in (A, B, C)]
    + [START, END, ">>>>> Test Exit Code: 0", ">>>>> Test Exit Code: 2", "10 passing"]
)


@given(
    st.lists(LINES, max_size=8),
    st.sampled_from([0, 1, None]),
    st.sampled_from(["pass_and_fail", "fail_only"]),
    st.sampled_from([None, oracle(a="PASSED", b="SKIPPED"), oracle(1, a="XFAIL")]),
)
def test_strict_is_never_more_lenient_than_official(
    lines: list[str], exit_status: int | None, kind: str, gold: Oracle | None
) -> None:
    instance = replace(INSTANCE, eval_type=kind)
    verdict = grade(instance, execution(log_of(*lines), exit_status=exit_status), gold)
    assert verdict.official_resolved or not verdict.resolved
    assert verdict.reason
    assert verdict == grade(instance, execution(log_of(*lines), exit_status=exit_status), gold)
