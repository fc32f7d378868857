"""One replacement in one file: where its text stands, and what the file reads afterwards. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from swebench_lite.errors import PatchRefused
from swebench_lite.records import Place

_SHOWN = 80  # characters of a line in a reason


class Span(NamedTuple):
    """Whole lines of a text, from a character to the one behind them. exact: not only but for the line ends."""

    start: int
    end: int
    exact: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """A file after an edit; None where it is gone. end: where what was put there ends. note: what was odd, or ""."""

    text: str | None
    end: int = 0
    note: str = ""


def edit(path: str, old: str | None, search: str, put: str, *, place: Place, last: tuple[Place, int] | None) -> Edited:
    """A file's text after one replacement. old: its text before, None where there is no such file.

    last: the place of the edit before it in the same file and where that ended, where this one belongs behind it. Of several
    places that fit, the first behind that and below the anchors is taken, with a note. Raises PatchRefused, naming the path,
    where there is none, and where anchors or order do not tell between several.
    """
    if not search and not place.anchors and not place.at_end:
        return Edited(text=_whole(path, old, put))
    if old is None:
        raise PatchRefused(f"edit of {path}: there is no such file")
    span, note = _span(path, old, search, place, last) if search else _gap(path, old, place, last)
    return _replaced(old, span, put, note)


def _whole(path: str, old: str | None, put: str) -> str | None:
    if not old:
        return put
    if not put:
        return None
    raise PatchRefused(f"edit of {path}: there is nothing to find, yet the file is not empty; say what to replace")


def _replaced(old: str, span: Span, put: str, note: str) -> Edited:
    start, end, exact = span
    put = f"{put}\n" if put and not put.endswith("\n") else put
    newline, head = "\n", old[:start]
    if not exact:
        # Lines that replace nothing end as the one above them does, or the file's first.
        model = old[start:end] or head[head.rfind("\n", 0, -1) + 1 :] or old
        newline = "\r\n" if (model if "\n" in model else old).partition("\n")[0].endswith("\r") else "\n"
        put = put.replace("\r\n", "\n").replace("\n", newline)
    if end == len(old) and not old.endswith("\n"):  # the last line stays without a newline
        put = put.removesuffix("\n").removesuffix("\r" if not exact else "")
        head = f"{head}{newline}" if start == end else head
    return Edited(text=head + put + old[end:], end=len(head) + len(put), note=note)


def _span(path: str, old: str, search: str, place: Place, last: tuple[Place, int] | None) -> tuple[Span, str]:
    """The place of a text, and what was odd about it."""
    behind = last[1] if last else 0
    anchor = _anchor(old, place, last)
    if place.at_end and (at_end := _last(old, search)) and at_end.start >= behind:
        return at_end, ""
    height = search.removesuffix("\n").count("\n") + 1
    # A text may begin above its anchor, if it goes on to there.
    low = behind if anchor is None else max(0 if anchor.above else behind, _line_start(old, anchor.number - height + 1))
    spans = _first_two(old, search, low)
    lost = f"'{_shown(place.anchors[-1])}'" if place.anchors and anchor is None else ""
    if len(spans) == 1 or (spans and not lost):
        note = f"the mark {lost} of an edit of {path} is not in the file" if lost else ""
        several = f"a text to find stands more than once in {path}, the first one taken"
        return spans[0], several if len(spans) > 1 else note
    if spans:
        raise PatchRefused(
            f"edit of {path}: the text to find stands more than once, and {lost}, which should tell where, does not; "
            f"it begins '{_shown(search)}'"
        )
    anywhere = _first_two(old, search, 0) if anchor is None else []
    if len(anywhere) == 1:
        return anywhere[0], f"edits of {path} are not in the order of the file"
    where = f" below '{_shown(place.anchors[-1])}'" if anchor else " behind the edit before it" if anywhere else ""
    raise PatchRefused(f"edit of {path}: the text to find is not there{where}; it begins '{_shown(search)}'")


def _gap(path: str, old: str, place: Place, last: tuple[Place, int] | None) -> tuple[Span, str]:
    """Where lines go that replace nothing: behind their anchor, else at the file's end."""
    if place.at_end:
        return Span(len(old), len(old), False), ""
    anchor = _anchor(old, place, last)
    if anchor is None:
        raise PatchRefused(
            f"edit of {path}: lines are to go below '{_shown(place.anchors[-1])}', which is not there, or in several places"
        )
    at = _line_start(old, anchor.number + 1)
    note = f"the line '{_shown(place.anchors[-1])}' stands more than once in {path}, the first one taken"
    return Span(at, at, False), note if anchor.several else ""


