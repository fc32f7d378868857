"""Reader for Django's own runner (``runtests.py --verbosity 2``)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from swebench_lite.records import Status
from swebench_lite.toolchains.lines import LogError, Reading

_PASSED = (" ... ok", " ... OK", " ...  OK")
_MIGRATION = "Applying sites.0002_alter_domain_unique...test_no_migrations"
_VERSION = "--version is equivalent to version"
_SILENCED = re.compile(r" silenced\)\.\nok$", re.MULTILINE)
_BAD = ((Status.FAILED, " ... FAIL", "FAIL:"), (Status.ERROR, " ... ERROR", "ERROR:"))

Tail = Callable[[str, int], int | None]


def read(log: str) -> Reading:
    """Ids are what is printed before `` ... ``: ``test_x (module.Class)``, or a docstring's first line.

    Raises LogError for a bare ``FAIL:`` or ``ERROR:`` line, on which the official reader fails.
    """
    reading: Reading = {}
    previous: str | None = None
    for raw in log.split("\n"):
        line = raw.strip()
        if _VERSION in line:
            reading[_VERSION] = Status.PASSED
        if " ... " in line:
            previous = line.split(" ... ", 1)[0]
        line = _note_pass(line, reading)
        _note_others(line, reading)
        if line.startswith("ok") and previous is not None:
            reading[previous] = Status.PASSED
    for anchor, tail in _interruptions():
        for name in _interrupted(log, anchor, tail):
            reading[name] = Status.PASSED
    return reading


def _note_pass(line: str, reading: Reading) -> str:
    for suffix in _PASSED:
        if line.endswith(suffix):
            if line.startswith(_MIGRATION):
                # A migration's progress shares this line with the test's name.
                line = line.split("...", 1)[-1].strip()
            reading[line.rsplit(suffix, 1)[0]] = Status.PASSED
            break
    return line


def _note_others(line: str, reading: Reading) -> None:
    if " ... skipped" in line:
        reading[line.split(" ... skipped", 1)[0]] = Status.SKIPPED
    for status, ending, heading in _BAD:
        if line.endswith(ending):
            reading[line.split(ending, 1)[0]] = status
        if line.startswith(heading):
            words = line.split(maxsplit=2)
            if len(words) < 2:
                raise LogError(f"the line '{heading}' names no test; the test output is broken there")
            reading[words[1]] = status


def _interruptions() -> Iterator[tuple[re.Pattern[str], Tail]]:
    """The messages that can come between a test's name and its ``ok``: how each starts, and where it must end."""
    opening = r"\s\.\.\.\s"
    yield re.compile(opening + "Testing against Django installed in "), _NextMatch(_SILENCED)
    yield re.compile(opening + "Internal Server Error: /"), _LineEnd("/")
    yield re.compile(opening + r"System check identified no issues \(0 silenced\)"), _ends_in_ok


def _interrupted(log: str, anchor: re.Pattern[str], tail: Tail) -> Iterator[str]:
    """Names before each anchor whose tail fits, left to right, no overlap, as a lazy multi-line pattern finds them.

    Linear: each anchor is looked at once, and only the text since the anchor before it is searched for a line's start.
    """
    start, seen, done = 0, 0, 0
    match = anchor.search(log)
    while match:
        at = match.start()
        newline = log.rfind("\n", seen, at)
        start = newline + 1 if newline >= 0 else start
        end = tail(log, match.end()) if start >= done else None
        if end is not None:
            yield log[start:at]
            done = end
        seen = at
        # Anchors can overlap by a space: the search goes on one character further, not behind the match.
        match = anchor.search(log, at + 1)


class _NextMatch:
    """A tail that may lie anywhere behind the anchor: the next match of a pattern. The last search is remembered."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self._pattern = pattern
        self._start, self._end = -1, -1

    def __call__(self, log: str, position: int) -> int | None:
        if self._start < position:
            match = self._pattern.search(log, position)
            self._start, self._end = match.span() if match else (len(log) + 1, -1)
        return self._end if self._end >= 0 else None


class _LineEnd:
    """A tail that is the rest of the anchor's line, closed by a given character and followed by ``ok``."""

    def __init__(self, closing: str) -> None:
        self._closing = closing
        self._newline = -1

    def __call__(self, log: str, position: int) -> int | None:
        if self._newline < position:
            found = log.find("\n", position)
            self._newline = found if found >= 0 else len(log)
        last = self._newline - 1
        if last < position or log[last] != self._closing:
            return None
        return _ends_in_ok(log, self._newline)


def _ends_in_ok(log: str, position: int) -> int | None:
    end = position + 3
    closed = log.startswith("\nok", position) and (end == len(log) or log[end] == "\n")
    return end if closed else None
