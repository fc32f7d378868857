"""``*** Begin Patch`` envelopes: files to add, to delete, and to change by hunks without line numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from swebench_lite.errors import NoAnswer
from swebench_lite.records import Edits, Files, Place
from swebench_lite.replies.blocks import ENVELOPE
from swebench_lite.replies.found import Found
from swebench_lite.replies.layout import Layout

_BEGIN = re.compile(rf"^{ENVELOPE}[^\n]*+\n?", re.MULTILINE | re.IGNORECASE)
_END = re.compile(r"^\*\*\* End Patch", re.MULTILINE | re.IGNORECASE)
_OPERATION = re.compile(r"\*\*\* (?P<what>Add|Update|Delete) File:\s*(?P<path>.*?)\s*", re.IGNORECASE)
_MOVE = re.compile(r"\*\*\* Move to:\s*(?P<path>.*?)\s*", re.IGNORECASE)
_RANGE = re.compile(r"@@(?: -[0-9,]+ \+[0-9,]+ @@)?")


_END_OF_FILE = re.compile(r"\*\*\* End of File", re.IGNORECASE)

_Edit = tuple[str, str, str]


@dataclass(slots=True)
class _Operation:
    what: str
    path: str
    lines: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Hunk:
    """anchors: what stands behind its marks."""

    anchors: tuple[str, ...] = ()
    lines: list[str] = field(default_factory=list)
    at_end: bool = False

    @property
    def changes(self) -> bool:
        return any(line.strip() for line in self.lines)


def apply_patch(layout: Layout, expected: Sequence[str], mode: str) -> Found | None:
    """What all envelopes of a reply ask for: Files where they only add, else Edits. None where there is no envelope.

    A file to delete is an edit with nothing to find and nothing to put. A change of a file has a place: the lines behind
    ``@@`` stand above it, and it comes behind the change before it. Raises NoAnswer where an envelope asks for what edits
    cannot say: a file under a new name, lines to insert without a place.
    """
    notes: list[str] = []
    operations: list[_Operation] = []
    for block in layout.blocks:
        if block.sort == "envelope" and (begin := _BEGIN.search(block.body)):
            end = _END.search(block.body, begin.end())
            if not end:
                notes.append("envelope without end")
            operations.extend(_operations(block.body[begin.end() : end.start() if end else len(block.body)]))
    if not operations:
        return None
    if all(operation.what == "add" for operation in operations):
        files = tuple({each.path: _added(each, notes) for each in operations}.items())
        return Found(form="apply_patch", answer=Files(contents=files), notes=tuple(dict.fromkeys(notes)))
    placed = [each for operation in operations for each in _edits(operation, notes)]
    if all(edit[1] == edit[2] != "" for edit, _ in placed):
        return None
    edits, places = zip(*placed, strict=True)
    return Found(form="apply_patch", answer=Edits(edits=edits, places=places), notes=tuple(dict.fromkeys(notes)))


def _operations(text: str) -> list[_Operation]:
    found: list[_Operation] = []
    for line in text.removesuffix("\n").split("\n"):
        if operation := _OPERATION.fullmatch(line):
            found.append(_Operation(operation["what"].lower(), operation["path"]))
        elif found:
            found[-1].lines.append(line)
    return found


def _edits(operation: _Operation, notes: list[str]) -> list[tuple[_Edit, Place]]:
    if operation.what == "add":
        return [((operation.path, "", _added(operation, notes)), Place())]
    if operation.what == "delete":
        return [((operation.path, "", ""), Place())]
    if operation.lines and (move := _MOVE.fullmatch(operation.lines[0])):
        raise NoAnswer(f"the envelope moves {operation.path} to {move['path']}; only changes in place can be read")
    return _changes(operation, notes)


def _added(operation: _Operation, notes: list[str]) -> str:
    lines = operation.lines
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    if any(line and not line.startswith("+") for line in lines):
        notes.append(f"lines without + in the new file {operation.path}")
    return "".join(f"{line[1:] if line.startswith('+') else line}\n" for line in lines)


def _changes(operation: _Operation, notes: list[str]) -> list[tuple[_Edit, Place]]:
    """One edit for each hunk: what it expects, what shall stand there, and where that is."""
    hunks: list[_Hunk] = []
    for line in operation.lines:
        if line.startswith("@@"):
            # A mark without lines below it narrows the place of the hunk that follows.
            outer = hunks.pop().anchors if hunks and not hunks[-1].changes else ()
            anchor = _RANGE.sub("", line, count=1).removesuffix("@@").strip()
            hunks.append(_Hunk((*outer, anchor) if anchor else outer))
        elif _END_OF_FILE.match(line):
            if hunks:
                hunks[-1].at_end = True
        elif line.startswith("*** ") or (not hunks and line.startswith(("--- ", "+++ "))):
            continue  # a plain diff's header says nothing new
        else:
            if not hunks:
                hunks.append(_Hunk())
            hunks[-1].lines.append(line)
    changing = [hunk for hunk in hunks if hunk.changes]
    return [_change(operation.path, hunk, hunk is not changing[0], notes) for hunk in changing]


def _change(path: str, hunk: _Hunk, follows: bool, notes: list[str]) -> tuple[_Edit, Place]:
    lines = hunk.lines
    while lines and not lines[-1]:
        lines = lines[:-1]
    old = [line[1:] if line[:1] in {" ", "-"} else line for line in lines if not line.startswith("+")]
    new = [line[1:] if line[:1] in {" ", "+"} else line for line in lines if not line.startswith("-")]
    if any(line and line[0] not in "+- \r" for line in lines):
        notes.append("lines without a mark taken as context")
    if not old and not hunk.anchors and not hunk.at_end:
        raise NoAnswer(f"the envelope inserts lines into {path} and does not say where")
    if not old:
        notes.append(
            "lines inserted at the end of the file" if hunk.at_end else "lines inserted behind their place mark"
        )
    edit = path, "".join(f"{line}\n" for line in old), "".join(f"{line}\n" for line in new)
    return edit, Place(anchors=hunk.anchors, follows=follows, at_end=hunk.at_end)
