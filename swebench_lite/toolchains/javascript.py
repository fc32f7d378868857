"""Official readers for Jest, Vitest, Karma and TAP."""

from __future__ import annotations

import re
from collections.abc import Iterator

from swebench_lite.records import Status
from swebench_lite.toolchains.lines import LogError, Reading, bounded, by_pattern, stripped

_JEST = re.compile(r"([✓✕○])\s(.+?)(?:\s\(\d+\s*m?s\))?$")
_JEST_MARKS = {"✓": Status.PASSED, "✕": Status.FAILED, "○": Status.SKIPPED}
_KARMA_MARKS = {"✔": Status.PASSED, "✖": Status.FAILED}

jest_json = by_pattern(
    r"\[(?P<word>PASSED|FAILED)\]\s(?P<name>.+)",
    {"PASSED": Status.PASSED, "FAILED": Status.FAILED},
)
vitest = by_pattern(
    r"(?P<word>[✓\u00d7↓])\s(?P<name>.+?)(?:\s(?:\d+\s*m?s?|\[skipped\]))?$",
    {"✓": Status.PASSED, "\u00d7": Status.FAILED, "↓": Status.SKIPPED},
)
tap = by_pattern(
    r"(?P<word>ok|not ok) \d+ (?P<name>.+)",
    {"ok": Status.PASSED, "not ok": Status.FAILED},
)


def jest(log: str) -> Reading:
    """``jest --verbose``: ids are bare titles without their suites and durations."""
    found = (_JEST.match(line) for line in stripped(log))
    return {match[2].strip(): _JEST_MARKS[match[1]] for match in found if match}


def karma(log: str) -> Reading:
    """Karma's mocha reporter, from the browser's start to ``SUMMARY:``; ids are suites and title joined by `` > ``.

    Suites follow the indentation as officially: a deeper line opens one, a shallower line closes one and opens none.
    Raises LogError where the indentation closes more suites than there are, on which the official reader fails.
    """
    return dict(bounded(log, _karma_results(log)))


def _karma_results(log: str) -> Iterator[tuple[str, Status]]:
    suites: list[str] = []
    depth, started = -1, False
    for line in log.split("\n"):
        if line.startswith("SUMMARY:"):
            break
        if "Starting browser" in line:
            started = True
            continue
        parts = _karma_line(line) if started else None
        if parts is None:
            continue
        indent, mark, name = parts
        if mark:
            yield " > ".join([*suites, name]), _KARMA_MARKS[mark]
        elif indent > depth and indent:
            suites.append(name)
        elif indent < depth and indent:
            if not suites:
                raise LogError("the log's indentation closes more suites than it opens; is the output mixed up?")
            suites.pop()
        depth = depth if mark or not indent else indent


def _karma_line(line: str) -> tuple[int, str, str] | None:
    """Width of the indentation, mark and text; a line without a mark gives its last leading blank to the separator."""
    body = line.lstrip()
    indent = len(line) - len(body)
    if body[:1] in _KARMA_MARKS and body[1:2].isspace():
        return indent, body[0], body[2:]
    return (indent - 1, "", body) if indent else None
