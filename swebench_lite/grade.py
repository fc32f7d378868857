"""Instance, Execution, Oracle -> Verdict. Pure: the same evidence always gives the same verdict.

Two readings come out of one log. ``official`` follows the official harness to the letter; ``grade`` adds rules that can
only take a success away, never grant one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from swebench_lite.errors import DatasetError
from swebench_lite.records import Execution, Flag, Instance, Oracle, Outcome, Status, TestsReport, Verdict
from swebench_lite.toolchains import LogError, Reading, exit_tells, network_evidence, reader

GRADER_VERSION = "2"

START, END = ">>>>> Start Test Output", ">>>>> End Test Output"
_REFUSALS = (">>>>> Patch Apply Failed", ">>>>> Reset Failed", ">>>>> Tests Errored", ">>>>> Tests Timed Out")
_EXIT_STATUS = re.compile(r">>>>> Test Exit Code:\s*(-?\d+)")
_FAIL_ONLY = "fail_only"
_BAD = frozenset({Status.FAILED, Status.ERROR})
_GOOD = frozenset({Status.PASSED, Status.XFAIL})
_WORDS = frozenset(Status)

# Signs that a suite ran although nothing was read from its log; a count of nought is no sign.
_RAN = re.compile(
    r"Executed [1-9]\d* of \d|TOTAL: [1-9]\d* (?:SUCCESS|FAILED)|Tests:\s+[1-9]|^# tests [1-9]|': ok$"
    r"|Test Suites:\s+(?:\d+ \w+, )*[1-9]\d* total",
    re.MULTILINE,
)
# A whole run of digits at a time: digit by digit, a log of nothing but digits would take for ever.
_COUNTED = re.compile(r"(?<!\d)(\d++)(?: passing| specs?, \d+ failures?)")

# Readers whose results reach the host over a channel that the tests' own process cannot write to.
TRUSTED_READERS: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficialReading:
    """What the official harness makes of a log.

    words: status word per test id as read; some pytest lines give words that are no Status. statuses: those that are.
    graded is False where the log is not gradable; reason then says why. resolved implies graded. failed: the official
    harness itself fails on the log and writes no report.
    """

    words: Mapping[str, str]
    statuses: Mapping[str, Status]
    graded: bool
    resolved: bool
    tests: TestsReport
    reason: str = ""
    failed: bool = False


def official(instance: Instance, log: str) -> OfficialReading:
    """The official reading of a log: the text from the first line of the test script on.

    Raises DatasetError where the instance names no reader or an unknown one. A log on which the official reader itself
    fails counts as not graded.
    """
    content = _newlines(log)
    try:
        words = _words(instance, content)
    except LogError as error:
        return _not_graded(str(error), failed=True)
    if isinstance(words, str):
        return _not_graded(words)
    tests = tests_report(instance, words)
    return OfficialReading(
        words=words,
        statuses={name: Status(word) for name, word in words.items() if word in _WORDS},
        graded=True,
        resolved=not tests.f2p_failure and not tests.p2p_failure,
        tests=tests,
    )


def tests_report(instance: Instance, statuses: Mapping[str, str]) -> TestsReport:
    """The required tests by what became of them, after the official rules.

    F2P succeeds on PASSED and XFAIL, P2P also on SKIPPED; a test that was not read fails. Under ``fail_only`` just
    FAILED fails. As officially, a test whose word is no status stands in neither list.
    """
    if instance.eval_type == _FAIL_ONLY:
        f2p, p2p = (
            {name: statuses.get(name) != Status.FAILED for name in names}
            for names in (instance.fail_to_pass, instance.pass_to_pass)
        )
    else:
        f2p = _judged(instance.fail_to_pass, statuses, good=_GOOD)
        p2p = _judged(instance.pass_to_pass, statuses, good=_GOOD | {Status.SKIPPED})
    return TestsReport(
        f2p_success=tuple(name for name in instance.fail_to_pass if f2p.get(name) is True),
        f2p_failure=tuple(name for name in instance.fail_to_pass if f2p.get(name) is False),
        p2p_success=tuple(name for name in instance.pass_to_pass if p2p.get(name) is True),
        p2p_failure=tuple(name for name in instance.pass_to_pass if p2p.get(name) is False),
    )


def grade(instance: Instance, execution: Execution, oracle: Oracle | None = None) -> Verdict:
    """The verdict on one execution; ``resolved`` is never more lenient than the official result.

    Raises DatasetError where the instance names no reader or an unknown one.
    """
    if execution.timed_out:
        return Verdict(outcome=Outcome.TIMEOUT, reason="the tests ran into the time limit and were killed")
    if not execution.application.official:
        reason = execution.application.reason or "no step of the cascade applies the patch"
        if execution.out_of_memory:
            reason = "applying the patch ran into the memory limit"
        return Verdict(outcome=Outcome.PATCH_INVALID, reason=reason)
    reading = official(instance, execution.log)
    objection = _objection(instance, execution, reading, oracle)
    resolved = objection is None
    if objection is None:
        objection = f"all {_count(_required(instance), 'required test')} succeed"
    elif execution.truncated and "more was printed" not in objection:
        objection += " (the log was cut at its size limit)"
    return Verdict(
        outcome=Outcome.RESOLVED if resolved else Outcome.UNRESOLVED,
        reason=objection,
        official_resolved=reading.resolved,
        graded=reading.graded,
        official_error=reading.failed,
        tests=reading.tests,
        flags=_flags(instance, execution, resolved=resolved),
    )


def trusted_channel(instance: Instance) -> bool:
    """Whether the instance's results came over a channel that the tests cannot forge."""
    return instance.log_parser in TRUSTED_READERS


