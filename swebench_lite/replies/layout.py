"""A reply taken apart: its fenced blocks, what stands bare between them, and the prose. One pass, linear in its length."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import accumulate

from swebench_lite.replies import spans
from swebench_lite.replies.blocks import Block, Info, Sort, read_info, sort_of
from swebench_lite.replies.events import ENVELOPE_END, FIRST_INDENT, REST_BLANK, Event, edit_ends, find_events
from swebench_lite.thinking import Tags, head, orphan

_LONGEST_TAG = 40
_TAG = re.compile(r"<[A-Za-z][\w-]*>\Z")
_MARKED_UP = (".md", ".markdown", ".mdx", ".rst", ".txt")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A reply taken apart. text: what is visible, without the thinking at its head. thought: the thinking, joined.

    unclosed: some thinking never ended, so that nothing behind it is visible.
    """

    text: str
    blocks: tuple[Block, ...]
    prose: str
    thought: str = ""
    unclosed: bool = False


def lay_out(reply: str) -> Layout:
    """Takes any text at all apart; never raises."""
    thought = head(reply)
    start = thought.end if thought else 0
    unclosed = thought is not None and not thought.closed
    layout = _Scan(text=reply[start:].removeprefix("\ufeff"), unclosed=unclosed).layout(reply[:start])
    stray = None if thought else orphan(layout.text)
    if stray and _ends_thinking(layout, *stray):
        return _Scan(text=layout.text[stray[1] :]).layout(layout.text[: stray[1]])
    return layout


def _ends_thinking(layout: Layout, start: int, end: int, whole: bool) -> bool:
    """Whether a closing tag stands in the prose, or in a fence that thinking left open."""
    block = next((each for each in layout.blocks if each.start <= start < each.end), None)
    return block is None or (whole and block.fenced and not block.closed)


