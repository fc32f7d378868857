"""One file's part of a patch: which file it means, where its hunks belong, and how it reads once repaired."""

from __future__ import annotations

from dataclasses import replace

from swebench_lite.repairs import fallbacks
from swebench_lite.repairs.arranging import arrange
from swebench_lite.repairs.bodies import Body, Line
from swebench_lite.repairs.headers import header, moved_header
from swebench_lite.repairs.kinds import GivenUp, Repair
from swebench_lite.repairs.placing import Base, Open, Placed, place, settle
from swebench_lite.repairs.reading import RawFile, RawHunk
from swebench_lite.repairs.work import Part, Work

_SHOWN = 5


def mend(raw: RawFile, work: Work) -> str:
    """The part as git takes it, or "" where nothing of it is left. Records repairs and what becomes of the file.

    Raises GivenUp, saying why it cannot be repaired.
    """
    part = Part(raw=raw, work=work)
    if not part.written:
        raise GivenUp(f"line {raw.line}: a file header without a name")
    key = raw.git, raw.old, raw.new, tuple(raw.extended), tuple((hunk.header, hunk.bodies[0]) for hunk in raw.hunks)
    if key in work.seen:
        work.repairs.append(Repair(name="duplicate", detail=f"line {raw.line}: a part that came before; left out"))
        return ""
    work.seen.add(key)
    changing = [any(line.sign != " " for line in hunk.bodies[0].lines) for hunk in raw.hunks]
    for number in (number for number, changes in enumerate(changing, 1) if not changes):
        part.note("no change", number, "it changes nothing; left out")
    numbered = [(number, hunk) for number, hunk in enumerate(raw.hunks, 1) if changing[number - 1]]
    if verb := next((verb for verb in ("rename", "copy") if part.has(f"{verb} ")), ""):
        return _moved(part, verb, numbered)
    if not numbered:
        return _without_hunks(part)
    name = part.written[0]
    if part.created and not part.has_old_lines and work.text(path := work.names.fresh(name)) is None:
        return _new(part, path, numbered)
    paths = list(dict.fromkeys(path for name in part.written for path in work.existing(name)))
    if not paths and not part.has_old_lines and not part.removed:
        return _new(part, work.names.fresh(name), numbered)
    if not paths:
        raise GivenUp(f"'{name.strip()}' is not in the tree")
    return _changed(part, paths, numbered)


def _changed(part: Part, paths: list[str], numbered: list[tuple[int, RawHunk]]) -> str:
    """Tries the files that a name may mean, in order; what speaks for one is that the hunks fit."""
    before, reason = list(part.notes), ""
    for path in paths:
        part.notes = list(before)
        try:
            hunks, text = _fitted(part, path, path, numbered)
        except GivenUp as error:
            reason = reason or str(error)
            continue
        adds = any(line.sign == "+" for _, hunk in numbered for line in hunk.bodies[0].lines)
        removed = part.removed and not adds
        if removed and text:
            raise GivenUp(f"{path}: the patch deletes the file but not all of its lines")
        if not hunks:
            part.finish(path, part.work.text(path))
            return ""
        shown = header(part, path, removed=removed) + hunks
        part.finish(path, None if removed else text)
        return shown
    raise GivenUp(reason)


def _moved(part: Part, verb: str, numbered: list[tuple[int, RawHunk]]) -> str:
    source, target = part.value(f"{verb} from ", f"{verb} old "), part.value(f"{verb} to ", f"{verb} new ")
    found = part.work.existing(source) if source else []
    if not source or not target or not found:
        raise GivenUp(f"{verb} of '{source}' to '{target}': the first is not in the tree, or one is not named")
    old, new = found[0], part.work.names.fresh(target)
    if source in found:  # these lines have no prefixes to remove
        old, new = source, target
    if part.work.text(new) is not None:
        raise GivenUp(f"{verb} of '{old}' to '{new}': the second exists already")
    hunks, text = _fitted(part, old, new, numbered) if numbered else ("", part.work.text(old) or "")
    shown = moved_header(part, old, new, verb=verb, hunks=bool(numbered)) + hunks
    if verb == "rename":
        part.work.state[old] = None
    part.finish(new, text)
    return shown


