"""Reads a patch without applying it: the paths it could touch, what is wrong with it, and whether it is dangerous.

Whether a patch applies is git's answer, given inside the sandbox. What is found here explains it; only danger is
refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Literal

from swebench_lite.errors import PatchRefused
from swebench_lite.records import Patch

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


def inspect(patch: Patch) -> Inspection:
    """Reads any text at all, in time linear in its length. Never raises, and refuses nothing: see ``refuse``."""
    size = len(patch.text.encode("utf-8", "surrogatepass"))
    if size > LIMIT:
        return Inspection(hazards=(Problem(line=1, what=f"a patch of {size:,} bytes is above the limit of {LIMIT:,}"),))
    scan = _Scan(lines=patch.text.split("\n"))
    scan.read(patch.text)
    paths = scan.paths()
    scan.links(paths)
    return Inspection(
        files=tuple(file.finished() for file in scan.files),
        paths=tuple(paths),
        problems=tuple(sorted(scan.problems, key=lambda problem: problem.line)),
        hazards=tuple(sorted(scan.hazards, key=lambda hazard: hazard.line)),
    )


def refuse(inspection: Inspection) -> None:
    """Raises PatchRefused where a patch must reach neither git nor patch, not even inside a sandbox."""
    for hazard in inspection.hazards[:1]:
        raise PatchRefused(f"patch refused: line {hazard.line}: {hazard.what}")


# What a build or an installation reads, by ecosystem (names) ...
_BUILD = {
    "python": r"pyproject\.toml|setup\.(py|cfg)|MANIFEST\.in|requirements.*\.txt|entry_points\.txt|versioneer\.py",
    "python tools": r"Pipfile|Pipfile\.lock|poetry\.lock|uv\.lock|hatch_build\.py",
    "c and c++": r"meson\.(build|options)|meson_options\.txt|CMakeLists\.txt|.*\.cmake|SConstruct",
    "make": r"(GNU)?[Mm]akefile(\.am|\.in)?|configure(\.ac)?",
    "rust": r"Cargo\.(toml|lock)|build\.rs",
    "node": r"package(-lock)?\.json|yarn\.lock|pnpm-lock\.yaml|binding\.gyp",
    "go": r"go\.(mod|sum)",
    "java": r"pom\.xml|(build|settings)\.gradle(\.kts)?",
    "ruby": r"Gemfile(\.lock)?|.*\.gemspec",
    "php": r"composer\.(json|lock)",
}
# ... but for folders where such files are data; and sources that are compiled before they count, wherever they are.
_DATA = frozenset({"doc", "docs", "test", "tests", "testing", "testdata", "fixtures", "example", "examples"})
_PACKAGING = re.compile("|".join(_BUILD.values()))
_COMPILED = re.compile(r".*\.(py[xd]|pxi|c|cc|cpp|cxx|h|hh|hpp|hxx|cu|f|f77|f90|f95|rs|swg)(\.(in|tp|src))?")


def needs_reinstall(paths: Iterable[str]) -> bool:
    """Whether a change to any of these paths takes effect only once the project is built or installed again."""
    for path in paths:
        *folders, name = path.split("/")
        packaging = _PACKAGING.fullmatch(name) or (folders[-1:] == ["requirements"] and name.endswith(".txt"))
        if (packaging and not _DATA.intersection(folders)) or _COMPILED.fullmatch(name):
            return True
    return False


# GNU patch also takes headers behind blanks or X and behind the "- " of an RFC 934 digest; git only at a line's start.
_HEADER = re.compile(
    r"(?P<indent>[ \tX]*+(?:- )*+)(?P<key>diff --git |--- |\+\+\+ |\*\*\* |Index:|(?:rename|copy) (?:from|to|old|new) |"
    r"(?:old|new|deleted file|new file) mode |index |GIT binary patch|Binary files )(?P<rest>.*)",
    re.DOTALL,
)
_HUNK = re.compile(r"@@ -[0-9]{1,18}(?:,([0-9]{1,18}))? \+[0-9]{1,18}(?:,([0-9]{1,18}))? @@")
_CONTEXT_RANGE = re.compile(r"[0-9]+(?:,[0-9]+)? (?:\*{4}|-{4})\s*$")
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
_LINK, _GITLINK = 0o120000, 0o160000
_CHARACTERS = (
    (re.compile("\0"), False, "the patch holds a NUL byte"),
    (re.compile("[\udc80-\udcff]"), True, "the patch is not UTF-8"),
)
_BYTELESS = re.compile("[\ud800-\udc7f\udd00-\udfff]")  # surrogates that stand for no byte


def _unquoted(text: str) -> str:
    """The name inside git's double quotes: C escapes, octal ones for single bytes."""

    def byte(match: re.Match[bytes]) -> bytes:
        code = match[1]
        return bytes([int(code, 8)]) if len(code) == 3 else _LETTERS.get(code, code)

    return _ESCAPE.sub(byte, text.encode("utf-8", "surrogatepass")).decode("utf-8", "surrogateescape")


