"""The diffs in a reply: which of them are the answer, and whether it parses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from swebench_lite.patches import inspect
from swebench_lite.patches.findings import UNIDIFF_LIMIT
from swebench_lite.records import Patch
from swebench_lite.replies import spans
from swebench_lite.replies.blocks import HEREDOC, Block, names_a_file
from swebench_lite.replies.found import Found
from swebench_lite.replies.layout import Layout

_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|#39|#x27);")
_UNESCAPED = re.compile(r"[<>]|&(?!(?:lt|gt|amp|quot|#39|#x27);)")
_SHELLS = frozenset({"", "bash", "sh", "shell", "zsh", "console", "shell-session", "terminal"})
_NEAR = 8  # how many earlier diffs of one file a later one is compared with: a draft stands close to its final form

_NEAR_LINES = 50  # lines between two hunks of the same place; models count badly, but alike in one reply
_SUBSTANCE = 8  # letters and digits that shared lines must have: "}" or "else:" stands everywhere
_SHOWN = 5  # notes of a sort


@dataclass(slots=True)
class _Piece:
    """One part of one diff while it is decided which parts are the answer."""

    block: int
    part: spans.Part
    text: str
    dropped: bool = False


def fenced(layout: Layout, expected: Sequence[str], mode: str) -> Found | None:
    """The fenced diffs that name their files, joined in order."""
    blocks = _fences(layout)
    headed = [block for block in blocks if names_a_file(block.body)]
    if not headed:
        return None
    # Hunks behind a diff that names its file go on with it; lines with + and - but no hunk only illustrate.
    first = blocks.index(headed[0])
    chosen = [block for block in blocks[first:] if names_a_file(block.body) or block.body.lstrip().startswith("@@")]
    notes = []
    if left := len(blocks) - len(chosen):
        notes.append(f"{_count(left, 'diff')} without a file name left out")
    if any(block.sort == "diff" and not block.fenced for block in layout.blocks):
        notes.append("bare diff beside the fenced ones left out")
    return _joined("fenced diff", chosen, notes)


def bare(layout: Layout, expected: Sequence[str], mode: str) -> Found | None:
    """The diffs that stand in no fence and name their files."""
    blocks = [block for block in layout.blocks if block.sort == "diff" and not block.fenced]
    headed = next((index for index, block in enumerate(blocks) if names_a_file(block.body)), None)
    if headed is None:
        return None
    chosen = blocks[headed:]
    last = layout.text[chosen[-1].end :].strip()
    return _joined("bare diff", chosen, ["text after the diff left out"] if last else [])


def heredoc(layout: Layout, expected: Sequence[str], mode: str) -> Found | None:
    """The diffs that shell commands in fenced blocks are given: what stands between ``<<EOF`` and ``EOF``."""
    chosen = [
        replace(block, body=text)
        for block in layout.blocks
        if block.sort == "file"
        and block.fenced
        and block.name is None
        and block.language in _SHELLS
        and "<<" in block.body
        for text in _heredocs(block.body)
    ]
    return _joined("heredoc diff", chosen, []) if chosen else None


def _heredocs(text: str) -> list[str]:
    """The texts of here-documents that begin with a file's diff."""
    lines = text.removesuffix("\n").split("\n")
    found: list[str] = []
    at = 0
    while at < len(lines):
        opening = HEREDOC.search(lines[at])
        at += 1
        if not opening or at == len(lines) or not spans.begins(lines, at):
            continue
        end = next(
            (number for number in range(at, len(lines)) if lines[number].rstrip("\r") == opening["end"]), len(lines)
        )
        found.append("".join(f"{line}\n" for line in lines[at:end]))
        at = end
    return found


def nameless(layout: Layout, expected: Sequence[str], mode: str) -> Found | None:
    """Diffs that name no file: fenced ones, else bare hunks. Nothing can apply them, but they are what was answered."""
    fences = _fences(layout)
    chosen = fences or [block for block in layout.blocks if block.sort == "diff" and not block.fenced]
    form = "fenced diff" if fences else "bare diff"
    return _joined(form, chosen, ["no file name"]) if chosen else None


def _fences(layout: Layout) -> list[Block]:
    """The fenced diffs; a FILE block is one where the file is a diff."""
    return [
        block
        for block in layout.blocks
        if block.fenced
        and (block.sort == "diff" or ((block.name or "").endswith((".diff", ".patch")) and names_a_file(block.body)))
    ]


