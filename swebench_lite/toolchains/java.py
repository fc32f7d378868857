"""Readers for Maven, Ant and Gradle."""

from __future__ import annotations

import re
from collections import deque

from swebench_lite.records import Status
from swebench_lite.toolchains.lines import Reading, by_pattern, stripped

_SELECTED = re.compile(r".*-Dtest=(\S+)")
_BUILD = (("BUILD SUCCESS", Status.PASSED), ("BUILD FAILURE", Status.FAILED))
_GRADLE = (Status.PASSED, Status.FAILED)

ant = by_pattern(
    r"\[junit\]\s+\[(?P<word>PASS|FAIL|ERR)\]\s+(?P<name>.*)",
    {"PASS": Status.PASSED, "FAIL": Status.FAILED, "ERR": Status.FAILED},
)


def maven(log: str) -> Reading:
    """Maven names no passing test: each selector (``-Dtest=``, echoed by ``set -x``) is paired with a BUILD result.

    Results that come before their selectors are kept and paired at the end, first with first.
    """
    reading: Reading = {}
    selected: deque[str] = deque()
    early: deque[Status] = deque()
    for line in stripped(log):
        selector = _SELECTED.match(line)
        if selector:
            selected.append(selector[1])
        for ending, status in _BUILD:
            if line.endswith(ending) and selected:
                reading[selected.popleft()] = status
            elif line.endswith(ending):
                early.append(status)
    reading.update(zip(selected, early, strict=False))
    return reading


def gradle(log: str) -> Reading:
    """``Class > method PASSED``; a status on a line of its own belongs to the test named before it."""
    reading: Reading = {}
    pending: str | None = None
    for line in stripped(log):
        status = next((status for status in _GRADLE if line.endswith(status)), None)
        # One white space character before the status is left out; what else there is belongs to the id.
        name, gap = line[:-7], line[-7:-6]
        if status and gap.isspace() and len(name) > 1 and name[0] != ">":
            reading[name], pending = status, None
        elif _names_test(line):
            pending = line
        elif pending and line in _GRADLE:
            reading[pending], pending = Status(line), None
    return reading


def _names_test(line: str) -> bool:
    words = line.split(maxsplit=3)
    return len(words) == 3 and words[1] == ">" and not words[0].startswith(">")
