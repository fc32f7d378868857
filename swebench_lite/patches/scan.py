"""The line scanner: one pass over a patch that finds every name, every hunk and what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import takewhile

from swebench_lite.patches.bodies import another_file, apparent_end, declared_end
from swebench_lite.patches.files import GITLINK, LINK, FileBeingRead, kind_of
from swebench_lite.patches.findings import MOST_FINDINGS, UNIDIFF_LIMIT, Problem
from swebench_lite.patches.names import (
    danger_of,
    in_git_folder,
    leaves_tree,
    name_of,
    name_pair,
    name_readings,
    without_prefix,
)

# GNU patch also takes headers behind blanks or X and behind the "- " of an RFC 934 digest; git only at a line's start.
_HEADER = re.compile(
    r"(?P<indent>[ \tX]*+(?:- )*+)(?P<key>diff --git |--- |\+\+\+ |\*\*\* |Index:|(?:rename|copy) (?:from|to|old|new) |"
    r"(?:old|new|deleted file|new file) mode |index |GIT binary patch|Binary files )(?P<rest>.*)",
    re.DOTALL,
)
_HUNK = re.compile(r"@@ -[0-9]{1,18}(?:,([0-9]{1,18}))? \+[0-9]{1,18}(?:,([0-9]{1,18}))? @@")
_CONTEXT_RANGE = re.compile(r"[0-9]+(?:,[0-9]+)? (?:\*{4}|-{4})\s*$")
_CHARACTERS = (
    (re.compile("\0"), False, "the patch holds a NUL byte"),
    (re.compile("[\udc80-\udcff]"), True, "the patch is not UTF-8"),
)
_BYTELESS = re.compile("[\ud800-\udc7f\udd00-\udfff]")  # surrogates that stand for no byte


@dataclass(slots=True)
class Scan:
    """One pass over the lines. Hunks with right counts are skipped; all else is searched for names, as patch does."""

    lines: list[str]
    files: list[FileBeingRead] = field(default_factory=list)
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
            names = [*name_pair(rest.rstrip("\r")), *name_pair(rest)]
            old, new = (name_of(names[0]), name_of(names[1])) if names else (None, None)
            self.begin(FileBeingRead(line=at + 1, git=True, odd=indented, old=old, new=new))
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

    def begin(self, file: FileBeingRead) -> None:
        self.files.append(file)
        if file.context:
            self.problem(file.line, "has a context diff; git takes unified ones only")
        elif file.odd:
            self.problem(file.line, "has an indented header; git looks for it at the start of a line")

    def traditional(self, at: int, key: str, rest: str, file: FileBeingRead | None, *, indented: bool) -> None:
        if _CONTEXT_RANGE.match(rest):
            return
        readings = name_readings(rest)
        self.note(at, readings, prefix=True)
        name = name_of(readings[0])
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
            self.begin(
                FileBeingRead(line=at + 1, context=context, odd=context or indented, named=not context, old=name)
            )
        elif key == "+++" and file and file.named and not file.context:
            file.new = name

    def extended(self, at: int, key: str, rest: str, file: FileBeingRead) -> None:
        what, _, side = key.partition(" ")
        if what in {"rename", "copy"}:
            names = name_readings(rest)[:1] if rest.startswith('"') else [rest.split("\r", 1)[0]]
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
            if kind_of(mode) == GITLINK:
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
        end = declared_end(self.lines, at + 1, old, new)
        after = self.lines[end] if end is not None and end < len(self.lines) else ""
        swallowed = end is not None and after.startswith("@@") and another_file(self.lines, end - 2)
        if end is None or swallowed or after[:1] in {" ", "+", "-"}:
            self.miscounted(at, old, new)
        else:
            self.body(at + 1, end, old, new)
        if file and ((old and file.created) or (new and file.removed)):
            side = "old" if old and file.created else "new"
            self.problem(at + 1, f"has {side} lines, yet that side of the file is /dev/null")
        if end is None:  # git stops here, but patch may read on and find names
            return at + 1
        if file and kind_of(file.modes.get("new", "")) == LINK:
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
        found_old, found_new, stop = apparent_end(self.lines, at + 1)
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
            if what := danger_of(name):
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
                self.note((file.diff_line_no or 1) - 1, name_readings(name)[:1], prefix=True)

    def paths(self) -> dict[str, None]:
        """All paths in order. A name without a slash makes git read all names of plain diffs as they stand."""
        plain = any(prefix and "/" not in name for name, prefix in self.names)
        found: dict[str, None] = {}
        for name, prefix in self.names:
            for reading in ([without_prefix(name)] if prefix else []) + ([name] if plain or not prefix else []):
                if path := "/".join(part for part in reading.split("/") if part not in {"", "."}):
                    found.setdefault(path)
        return found

    def links(self, paths: Iterable[str]) -> None:
        """Symbolic links must stay in the tree, and nothing else in the patch may be written through one."""
        made: dict[str, int] = {}
        for file in self.files:
            path = file.finished().new
            if path is None or kind_of(file.modes.get("new", "")) != LINK:
                continue
            made[path] = file.line
            if file.link is None:
                self.hazard(file.line, f"symbolic link '{path}' has a target that cannot be read")
            elif leaves_tree(path, file.link) or in_git_folder(file.link.strip()):
                self.hazard(file.line, f"symbolic link '{path}' to '{file.link[:200]}' leaves the tree")
        lengths = sorted({len(link) for link in made})
        for path in paths:
            for length in takewhile(len(path).__gt__, lengths):
                if path[length] == "/" and (link := path[:length]) in made:
                    self.hazard(made[link], f"path '{path}' goes through symbolic link '{link}' of the same patch")
