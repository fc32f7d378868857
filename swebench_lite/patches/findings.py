"""What reading a patch finds: its files and paths, what is wrong with it, what is dangerous."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

LIMIT = 10 * 1024**2  # bytes; larger patches are refused unread
UNIDIFF_LIMIT = 1024**2  # characters; a second opinion on more takes seconds
LONGEST_PATH = 4096  # characters; Linux takes no longer path
MOST_FINDINGS = 100  # of each sort; a broken 10 MB patch could have a million

Kind = Literal["modify", "add", "delete", "rename", "copy", "mode", "binary"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something wrong at a line (from 1), in a hunk (from 1 within its file) of a path.

    harmless: git reads past it, so it does not explain why a patch fails to apply.
    """

    line: int
    hunk: int | None = None
    path: str | None = None
    what: str
    harmless: bool = False

    def __str__(self) -> str:
        path = f"{self.path} " if self.path else ""
        hunk = f"hunk {self.hunk} of {path or 'an unnamed file '}" if self.hunk else path
        return f"{hunk}{self.what} (line {self.line})"


@dataclass(frozen=True, slots=True, kw_only=True)
class PatchedFile:
    """One file's part of a patch, with names as ``git apply`` reads them (first component removed).

    old is None where the file is added, new where it is deleted. Modes are octal text (``100644``), None if unsaid.
    """

    old: str | None
    new: str | None
    kind: Kind
    old_mode: str | None = None
    new_mode: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What a patch says it does.

    paths: every path that ``git apply`` or ``patch -p1`` could write for a name in the patch, in order of appearance;
    not the ``.orig``, ``.rej`` and temporary files that they may leave beside it. hazards: why ``refuse`` refuses.
    """

    files: tuple[PatchedFile, ...] = ()
    paths: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    hazards: tuple[Problem, ...] = ()
