"""Readers for pytest's summary lines, in the official variants.

The summary (``pytest -rA``) prints ``STATUS id`` lines, failures with `` - message`` behind. The variants differ in how
much of the id they keep, which matters because the datasets' ids were collected with them.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from swebench_lite.records import Status
from swebench_lite.toolchains.lines import Reading

_WORDS = tuple(str(status) for status in Status)
_FOLDED_SKIP = re.compile(r"\[\d+\]$")
_COLOUR = re.compile(r"\[\d+m")
_CONTROL = dict.fromkeys(range(1, 32))
# Integer enums print their name up to Python 3.10 and their value from 3.11 on; the ids were collected with the values.
_ENUM_NAMES = (("MouseButton.LEFT", "1"), ("MouseButton.RIGHT", "3"))


def plain(log: str) -> Reading:
    """The id is the word behind the status: a parameter with a space in it is cut there."""
    return _summary(log, _same)


def options(log: str) -> Reading:
    """Like ``plain``, but a parameter that is an absolute path shrinks to its last part."""
    return _summary(log, _short_path)


def enums_by_value(log: str) -> Reading:
    """Like ``plain``, with mouse buttons read as their numbers."""
    for name, value in _ENUM_NAMES:
        log = log.replace(name, value)
    return _summary(log, _same)


def whole_line(log: str) -> Reading:
    """The id is all that stands behind the status, colours removed; older runners put the status last."""
    reading: Reading = {}
    for raw in log.split("\n"):
        line = _COLOUR.sub("", raw).translate(_CONTROL)
        leads = line.startswith(_WORDS)
        if not leads and not line.endswith(_WORDS):
            continue
        words = (line.split(" - ", 1)[0] if line.startswith(Status.FAILED) else line).split()
        if len(words) < 2 or (leads and _is_folded_skip(words)):
            continue
        word, rest = (words[0], words[1:]) if leads else (words[-1], words[:-1])
        reading[" ".join(rest)] = _status(word)
    return reading


def passed_or_failed(log: str) -> Reading:
    """Only passes and failures, with the status before or behind the id."""
    reading: Reading = {}
    for line in log.split("\n"):
        words = line.split()
        if len(words) < 2:
            continue
        if line.startswith(Status.FAILED):
            reading[words[1]] = Status.FAILED
        elif f" {Status.PASSED} " in line:
            if words[1] == Status.PASSED:
                reading[words[0]] = Status.PASSED
        elif line.startswith(Status.PASSED):
            reading[words[1]] = Status.PASSED
    return reading


def _summary(log: str, shorten: Callable[[str], str]) -> Reading:
    reading: Reading = {}
    for line in log.split("\n"):
        if not line.startswith(_WORDS):
            continue
        words = (line.replace(" - ", " ") if line.startswith(Status.FAILED) else line).split()
        if len(words) > 1 and not _is_folded_skip(words):
            reading[shorten(words[1])] = _status(words[0])
    return reading


def _is_folded_skip(words: list[str]) -> bool:
    # ``SKIPPED [3] file:line: reason`` counts skips by place; there is no test id in it.
    return words[0] == Status.SKIPPED and _FOLDED_SKIP.match(words[1]) is not None


def _status(word: str) -> str:
    return Status(word) if word in _WORDS else word


def _same(name: str) -> str:
    return name


def _short_path(name: str) -> str:
    main, opened, behind = name.partition("[")
    option, closed, _ = behind.rpartition("]")
    if not opened or not closed:
        return name
    if option.startswith("/") and not option.startswith("//") and "*" not in option:
        option = "/" + option.rpartition("/")[2]
    return f"{main}[{option}]"
