"""Readers for C++ test programs that print TAP, and for ctest."""

from __future__ import annotations

import re
from collections.abc import Iterator

from swebench_lite.records import Status
from swebench_lite.toolchains import tap
from swebench_lite.toolchains.lines import Reading, stripped, worst

_NUMBERED = re.compile(r"\d+/\d+ Test +#\d+: (.*)")
_OUTCOME = re.compile(
    r"(.*) \.{2,}(?:\*\*\*|\s+)(Passed|Failed|Timeout|Skipped|Not Run(?: \(Disabled\))?|Exception)",
)
_WORDS = {
    "Passed": Status.PASSED,
    "Failed": Status.FAILED,
    "Timeout": Status.FAILED,
    "Skipped": Status.SKIPPED,
    "Not Run (Disabled)": Status.SKIPPED,
    "Not Run": Status.ERROR,
    "Exception": Status.ERROR,
}


def cpp_test(log: str) -> Reading:
    """``ok 1 - name``, ``not ok 2 - name``, with ``# SKIP`` and ``# TODO``; the worst result of an id counts."""
    return worst(tap.flat(log))


def ctest(log: str) -> Reading:
    """``1/3 Test #1: name .....   Passed``, ``***Failed`` and so on; the worst result of an id counts.

    A test that ctest could not start, or that crashed, is an ERROR; a disabled one is SKIPPED.
    """
    return worst(_outcomes(log))


def _outcomes(log: str) -> Iterator[tuple[str, Status]]:
    for line in stripped(log):
        numbered = _NUMBERED.fullmatch(line)
        outcome = _OUTCOME.match(numbered[1]) if numbered else None
        if outcome:
            yield outcome[1].rstrip(), _WORDS[outcome[2]]