def _readings(rest: str) -> list[str]:
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


def _pair(rest: str) -> list[str]:
    """The two names of a ``diff --git`` line; if they hold blanks, being equal behind a prefix tells them apart."""
    if quoted := _QUOTED.match(rest):
        return [_unquoted(quoted[1]), _readings(rest[quoted.end() :].lstrip())[0]]
    first, blank, last = rest.partition(' "')
    if blank:
        return [first, _readings(f'"{last}')[0]]
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


def _stripped(name: str) -> str:
    return name.partition("/")[2] if "/" in name else name


def _name(reading: str) -> str | None:
    return None if reading == "/dev/null" else _stripped(reading)


def _in_git_folder(path: str) -> bool:
    if path.isascii() and "git" not in path.lower():
        return False
    return any(_GIT_FOLDER.fullmatch(_IGNORABLE.sub("", part)) for part in path.split("/"))


def _danger(path: str) -> str | None:
    """What is dangerous about one path, as a sentence, or None."""
    checks = (
        (len(path) > LONGEST_PATH, f"path '{path[:60]}…' of {len(path):,} characters is longer than any path can be"),
        ("\0" in path, f"path {path!r} holds a NUL byte"),
        (path.startswith("/"), f"path '{path}' is absolute"),
        (".." in path.split("/"), f"path '{path}' leaves the tree"),
        (_in_git_folder(path), f"path '{path}' is in git's own folder"),
    )
    return next((what for found, what in checks if found), None)


def _kind(text: str) -> int:
    """The kind of file (upper bits) that a mode in octal stands for, read as leniently as git and patch read it."""
    digits = re.match(r"\s*([+-]?[0-7]{1,24})", text)
    return int(digits[1], 8) & 0o170000 if digits else 0


@dataclass(slots=True)
class _File:
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


def _walk(lines: list[str], at: int, old: int, new: int) -> int | None:
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


def _another(lines: list[str], at: int) -> bool:
    """Whether another file's plain header begins at an index."""
    return lines[at].startswith("--- ") and lines[at + 1 : at + 2] != [] and lines[at + 1].startswith("+++ ")


def _extent(lines: list[str], at: int) -> tuple[int, int, int]:
    """(old lines, new lines, index behind the last) of what looks like a hunk's body, whatever its header declares."""
    old = new = blank = 0
    while at < len(lines):
        line, after = lines[at], lines[at + 1] if at + 1 < len(lines) else ""
        head = line[:1]
        signature = line.rstrip() == "--" and (not after or after[0].isdigit())
        if head not in " +-\\\t" or _another(lines, at) or signature:
            break
        at += 1
        if not line.strip("\r"):
            blank += 1  # counts only with more of the body behind it
            continue
        old, new, blank = old + blank + (head in "- \t"), new + blank + (head in "+ \t"), 0
    return old, new, at - blank


def _leaves(path: str, target: str) -> bool:
    """Whether a symbolic link at a path leads out of the tree, going by names alone."""
    depth = path.count("/")
    for part in target.strip().split("/"):
        depth += -1 if part == ".." else part not in {"", "."}
        if depth < 0:
            return True
    return target.startswith("/")


