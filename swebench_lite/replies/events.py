"""The lines of a reply at which something may begin or end, found in one search."""

from __future__ import annotations

import re
from typing import NamedTuple

from swebench_lite.replies.blocks import ENVELOPE, REPLACE, SEARCH
from swebench_lite.thinking import OPENING

# Every repetition is bounded or possessive: no text makes the search go back far. The first look ahead is for speed, and so
# is that behind "---" and "+++": a diff has many such lines, and few of them are a file's header.
_EVENT = re.compile(
    r"^(?=[ \t`~<>*+@\-0-9DI\[\u25c1])"
    r"(?:(?P<lead>[ \t]{0,40}+)(?P<bullet>(?:[-*+]|[0-9]{1,9}[.)])[ \t]{1,4})?"
    r"(?:(?P<ticks>`{3,}+)(?P<info>[^`\n]*+$|[^`\n]*?file[ \t]*:[ \t]*`[^`\n]+`[ \t\r]*+$)|(?P<tildes>~{3,}+)(?P<wave>[^\n]*+)$)"
    r"|(?P<diff>diff --git |(?:--- |\+\+\+ )(?=[^\n]*+\n(?:\+\+\+ |@@ -))"
    r"|Index: (?=(?:[^\n]*+\n){1,3}(?:diff --git |--- |\+\+\+ ))|@@ -[0-9])"
    rf"|(?P<envelope>{ENVELOPE})"
    rf"|(?P<search>[ \t]{{0,40}}+{SEARCH})|(?P<replace>[ \t]{{0,40}}+{REPLACE})"
    rf"|(?P<thought>{OPENING})"
    r"|(?P<quoted>[ \t]{1,40}+|>[ ])(?=(?:diff --git|---|\+\+\+|Index:)[ ]))"
    r"|(?<=>)(?P<tagged>diff --git |(?:--- |\+\+\+ )(?=[^\n]*+\n(?:\+\+\+ |@@ -)))",
    re.MULTILINE | re.IGNORECASE,
)
FIRST_INDENT = re.compile(r"(?:[ \t\r]*+\n)*+([ \t]*)")  # of the first line that is not blank
ENVELOPE_END = re.compile(r"^\*\*\* End Patch[^\n]*+\n?", re.MULTILINE | re.IGNORECASE)
REST_BLANK = re.compile(r"\s*+\Z")


class Event(NamedTuple):
    """A line that may begin or end something. at: where it starts; after: where the next line does.

    indent, bullet, mark, info: of a fence, the width before it, whether a list's mark is part of that, its own mark, and
    what stands behind it. mark is what was found for the other kinds.
    """

    kind: str
    at: int
    after: int
    indent: int = 0
    bullet: bool = False
    mark: str = ""
    info: str = ""


def find_events(text: str) -> list[Event]:
    """All events of a text, in order."""
    events: list[Event] = []
    size = len(text)
    for match in _EVENT.finditer(text):
        after = text.find("\n", match.end()) + 1 or size
        mark = match["ticks"] or match["tildes"]
        if mark:
            indent = len(match["lead"]) + len(match["bullet"] or "")
            info = (match["info"] or match["wave"] or "").strip()
            events.append(Event("fence", match.start(), after, indent, bool(match["bullet"]), mark, info))
        else:
            kind = match.lastgroup or ""
            events.append(Event(kind, match.start(), after, mark=match[kind]))
    return events


def edit_ends(events: list[Event]) -> dict[int, int]:
    """For the index of each SEARCH line that its edit's REPLACE line follows, the index of that."""
    ends: dict[int, int] = {}
    pending = None
    for index, event in enumerate(events):
        if event.kind == "search":
            pending = index
        elif event.kind == "replace" and pending is not None:
            ends[pending] = index
            pending = None
    return ends