def _words(instance: Instance, content: str) -> Reading | str:
    """The words per test, or the reason why the official harness does not grade the log."""
    refused = [marker for marker in _REFUSALS if marker in content]
    if refused:
        return f"the log holds '{refused[0]}'"
    if START not in content or END not in content:
        return "the log lacks the marks around the test output: the test command did not run to its end"
    name = instance.log_parser
    if not name:
        raise DatasetError(f"{instance.instance_id} names no log_parser; detect its toolchain before grading")
    read_log = reader(name, instance_id=instance.instance_id, version=instance.version)
    # Some runners print their results outside the marks.
    words = read_log(_between(content)) or read_log(content)
    if not words and not _suite_ran(content):
        return "the log shows neither a test result nor any sign that a test suite ran"
    recorded = _recorded_status(content)
    if recorded and words and not _any_bad(words):
        return f"the log records exit status {recorded} but lists no failure"
    return words


def _recorded_status(content: str) -> int | None:
    match = _EXIT_STATUS.search(content)
    try:
        return int(match[1]) if match else None
    except ValueError as error:
        # Python refuses numbers of thousands of digits, and the official harness fails there.
        raise LogError("the recorded exit status is too long for a number; it is forged") from error


def _newlines(log: str) -> str:
    # The official harness reads its log file in text mode, where every kind of line end becomes one.
    return log.replace("\r\n", "\n").replace("\r", "\n")


def _between(content: str) -> str:
    """From the first start mark to the next mark of either kind."""
    return content.split(START, 2)[1].split(END, 1)[0]


def _suite_ran(content: str) -> bool:
    if _RAN.search(content):
        return True
    return any(not set("123456789").isdisjoint(match[1]) for match in _COUNTED.finditer(content))


def _not_graded(reason: str, *, failed: bool = False) -> OfficialReading:
    return OfficialReading(
        words={}, statuses={}, graded=False, resolved=False, tests=TestsReport(), reason=reason, failed=failed
    )


def _word(name: str, words: Mapping[str, str]) -> str | None:
    """The word of a test; an id that was cut inside its brackets stands for all that begin like it, if they agree."""
    if name in words:
        return words[name]
    if name.count("[") > name.count("]"):
        meant = [word for read_name, word in words.items() if read_name.startswith(name)]
        if len({word in _GOOD for word in meant}) == 1:
            return meant[0]
    return None


