"""Official readers for C and C++ projects: redis' and jq's runners, micropython, googletest, doctest's XML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from swebench_lite.records import Status
from swebench_lite.toolchains.lines import LogError, Reading, bounded, by_pattern, stripped

_REDIS = re.compile(r"\[(ok|err|skip|ignore)\]:\s(.+?)(?:\s\(\d+\s*m?s\))?$")
_REDIS_WORDS = {"ok": Status.PASSED, "err": Status.FAILED, "skip": Status.SKIPPED, "ignore": Status.SKIPPED}
_GOOGLETEST = re.compile(r"\[\s*(OK|FAILED)\s*\]\s")
_BRACKET = re.compile(r"\s\(")
_DEEPEST = 16

jq = by_pattern(r"(?P<word>PASS|FAIL):\s(?P<name>.+)", {"PASS": Status.PASSED, "FAIL": Status.FAILED})
micropython = by_pattern(
    r"(?P<word>pass|FAIL|skip)\s+(?P<name>.+)",
    {"pass": Status.PASSED, "FAIL": Status.FAILED, "skip": Status.SKIPPED},
)


def redis(log: str) -> Reading:
    """``[ok]: name (12 ms)``; a failure's `` in file`` is not part of its name."""
    reading: Reading = {}
    for line in stripped(log):
        match = _REDIS.match(line)
        if match:
            word, name = match[1], match[2]
            reading[_without_place(name) if word == "err" else name] = _REDIS_WORDS[word]
    return reading


def googletest(log: str) -> Reading:
    """``[       OK ] Suite.Test (0 ms)``, also behind ctest's line numbers."""
    reading: Reading = {}
    for line in stripped(log):
        brackets = [match.start() for match in _BRACKET.finditer(line)] if line.endswith(")") else []
        if not brackets:
            continue
        # The last mark that leaves room for a name before the last bracket is the one that counts.
        marks = [mark for mark in _GOOGLETEST.finditer(line) if mark.end() <= brackets[-1]]
        if marks:
            name = line[marks[-1].end() : brackets[-1]]
            reading[name] = Status.PASSED if marks[-1][1] == "OK" else Status.FAILED
    return reading


def doctest(log: str) -> Reading:
    """doctest's XML report (``-s -r=xml``): ids are ``TestCase > SubCase``, passed when every expression inside is.

    Raises LogError for XML that does not parse, on which the official reader fails too, and for test cases
    nested more than 16 deep, which no runner prints and whose ids would fill the memory.
    """
    start = log.find("<doctest")
    if start < 0:
        return {}
    end = log.find("</doctest>", start)
    root = _parse(log[start : end + len("</doctest>")] if end >= 0 else "")
    return dict(bounded(log, _doctest_results(root)))


def _doctest_results(root: Element) -> Iterator[tuple[str, Status]]:
    failed = _failed(root)
    for case in _cases(root):
        for sub in case.iterfind(".//SubCase"):
            yield f"{case.get('name')} > {sub.get('name')}", Status.FAILED if sub in failed else Status.PASSED


def _without_place(name: str) -> str:
    words = name.rsplit(maxsplit=1)
    if len(words) < 2 or name[-1].isspace():
        return name
    head = words[0].removesuffix("in")
    return head.rstrip() if head != words[0] and head != head.rstrip() else name


def _parse(text: str) -> Element:
    # The text starts at the root element: no document type, and so no entity, can be declared in it.
    from xml.etree.ElementTree import ParseError, fromstring

    try:
        return fromstring(text)  # noqa: S314
    except ParseError as error:
        raise LogError(f"the doctest report in the log is no XML ({error}); was it cut off?") from error


def _failed(root: Element) -> set[Element]:
    """Sub-cases with an unsuccessful expression anywhere inside, in one walk."""
    failed: set[Element] = set()
    stack: list[tuple[Element, Iterator[Element]]] = [(root, iter(root))]
    while stack:
        element, children = stack[-1]
        child = next(children, None)
        if child is not None:
            stack.append((child, iter(child)))
            continue
        stack.pop()
        broken = element.tag == "Expression" and element.get("success") != "true"
        if stack and (broken or element in failed):
            failed.add(stack[-1][0])
    return failed


def _cases(root: Element) -> list[Element]:
    cases: list[Element] = []
    pending = [(root, 0)]
    while pending:
        element, depth = pending.pop()
        if element.tag == "TestCase" and element is not root:
            depth += 1
            cases.append(element)
        if depth > _DEEPEST:
            raise LogError(f"test cases are nested more than {_DEEPEST} deep; no runner prints that")
        pending.extend((child, depth) for child in reversed(element))
    return cases
