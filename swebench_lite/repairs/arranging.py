"""Placed hunks -> hunks that git takes: in order, apart from one another, with the marks and numbers that the file asks for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from swebench_lite.repairs.bodies import Line
from swebench_lite.repairs.indents import moved
from swebench_lite.repairs.kinds import GivenUp
from swebench_lite.repairs.placing import LEVELS, Base, Placed
from swebench_lite.repairs.strict_reading import HUNK

_WITH_INDENTATION = 1  # the last level of comparison at which indentation counts
_CONTEXT = 3  # lines of context that are taken from the file where a hunk has none behind it
Note = Callable[[str, int, str], None]  # name of the repair, number of the hunk, detail


@dataclass(slots=True)
class Block:
    """What becomes of base.lines[start:end], with `before` and `after` lines of the file around it as context."""

    start: int
    end: int
    lines: list[Line]
    before: int
    after: int
    placed: Placed


def arrange(placed: Sequence[Placed], base: Base, note: Note) -> tuple[str, str]:
    """(hunks as text, the file's new text). Raises GivenUp where two hunks change the same lines."""
    blocks = [_block(one, base, note) for one in _without_duplicates(placed, note)]
    ordered = sorted(blocks, key=lambda block: block.start)
    for at, block in enumerate(ordered):
        if block is not blocks[at]:
            note("order", block.placed.number, f"it is hunk {at + 1} in the order of the file")
    hunks: list[str] = []
    made: list[str] = []
    taken, ended = 0, base.ended
    for block in _apart(ordered, base, note):
        lines = _marked(block, base, note)
        hunks.append(_hunk(block, lines, len(made) - taken))
        made += base.lines[taken : block.start]
        made += [line.text for line in block.lines if line.sign != "-"]
        taken = block.end
        if block.end + block.after == len(base.lines):
            kept = [line for line in lines if line.sign != "-"]
            ended = not (kept and kept[-1].mark)
    made += base.lines[taken:]
    return "".join(hunks), "\n".join(made) + ("\n" if ended and made else "")


def _without_duplicates(placed: Sequence[Placed], note: Note) -> list[Placed]:
    seen: dict[tuple[int, tuple[Line, ...]], int] = {}
    kept: list[Placed] = []
    for one in placed:
        key = one.start - one.first, one.body.lines
        if key in seen:
            note("duplicate", one.number, f"the same as hunk {seen[key]}; left out")
        else:
            seen[key] = one.number
            kept.append(one)
    return kept


def _block(placed: Placed, base: Base, note: Note) -> Block:
    """Takes the file's own bytes for context and removed lines, and says where they differ."""
    lines = placed.body.lines[placed.first : placed.last]
    at, taken = placed.start, []
    for line in lines:
        if line.sign == "+":
            taken.append(line)
        else:
            taken.append(line._replace(text=base.lines[at]))
            at += 1
    before, after = placed.edges
    _explain(placed, list(zip(lines, taken, strict=True)), note)
    if placed.level > _WITH_INDENTATION or placed.fuzzy:
        taken = _moved_along(placed, lines, taken, note)
    start, end = placed.core
    core = [line._replace(bare=False) for line in taken[before : len(taken) - after]]
    return Block(start=start, end=end, lines=core, before=before, after=after, placed=placed)


def _moved_along(placed: Placed, lines: Sequence[Line], taken: list[Line], note: Note) -> list[Line]:
    """The lines with the added ones indented as the file is. Raises GivenUp where that is not clear."""
    fitting = moved(lines, taken)
    if fitting is None:
        raise GivenUp(
            f"hunk {placed.number} is indented otherwise than the file, and it is not clear how far its added lines are off"
        )
    if changed := sum(old != new for old, new in zip(taken, fitting, strict=True)):
        note("indentation", placed.number, f"{changed} added lines moved along with the lines around them")
    return fitting


def _explain(placed: Placed, pairs: list[tuple[Line, Line]], note: Note) -> None:
    number, body, numbers = placed.number, placed.body, placed.hunk.numbers
    first = placed.start - placed.first + 1
    if numbers is None:
        note("position", number, f"its header has no numbers; its lines are at line {first}")
    else:
        declared = (numbers.old_count, numbers.new_count)
        if declared != body.counts:
            told, real = (f"{old} old and {new} new lines" for old, new in (declared, body.counts))
            note("counts", number, f"its header says {told}, it has {real}")
        if numbers.old_start != first and body.counts[0]:
            note("position", number, f"its header says line {numbers.old_start}, its lines are at line {first}")
    bare = sum(line.bare for line, _ in pairs)
    if bare:
        note("lost space", number, f"{bare} lines given back the space before them")
    differing = sum(line.text != own.text for line, own in pairs)
    if differing and not placed.fuzzy:
        note("whitespace", number, f"{differing} lines taken from the file, {LEVELS[placed.level][0]} ignored")
    if placed.fuzzy:
        note("fuzzy", number, f"{differing} lines taken from the file, which are {placed.fuzzy:.0%} alike")
    dropped = len(body.lines) - len(pairs)
    if dropped:
        note("context", number, f"{dropped} lines at its edges left out, which are not there in the file")
    if body.left_out:
        note("prose", number, f"{body.left_out} lines of text behind it left out")


def _apart(blocks: list[Block], base: Base, note: Note) -> list[Block]:
    """Gives every line of context to one hunk, and makes one hunk of two that touch."""
    kept: list[Block] = []
    for block in blocks:
        last = kept[-1] if kept else None
        if last is None:
            kept.append(block)
            continue
        gap = block.start - last.end
        if gap < 0:
            raise GivenUp(f"hunks {last.placed.number} and {block.placed.number} change the same lines")
        if gap == 0:
            note("overlap", block.placed.number, f"joined with hunk {last.placed.number}, which it touches")
            last.lines, last.end, last.after = last.lines + block.lines, block.end, block.after
            continue
        if last.after + block.before > gap:
            last.after = max(1, min(last.after, gap))
            block.before = min(block.before, gap - last.after)
            note("overlap", block.placed.number, f"shares context with hunk {last.placed.number}; given to one of them")
        kept.append(block)
    for at, block in enumerate(kept):
        follower = kept[at + 1].start - kept[at + 1].before if at + 1 < len(kept) else len(base.lines)
        if not block.after and block.end < follower:
            block.after = min(_CONTEXT, follower - block.end)
            note("surroundings", block.placed.number, f"{block.after} lines of context behind it taken from the file")
        elif not block.after and block.end < len(base.lines):
            # The next hunk's context begins at once: it lends one line.
            block.after, kept[at + 1].before = 1, kept[at + 1].before - 1
            note("surroundings", block.placed.number, "1 line of context behind it taken from the next hunk")
    return kept


def _marked(block: Block, base: Base, note: Note) -> list[Line]:
    """All lines of a hunk, a mark where the file or the author's last line has no newline and nowhere else."""
    lead = [Line(" ", text) for text in base.lines[block.start - block.before : block.start]]
    tail = [Line(" ", text) for text in base.lines[block.end : block.end + block.after]]
    lines = [*lead, *block.lines, *tail]
    at_end = block.end + block.after == len(base.lines)
    last_old = max((at for at, line in enumerate(lines) if line.sign != "+"), default=-1)
    last_new = max((at for at, line in enumerate(lines) if line.sign != "-"), default=-1)
    marked: list[Line] = []
    for at, line in enumerate(lines):
        unended = at_end and at == last_old and not base.ended
        if line.sign == "+":
            marked.append(line._replace(mark=line.mark and at_end and at == last_new))
        elif line.sign == " " and unended and at != last_new:
            # The file's last line is no longer the last one, so that it gets its newline.
            marked += [line._replace(sign="-", mark=True), line._replace(sign="+", mark=False)]
        else:
            marked.append(line._replace(mark=unended))
    written = block.placed.body.lines[block.placed.first : block.placed.last]
    if _marks(written) != _marks(marked):
        what = "has no newline" if at_end and not base.ended else "has its newline or lies elsewhere"
        note("end of file", block.placed.number, f"marks put where they belong: the file's end {what}")
    return marked


def _marks(lines: Sequence[Line]) -> list[str]:
    return [line.sign for line in lines if line.mark]


def _hunk(block: Block, lines: list[Line], shift: int) -> str:
    """shift: by how many lines the hunks before it have moved this one."""
    old = sum(line.sign != "+" for line in lines)
    new = sum(line.sign != "-" for line in lines)
    start = block.start - block.before
    numbers = (start + bool(old), old, start + shift + bool(new), new)
    hunk = block.placed.hunk
    header = hunk.header
    if hunk.numbers != numbers or not HUNK.match(header):
        heading = f" {hunk.heading}" if hunk.heading else ""
        header = f"@@ -{numbers[0]},{numbers[1]} +{numbers[2]},{numbers[3]} @@{heading}"
    mark = "\\ No newline at end of file\n"
    return f"{header}\n" + "".join(f"{line.sign}{line.text}\n{mark if line.mark else ''}" for line in lines)
