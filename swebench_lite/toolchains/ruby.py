"""Readers for minitest, test-unit, cucumber, and rspec's results as ``description - status`` lines."""

from __future__ import annotations

import re

from swebench_lite.records import Status
from swebench_lite.toolchains.lines import Reading, by_pattern, stripped

_MINITEST_MARKS = {".": Status.PASSED, "F": Status.FAILED, "E": Status.FAILED}
_PROGRESS = re.compile(r" (\.+)(F?)")

rspec = by_pattern(
    r"(?P<name>.+) - (?P<word>passed|failed)",
    {"passed": Status.PASSED, "failed": Status.FAILED},
)
test_unit = by_pattern(
    r"(?:test: )?(?P<name>.+):\s+(?P<word>\.|[EFO]\b)",
    {".": Status.PASSED, "E": Status.FAILED, "F": Status.FAILED, "O": Status.SKIPPED},
)


def minitest(log: str) -> Reading:
    """``Class#test. = 0.01 s = .``: the id ends at the last full stop before the last equals sign before the mark."""
    reading: Reading = {}
    for line in stripped(log):
        mark = max(line.rfind(mark) for mark in _MINITEST_MARKS)
        equals = line.rfind("=", 0, max(mark, 0))
        stop = line.rfind(". ", 1, max(equals, 0))
        if stop > 0:
            reading[line[:stop]] = _MINITEST_MARKS[line[mark]]
    return reading


def cucumber(log: str) -> Reading:
    """``--format progress``: what stands before the last run of at least two marks."""
    reading: Reading = {}
    for line in stripped(log):
        runs = [run for run in _PROGRESS.finditer(line) if run[2] or len(run[1]) > 1]
        if runs:
            reading[line[: runs[-1].start()]] = Status.FAILED if runs[-1][2] else Status.PASSED
    return reading