@dataclass(slots=True)
class _Scan:
    """The pass over the visible text. Each step takes an event's index and returns that of the next to look at."""

    text: str
    unclosed: bool = False
    events: list[Event] = field(default_factory=list)
    ends: dict[int, int] = field(default_factory=dict)  # index of a SEARCH event -> that of its REPLACE event
    blocks: list[Block] = field(default_factory=list)
    prose: list[str] = field(default_factory=list)
    thoughts: list[str] = field(default_factory=list)
    at: int = 0  # everything before it is taken apart
    lines: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    tags: Tags = field(init=False)

    def layout(self, thought: str) -> Layout:
        self.tags = Tags(self.text)
        self.events = find_events(self.text)
        self.ends = edit_ends(self.events)
        steps: dict[str, Callable[[int], int]] = {
            "fence": self.fence,
            "diff": self.diff,
            "tagged": self.tagged,
            "quoted": self.quoted,
            "envelope": self.envelope,
            "search": self.edit,
            "thought": self.think,
        }
        index = 0
        while index < len(self.events):
            event = self.events[index]
            step = steps.get(event.kind) if event.at >= self.at else None
            index = step(index) if step else index + 1
        self.prose.append(self.text[self.at :])
        return Layout(
            text=self.text,
            blocks=tuple(self.blocks),
            prose="".join(self.prose),
            thought="".join([thought, *self.thoughts]),
            unclosed=self.unclosed,
        )

    def take(self, sort: Sort, start: int, end: int, body: str, *, closed: bool = True, indented: bool = False) -> None:
        """Adds a bare block; what stands before it is prose."""
        before = self.prose_until(start)
        self.blocks.append(
            Block(sort=sort, body=body, closed=closed, indented=indented, start=start, end=end, before=before)
        )
        self.at = end

    def prose_until(self, start: int) -> str:
        """Notes the prose before a block; returns its last line."""
        prose = self.text[self.at : start]
        self.prose.append(prose)
        return prose.rstrip().rsplit("\n", 1)[-1].strip()

    def fence(self, index: int) -> int:
        opening = self.events[index]
        info = read_info(opening.info)
        close, closed = self.closing(index, info)
        stop = self.events[close].at if close < len(self.events) else len(self.text)
        written = self.text[opening.after : stop]
        body = _dedented(written, opening.indent) if opening.indent else written
        before = self.prose_until(opening.at)
        self.at = self.events[close].after if closed else stop
        self.blocks.append(
            Block(
                sort=sort_of(body, info),
                body=body,
                fenced=True,
                info=info,
                written=opening.info,
                closed=closed,
                indented=body != written,
                start=opening.at,
                end=self.at,
                before=before,
            )
        )
        return close + closed

    def closing(self, index: int, own: Info) -> tuple[int, bool]:
        """(index of the event that ends the block opened by an event, whether it is its closing fence).

        An opening fence inside is taken for a block within the block if both are closed further on; else the outer block
        was never closed and ends there.
        """
        opening = self.events[index]
        first = FIRST_INDENT.match(self.text, opening.after)
        limit = min(opening.indent, len(first[1]) if first else 0)
        nested, inside, at = 0, False, index + 1
        while at < len(self.events):
            event = self.events[at]
            if event.kind == "search":
                at = self.ends.get(at, at) + 1
                continue
            at += 1
            if event.kind != "fence" or limit < event.indent != opening.indent:
                continue
            if not event.mark.startswith(opening.mark):
                continue
            if event.info:
                nested = nested or at - 1
                if inside or _ends_block(own, read_info(event.info)):
                    return (nested if inside else at - 1), False
                inside = True
            elif inside:
                inside = False
            elif not event.bullet:
                return at - 1, True
        # A text about code, cut off, has whole blocks in it.
        marked_up = (own.name or "").lower().endswith(_MARKED_UP)
        return (nested, False) if nested and not marked_up else (len(self.events), False)

    def diff(self, index: int) -> int:
        line = self.line_of(index)
        if spans.begins(self.lines, line) or spans.begins_hunk(self.lines, line):
            start, end = self.events[index].at, self.starts[spans.end_of(self.lines, line)]
            # Blank lines that end the reply are as written, too; those before more prose part it from the diff.
            blank = REST_BLANK.match(self.text, end)
            end = blank.end() if blank else end
            self.take("diff", start, end, self.text[start:end])
        return index + 1

    def tagged(self, index: int) -> int:
        """A diff whose first line begins behind an opening tag."""
        line, at = self.line_of(index), self.events[index].at
        tag = at - self.starts[line]
        if not _TAG.search(self.lines[line], max(0, tag - _LONGEST_TAG), tag):
            return index + 1
        self.lines[line], self.starts[line] = self.lines[line][tag:], at
        return self.diff(index)

    def quoted(self, index: int) -> int:
        """A diff behind the blanks of an indented block or the marks of a quotation, whole lines at a time."""
        event, line = self.events[index], self.line_of(index)
        if not spans.begins([each.removeprefix(event.mark) for each in self.lines[line : line + 5]], 0):
            return index + 1
        inner = []
        for each in self.lines[line:]:
            if not each.startswith(event.mark) and each.strip() != event.mark.strip():
                break
            inner.append(each.removeprefix(event.mark) if each.startswith(event.mark) else "")
        end = spans.end_of(inner, 0)
        if any(each.startswith("@@") for each in inner[:end]):
            body = "".join(f"{each}\n" for each in inner[:end])
            finish = self.starts[line + end]
            cut = finish == len(self.text) and not self.text.endswith("\n")
            self.take("diff", event.at, finish, body[:-1] if cut else body, indented=True)
        else:
            self.prose_until(self.starts[line + len(inner)])
            self.at = self.starts[line + len(inner)]
        return index + 1

    def envelope(self, index: int) -> int:
        event = self.events[index]
        end = ENVELOPE_END.search(self.text, event.at)
        stop = end.end() if end else len(self.text)
        self.take("envelope", event.at, stop, self.text[event.at : stop], closed=end is not None)
        return index + 1

    def edit(self, index: int) -> int:
        close = self.ends.get(index)
        if close is None:
            return index + 1
        start, stop = self.events[index].at, self.events[close].after
        self.take("edits", start, stop, self.text[start:stop])
        return close + 1

    def think(self, index: int) -> int:
        start = self.events[index].at
        if thought := self.tags.thought_at(start):
            self.prose_until(start)
            self.thoughts.append(self.text[start : thought.end])
            self.at = thought.end
            self.unclosed = self.unclosed or not thought.closed
        return index + 1

    def line_of(self, index: int) -> int:
        """The number of an event's line, from 0; lines are only told apart where a diff may stand bare."""
        if not self.starts:
            self.lines = self.text.split("\n")
            self.starts = [0, *accumulate(len(line) + 1 for line in self.lines)]
            self.starts[-1] = len(self.text)
        return bisect_right(self.starts, self.events[index].at) - 1


def _ends_block(own: Info, inner: Info) -> bool:
    """Whether an opening fence inside a block can only mean that the block was never closed."""
    return inner.name is not None or own.says_diff or (inner.says_diff and own.name is None)


def _dedented(body: str, indent: int) -> str:
    """The body less the indentation that all its lines share, at most that of the fence."""
    lines = body.split("\n")
    widths = [len(line) - len(line.lstrip(" \t")) for line in lines]
    cut = min([indent, *(width for line, width in zip(lines, widths, strict=True) if line.strip())])
    return "\n".join(line[min(cut, width) :] for line, width in zip(lines, widths, strict=True)) if cut else body