def parses(text: str) -> bool:
    """Whether a text is a unified diff as it stands: unidiff reads it, and every hunk has the lines that it declares.

    Names, dangers and whether it applies are other questions; so is a newline that is missing at the end. Of a text above
    unidiff's limit only the hunks are counted.
    """
    whole = text if text.endswith("\n") else f"{text}\n"
    if not all(part.sound for part in spans.parts(whole.split("\n"), detailed=False)):
        return False
    if len(whole) > UNIDIFF_LIMIT:
        return True
    inspection = inspect(Patch(text=whole))
    wrong = any(problem.hunk and not problem.harmless for problem in inspection.problems)
    return bool(inspection.files) and not wrong and _unidiff_reads(whole)


def _unidiff_reads(text: str) -> bool:
    from unidiff import PatchSet
    from unidiff.errors import UnidiffParseError

    try:
        return bool(PatchSet((f"{line}\n" for line in text.split("\n")[:-1]), metadata_only=True))
    except UnidiffParseError:
        return False


def _joined(form: str, blocks: Sequence[Block], notes: Iterable[str]) -> Found:
    """The answer that some diffs are together. Text is only ever left out, in whole parts."""
    found = list(notes)
    if any(not block.closed for block in blocks):
        found.append("unclosed fence")
        blocks = [_without_tail(block, found) for block in blocks]
    if any(block.indented for block in blocks):
        found.append("indentation taken off")
    text = blocks[0].body if len(blocks) == 1 else _merged(blocks, found)
    if _ENTITY.search(text) and not _UNESCAPED.search(text):
        found.append("HTML entities, left as they are")
    if "\0" in text:
        found.append("NUL bytes")
    return Found(form=form, answer=Patch(text=text), notes=tuple(found), parses=parses(text))


def _without_tail(block: Block, notes: list[str]) -> Block:
    """A block that was never closed, less the prose behind its diff."""
    if block.closed:
        return block
    lines = block.body.split("\n")
    start = next((at for at in range(len(lines)) if spans.begins(lines, at)), None)
    if start is None:
        return block
    end = spans.end_of(lines, start)
    # More of the diff may stand behind lines that end it: whatever cannot be told apart stays.
    if any(spans.begins(lines, at) or lines[at].startswith("@@") for at in range(end, len(lines))):
        return block
    if not "".join(lines[end:]).strip():
        return block
    notes.append("text after the diff left out")
    return Block(sort=block.sort, body="".join(f"{line}\n" for line in lines[:end]))


def _merged(blocks: Sequence[Block], notes: list[str]) -> str:
    """Several diffs as one text: a part that a later one says anew at the same place of the same file is a draft."""
    pieces: list[_Piece] = []
    recent: dict[str, list[_Piece]] = {}
    drafts: dict[str, None] = {}
    twice: dict[str, None] = {}
    path = ""
    for number, block in enumerate(blocks):
        lines = block.body.split("\n")
        for part in spans.parts(lines):
            path = part.path or path
            closing = "" if part.end == len(lines) else "\n"
            piece = _Piece(block=number, part=part, text="\n".join(lines[part.start : part.end]) + closing)
            pieces.append(piece)
            earlier = [each for each in recent.get(path, []) if each.block < number and not each.dropped]
            for each in earlier:
                each.dropped = _same_place(each, piece)
            if earlier:
                (drafts if any(each.dropped for each in earlier) else twice)[path] = None
            recent[path] = [*recent.get(path, [])[-_NEAR:], piece]
    kept = [piece for piece in pieces if not piece.dropped and piece.text]
    taken = len({piece.block for piece in kept})
    notes.append(f"{taken} diffs joined" if taken == len(blocks) else f"{taken} of {len(blocks)} diffs taken")
    notes.extend(f"earlier version of {path} left out" for path in list(drafts)[:_SHOWN])
    notes.extend(f"{path} in more than one diff" for path in list(twice)[:_SHOWN] if path not in drafts)
    # The last piece may lack its newline; where it stood before others, the next header must begin a line.
    ended = [piece.text if piece.text.endswith("\n") else f"{piece.text}\n" for piece in kept[:-1]]
    return "".join([*ended, kept[-1].text])


def _same_place(draft: _Piece, final: _Piece) -> bool:
    """Whether two parts about one file cannot both be meant: hunks of theirs expect mostly the same lines, near by.

    Where the numbers of a draft were wrong, the final form has others: then the lines must be the same, all of them.
    """
    if draft.text.strip() == final.text.strip():
        return True
    return any(_same_hunk(old, new) for old in draft.part.hunks for new in final.part.hunks)


def _same_hunk(draft: spans.Hunk, final: spans.Hunk) -> bool:
    near = draft.start is None or final.start is None or abs(draft.start - final.start) <= _NEAR_LINES
    if not near and draft.old != final.old:
        return False
    shared = draft.old & final.old
    if not draft.old and not final.old:
        return True
    substance = sum(character.isalnum() for line in shared for character in line)
    return substance >= _SUBSTANCE and 2 * len(shared) >= min(len(draft.old), len(final.old))


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
