"""A reply's text -> its answer, by the first reader that finds one; the tables say in which order."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from swebench_lite.conversation import UNNAMED
from swebench_lite.errors import NoAnswer, UsageError, unknown
from swebench_lite.records import Answer, Reading
from swebench_lite.replies import diffs, edits, envelopes, files, wrapped
from swebench_lite.replies.found import Found
from swebench_lite.replies.layout import Layout, lay_out

Reader = Callable[[Layout, Sequence[str], str], Found | None]

MODES = ("strict", "lenient")
READERS: dict[str, Reader] = {
    "JSON": wrapped.whole,
    "fenced diff": diffs.fenced,
    "bare diff": diffs.bare,
    "heredoc diff": diffs.heredoc,
    "apply_patch": envelopes.apply_patch,
    "search/replace": edits.search_replace,
    "FILE blocks": files.file_blocks,
    "named blocks": files.named_blocks,
    "nameless diff": diffs.nameless,
    "fenced JSON": wrapped.fenced,
    "unnamed block": files.unnamed_block,
}
# In order of certainty: first what cannot be anything else, then what was asked for, last what is left.
ORDERS: dict[str, tuple[str, ...]] = {
    name: tuple(order.split(", "))
    for name, order in {
        "diff": "JSON, fenced diff, bare diff, heredoc diff, apply_patch, search/replace, FILE blocks, "
        "fenced JSON, nameless diff",
        "files": "JSON, FILE blocks, search/replace, apply_patch, named blocks, fenced diff, bare diff, heredoc diff, "
        "fenced JSON, unnamed block, nameless diff",
        "search-replace": "JSON, search/replace, apply_patch, fenced diff, bare diff, heredoc diff, FILE blocks, "
        "fenced JSON, nameless diff",
    }.items()
}
_ASKED = {"diff": "diff", "files": "file", "search-replace": "search/replace block"}
_REFUSAL = re.compile(
    r"(?:sorry|apologi[sz]e|i(?: am|'m|\u2019m) (?:unable|not able)|i (?:cannot|can't|can\u2019t|won't|won\u2019t)|as an ai\b)",
    re.IGNORECASE,
)
_NOTHING = "\ufeff \t\r\n\0\f\v"
_EMPTY_HEAD = 200  # characters in which a refusal shows itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Extracted:
    """An answer and how it was read.

    blocks: (name, text) of every ordinary fenced block as it was found, by the name on its fence line or
    ``__unnamed_block__``; text as in the answer's mode. prose: what stands outside all blocks, thinking left out.
    """

    answer: Answer
    reading: Reading
    blocks: tuple[tuple[str, str], ...] = ()
    prose: str = ""


def read_reply(
    text: str, *, answer_format: str = "diff", expected: Sequence[str] = (), mode: str = "strict"
) -> Extracted:
    """The answer in a reply, exactly as it was written; what was odd about it is noted, never repaired.

    answer_format: what was asked for (diff, files, search-replace); it decides which reader comes first, not what counts as
    an answer. expected: the files that were asked for; a block without a name is taken for the only one. mode: ``lenient``
    takes a stray language line off a file, ``strict`` leaves it; both note it.

    Takes any text, in time linear in its length. Raises NoAnswer with the reason, and UsageError for an unknown format or
    mode.
    """
    if answer_format not in ORDERS:
        raise UsageError(unknown("answer format", answer_format, ORDERS))
    if mode not in MODES:
        raise UsageError(unknown("extraction mode", mode, MODES))
    if not text.strip(_NOTHING):
        raise NoAnswer("the reply is empty")
    layout = lay_out(text)
    order = ORDERS[answer_format]
    if expected and "unnamed block" not in order:
        order = (*order, "unnamed block")
    refused: NoAnswer | None = None
    for name in order:
        try:
            found = READERS[name](layout, expected, mode)
        except NoAnswer as error:
            refused = refused or error
            continue
        if found:
            return _extracted(found, layout, mode)
    raise refused or NoAnswer(_shape(layout, _ASKED[answer_format]) + _thought_diff(layout))


def _extracted(found: Found, layout: Layout, mode: str) -> Extracted:
    notes = [*found.notes, *(["thinking left out"] if layout.thought.strip() else [])]
    named = [(block.name or UNNAMED, block) for block in files.ordinary(layout)]
    return Extracted(
        answer=found.answer,
        reading=Reading(form=found.form, notes=tuple(notes), parses=found.parses),
        blocks=files.as_files(named, mode)[0],
        prose=layout.prose,
    )


def _shape(layout: Layout, wanted: str) -> str:
    """Why a reply holds no answer, as precisely as its shape tells."""
    if not layout.prose.strip() and not layout.blocks:
        return "the reply is only thinking" + (", which never ends" if layout.unclosed else "")
    fences = [block for block in layout.blocks if block.fenced]
    full = [block for block in fences if block.body.strip()]
    if any(block.info.says_diff and not block.body.strip() for block in fences):
        return "the reply has a diff fence with nothing in it"
    if fences and not full:
        return f"the reply has {len(fences)} fenced {_plural('block', fences)} with nothing inside"
    if full:
        languages = ", ".join(dict.fromkeys(block.language[:20] or "unnamed" for block in full[:5]))
        return f"the reply holds {len(full)} fenced {_plural('block', full)} ({languages}) but no {wanted}"
    head = " ".join(layout.prose[: 10 * _EMPTY_HEAD].split())[:_EMPTY_HEAD]
    if _REFUSAL.search(head):
        return f"the reply declines and holds no code: '{head[:80]}'"
    return f"the reply holds no {wanted}, neither fenced nor bare"


def _plural(word: str, things: Sequence[object]) -> str:
    return word if len(things) == 1 else f"{word}s"


def _thought_diff(layout: Layout) -> str:
    """What to add where the answer was only thought of."""
    inside = re.search(r"^(?:diff --git |--- a/|```diff)", layout.thought, re.MULTILINE)
    return "; a diff occurs only inside its thinking" if inside else ""
