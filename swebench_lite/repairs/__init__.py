"""Puts right what is wrong with a patch's form, without changing what its author wrote to add or remove.

Pure: a patch and a tree go in, a patch that ``git apply`` takes comes out, with every repair by name. What fits two
places equally well is left alone, and the reason says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from swebench_lite.errors import UsageError, unknown
from swebench_lite.patches import LIMIT, inspect
from swebench_lite.records import Patch
from swebench_lite.repairs import strict
from swebench_lite.repairs.kinds import FALLBACKS, KINDS, GivenUp, Repair, Repaired
from swebench_lite.repairs.naming import Names
from swebench_lite.repairs.parts import mend
from swebench_lite.repairs.reading import read
from swebench_lite.repairs.work import Work
from swebench_lite.trees import Tree

__all__ = ["FALLBACKS", "KINDS", "Repair", "Repaired", "repair"]

_DOUBTFUL = frozenset({"context", "fuzzy"})
_ENTITY = re.compile(r"&(lt|gt|amp|quot|apos|#39|#x27|#34);")
_ENTITIES = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'", "#39": "'", "#x27": "'", "#34": '"'}


def repair(patch: Patch, tree: Tree, *, fallbacks: frozenset[str] = frozenset()) -> Repaired:
    """The patch as plain ``git apply`` takes it at a tree, with what was repaired.

    A patch that git takes as written comes back as it is, without repairs. So does one that cannot be repaired, with the
    reason. Added lines stay byte for byte, but for line endings and HTML escapes that the whole patch has, and for the
    indentation that the lines around them have in the file; removed and context lines may take the file's white space.
    fallbacks: names of FALLBACKS that may be used beyond that. Raises UsageError for any other name, and nothing else.
    """
    for name in sorted(fallbacks.difference(FALLBACKS)):
        raise UsageError(unknown("fallback", name, FALLBACKS))
    if len(patch.text) > LIMIT:
        return Repaired(patch=patch, reason=f"the patch is above the limit of {LIMIT:,} bytes")
    text = _one_form(patch.text)
    written = strict.apply(text, tree)
    if not written.judged:
        return Repaired(patch=patch, reason=written.reason)
    if written.applies and not _loses_something(text, written):
        return Repaired(patch=patch)
    return _best(patch, text, written, tree, fallbacks)


def _best(patch: Patch, text: str, written: strict.Outcome, tree: Tree, allowed: frozenset[str]) -> Repaired:
    """Repairs each form that the text may have, and takes the one that fits the tree best."""
    names = Names.of(tree)
    found: list[tuple[int, str, tuple[Repair, ...]]] = []
    reasons: list[str] = []
    for form, repairs in _forms(text):
        work = Work(names=names, read=lambda path: strict.content(path, {}, tree), allowed=allowed)
        try:
            mended = _mended(form, work)
            _prove(mended, work, tree, written)
        except GivenUp as error:
            reasons.append(str(error))
            continue
        if written.applies and strict.apply(mended, tree).files == written.files:
            return Repaired(patch=patch)
        # Context that is not in the file speaks against a form.
        doubts = sum(one.name in _DOUBTFUL for one in work.repairs)
        done = (*repairs, *work.repairs) or (Repair(name="headers", detail="headers written as git reads them"),)
        found.append((doubts, mended, done))
    if not found:
        return Repaired(patch=patch, reason="" if written.applies else reasons[0])
    _, mended, done = min(found, key=lambda one: one[0])
    return Repaired(patch=Patch(text=mended), repairs=done)


def _mended(text: str, work: Work) -> str:
    """One form of the text, repaired. Raises GivenUp."""
    raw = read(text)
    work.crlf = raw.crlf
    work.repairs = [Repair(name=name, detail=detail) for name, detail in raw.notes]
    mended = "".join([mend(file, work) for file in raw.files])
    if not mended:
        raise GivenUp("nothing in the patch changes anything")
    return mended


def _prove(mended: str, work: Work, tree: Tree, written: strict.Outcome) -> None:
    """Applies the repaired text as git would. Raises GivenUp where that does not come to what was meant."""
    outcome = strict.apply(mended, tree)
    meant = {path: text for path, text in work.state.items() if text != work.read(path)}
    made = {path: text for path, text in outcome.files.items() if text != work.read(path)}
    if not outcome.applies or meant != made:
        raise GivenUp(written.reason or outcome.reason or "what was repaired does not come to what was written")
    for hazard in inspect(Patch(text=mended)).hazards[:1]:
        raise GivenUp(hazard.what)


def _one_form(text: str) -> str:
    """The text with surrogates only for bytes that are no UTF-8, as file contents are read."""
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text  # a surrogate that stands for no byte is refused elsewhere


def _loses_something(text: str, written: strict.Outcome) -> bool:
    """Whether git takes a text but changes fewer lines than it says, joins some, or makes a new file somewhere else."""
    try:
        raw = read(text)
    except GivenUp:
        return False
    bodies = (hunk.bodies[0] for file in raw.files for hunk in file.hunks)
    if sum(line.sign != " " for body in bodies for line in body.lines) > written.changes or written.joined:
        return True
    fresh = (file.new for file in raw.files if file.old == "/dev/null")
    return any(name and not re.match(r'"?[abciow]/', name) for name in fresh)


def _forms(text: str) -> Iterator[tuple[str, tuple[Repair, ...]]]:
    """The text, and the same without HTML escapes where all that would be escaped is."""
    yield text, ()
    found = _ENTITY.search(text)
    if not found or "<" in text or re.search(r"^(?!@@|diff|\+\+\+ |--- ).*>", text, re.MULTILINE):
        return
    if "&amp;" in text and text.count("&") != len(_ENTITY.findall(text)):
        return
    plain = _ENTITY.sub(lambda match: _ENTITIES[match[1]], text)
    count = len(_ENTITY.findall(text))
    yield plain, (Repair(name="entities", detail=f"{count} HTML entities such as {found[0]} written out"),)
