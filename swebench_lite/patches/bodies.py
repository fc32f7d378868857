"""Where a hunk's body ends: by its declared counts, and by the look of its lines."""

from __future__ import annotations


def declared_end(lines: list[str], at: int, old: int, new: int) -> int | None:
    """The index behind a hunk's body by its declared counts, as git and patch find it; None where they do not fit."""
    end = len(lines)
    while (old > 0 or new > 0) and at < end:
        head = lines[at][:1]
        if head == "+":
            new -= 1
        elif head == "-":
            old -= 1
        elif head in " \t=\r":  # or an empty line: context to patch; git minds all but blanks and empty lines
            old -= 1
            new -= 1
        elif head != "\\":
            return None
        at += 1
    if old or new:
        return None
    return at + 1 if at < end and lines[at].startswith("\\ ") else at


def another_file(lines: list[str], at: int) -> bool:
    """Whether another file's plain header begins at an index."""
    return lines[at].startswith("--- ") and lines[at + 1 : at + 2] != [] and lines[at + 1].startswith("+++ ")


def apparent_end(lines: list[str], at: int) -> tuple[int, int, int]:
    """(old lines, new lines, index behind the last) of what looks like a hunk's body, whatever its header declares."""
    old = new = blank = 0
    while at < len(lines):
        line, after = lines[at], lines[at + 1] if at + 1 < len(lines) else ""
        head = line[:1]
        signature = line.rstrip() == "--" and (not after or after[0].isdigit())
        if head not in " +-\\\t" or another_file(lines, at) or signature:
            break
        at += 1
        if not line.strip("\r"):
            blank += 1  # counts only with more of the body behind it
            continue
        old, new, blank = old + blank + (head in "- \t"), new + blank + (head in "+ \t"), 0
    return old, new, at - blank
