"""What a repair is called and says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from swebench_lite.records import Patch

# Every repair by name, as the documentation and reports explain it.
KINDS: Mapping[str, str] = {
    "counts": "a hunk's header said another number of lines than the hunk has",
    "position": "a hunk's header said another place than the one where its lines are, or none",
    "prefixes": "a path was written without a/ and b/, absolute, or from another folder",
    "headers": "a header line was missing, incomplete or contradicted the others",
    "created": "an existing file was called new, or a new one existing",
    "final newline": "the patch did not end in a newline",
    "end of file": "the mark for a missing newline at the end of the file was wrong",
    "line endings": "the patch and the file ended their lines differently",
    "entities": "the patch was escaped as HTML",
    "lost space": "context lines had lost the space that they begin with",
    "lost sign": "empty lines of a new file had lost the + that they begin with",
    "whitespace": "context or removed lines differed from the file in white space",
    "indentation": "a hunk was indented otherwise than the file, and its added lines with it",
    "context": "context at a hunk's edge was not in the file",
    "surroundings": "context was taken from the file, because git asks for some",
    "overlap": "neighbouring hunks shared lines",
    "order": "hunks were not in the order of the file",
    "duplicate": "a hunk was written twice",
    "no change": "a hunk held only context",
    "indent": "the whole diff was indented",
    "language line": "the name of a language stood before the diff",
    "fence": "the fences of a code block were in the diff",
    "prose": "text that is no diff stood around it",
    "rewrite": "a whole new file replaced one that exists (fallback)",
    "fuzzy": "removed or context lines were only similar to the file's (fallback)",
}
# What the caller may allow by name. The first two are always done and are named here only so that asking for them is no error.
FALLBACKS = ("counts", "prefixes", "rewrite", "fuzzy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """One thing that was put right.

    name: a key of KINDS. path: the file's, as repaired, or "" where it concerns the whole patch. hunk: from 1 within its
    file's part, 0 for all of it. detail: what was found and what became of it.
    """

    name: str
    path: str = ""
    hunk: int = 0
    detail: str

    def __post_init__(self) -> None:
        if self.name not in KINDS:
            raise ValueError(f"no repair is called '{self.name}'; add it to KINDS first")

    @property
    def text(self) -> str:
        """The repair on one line of printable characters."""
        place = f"{self.path}: " if self.path else ""
        hunk = f"hunk {self.hunk}: " if self.hunk else ""
        line = f"{self.name}: {place}{hunk}{self.detail}"
        return "".join(character if character.isprintable() else " " for character in line)


@dataclass(frozen=True, slots=True, kw_only=True)
class Repaired:
    """A patch after repair.

    repairs is empty where the patch came back as it was: then reason says why it could not be repaired, or is empty too
    because git takes the patch as written.
    """

    patch: Patch
    repairs: tuple[Repair, ...] = ()
    reason: str = ""


class GivenUp(Exception):
    """Within this package only: the patch cannot be repaired, and the message says why."""