class _Anchor(NamedTuple):
    """The line of the last anchor, from 0. above: it stands before the edit that this one follows. several: so do others."""

    number: int
    above: bool
    several: bool


def _anchor(old: str, place: Place, last: tuple[Place, int] | None) -> _Anchor | None:
    """Where the anchors are: the first that follow the edit before, else the only ones. None where that tells no place.

    An edit with the very anchors of the one before it goes on there, below the same line.
    """
    if not place.anchors:
        return None
    lines = [line.strip() for line in old.split("\n")]
    first = old.count("\n", 0, last[1]) if last else 0
    below = _chain(lines, place.anchors, first)
    if below:
        return _Anchor(below[0], above=False, several=len(below) > 1)
    around = _chain(lines, place.anchors, 0)
    if around and last and last[0].anchors == place.anchors:
        return _Anchor(first - 1, above=False, several=False)
    return _Anchor(around[0], above=True, several=False) if len(around) == 1 else None


def _chain(lines: list[str], anchors: tuple[str, ...], first: int) -> list[int]:
    """The first two lines that are the last anchor, the others above it in their order; lines are without outer white space."""
    at = first
    for anchor in anchors[:-1]:
        found = next((number for number in range(at, len(lines)) if lines[number] == anchor.strip()), None)
        if found is None:
            return []
        at = found + 1
    wanted = anchors[-1].strip()
    places = (number for number in range(at, len(lines)) if lines[number] == wanted)
    return [number for number, _ in zip(places, range(2), strict=False)]


def _line_start(text: str, number: int) -> int:
    """Where a line begins, by its number from 0; the text's end where it has no such line."""
    at = 0
    for _ in range(number):
        at = text.find("\n", at) + 1
        if not at:
            return len(text)
    return at


def _first_two(old: str, search: str, low: int) -> list[Span]:
    """The first runs of whole lines from a character on that are a text: exactly, else but for the line ends."""
    wanted, ended = _ended(search), _ended(old)
    exact = _starts(ended, wanted, low)
    if exact:
        return [Span(at, min(at + len(wanted), len(old)), True) for at in exact]
    plain, there = (text.replace("\r\n", "\n") for text in (wanted, ended))
    return [_mapped(old, there, plain, at) for at in _starts(there, plain, len(old[:low].replace("\r\n", "\n")))]


def _last(old: str, search: str) -> Span | None:
    """The lines that end a text, if they are the one to find."""
    plain, there = (_ended(text).replace("\r\n", "\n") for text in (search, old))
    if not f"\n{there}".endswith(f"\n{plain}"):
        return None
    wanted, ended = _ended(search), _ended(old)
    if ended.endswith(wanted):
        return Span(len(ended) - len(wanted), len(old), True)
    return _mapped(old, there, plain, len(there) - len(plain))


def _mapped(old: str, there: str, plain: str, at: int) -> Span:
    """A place in a text without carriage returns, as one in the text that has them."""
    starts = [0, *accumulate(len(line) + 1 for line in _ended(old).split("\n"))]
    first = there.count("\n", 0, at)
    return Span(starts[first], min(starts[first + plain.count("\n")], len(old)), False)


def _starts(text: str, wanted: str, low: int) -> list[int]:
    padded = f"\n{text}"
    first = padded.find(f"\n{wanted}", low)
    second = padded.find(f"\n{wanted}", first + 1) if first >= 0 else -1
    return [at for at in (first, second) if at >= 0]


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else f"{text}\n"


def _shown(text: str) -> str:
    """The first line of a text that is not blank, for a reason."""
    return next((line for line in text.split("\n") if line.strip()), "").strip()[:_SHOWN]
