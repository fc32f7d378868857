"""One file's part of a patch, while it is being read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from swebench_lite.patches.findings import Kind, PatchedFile

LINK, GITLINK = 0o120000, 0o160000


def kind_of(text: str) -> int:
    """The kind of file (upper bits) that a mode in octal stands for, read as leniently as git and patch read it."""
    digits = re.match(r"\s*([+-]?[0-7]{1,24})", text)
    return int(digits[1], 8) & 0o170000 if digits else 0


@dataclass(slots=True)
class FileBeingRead:
    """A file's part while it is being read."""

    line: int
    git: bool = False
    context: bool = False
    odd: bool = False  # indented or a context diff: its hunks are not counted
    named: bool = False  # its --- line has been seen
    old: str | None = None
    new: str | None = None
    modes: dict[str, str] = field(default_factory=dict)
    marks: set[str] = field(default_factory=set)
    hunks: int = 0
    link: str | None = None

    @property
    def path(self) -> str | None:
        return self.new or self.old

    @property
    def created(self) -> bool:
        return self.old is None or "new file" in self.marks

    @property
    def removed(self) -> bool:
        return self.new is None or "deleted file" in self.marks

    def finished(self) -> PatchedFile:
        old = None if self.created else self.old
        new = None if self.removed else self.new
        kinds: tuple[tuple[bool, Kind], ...] = (
            (not self.marks.isdisjoint({"GIT", "Binary"}), "binary"),
            ("rename" in self.marks, "rename"),
            ("copy" in self.marks, "copy"),
            (old is None, "add"),
            (new is None, "delete"),
            ("new" in self.marks and not self.hunks, "mode"),
        )
        kind: Kind = next((kind for found, kind in kinds if found), "modify")
        return PatchedFile(old=old, new=new, kind=kind, old_mode=self.modes.get("old"), new_mode=self.modes.get("new"))
