"""Whole files in a reply: FILE blocks, blocks whose name stands on the line before, and ordinary blocks without one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from swebench_lite.conversation import UNNAMED
from swebench_lite.records import Files
from swebench_lite.replies.blocks import Block
from swebench_lite.replies.found import Found
from swebench_lite.replies.layout import Layout

STRAY = frozenset(
    "python py bash sh javascript js typescript ts ruby rb go rust cpp c++".split()  # noqa: SIM905
)
# What a fence may call a language, by the ending of a file's name.
LANGUAGES = {
    "py": ("python", "py", "python3"),
    "sh": ("bash", "sh", "shell", "zsh"),
    "js": ("javascript", "js", "node", "jsx"),
    "mjs": ("javascript", "js", "node"),
    "ts": ("typescript", "ts", "tsx"),
    "rb": ("ruby", "rb"),
    "go": ("go", "golang"),
    "rs": ("rust", "rs"),
    "cpp": ("cpp", "c++", "cc", "cxx"),
    "cc": ("cpp", "c++", "cc", "cxx"),
    "c": ("c",),
    "h": ("c", "cpp", "c++", "h"),
    "java": ("java",),
    "php": ("php",),
    "html": ("html",),
    "css": ("css",),
    "json": ("json",),
    "toml": ("toml",),
    "yaml": ("yaml", "yml"),
    "yml": ("yaml", "yml"),
    "md": ("markdown", "md"),
}
# Blocks that show how to run something, or what it prints.
_SHOWN = frozenset("bash sh shell zsh console shell-session terminal powershell cmd output text txt plaintext".split())  # noqa: SIM905
_NAME_LINE = re.compile(
    r"(?:#{1,6}\s+|[-*+]\s+|[0-9]{1,3}[.)]\s+)?(?:\*\*|__)?(?P<file>file(?:name)?\s*:\s*)?(?:\*\*|__)?\s*(?P<tick>`)?"
    r"(?P<name>[\w@+.-][\w@+./\\-]{0,250})(?(tick)`):?(?:\*\*|__)?:?",
    re.IGNORECASE,
)


def file_blocks(layout: Layout, expected: Sequence[str], mode: str) -> Found | None:
    """The blocks with ``FILE: name`` on their fence line; the last of a name wins. None where there is none, or all are blank."""
    blocks = [(block.name, block) for block in ordinary(layout) if block.name is not None]
    found = _files("FILE blocks", blocks, mode)
    return found and replace(found, notes=(*found.notes, *_cut(layout)))


def _cut(layout: Layout) -> list[str]:
    """What to note of files that a fence of their own may have ended: what follows at once runs into a fence without a name."""
    notes: list[str] = []
    for block, after in pairwise(layout.blocks):
        if block.name is None or not block.closed or not after.fenced or after.written:
            continue
        between = layout.text[block.end : after.start]
        if not after.closed or not between.startswith(("\n", "\r\n")):
            notes.append(f"{block.name} may be cut short by a fence inside it")
    return notes


def named_blocks(layout: Layout, expected: Sequence[str], mode: str) -> Found | None:
    """The blocks below a line that is only a file's name: a heading, bold, in backticks, or behind ``File:``."""
    blocks = [(name, block) for block in ordinary(layout) if (name := name_above(block.before)) is not None]
    if expected and not any(name in expected for name, _ in blocks):
        return None
    return _files("named blocks", blocks, mode)


def unnamed_block(layout: Layout, expected: Sequence[str], mode: str) -> Found | None:
    """The one ordinary block that is a program: the longest in the language of the single expected file, else of any.

    It gets that file's name, or ``__unnamed_block__`` where not exactly one file is expected.
    """
    blocks = [block for block in ordinary(layout) if block.name is None and block.body.strip()]
    name = expected[0] if len(expected) == 1 else UNNAMED
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    fitting = [block for block in blocks if block.language in LANGUAGES.get(ending, (ending,))]
    candidates = fitting or [block for block in blocks if block.language not in _SHOWN] or blocks
    if not candidates:
        return None
    chosen = max(candidates, key=lambda block: len(block.body))
    notes = [] if len(candidates) == 1 else [f"{len(candidates)} unnamed blocks, the longest taken"]
    found = _files("unnamed block", [(name, chosen)], mode)
    return found and Found(form=found.form, answer=found.answer, notes=(*notes, *found.notes))


def ordinary(layout: Layout) -> list[Block]:
    """The fenced blocks that are neither diffs nor edits."""
    return [block for block in layout.blocks if block.sort == "file"]


def name_above(line: str) -> str | None:
    """The file's name that a line consists of; None where it says anything else."""
    found = _NAME_LINE.fullmatch(line.strip())
    if not found or not (found["file"] or "." in found["name"].strip(".") or "/" in found["name"]):
        return None
    return found["name"].rstrip(".") or None


def as_files(blocks: Sequence[tuple[str, Block]], mode: str) -> tuple[tuple[tuple[str, str], ...], list[str]]:
    """((name, text), ...) with the last of each name, and what was odd about the blocks."""
    contents: dict[str, str] = {}
    notes: list[str] = []
    for name, block in blocks:
        body = block.body
        first, _, rest = body.partition("\n")
        if first.strip().lower() in STRAY:
            notes.append(
                f"stray language line '{first.strip()}' in {name}" + (", taken off" if mode == "lenient" else "")
            )
            body = rest if mode == "lenient" else body
        if name in contents:
            notes.append(f"{name} more than once, the last one taken")
        if not block.closed:
            notes.append(f"unclosed fence of {name}")
        if block.indented:
            notes.append(f"indentation taken off {name}")
        contents[name] = body
    return tuple(contents.items()), list(dict.fromkeys(notes))


def _files(form: str, blocks: Sequence[tuple[str, Block]], mode: str) -> Found | None:
    contents, notes = as_files(blocks, mode)
    if not any(text.strip() for _, text in contents):
        return None
    return Found(form=form, answer=Files(contents=contents), notes=tuple(notes))