def _without_hunks(part: Part) -> str:
    """A change of mode, an empty file that comes or goes; else nothing that git would take."""
    name, work = part.written[0], part.work
    if part.created:
        path = work.names.fresh(name)
        if work.text(path) is not None:
            raise GivenUp(f"{path}: the patch creates it empty, but it exists")
        shown = header(part, path, created=True, hunks=False) if part.raw.git is not None else ""
        part.finish(path, "" if shown else None)
        return shown
    found = work.existing(name)
    if not found:
        raise GivenUp(f"'{name.strip()}' is not in the tree")
    path = found[0]
    if part.removed:
        if work.text(path):
            raise GivenUp(f"{path}: the patch deletes the file but names none of its lines")
        shown = header(part, path, removed=True, hunks=False)
        part.finish(path, None)
        return shown
    shown = header(part, path, hunks=False) if part.has("new mode ") and part.raw.git is not None else ""
    if not shown:
        part.note("no change", 0, "a file header without a hunk; left out")
    part.finish(path, work.text(path))
    return shown


def _new(part: Part, path: str, numbered: list[tuple[int, RawHunk]]) -> str:
    """A file that is not there yet: everything in its hunks is added."""
    lines: list[Line] = []
    for number, hunk in numbered:
        lines += _added_lines(part, path, number, hunk)
    if part.work.crlf:
        part.note("line endings", 0, "carriage returns taken off the whole patch")
    text = "".join(f"{line.text}\n" for line in lines)
    text = text.removesuffix("\n") if lines[-1].mark else text
    shown = header(part, path, created=True)
    mark = "\\ No newline at end of file\n" if lines[-1].mark else ""
    first = numbered[0][1].header
    wanted = f"@@ -0,0 +1,{len(lines)} @@", "@@ -0,0 +1 @@"
    top = first if first == wanted[0] or (first == wanted[1] and len(lines) == 1) else wanted[0]
    shown += f"{top}\n" + "".join(f"+{line.text}\n" for line in lines) + mark
    part.finish(path, text)
    return shown


def _added_lines(part: Part, path: str, number: int, hunk: RawHunk) -> tuple[Line, ...]:
    numbers = hunk.numbers
    for body in hunk.bodies:
        if any(line.sign == "-" or line.text.strip("\r") for line in body.lines if line.sign != "+"):
            continue
        bare = sum(line.sign == " " for line in body.lines)
        if bare and (numbers is None or numbers.new_count != len(body.lines)):
            raise GivenUp(f"hunk {number} of {path}: whether its empty lines are part of the new file is not clear")
        if bare:
            part.note("lost sign", number, f"{bare} empty lines given back the + before them, as its counts say")
        elif numbers is None or (numbers.old_count, numbers.new_count) != body.counts:
            told = f"{numbers.old_count} old and {numbers.new_count} new lines" if numbers else "nothing"
            part.note("counts", number, f"its header says {told}, it has {body.counts[1]} new ones")
        elif (numbers.old_start, numbers.new_start) != (0, 1) and number == 1:
            part.note("position", number, f"its header says line {numbers.new_start}; a new file begins at line 1")
        if body.left_out:
            part.note("prose", number, f"{body.left_out} lines of text behind it left out")
        return tuple(line._replace(sign="+", bare=False) for line in body.lines)
    raise GivenUp(f"hunk {number} of {path} has old lines, but the file is new")