@dataclass(slots=True)
class _Scan:
    """One pass over the lines. Hunks with right counts are skipped; all else is searched for names, as patch does."""

    lines: list[str]
    files: list[_File] = field(default_factory=list)
    names: dict[tuple[str, bool], int] = field(default_factory=dict)  # (name, whether it has a prefix) -> first line
    problems: list[Problem] = field(default_factory=list)
    hazards: list[Problem] = field(default_factory=list)
    known: int = 0  # index behind the last line that belongs to a header or a hunk
    crlf: bool = False

    def problem(self, line: int, what: str, *, harmless: bool = False, whole: bool = False) -> None:
        """whole: it concerns the patch, not the file that is being read."""
        file = self.files[-1] if self.files and not whole else None
        hunk, path = (file.hunks or None, file.path) if file else (None, None)
        if len(self.problems) < MOST_FINDINGS:
            self.problems.append(Problem(line=line, hunk=hunk, path=path, what=what, harmless=harmless))

    def hazard(self, line: int, what: str) -> None:
        if len(self.hazards) < MOST_FINDINGS:
            self.hazards.append(Problem(line=line, what=what))

    def read(self, text: str) -> None:
        ended = self.lines[-1] == ""
        if ended:
            self.lines.pop()
        at = prose = 0
        while at < len(self.lines):
            line = self.lines[at]
            if line.startswith("@@"):
                at = self.hunk(at)
                self.known = max(self.known, at)
                continue
            if found := _HEADER.match(line):
                self.header(at, found["key"].strip(), found["rest"], indented=bool(found["indent"]))
            elif not self.files and not prose and line.strip():
                prose = at + 1
            at += 1
        if not self.files:
            what = "there is no diff in the text; each file needs the lines '--- a/FILE' and '+++ b/FILE'"
            self.problem(prose or 1, what, whole=True)
        elif prose:
            self.problem(prose, "there is text before the first file header", harmless=True, whole=True)
        if not ended:
            cut = self.known >= at
            self.problem(at, "the last line has no newline, as if cut off", harmless=not cut, whole=not cut)
        self.characters(text)
        self.headers_only()
        self.second_opinion(len(text))

    def header(self, at: int, key: str, rest: str, *, indented: bool) -> None:
        file = self.files[-1] if self.files and not self.files[-1].hunks else None
        if key == "diff --git":
            names = [*_pair(rest.rstrip("\r")), *_pair(rest)]
            old, new = (_name(names[0]), _name(names[1])) if names else (None, None)
            self.begin(_File(line=at + 1, git=True, odd=indented, old=old, new=new))
            self.note(at, names, prefix=True)
            if any("/" not in name for name in names):
                self.problem(at + 1, "has no a/ and b/ before its names; git removes the first component of a name")
        elif key in {"---", "+++", "***", "Index:"}:
            self.traditional(at, key, rest, file, indented=indented)
        elif file and file.git:
            self.extended(at, key, rest, file)
        else:
            return
        self.known = at + 1
        if self.lines[at].endswith("\r") and not self.crlf:
            self.crlf = True
            self.problem(at + 1, "the headers end in carriage returns (CRLF)", whole=True)

    def begin(self, file: _File) -> None:
        self.files.append(file)
        if file.context:
            self.problem(file.line, "has a context diff; git takes unified ones only")
        elif file.odd:
            self.problem(file.line, "has an indented header; git looks for it at the start of a line")

    def traditional(self, at: int, key: str, rest: str, file: _File | None, *, indented: bool) -> None:
        if _CONTEXT_RANGE.match(rest):
            return
        readings = _readings(rest)
        self.note(at, readings, prefix=True)
        name = _name(readings[0])
        if name is None and file and file.git and file.marks.isdisjoint({"new file", "deleted file"}):
            self.note(at, ["dev/null"], prefix=False)
            self.problem(at + 1, "has /dev/null but no 'new file mode' or 'deleted file mode' line; git reads dev/null")
        after = _HEADER.match(self.lines[at + 1]) if at + 1 < len(self.lines) else None
        follower = after["key"].strip() if after else ""
        if key == "---" and file and (file.git or file.context) and not file.named:
            file.named = True
            if file.context:
                file.new = name
            else:
                file.old = name
        elif (key, follower) in {("---", "+++"), ("***", "---")}:
            context = key == "***"
            self.begin(_File(line=at + 1, context=context, odd=context or indented, named=not context, old=name))
        elif key == "+++" and file and file.named and not file.context:
            file.new = name

    def extended(self, at: int, key: str, rest: str, file: _File) -> None:
        what, _, side = key.partition(" ")
        if what in {"rename", "copy"}:
            names = _readings(rest)[:1] if rest.startswith('"') else [rest.split("\r", 1)[0]]
            file.marks.add(what)
            self.note(at, names, prefix=False)
            if side in {"from", "old"}:
                file.old = names[0]
            else:
                file.new = names[0]
        elif what in {"GIT", "Binary"}:
            file.marks.add(what)
            after = self.lines[at + 1] if at + 1 < len(self.lines) else ""
            if what == "Binary" or not after.startswith(("literal ", "delta ")):
                self.problem(at + 1, "is binary and its data is not in the patch")
        else:
            words = rest.split()[what == "index" :]  # the hashes come before the mode
            mode = words[0] if words else ""
            if _kind(mode) == _GITLINK:
                self.hazard(at + 1, f"'{file.path}' is a link to another repository (mode {mode})")
            if what != "index":
                file.marks.add(key.removesuffix(" mode"))
            sides = ("old", "new") if what == "index" else ("old",) if what in {"old", "deleted"} else ("new",)
            for each in sides if mode else ():
                file.modes.setdefault(each, mode)

    def hunk(self, at: int) -> int:
        """Reads the hunk whose header is at an index; returns where to go on."""
        file = self.files[-1] if self.files else None
        if file:
            file.hunks += 1
        if not file or (at > self.known and not file.odd):
            self.problem(at + 1, "is a hunk that does not follow a file header or another hunk directly")
        found = _HUNK.match(self.lines[at])
        if not found:
            shown = self.lines[at][:60].rstrip()
            self.problem(at + 1, f"has an unreadable header '{shown}'; it must be '@@ -START,COUNT +START,COUNT @@'")
            return at + 1
        old, new = (1 if count is None else int(count) for count in found.groups())
        end = _walk(self.lines, at + 1, old, new)
        after = self.lines[end] if end is not None and end < len(self.lines) else ""
        swallowed = end is not None and after.startswith("@@") and _another(self.lines, end - 2)
        if end is None or swallowed or after[:1] in {" ", "+", "-"}:
            self.miscounted(at, old, new)
        else:
            self.body(at + 1, end, old, new)
        if file and ((old and file.created) or (new and file.removed)):
            side = "old" if old and file.created else "new"
            self.problem(at + 1, f"has {side} lines, yet that side of the file is /dev/null")
        if end is None:  # git stops here, but patch may read on and find names
            return at + 1
        if file and _kind(file.modes.get("new", "")) == _LINK:
            lines = self.lines[at + 1 : end]
            file.link = "\n".join(line[1:] for line in lines if line[:1] in {" ", "+"}) if file.hunks == 1 else None
        return end

    def body(self, start: int, end: int, old: int, new: int) -> None:
        """What git dislikes about a hunk whose counts are right."""
        lines = self.lines[start:end]
        stray = next((number for number, line in enumerate(lines, start + 1) if line[:1] in {"\t", "="}), 0)
        if stray:
            self.problem(stray, f"has a line that starts with {self.lines[stray - 1][0]!r}, not with a space, + or -")
        elif old == new and all(line[:1] not in {"+", "-"} for line in lines):
            self.problem(start, "changes nothing")

    def miscounted(self, at: int, old: int, new: int) -> None:
        found_old, found_new, stop = _extent(self.lines, at + 1)
        wrong = [(old, "old", found_old), (new, "new", found_new)]
        wrong = [each for each in wrong if each[0] != each[2]]
        if not wrong:
            return
        declared = " and ".join(f"{count} {side}" for count, side, _ in wrong)
        what = f"declares {declared} lines, found {' and '.join(str(count) for _, _, count in wrong)}"
        line = at + 1
        after = self.lines[stop] if stop < len(self.lines) else None
        if after is None and all(count > count_found for count, _, count_found in wrong):
            what += " when the patch ends"
        elif after and not after.startswith(("@@", "diff ", "--", "Index:", "From ")):
            line, what = stop + 1, f"{what} before a line that starts with {after[0]!r}, not with a space, + or -"
        self.problem(line, what)
        self.known = max(self.known, stop)

    def note(self, at: int, names: Iterable[str], *, prefix: bool) -> None:
        for name in names:
            if name in {"", "/dev/null"} or (name, prefix) in self.names:
                continue
            self.names[name, prefix] = at + 1
            if what := _danger(name):
                self.hazard(at + 1, what)

    def characters(self, text: str) -> None:
        """Finds bytes that are no UTF-8, NUL, and characters that no file can hold."""
        if found := _BYTELESS.search(text):
            self.hazard(text.count("\n", 0, found.start()) + 1, f"character {found[0]!r} cannot be written to a file")
        for pattern, harmless, what in _CHARACTERS:
            if found := pattern.search(text):
                self.problem(text.count("\n", 0, found.start()) + 1, what, harmless=harmless, whole=True)

    def headers_only(self) -> None:
        for file in self.files:
            if not (file.hunks or file.odd or (file.marks and not file.named)) and len(self.problems) < MOST_FINDINGS:
                self.problems.append(Problem(line=file.line, path=file.path, what="has a file header but no hunk"))

    def second_opinion(self, size: int) -> None:
        """Asks unidiff about a patch that looks well to us: names that it finds count too."""
        if any(not problem.harmless for problem in self.problems) or self.hazards or size > UNIDIFF_LIMIT:
            return
        from unidiff import PatchSet
        from unidiff.errors import UnidiffParseError

        try:
            parsed = PatchSet((f"{line}\n" for line in self.lines), metadata_only=True)
        except UnidiffParseError as error:
            self.problem(1, f"unidiff cannot read it: {' '.join(str(error).split())[:200]}", harmless=True, whole=True)
            return
        for file in parsed:
            for name in (file.source_file, file.target_file):
                self.note((file.diff_line_no or 1) - 1, _readings(name)[:1], prefix=True)

    def paths(self) -> dict[str, None]:
        """All paths in order. A name without a slash makes git read all names of plain diffs as they stand."""
        plain = any(prefix and "/" not in name for name, prefix in self.names)
        found: dict[str, None] = {}
        for name, prefix in self.names:
            for reading in ([_stripped(name)] if prefix else []) + ([name] if plain or not prefix else []):
                if path := "/".join(part for part in reading.split("/") if part not in {"", "."}):
                    found.setdefault(path)
        return found

    def links(self, paths: Iterable[str]) -> None:
        """Symbolic links must stay in the tree, and nothing else in the patch may be written through one."""
        made: dict[str, int] = {}
        for file in self.files:
            path = file.finished().new
            if path is None or _kind(file.modes.get("new", "")) != _LINK:
                continue
            made[path] = file.line
            if file.link is None:
                self.hazard(file.line, f"symbolic link '{path}' has a target that cannot be read")
            elif _leaves(path, file.link) or _in_git_folder(file.link.strip()):
                self.hazard(file.line, f"symbolic link '{path}' to '{file.link[:200]}' leaves the tree")
        lengths = sorted({len(link) for link in made})
        for path in paths:
            for length in takewhile(len(path).__gt__, lengths):
                if path[length] == "/" and (link := path[:length]) in made:
                    self.hazard(made[link], f"path '{path}' goes through symbolic link '{link}' of the same patch")