def _judged(names: Iterable[str], words: Mapping[str, str], *, good: frozenset[Status]) -> dict[str, bool]:
    judged: dict[str, bool] = {}
    for name in names:
        word = _word(name, words)
        if word in good:
            judged[name] = True
        elif word is None or word in _WORDS:
            judged[name] = False
    return judged


def _objection(instance: Instance, execution: Execution, reading: OfficialReading, oracle: Oracle | None) -> str | None:
    """The first reason not to call the instance resolved, or None."""
    if execution.out_of_memory:
        return "the tests ran into the memory limit and a process was killed"
    if not reading.graded:
        return reading.reason
    failed = (*reading.tests.f2p_failure, *reading.tests.p2p_failure)
    if failed:
        return f"{len(failed)} of {_count(_required(instance), 'required test')} fail, first {failed[0]}"
    if not _required(instance):
        return "the instance requires no test, so that nothing shows the problem to be solved"
    return (
        _without_word(instance, reading)
        or _cut(execution, oracle)
        or _evaded(instance, reading, oracle)
        or _contradiction(instance, execution, reading, oracle)
    )


def _without_word(instance: Instance, reading: OfficialReading) -> str | None:
    succeeded = {*reading.tests.f2p_success, *reading.tests.p2p_success}
    missing = [name for name in _required(instance) if name not in succeeded]
    return (
        f"the log says nothing usable about {_count(missing, 'required test')}, first {missing[0]}" if missing else None
    )


def _cut(execution: Execution, oracle: Oracle | None) -> str | None:
    """A log that lost its middle, where the gold run's did not: what was dropped may hold a failure."""
    if not execution.truncated or (oracle is not None and oracle.truncated):
        return None
    return "more was printed than is kept, so that a failure may be missing from the log"


def _evaded(instance: Instance, reading: OfficialReading, oracle: Oracle | None) -> str | None:
    """A required test that was skipped or failed as expected, though not in the gold run."""
    if oracle is None:
        return None
    for name in _required(instance):
        word = _word(name, reading.words)
        if word in {Status.XFAIL, Status.SKIPPED} and _word(name, oracle.statuses) != word:
            return f"{name} is {word}, which it is not with the reference solution"
    return None


def _contradiction(
    instance: Instance, execution: Execution, reading: OfficialReading, oracle: Oracle | None
) -> str | None:
    """An exit status, as the host saw it, that does not go with the log, unless the gold run shows the same."""
    status = execution.exit_status
    if status is None:
        return "the test command was killed before it ended, so that its log proves nothing"
    if status != 0 and not _any_bad(reading.words):
        same = oracle is not None and oracle.exit_status == status and not _any_bad(oracle.statuses)
        return None if same else f"the exit status contradicts the log: it is {status}, but the log lists no failure"
    if status == 0 and exit_tells(instance.log_parser or ""):
        usual = oracle.statuses if oracle is not None and oracle.exit_status == 0 else {}
        homes = {_home(name) for name in _required(instance)}
        # Tests of a test runner print other runs' failures: only ids from the required tests' own files count.
        bad = [
            name
            for name, word in reading.words.items()
            if word in _BAD and _home(name) in homes and usual.get(name) not in _BAD
        ]
        if bad:
            listed = f"{_count(bad, 'failure')}, first {bad[0]}"
            return f"the exit status contradicts the log: it is 0, but the log lists {listed}"
    return None


def _flags(instance: Instance, execution: Execution, *, resolved: bool) -> tuple[Flag, ...]:
    if resolved:
        return () if trusted_channel(instance) else (Flag.UNVERIFIED,)
    content = _newlines(execution.log)
    # Before the marks, a reinstallation without a network is the normal case.
    tests = _between(content) if START in content else ""
    return (Flag.NETWORK,) if network_evidence(tests) else ()


def _any_bad(words: Mapping[str, str]) -> bool:
    return any(word in _BAD for word in words.values())


def _required(instance: Instance) -> tuple[str, ...]:
    return (*instance.fail_to_pass, *instance.pass_to_pass)


def _home(name: str) -> str:
    return name.partition("::")[0] if "::" in name else ""


def _count(things: Iterable[object], noun: str) -> str:
    number = len(tuple(things))
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
