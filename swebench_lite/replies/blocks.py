"""One block of a reply: what its fence says of it, and what it holds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

from swebench_lite.replies import spans

Sort = Literal["diff", "edits", "envelope", "file"]

SEARCH = r"<{5,9}+[ ]?SEARCH\b"
REPLACE = r">{5,9}+[ ]?REPLACE\b"
ENVELOPE = r"\*\*\* Begin Patch"
HEREDOC = re.compile(r"<<[ \t]{0,9}(?P<quote>['\"\\]?)(?P<end>\w{1,40})")
_EDIT = re.compile(rf"^[ \t]{{0,40}}+{SEARCH}", re.MULTILINE | re.IGNORECASE)
_EDIT_END = re.compile(rf"^[ \t]{{0,40}}+{REPLACE}", re.MULTILINE | re.IGNORECASE)
_ENVELOPE = re.compile(rf"^{ENVELOPE}", re.MULTILINE | re.IGNORECASE)
_HEADER = re.compile(r"^(?:diff --git |--- |\+\+\+ |Index: )", re.MULTILINE)
_FILE = re.compile(r"(?:^|.*?[\s,;])file[ \t]*:(?P<name>.*)", re.IGNORECASE)
_WORD = re.compile(r"[\s{.]*([^\s:,{}=]*)")
_DIFF_WORDS = frozenset({"diff", "patch", "udiff"})
# Other fences are diffs by their first line, and these by any line: a program may well hold a diff.
_PLAIN = frozenset({"", "text", "txt", "plaintext", "git"})
_LONGEST_INFO = 5000  # characters of a fence line that are read; no path is longer
_HEADER_LINES = 6  # as many as tell whether a file's header begins


class Info(NamedTuple):
    """What a fence line says: the name behind ``FILE:``, or else the language, in lower case."""

    name: str | None
    language: str

    @property
    def says_diff(self) -> bool:
        """Whether the fence itself calls its body a diff."""
        return self.language in _DIFF_WORDS


_NO_INFO = Info(None, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A fenced block, or something bare that was recognised: a diff, an apply_patch envelope, a search/replace edit.

    sort: what it holds, ``file`` where it is none of the three. info: what its fence line says, written: the line itself.
    body: as it was written, less the indentation of the fence. start, end: where it stands in the visible text, fences
    included. before: the last line of prose before it.
    """

    sort: Sort
    body: str
    fenced: bool = False
    info: Info = _NO_INFO
    written: str = ""
    closed: bool = True
    indented: bool = False
    start: int = 0
    end: int = 0
    before: str = ""

    @property
    def name(self) -> str | None:
        """The name of a FILE block; None for any other."""
        return self.info.name

    @property
    def language(self) -> str:
        """The first word behind the fence; "" for a FILE block."""
        return self.info.language


def file_name(line: str) -> str | None:
    """The name behind ``FILE:``, without quotes around it; None where the line has no FILE mark or no name."""
    found = _FILE.match(line, 0, _LONGEST_INFO)
    if not found:
        return None
    name = found["name"].strip()
    while len(name) > 1 and name[0] == name[-1] and name[0] in "`'\"*":
        name = name[1:-1].strip()
    return name or None


@lru_cache(maxsize=256)
def read_info(written: str) -> Info:
    """What the text behind an opening fence says."""
    name = file_name(written)
    word = _WORD.match(written, 0, _LONGEST_INFO)
    return Info(name, "" if name is not None or not word else word[1].lower())


def sort_of(body: str, info: Info) -> Sort:
    """What a fenced body is: by its marks, by its fence, or by its first line.

    A block with a file's name is that file, unless it begins with a mark: a program may well hold one further down.
    """
    if "<<<<<" in body and (start := _EDIT.search(body)) and _EDIT_END.search(body, start.end()):
        if _may_be_marks(body, start.start(), info):
            return "edits"
    elif "*** " in body and (start := _ENVELOPE.search(body)) and _may_be_marks(body, start.start(), info):
        return "envelope"
    if info.name is not None or not body.strip():
        return "file"
    if info.says_diff:
        return "diff"
    found = _HEADER.search(body)
    if not found:
        return "file"
    head = body[: found.start()].strip().lower()
    if HEREDOC.search(head.rpartition("\n")[2][:_LONGEST_INFO]):
        return "file"  # a command that is given a diff
    first = head in {"", "diff", "patch"} or body.startswith("From ")
    return "diff" if (first or info.language in _PLAIN) and names_a_file(body) else "file"


def _may_be_marks(body: str, at: int, info: Info) -> bool:
    return info.name is None or body[:at].strip() in {"", info.name}


def names_a_file(body: str) -> bool:
    """Whether the header of a file's diff stands somewhere in a text."""
    for found in _HEADER.finditer(body):
        end = found.start()
        for _ in range(_HEADER_LINES):
            end = body.find("\n", end) + 1 or len(body)
        if spans.begins(body[found.start() : end].split("\n"), 0):
            return True
    return False
