"""Answer -> Patch: whole files and edits become the unified diff that makes them out of a tree. Pure.

The diff has git's own headers, so that plain ``git apply`` takes it at that tree.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from swebench_lite.conversation import UNNAMED
from swebench_lite.errors import PatchRefused
from swebench_lite.patches.comparing import hunks
from swebench_lite.patches.editing import edit
from swebench_lite.patches.names import danger_of
from swebench_lite.records import Answer, Edits, Files, Patch, Place
from swebench_lite.trees import MemoryTree, Tree

_ODD = re.compile(r'[\x00-\x1f"\\\x7f-\x9f\u2028\u2029\udc80-\udcff]|^\s|\s$')
_LETTERS = {"\a": "\\a", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\v": "\\v", "\f": "\\f", "\r": "\\r"}
_BYTELESS = re.compile("[\ud800-\udc7f\udd00-\udfff]")  # surrogates that stand for no byte
_SHOWN = 80  # characters of a line in a reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A patch, and what was odd about how an answer became it, a few words each."""

    patch: Patch
    notes: tuple[str, ...] = ()


def as_patch(answer: Answer, tree: Tree) -> Patch:
    """The patch that ``build`` makes."""
    return build(answer, tree).patch


def build(answer: Answer, tree: Tree) -> Built:
    """The answer as a unified diff against a tree; a Patch is itself, as it was written.

    Files: each becomes the whole of its file. Where every line of the file in the tree ends in CRLF and no line of the
    answer does, the line ends stay: replies lose them. Edits: in order, each where its text stands as whole lines, exactly,
    else but for the line ends; nothing looser is tried. Of several such places the first is taken and noted, as those who
    made these forms do: the first of the file, or, where the answer says more of its places, the first below its anchors
    and behind the edit before it. An edit with nothing to find makes a file, or fills an empty one; with nothing to put
    either, it removes a file that is there.

    Raises PatchRefused, naming the path, for a path that ``patches.refuse`` would refuse or that is a folder, a text that is
    not found where it belongs (with its first line), an answer that changes nothing, and an answer of another kind.
    """
    if isinstance(answer, Patch):
        return Built(patch=answer)
    notes: tuple[str, ...] = ()
    if isinstance(answer, Files):
        changed = _written(answer, tree)
    elif isinstance(answer, Edits):
        changed, notes = _edited(answer, tree)
    else:
        raise PatchRefused(f"a {type(answer).__name__} is no change to a tree; answer with a diff, files or edits")
    before = {path: _text(tree.read(path)) for path in changed}
    _check_folders(changed, before, tree)
    text = "".join(_file(path, before[path], after) for path, after in changed.items())
    if not text:
        raise PatchRefused("the answer changes nothing: every file is in the tree just so")
    return Built(patch=Patch(text=text), notes=notes)


def exact_patch(files: Mapping[str, str | None], tree: Tree) -> str:
    """The diff that makes trusted files out of a tree exactly as they are, line ends too; "" where the tree has them so.

    files: text by path, None for a file that goes. Raises PatchRefused, naming the path, for one that no tree may hold.
    """
    after = {_checked(name): text for name, text in files.items()}
    before = {path: _text(tree.read(path)) for path in after}
    kept = [path for path, text in after.items() if text is not None]
    gone = after.keys() - set(kept)
    _check_folders(kept, before, MemoryTree({path: b"" for path in tree.paths if path not in gone}))
    return "".join(_file(path, before[path], text) for path, text in after.items())


def _written(answer: Files, tree: Tree) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for name, text in answer.contents:
        path = _checked(name)
        old = _text(tree.read(path))
        found[path] = _holdable(_like(old, text) if old else text, path)
    return found


def _edited(answer: Edits, tree: Tree) -> tuple[dict[str, str | None], tuple[str, ...]]:
    """The files that edits leave behind, None for one that they remove; and what was odd about their places."""
    found: dict[str, str | None] = {}
    last: dict[str, tuple[Place, int]] = {}
    notes: dict[str, None] = {}
    places = answer.places or (Place(),) * len(answer.edits)
    for (name, search, put), place in zip(answer.edits, places, strict=True):
        path = _checked(name)
        old = found[path] if path in found else _text(tree.read(path))
        before = last.get(path) if place.follows else None
        done = edit(path, old, search, _holdable(put, path), place=place, last=before)
        found[path], last[path] = done.text, (place, done.end)
        notes |= {done.note: None} if done.note else {}
    return found, tuple(notes)


def _checked(name: str) -> str:
    """A path from the tree's root, without ``./`` before it. Raises PatchRefused for one that is none."""
    path = name
    while path.startswith("./"):
        path = path[2:]
    if path == UNNAMED:
        raise PatchRefused(
            "the answer is a block of code without a file's name, and it cannot be told which file it is"
        )
    if path in {"", "."} or path.endswith("/") or {"", "."} & set(path.split("/")[1:]):
        raise PatchRefused(f"'{name[:_SHOWN]}' is not the path of a file")
    if danger := danger_of(path):
        raise PatchRefused(f"answer refused: {danger}")
    return _holdable(path, path)


def _check_folders(changed: Iterable[str], before: dict[str, str | None], tree: Tree) -> None:
    """Raises PatchRefused where a new file would take a folder's place, or lie in a file."""
    made = [path for path in changed if before[path] is None]
    if not made:
        return
    files = {*tree.paths, *changed}
    folders = {path[:at] for path in files for at, character in enumerate(path) if character == "/"}
    for path in made:
        if path in folders:
            raise PatchRefused(f"'{path}' is a folder, not a file")
        if above := next((path[:at] for at in range(len(path)) if path[at] == "/" and path[:at] in files), None):
            raise PatchRefused(f"'{path}' cannot be: '{above}' is a file")


def _holdable(text: str, path: str) -> str:
    if found := _BYTELESS.search(text):
        raise PatchRefused(f"'{path[:_SHOWN]}' would hold character {found[0]!r}, which cannot be written to a file")
    return text


def _like(old: str, text: str) -> str:
    """A text with the line ends of a file that has one kind only, if the text has the other."""
    lines = old.count("\n")
    return text.replace("\n", "\r\n") if lines and lines == old.count("\r\n") and "\r" not in text else text


def _text(raw: bytes | None) -> str | None:
    return None if raw is None else raw.decode("utf-8", "surrogateescape")


def _file(path: str, old: str | None, new: str | None) -> str:
    """One file's part of the diff, or "" where nothing changes."""
    if old == new:
        return ""
    a, b = _quoted(f"a/{path}"), _quoted(f"b/{path}")
    mode = "new file mode 100644\n" if old is None else "deleted file mode 100644\n" if new is None else ""
    body = hunks(old or "", new or "")
    # git ends an unquoted name with a tab where it holds a blank, for patch's sake.
    tab = "\t" if " " in path and not a.startswith('"') else ""
    names = f"--- {a + tab if old is not None else '/dev/null'}\n+++ {b + tab if new is not None else '/dev/null'}\n"
    return f"diff --git {a} {b}\n{mode}{names if body else ''}{body}"


def _quoted(name: str) -> str:
    """A name as git writes it: in quotes with C escapes where a character needs it."""
    if not _ODD.search(name):
        return name
    return '"' + "".join(_escaped(character) for character in name) + '"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    if character in _LETTERS:
        return _LETTERS[character]
    if not _ODD.search(f"x{character}x"):
        return character
    return "".join(f"\\{byte:03o}" for byte in character.encode("utf-8", "surrogateescape"))
