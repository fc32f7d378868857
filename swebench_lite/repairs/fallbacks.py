"""What is done only when the caller allows it by name: more than what the author wrote speaks for it."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence

from swebench_lite.repairs.bodies import Body, Line
from swebench_lite.repairs.kinds import GivenUp
from swebench_lite.repairs.placing import Base, Open, Placed
from swebench_lite.repairs.reading import RawHunk

RATIO = 0.9  # how alike a hunk's old lines and the file's must be, as difflib measures it
_LINE_RATIO = 0.75  # and each removed line by itself
_COSTLY = 2_000_000  # characters of windows that are compared for one hunk


def is_whole_file(hunks: Sequence[RawHunk], base: Base) -> bool:
    """Whether hunks of added lines alone claim to be all of a file.

    They do where their header counts most of the file's lines as old ones. Where it does not, or says that lines are only
    added, they may as well be an insertion at the top: then most of the file's lines must be among them.
    """
    numbers = hunks[0].numbers
    if len(hunks) > 1 or numbers is None or numbers.old_start > 1 or numbers.new_start > 1:
        return False
    lines = [line.text.strip() for line in hunks[0].bodies[0].lines]
    if 2 * numbers.old_count > len(base.lines) and numbers.new_count - numbers.old_count != len(lines):
        return True
    added = set(lines)
    old = [line.strip() for line in base.lines if line.strip()]
    return 2 * sum(line in added for line in old) > len(old)


def rewrite(hunks: Sequence[RawHunk], base: Base, note: Callable[[str, int, str], None]) -> tuple[str, str]:
    """(hunk as text, the file's new text): every line of a file replaced by the lines that hunks add."""
    lines = [line for hunk in hunks for line in hunk.bodies[0].lines]
    mark = "\\ No newline at end of file\n"
    text = "".join(f"{line.text}\n" for line in lines)
    text = text.removesuffix("\n") if lines[-1].mark else text
    if text == base.text:
        raise GivenUp("the patch gives the file as it is already, so that nothing changes")
    note("rewrite", 1, f"{len(base.lines)} lines of the file replaced by the {len(lines)} of the patch")
    removed = "".join(f"-{line}\n" for line in base.lines) + ("" if base.ended else mark)
    added = "".join(f"+{line.text}\n" for line in lines) + (mark if lines[-1].mark else "")
    return f"@@ -1,{len(base.lines)} +1,{len(lines)} @@\n{removed}{added}", text


def fuzzy(one: Open, base: Base) -> Placed | None:
    """The one place where as many lines of the file are at least RATIO alike to a hunk's; None where none or several are.

    Places that overlap are one if one of them is best.
    """
    for body in one.hunk.bodies:
        found = [] if body.exact else _alike(body, base)
        best = max((ratio for ratio, _ in found), default=0.0)
        starts = [start for ratio, start in found if ratio == best]
        far = [start for _, start in found if starts and abs(start - starts[0]) >= len(body.old)]
        if len(starts) == 1 and not far and _removed_alike(body, base, starts[0]):
            return Placed(
                number=one.number, hunk=one.hunk, body=body, start=starts[0], last=len(body.lines), fuzzy=best
            )
    return None


def _alike(body: Body, base: Base) -> list[tuple[float, int]]:
    wanted = "\n".join(body.old)
    size = len(body.old)
    if not wanted.strip() or size > len(base.lines):
        return []
    matcher = difflib.SequenceMatcher(autojunk=False)
    matcher.set_seq2(wanted)
    found: list[tuple[float, int]] = []
    budget = _COSTLY
    for start in _starts(body, base):
        window = "\n".join(base.lines[start : start + size])
        if 2.0 * min(len(window), len(wanted)) < RATIO * (len(window) + len(wanted)):
            continue
        budget -= len(window)
        if budget < 0:
            return []
        matcher.set_seq1(window)
        if matcher.quick_ratio() >= RATIO and (ratio := matcher.ratio()) >= RATIO:
            found.append((ratio, start))
    return found


def _starts(body: Body, base: Base) -> list[int]:
    """The places that are worth a comparison: where a line of a longer hunk is, or all where a hunk is short."""
    last = len(base.lines) - len(body.old)
    if len(body.old) < 4:
        return list(range(last + 1))
    _, index = base.level(3)
    lines = [" ".join(line.split()) for line in body.old]
    rare = sorted((line for line in set(lines) if line and line in index), key=lambda line: len(index[line]))[:4]
    starts = {place - at for line in rare for place in index[line] for at, own in enumerate(lines) if own == line}
    return sorted(start for start in starts if 0 <= start <= last)


def _removed_alike(body: Body, base: Base, start: int) -> bool:
    at = start
    for line in body.lines:
        if line.sign == "-" and _ratio(line, base.lines[at]) < _LINE_RATIO:
            return False
        at += line.sign != "+"
    return True


def _ratio(line: Line, own: str) -> float:
    return difflib.SequenceMatcher(None, line.text.strip(), own.strip(), autojunk=False).ratio()