def _fitted(part: Part, path: str, target: str, numbered: list[tuple[int, RawHunk]]) -> tuple[str, str]:
    """(hunks as text, the file's new text) of hunks that were written for a file."""
    base = Base.of(part.work.base(path))
    hunks = _same_endings(part, [hunk for _, hunk in numbered], base)
    only_added = all(line.sign == "+" for hunk in hunks for line in hunk.bodies[0].lines)
    if only_added and base.lines and (part.created or fallbacks.is_whole_file(hunks, base)):
        if "rewrite" not in part.work.allowed:
            raise GivenUp(f"{path} exists, and the patch gives it whole; allow the fallback 'rewrite' to replace it")
        return fallbacks.rewrite(hunks, base, part.note)
    fresh = _without_repeated(part, target, [(number, hunk) for (number, _), hunk in zip(numbered, hunks, strict=True)])
    found = settle([place(number, hunk, base) for number, hunk in fresh], base)
    placed: list[Placed] = []
    for one in found:
        if isinstance(one, Open) and not one.places and "fuzzy" in part.work.allowed:
            one = fallbacks.fuzzy(one, base) or one  # noqa: PLW2901
        if isinstance(one, Open):
            raise GivenUp(f"hunk {one.number} of {path} {_why(one, base)}")
        placed.append(one)
    return arrange(placed, base, part.note)


def _without_repeated(part: Part, path: str, numbered: list[tuple[int, RawHunk]]) -> list[tuple[int, RawHunk]]:
    """Leaves out hunks that an earlier part for the same file has already, header and all."""
    done = part.work.done.setdefault(path, set())
    fresh = [(number, hunk) for number, hunk in numbered if (hunk.header, hunk.bodies[0].lines) not in done]
    kept = {number for number, _ in fresh}
    for number, _ in numbered:
        if number not in kept:
            part.note("duplicate", number, "an earlier part for the same file has it already; left out")
    done.update((hunk.header, hunk.bodies[0].lines) for _, hunk in fresh)
    return fresh


def _same_endings(part: Part, hunks: list[RawHunk], base: Base) -> list[RawHunk]:
    """The hunks with their lines ended as the file ends its own, where both do so throughout."""
    texts = [line.text for hunk in hunks for body in hunk.bodies for line in body.lines if not line.bare or line.text]
    file = _ending(base.lines if base.ended else base.lines[:-1])
    patch = _ending(texts)
    if part.work.crlf and file != "\r":
        part.note("line endings", 0, "carriage returns taken off the whole patch")
    if "mixed" in {file, patch} or file == patch or not base.lines:
        return hunks
    if not part.work.crlf:
        what = (
            "put at the end of each line, as in the file"
            if file
            else "taken off the end of each line; the file has none"
        )
        part.note("line endings", 0, f"carriage returns {what}")
    return [replace(hunk, bodies=tuple(_ended(body, file) for body in hunk.bodies)) for hunk in hunks]


def _ending(lines: list[str]) -> str:
    returns = sum(line.endswith("\r") for line in lines)
    return "" if not returns else "\r" if returns == len(lines) else "mixed"


def _ended(body: Body, ending: str) -> Body:
    lines = tuple(line._replace(text=line.text.removesuffix("\r") + ending) for line in body.lines)
    return body._replace(lines=lines)


def _why(one: Open, base: Base) -> str:
    if one.places:
        shown = ", ".join(str(place + 1) for place in one.places[:_SHOWN]) + (", …" if len(one.places) > _SHOWN else "")
        return f"fits {len(one.places)} places equally well (lines {shown})"
    old = one.body.old
    new = [line.text for line in one.body.lines if line.sign != "-"]
    if new != old and base.find(new, 0):
        return "is in the file already"
    if not any(line.strip() for line in old):
        return "has no line that says where it belongs"
    _, index = base.level(3)
    missing = next((line for line in old if " ".join(line.split()) not in index), None)
    if missing is None:
        return "has lines that are in the file, but nowhere together"
    return f"has a line that the file does not: '{missing.strip()[:80]}'"
