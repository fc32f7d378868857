"""Reader for sympy's own runner (``bin/test -C --verbose``)."""

from __future__ import annotations

from swebench_lite.records import Status
from swebench_lite.toolchains.lines import Reading, stripped

_ENDINGS = ((" E", Status.ERROR), (" F", Status.FAILED), (" ok", Status.PASSED))


def read(log: str) -> Reading:
    """Ids are bare function names; failures also appear as ``file.py:function`` from their headings.

    A heading is ``____ path/file.py:function ____``, and officially any text with such a core counts.
    """
    reading: Reading = {}
    for line in log.split("\n"):
        heading = _heading(line)
        if heading is not None:
            reading[heading] = Status.FAILED
    for line in stripped(log):
        if line.startswith("test_"):
            for ending, status in _ENDINGS:
                if line.endswith(ending):
                    reading[line.split(maxsplit=1)[0]] = status
    return reading


def _heading(line: str) -> str | None:
    """What lies between the first and the last space of a line, if it holds ``.py:``.

    The same as the first match of a greedy ``underscores space text .py: text space underscores``, without its cost:
    nothing can follow the last space, so that there is at most one heading in a line.
    """
    first, last = line.find(" "), line.rfind(" ")
    if first < 0 or line.find(".py:", first + 1, last) < 0:
        return None
    return line[first + 1 : last]
