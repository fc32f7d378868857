"""The names in a patch's headers, as git and GNU patch read them, and what is dangerous about one."""

from __future__ import annotations

import re

from swebench_lite.patches.findings import LONGEST_PATH

_DATE = re.compile(r"[ \t]+(?:[0-9]{2})?[0-9]{2}-[0-9]{2}-[0-9]{2} [0-9:.]{8,}(?: ?[+-][0-9]{2}:?[0-9]{2})?\s*$")
_BLANK_OR_QUOTE = re.compile(r'[\s"]')
_NULL = re.compile(r"\s*+/dev/null(?:\s|$)")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*+)"')
_ESCAPE = re.compile(rb"\\([0-3][0-7]{2}|.)", re.DOTALL)
_LETTERS = {b"a": b"\a", b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}
# What git itself protects: .git in any case and its short DOS name, with dots, blanks or a stream name behind it, and
# with characters in it that some file systems ignore.
_IGNORABLE = re.compile("[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]")
_GIT_FOLDER = re.compile(r"(?:\.git|git~1)[. ]*(?:[\\:].*)?", re.IGNORECASE | re.DOTALL)


def _unquoted(text: str) -> str:
    """The name inside git's double quotes: C escapes, octal ones for single bytes."""

    def byte(match: re.Match[bytes]) -> bytes:
        code = match[1]
        return bytes([int(code, 8)]) if len(code) == 3 else _LETTERS.get(code, code)

    return _ESCAPE.sub(byte, text.encode("utf-8", "surrogatepass")).decode("utf-8", "surrogateescape")


def name_readings(rest: str) -> list[str]:
    """All that git or patch could take for the name in the rest of a header line, git's own reading first."""
    if not _BLANK_OR_QUOTE.search(rest):
        return [rest]
    if quoted := _QUOTED.match(rest.lstrip()):
        return [_unquoted(quoted[1])]
    if _NULL.match(rest):
        return ["/dev/null"]
    dated = _DATE.search(rest, max(0, len(rest) - 80))
    tab = rest.split("\t", 1)[0].split("\r", 1)[0]
    words = rest.split(None, 1)[:1] if "\t" not in rest else []
    return [rest[: dated.start()] if dated else tab, tab, tab.lstrip(), *words]


def name_pair(rest: str) -> list[str]:
    """The two names of a ``diff --git`` line; if they hold blanks, being equal behind a prefix tells them apart."""
    if quoted := _QUOTED.match(rest):
        return [_unquoted(quoted[1]), name_readings(rest[quoted.end() :].lstrip())[0]]
    first, blank, last = rest.partition(' "')
    if blank:
        return [first, name_readings(f'"{last}')[0]]
    if rest.count(" ") == 1 and "\t" not in rest and "\r" not in rest:
        return rest.split(" ")
    half = len(rest) // 2
    if rest[:half] == rest[half + 1 :]:
        return [rest[:half]] * 2
    prefix, slash = rest.find("/") + 1, 0
    for match in re.finditer(r"[ \t]", rest):
        at = match.start()
        if slash <= at and (slash := rest.find("/", at)) < 0:
            break
        if at - prefix == len(rest) - slash - 1 and rest[prefix:at] == rest[slash + 1 :]:
            return [rest[:at], rest[at + 1 :]]
    return names if len(names := rest.split()) == 2 else []


def without_prefix(name: str) -> str:
    return name.partition("/")[2] if "/" in name else name


def name_of(reading: str) -> str | None:
    return None if reading == "/dev/null" else without_prefix(reading)


def in_git_folder(path: str) -> bool:
    if path.isascii() and "git" not in path.lower():
        return False
    return any(_GIT_FOLDER.fullmatch(_IGNORABLE.sub("", part)) for part in path.split("/"))


def danger_of(path: str) -> str | None:
    """What is dangerous about one path, as a sentence, or None."""
    checks = (
        (len(path) > LONGEST_PATH, f"path '{path[:60]}…' of {len(path):,} characters is longer than any path can be"),
        ("\0" in path, f"path {path!r} holds a NUL byte"),
        (path.startswith("/"), f"path '{path}' is absolute"),
        (".." in path.split("/"), f"path '{path}' leaves the tree"),
        (in_git_folder(path), f"path '{path}' is in git's own folder"),
    )
    return next((what for found, what in checks if found), None)


def leaves_tree(path: str, target: str) -> bool:
    """Whether a symbolic link at a path leads out of the tree, going by names alone."""
    depth = path.count("/")
    for part in target.strip().split("/"):
        depth += -1 if part == ".." else part not in {"", "."}
        if depth < 0:
            return True
    return target.startswith("/")
