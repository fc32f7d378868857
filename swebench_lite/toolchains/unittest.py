"""Reader for ``python -m unittest -v``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from swebench_lite.records import Status
from swebench_lite.toolchains.lines import Reading, worst

_ID = re.compile(r"(\w+ \([\w.<>]+\))(.*)")
_HEADING = re.compile(r"(FAIL|ERROR): (\w+ \([\w.<>]+\))")
_WORDS = (
    ("ok", Status.PASSED),
    ("FAIL", Status.FAILED),
    ("ERROR", Status.ERROR),
    ("expected failure", Status.XFAIL),
    ("unexpected success", Status.FAILED),
)


def read(log: str) -> Reading:
    """Ids as printed: ``test_x (module.Class.test_x)``, before Python 3.11 ``test_x (module.Class)``.

    A docstring's first line or a test's own output may stand between the id and its word. Sub-tests count for their
    test, and so do the headings of the failure report. The worst result of an id counts.
    """
    return worst(_results(log))


def _results(log: str) -> Iterator[tuple[str, Status]]:
    pending: str | None = None
    for raw in log.split("\n"):
        line = raw.strip()
        heading = _HEADING.match(line)
        if heading:
            yield heading[2], Status.FAILED if heading[1] == "FAIL" else Status.ERROR
            continue
        identified = _ID.fullmatch(line)
        if identified:
            pending = identified[1]
        status = _status(line) if pending else None
        if pending and status:
            yield pending, status
            # A sub-test's line comes before its test's own end, if that prints any.
            pending = pending if raw.startswith("  ") else None


def _status(line: str) -> Status | None:
    _, dots, behind = line.rpartition(" ... ")
    word = behind if dots else line
    if word.startswith("skipped ") or " ... skipped " in line:
        return Status.SKIPPED
    return next((status for text, status in _WORDS if word == text), None)
