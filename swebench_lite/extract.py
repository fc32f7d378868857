"""Exchange -> Answer. Pure. Raises NoAnswer where a reply holds nothing that could be applied."""

from __future__ import annotations

import re

from swebench_lite.errors import NoAnswer
from swebench_lite.records import Answer, Exchange, Patch

_FENCE = re.compile(
    r"^(?P<ticks>`{3,})(?P<info>[^\n`]*)\n(?P<body>.*?)(?:^(?P=ticks)`*[ \t\r]*$|\Z)", re.MULTILINE | re.DOTALL
)
_BARE = re.compile(r"^(?:diff --git |--- \S)", re.MULTILINE)


def extract(exchange: Exchange) -> Answer:
    """The answer in a reply: the diffs in its fences, one after another, else a bare diff from its first header on.

    The text is taken as it was written; nothing is repaired. Raises NoAnswer where there is none.
    """
    text = exchange.reply
    if not text.strip():
        raise NoAnswer("the reply is empty")
    fenced = [match for match in _FENCE.finditer(text) if _is_diff(match)]
    if fenced:
        return Patch(text="".join(match["body"] for match in fenced))
    bare = _BARE.search(text)
    if bare:
        return Patch(text=text[bare.start() :])
    raise NoAnswer("the reply holds no diff, neither fenced nor bare")


def _is_diff(match: re.Match[str]) -> bool:
    info = match["info"].strip().lower()
    return bool(match["body"].strip()) and (info in {"diff", "patch"} or bool(_BARE.match(match["body"])))
