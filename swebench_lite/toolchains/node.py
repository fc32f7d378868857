"""Readers for node:test's TAP output and for plain scripts that print ``ok - name`` lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from swebench_lite.records import Status
from swebench_lite.toolchains import tap
from swebench_lite.toolchains.lines import Reading, bounded, worst

_HEADING = re.compile(r"( *)# Subtest: (.*)")
_FILE = re.compile(r"(?:/|[A-Za-z]:\\).*\.[cm]?[jt]sx?")
_ESCAPE = re.compile(r"\\(.)")
_CONTROLS = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v"}
_STEP = 4


def node_test(log: str) -> Reading:
    r"""Ids are the names of a test and of those around it, joined by `` > ``.

    Node 18 wraps the tests of each file in an entry named by the file's absolute path, node 20 does not: such entries
    are left out, so that both give the same ids. ``# SKIP`` is SKIPPED, a failing ``# TODO`` is XFAIL. The worst result
    of an id counts. Backslash escapes of names (``\#``) are undone.
    """
    return worst(bounded(log, _nested(log)))


def node_script(log: str) -> Reading:
    """``ok - name`` and ``not ok - name`` at the start of a line, numbers allowed; the worst result of an id counts."""
    return worst(tap.flat(log))


def _nested(log: str) -> Iterator[tuple[str, Status]]:
    around: list[str] = []
    for line in _without_diagnostics(log):
        heading, found = _HEADING.fullmatch(line), tap.result(line)
        if heading:
            del around[len(heading[1]) // _STEP :]
            around.append(_unescape(heading[2]))
        elif found and found.name:
            del around[found.indent // _STEP :]
            path = [*around, _unescape(found.name)]
            if _FILE.fullmatch(path[0]):
                del path[0]
            if path:
                yield " > ".join(path), found.status


def _without_diagnostics(log: str) -> Iterator[str]:
    # Messages of failed assertions stand in YAML blocks; one may well say "ok 1 - something".
    closing: str | None = None
    for raw in log.split("\n"):
        line = raw.rstrip()
        if closing is not None:
            closing = None if line == closing else closing
        elif line.endswith("---") and not line.strip(" -"):
            closing = line.replace("---", "...")
        else:
            yield line


def _unescape(name: str) -> str:
    return _ESCAPE.sub(lambda match: _CONTROLS.get(match[1], match[1]), name)
