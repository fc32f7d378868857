"""Reader for ``phpunit --testdox``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from swebench_lite.records import Status
from swebench_lite.toolchains.lines import Reading, bounded

_SUITE = re.compile(r"(\w.+) \(.+\)")
_MARKS = {"✔": Status.PASSED, "✘": Status.FAILED, "↩": Status.SKIPPED}


def read(log: str) -> Reading:
    """Ids are ``Suite > Test``, the suite being the last ``Name (Class)`` line, ``None`` before there was one."""
    return dict(bounded(log, _results(log)))


def _results(log: str) -> Iterator[tuple[str, Status]]:
    suite: str | None = None
    for line in log.split("\n"):
        # Only lines with the closing bracket are tried: the pattern is linear on those alone.
        heading = _SUITE.fullmatch(line) if line.endswith(")") else None
        body = line.lstrip()
        if heading:
            suite = heading[1]
        elif body[:1] in _MARKS:
            yield f"{suite} > {body[1:].lstrip()}", _MARKS[body[:1]]
