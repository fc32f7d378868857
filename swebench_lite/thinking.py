"""What a model thought aloud before it answered: found by its tags, and never an answer. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

_NAMES = r"(?:seed:)?(?:think(?:ing)?|thoughts?|reasoning)"
# Tags of one kind: (opening, closing). A closing tag in quotes is talk about tags.
_KINDS = (
    (rf"<{_NAMES}>", rf"(?<![`'\"])</{_NAMES}>(?![`'\"])"),
    (r"\[THINK\]", r"(?<![`'\"])\[/THINK\](?![`'\"])"),
    ("\u25c1think\u25b7", "\u25c1/think\u25b7"),
)
OPENING = "|".join(opening for opening, _ in _KINDS)
_OPENING = re.compile(OPENING, re.IGNORECASE)
_CLOSING = re.compile("|".join(closing for _, closing in _KINDS), re.IGNORECASE)
_BLANK = re.compile(r"[\s\ufeff]*+")
FENCE = re.compile(
    r"^[ \t]{0,40}+(?:[-*+][ ]|[0-9]{1,9}[.)][ ])?(?P<mark>`{3,}+|~{3,}+)(?P<info>[^`\n]*+)$", re.MULTILINE
)
_EDIT_MARK = re.compile(
    r"^[ \t]{0,40}+(?:(?P<search><{5,9}+[ ]?SEARCH\b)|>{5,9}+[ ]?REPLACE\b)", re.MULTILINE | re.IGNORECASE
)
_BODY_OF_DIFF = frozenset("+- \t@\\")


class Thought(NamedTuple):
    """Where thinking at the head of a reply ends. closed is False where only the reply's end ends it."""

    end: int
    closed: bool


@dataclass(slots=True)
class Tags:
    """The tags of one text, looked at from its beginning to its end: what is not behind one place is not behind a later."""

    text: str
    _absent: set[re.Pattern[str]] = field(default_factory=set)

    def thought_at(self, at: int) -> Thought | None:
        """The thinking whose opening tag stands at an index, up to the closing tag of its name (else of any); None without."""
        opening = _OPENING.match(self.text, at)
        if not opening:
            return None
        own = re.compile(re.escape(f"{opening[0][0]}/{opening[0][1:]}"), re.IGNORECASE)
        closing = self._next(own, opening.end()) or self._next(_CLOSING, opening.end())
        return Thought(closing.end(), True) if closing else Thought(len(self.text), False)

    def _next(self, tag: re.Pattern[str], at: int) -> re.Match[str] | None:
        found = None if tag in self._absent else tag.search(self.text, at)
        if found is None:
            self._absent.add(tag)
        return found


def head(text: str) -> Thought | None:
    """The thinking that a reply begins with, several in a row as one; None where it begins with something else."""
    tags, found = Tags(text), None
    at = _blank_end(text, 0)
    while (thought := tags.thought_at(at)) is not None:
        found = thought
        at = _blank_end(text, thought.end)
    return found


def orphan(text: str) -> tuple[int, int, bool] | None:
    """(start, end, whole line) of a closing tag that no opening tag precedes: a chat template ate the opening one.

    None where there is none, or where the line looks like one of a diff's body.
    """
    closing = _CLOSING.search(text)
    if not closing or _OPENING.search(text, 0, closing.start()):
        return None
    start = text.rfind("\n", 0, closing.start()) + 1
    end = text.find("\n", closing.end())
    line = text[start : len(text) if end < 0 else end]
    if line[0] in _BODY_OF_DIFF:
        return None
    return closing.start(), closing.end(), line.strip() == closing[0]


def stands_apart(text: str, at: int) -> bool:
    """Whether an index surely lies outside every fenced block and every search/replace edit of a text.

    Told from the lines before it alone, so that it is False wherever fences lie in one another.
    """
    edits = [found["search"] for found in _EDIT_MARK.finditer(text, 0, at)]
    if edits and edits[-1]:
        return False
    opened = ""
    for fence in FENCE.finditer(text, 0, at):
        if not opened:
            opened = fence["mark"]
        elif fence["info"].strip():
            return False
        elif fence["mark"].startswith(opened):
            opened = ""
    return not opened


def _blank_end(text: str, at: int) -> int:
    blank = _BLANK.match(text, at)
    return blank.end() if blank else at
