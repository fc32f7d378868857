"""What a reply is read as: a patch, files, edits, a command or tool calls."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """An answer that is a unified diff, exactly as written."""

    text: str

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise ValueError("an empty text is no patch; say that there is no answer instead")

    @property
    def raw(self) -> bytes:
        """The bytes that reach the sandbox: UTF-8, with undecodable input bytes restored."""
        try:
            return self.text.encode("utf-8", "surrogateescape")
        except UnicodeEncodeError:
            # A surrogate that stands for no byte (JSON can hold one): such a text is refused later, but must have a digest.
            return self.text.encode("utf-8", "surrogatepass")

    @property
    def sha256(self) -> str:
        """Hex digest of the exact bytes."""
        return hashlib.sha256(self.raw).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """An answer that is a set of whole files, by relative path."""

    contents: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """An answer that is one shell command."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """An answer that is a sequence of tool calls: (tool name, arguments as JSON)."""

    calls: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a replacement belongs, as far as its text does not say so.

    anchors: lines that stand above it, in their order; white space around them does not count. follows: it comes behind the
    replacement before it, in the same file. at_end: its text is the file's end.
    """

    anchors: tuple[str, ...] = ()
    follows: bool = False
    at_end: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Edits:
    """An answer that is a list of replacements in order: (path, text to find, text to put there).

    An empty text to find stands for a new file, with a place for lines that replace nothing. places: one for each
    replacement, or none at all where the form of the answer has no places.
    """

    edits: tuple[tuple[str, str, str], ...]
    places: tuple[Place, ...] = ()

    def __post_init__(self) -> None:
        if self.places and len(self.places) != len(self.edits):
            raise ValueError(f"{len(self.edits)} edits with {len(self.places)} places; give one for each, or none")


Answer = Patch | Files | Edits | Command | Calls
