"""Lines of the Test Anything Protocol, for the runners that print it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from swebench_lite.records import Status

_RESULT = re.compile(r"( *)(not )?ok(?: \d+(?: -)?| -) (.+)")
_DIRECTIVE = re.compile(r"(?:^|\s)# *(SKIP|TODO)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One result line: how deep it stands (in spaces), the test's name as printed, what became of the test."""

    indent: int
    name: str
    status: Status


def result(line: str) -> Result | None:
    """A line like ``not ok 2 - name # TODO later``, or None; the number or the dash may be missing, not both.

    A skipped test is SKIPPED whatever the first word says; a failing one that is marked ``TODO`` is XFAIL.
    """
    match = _RESULT.fullmatch(line.rstrip())
    if match is None:
        return None
    directive = _DIRECTIVE.search(match[3])
    name = match[3][: directive.start()] if directive else match[3]
    word = directive[1].upper() if directive else ""
    if word == "SKIP":
        status = Status.SKIPPED
    elif match[2]:
        status = Status.XFAIL if word == "TODO" else Status.FAILED
    else:
        status = Status.PASSED
    return Result(indent=len(match[1]), name=name.strip(), status=status)


def flat(log: str) -> Iterator[tuple[str, Status]]:
    """Names and statuses of the unindented results of a log."""
    for line in log.split("\n"):
        found = result(line)
        if found and not found.indent and found.name:
            yield found.name, found.status
