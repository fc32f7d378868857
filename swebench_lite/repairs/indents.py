"""Where a hunk is indented otherwise than its file: how far its added lines move along. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from swebench_lite.repairs.bodies import Line

Levels = dict[str, str | None]  # indentation in the hunk -> that of the same lines in the file; None where that differs


def moved(lines: Sequence[Line], own: Sequence[Line]) -> list[Line] | None:
    """A hunk's lines as the file has them, the added ones with the indentation that the others tell; None where none is sure.

    own: the same lines, context and removed ones already with the file's text. Where all lines are off by the same blanks,
    so are the added ones. Otherwise an added line goes with the lines of its own level, and stays where these are right.
    """
    levels = _levels(lines, own)
    added = {_indent(line.text) for line in lines if line.sign == "+" and line.text.strip()}
    common = _common(levels)
    if common == ("", "") or not added:
        return list(own)
    known = {theirs for theirs in levels.values() if theirs is not None}
    if common and not added & levels.keys() and added & known:
        return None  # as good a fit for the file's levels as for the hunk's
    table: dict[str, str] = {}
    for indent in added:
        new = _shifted(indent, *common) if common else _looked_up(indent, levels, known)
        if new is None:
            return None
        table[indent] = new
    return [
        line._replace(text=table[_indent(line.text)] + line.text.lstrip(" \t"))
        if line.sign == "+" and line.text.strip()
        else line
        for line in own
    ]


def _levels(lines: Sequence[Line], own: Sequence[Line]) -> Levels:
    """What the lines that the file has say about their levels; removed lines outweigh context, for the added ones replace them.

    A context line that is one blank short lost its sign, not its level: that blank was read as the sign.
    """
    found: dict[str, Levels] = {" ": {}, "-": {}}
    for line, there in zip(lines, own, strict=True):
        if line.sign == "+" or not line.text.strip():
            continue
        indent, theirs = _indent(line.text), _indent(there.text)
        if line.sign == " " and theirs == f" {indent}":
            indent = theirs
        levels = found[line.sign]
        levels[indent] = theirs if levels.get(indent, theirs) == theirs else None
    return found[" "] | found["-"]


def _common(levels: Levels) -> tuple[str, str] | None:
    """(what goes, what comes) at the beginning of every line alike; None where lines differ."""
    shifts: set[tuple[str, str] | None] = set()
    for indent, theirs in levels.items():
        if theirs is not None and theirs.endswith(indent):
            shifts.add(("", theirs.removesuffix(indent)))
        elif theirs is not None and indent.endswith(theirs):
            shifts.add((indent.removesuffix(theirs), ""))
        else:
            shifts.add(None)
    return shifts.pop() if len(shifts) == 1 else None


def _shifted(indent: str, gone: str, new: str) -> str | None:
    return new + indent.removeprefix(gone) if indent.startswith(gone) else None


def _looked_up(indent: str, levels: Levels, known: set[str]) -> str | None:
    """The level of an added line among lines that are off by different amounts, or in tabs instead of blanks."""
    if indent in levels:
        return levels[indent]
    if not indent or indent in known:
        return indent
    for level, theirs in sorted(levels.items(), key=lambda each: len(each[0]), reverse=True):
        if level and theirs is not None:
            times = len(indent) // len(level)
            if level * times == indent:
                return theirs * times
            if level == theirs and indent.startswith(level):
                return indent
    kinds = set("".join(known))
    return indent if set(indent) <= kinds and not set(indent) & set("".join(levels)) else None


def _indent(text: str) -> str:
    return text[: len(text) - len(text.lstrip(" \t"))]
